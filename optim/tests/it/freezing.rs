//! A frozen layer is left alone by everything around a step, whatever stands in its place of the gradient.

use typednet_layers::{Chain, Dense, Frozen, Layer, Linear, Network, ParamKind};
use typednet_optim::{
    Accumulation, Adadelta, Adagrad, Adam, AdamW, Clip, GradientDescent, Groups, Lamb, Lion, Momentum, MovingAverage,
    NAdam, Nesterov, Optimizer, Penalty, RAdam, RmsProp, State, norm, runs, trained, with_gradient,
};
use typednet_tensor::{Flat, Model, Parallel};

use crate::common::Running;

/// A layer with a buffer and a dense one, as they are.
type Body = Frozen<Chain<Running, Dense<3, 3, Linear, f64>>>;

/// Weights 0..6, biases 6..9, the body 9..30 with its buffer 12..15, weights 30..33, bias 33..34.
type Net = Chain<Dense<2, 3, Linear, f64>, Chain<Body, Dense<3, 1, Linear, f64>>>;

const BODY: std::ops::Range<usize> = 9..30;

fn model() -> Model<Net> {
    let mut model = Net::seeded(1);
    model.as_flat_mut().iter_mut().for_each(|w| *w += 0.5);
    model
}

/// The gradient of step `count`, with `sentinel` in the places of the body.
fn gradient(count: u64, sentinel: f64) -> Model<Net> {
    let mut gradient = Net::zeroed();
    for (i, g) in gradient.as_flat_mut().iter_mut().enumerate() {
        *g = if BODY.contains(&i) { sentinel } else { (i as f64 - 7.5) * count as f64 };
    }
    gradient
}

/// All numbers but those of the body.
fn outside(block: &[f64]) -> Vec<u64> {
    block.iter().enumerate().filter(|(i, _)| !BODY.contains(i)).map(|(_, x)| x.to_bits()).collect()
}

#[test]
fn runs_leave_out_what_is_frozen() {
    let mut found = vec![];
    trained(const { &Net::TREE }, |run| found.push(run));
    with_gradient(const { &Net::TREE }, |run| found.push(run));
    assert_eq!(found, [0..9, 30..34, 0..9, 30..34]);
    let mut frozen = vec![];
    runs(const { &Net::TREE }, |kind| kind == ParamKind::Frozen, |run| frozen.push(run));
    assert_eq!(frozen, [BODY; 1], "the buffer too");
    assert_eq!((Net::PARAMS, Net::LEN), (13, 34));
}

#[test]
fn no_optimiser_reads_or_changes_it() {
    fn check<O: Optimizer>(optimizer: &O) {
        let name = std::any::type_name::<O>();
        let run = |sentinel: f64, look: bool, groups: Option<&Groups<Net>>| {
            let (mut model, mut state) = (model(), State::<Net, O>::new(optimizer));
            for count in 1..=3 {
                let gradient = gradient(count, sentinel);
                assert!(!look || state.look(&gradient, Parallel::SERIAL), "{name}: the look sees the frozen gradient");
                let made = match groups {
                    Some(groups) => state.step_in(groups, optimizer, 0.1, &mut model, &gradient, Parallel::SERIAL),
                    None => state.step(optimizer, 0.1, &mut model, &gradient, Parallel::SERIAL),
                };
                made.unwrap_or_else(|error| panic!("{name}: {error}"));
            }
            let blocks = state.moments().iter().map(|moment| moment.as_flat()).chain([model.as_flat()]);
            blocks.map(<[f64]>::to_vec).collect::<Vec<_>>()
        };
        let wanted = run(0.0, false, None);
        let groups = Groups::<Net>::new();
        for (look, groups) in [(false, None), (true, None), (true, Some(&groups))] {
            let found = run(f64::NAN, look, groups);
            assert_eq!(found, wanted, "{name}: weights and moments");
            let after = &found.last().expect("the model")[BODY];
            assert_eq!(after, &model().as_flat()[BODY], "{name}: what is frozen");
        }
    }
    check(&GradientDescent::new(0.1));
    check(&Momentum::new(0.1, 0.9));
    check(&Nesterov::new(0.1, 0.9));
    check(&Adagrad::new(0.1));
    check(&RmsProp::new(0.1).momentum(0.5).centred());
    check(&Adadelta::new(0.1));
    check(&Adam::new(0.1));
    check(&AdamW::new(0.1).weight_decay(0.2));
    check(&NAdam::new(0.1));
    check(&RAdam::new(0.1));
    check(&Lion::new(0.1).weight_decay(0.2));
    check(&Lamb::new(0.1).weight_decay(0.2));
}

#[test]
fn penalties_limits_and_norms_leave_it_alone() {
    let zeros = gradient(1, 0.0);
    assert_eq!(norm(&*gradient(1, f64::NAN), Parallel::SERIAL).to_bits(), norm(&*zeros, Parallel::SERIAL).to_bits());
    let (mut heavy, model) = (model(), model());
    heavy.as_flat_mut()[BODY].fill(f64::NAN);
    for penalty in [Penalty::l1(0.5), Penalty::l2(0.5), Penalty::elastic(0.1, 0.2)] {
        assert_eq!(
            penalty.value(&*heavy, Parallel::SERIAL).to_bits(),
            penalty.value(&*model, Parallel::SERIAL).to_bits()
        );
    }
    let changes: [fn(&mut Net, &Net); 4] = [
        |gradient, model| Penalty::elastic(0.1, 0.2).add_gradient(model, gradient, Parallel::SERIAL),
        |gradient, _| Clip::Norm(0.5).apply(gradient, Parallel::SERIAL),
        |gradient, _| Clip::Value(0.5).apply(gradient, Parallel::SERIAL),
        |gradient, _| Groups::<Net>::new().freeze("rest").expect("a part").clear_frozen(gradient),
    ];
    for change in changes {
        let [mut found, mut wanted] = [gradient(1, f64::NAN), gradient(1, 0.0)];
        change(&mut found, &heavy);
        change(&mut wanted, &model);
        assert_eq!(outside(found.as_flat()), outside(wanted.as_flat()));
        assert!(found.as_flat()[BODY].iter().all(|g| g.is_nan()), "it is written");
        assert_ne!(outside(found.as_flat()), outside(zeros.as_flat()), "the others are changed");
    }
}

#[test]
fn means_of_gradients_and_weights_leave_it_alone() {
    let mut all = Accumulation::<Net>::new();
    for count in 1..=3 {
        all.add(&gradient(count, f64::NAN), 2, Parallel::SERIAL);
    }
    assert!(all.mean().as_flat().iter().all(|g| g.is_finite()), "it is read");

    // Averages of equal numbers are these numbers, but for rounding; what is frozen keeps its bits.
    let (model, mut average) = (model(), MovingAverage::<Net>::new(0.9));
    for _ in 0..5 {
        average.update(&model, Parallel::SERIAL);
    }
    assert_eq!(average.model().as_flat()[BODY], model.as_flat()[BODY]);
    let mut other = model.clone();
    other.as_flat_mut()[BODY].fill(0.25);
    average.update(&other, Parallel::SERIAL);
    assert_eq!(average.model().as_flat()[BODY], [0.25; 21], "weights that were loaded are there at once");
}

#[test]
fn a_rate_of_its_own_changes_nothing() {
    let groups = Groups::<Net>::new().rate("rest.first", 2.0).expect("a part").weight_decay(0.5).expect("an amount");
    assert!(groups.runs().iter().chain(groups.parameters()).all(|group| !BODY.contains(&group.range.start)));
}
