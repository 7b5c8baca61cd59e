//! A step that would not stay finite is not made, and leaves nothing behind.

use num_traits::Float;
use typednet_layers::{Chain, Dense, Layer, Network, Relu};
use typednet_optim::{
    Adadelta, Adagrad, Adam, AdamW, GradientDescent, Groups, Lamb, Lion, Momentum, NAdam, Nesterov, OptimError,
    Optimizer, RAdam, RmsProp, State, Step,
};
use typednet_tensor::{Key, Model, Parallel, Scalar, ThreadPool};

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

    fn update<T: Scalar>(&self, step: Step, weights: &mut [T], gradient: &[T], moments: &mut [&mut [T]]) -> f64 {
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

fn for_every_optimiser(check: &impl Fn(&str, &dyn Fn(bool) -> usize)) {
    macro_rules! each {
        ($($optimizer:expr),*) => {$(
            let optimizer = $optimizer;
            check(stringify!($optimizer), &|double| {
                if double {
                    disasters::<Net<f64>, _>(stringify!($optimizer), &optimizer, None, Parallel::SERIAL)
                } else {
                    let groups = Groups::<Net<f32>>::new().weight_decay(0.5).and_then(|groups| groups.freeze("first.bias"));
                    let groups = groups.expect("there is such a part");
                    disasters::<Net<f32>, _>(stringify!($optimizer), &optimizer, None, Parallel::SERIAL)
                        .min(disasters(stringify!($optimizer), &optimizer, Some(&groups), Parallel::SERIAL))
                }
            });
        )*};
    }
    each!(
        GradientDescent::default(),
        Momentum::default(),
        Momentum::averaged(0.01, 0.9),
        Nesterov::default(),
        Adagrad::default(),
        Adagrad::default().epsilon(0.0),
        RmsProp::default(),
        RmsProp::default().momentum(0.9).centred(),
        RmsProp::default().epsilon(0.0),
        Adadelta::default(),
        Adadelta::default().epsilon(1e-300),
        Adam::default(),
        Adam::default().epsilon(0.0),
        AdamW::default(),
        AdamW::default().weight_decay(1e8),
        NAdam::default(),
        RAdam::default(),
        Lion::default(),
        Lamb::default(),
        Sign(0.01)
    );
}

#[test]
fn a_step_that_would_not_stay_finite_changes_no_bit() {
    for_every_optimiser(&|name, refused| {
        for double in [false, true] {
            assert!(refused(double) >= 3, "{name} is refused something");
        }
    });
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
