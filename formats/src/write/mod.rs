//! The writer: at any moment a path names the old file or the whole new one.

mod disk;
mod part;
mod target;
#[cfg(test)]
mod tests;

use std::io::{self, BufWriter, ErrorKind, IntoInnerError, Write};
use std::path::Path;

use crate::FileError;
use disk::{Disk, System};
use part::Part;
use target::Target;
pub(crate) use target::refuse_other_kinds;

/// Writes `contents` to a file, as [`write_with`] does.
///
/// # Errors
/// As [`write_with`].
pub fn write(path: impl AsRef<Path>, contents: impl AsRef<[u8]>) -> Result<(), FileError> {
    write_with(path, |file| file.write_all(contents.as_ref()))
}

/// Writes a file with what `content` gives, so that at any moment, whatever happens, its path names the old file or the
/// whole new one.
///
/// The bytes go to a hidden file of its own for each call (`.NAME.typednet-….part`) in the same folder and to the disk;
/// that file then takes the place of the old one, and the folder's new entry goes to the disk too. So threads, processes
/// and containers may write to one path at once: each reader finds the whole file of one of them.
///
/// - Folders that are missing are made.
/// - A symbolic link stays one: the file that it leads to is replaced.
/// - The new file has the mode of the old one. A file that may not be written to is not replaced either.
/// - A hard link to the old file keeps the old content, so it can serve as a copy of it. To write through it would mean to
///   write into the file that others read.
/// - The hidden file of a writer that was killed is removed by the next writer to the folder. A writer that lives holds a
///   lock on its own; without such locks (some network disks) hidden files stay until somebody removes them.
///
/// ```
/// use std::io::Write;
///
/// let path = std::env::temp_dir().join("typednet-formats-squares.txt");
/// typednet_formats::write_with(&path, |file| (1..4).try_for_each(|n| writeln!(file, "{}", n * n)))?;
/// assert_eq!(std::fs::read_to_string(&path).unwrap(), "1\n4\n9\n");
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), typednet_formats::FileError>(())
/// ```
///
/// # Errors
/// If the path names no file, something that is no regular file, or the system or `content` refuses. Then what stood
/// under the path is as it was.
pub fn write_with(
    path: impl AsRef<Path>,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), FileError> {
    let mut content = Some(content);
    on_this_system(path.as_ref(), &mut |file| content.take().map_or(Ok(()), |content| content(file)))
}

/// [`write_with`], compiled once for all that call it.
fn on_this_system(path: &Path, content: Content<'_>) -> Result<(), FileError> {
    replace(&System, path, content)
}

/// What gives a file its content. It is called once.
type Content<'a> = &'a mut dyn FnMut(&mut dyn Write) -> io::Result<()>;

/// Makes a folder, and those above it that are missing, and brings their entries to the disk.
///
/// # Errors
/// If the system refuses.
pub fn make_folder(path: impl AsRef<Path>) -> Result<(), FileError> {
    make_on_this_system(path.as_ref())
}

/// [`make_folder`], compiled once for all that call it.
fn make_on_this_system(path: &Path) -> Result<(), FileError> {
    make_folders(&System, path).map_err(|error| FileError::write(path, &error))
}

/// [`write_with`] on any disk.
fn replace<D: Disk>(disk: &D, path: &Path, content: Content<'_>) -> Result<(), FileError> {
    let target = Target::of(path)?;
    let mut written = || {
        let folder = target.folder();
        make_folders(disk, folder)?;
        // First, since a full disk may have room after it.
        part::remove_orphans(folder);
        let (part, file) = Part::create(disk, &target)?;
        let mut file = BufWriter::with_capacity(1 << 16, file);
        content(&mut file)?;
        let file = file.into_inner().map_err(IntoInnerError::into_error)?;
        if let Some(old) = &target.old {
            disk.set_mode(&file, old)?;
        }
        disk.sync(&file)?;
        part.take_the_place_of(&target.path)
    };
    written().map_err(|error| FileError::write(path, &error))?;
    sync_folder(disk, target.folder()).map_err(|error| FileError::Sync {
        path: path.into(),
        kind: error.kind(),
        message: error.to_string(),
    })
}

fn make_folders<D: Disk>(disk: &D, folder: &Path) -> io::Result<()> {
    let missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let missing: Vec<&Path> = folder.ancestors().take_while(missing).collect();
    for folder in missing.into_iter().rev() {
        match disk.create_folder(folder) {
            // Another writer was faster.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {}
            made => made?,
        }
        sync_folder(disk, target::folder_of(folder))?;
    }
    Ok(())
}

/// Brings the entries of a folder to the disk, where the system can do that for folders and lets us.
fn sync_folder<D: Disk>(disk: &D, folder: &Path) -> io::Result<()> {
    match disk.sync_folder(folder) {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::InvalidInput | ErrorKind::Unsupported | ErrorKind::PermissionDenied
            ) =>
        {
            Ok(())
        }
        synced => synced,
    }
}
