//! A step allocates nothing.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use typednet_layers::{Chain, Dense, Relu};
use typednet_optim::schedule::{Cosine, LinearWarmUp, Plateau, Schedule};
use typednet_optim::{Accumulation, Adam, Clip, Groups, MovingAverage, OptimError, Optimizer, Penalty, State};
use typednet_tensor::{Flat, Parallel};

use crate::table::{Case, Visitor, every_optimizer};

/// The system's allocator with a counter for each thread.
struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller's promise is the same one.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is the same one.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

type Net = Chain<Dense<5, 7, Relu>, Chain<Dense<7, 4, Relu>, Dense<4, 3>>>;

fn check<O: Optimizer>(name: &str, optimizer: &O) {
    let (mut model, mut gradient, mut state) = (Net::seeded(0), Net::zeroed(), State::<Net, _>::new(optimizer));
    gradient.as_flat_mut().fill(0.5);
    // The first step may read the environment, to choose the lane.
    state.step(optimizer, 0.1, &mut model, &gradient, Parallel::SERIAL).expect("a finite step");
    let before = COUNT.get();
    assert!(before > 0, "the counter counts");
    for _ in 0..10 {
        state.step(optimizer, 0.1, &mut model, &gradient, Parallel::SERIAL).expect("a finite step");
    }
    state.reset();
    assert_eq!(COUNT.get() - before, 0, "allocations in ten steps of {name}");
}

#[test]
fn no_optimizer_allocates_in_a_step() {
    struct Steps;

    impl Visitor for Steps {
        fn visit<O: Optimizer>(&mut self, case: &Case<O>) {
            // A step that may have to be taken back keeps a copy.
            if !case.is_extreme {
                check(case.name, &case.optimizer);
            }
        }
    }

    every_optimizer(&mut Steps);
}

#[test]
fn nothing_around_a_step_allocates() -> Result<(), OptimError> {
    let adam = Adam::default();
    let groups = Groups::<Net>::new().weight_decay(0.01)?.rate("rest", 0.5)?.freeze("first")?;
    let schedule = LinearWarmUp::new(0.1, 3).then(3, Cosine::new(10));
    let mut plateau = Plateau::new();
    let (mut model, mut gradient, mut state) = (Net::seeded(0), Net::zeroed(), State::<Net, _>::new(&adam));
    let (mut blocks, mut average) = (Accumulation::<Net>::new(), MovingAverage::<Net>::new(0.9));
    gradient.as_flat_mut().fill(0.5);
    let mut before = 0;
    for step in 0..10 {
        // The first step may read the environment, to choose the lane.
        before = if step == 1 { COUNT.get() } else { before };
        blocks.add(&gradient, 3, Parallel::SERIAL);
        blocks.add(&gradient, 2, Parallel::SERIAL);
        Penalty::elastic(0.1, 0.1).add_gradient(&*model, blocks.mean_mut(), Parallel::SERIAL);
        groups.clear_frozen(blocks.mean_mut());
        Clip::Norm(1e-3).apply(blocks.mean_mut(), Parallel::SERIAL);
        Clip::Value(1e-4).apply(blocks.mean_mut(), Parallel::SERIAL);
        let rate = adam.learning_rate() * schedule.factor(step) * plateau.factor();
        state.step_in(&groups, &adam, rate, &mut model, blocks.mean(), Parallel::SERIAL)?;
        blocks.clear();
        average.update(&model, Parallel::SERIAL);
        plateau.observe(Penalty::elastic(0.1, 0.1).value(&*model, Parallel::SERIAL));
        average.swap(&mut model);
        average.swap(&mut model);
    }
    assert!(before > 0, "the counter counts");
    assert_eq!(COUNT.get() - before, 0, "allocations in nine steps");
    Ok(())
}
