//! After the first epoch, nothing is allocated.

use allocation_counter::measure;
use typednet_data::{Dataset, InParts, Parts};
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{Chain, Dense, Relu, Softmax};
use typednet_optim::schedule::{Exponential, LinearWarmUp, Plateau, Schedule};
use typednet_optim::{Adam, Groups, Penalty};
use typednet_tensor::Class;
use typednet_train::{EarlyStopping, Trainer};

type Net = Chain<Dense<5, 7, Relu>, Dense<7, 3, Softmax>>;

/// 50 samples: with batches of 8, the last one is partial.
fn data() -> Dataset<[u8; 5], Class<3>> {
    let samples: Vec<[u8; 5]> = (0..50_u8).map(|i| std::array::from_fn(|j| i.wrapping_mul(37 + j as u8))).collect();
    let targets: Vec<_> = samples.iter().map(|x| Class::new(usize::from(x[0] % 3)).expect("a class")).collect();
    Dataset::new(samples, targets).expect("as many targets as samples")
}

fn trainer() -> Trainer<Net, CrossEntropy, Adam> {
    Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.01)).batch(8).quiet()
}

#[test]
fn only_the_first_epoch_allocates() {
    let data = data();
    // The first pass of the process may read the environment, to choose the lane.
    trainer().epochs(1).fit(&data).expect("training");
    let allocations = |epochs: usize| {
        let mut trainer = trainer().epochs(epochs);
        measure(|| drop(trainer.fit_validated(&data, &data).expect("training"))).count_total
    };
    let first = allocations(1);
    assert!(first > 0, "the counter counts");
    assert_eq!(allocations(12), first);
}

/// Of data in parts, of which the last has most rows of a batch that is larger than all of them.
#[test]
fn parts_are_dealt_out_without_memory_of_their_own() {
    for (lengths, batch) in [([20, 30], 8), ([3, 47], 100)] {
        let data = InParts::new(data(), Parts::of(lengths).expect("parts"));
        let allocations = |epochs: usize| {
            let mut trainer = trainer().batch(batch).shards(2).epochs(epochs);
            measure(|| drop(trainer.fit_validated(&data, &data).expect("training"))).count_total
        };
        allocations(1);
        assert_eq!(allocations(12), allocations(1));
    }
}

#[test]
fn nothing_around_a_step_allocates() {
    let data = data();
    let all = || {
        trainer()
            .schedule(LinearWarmUp::new(0.1, 5).then(5, Exponential::new(0.99)))
            .plateau(Plateau::new())
            .penalty(Penalty::elastic(1e-4, 1e-4))
            .groups(Groups::new().rate("first", 0.5).expect("a part"))
            .clip_norm(1.0)
            .clip_value(0.5)
            .accumulate(2)
            .average(0.9)
            .callback(EarlyStopping::new().patience(100))
    };
    let allocations = |epochs: usize| {
        let mut trainer = all().epochs(epochs);
        measure(|| drop(trainer.fit_validated(&data, &data).expect("training"))).count_total
    };
    allocations(1);
    assert_eq!(allocations(12), allocations(1));
}

#[test]
fn steps_evaluations_and_later_epochs_do_not_allocate() {
    let data = data();
    let mut trainer = trainer();
    trainer.epoch(&data).expect("training");
    let (x, targets) = ([[0.5; 5]; 6], [Class::<3>::default(); 6]);
    let allocations = measure(|| {
        for _ in 0..3 {
            trainer.epoch(&data).expect("training");
            trainer.evaluate(&data).expect("an evaluation");
            trainer.step(&x, &targets).expect("a step");
            trainer.predict(&x[0]);
        }
    });
    assert_eq!(allocations.count_total, 0);
}
