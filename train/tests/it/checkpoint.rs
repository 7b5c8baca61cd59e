//! Trainings and weights in files: they go on with the same bits, and a file that is not whole is refused.

use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use typednet_data::{Augment, Augmented, Dataset, Source, mnist};
use typednet_formats::FileError;
use typednet_layers::loss::{CrossEntropy, Loss, LossFor, SquaredError};
use typednet_layers::{BatchNorm, Chain, Dense, Dropout, Layer, Relu, Softmax, bits};
use typednet_optim::schedule::{Cosine, Exponential, Plateau};
use typednet_optim::{Adam, GradientDescent, Groups, Momentum, Optimizer, Penalty};
use typednet_tensor::{Class, Flat, Key, Precision, Scalar};
use typednet_train::{
    Callback, CallbackResult, CheckpointError, Checkpoints, Control, EarlyStopping, StepView, TrainError, Trainer,
    load_weights, save_weights,
};

type Of<T> = Chain<Dense<2, 6, Relu, T>, Dense<6, 2, Softmax, T>>;
type Net = Of<f32>;
type Wide = Chain<Dense<2, 7, Relu>, Dense<7, 2, Softmax>>;
type Deep = Chain<Dense<2, 6, Relu>, Chain<Dense<6, 3, Relu>, Dense<3, 2, Softmax>>>;

fn points<T: Scalar>(count: usize) -> Dataset<[T; 2], Class<2>> {
    let samples: Vec<[T; 2]> = (0..count as u64).map(|i| [0, 1].map(|j| Key::new(3).uniform(2 * i + j))).collect();
    let targets: Vec<_> = samples.iter().map(|[x, y]| Class::new(usize::from(x > y)).expect("a class")).collect();
    Dataset::new(samples, targets).expect("as many targets as samples")
}

fn trainer() -> Trainer<Net, CrossEntropy, Adam> {
    Trainer::new(Net::seeded(1), CrossEntropy, Adam::new(0.01)).batch(8).epochs(4).quiet()
}

/// A folder of its own for each test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("typednet-checkpoint-{name}-{}", std::process::id()));
        _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What killed processes have left behind.
    fn parts(&self) -> Vec<PathBuf> {
        let paths = names(&self.0).into_iter().map(|name| self.file(&name));
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "part")).collect()
    }
}

/// What is in a folder, in the order of names.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

/// Stops after one step; at 0 never.
struct Stop(u64);

impl<M: Layer> Callback<M> for Stop {
    fn every_steps(&self) -> u64 {
        self.0
    }

    fn after_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        Ok(if view.step == self.0 { Control::Stop } else { Control::Continue })
    }
}

/// [`goes_on_over`] points.
fn goes_on_from_every_step<T, M, O>(name: &str, steps: u64, trainer: impl Fn() -> Trainer<M, CrossEntropy, O>)
where
    T: Scalar,
    M: Layer<Elem = T, In = [T; 2], Out = [T; 2], Head = Softmax>,
    CrossEntropy: LossFor<Softmax, [T; 2]> + Loss<[T; 2], Target = Class<2>>,
    Dataset<[T; 2], Class<2>>: Source<[T; 2], Class<2>>,
    O: Optimizer + std::fmt::Debug,
{
    // 30 samples in batches of 8: the last batch of an epoch has 6.
    let (data, test) = points::<T>(50).split_at(30).expect("two parts");
    goes_on_over(name, steps, trainer, &data, &test);
}

/// Stops the training after each of its `steps` steps, writes it down, and lets another trainer go on.
fn goes_on_over<M, L, O, S, V>(name: &str, steps: u64, trainer: impl Fn() -> Trainer<M, L, O>, data: &S, test: &V)
where
    M: Layer,
    L: LossFor<M::Head, M::Out>,
    O: Optimizer + std::fmt::Debug,
    S: Source<M::In, L::Target>,
    V: Source<M::In, L::Target>,
{
    let folder = Folder::new(name);
    let path = folder.file("stopped.safetensors");
    let bits = |trainer: &Trainer<M, L, O>| {
        let bits = |block: &M| block.as_flat().iter().map(|w| w.to_f64_exact().to_bits()).collect::<Vec<_>>();
        let records = trainer.history().records().iter();
        let records: Vec<_> = records.map(|r| (r.epoch, r.training, r.validation, r.learning_rate)).collect();
        (bits(trainer.model()), bits(trainer.last_model()), trainer.steps(), format!("{records:?}"))
    };
    let mut whole = trainer().callback(Stop(0));
    whole.fit_validated(data, test).expect("training");
    let expected = bits(&whole);
    assert_eq!(expected.2, steps, "the steps of the whole training");
    for step in 1..=steps {
        let mut stopped = trainer().callback(Stop(step));
        stopped.fit_validated(data, test).expect("training");
        assert_eq!(stopped.steps(), step);
        stopped.save_checkpoint(&path).expect("a checkpoint");
        let mut resumed = trainer().callback(Stop(0));
        resumed.resume(&path).expect("the checkpoint");
        assert_eq!(bits(&resumed), bits(&stopped), "read after step {step}");
        resumed.fit_validated(data, test).expect("training");
        assert!(bits(&resumed) == expected, "{name}: stopped after step {step}");
    }
}

