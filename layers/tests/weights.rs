//! Files that are the network's are copied bit for bit; all else is refused, and changes nothing.

#![allow(missing_docs, reason = "a test")]

use typednet_layers::weights::{copy_from_file, embedded};
use typednet_layers::{BatchNorm, Chain, Dense, Layer, Relu};
use typednet_tensor::{Flat, Model};

type Net = Chain<Dense<2, 3, Relu>, Chain<BatchNorm<3>, Dense<3, 2>>>;

/// A tensor of the header: its name, type, sizes and where it is.
type Part = (String, &'static str, Vec<usize>, [usize; 2]);

/// The tensors of a network, in its own order.
fn parts<L: Layer>(dtype: &'static str) -> Vec<Part> {
    let mut parts = Vec::new();
    let size = size_of::<L::Elem>();
    const { &L::TREE }.visit(&mut |place| {
        let range = place.range();
        let sizes = place.param.shape.sizes().to_vec();
        parts.push((place.to_string(), dtype, sizes, [range.start * size, range.end * size]));
    });
    parts
}

fn file(parts: &[Part], metadata: &str, data: &[u8]) -> Vec<u8> {
    let tensor = |(name, dtype, sizes, offsets): &Part| {
        format!(r#""{name}": {{"shape":{sizes:?},"dtype":"{dtype}", "data_offsets":{offsets:?}}}"#)
    };
    let entries: Vec<String> = (!metadata.is_empty())
        .then(|| format!(r#""__metadata__":{metadata}"#))
        .into_iter()
        .chain(parts.iter().map(tensor))
        .collect();
    with_header(&format!("{{{}}}  ", entries.join(",")), data)
}

fn with_header(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

fn data(model: &Net) -> Vec<u8> {
    model.as_flat().iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// A whole file of a network, with the network.
fn sound() -> (Model<Net>, Vec<u8>) {
    let model = Net::seeded(7);
    let bytes = file(&parts::<Net>("F32"), r#"{"note":"a \"quoted\" {text}"}"#, &data(&model));
    (model, bytes)
}

fn refused(bytes: &[u8]) -> String {
    let mut model = Net::seeded(1);
    let error = copy_from_file(&mut *model, bytes, "net.safetensors").expect_err("a file that is not the network's");
    assert_eq!(model.as_flat(), Net::seeded(1).as_flat(), "{error}");
    error.to_string()
}

#[test]
fn a_file_is_copied_whatever_its_order() {
    let (model, bytes) = sound();
    let mut read = Net::zeroed();
    copy_from_file(&mut *read, &bytes, "net.safetensors").expect("the network's file");
    assert_eq!(read.as_flat(), model.as_flat());
    // The header in another order; the data too.
    let mut turned: Vec<Part> = parts::<Net>("F32").into_iter().rev().collect();
    let mut moved = Vec::new();
    for (.., offsets) in &mut turned {
        let begin = moved.len();
        moved.extend_from_slice(&data(&model)[offsets[0]..offsets[1]]);
        *offsets = [begin, moved.len()];
    }
    let mut read = Net::zeroed();
    copy_from_file(&mut *read, &file(&turned, "", &moved), "net.safetensors").expect("the network's file");
    assert_eq!(read.as_flat(), model.as_flat());
}

#[test]
fn a_file_that_is_cut_anywhere_is_refused() {
    let (_, bytes) = sound();
    for len in 0..bytes.len() {
        assert!(refused(&bytes[..len]).contains("`net.safetensors`"), "{len} bytes");
    }
    let longer = [&*bytes, &[0]].concat();
    assert!(refused(&longer).contains("bytes of data, but its tensors have"), "{}", refused(&longer));
}

#[test]
fn what_is_another_tensor_is_named_with_both_sides() {
    let (model, _) = sound();
    let data = data(&model);
    let changed = |change: &dyn Fn(&mut Vec<Part>), metadata: &str| {
        let mut parts = parts::<Net>("F32");
        change(&mut parts);
        refused(&file(&parts, metadata, &data))
    };
    let advice = "; save this network to it anew, or choose its own file";
    assert_eq!(
        changed(&|parts| parts[0].2 = vec![3, 2], ""),
        "`first.weight` is [3, 2] in `net.safetensors`, but [2, 3] in the network: rows and columns are exchanged; read a file of \
         PyTorch's with `load_torch`, and write it with `save`"
    );
    assert_eq!(
        changed(&|parts| parts[1].2 = vec![4], ""),
        format!("`first.bias` is [4] in `net.safetensors`, but [3] in the network{advice}")
    );
    assert_eq!(
        changed(&|parts| parts[0].1 = "F64", ""),
        "`first.weight` is of f64 in `net.safetensors`, but of f32 in the network; save the network of that type to it anew"
    );
    assert_eq!(
        changed(&|parts| parts[6].0 = "head".into(), ""),
        format!(
            "`net.safetensors` has no `rest.rest.weight`, which is [3, 2] of f32 in the network, but `head`, which is [3, 2]{advice}"
        )
    );
    let torch = changed(&|parts| parts[0].0 = "0.weight".into(), r#"{"format":"pt"}"#);
    assert!(torch.contains("it is a `state_dict` as PyTorch has them: read it with `load_torch`"), "{torch}");
    assert!(changed(&|parts| drop(parts.pop()), "").contains("has no `rest.rest.bias`, which is [2] of f32"));
    assert!(changed(&|parts| parts[1] = parts[0].clone(), "").contains("`first.weight` stands in it twice"));
    let more = changed(&|parts| parts.push(("more".into(), "F32", vec![1], [0, 4])), "");
    assert_eq!(
        more,
        format!("`net.safetensors` has `more`, which is [1], but the network has no such parameters{advice}")
    );
}

#[test]
fn a_header_that_lies_is_refused() {
    let (model, _) = sound();
    let data = data(&model);
    for offsets in [[0, 20], [4, 24 + 8], [24, 0], [data.len(), data.len() + 24], [usize::MAX - 23, usize::MAX]] {
        let mut parts = parts::<Net>("F32");
        parts[0].3 = offsets;
        let said = refused(&file(&parts, "", &data));
        assert!(said.contains("`first.weight` has 24 bytes, but `net.safetensors` has it at"), "{offsets:?}: {said}");
    }
    // The second bias in the place of the first, and so four bytes that are nobody's, in any order of both.
    for [a, b] in [[3, 4], [4, 3]] {
        let mut double = parts::<Net>("F32");
        double[a].3 = double[b].3;
        let said = refused(&file(&double, "", &data));
        assert!(said.contains("its tensors lie over each other"), "{said}");
    }
    let mut deep = parts::<Net>("F32");
    deep[0].2 = vec![1, 1, 1, 1, 1, 1, 2, 3];
    assert!(refused(&file(&deep, "", &data)).contains("`first.weight` is [1, 1, 1, 1, 1, 1] in"));
    let tensor = r#""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#;
    for header in [
        String::new(),
        "[]".into(),
        "{".into(),
        "{}x".into(),
        "{}{}".into(),
        format!("{{{tensor},}}"),
        format!("{{{tensor}{tensor}}}"),
        format!("{{,{tensor}}}"),
        r#"{"a":{"dtype":"F32","shape":[1]}}"#.into(),
        r#"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.into(),
        r#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#.into(),
        r#"{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,4]}}"#.into(),
        r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#.into(),
        r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":"no"}}"#.into(),
        r#"{"__metadata__":{"a":1}}"#.into(),
        r#"{"__metadata__":{"a":"\"}}"#.into(),
        r#"{"a"#.into(),
    ] {
        let said = refused(&with_header(&header, &data));
        assert!(said.contains("is no whole safetensors file: its header"), "{header}: {said}");
    }
}

/// Compile-time weights: see `tests/weights` of the library for whole networks.
#[test]
fn a_block_is_made_while_the_program_is_compiled() {
    const HEADER: &[u8] =
        br#"{"weight":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]},"bias":{"dtype":"F64","shape":[1],"data_offsets":[8,16]}}"#;
    const FILE: &[u8] = &{
        let mut file = [0; 8 + HEADER.len() + 16];
        let (len, rest) = file.split_at_mut(8);
        len.copy_from_slice(&(HEADER.len() as u64).to_le_bytes());
        let (header, data) = rest.split_at_mut(HEADER.len());
        header.copy_from_slice(HEADER);
        let (weight, bias) = data.split_at_mut(8);
        weight.copy_from_slice(&0.5_f64.to_le_bytes());
        bias.copy_from_slice(&(-3.0_f64).to_le_bytes());
        file
    };
    static NET: Dense<1, 1, Relu, f64> = embedded(FILE, "one.safetensors");
    assert_eq!(NET.as_flat(), [0.5, -3.0]);
}
