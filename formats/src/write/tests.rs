//! Every call to the system counted, and failing in turn.

use std::cell::{Cell, RefCell};
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::disk::{Disk, System};
use super::{make_folders, replace};
use crate::FileError;

/// Writes down each call, and refuses one of them.
struct Calls {
    made: RefCell<Vec<&'static str>>,
    refused: Cell<Option<usize>>,
    reason: Cell<ErrorKind>,
}

impl Default for Calls {
    fn default() -> Self {
        Self { made: RefCell::default(), refused: Cell::default(), reason: Cell::new(ErrorKind::Other) }
    }
}

impl Calls {
    fn call(&self, name: &'static str) -> io::Result<()> {
        let mut made = self.made.borrow_mut();
        made.push(name);
        if self.refused.get() == Some(made.len() - 1) {
            Err(io::Error::new(self.reason.get(), format!("{name} fails")))
        } else {
            Ok(())
        }
    }
}

/// The system's disk, with each call written down.
#[derive(Clone, Default)]
struct Watched(Rc<Calls>);

struct WatchedFile(Watched, File);

impl Write for WatchedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(error) = self.0.0.call("write") {
            // A disk is full in the midst of things.
            self.1.write_all(&bytes[..bytes.len() / 2])?;
            return Err(error);
        }
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.1.flush()
    }
}

impl Disk for Watched {
    type File = WatchedFile;

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.0.call("create folder")?;
        System.create_folder(path)
    }

    fn create(&self, path: &Path, private: bool) -> io::Result<WatchedFile> {
        self.0.call("create")?;
        Ok(WatchedFile(self.clone(), System.create(path, private)?))
    }

    fn lock(&self, file: &WatchedFile) -> bool {
        System.lock(&file.1)
    }

    fn set_mode(&self, file: &WatchedFile, of: &Metadata) -> io::Result<()> {
        self.0.call("set mode")?;
        System.set_mode(&file.1, of)
    }

    fn sync(&self, file: &WatchedFile) -> io::Result<()> {
        self.0.call("sync")?;
        System.sync(&file.1)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.call("rename")?;
        System.rename(from, to)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.0.call("sync folder")?;
        System.sync_folder(path)
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("typednet-write-{name}-{}", std::process::id()));
    _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// More than one buffer.
fn content(byte: u8) -> Vec<u8> {
    vec![byte; 100_000]
}

#[test]
fn content_is_on_the_disk_before_its_name_and_its_name_before_the_end() {
    let folder = folder("order");
    let path = folder.join("new/file");
    let disk = Watched::default();
    replace(&disk, &path, &mut |file| file.write_all(&content(1))).expect("room");
    let made = ["create folder", "sync folder", "create", "write", "sync", "rename", "sync folder"];
    assert_eq!(disk.0.made.take(), made);
    replace(&disk, &path, &mut |file| file.write_all(b"some").and_then(|()| file.write_all(b"more"))).expect("room");
    assert_eq!(disk.0.made.take(), ["create", "write", "set mode", "sync", "rename", "sync folder"]);
    fs::remove_dir_all(folder).expect("it was made here");
}

/// Whatever fails at whatever call, the path names the old file or the new one.
fn fails_at_each_call(reason: ErrorKind, advice: &str) {
    let folder = folder(&format!("fails-{}", reason as u8));
    let path = folder.join("file");
    let disk = Watched::default();
    disk.0.reason.set(reason);
    for call in 0.. {
        fs::write(&path, content(1)).expect("room");
        disk.0.refused.set(Some(call));
        let written = replace(&disk, &path, &mut |file| file.write_all(&content(2)));
        let made = disk.0.made.take();
        let names: Vec<_> = fs::read_dir(&folder).expect("a folder").map(|e| e.expect("a file").file_name()).collect();
        assert_eq!(names, ["file"], "call {call}");
        let found = fs::read(&path).expect("a file");
        let Some(refused) = made.get(call) else {
            assert_eq!((written, found), (Ok(()), content(2)));
            assert_eq!(call, 6, "every call was refused once: {made:?}");
            break;
        };
        let error = written.expect_err("a call failed");
        assert!(error.to_string().contains(&format!("{refused} fails")), "{error}");
        assert_eq!(error.kind(), reason, "{error}");
        if *refused == "sync folder" {
            assert!(matches!(error, FileError::Sync { .. }), "{error}");
            assert_eq!(found, content(2));
        } else {
            assert!(matches!(error, FileError::Write { .. }) && error.to_string().ends_with(advice), "{error}");
            assert_eq!(found, content(1), "{refused}");
        }
    }
    // With room again, the same path is written.
    disk.0.refused.set(None);
    replace(&disk, &path, &mut |file| file.write_all(&content(3))).expect("room");
    assert_eq!(fs::read(&path).expect("a file"), content(3));
    fs::remove_dir_all(folder).expect("it was made here");
}

#[test]
fn each_call_that_fails_leaves_the_old_file_or_the_new_one_and_nothing_else() {
    fails_at_each_call(ErrorKind::Other, "fails; what was there before is as it was");
}

#[test]
fn a_disk_that_is_full_at_any_call_leaves_the_old_file_and_says_so() {
    for reason in [ErrorKind::StorageFull, ErrorKind::QuotaExceeded] {
        fails_at_each_call(reason, "fails; make room; what was there before is as it was");
    }
}

#[test]
fn content_that_fails_or_panics_leaves_the_old_file_alone() {
    let folder = folder("content");
    let path = folder.join("file");
    fs::write(&path, "old").expect("room");
    for bytes in [0, 1, 100_000] {
        let error = replace(&System, &path, &mut |file| {
            file.write_all(&vec![b'x'; bytes])?;
            Err(io::Error::other("the source is dry"))
        });
        assert!(error.expect_err("it fails").to_string().contains("the source is dry"));
        let panicked = std::panic::catch_unwind(|| {
            replace(&System, &path, &mut |file| {
                file.write_all(&vec![b'x'; bytes]).expect("room");
                panic!("meant")
            })
        });
        assert!(panicked.is_err());
        assert_eq!(fs::read(&path).expect("the old file"), b"old");
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 1, "no other file is left");
    }
    fs::remove_dir_all(folder).expect("it was made here");
}

#[test]
fn folders_that_are_missing_are_made_and_each_entry_synced() {
    let folder = folder("folders");
    let disk = Watched::default();
    make_folders(&disk, &folder.join("a/b/c")).expect("room");
    assert_eq!(disk.0.made.take(), ["create folder", "sync folder"].repeat(3));
    assert!(folder.join("a/b/c").is_dir());
    make_folders(&disk, &folder.join("a/b/c")).expect("it is there");
    assert!(disk.0.made.take().is_empty());
    fs::remove_dir_all(folder).expect("it was made here");
}

/// A device and a folder of the kernel's own cannot be synced, so the system says whether it was asked to.
#[test]
#[cfg(target_os = "linux")]
fn the_system_is_asked_to_sync() {
    let null = File::options().write(true).open("/dev/null").expect("a device");
    assert_eq!(System.sync(&null).expect_err("a device").kind(), io::ErrorKind::InvalidInput);
    assert_eq!(System.sync_folder(Path::new("/proc")).expect_err("no disk").kind(), io::ErrorKind::InvalidInput);
}
