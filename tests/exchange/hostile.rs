//! Files that are cut or lie.

use typednet::exchange::{ExchangeError, Torch};
use typednet::layers::Chain;
use typednet::prelude::*;
use typednet::tensor::Flat;

use super::files::Scratch;
use super::golden::drawn;

type Net = Chain<Dense<2, 3, Relu>, Dense<3, 2>>;

fn written() -> Vec<u8> {
    let path = Scratch::new("safetensors");
    Torch::new().save(&drawn::<Net>(1), &path).expect("room");
    path.bytes()
}

/// A file with this header and so many bytes of data.
fn with_header(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.bytes());
    bytes.resize(bytes.len() + data, 0);
    bytes
}

/// What is said of a file; the network is as it was.
fn refused(bytes: &[u8]) -> ExchangeError {
    let mut model = drawn::<Net>(2);
    let error = Torch::new().load_into(&mut *model, Scratch::with(bytes)).expect_err("a file that lies");
    assert_eq!(model.as_flat(), drawn::<Net>(2).as_flat(), "{error}");
    error
}

#[test]
fn a_file_that_is_cut_anywhere_is_refused() {
    let bytes = written();
    for len in 0..bytes.len() {
        assert!(matches!(refused(&bytes[..len]), ExchangeError::File(_)), "{len} bytes");
    }
    let longer: Vec<u8> = bytes.iter().copied().chain([0]).collect();
    assert!(matches!(refused(&longer), ExchangeError::File(_)));
}

/// The header that the network has in a file of another program, with `weight` in place of the first weight.
fn header(weight: &str) -> String {
    format!(
        r#"{{"0.weight":{weight},"0.bias":{{"dtype":"F32","shape":[3],"data_offsets":[24,36]}},"2.weight":{{"dtype":"F32","shape":[2,3],"data_offsets":[36,60]}},"2.bias":{{"dtype":"F32","shape":[2],"data_offsets":[60,68]}}}}"#
    )
}

#[test]
fn a_header_that_lies_is_refused() {
    let sound = with_header(&header(r#"{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}"#), 68);
    Torch::new().load::<Net>(Scratch::with(&sound)).expect("a file of another program");

    let huge = u64::MAX;
    for (weight, data) in [
        (r#"{"dtype":"F32","shape":[3,2],"data_offsets":[0,20]}"#.to_owned(), 68),
        (r#"{"dtype":"F32","shape":[3,2],"data_offsets":[12,36]}"#.to_owned(), 68),
        (r#"{"dtype":"F32","shape":[3,3],"data_offsets":[0,24]}"#.to_owned(), 68),
        (format!(r#"{{"dtype":"F32","shape":[{huge},{huge}],"data_offsets":[0,24]}}"#), 68),
        (format!(r#"{{"dtype":"F32","shape":[0,{huge}],"data_offsets":[0,0]}}"#), 44),
        (format!(r#"{{"dtype":"F32","shape":[3,2],"data_offsets":[0,{huge}]}}"#), 68),
        (r#"{"dtype":"F31","shape":[3,2],"data_offsets":[0,24]}"#.to_owned(), 68),
    ] {
        assert!(matches!(refused(&with_header(&header(&weight), data)), ExchangeError::File(_)), "{weight}");
    }
    let whole_numbers = with_header(&header(r#"{"dtype":"I32","shape":[3,2],"data_offsets":[0,24]}"#), 68);
    assert!(matches!(refused(&whole_numbers), ExchangeError::OtherNetwork { .. }));
}

#[test]
fn a_weight_that_is_not_finite_is_refused() {
    let mut bytes = with_header(&header(r#"{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]}"#), 68);
    let last = bytes.len() - 4;
    bytes[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(matches!(refused(&bytes), ExchangeError::NotFinite { name, .. } if name == "2.bias"));
}
