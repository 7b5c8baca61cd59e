//! What is not trained is left alone, and committed once in each step.

use typednet_layers::{Layer, ParamKind};
use typednet_optim::{Adam, GradientDescent, Optimizer, State, StepInfo, runs, step, trained};
use typednet_tensor::{Flat, Parallel};

use crate::common::Net;

#[test]
fn runs_end_at_buffers() {
    let mut found = vec![];
    trained(const { &Net::TREE }, |run| found.push(run));
    assert_eq!(found, [0..12, 15..22]);
    let mut buffers = vec![];
    runs(const { &Net::TREE }, |kind| kind == ParamKind::Buffer, |run| buffers.push(run));
    assert_eq!(buffers, [12..15; 1]);
    runs(const { &Net::TREE }, |_| false, |run| panic!("{run:?} is not wanted"));
}

#[test]
fn a_step_skips_buffers_and_commits_them_once() {
    let descent = GradientDescent::new(1.0);
    let (mut model, mut gradient) = (Net::zeroed(), Net::zeroed());
    gradient.as_flat_mut().fill(1.0);
    let mut state = State::<Net, _>::new(&descent);
    state.step(&descent, 0.5, &mut model, &gradient, Parallel::SERIAL).expect("a finite step");
    let mut expected = [-0.5; 22];
    expected[12..15].fill(1.0);
    assert_eq!(model.as_flat(), expected);
}

#[test]
fn a_step_in_lent_memory_is_the_step_of_the_state() {
    let adam = Adam::new(0.1);
    let (mut model, mut lent, mut gradient) = (Net::seeded(1), Net::seeded(1), Net::zeroed());
    let mut state = State::<Net, _>::new(&adam);
    let (mut m, mut v) = ([0.0; Net::LEN], [0.0; Net::LEN]);
    for count in 1..=3 {
        for (i, g) in gradient.as_flat_mut().iter_mut().enumerate() {
            *g = (i as f64 - 7.0) * count as f64;
        }
        state.step(&adam, adam.learning_rate(), &mut model, &gradient, Parallel::SERIAL).expect("a finite step");
        step(&adam, StepInfo::new(count, 0.1), &mut *lent, &gradient, &mut [&mut m, &mut v], Parallel::SERIAL);
        lent.commit(&gradient);
    }
    assert_eq!(model.as_flat(), lent.as_flat());
    assert_eq!(state.moments()[1].as_flat(), v);
    assert_eq!(m[12..15], [0.0; 3], "no moments of buffers");

    state.reset();
    assert_eq!(state.count(), 0);
    assert!(state.moments().iter().all(|moment| moment.as_flat() == [0.0; Net::LEN]));

    // A checkpoint's moments and count give the same next step.
    let kept = state.restore(3);
    kept[0].as_flat_mut().copy_from_slice(&m);
    kept[1].as_flat_mut().copy_from_slice(&v);
    state.step(&adam, 0.1, &mut model, &gradient, Parallel::SERIAL).expect("a finite step");
    step(&adam, StepInfo::new(4, 0.1), &mut *lent, &gradient, &mut [&mut m, &mut v], Parallel::SERIAL);
    lent.commit(&gradient);
    assert_eq!(model.as_flat(), lent.as_flat());
}
