//! Tensors come back with their bits; what is cut, flipped, named twice or another file is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::*;
use crate::FileError;

fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("typednet-tensors-{name}-{}.safetensors", std::process::id()))
}

/// A tensor of 1, 2, 3… and one without elements, in this order.
fn specs() -> [TensorSpec; 2] {
    let spec = |name: &str, dtype, shape: &[usize]| TensorSpec { name: name.into(), dtype, shape: shape.into() };
    [spec("weight", Dtype::U8, &[2, 3]), spec("none", Dtype::F64, &[0, 7])]
}

fn write(path: &PathBuf) {
    let metadata = BTreeMap::from([("note".into(), "a \"note\"".into()), ("b".into(), "ü".into())]);
    write_tensors(path, &specs(), &metadata, |place, write| {
        if place == 0 { write(&[1, 2, 3]).and_then(|()| write(&[4, 5, 6])) } else { Ok(()) }
    })
    .expect("room");
}

fn read(path: &PathBuf) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    TensorFile::open(path)?.read("weight", |piece| bytes.extend_from_slice(piece))?;
    Ok(bytes)
}

#[test]
fn tensors_come_back() {
    let path = path("back");
    write(&path);
    let mut file = TensorFile::open(&path).expect("the file");
    assert!(file.is_checked());
    assert_eq!((file.metadata("note"), file.metadata("none")), (Some("a \"note\""), None));
    let mut found: Vec<TensorSpec> = file.tensors().collect();
    found.sort_by_key(|spec| spec.name == "none");
    assert_eq!(found, specs());
    assert_eq!(file.tensor("weight"), Some(specs()[0].clone()));
    assert_eq!(read(&path), Ok(vec![1, 2, 3, 4, 5, 6]));
    file.read("none", |_| panic!("there is nothing")).expect("nothing");
    let error = file.read("other", |_| {}).expect_err("no such tensor").to_string();
    assert!(error.contains("it has no tensor `other`"), "{error}");
    // Any other program reads it too.
    let bytes = fs::read(&path).expect("a file");
    let parsed = safetensors::SafeTensors::deserialize(&bytes).expect("a safetensors file");
    assert_eq!(parsed.tensor("weight").expect("a tensor").data(), [1, 2, 3, 4, 5, 6]);
    fs::remove_file(path).expect("it was written");
}

#[test]
fn every_flipped_bit_is_refused_but_that_which_hides_the_checksum() {
    let path = path("flipped");
    write(&path);
    let bytes = fs::read(&path).expect("a file");
    let header = bytes.len() - 6;
    let text = String::from_utf8_lossy(&bytes[..header]).into_owned();
    let key = text.find(CHECKSUM).expect("a checksum");
    for at in 0..bytes.len() {
        for bit in [at % 8, 0, 5] {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            fs::write(&path, &changed).expect("room");
            if let Ok(file) = TensorFile::open(&path) {
                // Then it is a file as other programs write them, with the same data.
                let hidden = (key..key + CHECKSUM.len()).contains(&at) && !file.is_checked();
                assert!(hidden || changed[at].is_ascii_whitespace(), "byte {at}, bit {bit}");
                assert_eq!(read(&path), Ok(vec![1, 2, 3, 4, 5, 6]), "byte {at}, bit {bit}");
            }
        }
    }
    for end in 0..bytes.len() {
        fs::write(&path, &bytes[..end]).expect("room");
        assert!(TensorFile::open(&path).is_err(), "cut after {end} bytes");
    }
    fs::remove_file(path).expect("it was written");
}

/// A file with this header and so many bytes of data.
fn file(path: &PathBuf, header: &str, data: usize) -> Result<TensorFile, FileError> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.resize(bytes.len() + data, 7);
    fs::write(path, bytes).expect("room");
    TensorFile::open(path)
}

