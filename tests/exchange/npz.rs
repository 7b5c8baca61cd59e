//! Files of numpy's arrays: `goldens/npz.py` has read ours and written others.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;
use typednet::exchange::ExchangeError;
use typednet::formats::{Dtype, TensorSpec, write_npz};
use typednet::layers::Network;
use typednet::prelude::*;
use typednet::tensor::Element;

use super::files::{Scratch, golden};
use super::golden::is_update;
use super::networks::{Mlp, double, single};

static NUMBERS: LazyLock<Value> = LazyLock::new(|| {
    let text = fs::read_to_string(golden("../npz.json")).expect("the goldens");
    serde_json::from_str(&text).expect("JSON")
});

/// Parameters that are all different, multiples of 1/1024 but for every seventh.
fn filled<L: Layer>() -> Model<L> {
    let mut model = Model::<L>::zeroed();
    for (n, x) in model.as_flat_mut().iter_mut().enumerate() {
        let exact = (n as f64 * 37.0 % 997.0 + 1.0) / 1024.0;
        *x = L::Elem::of(if n % 7 == 0 { exact / 3.0 } else { exact });
    }
    model
}

fn bits<E: Element>(elements: &[E]) -> Vec<u64> {
    elements.iter().map(|x| x.bits()).collect()
}

fn round<L: Network>(name: &str) {
    let (model, path) = (filled::<L>(), Scratch::new("npz"));
    model.save_npz(&path).expect("room");
    let back = L::load_npz(&path).expect("our own");
    assert_eq!(bits(back.as_flat()), bits(model.as_flat()), "{name}");
}

/// The same for safetensors in PyTorch's layout, whose two biases of a recurrent layer are one sum here.
fn round_torch<L: Network>(name: &str) {
    let (model, path) = (filled::<L>(), Scratch::new("safetensors"));
    model.save_torch(&path).expect("room");
    let back = L::load_torch(&path).expect("our own");
    assert_eq!(bits(back.as_flat()), bits(model.as_flat()), "{name}");
}

macro_rules! each_network {
    ($check:ident: $($name:ident),*) => {
        $(
            $check::<single::$name>(concat!(stringify!($name), " of f32"));
            $check::<double::$name>(concat!(stringify!($name), " of f64"));
        )*
    };
}

#[test]
fn every_network_comes_back_with_its_bits() {
    each_network!(round: Mlp, LeNet, ResNet, Decoder, TurnedRows, Autoencoder, Groups, Steps, Sequences, BothWays, Directions, AllSteps,
        Transformer, Characters, Tied, TiedBias, Body);
}

#[test]
fn every_network_comes_back_from_a_state_dict_with_its_bits() {
    each_network!(round_torch: Mlp, LeNet, ResNet, Decoder, TurnedRows, Autoencoder, Groups, Steps, Sequences, BothWays, Directions, AllSteps,
        Transformer, Characters, Tied, TiedBias, Body);
}

/// What numpy computes from our arrays is what the network gives, and what it has written comes in.
#[test]
fn arrays_go_to_numpy_and_come_from_there() {
    let (model, path) = (filled::<Mlp>(), golden("ours_mlp.npz"));
    if is_update() {
        model.save_npz(path).expect("room");
        return;
    }
    let written = Scratch::new("npz");
    model.save_npz(&written).expect("room");
    assert!(written.bytes() == fs::read(path).expect("the file that numpy has read"), "the file is another");
    outputs(&model, "ours");
    // As `savez` and `savez_compressed` write them, in other precisions, and with arrays that were transposed.
    for name in ["plain", "packed", "double", "half", "turned"] {
        let model = Mlp::load_npz(golden(&format!("numpy_{name}.npz"))).expect(name);
        outputs(&model, name);
    }
}

fn outputs(model: &Mlp, name: &str) {
    let numbers = |what: &str| -> Vec<Vec<f64>> {
        let rows = NUMBERS[name][what].as_array().unwrap_or_else(|| panic!("no golden of {name}"));
        let row = |row: &Value| row.as_array().expect("a row").iter().map(|x| x.as_f64().expect("a number")).collect();
        rows.iter().map(row).collect()
    };
    let (inputs, expected) = (numbers("inputs"), numbers("outputs"));
    assert!(!inputs.is_empty());
    for (x, expected) in inputs.iter().zip(expected) {
        let found = model.predict(&std::array::from_fn(|n| x[n] as f32));
        for (found, expected) in found.iter().zip(expected) {
            assert!((f64::from(*found) - expected).abs() < 1e-5, "{name}: {found} is not {expected}");
        }
    }
}

type Small = typednet::layers::Chain<Dense<2, 3, Relu>, Dense<3, 2>>;

/// A file of zeros with these arrays.
fn with(arrays: &[(&str, Dtype, &[usize])]) -> Scratch {
    let spec = |(name, dtype, shape): &(&str, Dtype, &[usize])| TensorSpec {
        name: (*name).into(),
        dtype: *dtype,
        shape: shape.to_vec(),
    };
    let specs: Vec<TensorSpec> = arrays.iter().map(spec).collect();
    let path = Scratch::new("npz");
    write_npz(&path, &specs, |place, write| write(&vec![0; specs[place].bytes().expect("few")])).expect("room");
    path
}

fn refused(path: impl AsRef<Path>) -> String {
    Small::load_npz(path).expect_err("a file that is not the network's").to_string()
}

#[test]
fn every_array_that_differs_is_named() {
    let sound: [(&str, Dtype, &[usize]); 4] = [
        ("first.weight", Dtype::F32, &[2, 3]),
        ("first.bias", Dtype::F32, &[3]),
        ("rest.weight", Dtype::F64, &[3, 2]),
        ("rest.bias", Dtype::F16, &[2]),
    ];
    Small::load_npz(with(&sound)).expect("any precision is read");
    let mut wrong = sound;
    wrong[0].2 = &[3, 2];
    wrong[1].0 = "bias";
    wrong[3].1 = Dtype::I64;
    let error = refused(with(&wrong));
    for part in [
        "`first.weight` is [2, 3] in the network and f32 [3, 2] in the file",
        "`first.bias` is [3] in the network and missing in the file",
        "`rest.bias` is [2] in the network and i64 [2] in the file",
        "`bias` is missing in the network and f32 [3] in the file",
        "; choose the file of this network, or save it anew",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn a_file_that_is_cut_or_changed_anywhere_is_refused() {
    let (model, path) = (filled::<Small>(), Scratch::new("npz"));
    model.save_npz(&path).expect("room");
    let bytes = path.bytes();
    for len in 0..bytes.len() {
        fs::write(&path, &bytes[..len]).expect("room");
        assert!(matches!(Small::load_npz(&path), Err(ExchangeError::File(_))), "{len} bytes");
    }
    let mut kept = 0;
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        fs::write(&path, &changed).expect("room");
        // Times and other facts about a file in an archive have no checksum.
        if let Ok(back) = Small::load_npz(&path) {
            assert_eq!(bits(back.as_flat()), bits(model.as_flat()), "byte {at}");
            kept += 1;
        }
    }
    assert!(kept < bytes.len() / 3, "{kept} of {} bytes may be anything", bytes.len());
    let mut infinite = filled::<Small>();
    infinite.rest.bias[1] = f32::INFINITY;
    infinite.save_npz(&path).expect("room");
    assert!(refused(&path).contains("holds a weight in `rest.bias` that is inf"), "{}", refused(&path));
}
