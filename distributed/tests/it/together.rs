//! What could part the ranks in silence does not: what one of them alone knows, has changed or was given.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use typednet::loss::WeightedCrossEntropy;
use typednet::optim::Adam;
use typednet::prelude::*;
use typednet_train::{
    Callback, CallbackResult, Checkpoints, Control, EarlyStopping, Interrupt, RanksError, RunView, StepView, TrainError,
};

use crate::team::{Folder, Made, Mlp, Of, PATIENCE, StopAfter, digits, together, trainer};

/// Looks at the first steps and then more rarely, as a monitor does. It stops at step 14.
#[derive(Default)]
struct Rarer {
    seen: u64,
}

impl<M: Layer> Callback<M> for Rarer {
    fn every_steps(&self) -> u64 {
        if self.seen < 3 { 1 } else { 7 }
    }

    fn after_step(&mut self, view: &StepView<'_, M>) -> CallbackResult {
        self.seen += 1;
        Ok(if view.step == 14 { Control::Stop } else { Control::Continue })
    }
}

#[test]
fn a_callback_may_change_how_often_it_looks() {
    let (train, _) = digits();
    let made = |mut trainer: Of<Mlp>| {
        trainer.fit(&train).expect("training");
        Made::by(&trainer)
    };
    let alone = made(trainer().callback(Rarer::default()));
    assert_eq!(alone.steps, 14);
    for size in [2, 4] {
        let all = together(size, PATIENCE, |_, ranks| made(trainer().callback(Rarer::default()).ranks(ranks)));
        assert!(all.iter().all(|made| *made == alone), "{size} ranks");
    }
}

/// Rank 0 has the best weights, and its change of the weights is the one that counts.
#[test]
fn weights_that_are_changed_by_hand_are_those_of_rank_0_on_all() {
    let (train, test) = digits();
    let batch = (vec![[0.5; 784]; 16], [Class::new(3).expect("a class"); 16]);
    let made = |rank: usize, trainer: Of<Mlp>| {
        let mut trainer = trainer.epochs(2).callback(EarlyStopping::new().patience(usize::MAX));
        trainer.fit_validated(&train, &test).expect("training");
        trainer.step(&batch.0, &batch.1).expect("a step");
        assert_eq!(trainer.put_best_back().is_some(), rank == 0, "rank {rank}");
        trainer.step(&batch.0, &batch.1).expect("a step");
        let put_back = Made::by(&trainer);
        trainer.put_best_back();
        trainer.epoch(&train).expect("an epoch");
        trainer.model_mut().as_flat_mut().iter_mut().for_each(|weight| *weight *= 0.5 / (rank + 1) as f32);
        trainer.epoch(&train).expect("an epoch");
        (put_back, Made::by(&trainer))
    };
    let alone = made(0, trainer());
    let all = together(4, PATIENCE, |rank, ranks| made(rank, trainer().ranks(ranks)));
    for (rank, made) in all.iter().enumerate() {
        assert!(made.0 == alone.0, "the best weights on rank {rank}");
        assert!(made.1 == alone.1, "the changed weights on rank {rank}");
    }
}

#[test]
fn settings_that_are_changed_between_two_steps_are_compared_again() {
    let all = together(2, PATIENCE, |rank, ranks| {
        let mut trainer = trainer::<Mlp>().ranks(ranks);
        let (x, targets) = (vec![[0.5; 784]; 16], [Class::new(3).expect("a class"); 16]);
        let mut step = |rate: f64| {
            *trainer.optimizer_mut() = Adam::new(rate);
            trainer.step(&x, &targets)
        };
        step(0.01).and(step(0.02)).expect("all have the same");
        step(if rank == 0 { 0.03 } else { 0.04 }).expect_err("rank 1 has another rate").to_string()
    });
    assert!(
        all.iter().all(|said| said.starts_with("rank 1 does not train the same as rank 0; optimiser is")),
        "{all:?}"
    );
}

/// A loss of one type may have numbers of its own, which a checkpoint knows again too.
#[test]
fn losses_of_one_type_with_other_numbers_are_not_the_same() {
    let (train, _) = digits();
    let trainer = |smoothing: f64| {
        let loss = WeightedCrossEntropy::<10>::smoothed(smoothing);
        Trainer::new(Mlp::seeded(7), loss, Adam::new(2e-3)).batch(32).shards(8).epochs(1).quiet()
    };
    let all = together(2, PATIENCE, |rank, ranks| {
        let smoothing = [0.125, 0.25][rank];
        trainer(smoothing).ranks(ranks).fit(&train).expect_err("they cannot train together").to_string()
    });
    let differ = "settings of the loss is smoothing 0.125 on rank 0 and smoothing 0.25 on rank 1;";
    assert!(all.iter().all(|said| said.contains(differ)), "{all:?}");

    let folder = Folder::new("loss");
    std::fs::create_dir_all(&folder.0).expect("a folder");
    let file = folder.0.join("one.safetensors");
    let mut made = trainer(0.125);
    made.fit(&train).expect("training");
    made.save_checkpoint(&file).expect("a file");
    trainer(0.125).resume(&file).expect("the same loss");
    let said = trainer(0.25).resume(&file).expect_err("another loss").to_string();
    assert!(said.contains("settings of the loss") && said.contains("smoothing 0.125"), "{said}");
}

