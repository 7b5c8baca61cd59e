//! What is done around a step gives the same bits on any number of threads, and goes to them where there is enough to do.

use std::sync::atomic::{AtomicUsize, Ordering};

use typednet_layers::{Dense, Network};
use typednet_optim::{
    Accumulation, Clip, GradientDescent, Groups, MovingAverage, OptimError, Penalty, State, clip_norm, norm,
};
use typednet_tensor::{Flat, Key, Model, Parallel, Pool, ops};

/// A pool that runs the last part first, and counts how often work was cut for it.
struct Threads {
    threads: usize,
    cuts: AtomicUsize,
}

// SAFETY: every part runs once, before `run` returns.
#[allow(unsafe_code, reason = "a pool of threads is one")]
unsafe impl Pool for Threads {
    fn threads(&self) -> usize {
        self.threads
    }

    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        self.cuts.fetch_add(1, Ordering::Relaxed);
        (0..parts).rev().for_each(part);
    }
}

/// More parameters than sums of blocks are kept of at a time.
type Net = Dense<731, 731>;

fn draw(seed: u64) -> Model<Net> {
    let mut model = Net::zeroed();
    let key = Key::new(seed);
    model.as_flat_mut().iter_mut().enumerate().for_each(|(i, x)| *x = key.normal(i as u64));
    model
}

fn bits(block: &Net) -> Vec<u32> {
    block.as_flat().iter().map(|x| x.to_bits()).collect()
}

/// Asserts that `work` gives the same bits on 1, 2 and 3 threads, and is cut so often for several.
fn same(what: &str, cuts: usize, work: impl Fn(Parallel<'_>) -> Vec<u32>) {
    let serial = work(Parallel::SERIAL);
    for threads in [1, 2, 3] {
        let pool = Threads { threads, cuts: AtomicUsize::new(0) };
        assert!(work(Parallel::on(&pool)) == serial, "{what} on {threads} threads");
        let wanted = if threads == 1 { 0 } else { cuts };
        assert_eq!(pool.cuts.into_inner(), wanted, "how often {what} is cut for {threads} threads");
    }
}

fn of_number(x: f64) -> Vec<u32> {
    vec![(x.to_bits() >> 32) as u32, x.to_bits() as u32]
}

#[test]
fn norms_and_limits_have_the_same_bits_on_any_number_of_threads() {
    let gradient = draw(1);
    // The last 6,179 elements are two blocks, of which one is not worth a thread.
    let blocks = gradient.as_flat().chunks(4096).map(|block| f64::from(ops::sum_squares(block)));
    let wanted = blocks.fold(0.0, |sum, block| sum + block).sqrt();
    assert_eq!(
        norm(&*gradient, Parallel::SERIAL).to_bits(),
        wanted.to_bits(),
        "blocks are added from the first to the last"
    );
    same("the norm", 1, |parallel| of_number(norm(&*gradient, parallel)));
    // A factor that is too small for the type is two of them.
    for (limit, cuts) in [(1.0, 2), (1e-40, 3)] {
        same("a limit of the norm", cuts, |parallel| {
            let mut gradient = gradient.clone();
            let found = clip_norm(&mut *gradient, limit, parallel);
            [of_number(found), bits(&gradient)].concat()
        });
    }
    same("a limit of the values", 1, |parallel| {
        let mut gradient = gradient.clone();
        Clip::Value(0.5).apply(&mut *gradient, parallel);
        bits(&gradient)
    });
}

#[test]
fn penalties_and_means_have_the_same_bits_on_any_number_of_threads() -> Result<(), OptimError> {
    let (model, gradient) = (draw(2), draw(3));
    let penalty = Penalty::elastic(0.1, 0.2);
    same("a penalty", 2, |parallel| of_number(penalty.value(&*model, parallel)));
    same("its gradient", 1, |parallel| {
        let mut gradient = gradient.clone();
        penalty.add_gradient(&*model, &mut *gradient, parallel);
        bits(&gradient)
    });
    same("a mean of gradients", 2, |parallel| {
        let mut mean = Accumulation::<Net>::new();
        mean.add(&gradient, 3, parallel);
        mean.add(&model, 2, parallel);
        bits(mean.mean())
    });
    same("a moving average", 2, |parallel| {
        let mut average = MovingAverage::<Net>::new(0.9);
        average.update(&gradient, parallel);
        average.update(&model, parallel);
        bits(average.model())
    });
    let groups = Groups::<Net>::new().weight_decay(0.1)?;
    let descent = GradientDescent::new(0.1);
    // The looks at gradient and weights, the decay, and the step; the biases are few.
    same("a step with decay", 4, |parallel| {
        let (mut model, mut state) = (model.clone(), State::<Net, _>::new(&descent));
        state.step_in(&groups, &descent, 0.1, &mut model, &gradient, parallel).expect("a finite step");
        bits(&model)
    });
    Ok(())
}
