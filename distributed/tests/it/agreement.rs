//! Ranks that do not train the same, or not any more: all of them hear of it, by number.

use typednet::loss::SquaredError;
use typednet::optim::Adam;
use typednet::prelude::*;
use typednet_layers::Frozen;
use typednet_train::{Interrupt, Interrupted, RanksError, TrainError};

use crate::team::{Mlp, Of, PATIENCE, digits, together, trainer};

fn fit(mut trainer: Of<Mlp>, train: &Dataset<[u8; 784], Class<10>>) -> TrainError {
    trainer.fit(train).expect_err("they cannot train together")
}

#[test]
fn a_rank_that_differs_is_named_on_all() {
    let (train, test) = digits();
    let says = |change: &(dyn Fn(Of<Mlp>) -> (Of<Mlp>, bool) + Sync)| {
        let all = together(4, PATIENCE, |rank, ranks| {
            let (trainer, other_data) = if rank >= 2 { change(trainer()) } else { (trainer(), false) };
            fit(trainer.ranks(ranks), if other_data { &test } else { &train })
        });
        assert!(all.iter().all(|error| *error == all[0]), "{all:?}");
        assert!(matches!(all[0], TrainError::Ranks { error: RanksError::Differ { rank: 2, .. }, checkpoint: None }));
        all[0].to_string()
    };
    let said = says(&|trainer| (trainer.batch(16).seed(6), false));
    assert_eq!(
        said,
        "rank 2 does not train the same as rank 0; batch size is 32 on rank 0 and 16 on rank 2; seed is 5 on rank 0 and 6 on \
         rank 2; start the same program with the same settings and data on all of them"
    );
    let said = says(&|trainer| (trainer, true));
    assert!(said.contains("; training data is 264 samples of mark") && said.contains("76 samples of mark"), "{said}");
    let said = says(&|trainer| (trainer.shards(16), false));
    assert!(said.contains("; shards is 8 on rank 0 and 16 on rank 2; "), "{said}");
    let said = says(&|trainer| (trainer.precision(Precision::Bf16Portable), false));
    assert!(said.contains("; precision is not set on rank 0 and bf16 portable on rank 2; "), "{said}");
    let said = says(&|mut trainer| {
        *trainer.optimizer_mut() = Adam::new(0.5);
        (trainer.epochs(9), false)
    });
    assert!(said.contains("epochs is 8 on rank 0 and 9 on rank 2; optimiser is Adam"), "{said}");
}

network! { struct Narrow: 784 => Dense<8, Relu> => Dense<10, Softmax> }

#[test]
fn a_rank_with_another_network_is_named_on_all() {
    let (train, _) = digits();
    let all = together(2, PATIENCE, |rank, ranks| {
        if rank == 0 {
            return fit(trainer().ranks(ranks), &train);
        }
        let other = Trainer::new(Narrow::seeded(7), CrossEntropy, Adam::new(2e-3));
        let mut other = other.batch(32).shards(8).epochs(8).seed(5).quiet().ranks(ranks);
        other.fit(&train).expect_err("they cannot train together")
    });
    assert_eq!(all[0], all[1]);
    let said = all[0].to_string();
    assert!(
        said.starts_with("rank 1 does not train the same as rank 0; network is Mlp(") && said.contains("and Narrow("),
        "{said}"
    );
}

#[test]
fn a_number_of_ranks_that_cannot_share_the_shards_is_refused_in_words() {
    let (train, _) = digits();
    let says = |size: usize, shards: usize| {
        let all = together(size, PATIENCE, |_, ranks| fit(trainer().shards(shards).ranks(ranks), &train));
        assert!(all.iter().all(|error| *error == all[0]), "{all:?}");
        all[0].to_string()
    };
    let must = "but their number must be a power of two that divides that of the shards; start";
    assert_eq!(says(3, 8), format!("3 ranks cannot share 8 shards, {must} 1, 2, 4 or 8"));
    assert_eq!(says(4, 2), format!("4 ranks cannot share 2 shards, {must} 1 or 2"));
    let said = says(2, 1);
    assert!(
        said.starts_with("2 ranks cannot share a batch that is one piece: cut it with `Trainer::shards`"),
        "{said}"
    );
}

