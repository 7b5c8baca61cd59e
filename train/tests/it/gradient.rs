//! The place between the gradient and the optimiser, and steps of one's own.

use std::sync::{Arc, Mutex};

use allocation_counter::measure;
use typednet_data::Dataset;
use typednet_layers::loss::{CrossEntropy, SquaredError};
use typednet_layers::{Chain, Dense, Network, Relu, Softmax, pass};
use typednet_optim::{Adam, GradientDescent, Penalty};
use typednet_tensor::{Class, Flat, Model};
use typednet_train::{GradientView, TrainError, Trainer};

type Line = Dense<1, 1>;
type Net = Chain<Dense<2, 5, Relu>, Dense<5, 3, Softmax>>;

fn line() -> Dataset<[f32; 1], [f32; 1]> {
    Dataset::new([[1.0], [2.0], [3.0], [4.0]], [[2.0], [5.0], [3.0], [1.0]]).expect("data")
}

fn at(weight: f32, bias: f32) -> Model<Line> {
    let mut model = Line::zeroed();
    model.copy_from(&Line::new([[weight]], [bias]));
    model
}

fn trainer() -> Trainer<Line, SquaredError, GradientDescent> {
    Trainer::new(at(1.0, 0.0), SquaredError::Mean, GradientDescent::new(1.0)).batch(2).epochs(1).quiet()
}

#[test]
fn a_transform_stands_behind_penalties_and_before_limits() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let note = Arc::clone(&seen);
    // 0 from the loss, ½·0.5·2·w from the penalty.
    let exact = Dataset::new([[1.0_f32], [2.0]], [[3.0_f32], [6.0]]).expect("data");
    let mut trainer = Trainer::new(at(3.0, 0.0), SquaredError::Mean, GradientDescent::new(1.0))
        .penalty(Penalty::l2(0.5))
        .on_gradient(move |gradient: &mut Line, view: &GradientView<'_, Line>| {
            note.lock().expect("no panic").push((
                view.step,
                view.epoch,
                gradient.weight[0][0],
                view.model.weight[0][0],
            ));
            *gradient = Line::new([[300.0]], [400.0]);
        })
        .clip_norm(1.0)
        .epochs(1)
        .quiet();
    trainer.fit(&exact).expect("training");
    let seen = seen.lock().expect("no panic").clone();
    assert_eq!(seen.len(), 1);
    let (step, epoch, gradient, weight) = seen[0];
    assert_eq!((step, epoch, weight), (1, 1, 3.0));
    assert!(gradient > 0.5, "the penalty is there: {gradient}");
    let Dense { weight, bias, .. } = trainer.model();
    assert!((weight[0][0] - (3.0 - 0.6)).abs() < 1e-6 && (bias[0] + 0.8).abs() < 1e-6, "a step of length 1");
}

#[test]
fn transforms_are_called_once_for_each_step_in_their_order() {
    let calls = Arc::new(Mutex::new(String::new()));
    let note = |letter: char| {
        let calls = Arc::clone(&calls);
        move |_: &mut Line, _: &GradientView<'_, Line>| calls.lock().expect("no panic").push(letter)
    };
    let mut both = trainer().batch(1).accumulate(2).on_gradient(note('a')).on_gradient(note('b'));
    both.fit(&line()).expect("training");
    assert_eq!((both.steps(), &calls.lock().expect("no panic")[..]), (2, "abab"));
}

#[test]
fn what_a_transform_breaks_is_refused() {
    let mut broken =
        trainer().on_gradient(|gradient: &mut Line, _: &GradientView<'_, Line>| gradient.bias[0] = f32::NAN);
    let error = broken.fit(&line()).expect_err("not a number");
    assert!(matches!(error, TrainError::NotFinite(_)) && error.to_string().contains("bias"), "{error}");
    assert_eq!((broken.steps(), broken.model().weight), (0, [[1.0]]));
}

fn classes() -> Dataset<[f32; 2], Class<3>> {
    let samples: Vec<[f32; 2]> = (0..24).map(|i| [(i % 7) as f32 / 7.0, (i % 5) as f32 / 5.0]).collect();
    let targets: Vec<_> = (0..24).map(|i| Class::new(i % 3).expect("a class")).collect();
    Dataset::new(samples, targets).expect("data")
}

#[test]
fn a_step_of_ones_own_has_the_bits_of_the_trainers() {
    let data = classes();
    let new = || {
        Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.05))
            .penalty(Penalty::l2(0.01))
            .clip_norm(0.5)
            .accumulate(2)
            .average(0.9)
            .seed(3)
    };
    let (mut by_itself, mut own) = (new(), new());
    for batch in 0..9 {
        let rows = batch % 3 * 8..batch % 3 * 8 + 8 - batch % 2;
        let (x, targets) = (&data.samples()[rows.clone()], &data.targets()[rows]);
        let loss = by_itself.step(x, targets).expect("a step");
        let of_own = own.step_with(x.len(), |step| {
            let memory = step.memory.grow(pass::training_need::<Net>().of(x.len()));
            pass::gradient(step.model, &CrossEntropy, x, targets, step.gradient, memory, step.run).0
        });
        // The trainer adds losses up, and divides the sum.
        assert!(of_own.is_ok_and(|own| (own - loss).abs() < 1e-15 * loss.abs().max(1.0)), "{loss}");
    }
    assert_eq!(own.steps(), 4);
    assert_eq!((own.model().as_flat(), own.steps()), (by_itself.model().as_flat(), by_itself.steps()));
    assert_eq!(own.last_model().as_flat(), by_itself.last_model().as_flat());
}

#[test]
fn a_step_of_ones_own_is_refused_where_it_breaks() {
    let mut trainer = trainer();
    assert_eq!(trainer.step_with(0, |_| 0.0), Err(TrainError::BatchSize));
    let error = trainer.step_with(1, |step| {
        *step.gradient = Line::new([[f32::INFINITY]], [0.0]);
        0.5
    });
    assert!(matches!(&error, Err(TrainError::NotFinite(_))), "{error:?}");
    assert!(trainer.step_with(1, |_| f64::NAN).is_err());
    assert_eq!((trainer.steps(), trainer.model().weight), (0, [[1.0]]));
    let step = trainer.step_with(1, |step| {
        *step.gradient = Line::new([[0.25]], [0.0]);
        0.5
    });
    assert_eq!((step, trainer.steps(), trainer.model().weight), (Ok(0.5), 1, [[0.75]]));
}

#[test]
fn nothing_of_it_allocates_in_a_step() {
    let data = classes();
    let mut trainer = Trainer::new(Net::seeded(0), CrossEntropy, Adam::new(0.05))
        .on_gradient(|gradient: &mut Net, _: &GradientView<'_, Net>| gradient.rest.bias[0] = 0.0);
    let (x, targets) = (data.samples(), data.targets());
    let mut step = || {
        let made = trainer.step_with(x.len(), |step| {
            let memory = step.memory.grow(pass::training_need::<Net>().of(x.len()));
            pass::gradient(step.model, &CrossEntropy, x, targets, step.gradient, memory, step.run).0
        });
        assert!(made.is_ok());
    };
    step();
    assert_eq!(measure(step).count_total, 0);
}
