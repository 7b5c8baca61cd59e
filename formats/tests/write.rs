//! The writer on a real disk: writers at once, links, modes, names, what is no file, and writers that are killed.
#![allow(missing_docs, reason = "a test")]

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use typednet_formats::{FileError, write, write_with};

/// A folder of its own for each test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("typednet-formats-{name}-{}", std::process::id()));
        _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn names(&self) -> Vec<String> {
        let name =
            |entry: io::Result<fs::DirEntry>| entry.expect("an entry").file_name().to_string_lossy().into_owned();
        let mut names: Vec<String> = fs::read_dir(&self.0).expect("a folder").map(name).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn readers_find_a_whole_file_while_threads_write_to_one_path() {
    let folder = Folder::new("threads");
    let path = folder.file("file");
    let whole = |byte: u8| vec![byte; 70_000 + usize::from(byte)];
    write(&path, whole(0)).expect("room");
    let end = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let write = |byte: u8| {
            let path = &path;
            move || (0..50).for_each(|_| write(path, whole(byte)).expect("room"))
        };
        let writers: Vec<_> = (1..=4).map(|byte| scope.spawn(write(byte))).collect();
        scope.spawn(|| {
            while !end.load(Ordering::Relaxed) {
                let found = fs::read(&path).expect("there is always a file");
                assert!(found == whole(found[0]), "{} bytes of writer {}", found.len(), found[0]);
            }
        });
        for writer in writers {
            writer.join().expect("no writer fails");
        }
        end.store(true, Ordering::Relaxed);
    });
    assert_eq!(folder.names(), ["file"]);
}

#[test]
#[cfg(unix)]
fn a_link_stays_one_and_the_file_behind_it_is_replaced() {
    let folder = Folder::new("links");
    let [file, first, second] = ["disk/file", "first", "disk/second"].map(|name| folder.file(name));
    write(&file, "old").expect("room");
    // Relative to the folder of each link.
    std::os::unix::fs::symlink("disk/second", &first).expect("room");
    std::os::unix::fs::symlink("file", &second).expect("room");
    write(&first, "new").expect("room");
    assert!([&first, &second].iter().all(|link| fs::symlink_metadata(link).expect("a link").is_symlink()));
    assert_eq!(fs::read_to_string(&file).expect("a file"), "new");
    assert_eq!(folder.names(), ["disk", "first"]);

    // A link to a file that is not there yet makes it; one to a folder that is not there may miss its disk.
    let [dangling, lost, round] = ["dangling", "lost", "round"].map(|name| folder.file(name));
    std::os::unix::fs::symlink("disk/later", &dangling).expect("room");
    write(&dangling, "new").expect("room");
    assert_eq!(fs::read_to_string(folder.file("disk/later")).expect("a file"), "new");
    std::os::unix::fs::symlink("absent/file", &lost).expect("room");
    assert!(
        matches!(write(&lost, "new"), Err(FileError::BrokenLink { target, .. }) if target == folder.file("absent/file"))
    );
    assert!(!folder.file("absent").exists());
    std::os::unix::fs::symlink("round", &round).expect("room");
    let error = write(&round, "new").expect_err("no end").to_string();
    assert!(error.contains("symbolic links"), "{error}");
}

/// A second name of a file is no way to it: what is written takes the place of one name, as the documentation says.
#[test]
fn a_hard_link_keeps_the_old_content() {
    let folder = Folder::new("hard");
    let [path, other] = ["file", "other"].map(|name| folder.file(name));
    write(&path, "old").expect("room");
    fs::hard_link(&path, &other).expect("a disk with links");
    for new in ["new", "newer"] {
        write(&path, new).expect("room");
        assert_eq!(fs::read_to_string(&path).expect("a file"), new);
        assert_eq!(fs::read_to_string(&other).expect("a file"), "old");
    }
    // The other name is written in the same way.
    write(&other, "own").expect("room");
    assert_eq!(fs::read_to_string(&path).expect("a file"), "newer");
    assert_eq!(folder.names(), ["file", "other"]);
}

