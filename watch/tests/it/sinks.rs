//! What sinks write can be read back, and what cannot be written is said.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use typednet_data::Dataset;
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{Chain, Dense, Relu, Softmax};
use typednet_optim::Adam;
use typednet_tensor::Class;
use typednet_train::{Auc, Evaluation, History, Record, RunView, Trainer};
use typednet_watch::{
    CsvFile, Finding, JsonLines, LayerMeasurement, Log, Measurement, Monitor, Problem, Severity, Sink, TensorBoard,
    Terminal, Thresholds, WatchError, WatchedLayer,
};

type Net = Chain<Dense<2, 4, Relu>, Dense<4, 2, Softmax>>;

/// A folder of the test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn train(monitor: Monitor<Net>) -> History {
    let samples: Vec<[f32; 2]> = (0..40).map(|i| [(i % 8) as f32 - 3.5, (i / 8) as f32 - 2.0]).collect();
    let targets: Vec<Class<2>> = samples.iter().map(|[a, b]| Class::of_largest(&[*a, *b])).collect();
    let data = Dataset::new(samples, targets).expect("as many");
    let trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.01)).batch(8).epochs(3).quiet();
    trainer.callback(monitor).fit_validated(&data, &data).expect("training")
}

#[test]
fn json_lines_are_read_back() {
    let path = folder("json").join("new/folder/log.jsonl");
    let strict = Thresholds { dead: -1.0, patience: 1, largest_gradient: 1e9, ..Thresholds::default() };
    let monitor = Monitor::new().every(5).thresholds(strict).sink(JsonLines::create(&path).expect("a file"));
    let history = train(monitor.clone());
    let text = fs::read_to_string(&path).expect("a file");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let kinds: Vec<&str> = lines.iter().map(|line| line["type"].as_str().expect("a kind")).collect();
    let expected =
        ["layers", "measurement", "measurement", "epoch", "finding", "measurement", "epoch", "measurement", "epoch"];
    assert_eq!((kinds[0], &kinds[1..]), ("run", &expected[..]));
    let lines = &lines[1..];
    let log = monitor.log();
    assert_eq!(lines[0]["layers"][0]["name"], log.layers[0].name);
    assert_eq!(lines[1]["step"], 1);
    let norm = log.measurements[0].layers[0].parameters.expect("parameters").gradient_norm;
    assert_eq!(lines[1]["layers"][0]["parameters"]["gradient_norm"].as_f64(), Some(norm));
    assert_eq!(lines[3]["loss"].as_f64(), Some(history.records()[0].training.loss));
    assert_eq!((&lines[4]["problem"], &lines[4]["layer"]), (&"dead_units".into(), &"first".into()));
    assert_eq!(lines[4]["words"].as_str(), Some(&log.findings[0].words()[..]));
}

#[test]
fn csv_has_one_number_on_each_line() {
    let path = folder("csv").join("log.csv");
    let monitor = Monitor::new().every(5).sink(CsvFile::create(&path).expect("a file"));
    let history = train(monitor.clone());
    let text = fs::read_to_string(&path).expect("a file");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("epoch,step,layer,quantity,value"));
    let begun = lines.next().and_then(|line| line.strip_prefix("0,0,,begun,")).expect("when it was begun");
    assert!(begun.parse::<f64>().is_ok_and(|seconds| seconds > 1.7e9), "{begun}");
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 5 && row[4].parse::<f64>().is_ok()), "{rows:?}");
    let find = |step: &str, layer: &str, quantity: &str| -> Vec<f64> {
        let found = rows.iter().filter(|row| row[1..4] == [step, layer, quantity]);
        found.map(|row| row[4].parse().expect("a number")).collect()
    };
    let parameters = monitor.log().measurements[1].layers[1].parameters.expect("parameters");
    assert_eq!(find("5", "rest", "weight_norm"), [parameters.weight_norm]);
    assert_eq!(find("15", "", "loss"), [history.records()[2].training.loss]);
}

/// A layer's name cannot hold such characters today; a sink does not rely on that.
fn odd() -> (WatchedLayer, Measurement) {
    let monitor = Monitor::<Net>::new();
    let mut layer = monitor.log().layers.remove(0);
    layer.name = "a,\"b\"\n<script>&".into();
    let measured = LayerMeasurement::default();
    let measurement = Measurement { epoch: 1, step: 1, loss: f64::NAN, learning_rate: 0.1, layers: vec![measured] };
    (layer, measurement)
}

fn finding(layer: &str) -> Finding {
    let problem = Problem::NotFinite;
    let (found, threshold) = (f64::NAN, f64::INFINITY);
    Finding { problem, severity: Severity::Error, layer: Some(layer.into()), epoch: 1, step: 1, found, threshold }
}

#[test]
fn odd_names_and_numbers_are_escaped() {
    let folder = folder("odd");
    let (layer, mut measurement) = odd();
    let log = train_once();
    measurement.layers = vec![log.measurements[0].layers[0]];

    let json = JsonLines::create(folder.join("log.jsonl")).expect("a file");
    train(Monitor::new().every(0).sink(Odd(json, layer.clone(), measurement.clone())));
    let text = fs::read_to_string(folder.join("log.jsonl")).expect("a file");
    let lines: Vec<Value> = text.lines().skip(1).map(|line| serde_json::from_str(line).expect("an object")).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["layers"][0]["name"], layer.name);
    assert!(lines[1]["loss"].is_null());
    assert_eq!(lines[2]["layer"], layer.name);

    let mut csv = CsvFile::create(folder.join("log.csv")).expect("a file");
    csv.measurement(std::slice::from_ref(&layer), &measurement).expect("written");
    csv.flush().expect("written");
    let text = fs::read_to_string(folder.join("log.csv")).expect("a file");
    assert!(text.contains("1,1,\"a,\"\"b\"\"\n<script>&\",gradient_norm,"), "{text}");
    assert!(text.contains("1,1,,batch_loss,NaN"), "{text}");
}

