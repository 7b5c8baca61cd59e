//! Files of other programs.

use typednet::exchange::{Precision, Torch};
use typednet::layers::{BatchNorm, Chain, Dense, Network, Relu};

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