/// What layers draw and measure shard by shard, steps of several batches, and a last batch with fewer rows than shards.
#[test]
fn shards_go_on_from_every_step() {
    type Odd =
        Chain<Dense<2, 6, Relu>, Chain<BatchNorm<6>, Chain<Dropout<[f32; 6], { bits(0.5) }>, Dense<6, 2, Softmax>>>>;
    let data = points::<f32>(50);
    let trainer = || {
        let trainer = Trainer::new(Odd::seeded(1), CrossEntropy, Adam::new(0.01)).batch(16).shards(4).accumulate(2);
        trainer.average(0.9).epochs(3).quiet()
    };
    goes_on_over("shards", 6, trainer, &data, &points::<f32>(20));
    let folder = Folder::new("shard-count");
    let path = folder.file("four.safetensors");
    let mut four = trainer().epochs(1);
    four.fit(&data).expect("training");
    assert!(four.settings().contains(&("shards".into(), "4".into())), "{:?}", four.settings());
    four.save_checkpoint(&path).expect("a checkpoint");
    for (shards, here) in [(8, "8"), (1, "not set")] {
        let error = trainer().shards(shards).resume(&path).expect_err("other shards give other bits").to_string();
        let text =
            format!("is of a training with other settings; shards is {here} here and 4 in the file; make them equal");
        assert!(error.contains(&text), "{error}");
    }
}

#[test]
fn adam_goes_on_from_every_step() {
    goes_on_from_every_step("adam", 12, || trainer().epochs(3));
}

#[test]
fn momentum_goes_on_from_every_step_in_double_precision() {
    goes_on_from_every_step("momentum", 12, || {
        Trainer::new(Of::<f64>::seeded(1), CrossEntropy, Momentum::new(0.1, 0.9)).batch(8).epochs(3).seed(7).quiet()
    });
}

#[test]
fn dropout_and_batch_normalisation_go_on_from_every_step() {
    type Drawn =
        Chain<Dense<2, 6, Relu>, Chain<BatchNorm<6>, Chain<Dropout<[f32; 6], { bits(0.5) }>, Dense<6, 2, Softmax>>>>;
    let drawn = || Trainer::new(Drawn::seeded(1), CrossEntropy, Adam::new(0.01)).batch(8).epochs(3).quiet();
    goes_on_from_every_step("dropout", 12, drawn);
    goes_on_from_every_step("dropout-accumulated", 6, || drawn().accumulate(2).average(0.9));
}

#[test]
fn augmented_data_gathered_ahead_on_threads_go_on_from_every_step() {
    type Digits = Chain<Dense<784, 16, Relu>, Chain<Dropout<[f32; 16], { bits(0.3) }>, Dense<16, 10, Softmax>>>;
    let digits = mnist::embedded().expect("the embedded digits");
    // 150 digits in batches of 64: the last batch of an epoch has 22, and threads share the work of the others.
    let (train, _) = digits.train.split_at(150).expect("there are 8,000");
    let (test, _) = digits.test.split_at(40).expect("there are 2,000");
    let augment = Augment::<28, 28, 1>::new().shift(0.1).rotate(10.0).elastic(1.0, 4).noise(0.1).cutout(5);
    let train = Augmented::new(train, augment).expect("digits are images");
    let on_threads =
        || Trainer::new(Digits::seeded(1), CrossEntropy, Adam::new(0.01)).batch(64).epochs(3).threads(2).quiet();
    goes_on_over("augmented-ahead", 9, || on_threads().gather_ahead(), &train, &test);
    goes_on_over("augmented-shared", 9, on_threads, &train, &test);
    goes_on_over("augmented-averaged", 6, || on_threads().gather_ahead().accumulate(2).average(0.9), &train, &test);
}

