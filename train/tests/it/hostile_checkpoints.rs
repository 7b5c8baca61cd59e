//! The state of a training in a file is looked at before it is used: whatever it says, the answer is an error that names
//! file and field, never a panic, and the trainer is as it was.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use typednet_data::{Dataset, Source};
use typednet_formats::{FileError, TensorFile, TensorSpec, write_tensors};
use typednet_layers::loss::{CrossEntropy, FirstHalf, SquaredError};
use typednet_layers::{Chain, Dense, Network, Relu, Rnn, Softmax, Tanh, WithState};
use typednet_optim::Adam;
use typednet_optim::schedule::Plateau;
use typednet_tensor::{Class, Flat, Key, Pair};
use typednet_train::{
    Callback, CallbackResult, CheckpointError, Control, NonFinite, StepView, Trainer, load_weights, load_weights_with,
    save_weights,
};

type Net = Chain<Dense<2, 3, Relu>, Dense<3, 2, Softmax>>;

/// The entry of the header with the state.
const ENTRY: &str = "typednet";

fn data() -> Dataset<[f32; 2], Class<2>> {
    let samples: Vec<[f32; 2]> = (0..30_u64).map(|i| [0, 1].map(|j| Key::new(3).uniform(2 * i + j))).collect();
    let targets: Vec<_> = samples.iter().map(|[x, y]| Class::new(usize::from(x > y)).expect("a class")).collect();
    Dataset::new(samples, targets).expect("as many targets as samples")
}

/// Stops after 6 steps.
struct Stop;

impl Callback<Net> for Stop {
    fn every_steps(&self) -> u64 {
        6
    }

    fn after_step(&mut self, view: &StepView<'_, Net>) -> CallbackResult {
        Ok(if view.step == 6 { Control::Stop } else { Control::Continue })
    }
}

fn trainer() -> Trainer<Net, CrossEntropy, Adam> {
    let trainer = Trainer::new(Net::seeded(1), CrossEntropy, Adam::new(0.01)).batch(8).epochs(3).quiet();
    trainer.plateau(Plateau::new()).average(0.9).callback(Stop)
}

/// A file of its own for each test, with a checkpoint in the middle of the second epoch: 16 of 30 samples taken.
struct Saved(PathBuf);

impl Saved {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("typednet-hostile-{name}-{}.safetensors", std::process::id()));
        let mut stopped = trainer();
        stopped.fit(&data()).expect("training");
        stopped.save_checkpoint(&path).expect("room");
        Self(path)
    }

    /// Writes the file again with another state, and a checksum that fits.
    fn with_state(&self, change: impl FnOnce(&mut Value)) {
        rewrite(&self.0, |metadata, _| {
            let mut state = serde_json::from_str(&metadata[ENTRY]).expect("JSON");
            change(&mut state);
            metadata.insert(ENTRY.into(), state.to_string());
        });
    }
}

impl Drop for Saved {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.0);
    }
}

/// Writes a file again with changed metadata and tensors.
fn rewrite(path: &Path, change: impl FnOnce(&mut BTreeMap<String, String>, &mut [(TensorSpec, Vec<u8>)])) {
    let mut file = TensorFile::open(path).expect("a file");
    let specs: Vec<TensorSpec> = file.tensors().collect();
    let mut tensors = Vec::new();
    for spec in specs {
        let mut bytes = Vec::new();
        file.read(&spec.name, |piece| bytes.extend_from_slice(piece)).expect("a tensor");
        tensors.push((spec, bytes));
    }
    let mut metadata: BTreeMap<String, String> =
        file.metadata(ENTRY).map(|state| (ENTRY.into(), state.into())).into_iter().collect();
    change(&mut metadata, &mut tensors);
    let specs: Vec<TensorSpec> = tensors.iter().map(|(spec, _)| spec.clone()).collect();
    write_tensors(path, &specs, &metadata, |place, write| write(&tensors[place].1)).expect("room");
}

/// The error of a trainer that is to go on from the file, after which it is as it was.
fn refused(path: &Path) -> CheckpointError {
    let mut resumed = trainer();
    let error = resumed.resume(path).expect_err("a hostile file");
    assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    assert_eq!((resumed.steps(), resumed.last_model().as_flat()), (0, Net::seeded(1).as_flat()));
    resumed.fit(&data()).expect("it trains");
    error
}

