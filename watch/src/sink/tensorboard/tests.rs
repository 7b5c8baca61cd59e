//! The file that is kept in `goldens/` is what is written, and what `TensorBoard` has read from it is what was put in.

use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;
use typednet_train::Evaluation;

use super::*;
use crate::{Activations, LayerMeasurement, Parameters, Picture, PictureShape, Problem};

fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../goldens")
}

fn histogram(low: f64, high: f64) -> Histogram {
    let mut counts = [0; Histogram::BINS];
    counts.iter_mut().enumerate().for_each(|(bin, count)| *count = (bin * bin % 7) as u32);
    Histogram { low, high, counts }
}

fn measurement() -> Measurement {
    let parameters = Parameters {
        gradient_norm: 0.25,
        gradient_size: 0.001,
        weight_norm: 12.5,
        update_ratio: Some(0.0015),
        weights: histogram(-0.5, 0.75),
        gradients: histogram(-1e-3, 1e-3),
    };
    let activations = Activations {
        mean: 0.5,
        deviation: 1.25,
        sparsity: 0.5,
        dead: 0.0,
        saturated: 0.0,
        values: histogram(2.0, 2.0),
    };
    let layer = LayerMeasurement { parameters: Some(parameters), activations: Some(activations) };
    Measurement { epoch: 1, step: 50, loss: 0.693, learning_rate: 0.001, layers: vec![layer] }
}

fn write(path: &Path) -> Result<(), WatchError> {
    let mut board = TensorBoard::with_clock(path, || 1.5e9)?;
    let layer = WatchedLayer {
        name: "encoder.l1".into(),
        kind: "Dense<128, Relu>".into(),
        parameters: 5,
        width: 2,
        saturates: None,
        dies: true,
        last: false,
        trained: Vec::new(),
        weights: Vec::new(),
        weighted: true,
    };
    board.measurement(&[layer], &measurement())?;
    let training = Evaluation { loss: 0.5, accuracy: Some(0.75) };
    board.epoch(&Record { epoch: 1, training, validation: None, learning_rate: 0.001, seconds: 0.25 }, 125)?;
    board.finding(&Finding {
        problem: Problem::DeadUnits,
        severity: Problem::DeadUnits.severity(),
        layer: Some("encoder.l1".into()),
        epoch: 1,
        step: 125,
        found: 0.75,
        threshold: 0.5,
    })?;
    let pixels: [f32; 6] = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0];
    let picture = Picture::of(&pixels, PictureShape::grey(2, 3))?;
    let (truth, predicted) = ("4".to_owned(), "9".to_owned());
    board.mistakes(125, &[Mistake { row: 115, truth, predicted, confidence: 0.998, loss: 6.25, picture }])?;
    board.flush()
}

#[test]
fn the_file_is_the_one_that_tensorboard_has_read() {
    let kept = goldens().join("event_file/events.out.tfevents.golden");
    if env::var_os("UPDATE_GOLDENS").is_some() {
        write(&kept).expect("a file that can be written");
        return;
    }
    let folder = env::temp_dir().join(format!("typednet-tensorboard-{}", std::process::id()));
    write(&folder.join("events")).expect("a file that can be written");
    let written = fs::read(folder.join("events")).expect("a file");
    fs::remove_dir_all(&folder).expect("a folder");
    let kept = fs::read(kept).expect("the golden");
    assert!(written == kept, "UPDATE_GOLDENS=1 writes it anew; then run goldens/event_file.py");
}

#[test]
fn tensorboard_has_read_what_was_written() {
    let text = fs::read_to_string(goldens().join("event_file.json")).expect("the golden");
    let read: Value = serde_json::from_str(&text).expect("JSON");
    let scalar = |tag: &str| (read["scalars"][tag]["value"].as_f64(), read["scalars"][tag]["step"].as_u64());
    let measured = measurement();
    let mut seen = 2;
    for (quantity, value) in measured.layers[0].numbers() {
        let value = value.expect("all numbers are there");
        assert_eq!(scalar(&format!("{quantity}/encoder.l1")), (Some(f64::from(value as f32)), Some(50)), "{quantity}");
        seen += 1;
    }
    assert_eq!(scalar("batch/loss"), (Some(f64::from(0.693_f32)), Some(50)));
    assert_eq!(scalar("batch/learning_rate"), (Some(f64::from(0.001_f32)), Some(50)));
    for (tag, value) in
        [("epoch/number", 1.0), ("loss/training", 0.5), ("accuracy/training", 0.75), ("epoch/seconds", 0.25)]
    {
        assert_eq!(scalar(tag), (Some(value), Some(125)), "{tag}");
        seen += 1;
    }
    assert_eq!(read["scalars"].as_object().map(serde_json::Map::len), Some(seen), "and no other");

    let Some(Parameters { weights, gradients, .. }) = measured.layers[0].parameters else { panic!("parameters") };
    for (tag, histogram) in [("weights/encoder.l1", weights), ("gradients/encoder.l1", gradients)] {
        let buckets = read["histograms"][tag].as_array().expect("buckets");
        let total: f64 = buckets.iter().filter_map(|bucket| bucket[2].as_f64()).sum();
        assert_eq!(Some(total), Some(histogram.total() as f64), "{tag}");
        let bounds = |bucket: &Value| [bucket[0].as_f64(), bucket[1].as_f64()].map(|edge| edge.expect("an edge"));
        for (bin, count) in histogram.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let middle = f64::midpoint(histogram.edge(bin), histogram.edge(bin + 1));
            let holds = |bucket: &&Value| bounds(bucket)[0] <= middle && middle < bounds(bucket)[1];
            let bucket = buckets.iter().find(holds).unwrap_or_else(|| panic!("{tag}: no bucket around {middle}"));
            assert_eq!(bucket[2].as_f64(), Some(f64::from(*count)), "{tag} around {middle}");
        }
    }
    assert!(read["histograms"]["activations/encoder.l1"].is_array());

    let finding = "findings/dead units/encoder.l1";
    assert!(
        read["texts"][finding].as_str().expect("a text").starts_with("warning: epoch 1, step 125: 75 % of the units")
    );
    let image = &read["images"]["mistakes/01"];
    assert_eq!((image["height"].as_u64(), image["width"].as_u64()), (Some(2), Some(3)));
    assert_eq!(image["pixels"], serde_json::json!([0, 51, 102, 153, 204, 255]));
    assert_eq!(image["name"].as_str(), Some("4 taken for 9 (99.8 %), loss 6.25, sample 115"));
}

#[test]
fn a_torn_or_missing_folder_is_named() {
    let folder = env::temp_dir().join(format!("typednet-tensorboard-torn-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("file"), "no folder").expect("a file");
    let error = TensorBoard::create(folder.join("file/run")).err().expect("a file is no folder");
    assert!(error.to_string().contains("file/run"), "{error}");
    let a = TensorBoard::create(&folder).expect("a file");
    let b = TensorBoard::create(&folder).expect("another file");
    assert_ne!(a.path, b.path, "two files of one moment");
    fs::remove_dir_all(&folder).expect("a folder");
}