#[test]
fn everything_around_a_step_goes_on_too() {
    goes_on_from_every_step("around", 16, || {
        trainer()
            .epochs(8)
            .accumulate(2)
            .schedule(Cosine::new(30))
            .plateau(Plateau::new().gamma(0.5).patience(0).threshold(0.1))
            .penalty(Penalty::l2(1e-3))
            .clip_norm(0.5)
            .groups(Groups::new().rate("first", 0.5).expect("a part"))
            .average(0.7)
    });
}

#[test]
fn early_stopping_goes_on_too() {
    // At this rate the training gets worse before its 50 epochs are over.
    let early = || {
        Trainer::new(Net::seeded(1), CrossEntropy, Momentum::new(2.0, 0.9))
            .batch(8)
            .epochs(50)
            .clip_norm(1.0)
            .average(0.5)
            .callback(EarlyStopping::new().patience(2))
            .quiet()
    };
    let (data, test) = points::<f32>(50).split_at(30).expect("two parts");
    let mut whole = early();
    whole.fit_validated(&data, &test).expect("training");
    let epochs = whole.history().records().len();
    assert!((4..50).contains(&epochs), "it stopped early, but not at once: {epochs}");
    goes_on_from_every_step("early", 4 * epochs as u64, early);
}

#[test]
fn checkpoints_of_a_folder_go_on_and_are_few() {
    let folder = Folder::new("folder");
    let data = points::<f32>(30);
    let with = || trainer().checkpoints(Checkpoints::new(&folder.0).every_steps(3).last(2).best());
    let mut whole = trainer();
    whole.fit(&data).expect("training");
    let mut short = with().epochs(3);
    short.fit(&data).expect("training");
    // Steps 3, 6, 9, 12 and the ends of epochs after 4, 8, 12.
    let run = short.checkpoint_folder().expect("a folder").to_owned();
    let names = names(&run);
    let kept = ["best.safetensors", "run.json", "step-000000000009.safetensors", "step-000000000012.safetensors"];
    assert_eq!(names.iter().filter(|name| !name.starts_with('.')).collect::<Vec<_>>(), kept.iter().collect::<Vec<_>>());
    let mut resumed = with().epochs(4);
    resumed.resume(run.join("step-000000000009.safetensors")).expect("a checkpoint");
    assert_eq!((resumed.steps(), resumed.history().records().len()), (9, 2));
    resumed.fit(&data).expect("training");
    assert_eq!(resumed.model().as_flat(), whole.model().as_flat());
    assert_eq!(resumed.checkpoint_folder(), Some(&*run), "it is the same run");
    let newest = Checkpoints::newest(&folder.0).expect("a folder").expect("a checkpoint");
    assert_eq!(newest, run.join("step-000000000016.safetensors"));
    // It is the end of the call: there is nothing left to train, but more can be asked for.
    let mut finished = with().epochs(4);
    finished.resume(&newest).expect("a checkpoint");
    assert_eq!(finished.fit(&data).expect("nothing").records().len(), 4);
    assert_eq!(finished.model().as_flat(), whole.model().as_flat());
    let mut more = with().epochs(5);
    more.resume(&newest).expect("a checkpoint");
    assert_eq!(more.fit(&data).expect("training").records().len(), 5);
    assert_eq!(Checkpoints::newest(folder.file("none")), Ok(None));
}

#[test]
fn the_best_checkpoint_is_that_of_the_best_epoch() {
    let folder = Folder::new("best");
    let (data, test) = points::<f32>(50).split_at(30).expect("two parts");
    let optimizer = Momentum::new(2.0, 0.9);
    let mut trainer = Trainer::new(Net::seeded(1), CrossEntropy, optimizer).batch(8).epochs(20).clip_norm(1.0).quiet();
    trainer = trainer.checkpoints(Checkpoints::new(&folder.0).every_epochs(0).best());
    let history = trainer.fit_validated(&data, &test).expect("training");
    let best = history.best().expect("a record");
    assert!(best.epoch < 20, "the last epoch is not the best");
    let runs = Checkpoints::runs(&folder.0).expect("a folder");
    assert_eq!((runs.len(), runs[0].newest()), (1, Ok(None)));
    let model = load_weights::<Net>(runs[0].best().expect("the best")).expect("weights");
    let mut of_best = Trainer::new(model, CrossEntropy, optimizer).batch(8);
    assert_eq!(of_best.evaluate(&test).map(Some), Ok(best.validation));
}

