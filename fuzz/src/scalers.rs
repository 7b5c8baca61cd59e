//! Scalers in files.

use typednet::data::{ChannelStandard, MinMax, Standard};

use crate::files::{read, said, written};

const SAMPLES: [[f32; 3]; 4] = [[0.0, 1.0, -2.0], [0.5, 3.0, 2.0], [1.0, 2.0, 7.0], [0.25, 5.0, 1.0]];

/// As each kind; what is read scales a sample.
pub(crate) fn run(bytes: &[u8]) {
    read("scaler.json", bytes, |path| {
        said(Standard::<3>::read(path).map(|scaler| scaler.transform(&mut SAMPLES.clone())));
        said(MinMax::<3>::read(path).map(|scaler| scaler.transform(&mut SAMPLES.clone())));
        said(ChannelStandard::<3>::read(path).map(|scaler| scaler.transform(&mut [[SAMPLES]])));
    });
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    vec![
        written("standard.json", |path| Standard::fit(&SAMPLES).expect("a scaler").write(path)),
        written("channels.json", |path| ChannelStandard::fit(&[[SAMPLES]]).expect("a scaler").write(path)),
        written("min-max.json", |path| MinMax::fit(&SAMPLES).expect("a scaler").write(path)),
    ]
}