#[test]
fn every_field_is_looked_at_before_it_is_used() {
    let saved = Saved::new("fields");
    let original = fs::read(&saved.0).expect("a file");
    let most = u64::MAX;
    let nan = "7ff8000000000000";
    for (pointer, value, field) in [
        ("/format", json!(1), "format"),
        ("/format", json!(most), "format"),
        ("/epoch", json!(most), "epoch"),
        ("/epoch", json!(0), "epoch"),
        ("/step", json!(most), "step"),
        ("/step", json!(most - 1), "step"),
        ("/step", json!(1_u64 << 53), "step"),
        ("/seed", json!(9), "seed"),
        ("/batch_size", json!(0), "batch_size"),
        ("/settings_hash", json!("0"), "settings_hash"),
        ("/settings_hash", json!(""), "settings_hash"),
        ("/began_after", json!(2), "began_after"),
        ("/began_after", json!(most), "began_after"),
        ("/learning_rate", json!(nan), "learning_rate"),
        ("/learning_rate", json!("7ff0000000000000"), "learning_rate"),
        ("/average_updates", json!(null), "average_updates"),
        ("/average_updates", json!(7), "average_updates"),
        ("/average_updates", json!(most), "average_updates"),
        ("/plateau", json!(null), "plateau"),
        ("/plateau/factor", json!(nan), "plateau.factor"),
        ("/plateau/factor", json!(-0.5), "plateau.factor"),
        ("/plateau/factor", json!(1e300), "plateau.factor"),
        ("/plateau/best", json!(nan), "plateau.best"),
        ("/plateau/bad_epochs", json!(u32::MAX), "plateau.bad_epochs"),
        ("/position/samples", json!(0), "position.samples"),
        ("/position/samples", json!(most), "position.samples"),
        ("/position/samples", json!(1000), "position.samples"),
        ("/data/samples", json!(1000), "position.samples"),
        ("/data", json!(null), "position.samples"),
        ("/position/taken", json!(31), "position.taken"),
        ("/position/taken", json!(15), "position.taken"),
        ("/position/taken", json!(0), "position.taken"),
        ("/position/taken", json!(most), "position.taken"),
        ("/position/terms", json!(most), "position.terms"),
        ("/position/terms", json!(0), "position.terms"),
        ("/position/correct", json!(17), "position.correct"),
        ("/position/correct", json!(most), "position.correct"),
        ("/position/decides", json!(false), "position.correct"),
        ("/position/loss", json!(nan), "position.loss"),
        ("/position/seconds", json!(-1.0), "position.seconds"),
        ("/position/seconds", json!("7ff0000000000000"), "position.seconds"),
        ("/history/0/epoch", json!(0), "history[0].epoch"),
        ("/history/0/epoch", json!(most), "history[0].epoch"),
        ("/history/0/seconds", json!(nan), "history[0].seconds"),
        ("/history/0/learning_rate", json!(nan), "history[0].learning_rate"),
        ("/history/0/training/accuracy", json!(1.5), "history[0].training.accuracy"),
        ("/history/0/training/accuracy", json!(nan), "history[0].training.accuracy"),
    ] {
        saved.with_state(|state| *state.pointer_mut(pointer).expect(pointer) = value.clone());
        match refused(&saved.0) {
            CheckpointError::Field { field: found, .. } => assert_eq!(found, field, "{pointer}: {value}"),
            other => panic!("{pointer}: {value} gives {other}"),
        }
        fs::write(&saved.0, &original).expect("room");
    }
    let mut resumed = trainer();
    resumed.resume(&saved.0).expect("the file is as it was");
    resumed.fit(&data()).expect("training");
}

/// Batches of shards may end anywhere, since parts may be of any lengths, but within the data.
#[test]
fn the_place_of_a_training_in_shards_is_within_the_data() {
    let saved = Saved::new("shards");
    let sharded = || trainer().shards(2);
    let mut stopped = sharded();
    stopped.fit(&data()).expect("training");
    stopped.save_checkpoint(&saved.0).expect("room");
    let original = fs::read(&saved.0).expect("a file");
    for (taken, holds) in [(15, true), (30, true), (0, false), (31, false), (u64::MAX, false)] {
        saved.with_state(|state| {
            *state.pointer_mut("/position/taken").expect("a place") = json!(taken);
        });
        let mut resumed = sharded();
        match resumed.resume(&saved.0) {
            Ok(()) => assert!(holds && resumed.fit(&data()).is_ok(), "{taken}"),
            Err(CheckpointError::Field { field, .. }) => {
                assert!(!holds && field == "position.taken", "{taken}: {field}");
            }
            Err(error) => panic!("{taken}: {error}"),
        }
        fs::write(&saved.0, &original).expect("room");
    }
}