/// Each rank is given the batch of a step of one's own, and all must be given the same.
#[test]
fn batches_that_differ_are_found() {
    type Given = (usize, f32, usize);
    let class = |class: usize| Class::<10>::new(class).expect("a class");
    let says = |given: [Given; 2]| {
        together(2, PATIENCE, |rank, ranks| {
            let (rows, pixel, target) = given[rank];
            let mut x = vec![[0.5; 784]; rows];
            // In the rows of rank 1 of which rank 0 computes nothing.
            x[rows - 1][7] = pixel;
            let error = trainer::<Mlp>().ranks(ranks).step(&x, &vec![class(target); rows]).err();
            error.map(|error| error.to_string()).unwrap_or_default()
        })
    };
    assert_eq!(says([(24, 0.25, 3), (24, 0.25, 3)]), ["", ""], "the same batch");
    let rows = says([(24, 0.25, 3), (32, 0.25, 3)]);
    assert!(
        rows.iter().any(|said| said.contains("step 1 on a batch of 24 rows, found step 1 on a batch of 32 rows")),
        "{rows:?}"
    );
    for other in [(24, 0.75, 3), (24, 0.25, 4)] {
        let said = says([(24, 0.25, 3), other]);
        assert!(said.iter().all(|said| !said.is_empty()), "{said:?}");
        assert!(said.iter().any(|said| said.contains("expected step 1 on a batch of mark ")), "{said:?}");
    }
}

/// Rank 1 computes the second half of the rows, and names one of the batch.
#[test]
fn the_row_of_a_bad_sample_is_that_of_the_batch_on_every_rank() {
    let mut x = vec![[0.5; 784]; 32];
    x[20][3] = f32::NAN;
    let all = together(2, PATIENCE, |_, ranks| {
        let targets = [Class::new(1).expect("a class"); 32];
        trainer::<Mlp>().ranks(ranks).step(&x, &targets).expect_err("it is not finite").to_string()
    });
    assert!(all[1].contains("sample 20 of the data holds a value that is not finite"), "{}", all[1]);
}

/// Writes for a while when a call of `fit` ends within an epoch.
struct Writes(Arc<AtomicBool>);

impl<M: Layer> Callback<M> for Writes {
    fn pause(&mut self) -> CallbackResult {
        thread::sleep(Duration::from_millis(400));
        self.0.store(true, Ordering::SeqCst);
        Ok(Control::Continue)
    }
}

/// A launcher that sees one rank end may end the others: none ends before all is written.
#[test]
fn nobody_ends_before_rank_0_has_written() {
    let (train, _) = digits();
    let written = Arc::new(AtomicBool::new(false));
    let all = together(4, PATIENCE, |rank, ranks| {
        let interrupt = Interrupt::new();
        if rank == 2 {
            interrupt.ask();
        }
        let mut trainer = trainer::<Mlp>().callback(Writes(Arc::clone(&written))).stop_on(interrupt).ranks(ranks);
        let error = trainer.fit(&train).expect_err("rank 2 was asked");
        (matches!(error, TrainError::Interrupted(_)), written.load(Ordering::SeqCst))
    });
    assert_eq!(all, [(true, true); 4]);
}

#[test]
fn batches_that_wait_for_a_step_go_on_waiting_when_a_call_of_fit_begins() {
    let (train, _) = digits();
    let made = |trainer: Of<Mlp>| {
        let mut trainer = trainer.accumulate(4).epochs(1);
        for pixel in [0.25, 0.75] {
            trainer.step(&vec![[pixel; 784]; 16], &[Class::new(3).expect("a class"); 16]).expect("half of a step");
        }
        assert_eq!(trainer.steps(), 0);
        trainer.fit(&train).expect("training");
        Made::by(&trainer)
    };
    let alone = made(trainer());
    let all = together(2, PATIENCE, |_, ranks| made(trainer().ranks(ranks)));
    assert!(all.iter().all(|made| *made == alone));
}

/// Fails before the first step of a call of `fit`, where it is asked to.
struct Fails(bool);

impl<M: Layer> Callback<M> for Fails {
    fn run(&mut self, _: &RunView<'_>) -> CallbackResult {
        if self.0 { Err("the disk is full".into()) } else { Ok(Control::Continue) }
    }
}

/// Before a training that goes on has written a checkpoint, the newest is the one that it goes on from.
#[test]
fn the_newest_checkpoint_is_named_after_a_resume_too() {
    let (train, _) = digits();
    let folder = Folder::new("newest");
    let fit = |fails: bool| {
        together(2, PATIENCE, |_, ranks| {
            let kept = Checkpoints::new(&folder.0).every_steps(5).resume();
            trainer::<Mlp>()
                .callback(StopAfter(10))
                .callback(Fails(fails))
                .checkpoints(kept)
                .ranks(ranks)
                .fit(&train)
                .err()
        })
    };
    assert_eq!(fit(false), [None, None]);
    let all = fit(true);
    assert!(matches!(all[0], Some(TrainError::Callback { .. })), "{all:?}");
    let Some(TrainError::Ranks { error: RanksError::Lost { rank: 0, .. }, checkpoint: Some(path) }) = &all[1] else {
        panic!("{all:?}");
    };
    assert!(path.is_file() && path.ends_with("step-000000000010.safetensors"), "{}", path.display());
}
