//! A file of weights costs the memory of one copy of them, and a file that lies no more than it is long.
#![allow(missing_docs, reason = "a test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use allocation_counter::measure;
use typednet::exchange::{Exchange, PersistCompact};
use typednet::formats::{Dtype, TensorSpec, write_npz, write_tensors};
use typednet::prelude::*;

network! { struct Large: 1024 => Dense<1024, Relu> => Dense<64> }

/// What readers and writers take for themselves: pieces of 64 KiB, names, the state of a decompressor.
const OWN: u64 = 300 << 10;

/// A file that is gone when this is.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Self(env::temp_dir().join(format!("typednet-memory-{}-{name}", process::id())))
    }

    fn with(name: &str, bytes: &[u8]) -> Self {
        let scratch = Self::new(name);
        fs::write(&scratch.0, bytes).expect("room");
        scratch
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.0);
    }
}

/// The most bytes that were taken at one time.
fn peak(work: impl FnOnce()) -> u64 {
    measure(work).bytes_max
}

type Reader = (&'static str, fn(&Path) -> Result<(), String>);

const READERS: [Reader; 5] = [
    ("safetensors", |path| Large::load(path).map(drop).map_err(|error| error.to_string())),
    ("safetensors", |path| Large::load_torch(path).map(drop).map_err(|error| error.to_string())),
    ("npz", |path| Large::load_npz(path).map(drop).map_err(|error| error.to_string())),
    ("safetensors", |path| <Large as Compact>::Bf16::load(path).map(drop).map_err(|error| error.to_string())),
    ("safetensors", |path| <Large as Compact>::Int8::load(path).map(drop).map_err(|error| error.to_string())),
];

type Writer = fn(&Large, &Path) -> Result<(), String>;

/// Whole files of the network, one for each reader.
const WRITERS: [Writer; 5] = [
    |model, path| model.save(path).map_err(|error| error.to_string()),
    |model, path| model.save_torch(path).map_err(|error| error.to_string()),
    |model, path| model.save_npz(path).map_err(|error| error.to_string()),
    |model, path| model.to_bf16().save(path).map_err(|error| error.to_string()),
    |model, path| model.to_int8(&[[0.5; 1024]]).save(path).map_err(|error| error.to_string()),
];

#[test]
fn weights_are_in_memory_once() {
    let model = Large::seeded(1);
    let bytes = size_of::<Large>() as u64;
    assert!(bytes > 4 << 20);
    for (place, ((end, read), write)) in READERS.into_iter().zip(WRITERS).enumerate() {
        let path = Scratch::new(&format!("once-{place}.{end}"));
        let writing = peak(|| write(&model, &path.0).expect("room"));
        // The compact forms are made first.
        let made = [0, 0, 0, bytes / 2, bytes / 4 + (4 << 10)][place];
        assert!(writing < OWN + made + (16 << 10), "writer {place} takes {writing} bytes");
        let reading = peak(|| read(&path.0).expect("its own file"));
        let loaded = if place < 3 { bytes } else { made };
        assert!(reading < OWN + loaded + (16 << 10), "reader {place} takes {reading} bytes for {loaded}");
        let mut into = Large::zeroed();
        if place == 1 {
            let torch = typednet::exchange::Torch::new();
            let reading = peak(|| drop(torch.load_into(&mut *into, &path.0).expect("its own file")));
            assert!(reading < OWN + bytes, "{reading} bytes beside the network");
        }
    }
}

/// A safetensors file with this header and no data.
fn with_header(header: &str) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes()].concat()
}

