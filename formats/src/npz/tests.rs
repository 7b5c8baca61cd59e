//! Arrays come back with their bits; what is cut, lies or overlaps is refused.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::{CompressionMethod, ZipArchiveWriter};

use super::*;
use crate::tensors::{Dtype, TensorSpec};

/// A file that is gone when this is.
struct Scratch(PathBuf);

impl Scratch {
    fn with(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("typednet-npz-{name}-{}.npz", std::process::id()));
        fs::write(&path, bytes).expect("room");
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.0);
    }
}

/// An archive of these files, packed or not.
fn archive(files: &[(&str, &[u8])], is_deflated: bool) -> Vec<u8> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for (name, content) in files {
        let method = if is_deflated { CompressionMethod::DEFLATE } else { CompressionMethod::STORE };
        let (mut entry, config) = archive.new_file(*name).compression_method(method).start().expect("a name");
        let descriptor = if is_deflated {
            let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::default()));
            writer.write_all(content).expect("memory");
            let (encoder, descriptor) = writer.finish().expect("memory");
            encoder.finish().expect("memory");
            descriptor
        } else {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(content).expect("memory");
            writer.finish().expect("memory").1
        };
        entry.finish(descriptor).expect("memory");
    }
    archive.finish().expect("memory")
}

/// The bytes of an array of `f32`.
fn array(shape: &[usize], data: &[u8]) -> Vec<u8> {
    [&*header::written(Dtype::F32, shape).expect("a type of numpy's"), data].concat()
}

fn refused(name: &str, bytes: &[u8]) -> String {
    NpzFile::open(&Scratch::with(name, bytes).0).expect_err("a file that lies").to_string()
}

#[test]
fn arrays_come_back_packed_or_not() {
    let data: Vec<u8> = (0..24).collect();
    for (is_deflated, name) in [(false, "plain"), (true, "packed")] {
        let bytes = archive(&[("a.b.npy", &array(&[2, 3], &data)), ("none.npy", &array(&[0, 7], &[]))], is_deflated);
        let scratch = Scratch::with(name, &bytes);
        let file = NpzFile::open(&scratch.0).expect("whole");
        let specs: Vec<_> = file.arrays().iter().map(|array| (&*array.spec.name, &*array.spec.shape)).collect();
        assert_eq!(specs, [("a.b", &[2, 3][..]), ("none", &[0, 7])]);
        let mut to = [0; 24];
        file.read_into("a.b", &mut to).expect("its content");
        let mut pieces = Vec::new();
        file.read("a.b", |piece| pieces.extend_from_slice(piece)).expect("its content");
        assert_eq!((&to[..], &pieces), (&*data, &data));
        file.read_into("none", &mut []).expect("nothing");
        assert!(file.read_into("a.b", &mut [0; 20]).expect_err("fewer").to_string().contains("24 bytes, but 20 are"));
        assert!(file.read_into("c", &mut []).expect_err("no such").to_string().contains("it has no array `c`"));
    }
}

#[test]
fn a_file_that_is_cut_anywhere_is_refused() {
    let bytes = archive(&[("a.npy", &array(&[2], &[1; 8])), ("b.npy", &array(&[1], &[2; 4]))], true);
    for len in 0..bytes.len() {
        assert!(NpzFile::open(&Scratch::with("cut", &bytes[..len]).0).is_err(), "{len} bytes");
    }
}

#[test]
fn what_is_no_array_is_refused() {
    let sound = array(&[2], &[1; 8]);
    for (name, content, says) in [
        ("a.txt", &*sound, "its name does not end with `.npy`"),
        ("a.npy", &sound[..sound.len() - 1], "it has 135 bytes, but is [2] of"),
        ("a.npy", &[&*sound, &[0]].concat(), "it has 137 bytes, but is [2] of"),
        ("a.npy", &sound[..20], "it ends within its header"),
        ("a.npy", &[], "its header cannot be read"),
        ("a.npy", b"no array at all, only a text", "it does not begin as an array of numpy's"),
        ("a.npy", &array(&[usize::MAX, 2], &[]), "but is [18446744073709551615, 2]"),
        ("a.npy", &array(&[1 << 40], &[]), "but is [1099511627776]"),
    ] {
        for is_deflated in [false, true] {
            let error = refused("array", &archive(&[(name, content)], is_deflated));
            assert!(error.contains(says), "{name}: {error}");
        }
    }
    let twice = refused("twice", &archive(&[("a.npy", &sound), ("a.npy", &sound)], false));
    assert!(twice.contains("`a.npy`: it stands in it twice"), "{twice}");
    assert!(refused("text", b"this is no archive").contains("no whole file of numpy's arrays"));
}

/// Where the entry of a name stands in the directory at the end.
fn entry(bytes: &[u8], name: &str) -> usize {
    let at = bytes.windows(name.len()).rposition(|bytes| bytes == name.as_bytes()).expect("the name");
    assert_eq!(&bytes[at - 46..at - 42], b"PK\x01\x02");
    at - 46
}

