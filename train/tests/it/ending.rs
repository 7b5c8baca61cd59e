//! However a training ends, its best weights can be had, and it says why it ended.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use typednet_data::Dataset;
use typednet_layers::loss::SquaredError;
use typednet_layers::{Dense, Layer, Linear, Network};
use typednet_optim::GradientDescent;
use typednet_optim::schedule::Schedule;
use typednet_tensor::Flat;
use typednet_train::{
    By, Callback, CallbackResult, Checkpoints, Control, EarlyStopping, EpochView, Interrupt, Interrupted, NotFinite,
    StepView, TrainError, Trainer,
};

type Line = Dense<2, 1, Linear>;

fn data() -> Dataset<[f32; 2], [f32; 1]> {
    let samples: Vec<[f32; 2]> = (0..32).map(|i| [(i as f32).sin(), (i as f32).cos()]).collect();
    let targets: Vec<[f32; 1]> = samples.iter().map(|[x, y]| [x - y]).collect();
    Dataset::new(samples, targets).expect("as many targets as samples")
}

/// Learns for 20 steps, is driven away for 5, and explodes after that.
struct Jump;

impl Schedule for Jump {
    fn factor(&self, step: u64) -> f64 {
        match step {
            0..20 => 1.0,
            20..25 => 40.0,
            _ => 1e30,
        }
    }
}

fn trainer() -> Trainer<Line, SquaredError, GradientDescent> {
    Trainer::new(Line::seeded(0), SquaredError::Mean, GradientDescent::new(0.1))
        .batch(32)
        .epochs(60)
        .schedule(Jump)
        .quiet()
}

fn keeping_the_best() -> Trainer<Line, SquaredError, GradientDescent> {
    trainer().callback(EarlyStopping::new().patience(usize::MAX))
}

/// Stops or fails after a step or an epoch.
struct End {
    step: u64,
    epoch: usize,
    fails: bool,
}

impl End {
    fn say(&self) -> CallbackResult {
        if self.fails { Err("no room".into()) } else { Ok(Control::Stop) }
    }
}

impl<M: Layer> Callback<M> for End {
    fn every_steps(&self) -> u64 {
        self.step
    }

    fn after_step(&mut self, _: &StepView<'_, M>) -> CallbackResult {
        self.say()
    }

    fn epoch(&mut self, view: &EpochView<'_, M>) -> CallbackResult {
        if view.record().epoch == self.epoch { self.say() } else { Ok(Control::Continue) }
    }
}

/// The loss of the best model, the loss that the best epoch had, and that of the model that is left.
fn losses(mut trainer: Trainer<Line, SquaredError, GradientDescent>) -> [f64; 3] {
    let data = data();
    let best = trainer.history().best().expect("an epoch").validation.expect("it was validated").loss;
    let left = trainer.evaluate(&data).expect("an evaluation").loss;
    let model = trainer.best_model().expect("it was kept").as_flat().to_vec();
    assert!(trainer.put_best_back().is_some());
    assert_eq!(trainer.model().as_flat(), model);
    [trainer.evaluate(&data).expect("an evaluation").loss, best, left]
}

#[test]
fn the_best_weights_are_put_back_after_a_number_that_is_not_finite() {
    let mut trainer = keeping_the_best();
    let error = trainer.fit_validated(&data(), &data()).expect_err("it explodes");
    let TrainError::NotFinite(NotFinite { put_back: Some(best), epoch, .. }) = error else { panic!("{error}") };
    assert_eq!(best, trainer.history().best().expect("an epoch").epoch);
    assert!(best + 1 < epoch, "the best epoch {best} was not the last before {epoch}");
    let words = format!("(the weights of epoch {best}, the best so far, were put back)");
    assert!(error.to_string().ends_with(&words), "{error}");
    let [kept, best, left] = losses(trainer);
    assert_eq!((kept.to_bits(), left.to_bits()), (best.to_bits(), best.to_bits()));
}

#[test]
fn without_anybody_who_keeps_the_best_the_model_is_that_before_the_step() {
    let mut trainer = trainer();
    let error = trainer.fit_validated(&data(), &data()).expect_err("it explodes");
    assert!(matches!(&error, TrainError::NotFinite(NotFinite { put_back: None, .. })));
    assert!(error.to_string().ends_with("(the model is as it was before this step)"), "{error}");
    assert!(trainer.best_model().is_none() && trainer.put_best_back().is_none());
}

#[test]
fn the_best_weights_can_be_had_after_a_stop_or_an_error_of_a_callback() {
    for fails in [false, true] {
        for end in [End { step: 24, epoch: 0, fails }, End { step: 0, epoch: 24, fails }] {
            let in_epoch = end.epoch == 0;
            let mut trainer = keeping_the_best().callback(end);
            let ended = trainer.fit_validated(&data(), &data());
            assert_eq!(ended.is_err(), fails, "{ended:?}");
            let [kept, best, left] = losses(trainer);
            assert_eq!(kept.to_bits(), best.to_bits());
            // Only a training that ended by itself after an epoch has them put back already.
            assert_eq!(left.to_bits() == best.to_bits(), !fails && !in_epoch);
        }
    }
}

/// Asks for the end in a step.
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

