//! A step that would not stay finite is not made, and leaves nothing behind.

use num_traits::Float;
use typednet_layers::{Chain, Dense, Layer, Network, Relu};
use typednet_optim::{
    Adam, GradientDescent, Group, Groups, Momentum, OptimError, Optimizer, State, StepInfo, step, step_in,
};
use typednet_tensor::{Flat, Key, Model, Parallel, Scalar, ThreadPool, ops};

use crate::table::{Case, Visitor, every_optimizer};

type Net<T> = Chain<Dense<3, 4, Relu, T>, Dense<4, 2, typednet_layers::Linear, T>>;

/// A rule of a user's, of which nothing is known.
struct Sign(f64);

impl Optimizer for Sign {
    const MOMENTS: usize = 1;

    fn learning_rate(&self) -> f64 {
        self.0
    }

    fn check(&self) -> Result<(), OptimError> {
        OptimError::amount("learning rate", self.0).map(drop)
    }

    fn update<T: Scalar>(&self, step: StepInfo, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64 {
        for ((w, g), last) in weights.iter_mut().zip(gradient).zip(&mut *moments[0]) {
            *w -= T::of(step.learning_rate) * g.signum();
            *last = *g;
        }
        f64::NAN
    }
}

/// A training: what a step may change, as bits.
struct Training<M: Layer, O> {
    model: Model<M>,
    state: State<M, O>,
    groups: Option<Groups<M>>,
}

impl<M: Layer, O: Optimizer> Training<M, O> {
    fn new(optimizer: &O, groups: Option<Groups<M>>) -> Self {
        Self { model: M::seeded(3), state: State::new(optimizer), groups }
    }

    fn step(&mut self, optimizer: &O, rate: f64, gradient: &M, parallel: Parallel<'_>) -> Result<(), OptimError> {
        let Self { model, state, groups } = self;
        match groups {
            Some(groups) => state.step_in(groups, optimizer, rate, model, gradient, parallel),
            None => state.step(optimizer, rate, model, gradient, parallel),
        }
    }

