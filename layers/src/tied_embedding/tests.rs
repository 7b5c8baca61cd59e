use super::*;
use crate::{ActivationLayer, BatchNorm, Chain, Each, Gelu, LayerNorm, Network, Positions, TransformerBlock, pass};
use crate::{Causal, check_parameter_gradients};
use typednet_tensor::Key;

const RUN: PassContext<'static> = PassContext::new(Key::new(0));

/// Nothing between the table and itself, so that by hand y = E\[x\]·Eᵀ.
type Nothing<const N: usize, const V: usize> = TiedEmbedding<N, V, 2, ActivationLayer<[[f32; 2]; N], Linear>>;

/// The gradient of Σ y₀₀ over these texts, in memory that holds what no pass may read.
fn gradient<const N: usize, const V: usize>(
    table: [[f32; 2]; V],
    texts: &[[usize; N]],
    run: PassContext<'_>,
) -> [[f32; 2]; V] {
    let model = Nothing::<N, V>::new(Embedding::new(table), ActivationLayer::new());
    let x: Vec<_> = texts.iter().map(|text| text.map(|token| Token::new(token).unwrap())).collect();
    let mut grad = Nothing::<N, V>::zeroed();
    grad.as_flat_mut().fill(f32::NAN);
    let mut memory = vec![f32::NAN; pass::training_need::<Nothing<N, V>>().of(x.len())];
    let upstream = |_: &[[[f32; V]; N]], dy: &mut [[[f32; V]; N]]| {
        dy.as_flattened_mut().as_flattened_mut().fill(0.0);
        for dy in dy {
            dy[0][0] = 1.0;
        }
    };
    pass::vjp(&model, &x, upstream, &mut *grad, None, &mut memory, run);
    grad.embedding.weight
}

/// Of y = E\[x\]·E₀ the gradient by E₀ is E\[x\], and by E\[x\] it is E₀: both stand in one table.
#[test]
fn the_gradient_has_both_parts() {
    let table = [[1.0, 2.0], [3.0, 5.0], [7.0, 11.0]];
    assert_eq!(gradient(table, &[[1]], RUN), [[3.0, 5.0], [1.0, 2.0], [0.0; 2]]);
    // Token 0 itself: the derivative of a square.
    assert_eq!(gradient(table, &[[0]], RUN), [[2.0, 4.0], [0.0; 2], [0.0; 2]]);
    // Twice the same, in two texts; what stands behind the first has no part here.
    assert_eq!(gradient(table, &[[2, 1], [2, 2]], RUN), [[14.0, 22.0], [0.0; 2], [2.0, 4.0]]);
}

/// Of y₀₀ = … + b₀ in two texts the gradient by b₀ is 2, and it is added in each row.
#[test]
fn a_bias_is_added_to_each_row() {
    type Biased = TiedEmbedding<2, 3, 2, ActivationLayer<[[f32; 2]; 2], Linear>, f32, 3>;
    let table = Embedding::new([[1.0, 2.0], [3.0, 5.0], [7.0, 11.0]]);
    let model = Biased::with_bias(table, ActivationLayer::new(), [100.0, 200.0, 300.0]);
    let token = |index| Token::new(index).unwrap();
    let x = [[token(1), token(0)], [token(0), token(2)]];
    assert_eq!(model.predict(&x[0]), [[113.0, 234.0, 376.0], [105.0, 213.0, 329.0]]);
    let (mut grad, mut memory) = (Biased::zeroed(), vec![f32::NAN; pass::training_need::<Biased>().of(2)]);
    grad.as_flat_mut().fill(f32::NAN);
    let upstream = |_: &[[[f32; 3]; 2]], dy: &mut [[[f32; 3]; 2]]| {
        dy.as_flattened_mut().as_flattened_mut().fill(0.0);
        for dy in &mut *dy {
            dy[0][0] = 1.0;
        }
        dy[1][1][2] = 0.5;
    };
    pass::vjp(&model, &x, upstream, &mut *grad, None, &mut memory, RUN);
    assert_eq!(grad.bias.as_flat(), [2.0, 0.0, 0.5]);
}

