//! With everything on at once, only the first epoch allocates.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use allocation_counter::measure;
use typednet_data::{Augment, Augmented, Dataset, Source, mnist};
use typednet_layers::loss::CrossEntropy;
use typednet_layers::{BatchNorm, Chain, Dense, Dropout, Relu, Softmax, bits};
use typednet_optim::schedule::{Exponential, LinearWarmUp, Plateau, Schedule};
use typednet_optim::{Adam, Groups, Penalty};
use typednet_tensor::{Class, Key};
use typednet_train::{EarlyStopping, Trainer};
use typednet_watch::{Monitor, Sink, Thresholds};

type Net =
    Chain<Dense<784, 32, Relu>, Chain<BatchNorm<32>, Chain<Dropout<[f32; 32], { bits(0.5) }>, Dense<32, 10, Softmax>>>>;

/// Takes everything and keeps nothing.
struct Nowhere;

impl Sink for Nowhere {}

/// A source that counts the allocations of its gathers, on whatever thread, but for each thread's first one.
struct Counted<S> {
    source: S,
    gathers: AtomicU64,
    allocations: AtomicU64,
}

impl<S: Source<[f32; 784], Class<10>>> Source<[f32; 784], Class<10>> for Counted<S> {
    fn len(&self) -> usize {
        self.source.len()
    }

    fn target(&self, row: u32) -> Class<10> {
        self.source.target(row)
    }

    fn gather(&self, rows: &[u32], key: Key, x: &mut [[f32; 784]], y: &mut [Class<10>]) {
        thread_local! {
            static BEGUN: Cell<bool> = const { Cell::new(false) };
        }
        let count = measure(|| self.source.gather(rows, key, x, y)).count_total;
        if BEGUN.replace(true) {
            self.gathers.fetch_add(1, Ordering::Relaxed);
            self.allocations.fetch_add(count, Ordering::Relaxed);
        }
    }
}

/// 150 digits, changed in every way there is.
fn digits() -> (Counted<impl Source<[f32; 784], Class<10>>>, Dataset<[u8; 784], Class<10>>) {
    let digits = mnist::embedded().expect("the embedded digits");
    let (train, _) = digits.train.split_at(150).expect("there are 8,000");
    let (test, _) = digits.test.split_at(70).expect("there are 2,000");
    let augment = Augment::<28, 28, 1>::new().crop(2).shift(0.08).rotate(12.0).scale(0.9, 1.1).shear(8.0);
    let augment = augment.flip_horizontal(0.1).flip_vertical(0.1).elastic(1.0, 4).noise(0.05).cutout(6);
    let source = Augmented::new(train, augment).expect("digits are images");
    (Counted { source, gathers: AtomicU64::new(0), allocations: AtomicU64::new(0) }, test)
}

/// A trainer of batches of 64, of which the last of an epoch is partial, that uses all there is around a step.
fn everything(threads: usize) -> Trainer<Net, CrossEntropy, Adam> {
    // A finding has words and takes memory, after the epoch; here there are none.
    let healthy = Thresholds {
        patience: u32::MAX,
        far_above: 1e9,
        rising: 1e9,
        flat: 0.0,
        overfitting: 1e9,
        ..Thresholds::default()
    };
    Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.001))
        .batch(64)
        .threads(threads)
        .schedule(LinearWarmUp::new(0.1, 5).then(5, Exponential::new(0.99)))
        .plateau(Plateau::new())
        .penalty(Penalty::elastic(1e-5, 1e-5))
        .groups(Groups::new().rate("first", 0.5).expect("a part"))
        .clip_norm(1.0)
        .clip_value(0.5)
        .accumulate(2)
        .average(0.9)
        .callback(EarlyStopping::new().patience(100))
        .callback(Monitor::new().every(1).thresholds(healthy).sink(Nowhere))
        .quiet()
}

/// The allocations of the thread that trains, and of the gathers of all threads. The passes of the other threads work in
/// memory that the first one lends them.
#[test]
fn with_everything_on_only_the_first_epoch_allocates() {
    let (train, test) = digits();
    for threads in [1, 2] {
        let allocations = |epochs: usize| {
            let mut trainer = everything(threads).epochs(epochs);
            measure(|| drop(trainer.fit_validated(&train, &test).expect("training"))).count_total
        };
        // The first pass of the process may read the environment, to choose the lane, and warms this thread up.
        allocations(1);
        let first = allocations(1);
        assert!(first > 0, "the counter counts");
        assert_eq!(allocations(12), first, "12 epochs on {threads} threads allocate no more than one");
    }
    let [gathers, allocations] = [&train.gathers, &train.allocations].map(|count| count.load(Ordering::Relaxed));
    assert!(gathers > 2 * 12 * 3, "three batches an epoch");
    assert_eq!(allocations, 0, "of {gathers} gathers");
}
