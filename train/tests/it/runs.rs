//! Runs in one folder: each goes on with its own checkpoints, and leaves those of others alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use typednet_data::Dataset;
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{Chain, Dense, Relu, Softmax, Tanh};
use typednet_optim::Adam;
use typednet_tensor::{Class, Flat, Key};
use typednet_train::{CheckpointError, Checkpoints, TrainError, Trainer, save_weights};

type Net = Chain<Dense<2, 6, Relu>, Dense<6, 2, Softmax>>;
type Net7 = Chain<Dense<2, 7, Relu>, Dense<7, 2, Softmax>>;
/// As [`Net`], but for an activation.
type Bent = Chain<Dense<2, 6, Tanh>, Dense<6, 2, Softmax>>;
type Points = Dataset<[f32; 2], Class<2>>;

/// 24 points: three batches in an epoch.
fn points(seed: u64) -> Points {
    let samples: Vec<[f32; 2]> = (0..24).map(|i| [0, 1].map(|j| Key::new(seed).uniform(2 * i + j))).collect();
    let targets: Vec<_> = samples.iter().map(|[x, y]| Class::new(usize::from(x > y)).expect("a class")).collect();
    Dataset::new(samples, targets).expect("as many targets as samples")
}

fn trainer(first_weights: u64) -> Trainer<Net, CrossEntropy, Adam> {
    Trainer::new(Net::seeded(first_weights), CrossEntropy, Adam::new(0.01)).batch(8).epochs(2).quiet()
}

