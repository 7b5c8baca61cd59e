//! One training, whoever computes it.

use typednet::optim::Adam;
use typednet::prelude::*;
use typednet_train::{Checkpoints, Data, EarlyStopping, MacroF1, TopK};

use crate::team::{Digits, Folder, LeNet, Made, Mlp, Of, PATIENCE, Rows, StopAfter, digits, together, trainer};

/// What 50 steps make, on one process without ranks and on several with any number of threads, in one go and from a checkpoint
/// that another number of ranks has written.
fn one_training<M: Digits>(
    name: &str,
    train: &(impl Data<M::In, Class<10>> + Sync),
    test: &(impl Data<M::In, Class<10>> + Sync),
) {
    let until = |step: u64| trainer::<M>().callback(StopAfter(step)).metric(TopK::<3>::new());
    let train_on = |mut trainer: Of<M>| {
        trainer.fit_validated(train, test).expect("training");
        Made::by(&trainer)
    };
    let alone = train_on(until(50));
    assert_eq!(alone.steps, 50);
    assert!(alone != train_on(until(50).shards(4)), "{name}: the number of shards counts");
    for (size, threads) in [(1, 2), (2, 1), (2, 2), (4, 1), (8, 1), (8, 2)] {
        let made = together(size, PATIENCE, |_, ranks| train_on(until(50).ranks(ranks).threads(threads)));
        for (rank, made) in made.iter().enumerate() {
            assert!(*made == alone, "{name}: rank {rank} of {size} with {threads} threads");
        }
    }
    for (first, then) in [(2, 4), (8, 1), (1, 2)] {
        let folder = Folder::new(name);
        // 22 steps: in the middle of the third epoch, two steps after the newest checkpoint.
        let kept = || Checkpoints::new(&folder.0).every_steps(5).resume();
        let interrupted = together(first, PATIENCE, |_, ranks| train_on(until(22).ranks(ranks).checkpoints(kept())));
        assert!(interrupted.iter().all(|made| *made == interrupted[0] && made.steps == 22));
        let made = together(then, PATIENCE, |_, ranks| train_on(until(50).ranks(ranks).checkpoints(kept())));
        assert!(made.iter().all(|made| *made == alone), "{name}: {first} ranks, and then {then}");
        assert_eq!(Checkpoints::runs(&folder.0).expect("a folder").len(), 1, "rank 0 alone writes one run");
    }
}

#[test]
fn a_row_network_with_dropout_and_normalisation_is_one_on_any_number_of_ranks() {
    let (train, test) = digits();
    one_training::<Mlp>("mlp", &train, &test);
}

#[test]
fn a_convolutional_network_is_one_on_any_number_of_ranks() {
    let (train, test) = digits();
    one_training::<LeNet>("lenet", &train.reshape::<[[[u8; 1]; 28]; 28]>(), &test.reshape::<[[[u8; 1]; 28]; 28]>());
}

#[test]
fn a_recurrent_network_is_one_on_any_number_of_ranks() {
    let (train, test) = digits();
    one_training::<Rows>("gru", &train.reshape::<[[u8; 28]; 28]>(), &test.reshape::<[[u8; 28]; 28]>());
}

/// What stands around a step too: averages, steps of several batches, batches ahead, the best weights put back, and validation that is
/// shared out.
#[test]
fn what_stands_around_a_step_is_one_on_any_number_of_ranks() {
    let (train, test) = digits();
    let made = |of: &dyn Fn(Of<Mlp>) -> Of<Mlp>| {
        let trainer = Trainer::new(Mlp::seeded(1), typednet::loss::CrossEntropy, Adam::new(0.02)).batch(24).shards(4);
        let trainer = trainer.accumulate(2).average(0.9).clip_norm(0.5).gather_ahead().epochs(6).quiet();
        let mut trainer = of(trainer.callback(EarlyStopping::new().patience(2)));
        trainer.fit_validated(&train, &test).expect("training");
        // A second call goes on, and own batches do too.
        trainer.fit(&train).expect("training");
        trainer.step(&vec![[0.5; 784]; 10], &[Class::new(3).expect("a class"); 10]).expect("a step");
        trainer.step(&vec![[0.25; 784]; 9], &[Class::new(1).expect("a class"); 9]).expect("a step");
        Made::by(&trainer)
    };
    let alone = made(&|trainer| trainer);
    for size in [2, 4] {
        let all = together(size, PATIENCE, |_, ranks| {
            let ranks = std::sync::Mutex::new(Some(ranks));
            made(&|trainer| trainer.ranks(ranks.lock().expect("no panic").take().expect("ranks")))
        });
        assert!(all.iter().all(|made| *made == alone), "{size} ranks");
    }
}

/// A loop of one's own over the epochs; and rank 0's weights are everybody's, whatever the others began with.
#[test]
fn epochs_by_hand_are_one_on_any_number_of_ranks_and_begin_from_rank_0() {
    let (train, test) = digits();
    let made = |mut trainer: Of<Mlp>| {
        for _ in 0..2 {
            trainer.epoch(&train).expect("training");
        }
        let loss = trainer.evaluate(&test).expect("data").loss;
        (Made::by(&trainer), loss.to_bits())
    };
    let alone = made(trainer().metric(MacroF1::new()));
    let all = together(4, PATIENCE, |rank, ranks| {
        let mut trainer = trainer::<Mlp>().metric(MacroF1::new()).ranks(ranks);
        if rank > 0 {
            trainer.model_mut().as_flat_mut().fill(0.5);
        }
        made(trainer)
    });
    assert!(all.iter().all(|made| *made == alone));
}
