//! Files that are looked for in a folder.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::DataError;

/// The first file of these names that is there. A folder of such a name may hold the file, as archives unpack it.
pub(crate) fn find(folder: &Path, names: Vec<String>) -> Result<PathBuf, DataError> {
    for name in &names {
        let path = folder.join(name);
        for path in [path.join(name), path] {
            if is_file(&path)? {
                return Ok(path);
            }
        }
    }
    Err(DataError::MissingFile { folder: folder.to_owned(), names, there: entries(folder) })
}

fn is_file(path: &Path) -> Result<bool, DataError> {
    match fs::metadata(path) {
        Ok(found) => Ok(found.is_file()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(DataError::Io(error).in_path(path)),
    }
}

/// What is in a folder, in order; names of folders end with `/`.
fn entries(folder: &Path) -> Vec<String> {
    let name = |entry: fs::DirEntry| {
        let end = if entry.path().is_dir() { "/" } else { "" };
        format!("{}{end}", entry.file_name().to_string_lossy())
    };
    let mut names: Vec<String> = fs::read_dir(folder).into_iter().flatten().flatten().map(name).collect();
    names.sort_unstable();
    names
}