/// A sum of what comes in: each batch of two rows goes on where the one before has ended.
struct Running;

type Sums = WithState<Rnn<2, 1, 3>>;

impl Source<Pair<[[f32; 1]; 2], [f32; 3]>, [[f32; 3]; 2]> for Running {
    fn len(&self) -> usize {
        8
    }

    fn contiguous_rows(&self) -> Option<usize> {
        Some(2)
    }

    fn target(&self, row: u32) -> [[f32; 3]; 2] {
        [[row as f32 / 8.0; 3]; 2]
    }

    fn gather(&self, rows: &[u32], _: Key, x: &mut [Pair<[[f32; 1]; 2], [f32; 3]>], y: &mut [[[f32; 3]; 2]]) {
        for ((row, x), y) in rows.iter().zip(x).zip(y) {
            (x.first, *y) = ([[0.125]; 2], self.target(*row));
        }
    }
}

/// Stops after 3 of the 4 steps of an epoch.
struct StopSums;

impl Callback<Sums> for StopSums {
    fn every_steps(&self) -> u64 {
        3
    }

    fn after_step(&mut self, _: &StepView<'_, Sums>) -> CallbackResult {
        Ok(Control::Stop)
    }
}

/// Two rows of three numbers go on within an epoch; without an epoch under way none do.
#[test]
fn states_that_are_carried_are_as_many_as_the_network_has() {
    let saved = Saved::new("carried");
    let carrying = || {
        let trainer = Trainer::new(Sums::seeded(1), FirstHalf(SquaredError::Mean), Adam::new(0.01)).batch(2).quiet();
        trainer.carry_states().callback(StopSums)
    };
    let mut stopped = carrying();
    stopped.fit(&Running).expect("training");
    stopped.save_checkpoint(&saved.0).expect("room");
    let original = fs::read(&saved.0).expect("a file");
    let numbers = |count: usize| json!(vec![0.5; count]);
    let infinite = json!([0.5, 0.5, 0.5, 0.5, 0.5, "7ff0000000000000"]);
    for (carried, says) in [
        (numbers(6), None),
        (numbers(0), Some("6 numbers")),
        (numbers(5), Some("6 numbers")),
        (numbers(7), Some("6 numbers")),
        (numbers(12), Some("6 numbers")),
        (infinite, Some("finite numbers")),
    ] {
        saved.with_state(|state| state["carried"] = carried.clone());
        let mut resumed = carrying();
        match (resumed.resume(&saved.0), says) {
            (Ok(()), None) => _ = resumed.fit(&Running).expect("training"),
            (Err(CheckpointError::Field { field, expected, .. }), Some(says)) => {
                assert_eq!((&field[..], &expected[..]), ("carried", says), "{carried}");
            }
            (found, _) => panic!("{carried} gives {found:?}"),
        }
        fs::write(&saved.0, &original).expect("room");
    }
    let saved = Saved::new("none-carried");
    saved.with_state(|state| state["carried"] = numbers(1));
    assert!(refused(&saved.0).to_string().contains("carried"));
}

#[test]
fn a_state_of_another_form_is_refused() {
    let saved = Saved::new("form");
    let original = fs::read(&saved.0).expect("a file");
    for (pointer, value, says) in [
        ("/learning_rate", json!("zzz"), "`zzz` is no number"),
        ("/learning_rate", json!("3ff0000000000000"), "is no number"),
        ("/learning_rate", json!(null), "did not match"),
        ("/position/loss", json!("zzz"), "`zzz` is no number"),
        ("/history/0/training/loss", json!("-1"), "`-1` is no number"),
        ("/step", json!(-1), "invalid value"),
        ("/step", json!(1.5), "invalid type"),
        ("/step", json!(1e300), "invalid type"),
        ("/batch_size", json!("8"), "invalid type"),
        ("/history", json!({}), "invalid type"),
        ("/position/taken", json!([]), "invalid type"),
        ("/format", json!(-2), "invalid value"),
        ("", json!([]), "invalid length"),
        ("", json!({}), "missing field `format`"),
        ("", json!({"format": 2}), "missing field"),
    ] {
        saved.with_state(|state| *state.pointer_mut(pointer).expect(pointer) = value.clone());
        match refused(&saved.0) {
            CheckpointError::State { reason, .. } => {
                assert!(reason.contains(says), "{pointer}: {value} gives {reason}");
            }
            other => panic!("{pointer}: {value} gives {other}"),
        }
        fs::write(&saved.0, &original).expect("room");
    }
    saved.with_state(|state| {
        state.as_object_mut().expect("an object").insert("steps".into(), json!(1));
    });
    assert!(
        matches!(refused(&saved.0), CheckpointError::State { reason, .. } if reason.contains("unknown field `steps`"))
    );
}

