//! Scalers in files.

use typednet::data::{MinMax, Standard};

use crate::files::{Folder, written};

const SAMPLES: [[f32; 3]; 4] = [[0.0, 1.0, -2.0], [0.5, 3.0, 2.0], [1.0, 2.0, 7.0], [0.25, 5.0, 1.0]];

/// As either kind; what is read scales a sample.
pub(crate) fn run(bytes: &[u8]) {
    let folder = Folder::new();
    let path = folder.file("scaler.json", bytes);
    match Standard::<3>::read(&path) {
        Ok(scaler) => scaler.transform(&mut SAMPLES.clone()),
        Err(error) => drop(error.to_string()),
    }
    match MinMax::<3>::read(&path) {
        Ok(scaler) => scaler.transform(&mut SAMPLES.clone()),
        Err(error) => drop(error.to_string()),
    }
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    vec![
        written("standard.json", |path| Standard::fit(&SAMPLES).expect("a scaler").write(path)),
        written("min-max.json", |path| MinMax::fit(&SAMPLES).expect("a scaler").write(path)),
    ]
}
