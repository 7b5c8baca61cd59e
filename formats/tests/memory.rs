//! What a header of many tensors costs: `SECURITY.md` says how much.
#![allow(missing_docs, reason = "a test")]
#![cfg(feature = "npz")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs, process};

use allocation_counter::measure;
use typednet_formats::{Dtype, NpzFile, TensorFile, TensorSpec, write_npz, write_tensors};

/// What readers take for themselves: pieces of 64 KiB.
const OWN: u64 = 300 << 10;

/// Tensors of one byte, so that nearly all of a file is names, sizes and places.
#[test]
fn a_header_costs_a_few_times_its_length() {
    let path = |end: &str| -> PathBuf { env::temp_dir().join(format!("typednet-header-{}.{end}", process::id())) };
    let (tensors, arrays) = (path("safetensors"), path("npz"));
    let specs: Vec<TensorSpec> =
        (0..20_000).map(|n| TensorSpec { name: format!("tensor {n}"), dtype: Dtype::U8, shape: vec![1] }).collect();
    write_tensors(&tensors, &specs, &BTreeMap::new(), |_, write| write(&[1])).expect("room");
    write_npz(&arrays, &specs, |_, write| write(&[1])).expect("room");

    let len = |path: &PathBuf| fs::metadata(path).expect("it was written").len();
    let taken = measure(|| drop(TensorFile::open(&tensors).expect("its own file"))).bytes_max;
    assert!(taken < 7 * len(&tensors) + OWN, "{taken} bytes for a header of {}", len(&tensors));
    let taken = measure(|| drop(NpzFile::open(&arrays).expect("its own file"))).bytes_max;
    assert!(taken < 3 * len(&arrays) + OWN, "{taken} bytes for arrays of {}", len(&arrays));
    for path in [tensors, arrays] {
        fs::remove_file(path).expect("it was written");
    }
}
