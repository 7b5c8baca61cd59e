//! Files of other programs.

use typednet::exchange::{Exchange, Import, Precision, Torch};
use typednet::layers::{Chain, Network};
use typednet::prelude::*;

use crate::files::{read, said, written};
use crate::seal::unsealed;

type Net = Chain<Dense<2, 3, Relu>, Chain<BatchNorm<3>, Dense<3, 2>>>;

/// What is loaded predicts.
pub(crate) fn state_dict(bytes: &[u8]) {
    read("state.safetensors", bytes, |path| {
        said(Torch::new().load::<Net>(path).map(|(model, report)| (model.predict(&[0.5, 0.5]), report.to_string())));
        // A part of it goes into a network that is there.
        let mut model = Net::seeded(1);
        said(Torch::new().only(["first"]).load_into(&mut *model, path).map(|report| report.to_string()));
        assert!(model.predict(&[0.5, 0.5]).iter().all(|y| !y.is_nan()), "a refused file changes nothing");
    });
}

pub(crate) fn state_dict_seeds() -> Vec<Vec<u8>> {
    let of =
        |precision| written("state.safetensors", |path| Torch::new().precision(precision).save(&Net::seeded(1), path));
    let ours = of(Precision::F32);
    // Another program writes no checksum.
    let foreign = unsealed(&ours).expect("a checksum");
    vec![foreign, of(Precision::F16), of(Precision::Bf16), ours]
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
    vec![
        Net::seeded(1).to_onnx().expect(whole),
        Images::seeded(1).to_onnx().expect(whole),
        Steps::seeded(1).to_onnx().expect(whole),
    ]
}
