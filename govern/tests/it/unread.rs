//! Samples that cannot be read are an error, and not numbers that were there before.

use std::fs::{self, File};
use std::path::PathBuf;

use typednet_data::OnDisk;
use typednet_govern::{DriftMonitor, DriftSettings, GovernError, Guard, Scores, Target};
use typednet_layers::{Dense, Softmax};
use typednet_tensor::Class;

type Net = Dense<2, 2, Softmax>;
type Data = OnDisk<[u8; 2], Class<2>>;

const ROWS: usize = 60;

/// A file of this test, which goes with it.
struct Samples(PathBuf);

impl Samples {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("typednet-govern-{name}-{}", std::process::id()));
        let bytes: Vec<u8> = (0..ROWS).flat_map(|row| if row % 2 == 0 { [200, 10] } else { [10, 200] }).collect();
        fs::write(&path, bytes).expect("room");
        Self(path)
    }

    fn open(&self) -> Data {
        let targets = (0..ROWS).map(|row| Class::new(row % 2).expect("a class")).collect();
        OnDisk::records(&self.0, 0, targets).expect("the file")
    }
}

impl Drop for Samples {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.0);
    }
}

#[test]
fn a_file_that_was_cut_off_is_told() {
    let (samples, cut) = (Samples::new("whole"), Samples::new("cut"));
    let model = Net::new([[1.0, 0.0], [0.0, 1.0]], [0.0; 2]);
    let (whole, torn) = (samples.open(), cut.open());
    let monitor = DriftMonitor::fit(&model, &whole, &torn).expect("it is whole so far");
    File::options().write(true).open(&cut.0).and_then(|file| file.set_len(21)).expect("the file");

    let settings = DriftSettings::default();
    let guard =
        |train: &Data, validation: &Data| Guard::fit(&model, train, validation, Target::Accuracy(0.9)).map(drop);
    guard(&whole, &whole).expect("a guard");
    let said: [Result<(), GovernError>; 9] = [
        Scores::of::<Net, _, _>(&model, &torn).map(drop),
        guard(&torn, &whole),
        guard(&whole, &torn),
        DriftMonitor::fit(&model, &torn, &whole).map(drop),
        DriftMonitor::fit(&model, &whole, &torn).map(drop),
        DriftMonitor::fit_inputs::<[f32; 2], _, _>(&torn, settings).map(drop),
        monitor.check(&model, &torn).map(drop),
        monitor.check_labelled(&model, &torn).map(drop),
        monitor.check_inputs::<[f32; 2], _, _>(&torn).map(drop),
    ];
    for (place, said) in said.into_iter().enumerate() {
        let error = said.expect_err(&format!("question {place}"));
        assert!(matches!(error, GovernError::Data { .. }), "question {place}: {error}");
        assert!(error.to_string().contains("was written to, cut or replaced since it was opened"), "{error}");
    }
}
