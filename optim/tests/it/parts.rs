//! An update gives the same bits for any cut of the block, and a step for any number of threads.

use typednet_layers::{Dense, Network};
use typednet_optim::{Optimizer, State, StepInfo};
use typednet_tensor::{Flat, Key, Parallel, Pool, Scalar};

use crate::table::{Case, Visitor, every_optimizer};

const SIZES: [usize; 25] =
    [0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 29, 31, 32, 33, 100, 257];

/// `len` numbers between −1 and 1.
fn random<T: Scalar>(key: Key, len: usize) -> Vec<T> {
    (0..len as u64).map(|i| T::of(2.0 * key.uniform::<f64>(i) - 1.0)).collect()
}

/// Three steps over `len` elements, each cut into parts where `cuts` says so; weights and moments.
fn train<T: Scalar, O: Optimizer>(optimizer: &O, len: usize, cuts: impl Fn(u64) -> Vec<usize>) -> Vec<Vec<T>> {
    let key = Key::new(len as u64);
    let mut all = vec![random(key, len)];
    all.resize(1 + O::MOMENTS, vec![T::zero(); len]);
    for count in 1..=3 {
        let gradient = random::<T>(key.child(count), len);
        let (mut gradient, mut start) = (gradient.as_slice(), 0);
        let mut left: Vec<&mut [T]> = all.iter_mut().map(Vec::as_mut_slice).collect();
        for end in cuts(count).into_iter().chain([len]) {
            let mut parts: Vec<&mut [T]> = vec![];
            for left in &mut left {
                let (part, rest) = std::mem::take(left).split_at_mut(end - start);
                parts.push(part);
                *left = rest;
            }
            let (part, rest) = gradient.split_at(end - start);
            let (weights, moments) = parts.split_first_mut().expect("the weights");
            optimizer.update(StepInfo::new(count, 0.01), weights, part, moments);
            (gradient, start) = (rest, end);
        }
    }
    all
}

fn bits<T: Scalar>(all: &[Vec<T>]) -> Vec<u64> {
    all.iter().flatten().map(|x| x.to_f64_exact().to_bits()).collect()
}

fn check<T: Scalar, O: Optimizer>(name: &str, optimizer: &O) {
    for len in SIZES {
        let whole = train::<T, O>(optimizer, len, |_| vec![]);
        for seed in 0..8 {
            let key = Key::new(seed);
            let parts = train::<T, O>(optimizer, len, |count| {
                let mut cuts: Vec<usize> = (0..5).map(|i| key.child(count).below(i, len as u64 + 1) as usize).collect();
                cuts.sort_unstable();
                cuts
            });
            assert_eq!(bits(&whole), bits(&parts), "{name} of {len} elements, seed {seed}");
        }
    }
}

#[test]
fn any_cut_gives_the_same_bits() {
    struct Cuts;

    impl Visitor for Cuts {
        fn visit<O: Optimizer>(&mut self, Case { name, optimizer, .. }: &Case<O>) {
            // A rule for whole parameters is not cut.
            if !O::BY_PARAMETER {
                check::<f32, O>(name, optimizer);
                check::<f64, O>(name, optimizer);
            }
        }
    }

    every_optimizer(&mut Cuts);
}

/// Says that it is many threads, and runs the parts backwards on this one.
struct Backwards(usize);

// SAFETY: each part is run once, before the call returns.
unsafe impl Pool for Backwards {
    fn threads(&self) -> usize {
        self.0
    }

    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        assert!(parts > 1 && parts <= self.0, "{parts} parts for {} threads", self.0);
        (0..parts).rev().for_each(part);
    }
}

fn check_threads<O: Optimizer>(name: &str, optimizer: &O) {
    type Net = Dense<211, 199>;
    let train = |parallel: Parallel<'_>| {
        let (mut model, mut gradient, mut state) = (Net::seeded(1), Net::zeroed(), State::<Net, _>::new(optimizer));
        for count in 1..=3 {
            gradient.as_flat_mut().copy_from_slice(&random(Key::new(count), Net::LEN));
            state.step(optimizer, 0.01, &mut model, &gradient, parallel).expect("a finite step");
        }
        let moments = state.moments().iter().map(|moment| moment.as_flat().to_vec());
        bits(&[model.as_flat().to_vec()].into_iter().chain(moments).collect::<Vec<_>>())
    };
    let serial = train(Parallel::SERIAL);
    for threads in [2, 3, 5, 100] {
        assert!(serial == train(Parallel::on(&Backwards(threads))), "{name} on {threads} threads");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    struct Threads;

    impl Visitor for Threads {
        fn visit<O: Optimizer>(&mut self, case: &Case<O>) {
            check_threads(case.name, &case.optimizer);
        }
    }

    every_optimizer(&mut Threads);
}