#[test]
fn weights_come_back_with_their_bits() {
    let folder = Folder::new("weights");
    let path = folder.file("weights.safetensors");
    let mut model = Net::seeded(5);
    model.rest.bias = [5e-45, -0.0];
    save_weights(&*model, &path).expect("room");
    let loaded = load_weights::<Net>(&path).expect("the same network");
    let bits = |net: &Net| net.as_flat().iter().map(|w| w.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&loaded), bits(&model));
    let double = Of::<f64>::seeded(5);
    save_weights(&*double, &path).expect("room");
    assert_eq!(load_weights::<Of<f64>>(&path).expect("the same network").as_flat(), double.as_flat());

    // Of a checkpoint the average, where one is kept.
    let mut trainer = trainer().average(0.9);
    trainer.fit(&points::<f32>(30)).expect("training");
    trainer.save_checkpoint(&path).expect("room");
    assert_eq!(load_weights::<Net>(&path).expect("the same network").as_flat(), trainer.model().as_flat());
    assert_ne!(trainer.last_model().as_flat(), trainer.model().as_flat());
}

#[test]
fn another_network_is_named_by_its_first_differences() {
    let folder = Folder::new("other");
    let path = folder.file("net.safetensors");
    trainer().save_checkpoint(&path).expect("room");
    let error = load_weights::<Deep>(&path).expect_err("another network");
    assert_eq!(
        error.to_string().split_once("` holds").expect("a path").1,
        " the weights of another network; `rest.first.weight` is f32 [6, 3] in the network and missing in the file; \
         `rest.first.bias` is f32 [3] in the network and missing in the file; `rest.rest.weight` is f32 [3, 2] in the \
         network and missing in the file; `rest.rest.bias` is f32 [2] in the network and missing in the file; \
         `rest.weight` is missing in the network and f32 [6, 2] in the file; and 1 more"
    );
    let error = load_weights::<Of<f64>>(&path).expect_err("another scalar").to_string();
    assert!(error.contains("`first.weight` is f64 [2, 6] in the network and f32 [2, 6] in the file"), "{error}");
    let mut wide = Trainer::new(Wide::seeded(0), CrossEntropy, Adam::new(0.01)).batch(8);
    assert!(
        matches!(wide.resume(&path), Err(CheckpointError::OtherNetwork { more: 0, differences, .. }) if differences.len() == 3)
    );
    assert_eq!(wide.model().as_flat(), Wide::seeded(0).as_flat(), "the trainer is as it was");
}

#[test]
fn what_waited_and_was_averaged_before_is_forgotten() {
    let folder = Folder::new("forget");
    let path = folder.file("net.safetensors");
    let data = points::<f32>(30);
    let with = || trainer().accumulate(2).average(0.9);
    with().save_checkpoint(&path).expect("room");
    let go_on = |mut resumed: Trainer<Net, CrossEntropy, Adam>| {
        resumed.resume(&path).expect("a checkpoint");
        assert_eq!(resumed.model().as_flat(), Net::seeded(1).as_flat());
        resumed.fit(&data).expect("training");
        let bits = |net: &Net| net.as_flat().iter().map(|w| w.to_bits()).collect::<Vec<_>>();
        (bits(resumed.model()), bits(resumed.last_model()), resumed.steps())
    };
    let fresh = go_on(with());
    let mut used = with();
    used.fit(&data).expect("training");
    used.step(&data.samples()[..8], &data.targets()[..8]).expect("half of a step");
    assert!(go_on(used) == fresh, "a batch that waited, or the old average, is in the new training");
}

