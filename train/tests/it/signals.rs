//! Ctrl-C and SIGTERM end a training after its step, with a checkpoint and a plain word; the second one ends the program.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use typednet_data::Dataset;
use typednet_layers::loss::SquaredError;
use typednet_layers::{Dense, Layer, Linear, Network};
use typednet_optim::GradientDescent;
use typednet_train::{Callback, CallbackResult, Checkpoints, Control, Interrupt, StepView, TrainError, Trainer};

/// The variable that tells the child process where to write.
const FOLDER: &str = "TYPEDNET_SIGNALLED";

/// The steps of an epoch, which would take most of a minute: a training that ends before has ended after a step.
const STEPS: usize = 20_000;

/// The variable that tells the child process to stay in a step.
const STUCK: &str = "TYPEDNET_STUCK";

/// Says when the first step is made, and makes each take some time.
struct Slow;

impl<M: Layer> Callback<M> for Slow {
    fn every_steps(&self) -> u64 {
        1
    }

    fn after_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        if view.step == 1 {
            println!("\nstepping");
        }
        let stuck = std::env::var_os(STUCK).is_some();
        // Not for ever: a child must not outlive a test that was killed.
        std::thread::sleep(Duration::from_millis(if stuck { 30_000 } else { 2 }));
        Ok(Control::Continue)
    }
}

/// No test by itself: the child process of the others.
#[test]
#[ignore = "trains until it is asked to end"]
fn trains_until_it_is_asked_to_end() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let data = Dataset::new(vec![[1.0_f32]; STEPS], vec![[2.0_f32]; STEPS]).expect("as many");
    let mut trainer = Trainer::new(Dense::<1, 1, Linear>::seeded(0), SquaredError::Mean, GradientDescent::new(0.001))
        .batch(1)
        .epochs(1)
        .checkpoints(Checkpoints::new(folder).every_epochs(0))
        .stop_on(Interrupt::on_signals().expect("signals"))
        .callback(Slow)
        .quiet();
    match trainer.fit(&data) {
        Err(error @ TrainError::Interrupted(_)) => println!("\n{error}"),
        ended => panic!("{ended:?}"),
    }
}

/// A child that has made its first step.
fn child(folder: &Path, stuck: bool) -> (Child, BufReader<ChildStdout>) {
    let mut command = Command::new(std::env::current_exe().expect("a program"));
    command.args(["--exact", "signals::trains_until_it_is_asked_to_end", "--ignored", "--nocapture"]);
    command.env(FOLDER, folder).stdout(Stdio::piped()).stderr(Stdio::null());
    if stuck {
        command.env(STUCK, "1");
    }
    let mut child = command.spawn().expect("a child");
    let mut out = BufReader::new(child.stdout.take().expect("its output"));
    let mut line = String::new();
    while line.trim() != "stepping" {
        line.clear();
        assert!(out.read_line(&mut line).expect("a line") > 0, "the child has ended");
    }
    (child, out)
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().expect("a signal");
    assert!(sent.success());
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("typednet-signals-{name}-{}", std::process::id()));
    _ = fs::remove_dir_all(&folder);
    folder
}

fn end(mut child: Child, mut out: BufReader<ChildStdout>) -> (ExitStatus, String) {
    let mut said = String::new();
    out.read_to_string(&mut said).expect("its output");
    (child.wait().expect("its end"), said)
}

#[test]
fn a_signal_ends_the_training_after_its_step_with_a_checkpoint() {
    for (name, words) in [("INT", "Ctrl-C (SIGINT)"), ("TERM", "SIGTERM")] {
        let folder = folder(name);
        let (child, out) = child(&folder, false);
        signal(&child, name);
        let (status, said) = end(child, out);
        assert!(status.success(), "{status}: {said}");
        assert!(said.contains(&format!("the training was ended by {words} after step ")), "{said}");
        let step: usize =
            said.split("after step ").nth(1).and_then(|rest| rest.split(',').next()?.parse().ok()).expect("a step");
        assert!(said.contains(", in epoch 1;") && (1..STEPS).contains(&step), "{said}");
        let newest = Checkpoints::newest(&folder).expect("a folder").expect("a checkpoint");
        assert!(said.contains(&format!("it goes on from `{}` by", newest.display())), "{said}");
        fs::remove_dir_all(folder).expect("it was made here");
    }
}

#[test]
fn the_second_signal_ends_the_program_at_once() {
    let folder = folder("twice");
    let (child, out) = child(&folder, true);
    signal(&child, "INT");
    // Two of one kind that come at the same moment are one.
    std::thread::sleep(Duration::from_millis(200));
    signal(&child, "INT");
    let (status, said) = end(child, out);
    assert_eq!(status.signal(), Some(2), "{status}: {said}");
    fs::remove_dir_all(folder).expect("it was made here");
}
