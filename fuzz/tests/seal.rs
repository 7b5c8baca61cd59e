//! A reader looks behind a checksum once it fits.
#![allow(missing_docs, reason = "a test")]

use std::fs;
use std::path::PathBuf;

use typednet::formats::TensorFile;
use typednet_fuzz::seal::seal;
use typednet_fuzz::target;

/// A file with these bytes, that goes away with the test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("typednet-seal-{}-{name}", std::process::id()));
        fs::write(&path, bytes).expect("room");
        Self(path)
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(&self.0).expect("the file")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.0);
    }
}

#[test]
fn changed_tensors_are_read_once_they_are_sealed() {
    let seed = &(target("weights").seeds)()[0];
    let place = Place::new("same.safetensors", seed);
    assert!(seal(&place.0));
    assert_eq!(place.bytes(), *seed, "what fits is written as it was");

    let mut changed = seed.clone();
    *changed.last_mut().expect("some bytes") ^= 1;
    let place = Place::new("changed.safetensors", &changed);
    assert!(TensorFile::open(&place.0).is_err());
    assert!(seal(&place.0));
    assert!(TensorFile::open(&place.0).expect("whole").is_checked());
    assert_eq!(place.bytes().last(), changed.last());
}

#[test]
fn what_is_no_file_of_ours_stays_as_it_was() {
    for name in ["none.safetensors", "none.json"] {
        let place = Place::new(name, b"{}");
        assert!(!seal(&place.0), "{name}");
        assert_eq!(place.bytes(), b"{}");
    }
}