/// Small files that promise much, or whose headers are large.
fn liars() -> Vec<(String, &'static str, Vec<u8>)> {
    let tensor = |shape: &str, offsets: &str| format!(r#"{{"dtype":"F32","shape":{shape},"data_offsets":{offsets}}}"#);
    let weight = |tensor: String| format!(r#"{{"l1.weight":{tensor}}}"#);
    let mut files = vec![
        ("no data".into(), "safetensors", with_header(&weight(tensor("[1024,1024]", "[0,4194304]")))),
        ("huge".into(), "safetensors", with_header(&weight(tensor("[4294967296,4294967296]", "[0,0]")))),
        (
            "far".into(),
            "safetensors",
            with_header(&weight(tensor("[1]", "[18446744073709551611,18446744073709551615]"))),
        ),
        ("a long header".into(), "safetensors", [&(90_000_000_u64).to_le_bytes()[..], b"{}"].concat()),
        (
            "a large shape".into(),
            "safetensors",
            with_header(&weight(tensor(&format!("[{}1]", "0,".repeat(1 << 20)), "[0,0]"))),
        ),
        ("a list".into(), "safetensors", with_header(&format!("[{}0]", "0,".repeat(1 << 20)))),
        ("a deep list".into(), "safetensors", with_header(&"[".repeat(1 << 20))),
        ("more".into(), "safetensors", with_header(&format!(r#"{{"a":{{"more":[{}0]}}}}"#, "0,".repeat(1 << 20)))),
    ];
    let both = format!(r#"{{"l1.weight":{},"l1.bias":{}}}"#, tensor("[64]", "[0,256]"), tensor("[64]", "[0,256]"));
    files.push(("overlapping".into(), "safetensors", [with_header(&both), vec![0; 256]].concat()));
    // An array of numpy's whose header promises more than stands behind it.
    let path = Scratch::new("liar.npz");
    let spec = |name: &str, shape: &[usize]| TensorSpec { name: name.into(), dtype: Dtype::F32, shape: shape.into() };
    write_npz(&path.0, &[spec("l1.weight", &[1000, 1])], |_, write| write(&[0; 4000])).expect("room");
    let sound = fs::read(&path.0).expect("it was written");
    let at = sound.windows(9).position(|bytes| bytes == b"(1000, 1)").expect("the shape");
    let mut promising = sound.clone();
    promising[at..at + 9].copy_from_slice(b"(9999,99)");
    files.push(("a large shape".into(), "npz", promising));
    files.push(("cut".into(), "npz", sound[..sound.len() - 30].to_vec()));
    files
}

#[test]
fn what_lies_costs_no_more_than_it_is_long() {
    for (what, end, bytes) in liars() {
        let path = Scratch::with(&format!("liar.{end}"), &bytes);
        for (place, (_, read)) in READERS.into_iter().enumerate().filter(|(_, (of, _))| *of == end) {
            let taken = peak(|| drop(read(&path.0).expect_err("a file that lies")));
            assert!(
                taken < bytes.len() as u64 + OWN,
                "reader {place} takes {taken} bytes for {what} of {}",
                bytes.len()
            );
        }
    }
}

#[test]
fn what_is_cut_or_another_network_costs_no_more_than_it_is_long() {
    network! { struct Small: 8 => Dense<8, Relu> => Dense<64> }
    let (large, small) = (Large::seeded(1), Small::seeded(1));
    for (place, ((end, read), write)) in READERS.into_iter().zip(WRITERS).enumerate() {
        let path = Scratch::new(&format!("cut-{place}.{end}"));
        write(&large, &path.0).expect("room");
        let whole = fs::read(&path.0).expect("it was written");
        // All but the last byte; and so little that the network is much larger.
        for len in [whole.len() - 1, whole.len() / 16, 200] {
            let path = Scratch::with(&format!("cut-{place}-{len}.{end}"), &whole[..len]);
            let taken = peak(|| drop(read(&path.0).expect_err("a file that is cut")));
            assert!(taken < len as u64 + OWN, "reader {place} takes {taken} bytes for {len}");
        }
        let path = Scratch::new(&format!("small-{place}.{end}"));
        match place {
            0 => small.save(&path.0).expect("room"),
            1 => small.save_torch(&path.0).expect("room"),
            2 => small.save_npz(&path.0).expect("room"),
            3 => small.to_bf16().save(&path.0).expect("room"),
            _ => small.to_int8(&[[0.5; 8]]).save(&path.0).expect("room"),
        }
        let taken = peak(|| drop(read(&path.0).expect_err("another network")));
        assert!(taken < OWN, "reader {place} takes {taken} bytes for a small network");
    }
    // A header of many tensors, which are names and places in memory too.
    let path = Scratch::new("many.safetensors");
    let specs: Vec<TensorSpec> =
        (0..20_000).map(|n| TensorSpec { name: format!("tensor {n}"), dtype: Dtype::U8, shape: vec![1] }).collect();
    write_tensors(&path.0, &specs, &BTreeMap::new(), |_, write| write(&[1])).expect("room");
    let len = fs::metadata(&path.0).expect("it was written").len();
    let taken = peak(|| drop(Large::load(&path.0).expect_err("another network")));
    println!("{taken} bytes for a header of {len}");
}