#[test]
fn a_directory_that_lies_is_refused() {
    let sound = archive(&[("a.npy", &array(&[2], &[1; 8])), ("b.npy", &array(&[2], &[2; 8]))], false);
    let changed = |offset: usize, field: &[u8]| {
        let (mut bytes, at) = (sound.clone(), entry(&sound, "b.npy") + offset);
        bytes[at..at + field.len()].copy_from_slice(field);
        refused("directory", &bytes)
    };
    // Its place: that of the other array.
    let overlap = changed(42, &0_u32.to_le_bytes());
    assert!(overlap.contains("stand in the same place"), "{overlap}");
    // Its sizes, packed and not.
    assert!(
        changed(20, &u32::MAX.to_le_bytes()[..]).contains("no whole file of numpy's"),
        "a size of 64 bits that is not there"
    );
    assert!(changed(20, &(1_u32 << 30).to_le_bytes()).contains("it has more bytes than the file"));
    assert!(changed(24, &(1_u32 << 30).to_le_bytes()).contains("it has more bytes than the file"));
    // What it is packed with, and that it is encrypted.
    assert!(changed(10, &[12]).contains("packed otherwise than by `savez`"));
    assert!(changed(8, &[9]).contains("is encrypted or packed otherwise"));
    // How many entries there are.
    let mut bytes = sound.clone();
    let end = bytes.len() - 22;
    bytes[end + 10] = 1;
    assert!(refused("count", &bytes).contains("another number of entries than it says"));
}

#[test]
fn content_that_was_changed_is_refused_when_it_is_read() {
    for is_deflated in [false, true] {
        let mut bytes = archive(&[("a.npy", &array(&[64], &[7; 256]))], is_deflated);
        let end = entry(&bytes, "a.npy");
        // One of the last bytes of the content; the descriptor of 16 bytes stands behind it.
        bytes[end - 24] ^= 0x55;
        let scratch = Scratch::with("changed", &bytes);
        let error = NpzFile::open(&scratch.0).and_then(|file| file.read_into("a", &mut [0; 256]));
        let error = error.expect_err("another content").to_string();
        assert!(error.contains("`a` is damaged"), "{error}");
    }
}

/// An array whose packed content goes on, though its directory says where it ends, with the checksum of what it says.
#[test]
fn what_is_packed_behind_an_array_is_refused() {
    let (sound, tail) = (array(&[2], &[1; 8]), array(&[2], &[1; 8]).len() + 3);
    let whole = archive(&[("a.npy", &sound)], true);
    let mut longer = archive(&[("a.npy", &[&*sound, &[9; 3]].concat())], true);
    let (of_whole, of_longer) = (entry(&whole, "a.npy"), entry(&longer, "a.npy"));
    // Checksum and length, in the directory and in the descriptor before it.
    for (to, from) in [(of_longer + 16, of_whole + 16), (of_longer - 12, of_whole - 12)] {
        longer[to..to + 4].copy_from_slice(&whole[from..from + 4]);
    }
    for to in [of_longer + 24, of_longer - 4] {
        assert_eq!(longer[to..to + 4], (tail as u32).to_le_bytes());
        longer[to..to + 4].copy_from_slice(&(sound.len() as u32).to_le_bytes());
    }
    let scratch = Scratch::with("tail", &longer);
    let file = NpzFile::open(&scratch.0).expect("a directory that says nothing of it");
    for error in [file.read_into("a", &mut [0; 8]), file.read("a", |_| {})] {
        let error = error.expect_err("more than it says").to_string();
        assert!(error.contains("`a` is damaged: more stands behind its numbers"), "{error}");
    }
}

#[test]
fn what_cannot_be_a_file_is_not_written() {
    let path = std::env::temp_dir().join(format!("typednet-npz-unwritten-{}.npz", std::process::id()));
    let spec = |name: &str, dtype, shape: &[usize]| TensorSpec { name: name.into(), dtype, shape: shape.into() };
    let refused = |specs: &[TensorSpec], bytes: &[u8]| {
        let written = write_npz(&path, specs, |_, write| write(bytes));
        assert!(!path.exists());
        written.expect_err("no file").to_string()
    };
    let a = spec("a", Dtype::F32, &[2]);
    assert!(refused(&[a.clone(), a.clone()], &[0; 8]).contains("two arrays have the name `a`"));
    assert!(refused(std::slice::from_ref(&a), &[0; 4]).contains("`a` has 8 bytes, but 4 were given"));
    assert!(refused(&[spec("a", Dtype::BF16, &[2])], &[0; 4]).contains("numpy has no `BF16`, the type of `a`"));
    assert!(refused(&[spec("a", Dtype::F32, &[1; 65])], &[0; 4]).contains("has 65 axes, but numpy has at most 64"));
    for name in ["a\\b", "C:a", "../a", "/a", "a//b", "./a", "a/../b"] {
        let error = refused(&[spec(name, Dtype::F32, &[1])], &[0; 4]);
        assert!(error.contains("is no name in an archive"), "{error}");
    }
    assert!(refused(&[spec("a", Dtype::F32, &[usize::MAX, 2])], &[]).contains("more bytes than can be counted"));
}
