//! Files that are whole or not there.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes a file so that at any moment, whatever happens, its path names the old file or the new one.
///
/// The bytes go to another name in the same folder and to the disk, and that file then takes the place of the old one.
/// A program that is killed may leave that other name behind: it begins with a dot and ends with `.part`.
pub(crate) fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let part = Part::of(path)?;
    let mut file = BufWriter::with_capacity(1 << 16, File::create(&part.0)?);
    write(&mut file)?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(&part.0, path)?;
    sync_folder(path)
}

/// The name that is written to, which does not stay behind after an error.
struct Part(PathBuf);

impl Part {
    fn of(path: &Path) -> io::Result<Self> {
        let Some(name) = path.file_name() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no name of a file"));
        };
        let name = format!(".{}.{}.part", name.to_string_lossy(), std::process::id());
        Ok(Self(path.with_file_name(name)))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // After the renaming there is nothing of this name.
        _ = fs::remove_file(&self.0);
    }
}

/// Brings the new name to the disk, where the system can do that.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("typednet-{name}-{}", std::process::id()));
        _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    #[test]
    fn a_writer_that_fails_at_any_byte_leaves_the_old_file_alone() {
        let folder = folder("replace");
        let path = folder.join("file");
        replace(&path, |file| file.write_all(b"old")).expect("room");
        for bytes in 0..10 {
            let error = replace(&path, |file| {
                file.write_all(&vec![b'x'; bytes])?;
                Err(io::Error::other("no room"))
            });
            assert_eq!(error.expect_err("no room").to_string(), "no room");
            assert_eq!(fs::read(&path).expect("the old file"), b"old");
        }
        replace(&path, |file| file.write_all(b"new")).expect("room");
        assert_eq!(fs::read(&path).expect("the new file"), b"new");
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1, "no other file is left");
        fs::remove_dir_all(folder).expect("it was made here");
    }

    #[test]
    fn a_path_without_a_name_or_a_folder_is_refused() {
        assert!(replace(Path::new("/"), |_| Ok(())).is_err());
        assert!(replace(Path::new("no such folder/file"), |_| Ok(())).is_err());
    }
}
