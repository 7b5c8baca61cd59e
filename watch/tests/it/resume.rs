//! A log of a run that was stopped goes on where the run goes on, and a log of a run that was killed holds what was measured.

use std::fs;
use std::path::{Path, PathBuf};

use typednet_data::Dataset;
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{Chain, Dense, Layer, Relu, Softmax};
use typednet_optim::Adam;
use typednet_tensor::Class;
use typednet_train::{Callback, CallbackResult, Checkpoints, Control, Interrupt, StepView, TrainError, Trainer};
use typednet_watch::{CsvFile, JsonLines, Monitor, TensorBoard};

type Net = Chain<Dense<2, 4, Relu>, Dense<4, 2, Softmax>>;

/// A folder of the test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("resume").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// 40 points: five batches in an epoch.
fn data() -> Dataset<[f32; 2], Class<2>> {
    let samples: Vec<[f32; 2]> = (0..40).map(|i| [(i % 8) as f32 - 3.5, (i / 8) as f32 - 2.0]).collect();
    let targets: Vec<Class<2>> = samples.iter().map(|[a, b]| Class::of_largest(&[*a, *b])).collect();
    Dataset::new(samples, targets).expect("as many")
}

/// Asks for the end after a step.
struct Ask(Interrupt, u64);

impl<M: Layer> Callback<M> for Ask {
    fn every_steps(&self) -> u64 {
        self.1
    }

    fn after_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        if view.step == self.1 {
            self.0.ask();
        }
        Ok(Control::Continue)
    }
}

/// The program that is started again: the same each time, but for its epochs and the step that ends it.
fn program(folder: &Path, epochs: usize, ends_after: u64, seed: u64, go_on: bool) -> Result<(), TrainError> {
    let monitor = Monitor::new()
        .every(2)
        .sink(JsonLines::create(folder.join("log.jsonl")).expect("a file"))
        .sink(CsvFile::create(folder.join("log.csv")).expect("a file"))
        .sink(TensorBoard::create(folder.join("board")).expect("a file"));
    let checkpoints = Checkpoints::new(folder.join("checkpoints")).every_epochs(1);
    let checkpoints = if go_on { checkpoints.resume() } else { checkpoints };
    let interrupt = Interrupt::new();
    Trainer::new(Net::seeded(seed), CrossEntropy, Adam::new(0.01))
        .batch(8)
        .epochs(epochs)
        .checkpoints(checkpoints)
        .stop_on(interrupt.clone())
        .callback(monitor)
        .callback(Ask(interrupt, ends_after))
        .quiet()
        .fit_validated(&data(), &data())
        .map(drop)
}