/// A folder of its own for each test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("typednet-ending-{name}-{}", std::process::id()));
        _ = std::fs::remove_dir_all(&path);
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_request_ends_the_training_after_the_step_with_a_checkpoint() {
    let (folder, data) = (Folder::new("asked"), data());
    let calm = || trainer().schedule(typednet_optim::schedule::Exponential::new(1.0)).batch(10).epochs(3);
    // Four steps in an epoch: in the middle of one, at the end of one, and within a step of several batches.
    for (step, batches, ends_after, epoch) in [(5, 1, 5, 2), (8, 1, 8, 2), (2, 3, 2, 1), (3, 3, 3, 2)] {
        let interrupt = Interrupt::new();
        let mut asked = calm().accumulate(batches).checkpoints(Checkpoints::new(&folder.0).every_epochs(0));
        asked = asked.stop_on(interrupt.clone()).callback(Ask(interrupt.clone(), step));
        let error = asked.fit_validated(&data, &data).expect_err("it was asked to end");
        let TrainError::Interrupted(Interrupted { by: By::Program, epoch: found, step, checkpoint: Some(path) }) =
            &error
        else {
            panic!("{error}")
        };
        assert_eq!((*found, *step, asked.steps()), (epoch, ends_after, ends_after));
        let words =
            format!("the training was ended by the program after step {step}, in epoch {epoch}; it goes on from `");
        assert!(error.to_string().starts_with(&words), "{error}");
        // It stays asked: the next call ends before its first step.
        assert!(matches!(asked.fit_validated(&data, &data), Err(TrainError::Interrupted(_))));
        assert_eq!(asked.steps(), ends_after);

        let mut resumed = calm().accumulate(batches).callback(Ask(Interrupt::new(), 0));
        resumed.resume(path).expect("the checkpoint");
        let mut alone = calm().accumulate(batches);
        alone.fit_validated(&data, &data).expect("training");
        resumed.fit_validated(&data, &data).expect("training");
        assert_eq!(resumed.model().as_flat(), alone.model().as_flat(), "with a checkpoint, after step {ends_after}");
        // Or in the same program, once that is allowed again.
        interrupt.clear();
        let done = asked.history().records().len();
        asked = asked.epochs(3 - done);
        asked.fit_validated(&data, &data).expect("training");
        assert_eq!(asked.model().as_flat(), alone.model().as_flat(), "in the same program, after step {ends_after}");
    }
}

#[test]
fn a_request_without_checkpoints_says_that_nothing_was_written() {
    let interrupt = Interrupt::new();
    interrupt.ask();
    let error = trainer().stop_on(interrupt).fit(&data()).expect_err("it was asked to end");
    assert_eq!(
        error.to_string(),
        "the training was ended by the program after step 0, in epoch 1; nothing was written, as `Trainer::checkpoints` was \
         not asked for any"
    );
}

/// Hears what callbacks are told.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl<M: Layer> Callback<M> for Heard {
    fn run(&mut self, view: &typednet_train::RunView<'_>) -> CallbackResult {
        self.0.lock().expect("one thread").push(format!("run at step {}, {} epochs", view.step, view.epochs));
        Ok(Control::Continue)
    }

    fn pause(&mut self) -> CallbackResult {
        self.0.lock().expect("one thread").push("pause".into());
        Ok(Control::Continue)
    }

    fn failed(&mut self, error: &TrainError) -> CallbackResult {
        let kind = if matches!(error, TrainError::NotFinite(_)) { "not finite" } else { "other" };
        self.0.lock().expect("one thread").push(format!("failed: {kind}"));
        Err("left out".into())
    }
}

#[test]
fn callbacks_hear_how_a_training_ends() {
    let heard = Heard::default();
    let mut trainer = trainer().epochs(20).callback(heard.clone()).callback(End { step: 21, epoch: 0, fails: false });
    trainer.fit(&data()).expect("training");
    trainer.fit(&data()).expect("it stops in epoch 21");
    trainer.fit(&data()).expect_err("it explodes");
    let heard = heard.0.lock().expect("one thread").clone();
    assert_eq!(
        heard,
        [
            "run at step 0, 0 epochs",
            "run at step 20, 20 epochs",
            "pause",
            "run at step 21, 20 epochs",
            "failed: not finite"
        ]
    );
}

#[test]
fn early_stopping_says_where_it_stopped_and_what_came_back() {
    let mut early = EarlyStopping::<Line>::new().patience(2);
    let of = |loss| typednet_train::Evaluation { loss, accuracy: None };
    let record = |epoch: usize, loss: f64| typednet_train::Record {
        epoch,
        training: of(loss),
        validation: None,
        learning_rate: 0.1,
        seconds: 0.0,
    };
    assert_eq!(Callback::<Line>::said(&early), None);
    let model = Line::seeded(0);
    let records = [record(1, 0.5), record(2, 0.25), record(3, 0.3), record(4, 0.4)];
    let said = |early: &mut EarlyStopping<Line>, epochs: usize| {
        let _ = early.resume(&records[..epochs].iter().copied().collect(), Some(&model));
        early.said()
    };
    assert_eq!(said(&mut early, 2).as_deref(), Some("the best was epoch 2 (loss 0.2500)"));
    assert_eq!(said(&mut early, 3).as_deref(), Some("the best was epoch 2 (loss 0.2500); its weights were put back"));
    assert_eq!(
        said(&mut early, 4).as_deref(),
        Some(
            "stopped early after epoch 4: 2 epochs in a row were no better; the best was epoch 2 (loss 0.2500); its weights were put back"
        )
    );
}