#[test]
#[cfg(unix)]
fn the_mode_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("mode");
    let path = folder.file("file");
    write(&path, "old").expect("room");
    for mode in [0o600, 0o640, 0o664, 0o755] {
        fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("an own file");
        write_with(&path, |file| {
            file.write_all(b"secret")?;
            // Nobody reads the new content under the hidden name who may not read the old one.
            for entry in fs::read_dir(&folder.0)? {
                let found = entry?.metadata()?.permissions().mode() & 0o777;
                assert_eq!(found & !mode, 0, "{found:o} is wider than {mode:o}");
            }
            Ok(())
        })
        .expect("room");
        let found = fs::metadata(&path).expect("a file").permissions().mode() & 0o7777;
        assert_eq!(found, mode, "{found:o} instead of {mode:o}");
    }
}

#[test]
fn what_is_no_regular_file_is_refused_before_anything_is_touched() {
    let folder = Folder::new("kinds");
    let path = folder.file("folder");
    fs::create_dir(&path).expect("room");
    fs::write(path.join("kept"), "kept").expect("room");
    let refused = |path: &Path| write_with(path, |_| panic!("nothing is written")).expect_err("no file");
    let is = |path: &Path, kind| {
        let error = refused(path);
        assert!(matches!(error, FileError::NotAFile { found, .. } if found == kind), "{error}");
        let named = [path.display().to_string(), "a file is expected".into()];
        assert!(named.iter().all(|part| error.to_string().contains(part)), "{error}");
    };
    is(&path, "a folder");
    is(&path.join(""), "a folder");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("folder", folder.file("link")).expect("room");
        is(&folder.file("link"), "a folder");
        let socket = folder.file("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("room");
        is(&socket, "a socket");
        is(Path::new("/dev/null"), "a device");
        let pipe = folder.file("pipe");
        if Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()) {
            is(&pipe, "a pipe");
        }
        assert_eq!(
            fs::read_dir("/dev")
                .expect("devices")
                .flatten()
                .filter(|e| e.file_name().to_string_lossy().contains(".typednet-"))
                .count(),
            0
        );
    }
    for nameless in ["", "/", "..", "none/", "folder/.."] {
        assert!(matches!(refused(Path::new(nameless)), FileError::NoName { .. }), "{nameless}");
    }
    // A file where a folder is meant.
    let below = refused(&path.join("kept/below"));
    assert_eq!(below.kind(), io::ErrorKind::NotADirectory, "{below}");
    assert_eq!(fs::read_to_string(path.join("kept")).expect("a file"), "kept");
}

#[test]
fn names_up_to_the_limit_of_the_system_work() {
    let folder = Folder::new("names");
    for name in ["a".repeat(255), "ü".repeat(127), "..a".into(), "a b\n".into()] {
        write(folder.file(&name), &name).expect("a name that the system takes");
        assert_eq!(folder.names(), [name.as_str()]);
        write(folder.file(&name), "again").expect("a name that the system takes");
        fs::remove_file(folder.file(&name)).expect("it was written");
    }
    let error = write(folder.file(&"a".repeat(256)), "").expect_err("longer than the system takes");
    assert!(error.to_string().contains(&"a".repeat(256)) && error.kind() != io::ErrorKind::Other, "{error}");
    assert!(folder.names().is_empty());
}