/// What the logs say, without times, which differ from run to run, and without findings, for which a monitor looks at the
/// measurements that it made itself.
fn logs(folder: &Path) -> [Vec<String>; 2] {
    let lines = |name: &str| {
        fs::read_to_string(folder.join(name)).expect("a log").lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let without = |line: String, from: &str| line.split(from).next().unwrap_or_default().to_owned();
    let measured = lines("log.jsonl").into_iter().filter(|line| !line.contains("\"type\":\"finding\""));
    let json = measured.map(|line| without(without(line, "\"name\":\"20"), "\"seconds\"")).collect();
    let csv = lines("log.csv").into_iter().map(|line| without(without(line, "begun,"), "seconds,")).collect();
    [json, csv]
}

#[test]
fn a_log_of_a_run_in_pieces_is_that_of_the_run_in_one() {
    let whole = folder("whole");
    program(&whole, 4, 0, 0, true).expect("training");
    let expected = logs(&whole);
    assert_eq!(expected[0].iter().filter(|line| line.contains("\"type\":\"epoch\"")).count(), 4);
    // Stopped in the middle of an epoch, with the last step of one, and after the last epoch that was asked for.
    for step in [1, 3, 5, 7, 10, 13] {
        let pieces = folder(&format!("pieces-{step}"));
        program(&pieces, 4, step, 0, true).expect_err("it is asked to end");
        program(&pieces, 4, 0, 0, true).expect("training");
        same(&logs(&pieces), &expected, &format!("stopped after step {step}"));
    }
    let pieces = folder("pieces-epochs");
    for epochs in 1..=4 {
        program(&pieces, epochs, 0, 0, true).expect("training");
        assert_eq!(logs(&pieces)[0].iter().filter(|line| line.contains("\"type\":\"epoch\"")).count(), epochs);
    }
    same(&logs(&pieces), &expected, "four times one epoch more");
}

#[test]
fn what_was_written_after_the_checkpoint_comes_once() {
    let (whole, killed) = (folder("once-whole"), folder("once"));
    program(&whole, 4, 0, 0, true).expect("training");
    program(&killed, 2, 0, 0, true).expect("training");
    // As a killed program leaves them: more than the checkpoint knows of, and a line that is torn.
    let (two, four) = (logs_raw(&killed), logs_raw(&whole));
    for (name, [two, four]) in ["log.jsonl", "log.csv"].into_iter().zip([[&two[0], &four[0]], [&two[1], &four[1]]]) {
        let more = four.lines().skip(two.lines().count()).take(3).collect::<Vec<_>>().join("\n");
        fs::write(killed.join(name), format!("{two}{more}\n{}", &more[..more.len() / 5])).expect("room");
    }
    program(&killed, 4, 0, 0, true).expect("training");
    same(&logs(&killed), &logs(&whole), "killed after the checkpoint");
}

/// Names the first line that differs.
#[track_caller]
fn same(found: &[Vec<String>; 2], expected: &[Vec<String>; 2], what: &str) {
    for (found, expected) in found.iter().zip(expected) {
        for (number, (found, expected)) in found.iter().zip(expected).enumerate() {
            assert!(found == expected, "{what}, line {number}: {found:.150} instead of {expected:.150}");
        }
        assert_eq!(found.len(), expected.len(), "{what}: the number of lines");
    }
}

fn logs_raw(folder: &Path) -> [String; 2] {
    ["log.jsonl", "log.csv"].map(|name| fs::read_to_string(folder.join(name)).expect("a log"))
}

#[test]
fn a_run_that_goes_on_does_not_write_into_the_log_of_another() {
    let folder = folder("other");
    program(&folder, 2, 0, 0, true).expect("training");
    let others = folder.join("others");
    fs::create_dir_all(&others).expect("a folder");
    program(&others, 2, 0, 1, true).expect("training");
    for name in ["log.jsonl", "log.csv"] {
        let own = fs::read(folder.join(name)).expect("a log");
        let other = fs::read(others.join(name)).expect("a log");
        for strange in [&other[..], b"some notes\n", b"no line"] {
            fs::write(folder.join(name), strange).expect("room");
            let error = program(&folder, 4, 0, 0, true).expect_err("another run's log").to_string();
            assert!(error.contains(&format!("{name}` is no log of the run 20")), "{error}");
            assert!(error.contains("choose another file, or move this one away"), "{error}");
            assert_eq!(fs::read(folder.join(name)).expect("a log"), strange, "it is as it was");
        }
        fs::write(folder.join(name), own).expect("room");
    }
    program(&folder, 4, 0, 0, true).expect("its own logs again");
}

#[test]
fn a_new_run_writes_in_the_place_of_the_old_one() {
    let folder = folder("new");
    program(&folder, 3, 0, 0, false).expect("training");
    let long = logs_raw(&folder);
    program(&folder, 1, 0, 0, false).expect("training");
    for (long, short) in long.iter().zip(logs_raw(&folder)) {
        assert!(short.len() < long.len() && long.lines().take(2).ne(short.lines().take(2)), "{short}");
    }
}

#[test]
fn a_sink_that_is_made_and_never_used_leaves_its_file_alone() {
    let folder = folder("unused");
    program(&folder, 1, 0, 0, true).expect("training");
    let before = logs_raw(&folder);
    drop(JsonLines::create(folder.join("log.jsonl")).expect("a file"));
    drop(CsvFile::create(folder.join("log.csv")).expect("a file"));
    assert_eq!(logs_raw(&folder), before);
}

/// Looks at the files of a training after some steps of its only epoch, and stops it.
struct Look(PathBuf, u64);

impl<M: Layer> Callback<M> for Look {
    fn every_steps(&self) -> u64 {
        self.1
    }

    fn after_step(&mut self, _: &StepView<'_, M>) -> CallbackResult {
        let [json, csv] = logs_raw(&self.0);
        let measured = json.lines().filter(|line| line.contains("\"type\":\"measurement\"")).count();
        assert!(measured > 0 && csv.contains("batch_loss"), "{json}\n{csv}");
        let board = fs::read_dir(self.0.join("board"))?.next().ok_or("an event file")??;
        assert!(board.metadata()?.len() > 100);
        if self.1 == 3 {
            assert_eq!(measured, 2, "what waited was written when its time had come");
            return Ok(Control::Stop);
        }
        Ok(Control::Continue)
    }
}

/// Makes the third step come some seconds after the second.
struct Wait;

impl<M: Layer> Callback<M> for Wait {
    fn every_steps(&self) -> u64 {
        2
    }

    fn after_step(&mut self, _: &StepView<'_, M>) -> CallbackResult {
        std::thread::sleep(std::time::Duration::from_millis(2100));
        Ok(Control::Continue)
    }
}

#[test]
fn a_long_epoch_leaves_its_measurements_on_disk() {
    let folder = folder("long");
    let monitor = Monitor::new()
        .every(2)
        .sink(JsonLines::create(folder.join("log.jsonl")).expect("a file"))
        .sink(CsvFile::create(folder.join("log.csv")).expect("a file"))
        .sink(TensorBoard::create(folder.join("board")).expect("a file"));
    // Measured are steps 1 and 2; step 3, which is not, comes after the time that a measurement may wait.
    Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.01))
        .batch(8)
        .epochs(1)
        .callback(monitor)
        .callback(Look(folder.clone(), 1))
        .callback(Wait)
        .callback(Look(folder, 3))
        .quiet()
        .fit(&data())
        .expect("it is stopped");
}
