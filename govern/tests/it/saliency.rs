//! Saliency against central differences, and as a picture.

use typednet_data::Dataset;
use typednet_govern::{
    Classifies, GovernError, SaliencyPanel, Scores, input_gradient, integrated_gradients, saliency_svg,
};
use typednet_layers::{
    BatchNorm, Chain, Dense, Dropout, Layer, LayerNorm, Linear, LogSoftmax, Network, Sigmoid, Softmax, Tanh, bits,
};
use typednet_tensor::{Class, Flat, Key};

/// The logits of one sample.
fn logits<M, const N: usize>(model: &M, x: [f64; 6]) -> [f64; N]
where
    M: Layer<In = [f64; 6], Elem = f64, Head: Classifies<M::Out, N>>,
{
    let data = Dataset::new([x], [Class::<N>::default()]).expect("a sample");
    let scores = Scores::of(model, &data).expect("scores");
    let (logits, _) = scores.iter().next().expect("a sample");
    *logits
}

fn against_differences<M, const N: usize>(seed: u64)
where
    M: Layer<In = [f64; 6], Elem = f64, Head: Classifies<M::Out, N>>,
{
    let model = M::seeded(seed);
    let x: [f64; 6] = std::array::from_fn(|i| Key::new(seed).normal(i as u64));
    for class in Class::<N>::all() {
        let gradient = input_gradient(&*model, &x, class).expect("a gradient");
        for place in 0..6 {
            // Of two classes with one logit, it is that of the second less that of the first.
            let score = |step: f64| {
                let mut x = x;
                x[place] += step;
                let z = logits::<M, N>(&model, x);
                if M::Out::LEN == 1 { z[class.index()] - z[1 - class.index()] } else { z[class.index()] }
            };
            let expected = (score(1e-5) - score(-1e-5)) / 2e-5;
            assert!(
                (gradient[place] - expected).abs() < 1e-8,
                "class {class}, place {place}: {} for {expected}",
                gradient[place]
            );
        }
        assert!(gradient.iter().any(|x| x.abs() > 1e-3));
    }
}

#[test]
fn gradients_are_those_of_central_differences() {
    against_differences::<Chain<Dense<6, 9, Tanh, f64>, Dense<9, 3, Softmax, f64>>, 3>(1);
    against_differences::<Chain<Dense<6, 9, Tanh, f64>, Chain<LayerNorm<9, f64>, Dense<9, 4, LogSoftmax, f64>>>, 4>(2);
    against_differences::<Chain<Dense<6, 5, Tanh, f64>, Dense<5, 1, Sigmoid, f64>>, 2>(3);
    against_differences::<Dense<6, 2, Softmax, f64>, 2>(4);
}

#[test]
fn what_differs_in_training_is_refused() {
    type Dropped = Chain<Dense<6, 30, Tanh, f64>, Chain<Dropout<[f64; 30], { bits(0.5) }>, Dense<30, 2, Softmax, f64>>>;
    type Plain = Chain<Dense<6, 30, Tanh, f64>, Dense<30, 2, Softmax, f64>>;
    type Normed = Chain<BatchNorm<6, Linear, f64>, Dense<6, 2, Softmax, f64>>;
    let (x, class) = ([0.3, -0.2, 0.5, 1.0, -1.0, 0.1], Class::<2>::default());
    let model = Dropped::seeded(1);
    let error = input_gradient(&*model, &x, class).unwrap_err();
    assert!(matches!(error, GovernError::DiffersInTraining { .. }), "{error}");
    assert!(matches!(input_gradient(&*Normed::seeded(1), &x, class), Err(GovernError::DiffersInTraining { .. })));
    // The way out that the error names.
    let mut plain = Plain::zeroed();
    plain.as_flat_mut().copy_from_slice(model.as_flat());
    input_gradient(&*plain, &x, class).expect("a gradient");
    let bad = input_gradient(&*plain, &[0.0, 0.0, f64::NAN, 0.0, 0.0, 0.0], class);
    assert_eq!(bad.err(), Some(GovernError::NotFinite { what: "feature", row: 0, column: 2 }));
}

/// What all numbers count together is what the logit has gained since the baseline.
#[test]
fn integrated_gradients_add_up_to_the_decision() {
    type Net = Chain<Dense<6, 9, Tanh, f64>, Chain<LayerNorm<9, f64>, Dense<9, 4, LogSoftmax, f64>>>;
    let model = Net::seeded(5);
    let x: [f64; 6] = std::array::from_fn(|i| Key::new(9).normal(i as u64));
    let baseline = [0.1, x[1], 0.3, -0.4, 0.0, 0.2];
    for class in Class::<4>::all() {
        let counts = integrated_gradients(&*model, &x, &baseline, class, 400).expect("counts");
        let gained = logits::<_, 4>(&*model, x)[class.index()] - logits::<_, 4>(&*model, baseline)[class.index()];
        let sum: f64 = counts.iter().sum();
        assert!((sum - gained).abs() < 1e-4 * gained.abs().max(1.0), "{class}: {sum} for {gained}");
        assert!(counts[1].abs() < 1e-300, "what is as the baseline has done nothing: {}", counts[1]);
    }
    let class = Class::<4>::default();
    let none = integrated_gradients(&*model, &x, &baseline, class, 0).unwrap_err();
    assert!(none.to_string().contains("steps"), "{none}");
    assert!(integrated_gradients(&*model, &x, &[f64::NAN; 6], class, 2).is_err());
}

#[test]
fn a_picture_shows_each_pixel() {
    let (image, counts) = ([0.0_f32, 1.0, 0.5, 0.0, 0.0, 0.0], [0.0_f32, 0.0, 0.0, -2.0, 0.0, 1.0]);
    let panel = SaliencyPanel { title: "<a> & b", image: &image, attribution: &counts };
    let svg = saliency_svg(&[panel, panel], 2, 3).expect("a picture");
    // In each panel one pixel is against the class, and one for it, half as much.
    let of = |class: &str| svg.lines().filter(|line| line.contains(class)).collect::<Vec<_>>();
    let (against, speaks_for) = (of("class=\"f0\""), of("class=\"f1\""));
    assert_eq!([against.len(), speaks_for.len()], [2, 2], "{svg}");
    let is_one_pixel = |line: &&str| line.matches('M').count() == 1;
    assert!(against.iter().all(|line| is_one_pixel(line) && !line.contains("fill-opacity")), "{svg}");
    assert!(speaks_for.iter().all(|line| is_one_pixel(line) && line.contains("fill-opacity")), "{svg}");
    assert_eq!(svg.matches("&lt;a&gt; &amp; b").count(), 2, "{svg}");
    for (panels, rows) in
        [(&[][..], 2), (&[panel][..], 3), (&[SaliencyPanel { attribution: &[f32::NAN; 6], ..panel }][..], 2)]
    {
        assert!(matches!(saliency_svg(panels, rows, 3), Err(GovernError::Picture { .. })));
    }
    assert!(saliency_svg(&[panel], 0, 0).is_err());
    // Sizes whose product, wrapped around, would be the six pixels that there are.
    for (rows, columns) in [(usize::MAX / 2 + 4, 2), (2, usize::MAX / 2 + 4), (usize::MAX, usize::MAX)] {
        let error = saliency_svg(&[panel], rows, columns).expect_err("too large");
        assert!(error.to_string().contains("too many or too large"), "{error}");
    }
    let blank = SaliencyPanel { title: "blank", image: &[0.0; 6], attribution: &[0.0; 6] };
    assert!(saliency_svg(&[blank], 2, 3).is_ok());
}