    fn bits(&self) -> Vec<u64> {
        let moments = self.state.moments().iter().map(|moment| moment.as_flat());
        let numbers = std::iter::once(self.model.as_flat()).chain(moments).flatten();
        numbers.map(|x| x.to_f64_exact().to_bits()).chain([self.state.count()]).collect()
    }
}

/// A gradient whose largest element is about `size`.
fn gradient<M: Layer>(seed: u64, size: f64) -> Model<M> {
    let mut gradient = M::zeroed();
    for (i, g) in gradient.as_flat_mut().iter_mut().enumerate() {
        *g = M::Elem::of(size * (Key::new(seed).uniform::<f64>(i as u64) - 0.5));
    }
    gradient
}

/// Some disasters between ordinary steps, beside the same training without them. How many of them were refused.
fn disasters<M: Layer, O: Optimizer>(
    name: &str,
    optimizer: &O,
    groups: Option<&Groups<M>>,
    par: Parallel<'_>,
) -> usize {
    let largest = <M::Elem as Float>::max_value().to_f64_exact();
    let mut refused = 0;
    for (rate, size) in [
        (largest, 1.0),
        (largest, largest),
        (f64::INFINITY, 1e-3),
        (f64::INFINITY, 0.0),
        (f64::NAN, 1.0),
        (-largest, 1e10),
        (1.0, largest),
        (1e-3, largest),
    ] {
        let (mut calm, mut shaken) =
            (Training::new(optimizer, groups.cloned()), Training::new(optimizer, groups.cloned()));
        for count in 0..3 {
            let ordinary = gradient(count, 2.0);
            for training in [&mut calm, &mut shaken] {
                training.step(optimizer, 0.01, &ordinary, par).expect("an ordinary step");
            }
            let before = shaken.bits();
            assert_eq!(before, calm.bits(), "{name}: the step after {rate}, {size}");
            match shaken.step(optimizer, rate, &gradient(7, size), par) {
                Ok(()) => {
                    let finite = shaken.bits().into_iter().all(|bits| f64::from_bits(bits).is_finite());
                    assert!(finite, "{name}: {rate}, {size}");
                    break;
                }
                Err(OptimError::Overflow { undone: true, .. }) => {
                    assert_eq!(before, shaken.bits(), "{name}: {rate}, {size}");
                    refused += 1;
                }
                Err(error) => panic!("{name}: {rate}, {size}: {error}"),
            }
        }
    }
    refused
}

#[test]
fn a_step_that_would_not_stay_finite_changes_no_bit() {
    struct Disasters;

    impl Visitor for Disasters {
        fn visit<O: Optimizer>(&mut self, Case { name, optimizer, .. }: &Case<O>) {
            let groups = Groups::<Net<f32>>::new().weight_decay(0.5).and_then(|groups| groups.freeze("first.bias"));
            let groups = groups.expect("there is such a part");
            for refused in [
                disasters::<Net<f32>, _>(name, optimizer, None, Parallel::SERIAL),
                disasters::<Net<f32>, _>(name, optimizer, Some(&groups), Parallel::SERIAL),
                disasters::<Net<f64>, _>(name, optimizer, None, Parallel::SERIAL),
            ] {
                assert!(refused >= 3, "{name} is refused something");
            }
        }
    }

    every_optimizer(&mut Disasters);
    Disasters.visit(&Case::new("a rule of a user's", Sign(0.01), Sign));
}

#[test]
fn threads_take_back_the_whole_step() {
    type Wide = Dense<300, 200>;
    let pool = ThreadPool::new(2).expect("a second thread");
    assert!(disasters::<Wide, _>("Adam", &Adam::default(), None, pool.parallel()) >= 3);
    assert!(disasters::<Wide, _>("descent", &GradientDescent::default(), None, pool.parallel()) >= 3);
}

#[test]
fn a_division_by_nothing_is_told_at_once() {
    // 0/(√0 + 0)
    let adam = Adam::new(0.1).epsilon(0.0);
    let mut training = Training::<Net<f32>, _>::new(&adam, None);
    let before = training.bits();
    let error = training.step(&adam, 0.1, &Net::zeroed(), Parallel::SERIAL).expect_err("no number");
    assert_eq!(error, OptimError::Overflow { element: 0, undone: true });
    assert_eq!(before, training.bits());
    let text = error.to_string();
    assert!(text.contains("parameter 0") && text.ends_with("as they were before the step)"), "{text}");
}

/// What the form without memory of its own does instead, as its documentation says.
#[test]
fn without_a_state_the_step_is_made_and_told() {
    fn check<O: Optimizer>(optimizer: &O, rate: f64, in_groups: bool) {
        type M = Net<f32>;
        let (mut model, calm) = (M::seeded(3), M::seeded(3));
        let mut gradient: Model<M> = gradient(5, 1.0);
        let wild = 7;
        gradient.as_flat_mut()[wild] = -4.0;
        let mut moments: Vec<Model<M>> = (0..O::MOMENTS).map(|_| M::zeroed()).collect();
        let mut slices: Vec<&mut [f32]> = moments.iter_mut().map(|moment| moment.as_flat_mut()).collect();
        let now = StepInfo::new(1, rate);
        let whole = [Group { range: 0..M::LEN, rate: 1.0, decay: 0.0 }];
        let sum = if in_groups {
            step_in(&whole, optimizer, now, &mut *model, &gradient, &mut slices, Parallel::SERIAL)
        } else {
            step(optimizer, now, &mut *model, &gradient, &mut slices, Parallel::SERIAL)
        };
        assert!(!sum.is_finite(), "{rate}: {sum}");
        for (i, w) in model.as_flat().iter().enumerate() {
            assert_eq!(w.is_finite(), i != wild, "{i}: {w}");
            assert!(w.to_bits() != calm.as_flat()[i].to_bits(), "{i} is as before");
        }
        // Each finite one is what it is in a step in which nothing overflows.
        gradient.as_flat_mut()[wild] = 0.1;
        let (mut other, mut others) = (M::seeded(3), (0..O::MOMENTS).map(|_| M::zeroed()).collect::<Vec<_>>());
        let mut slices: Vec<&mut [f32]> = others.iter_mut().map(|moment| moment.as_flat_mut()).collect();
        step(optimizer, now, &mut *other, &gradient, &mut slices, Parallel::SERIAL);
        assert!(ops::all_finite(other.as_flat()));
        for (i, (w, other)) in model.as_flat().iter().zip(other.as_flat()).enumerate() {
            assert_eq!(w.to_bits() == other.to_bits(), i != wild, "{i}: {w}, {other}");
        }
        for (moment, other) in moments.iter().zip(&others) {
            let same = |i: &usize| moment.as_flat()[*i].to_bits() == other.as_flat()[*i].to_bits();
            assert!((0..M::LEN).filter(|i| *i != wild).all(|i| same(&i)));
        }
    }
    for in_groups in [false, true] {
        check(&GradientDescent::new(1.0), 2e38, in_groups);
        check(&Momentum::default(), 2e38, in_groups);
    }
    // The root of an infinite moment is divided by, so that no weight tells of it.
    let (mut model, gradient) = (Net::<f32>::seeded(3), gradient::<Net<f32>>(5, 1e30));
    let mut moments = [Net::<f32>::zeroed(), Net::<f32>::zeroed()];
    let mut slices = moments.each_mut().map(|moment| moment.as_flat_mut());
    let sum = step(&Adam::new(0.1), StepInfo::new(1, 0.1), &mut *model, &gradient, &mut slices, Parallel::SERIAL);
    assert!(sum.is_finite() && !ops::all_finite(moments[1].as_flat()), "{sum}");
}