#[test]
fn a_checkpoint_of_other_settings_is_refused() {
    let folder = Folder::new("settings");
    let path = folder.file("net.safetensors");
    let mut saved = trainer().schedule(Exponential::new(0.9));
    saved.fit(&points::<f32>(30)).expect("training");
    saved.save_checkpoint(&path).expect("room");
    let names = |trainer: Trainer<Net, CrossEntropy, Adam>| match { trainer }.resume(&path) {
        Err(CheckpointError::OtherSettings { differences, .. }) => {
            differences.into_iter().map(|setting| setting.name).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let same = || trainer().schedule(Exponential::new(0.9));
    assert_eq!(same().epochs(9).threads(2).resume(&path), Ok(()));
    assert_eq!(names(same().batch(9)), ["batch size"]);
    assert_eq!(names(same().seed(1)), ["seed"]);
    assert_eq!(names(same().precision(Precision::Bf16Portable)), ["precision"]);
    assert_eq!(names(trainer()), ["schedule"]);
    assert_eq!(names(trainer().schedule(Exponential::new(0.91))), ["schedule"]);
    assert_eq!(names(trainer().schedule_by_epoch(Exponential::new(0.9))), ["schedule"]);
    assert_eq!(names(same().clip_norm(1.0).clip_value(1.0)), ["limit of the norm", "limit of the values"]);
    assert_eq!(names(same().accumulate(2).average(0.9)), ["average", "batches of a step"]);
    assert_eq!(names(same().penalty(Penalty::l1(0.1)).plateau(Plateau::new())), ["penalty", "plateau"]);
    assert_eq!(names(same().groups(Groups::new()).callback(Stop(0))), ["callbacks", "groups"]);
    let mut other =
        Trainer::new(Net::seeded(1), CrossEntropy, Adam::new(0.02)).batch(8).schedule(Exponential::new(0.9));
    let error = other.resume(&path).expect_err("another rate").to_string();
    assert!(error.contains("learning_rate: 0.02") && error.contains("learning_rate: 0.01"), "{error}");
}

#[test]
fn what_is_no_training_or_between_no_steps_is_refused() {
    let folder = Folder::new("refused");
    let path = folder.file("net.safetensors");
    save_weights(&*Net::seeded(0), &path).expect("room");
    assert!(matches!(trainer().resume(&path), Err(CheckpointError::NoTraining { .. })));
    assert!(matches!(trainer().resume(folder.file("none")), Err(CheckpointError::File(FileError::Read { .. }))));
    assert!(matches!(trainer().resume(&folder.0), Err(CheckpointError::File(FileError::NotAFile { .. }))));
    let mut waiting = trainer().accumulate(2);
    let data = points::<f32>(8);
    waiting.step(data.samples(), data.targets()).expect("half of a step");
    assert_eq!(waiting.save_checkpoint(&path), Err(CheckpointError::Waiting { batches: 1 }));
    let mut nowhere = trainer().checkpoints(Checkpoints::new(path.join("folder")));
    assert!(matches!(nowhere.fit(&points::<f32>(30)), Err(TrainError::Checkpoint(CheckpointError::File(_)))));

    let mut stopped = trainer().callback(Stop(2));
    stopped.fit(&points::<f32>(30)).expect("training");
    let (samples, mut targets) = points::<f32>(30).into_parts();
    targets.swap(3, 4);
    let relabelled = Dataset::new(samples, targets).expect("as many");
    for (other, count) in [(points::<f32>(31), 31), (relabelled, 30)] {
        let Err(TrainError::OtherData { before, now }) = stopped.fit(&other) else { panic!("other data") };
        assert_eq!((before.samples, now.samples), (30, count));
        assert_ne!(before.hash, now.hash);
    }
    assert_eq!(stopped.fit(&points::<f32>(30)).map(|history| history.records().len()), Ok(4));
}

#[test]
fn a_file_cut_or_changed_at_any_byte_is_refused() {
    let folder = Folder::new("cut");
    let path = folder.file("net.safetensors");
    let mut saved = trainer();
    saved.fit(&points::<f32>(30)).expect("training");
    saved.save_checkpoint(&path).expect("room");
    let bytes = fs::read(&path).expect("a file");
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().expect("8 bytes")) as usize;
    let file = fs::File::options().write(true).open(&path).expect("the file");
    // A changed byte of the header is an error, and the trainer is as it was.
    let write_byte = |at: usize, byte: u8| {
        (&file).seek(SeekFrom::Start(at as u64)).and_then(|_| (&file).write_all(&[byte])).expect("room");
    };
    for (at, byte) in bytes[..header].iter().enumerate() {
        for change in [0x01, 0x10, 0x80] {
            write_byte(at, byte ^ change);
            assert!(trainer().resume(&path).is_err(), "byte {at} changed by {change}");
        }
        write_byte(at, *byte);
    }
    trainer().resume(&path).expect("the file is as it was");
    file.set_len(bytes.len() as u64 + 1).expect("room");
    assert!(matches!(trainer().resume(&path), Err(CheckpointError::File(FileError::Length { .. }))));
    let mut kept = trainer();
    for len in (0..bytes.len()).rev() {
        file.set_len(len as u64).expect("less room");
        let error = kept.resume(&path).expect_err("a part of a file");
        let fits = match &error {
            CheckpointError::File(FileError::Malformed { .. }) => len < header,
            CheckpointError::File(FileError::Length { expected, found, .. }) => {
                [*expected, *found] == [bytes.len(), len].map(|n| n as u64)
            }
            _ => false,
        };
        assert!(fits, "cut after {len} bytes: {error}");
        assert!(load_weights::<Net>(&path).is_err());
    }
    assert_eq!((kept.model().as_flat(), kept.steps()), (Net::seeded(1).as_flat(), 0), "the trainer is as it was");
}

/// The variable that tells the child process where to write.
const KILLED: &str = "TYPEDNET_KILLED";

/// How often a child process is killed: 200 times unless this says otherwise, some five seconds.
const KILLS: &str = "TYPEDNET_KILLS";

type Killed = Chain<Dense<30, 200, Relu>, Dense<200, 10>>;

fn killed() -> Trainer<Killed, SquaredError, GradientDescent> {
    Trainer::new(Killed::zeroed(), SquaredError::Mean, GradientDescent::new(0.0)).batch(1).quiet()
}

/// No test by itself: the child process of the next one. It makes steps and writes each down until it is killed.
#[test]
#[ignore = "runs until it is killed"]
fn writes_until_it_is_killed() {
    let Some(path) = std::env::var_os(KILLED) else { return };
    let path = Path::new(&path);
    // The parent holds the other end: whatever ends it closes this, and ends the child.
    std::thread::spawn(|| {
        _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let mut trainer = killed();
    if path.exists() {
        trainer.resume(path).expect("the old or the new checkpoint");
    }
    loop {
        trainer.step(&[[0.0; 30]], &[[0.0; 10]]).expect("a step");
        let step = trainer.steps() as f32;
        trainer.model_mut().as_flat_mut().fill(step);
        trainer.save_checkpoint(path).expect("room");
    }
}

/// A child process that writes to `path` until it is killed, or its standard input is closed.
fn writing(path: &Path) -> Child {
    Command::new(std::env::current_exe().expect("a program"))
        .args(["--exact", "checkpoint::writes_until_it_is_killed", "--ignored"])
        .env(KILLED, path)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child")
}

#[test]
fn a_writing_child_ends_with_its_parent() {
    let folder = Folder::new("orphan");
    let path = folder.file("net.safetensors");
    let mut child = writing(&path);
    while !path.exists() {
        std::thread::sleep(Duration::from_millis(1));
        assert!(child.try_wait().expect("a child").is_none(), "the child ended by itself");
    }
    // What the system does when the parent is gone.
    drop(child.stdin.take());
    let start = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        assert!(start.elapsed() < Duration::from_mins(1), "the child does not end");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_process_that_is_killed_leaves_the_old_or_the_new_checkpoint() {
    let kills = std::env::var(KILLS).map_or(20, |kills| kills.parse().expect("a number"));
    let folder = Folder::new("killed");
    let path = folder.file("net.safetensors");
    let mut last = 0;
    let mut in_the_middle = 0;
    for kill in 0..kills {
        let mut child = writing(&path);
        let written = || fs::metadata(&path).and_then(|data| data.modified()).ok();
        let before = written();
        while written() == before {
            std::thread::sleep(Duration::from_micros(200));
            assert!(child.try_wait().expect("a child").is_none(), "the child ended by itself");
        }
        std::thread::sleep(Duration::from_micros(Key::new(9).below(kill, 20_000)));
        child.kill().expect("a child to kill");
        child.wait().expect("its end");

        let left = folder.parts().len();
        assert!(left <= 1, "the next writer removes what a killed one has left: {left}");
        in_the_middle += left;
        let mut trainer = killed();
        trainer.resume(&path).expect("the old or the new checkpoint");
        assert!(trainer.steps() > last, "the checkpoint of {} steps after one of {last}", trainer.steps());
        last = trainer.steps();
        let step = last as f32;
        assert!(trainer.model().as_flat().iter().all(|w| w.to_bits() == step.to_bits()), "weights of two steps");
    }
    println!("{kills} kills, {in_the_middle} of them while a file was written, {last} steps");
    assert!(kills < 100 || in_the_middle > 0, "no kill came while a file was written");
}