#[test]
fn a_bias_begins_with_zeros_and_is_named() {
    type Biased = TiedEmbedding<1, 3, 2, ActivationLayer<[[f32; 2]; 1], Linear>, f32, 3>;
    assert_eq!(Biased::seeded(1).bias.as_flat(), [0.0; 3]);
    let mut names = vec![];
    Biased::TREE.visit(&mut |place| names.push((place.to_string(), place.start)));
    assert_eq!(names, [("bias".to_owned(), 0), ("embedding.weight".to_owned(), 3)]);
    assert_eq!(
        [Biased::TREE, Nothing::<1, 3>::TREE].map(|tree| tree.to_string()),
        ["TiedEmbedding<2, bias = true>", "TiedEmbedding<2>"]
    );
}

#[test]
fn what_is_frozen_has_no_gradient() {
    assert!(gradient([[1.0; 2]; 3], &[[0, 1]], RUN.frozen()).as_flat().iter().all(|gradient| gradient.is_nan()));
}

#[test]
fn gradients_of_a_language_model_are_central_differences() {
    type Body = Chain<
        Positions<4, 6, f64>,
        Chain<TransformerBlock<4, 6, 2, 3, 5, Gelu, Causal, f64>, Each<4, LayerNorm<6, f64>>>,
    >;
    type Gpt = TiedEmbedding<4, 7, 6, Body, f64>;
    let text = |tokens: [usize; 4]| tokens.map(|token| Token::new(token).unwrap());
    let mut model = Gpt::seeded(3);
    for (n, x) in model.as_flat_mut().iter_mut().enumerate() {
        *x += 0.3 * Key::new(1).normal::<f64>(n as u64);
    }
    check_parameter_gradients(&*model, &[text([0, 3, 3, 1]), text([6, 0, 3, 2])]).unwrap();
}

/// What the layers inside take over after a step reaches them.
#[test]
fn statistics_inside_are_taken_over() {
    type Counting = TiedEmbedding<2, 3, 2, Each<2, BatchNorm<2>>>;
    let (mut model, mut inner, mut grad) = (Counting::seeded(1), Each::<2, BatchNorm<2>>::zeroed(), Counting::zeroed());
    inner.as_flat_mut().copy_from_slice(model.inner.as_flat());
    grad.as_flat_mut().fill(0.5);
    let before = inner.as_flat().to_vec();
    inner.commit(&grad.inner);
    model.commit(&grad);
    assert_eq!(model.inner.as_flat(), inner.as_flat());
    assert_ne!(inner.as_flat(), before);
}

#[test]
fn a_table_begins_with_small_numbers() {
    type Wide = TiedEmbedding<1, 400, 100, ActivationLayer<[[f64; 100]; 1], Linear>, f64>;
    let values = Wide::seeded(3);
    let variance = values.as_flat().iter().map(|x| x * x).sum::<f64>() / 40_000.0 / (0.02 * 0.02);
    // Six deviations of the estimate, √(2/n).
    assert!((variance - 1.0).abs() < 6.0 * (2.0_f64 / 40_000.0).sqrt(), "{variance}");
}

#[test]
fn both_parts_are_seen_and_named() {
    type Net = Nothing<2, 3>;
    let (model, x, mut y) = (Net::seeded(1), [[Token::new(2).unwrap(), Token::default()]], [[[0.0; 3]; 2]]);
    let (mut memory, mut seen) = (vec![f32::NAN; Net::INFER.of(1)], vec![]);
    model.visit_outputs(&x, &mut y, &mut memory, RUN, &Path::ROOT, &mut |output| {
        seen.push((output.path.to_string(), output.values.to_vec()));
    });
    let [two, zero] = [2, 0].map(|token| model.embedding.weight[token]);
    let vectors = [two, zero].concat();
    assert_eq!(seen, [("embedding".to_owned(), vectors.clone()), ("inner".to_owned(), vectors)]);
    assert_eq!(y[0], model.predict(&x[0]));
}