/// A folder of its own for each test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("typednet-runs-{name}-{}", std::process::id()));
        _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn begin(&self) -> Checkpoints {
        Checkpoints::new(&self.0)
    }

    fn go_on(&self) -> Checkpoints {
        self.begin().resume()
    }

    /// The bytes of all files, by their paths.
    fn content(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut content = BTreeMap::new();
        for run in fs::read_dir(&self.0).expect("a folder") {
            for file in fs::read_dir(run.expect("an entry").path()).expect("a run's folder") {
                let path = file.expect("an entry").path();
                content.insert(path.clone(), fs::read(path).expect("a file"));
            }
        }
        content
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

/// Whether all that was there is there as it was.
fn is_kept(before: &BTreeMap<PathBuf, Vec<u8>>, now: &BTreeMap<PathBuf, Vec<u8>>) -> bool {
    before.iter().all(|(path, bytes)| now.get(path) == Some(bytes))
}

#[test]
fn a_program_that_is_started_again_goes_on_with_its_own_run() {
    let (folder, data) = (Folder::new("again"), points(3));
    // A long run of another program comes first, so that its checkpoints have more steps.
    trainer(1).epochs(20).checkpoints(folder.begin()).fit(&data).expect("training");
    let others = folder.content();
    let mut whole = trainer(2).epochs(6);
    whole.fit(&data).expect("training");

    for (epochs, steps) in [(2, 6), (4, 12), (4, 12), (6, 18)] {
        let mut program = trainer(2).epochs(epochs).checkpoints(folder.go_on());
        assert_eq!(program.fit(&data).expect("training").records().len(), epochs);
        assert_eq!(program.steps(), steps);
    }
    let mut program = trainer(2).epochs(6).checkpoints(folder.go_on());
    program.fit(&data).expect("nothing is left to train");
    assert_eq!(program.model().as_flat(), whole.model().as_flat(), "the same bits as in one go");
    assert!(is_kept(&others, &folder.content()), "the other run is as it was");
    assert_eq!(Checkpoints::runs(&folder.0).expect("a folder").len(), 2);

    // By hand: the newest checkpoint is of the run that was written to last, however many steps others have made.
    let newest = Checkpoints::newest(&folder.0).expect("a folder").expect("a checkpoint");
    assert!(newest.starts_with(program.checkpoint_folder().expect("a folder")), "{}", newest.display());
    let mut by_hand = trainer(2);
    by_hand.resume(newest).expect("the newest");
    assert_eq!((by_hand.steps(), by_hand.run()), (18, program.run()));
}

#[test]
fn without_being_told_to_go_on_a_program_begins_anew() {
    let (folder, data) = (Folder::new("anew"), points(3));
    let mut runs = Vec::new();
    for run in 0..3 {
        let before = if run == 0 { BTreeMap::new() } else { folder.content() };
        let mut program = trainer(1).checkpoints(folder.begin());
        program.fit(&data).expect("training");
        assert_eq!(program.steps(), 6);
        assert!(is_kept(&before, &folder.content()), "run {run} changed the files of one before");
        runs.push(program.run().expect("a run").clone());
        assert_eq!(program.checkpoint_folder(), Some(&*folder.0.join(runs[run].name())));
        // A second call is the same run.
        program.fit(&data).expect("training");
        assert_eq!((program.run(), program.steps()), (Some(&runs[run]), 12));
    }
    assert!(runs[0].begun() < runs[1].begun() && runs[1].begun() < runs[2].begun());
    let found: Vec<_> =
        Checkpoints::runs(&folder.0).expect("a folder").iter().map(|saved| saved.run().clone()).collect();
    assert_eq!(found, runs);
}

#[test]
fn what_differs_makes_another_run() {
    let (folder, data) = (Folder::new("differs"), points(3));
    let steps = |trainer: Trainer<Net, CrossEntropy, Adam>, data: &Points| {
        let mut trainer = trainer.checkpoints(folder.go_on());
        let epochs = trainer.fit(data).expect("training").records().len();
        (epochs, Checkpoints::runs(&folder.0).expect("a folder").len())
    };
    assert_eq!(steps(trainer(1), &data), (2, 1));
    // The same but for one thing each: two epochs of their own, in a folder of their own.
    assert_eq!(steps(trainer(2), &data), (2, 2), "first weights");
    assert_eq!(steps(trainer(1).seed(5), &data), (2, 3), "seed");
    assert_eq!(steps(trainer(1).batch(6), &data), (2, 4), "settings");
    assert_eq!(steps(trainer(1), &points(4)), (2, 5), "data");
    let (samples, mut targets) = points(3).into_parts();
    targets[5] = Class::new(1 - targets[5].index()).expect("a class");
    let relabelled = Dataset::new(samples, targets).expect("as many");
    assert_eq!(steps(trainer(1), &relabelled), (2, 6), "one target");
    let mut wide = Trainer::new(Net7::seeded(1), CrossEntropy, Adam::new(0.01)).batch(8).epochs(2).quiet();
    wide = wide.checkpoints(folder.go_on());
    assert_eq!(wide.fit(&data).expect("training").records().len(), 2, "network");
    assert_eq!(Checkpoints::runs(&folder.0).expect("a folder").len(), 7);
    // And each of them finds its own again.
    drop(wide);
    assert_eq!(steps(trainer(1).epochs(3), &data), (3, 7));
    assert_eq!(steps(trainer(1).seed(5).epochs(4), &data), (4, 7));
    assert_eq!(steps(trainer(1).epochs(5), &relabelled), (5, 7));
}

#[test]
fn several_runs_at_once_share_a_folder() {
    let (folder, data) = (Folder::new("at-once"), points(3));
    let expected: Vec<_> = (0..6)
        .map(|seed| {
            let mut whole = trainer(seed).epochs(8);
            whole.fit(&data).expect("training");
            whole.into_model().as_flat().to_vec()
        })
        .collect();
    // The second round goes on with what the first began, all at the same time; two trials are alike but for their time.
    for epochs in [4, 8] {
        thread::scope(|scope| {
            for seed in [0, 1, 2, 3, 4, 5, 5] {
                let (folder, data, expected) = (&folder, &data, &expected);
                scope.spawn(move || {
                    let mut trial =
                        trainer(seed).epochs(epochs).checkpoints(folder.go_on().every_steps(1).last(2).best());
                    trial.fit(data).expect("training");
                    assert_eq!(trial.steps(), 3 * epochs as u64);
                    if epochs == 8 {
                        assert_eq!(trial.model().as_flat(), expected[seed as usize], "trial {seed}");
                    }
                });
            }
        });
        let runs = Checkpoints::runs(&folder.0).expect("a folder");
        assert!((6..=8).contains(&runs.len()), "two that are alike may have come one after the other: {}", runs.len());
        for run in &runs {
            let names = fs::read_dir(run.folder()).expect("a folder").map(|entry| entry.expect("an entry").file_name());
            let steps = names.filter(|name| name.to_string_lossy().starts_with("step-")).count();
            assert_eq!(steps, 2, "the newest two of each run stay: {}", run.folder().display());
        }
    }
}

#[test]
fn a_run_that_is_trained_is_not_taken_up_a_second_time() {
    let (folder, data) = (Folder::new("taken"), points(3));
    let mut first = trainer(1).checkpoints(folder.go_on());
    first.fit(&data).expect("training");
    let mut second = trainer(1).checkpoints(folder.go_on());
    second.fit(&data).expect("training");
    assert_ne!(first.run(), second.run(), "the first has its run open");
    let run = second.run().cloned();
    drop((first, second));
    let mut third = trainer(1).epochs(4).checkpoints(folder.go_on());
    third.fit(&data).expect("training");
    assert_eq!((third.run(), third.steps()), (run.as_ref(), 12), "the one that was written to last");
}

#[test]
fn a_checkpoint_of_another_run_is_refused_with_what_to_do() {
    let (folder, data) = (Folder::new("refused"), points(3));
    let mut first = trainer(1).checkpoints(folder.begin());
    first.fit(&data).expect("training");
    let newest = Checkpoints::newest(&folder.0).expect("a folder").expect("a checkpoint");
    let mut other = trainer(2);
    let error = other.resume(&newest).expect_err("other first weights");
    assert!(
        matches!(&error, CheckpointError::OtherFirstWeights { run, .. } if *run == first.run().expect("a run").name())
    );
    assert!(error.to_string().contains("which was begun with other first weights; give the trainer those"), "{error}");
    assert_eq!((other.model().as_flat(), other.steps()), (Net::seeded(2).as_flat(), 0), "the trainer is as it was");

    // The same weights in another network: nothing but an activation differs.
    let mut model = Bent::zeroed();
    model.as_flat_mut().copy_from_slice(Net::seeded(1).as_flat());
    let error =
        Trainer::new(model, CrossEntropy, Adam::new(0.01)).batch(8).resume(&newest).expect_err("another network");
    assert!(error.to_string().contains("; network is Chain(first: Dense<6, Tanh>, rest:"), "{error}");

    // A zeroed model has no first weights of its own.
    let mut blank = Trainer::new(Net::zeroed(), CrossEntropy, Adam::new(0.01)).batch(8).epochs(3).quiet();
    blank.resume(&newest).expect("the run is taken over");
    assert_eq!((blank.steps(), blank.run()), (6, first.run()));
    // Other data: nothing is trained on them.
    let error = blank.fit(&points(4)).expect_err("other data");
    assert!(
        matches!(error, TrainError::OtherData { before, now } if before.samples == now.samples && before.hash != now.hash)
    );
    assert!(error.to_string().contains("go on with the same data, or begin a new training"), "{error}");
    assert!(matches!(blank.epoch(&points(4)), Err(TrainError::OtherData { .. })), "in a loop of one's own too");
    assert_eq!(blank.steps(), 6);
    assert_eq!(blank.fit(&data).expect("training").records().len(), 3);
}

#[test]
fn a_folder_that_cannot_be_written_to_is_told_before_the_first_step() {
    let (folder, data) = (Folder::new("unwritable"), points(3));
    fs::create_dir_all(&folder.0).expect("a folder");
    let file = folder.0.join("file");
    fs::write(&file, "text").expect("a file");
    for checkpoints in [Checkpoints::new(&file), Checkpoints::new(file.join("within")).every_epochs(0).best()] {
        let mut trainer = trainer(1).checkpoints(checkpoints);
        let error = trainer.fit(&data).expect_err("a file is no folder");
        assert!(matches!(error, TrainError::Checkpoint(_)), "{error}");
        assert!(error.to_string().contains(&*file.to_string_lossy()), "{error}");
        assert_eq!(trainer.steps(), 0);
    }
}

#[test]
fn what_is_no_run_in_the_folder_is_left_alone() {
    let (folder, data) = (Folder::new("strange"), points(3));
    let write = |path: &Path, text: &str| {
        fs::create_dir_all(path.parent().expect("a folder")).and_then(|()| fs::write(path, text)).expect("room");
    };
    // A file, a folder without a card, cards that are damaged or of a time to come, weights beside them.
    let strange = ["notes.txt", "photographs/a.png", "damaged/run.json", "empty/run.json"];
    for name in strange {
        write(&folder.0.join(name), "{\"format\": 1, \"run\": {");
    }
    let mut first = trainer(1).checkpoints(folder.go_on());
    first.fit(&data).expect("training");
    let card = fs::read_to_string(first.checkpoint_folder().expect("a folder").join("run.json")).expect("a card");
    write(&folder.0.join("later/run.json"), &card.replace("\"format\": 2", "\"format\": 3"));
    let endless = folder.0.join("endless/run.json");
    write(&endless, &card.replacen("\"begun\": 1", "\"begun\": 9991", 1));
    typednet_formats::reseal(&endless).expect("a card");
    // One letter is another one: it would be a run of its own.
    write(&folder.0.join("flipped/run.json"), &card.replacen("\"begun\": 1", "\"begun\": 3", 1));
    save_weights(&*Net::seeded(0), folder.0.join("step-000000000099.safetensors")).expect("room");
    let runs = Checkpoints::runs(&folder.0).expect("a folder");
    assert_eq!(runs.iter().map(typednet_train::SavedRun::run).collect::<Vec<_>>(), [first.run().expect("a run")]);
    assert_eq!(runs[0].network(), "Chain(first: Dense<6, Relu>, rest: Dense<2, Softmax>)");
    assert!(runs[0].settings().contains(&("batch size".into(), "8".into())), "{:?}", runs[0].settings());
    for name in strange {
        assert_eq!(fs::read_to_string(folder.0.join(name)).expect("it is there"), "{\"format\": 1, \"run\": {");
    }
    assert_eq!(Checkpoints::runs(folder.0.join("none")), Ok(Vec::new()));
}

#[test]
fn a_run_that_was_ended_before_its_first_checkpoint_is_taken_up_too() {
    let (folder, data) = (Folder::new("early"), points(3));
    let mut first = trainer(1).epochs(0).checkpoints(folder.go_on());
    first.fit(&data).expect("nothing to train");
    let run = first.run().cloned();
    assert!(run.is_some());
    drop(first);
    let mut again = trainer(1).checkpoints(folder.go_on());
    again.fit(&data).expect("training");
    assert_eq!((again.run(), again.steps()), (run.as_ref(), 6));
    assert_eq!(Checkpoints::runs(&folder.0).expect("a folder").len(), 1);
}