#[test]
fn a_full_disk_and_a_folder_that_cannot_be_written_to_say_what_to_do() {
    let folder = Folder::new("full");
    let path = folder.file("file");
    write(&path, "old").expect("room");
    // What a full disk says.
    let full = write_with(&path, |file| {
        file.write_all(&vec![0; 200_000])?;
        Err(io::ErrorKind::StorageFull.into())
    });
    let error = full.expect_err("no room");
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    assert!(error.to_string().ends_with("; make room; what was there before is as it was"), "{error}");
    assert_eq!((fs::read_to_string(&path).expect("a file").as_str(), folder.names().len()), ("old", 1));
    let error = io::Error::from(error);
    assert!(error.kind() == io::ErrorKind::StorageFull && error.to_string().contains("make room"), "{error}");

    // Nobody may write there, not even root.
    #[cfg(target_os = "linux")]
    {
        let error = write("/proc/typednet", "").expect_err("a folder of the kernel");
        assert!(error.to_string().contains("`/proc/typednet` cannot be written"), "{error}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path, mode| fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("an own file");
        mode(&path, 0o444);
        // Root may write to whatever it likes.
        if File::options().write(true).open(&path).is_err() {
            assert_eq!(write(&path, "new").expect_err("a protected file").kind(), io::ErrorKind::PermissionDenied);
            mode(&path, 0o644);
            mode(&folder.0, 0o555);
            let error = write(&path, "new").expect_err("a protected folder");
            assert!(error.to_string().contains("choose a folder that you may write to"), "{error}");
            mode(&folder.0, 0o755);
        }
        assert_eq!(fs::read_to_string(&path).expect("a file"), "old");
    }
}

/// The variable that tells a child process where to write.
const CHILD: &str = "TYPEDNET_FORMATS_CHILD";

/// No test by itself: a child process that begins to write a file and does not end by itself while its parent lives.
#[test]
#[ignore = "runs until it is killed"]
fn begins_to_write() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let written = write_with(Path::new(&path), |file| {
        file.write_all(&vec![1; 200_000])?;
        println!("written");
        // The parent's end closes this.
        io::stdin().read_to_end(&mut Vec::new())?;
        Err(io::Error::other("the parent ended"))
    });
    assert!(written.is_err());
}

/// A child in the middle of writing to `path`.
fn writing(path: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("a program"))
        .args(["--exact", "begins_to_write", "--ignored", "--nocapture"])
        .env(CHILD, path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child");
    let mut said = String::new();
    let mut from = child.stdout.take().expect("a pipe");
    while !said.contains("written") {
        let mut byte = [0];
        from.read_exact(&mut byte).expect("the child writes");
        said.push(byte[0].into());
    }
    child
}

#[test]
#[cfg(unix)]
fn what_a_killed_writer_leaves_is_removed_by_the_next_and_a_living_one_keeps_its_own() {
    let folder = Folder::new("killed");
    let [mut killed, mut living] = ["killed.bin", "living.bin"].map(|name| writing(&folder.file(name)));
    let parts = || folder.names().into_iter().filter(|name| name.contains("part")).collect::<Vec<_>>();
    assert_eq!(parts().len(), 2);
    killed.kill().and_then(|()| killed.wait()).expect("a child to kill");
    // The writer's, but of a system that is not this one: it may live. And others' files.
    let kept = [".net.typednet-00000001-0123456789abcdef.part", ".net.17.part", "net.part", ".part"];
    for name in kept {
        fs::write(folder.file(name), "kept").expect("room");
    }
    // What a system that is no more has left long ago.
    let old = folder.file(".net.typednet-00000002-0123456789abcdef.part");
    File::create(&old)
        .and_then(|file| file.set_modified(std::time::SystemTime::now() - Duration::from_hours(25)))
        .expect("room");

    write(folder.file("other"), "").expect("room");
    let left = parts();
    assert!(left.iter().any(|name| name.starts_with(".living.bin.")), "{left:?}");
    assert!(!left.iter().any(|name| name.starts_with(".killed.bin.")), "{left:?}");
    assert!(kept.iter().all(|name| left.iter().any(|left| left == name)), "{left:?}");
    assert!(!old.exists());

    // The end of its parent ends the other.
    drop(living.stdin.take());
    let start = Instant::now();
    while living.try_wait().expect("a child").is_none() {
        assert!(start.elapsed() < Duration::from_mins(1), "the child does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(parts().len(), kept.len());
}