#[test]
fn a_network_with_another_activation_is_another_network() {
    type Other = Chain<Dense<2, 3, Tanh>, Dense<3, 2, Softmax>>;
    struct Never;
    impl Callback<Other> for Never {}

    let saved = Saved::new("activation");
    let mut other = Trainer::new(Other::seeded(1), CrossEntropy, Adam::new(0.01)).batch(8).epochs(3).quiet();
    other = other.plateau(Plateau::new()).average(0.9).callback(Never);
    let error = other.resume(&saved.0).expect_err("another network");
    assert!(matches!(&error, CheckpointError::OtherSettings { .. }), "{error}");
    assert!(error.to_string().contains("Tanh") && error.to_string().contains("Relu"), "{error}");
}

#[test]
fn a_flipped_bit_and_a_lost_checksum_are_refused() {
    let saved = Saved::new("flipped");
    let bytes = fs::read(&saved.0).expect("a file");
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().expect("8 bytes")) as usize;
    for at in header..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        fs::write(&saved.0, flipped).expect("room");
        assert!(
            matches!(trainer().resume(&saved.0), Err(CheckpointError::File(FileError::Checksum { .. }))),
            "byte {at}"
        );
        assert!(matches!(load_weights::<Net>(&saved.0), Err(CheckpointError::File(FileError::Checksum { .. }))));
    }
    // Without its checksum the weights are as those of any other program; a training is not gone on with.
    let text = String::from_utf8_lossy(&bytes[..header]);
    let key = text.find("typednet.sha256").expect("a checksum");
    let mut renamed = bytes.clone();
    renamed[key] = b'T';
    fs::write(&saved.0, renamed).expect("room");
    assert!(matches!(refused(&saved.0), CheckpointError::NoChecksum { .. }));
    load_weights::<Net>(&saved.0).expect("weights");
}

/// The bytes of a tensor.
fn tensor<'a>(tensors: &'a mut [(TensorSpec, Vec<u8>)], name: &str) -> &'a mut [u8] {
    &mut tensors.iter_mut().find(|(spec, _)| spec.name == name).expect(name).1
}

#[test]
fn a_weight_that_is_not_finite_is_refused_unless_asked_for() {
    let saved = Saved::new("finite");
    let original = fs::read(&saved.0).expect("a file");
    for (name, bad) in [
        ("rest.weight", f32::NAN),
        ("first.bias", f32::INFINITY),
        ("average/rest.bias", -f32::INFINITY),
        ("moment.2/rest.bias", f32::INFINITY),
    ] {
        rewrite(&saved.0, |_, tensors| tensor(tensors, name)[4..8].copy_from_slice(&bad.to_le_bytes()));
        let error = refused(&saved.0);
        let says = format!("element 1 of `{name}`");
        assert!(matches!(error, CheckpointError::NotFinite { element: 1, .. }), "{error}");
        assert!(error.to_string().contains(&says) && error.to_string().contains(&bad.to_string()), "{error}");
        fs::write(&saved.0, &original).expect("room");
    }
    let mut model = Net::seeded(5);
    model.rest.bias = [f32::NAN, 1.0];
    save_weights(&*model, &saved.0).expect("room");
    assert!(matches!(load_weights::<Net>(&saved.0), Err(CheckpointError::NotFinite { element: 0, .. })));
    let kept = load_weights_with::<Net>(&saved.0, NonFinite::Keep).expect("asked for");
    assert_eq!(kept.rest.bias.map(f32::to_bits), model.rest.bias.map(f32::to_bits));
}

#[test]
fn a_tensor_named_twice_is_refused() {
    let path = std::env::temp_dir().join(format!("typednet-twice-{}.safetensors", std::process::id()));
    save_weights(&*Dense::<2, 1, Relu>::seeded(1), &path).expect("room");
    load_weights::<Dense<2, 1, Relu>>(&path).expect("weights");
    let header = concat!(
        r#"{"weight":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"#,
        r#""bias":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"#,
        r#""bias":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#
    );
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(&[0; 12]);
    fs::write(&path, bytes).expect("room");
    let error = load_weights::<Dense<2, 1, Relu>>(&path).expect_err("two of one name").to_string();
    assert!(error.contains("`bias` stands twice"), "{error}");
    fs::remove_file(path).expect("it was written");
}
