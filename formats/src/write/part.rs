//! The hidden file that is written before it takes the place of the old one.
//!
//! Its writer holds a lock on it, which ends with the writer, however that ends. A hidden file without a lock is one that
//! a killed writer has left. Locks are those of one running system (all its processes and containers); on a network disk
//! a lock of another machine may not be seen, so a hidden file says which system its writer runs on.

use std::fs::{self, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use super::disk::Disk;
use super::target::Target;

/// So many bytes of the target's name stand in the hidden name, so that a name near the limit of 255 bytes (some disks:
/// 143) has room for the rest.
const NAME: usize = 90;

/// The hidden file of another system is an orphan when nobody has written to it for so long.
const OLD: Duration = Duration::from_hours(24);

/// So many names are tried.
const TRIES: usize = 100;

/// A hidden file that is removed if it does not take its place.
pub(super) struct Part<'a, D: Disk> {
    disk: &'a D,
    path: PathBuf,
}

impl<'a, D: Disk> Part<'a, D> {
    /// A new hidden file beside the target.
    pub(super) fn create(disk: &'a D, target: &Target) -> io::Result<(Self, D::File)> {
        for _ in 0..TRIES {
            let path = target.folder().join(name(&target.path));
            let file = match disk.create(&path, target.old.is_some()) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                file => file?,
            };
            let part = Self { disk, path };
            // Between these two calls another writer can take the file for an orphan. Then it is locked or gone.
            if disk.lock(&file) && part.path.exists() {
                return Ok((part, file));
            }
        }
        Err(io::Error::other(format!("none of {TRIES} names for a hidden file could be had")))
    }

    /// Gives the file its name at last. It is still open and locked.
    pub(super) fn take_the_place_of(self, target: &Path) -> io::Result<()> {
        self.disk.rename(&self.path, target)
    }
}

impl<D: Disk> Drop for Part<'_, D> {
    fn drop(&mut self) {
        // After the renaming there is nothing of this name.
        _ = fs::remove_file(&self.path);
    }
}

/// The name of a hidden file for `target`, another one in each call.
fn name(target: &Path) -> String {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let name = &name[..name.floor_char_boundary(NAME)];
    // Seeded by the system, since two containers may count processes alike.
    let unique = RandomState::new().build_hasher().finish();
    format!(".{name}.typednet-{}-{unique:016x}.part", system())
}

/// What stands in the name of a hidden file for the system that its writer runs on; `None` if the name is no such one.
fn system_of(name: &str) -> Option<&str> {
    let (_, marks) = name.strip_prefix('.')?.strip_suffix(".part")?.rsplit_once(".typednet-")?;
    let (system, unique) = marks.split_once('-')?;
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    (digits(system, 8) && digits(unique, 16)).then_some(system)
}

/// Eight digits for the running system, other ones after it has started again.
fn system() -> &'static str {
    static SYSTEM: OnceLock<String> = OnceLock::new();
    SYSTEM.get_or_init(|| {
        let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let digits: String = id.chars().filter(char::is_ascii_hexdigit).take(8).collect();
        format!("{digits:0>8}")
    })
}

/// Removes what killed writers have left in a folder. What cannot be looked at stays.
pub(super) fn remove_orphans(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(of) = name.to_str().and_then(system_of) else { continue };
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            remove_orphan(&entry.path(), of == system());
        }
    }
}

fn remove_orphan(path: &Path, here: bool) {
    // Open for writing, since some network disks lock nothing else.
    let Ok(file) = OpenOptions::new().write(true).open(path) else { return };
    if file.try_lock().is_err() {
        return;
    }
    // Without locks only the age tells.
    let sure = here && cfg!(unix);
    let age = || file.metadata().and_then(|data| data.modified()).ok()?.elapsed().ok();
    if sure || age().is_some_and(|age| age > OLD) {
        _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_names_are_short_known_again_and_never_the_same() {
        for target in ["net.safetensors", &"ü".repeat(127), ".", "a.typednet-b.part"] {
            let target = Path::new("folder").join(target);
            let [first, second] = [name(&target), name(&target)];
            assert_ne!(first, second);
            assert!(first.len() <= 143, "{first}");
            assert_eq!(system_of(&first), Some(system()), "{first}");
        }
        for foreign in [
            "net.part",
            ".net.123.part",
            ".net.typednet-00000000.part",
            ".net.typednet-00000000-0123456789abcde.part",
            ".net.typednet-0000000g-0123456789abcdef.part",
            "net.typednet-00000000-0123456789abcdef.part",
            ".net.typednet-00000000-0123456789abcdef.parts",
        ] {
            assert_eq!(system_of(foreign), None, "{foreign}");
        }
    }
}
