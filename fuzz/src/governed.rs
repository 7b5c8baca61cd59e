//! Manifests, drift monitors and their reports, guards.

use typednet::data::Dataset;
use typednet::govern::{DriftMonitor, DriftReport, DriftSettings, Guard, Manifest, Target};
use typednet::layers::Network;
use typednet::tensor::{Class, Key, Model};

use crate::checkpoints::{Net, points, trainer};
use crate::files::{read, said, written};

/// What is read is compared with the manifest of a run.
pub(crate) fn manifest(bytes: &[u8]) {
    read("manifest.json", bytes, |path| said(Manifest::read(path).map(|manifest| manifest.differences(&of_a_run()))));
}

fn of_a_run() -> Manifest {
    Manifest::of("points", &trainer()).setting("learning rate", 0.01).data("training", &points())
}

pub(crate) fn manifest_seeds() -> Vec<Vec<u8>> {
    vec![written("manifest.json", |path| of_a_run().write(path))]
}

/// A monitor that is read looks at some rows, a report is shown.
pub(crate) fn drift(bytes: &[u8]) {
    read("drift.json", bytes, |path| {
        match DriftMonitor::read(path) {
            Ok(monitor) => said(monitor.check_inputs::<[f32; 3], _, _>(&rows(2))),
            Err(error) => drop(error.to_string()),
        }
        said(DriftReport::read(path).map(|report| report.to_string()));
    });
}

fn rows(key: u64) -> Dataset<[f32; 3], ()> {
    let row = |i: u64| [0, 1, 2].map(|j| Key::new(key).normal::<f32>(3 * i + j));
    let samples: Vec<[f32; 3]> = (0..60).map(row).collect();
    let targets = vec![(); samples.len()];
    Dataset::new(samples, targets).expect("as many targets as samples")
}

pub(crate) fn drift_seeds() -> Vec<Vec<u8>> {
    let monitor =
        DriftMonitor::fit_inputs::<[f32; 3], _, _>(&rows(1), DriftSettings::default()).expect("a monitor").named(["a"]);
    let report = monitor.check_inputs::<[f32; 3], _, _>(&rows(2)).expect("a report");
    vec![written("monitor.json", |path| monitor.write(path)), written("report.json", |path| report.write(path))]
}

/// A guard that is read decides.
pub(crate) fn guard(bytes: &[u8]) {
    let model = Net::seeded(1);
    read("guard.json", bytes, |path| {
        said(Guard::<Net, 2>::read(path, &model).map(|mut guard| guard.decide(&model, &[0.5, 0.5])));
    });
}

pub(crate) fn guard_seeds() -> Vec<Vec<u8>> {
    let model: Model<Net> = Net::seeded(1);
    let many: Dataset<[f32; 2], Class<2>> = {
        let samples: Vec<[f32; 2]> =
            (0..40_u64).map(|i| [0, 1].map(|j| Key::new(5).uniform::<f32>(2 * i + j))).collect();
        // Right but for every fifth, so that the network is better than chance.
        let target = |(i, x): (usize, &[f32; 2])| {
            let answer = Class::of_largest(&model.predict(x)).index();
            Class::new(if i % 5 == 0 { 1 - answer } else { answer }).expect("0 or 1")
        };
        let targets: Vec<_> = samples.iter().enumerate().map(target).collect();
        Dataset::new(samples, targets).expect("as many targets as samples")
    };
    let guard = Guard::<Net, 2>::fit(&model, &many, &many, Target::Coverage(0.8)).expect("a guard");
    vec![written("guard.json", |path| guard.write(path))]
}