#[test]
fn files_of_other_programs_are_read_and_hostile_ones_refused() {
    let path = path("hostile");
    let byte = |name: &str, offsets: &str| format!(r#""{name}":{{"dtype":"U8","shape":[1],"data_offsets":{offsets}}}"#);
    let plain = file(&path, &format!("{{{}}}", byte("a", "[0,1]")), 1).expect("a file of another program");
    assert!(!plain.is_checked());
    assert!(file(&path, r#"{"__metadata__":{"format":"pt"}}"#, 0).is_ok());
    for (header, data, says) in [
        (format!("{{{},{}}}", byte("a", "[0,1]"), byte("a", "[0,1]")), 1, "`a` stands twice"),
        (format!("{{{},{}}}", byte("a", "[0,1]"), byte("a", "[1,2]")), 2, "`a` stands twice"),
        (r#"{"__metadata__":{"k":"1","k":"2"}}"#.into(), 0, "`k` stands twice"),
        (format!("{{{},{}}}", byte("a", "[0,1]"), byte("b", "[0,1]")), 1, "invalid offset"),
        (format!("{{{}}}", byte("a", "[1,2]")), 2, "invalid offset"),
        (format!("{{{}}}", byte("a", "[0,18446744073709551615]")), 1, "no whole safetensors file"),
        (r#"{"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#.into(), 0, "overflow"),
        (format!("{{{}}}", byte("a", "[0,1]")), 2, "bytes, but says that it has"),
        (r#"{"__metadata__":{"typednet.sha256":"0"}}"#.into(), 0, "is damaged"),
        ("[]".into(), 0, "no whole safetensors file"),
    ] {
        let error = file(&path, &header, data).expect_err(&header).to_string().to_lowercase();
        assert!(error.contains(says), "{header}: {error}");
    }
    fs::remove_file(&path).expect("it was written");
    assert!(matches!(TensorFile::open(std::env::temp_dir()), Err(FileError::NotAFile { found: "a folder", .. })));
    assert!(matches!(TensorFile::open(&path), Err(FileError::Read { .. })));
}

#[test]
fn what_cannot_be_a_file_is_not_written() {
    let path = path("unwritten");
    let [weight, _] = specs();
    let refused = |specs: &[TensorSpec], bytes: &[u8]| {
        let written = write_tensors(&path, specs, &BTreeMap::new(), |_, write| write(bytes));
        assert!(!path.exists());
        written.expect_err("no file").to_string()
    };
    let twice = refused(&[weight.clone(), weight.clone()], &[0; 6]);
    assert!(twice.contains("two tensors have the name `weight`"), "{twice}");
    let named = refused(&[TensorSpec { name: "__metadata__".into(), ..weight.clone() }], &[0; 6]);
    assert!(named.contains("is no name for a tensor"), "{named}");
    let short = refused(std::slice::from_ref(&weight), &[0; 5]);
    assert!(short.contains("`weight` has 6 bytes, but 5 were given"), "{short}");
    let huge = refused(&[TensorSpec { shape: vec![usize::MAX, 2], ..weight.clone() }], &[]);
    assert!(huge.contains("more bytes than can be counted"), "{huge}");
    let halves = refused(&[TensorSpec { dtype: Dtype::F4, shape: vec![3], ..weight.clone() }], &[0]);
    assert!(halves.contains("`weight`, [3] of F4, is of no whole bytes"), "{halves}");
    let axes = refused(&[TensorSpec { shape: vec![1; 65], ..weight }], &[0]);
    assert!(axes.contains("`weight` has 65 axes, but at most 64 are read"), "{axes}");
    let long = BTreeMap::from([("note".to_owned(), "x".repeat(100_000_000))]);
    let long = write_tensors(&path, &[], &long, |_, _| Ok(())).expect_err("a long header").to_string();
    assert!(long.contains("at most 100000000 are read") && !path.exists(), "{long}");
}

/// What is just not refused is read too.
#[test]
fn what_is_written_is_read() {
    let path = path("limits");
    let spec = |name: &str, dtype, shape: &[usize]| TensorSpec { name: name.into(), dtype, shape: shape.into() };
    let specs =
        [spec("axes", Dtype::U8, &[1; 64]), spec("bits", Dtype::F4, &[4]), spec("six", Dtype::F6_E2M3, &[4, 3])];
    let bytes = [1, 2, 9];
    let data = |place: usize, write: &mut dyn FnMut(&[u8]) -> std::io::Result<()>| write(&vec![7; bytes[place]]);
    write_tensors(&path, &specs, &BTreeMap::new(), data).expect("room");
    let mut file = TensorFile::open(&path).expect("what was written is read");
    for (spec, len) in specs.iter().zip(bytes) {
        assert_eq!(file.tensor(&spec.name).as_ref(), Some(spec));
        let mut to = vec![0; len];
        file.read_into(&spec.name, &mut to).expect("its bytes");
        assert_eq!(to, vec![7; len]);
    }
    fs::remove_file(path).expect("it was written");
}

/// The metadata's order is not that of a hash table, which differs from one to the next.
#[test]
fn the_same_content_is_the_same_file() {
    let metadata: BTreeMap<String, String> = (0..20).map(|n| (format!("key {n}"), n.to_string())).collect();
    let written: Vec<Vec<u8>> = (0..3)
        .map(|count| {
            let path = path(&format!("same-{count}"));
            let data = |_, write: &mut dyn FnMut(&[u8]) -> std::io::Result<()>| write(&[7; 6]);
            write_tensors(&path, &specs()[..1], &metadata, data).expect("room");
            let bytes = fs::read(&path).expect("the file");
            fs::remove_file(path).expect("it was written");
            bytes
        })
        .collect();
    assert!(written[0] == written[1] && written[0] == written[2]);
}