#[test]
fn an_error_of_one_rank_is_an_error_on_all() {
    let (train, _) = digits();
    let bad = train.samples().iter().map(|_| [f32::INFINITY; 784]).collect::<Vec<_>>();
    let bad = Dataset::new(bad, train.targets().to_vec()).expect("samples");
    let all = together(4, PATIENCE, |rank, ranks| {
        let mut trainer = trainer::<Mlp>().ranks(ranks);
        if rank == 1 { trainer.fit(&bad) } else { trainer.fit(&train) }.expect_err("they cannot train together")
    });
    let own = "element 0 of sample 0 of the training data is inf, but a network reads finite numbers; clean the data, or fill the gap";
    for (rank, error) in all.iter().enumerate() {
        let expected = if rank == 1 { own.to_owned() } else { format!("rank 1 has ended the training: {own}") };
        assert_eq!(error.to_string(), expected, "rank {rank}");
    }
}

#[test]
fn numbers_that_explode_are_one_error_on_all() {
    let (train, _) = digits();
    let exploding = || {
        let mut trainer = trainer::<Mlp>();
        *trainer.optimizer_mut() = Adam::new(1e38);
        trainer
    };
    let alone = fit(exploding(), &train);
    assert!(matches!(alone, TrainError::NotFinite(_)), "{alone}");
    let all = together(2, PATIENCE, |_, ranks| fit(exploding().ranks(ranks), &train));
    assert!(all.iter().all(|error| error.to_string() == alone.to_string()), "{all:?}");
}

/// Whoever is asked, all end after the same step, and go on together.
#[test]
fn a_request_to_one_rank_ends_all_after_the_same_step() {
    let (train, _) = digits();
    let all = together(4, PATIENCE, |rank, ranks| {
        let interrupt = Interrupt::new();
        let mut trainer = trainer::<Mlp>().ranks(ranks).epochs(1).stop_on(interrupt.clone());
        trainer.epoch(&train).expect("nobody is asked, and no callback is called");
        if rank == 3 {
            interrupt.ask();
        }
        let error = trainer.fit(&train).expect_err("rank 3 was asked");
        interrupt.clear();
        trainer.fit(&train).expect("training");
        (error, trainer.steps())
    });
    for (error, steps) in all {
        assert!(matches!(error, TrainError::Interrupted(Interrupted { step: 9, checkpoint: None, .. })), "{error}");
        assert_eq!(steps, 18);
    }
}

#[test]
fn a_step_of_ones_own_is_refused_where_there_are_ranks() {
    let all = together(2, PATIENCE, |_, ranks| {
        let error = trainer::<Mlp>().ranks(ranks).step_with(4, |_| 0.0).expect_err("it cannot be cut");
        assert!(error.to_string().starts_with("a step of one's own cannot be shared by several ranks"), "{error}");
    });
    assert_eq!(all.len(), 2);
}

/// Without a gradient too, the ranks add up the loss and compare the batch.
#[test]
fn a_network_of_which_nothing_is_trained_has_the_loss_of_all() {
    type Held = Trainer<Frozen<Dense<2, 2, Linear>>, SquaredError, Adam>;
    let step = |trainer: Held, rows: usize| {
        let (x, targets) = (vec![[0.5, -1.0]; rows], vec![[1.0, 2.0]; rows]);
        trainer.batch(8).shards(8).quiet().step(&x, &targets).map_err(|error| error.to_string())
    };
    let new = || -> Held { Trainer::new(Frozen::<Dense<2, 2, Linear>>::seeded(7), SquaredError::Mean, Adam::new(0.1)) };
    let alone = step(new(), 8).expect("a step");
    assert!(alone > 0.0);
    for loss in together(4, PATIENCE, |_, ranks| step(new().ranks(ranks), 8)) {
        assert_eq!(loss, Ok(alone));
    }
    for (rank, said) in together(2, PATIENCE, |rank, ranks| step(new().ranks(ranks), [8, 9][rank])).iter().enumerate() {
        let found = format!("rank {} is at another place of the program: expected step 1 on a batch of", 1 - rank);
        assert!(said.as_ref().is_err_and(|said| said.starts_with(&found)), "{said:?}");
    }
}