/// Writes odd things to a sink, once, instead of what it is told.
struct Odd<S>(S, WatchedLayer, Measurement);

impl<S: Sink> Sink for Odd<S> {
    fn start(&mut self, view: &RunView<'_>, _: &[WatchedLayer]) -> Result<(), WatchError> {
        let Self(sink, layer, measurement) = self;
        sink.start(view, std::slice::from_ref(layer))?;
        sink.measurement(std::slice::from_ref(layer), measurement)?;
        sink.finding(&finding(&layer.name))?;
        sink.flush()
    }
}

fn train_once() -> Log {
    let monitor = Monitor::new();
    train(monitor.clone());
    monitor.log()
}

#[test]
fn the_terminal_shows_epochs_and_findings() {
    let mut lines = Vec::new();
    let mut terminal = Terminal::to(&mut lines);
    let training = Evaluation { loss: 0.5, accuracy: Some(0.875) };
    let record = Record { epoch: 4, training, validation: None, learning_rate: 0.1, seconds: 1.25 };
    terminal.epoch(&record, 100).expect("written");
    terminal.finding(&finding("hidden")).expect("written");
    let text = String::from_utf8(lines).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "epoch 4: loss 0.5000  accuracy 87.5 %  1.25 s");
    assert!(lines[1].starts_with("error: epoch 1, step 1: a number of `hidden` is not finite"), "{text}");
}

fn named(error: Option<WatchError>, path: &Path) {
    let error = error.expect("it cannot be written").to_string();
    assert!(error.starts_with(&format!("`{}", path.display())) && error.contains("cannot be written"), "{error}");
}

#[test]
fn a_path_that_cannot_be_written_is_named() {
    let folder = folder("torn");
    // A file where a folder should be, and a folder where a file should be.
    let (file, taken) = (folder.join("file"), folder.join("taken"));
    fs::write(&file, "text").expect("a file");
    fs::create_dir(&taken).expect("a folder");
    named(JsonLines::create(file.join("log.jsonl")).err(), &file);
    named(CsvFile::create(file.join("log.csv")).err(), &file);
    named(TensorBoard::create(&file).err(), &file);
    named(JsonLines::create(&taken).err(), &taken);
    named(CsvFile::create(&taken).err(), &taken);
}

/// `/dev/full` takes no bytes, as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_the_training_with_the_name_of_the_file() {
    let full = Path::new("/dev/full");
    for monitor in [
        Monitor::new().sink(JsonLines::create(full).expect("it opens")),
        Monitor::new().sink(CsvFile::create(full).expect("it opens")),
    ] {
        let data = Dataset::new(vec![[0.5_f32; 2]; 8], vec![Class::<2>::default(); 8]).expect("as many");
        let trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.01)).batch(8).epochs(3).quiet();
        let error = trainer.callback(monitor).fit(&data).expect_err("the disk is full").to_string();
        assert!(error.contains("`/dev/full` cannot be written"), "{error}");
    }
}

#[test]
fn metrics_stand_in_every_file() {
    let folder = folder("metrics");
    let (json, csv, board) = (folder.join("log.jsonl"), folder.join("log.csv"), folder.join("board"));
    let monitor = Monitor::new()
        .sink(JsonLines::create(&json).expect("a file"))
        .sink(CsvFile::create(&csv).expect("a file"))
        .sink(TensorBoard::create(&board).expect("a folder"));
    let samples: Vec<[f32; 2]> = (0..40).map(|i| [(i % 8) as f32 - 3.5, (i / 8) as f32 - 2.0]).collect();
    let targets: Vec<Class<2>> = samples.iter().map(|[a, b]| Class::of_largest(&[*a, *b])).collect();
    let data = Dataset::new(samples, targets).expect("as many");
    let trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.01)).batch(8).epochs(3).quiet();
    let trainer = trainer.metric(Auc::new()).callback(monitor);
    let history = { trainer }.fit_validated(&data, &data).expect("training");
    let values = history.column("auc").expect("a column").values();

    let text = fs::read_to_string(&json).expect("a file");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let lines: Vec<&Value> = lines.iter().filter(|line| line["type"] == "metrics").collect();
    let written = |line: &Value, data: &str| line["metrics"][0][data].as_f64();
    let found: Vec<_> = lines.iter().map(|line| (written(line, "training"), written(line, "validation"))).collect();
    let wanted: Vec<_> = values.iter().map(|values| (values.training, values.validation)).collect();
    assert_eq!(found, wanted);
    assert!(lines[2]["metrics"][0]["name"] == "auc" && lines[2]["epoch"] == 3, "{}", lines[2]);

    let text = fs::read_to_string(&csv).expect("a file");
    let last = values[2].validation.expect("a value");
    assert!(text.lines().any(|line| line == format!("3,15,,validation_auc,{last}")), "{text}");
    let events = fs::read_dir(&board).expect("a folder").next().expect("a file").expect("a file").path();
    let bytes = fs::read(events).expect("a file");
    assert!(bytes.windows(14).any(|bytes| bytes == b"auc/validation"));
}
