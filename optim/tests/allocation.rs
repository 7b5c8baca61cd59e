//! A step allocates nothing.
#![allow(missing_docs, reason = "a test")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use typednet_layers::{Chain, Dense, Network, Relu};
use typednet_optim::{Adam, AdamW, GradientDescent, Momentum, Nesterov, Optimizer, State};
use typednet_tensor::{Flat, Parallel};

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

fn check<O: Optimizer>(optimizer: &O) {
    let (mut model, mut gradient, mut state) = (Net::seeded(0), Net::zeroed(), State::<Net, _>::new(optimizer));
    gradient.as_flat_mut().fill(0.5);
    // The first step may read the environment, to choose the lane.
    state.step(optimizer, 0.1, &mut model, &gradient, Parallel::SERIAL);
    let before = COUNT.get();
    assert!(before > 0, "the counter counts");
    for _ in 0..10 {
        state.step(optimizer, 0.1, &mut model, &gradient, Parallel::SERIAL);
    }
    state.reset();
    assert_eq!(COUNT.get() - before, 0, "allocations in ten steps of {}", std::any::type_name::<O>());
}

#[test]
fn no_optimizer_allocates_in_a_step() {
    check(&GradientDescent::default());
    check(&Momentum::default());
    check(&Momentum::averaged(0.01, 0.9));
    check(&Nesterov::default());
    check(&Adam::default());
    check(&AdamW::default());
}
