//! The bytes of a whole file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::FileError;

/// The bytes of a file that has at most `most` of them.
///
/// ```
/// let path = std::env::temp_dir().join("typednet-formats-whole.txt");
/// typednet_formats::write(&path, "12345")?;
/// assert_eq!(typednet_formats::read(&path, 5)?, b"12345");
/// assert!(typednet_formats::read(&path, 4).unwrap_err().to_string().contains("more than 4 bytes"));
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), typednet_formats::FileError>(())
/// ```
///
/// # Errors
/// If it cannot be read, is a folder or a pipe, or is longer.
pub fn read(path: impl AsRef<Path>, most: u64) -> Result<Vec<u8>, FileError> {
    let path = path.as_ref();
    let io = |error: io::Error| FileError::read(path, &error);
    // A pipe would be waited for without end.
    crate::write::refuse_other_kinds(path, &std::fs::metadata(path).map_err(io)?)?;
    let mut file = File::open(path).map_err(io)?;
    let found = file.metadata().map_err(io)?.len();
    let too_long = || FileError::malformed(path, &format_args!("it has more than {most} bytes"));
    if found > most {
        return Err(too_long());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(found).unwrap_or_default());
    (&mut file).take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > most { Err(too_long()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = std::env::temp_dir();
        assert!(matches!(read(&folder, 1), Err(FileError::NotAFile { found: "a folder", .. })));
        assert!(matches!(read(folder.join("typednet-none"), 1), Err(FileError::Read { .. })));
    }
}
