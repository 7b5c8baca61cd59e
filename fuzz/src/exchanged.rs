//! Files of other programs.

use std::fs;
use std::path::Path;

use typednet::exchange::{Exchange, FloatDtype, Import, PersistCompact, Torch};
use typednet::layers::weights::copy_from_file;
use typednet::layers::{Chain, Network};
use typednet::prelude::*;

use crate::files::{read, said, written};
use crate::graphs::graphs;
use crate::seal::unsealed;

type Net = Chain<Dense<2, 3, Relu>, Chain<BatchNorm<3>, Dense<3, 2>>>;

/// Numbers as they are, also those that equal others.
fn bits(weights: &impl Flat<Elem = f32>) -> Vec<u32> {
    weights.as_flat().iter().map(|x| x.to_bits()).collect()
}

/// What is loaded predicts.
pub(crate) fn state_dict(bytes: &[u8]) {
    read("state.safetensors", bytes, |path| {
        said(Torch::new().load::<Net>(path).map(|(model, report)| (model.predict(&[0.5, 0.5]), report.to_string())));
        // A part of it goes into a network that is there.
        let (mut model, before) = (Net::seeded(1), Net::seeded(1));
        let part = Torch::new().only(["first"]).load_into(&mut *model, path);
        if part.is_err() {
            assert!(bits(&*model) == bits(&*before), "a refused file changes nothing");
        }
        assert!(bits(&model.rest) == bits(&before.rest), "what was not asked for is as it was");
        assert!(model.as_flat().iter().all(|x| x.is_finite()), "no weight is read that is no number");
        said(part.map(|report| report.to_string()));
    });
}

pub(crate) fn state_dict_seeds() -> Vec<Vec<u8>> {
    let of = |dtype| written("state.safetensors", |path| Torch::new().dtype(dtype).save(&Net::seeded(1), path));
    let ours = of(FloatDtype::F32);
    // Another program writes no checksum.
    let foreign = unsealed(&ours).expect("a checksum");
    vec![foreign, of(FloatDtype::F16), of(FloatDtype::Bf16), ours]
}

network! {
    struct Images: [6, 6, 2] => Conv2d<3, 3, Relu> => MaxPool<2> => Residual<BatchNorm2d => Relu> => Flatten => Dense<4> => Gelu
}

network! {
    struct Steps: [Token<5>; 4]
        => Embedding<4> => Attention<heads = 2, causal = true, rotary = true>
        => Concat<left: Lstm<3>, right: Reverse<Gru<3>>> => Each<LayerNorm => SwiGlu<2>> => MeanOverSteps => Dense<2, Softmax>
}

/// What is read is printed, and its weights are as many as its sizes say.
pub(crate) fn onnx(bytes: &[u8]) {
    match Import::from_bytes(bytes) {
        Ok(network) => {
            assert!(network.item("Net").contains("pub struct Net") && !network.operations().is_empty());
            for (name, sizes, numbers) in network.parameters() {
                assert_eq!(sizes.iter().product::<usize>(), numbers.len(), "{name}");
            }
        }
        Err(error) => drop(error.to_string()),
    }
}

pub(crate) fn onnx_seeds() -> Vec<Vec<u8>> {
    let whole = "all layers have counterparts";
    let ours = [Net::seeded(1).to_onnx(), Images::seeded(1).to_onnx(), Steps::seeded(1).to_onnx()];
    // Files that other programs wrote, and those of the tests that are made by hand.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../goldens/import");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("the goldens").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let theirs = paths.into_iter().map(|path| fs::read(path).expect("a golden"));
    let by_hand = graphs().into_iter().map(|(_, bytes, _)| bytes);
    ours.into_iter().map(|file| file.expect(whole)).chain(theirs).chain(by_hand).collect()
}

/// What is loaded predicts, and is the same after a further file.
pub(crate) fn npz(bytes: &[u8]) {
    read("weights.npz", bytes, |path| match Net::load_npz(path) {
        Ok(model) => {
            let again = written("again.npz", |path| model.save_npz(path));
            read("again.npz", &again, |path| {
                let back = Net::load_npz(path).expect("what was read can be written");
                assert!(back.as_flat() == model.as_flat());
            });
        }
        Err(error) => drop(error.to_string()),
    });
}

pub(crate) fn npz_seeds() -> Vec<Vec<u8>> {
    vec![written("weights.npz", |path| Net::seeded(1).save_npz(path))]
}

/// A network without normalisations, which has forms of fewer bytes.
type Small = Chain<Dense<2, 3, Relu>, Dense<3, 2>>;

/// Forms of fewer bytes, whose content is any bytes.
pub(crate) fn compact(bytes: &[u8]) {
    read("form.safetensors", bytes, |path| {
        said(<Small as Compact>::Bf16::load(path).map(|form| form.predict(&[0.5, 0.5])));
        said(<Small as Compact>::Int8::load(path).map(|form| form.predict(&[0.5, 0.5])));
    });
}

pub(crate) fn compact_seeds() -> Vec<Vec<u8>> {
    let model = Small::seeded(1);
    let bf16 = written("form.safetensors", |path| model.to_bf16().save(path));
    let int8 = written("form.safetensors", |path| model.to_int8(&[[-1.0, 1.0]]).save(path));
    let foreign = unsealed(&bf16).expect("a checksum");
    vec![bf16, int8, foreign]
}

/// What `weights!` asks while a program is compiled.
pub(crate) fn embedded(bytes: &[u8]) {
    let mut model = Small::seeded(2);
    if let Err(error) = copy_from_file(&mut *model, bytes, "net.safetensors") {
        assert!(!error.as_str().is_empty() && bits(&*model) == bits(&*Small::seeded(2)));
    }
    // A form that holds other numbers before than what a refused file could leave half of.
    let before = Small::seeded(2).to_int8(&[[-0.5, 2.0]]);
    let mut form = before.clone();
    match copy_from_file(&mut *form, bytes, "int8.safetensors") {
        Ok(()) => said::<_, String>(Ok(form.predict(&[0.5, 0.5]))),
        Err(_) => assert!(form.as_flat() == before.as_flat(), "a refused file changes nothing"),
    }
}

pub(crate) fn embedded_seeds() -> Vec<Vec<u8>> {
    let ours = written("net.safetensors", |path| Torch::new().by_paths().save(&Small::seeded(1), path));
    let int8 = written("int8.safetensors", |path| Small::seeded(1).to_int8(&[[-1.0, 1.0]]).save(path));
    let own = written("net.safetensors", |path| typednet::train::save_weights(&*Small::seeded(1), path));
    vec![own, int8, ours]
}
