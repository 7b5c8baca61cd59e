//! Attention and what stands around it in a transformer: formulas as plain loops in `f64`, cases, and those that `PyTorch`
//! computed (`goldens/attention.py` says how).

use typednet_layers::loss::SquaredError;
use typednet_layers::{
    Attention, AttentionMode, Causal, Chain, Dense, Each, Frozen, Full, Gelu, LayerNorm, Linear, Positions, Relu,
    Repeat, Residual, RmsNorm, Rotary, SinusoidalPositions, SwiGlu, TransformerBlock,
};
use typednet_tensor::Scalar;

use super::pytorch::check;
use super::reference::{NaiveLayer, take};
use super::subject::{Table, Target, subject};

static GOLDENS: &str = include_str!("../../../../goldens/attention.json");

/// Number `o` of W·x + b, for a weight with `outputs` columns.
fn dense(weight: &[f64], outputs: usize, o: usize, x: &[f64]) -> f64 {
    x.iter().enumerate().map(|(i, x)| x * weight[i * outputs + o]).sum()
}

impl<const N: usize, const D: usize, const HEADS: usize, const WIDTH: usize, M: AttentionMode, T: Scalar> NaiveLayer
    for Attention<N, D, HEADS, WIDTH, M, T>
{
    fn naive(params: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        let of_inputs = (take(params, 3 * D * D), take(params, 3 * D));
        let of_outputs = (take(params, D * D), take(params, D));
        attend(x, of_inputs, of_outputs, [D, HEADS, WIDTH], M::ROTARY, M::CAUSAL)
    }
}

/// Attention of steps of `sizes[0]` numbers with so many heads of a width, by weights and biases.
fn attend(
    x: &[f64],
    (weight, bias): (&[f64], &[f64]),
    (out_weight, out_bias): (&[f64], &[f64]),
    [numbers, heads, width]: [usize; 3],
    is_rotary: bool,
    is_causal: bool,
) -> Vec<f64> {
    let steps: Vec<_> = x.chunks(numbers).collect();
    // Query, key or value number `c` of a head on a step, before it is turned.
    let plain = |which: usize, step: usize, head: usize, c: usize| {
        let column = which * numbers + head * width + c;
        dense(weight, 3 * numbers, column, steps[step]) + bias[column]
    };
    let number = |which: usize, step: usize, head: usize, c: usize| {
        if !is_rotary || which == 2 {
            return plain(which, step, head, c);
        }
        let pair = c % (width / 2);
        let angle = step as f64 / 10000_f64.powf(2.0 * pair as f64 / width as f64);
        let [a, b] = [pair, pair + width / 2].map(|c| plain(which, step, head, c));
        if c == pair { a * angle.cos() - b * angle.sin() } else { a * angle.sin() + b * angle.cos() }
    };
    let mut y = Vec::new();
    for query in 0..steps.len() {
        let mut context = vec![];
        for head in 0..heads {
            let seen = if is_causal { query + 1 } else { steps.len() };
            let score = |key: usize| {
                let products = (0..width).map(|c| number(0, query, head, c) * number(1, key, head, c));
                products.sum::<f64>() / (width as f64).sqrt()
            };
            let exponentials: Vec<_> = (0..seen).map(|key| score(key).exp()).collect();
            let sum: f64 = exponentials.iter().sum();
            for c in 0..width {
                let terms = exponentials.iter().enumerate().map(|(key, e)| e / sum * number(2, key, head, c));
                context.push(terms.sum::<f64>());
            }
        }
        y.extend((0..numbers).map(|o| dense(out_weight, numbers, o, &context) + out_bias[o]));
    }
    y
}

impl<const N: usize, const D: usize, T: Scalar> NaiveLayer for Positions<N, D, T> {
    fn naive(params: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x.iter().zip(take(params, N * D)).map(|(x, p)| x + p).collect()
    }
}

impl<const N: usize, const D: usize, T: Scalar> NaiveLayer for SinusoidalPositions<N, D, T> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        sinusoidal(x, D)
    }
}

fn sinusoidal(x: &[f64], width: usize) -> Vec<f64> {
    let position = |i: usize| {
        let (step, d) = ((i / width) as f64, i % width);
        let angle = step / 10000_f64.powf((d / 2 * 2) as f64 / width as f64);
        if d % 2 == 0 { angle.sin() } else { angle.cos() }
    };
    x.iter().enumerate().map(|(i, x)| x + position(i)).collect()
}

impl<const D: usize, const M: usize, T: Scalar> NaiveLayer for SwiGlu<D, M, T> {
    fn naive(params: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        let (gate, up) = (take(params, D * M), take(params, D * M));
        swi_glu(x, gate, up, take(params, D * M), M)
    }
}

fn swi_glu(x: &[f64], gate: &[f64], up: &[f64], down: &[f64], middle: usize) -> Vec<f64> {
    let open = |m: usize| {
        let z = dense(gate, middle, m, x);
        z / (1.0 + (-z).exp()) * dense(up, middle, m, x)
    };
    let hidden: Vec<_> = (0..middle).map(open).collect();
    (0..x.len()).map(|o| dense(down, x.len(), o, &hidden)).collect()
}

type PostNorm<const N: usize, const D: usize, const HEADS: usize, const WIDTH: usize, const M: usize, T> = Chain<
    Residual<Attention<N, D, HEADS, WIDTH, Full, T>>,
    Chain<
        Each<N, LayerNorm<D, T>>,
        Chain<Residual<Each<N, Chain<Dense<D, M, Relu, T>, Dense<M, D, Linear, T>>>>, Each<N, LayerNorm<D, T>>>,
    >,
>;

/// As the models that followed `Llama` have it.
type Modern<T> = Chain<
    Residual<Chain<Each<3, RmsNorm<4, T>>, Attention<3, 4, 2, 2, Rotary, T>>>,
    Residual<Chain<Each<3, RmsNorm<4, T>>, Each<3, SwiGlu<4, 5, T>>>>,
>;

macro_rules! with_mean {
    ($($layer:ty),* $(,)?) => { vec![$(subject::<$layer, _>(SquaredError::Mean)),*] };
}

/// One step, one head, widths of one and odd ones, more steps than a tile of queries has, and all modes.
pub(crate) fn attention<T: Scalar + Target>(table: &mut Table<T>) {
    table.extend(with_mean![
        Attention<1, 2, 1, 2, Full, T>,
        Attention<1, 1, 1, 1, Causal, T>,
        Attention<3, 4, 2, 2, Causal, T>,
        Attention<4, 6, 2, 3, Full, T>,
        Attention<5, 3, 3, 1, Causal, T>,
        Attention<3, 6, 3, 2, Rotary<Causal>, T>,
        Attention<3, 4, 1, 4, Rotary<Full>, T>,
        Attention<26, 2, 1, 2, Causal, T>,
        Attention<2, 18, 1, 18, Full, T>,
        Frozen<Attention<3, 4, 2, 2, Rotary<Causal>, T>>,
        Positions<4, 3, T>,
        SinusoidalPositions<5, 3, T>,
        Chain<SinusoidalPositions<3, 4, T>, Each<3, Dense<4, 2, Gelu, T>>>,
        SwiGlu<3, 5, T>,
        SwiGlu<1, 1, T>,
        Each<2, SwiGlu<4, 17, T>>,
        Frozen<SwiGlu<2, 3, T>>,
        Chain<Positions<3, 4, T>, TransformerBlock<3, 4, 2, 2, 5, Gelu, Causal, T>>,
        Repeat<2, PostNorm<3, 4, 2, 2, 5, T>>,
        Modern<T>,
    ]);
}

/// The networks of `goldens/attention.json`.
fn goldens<T: Scalar + Target>() -> Table<T> {
    with_mean![
        Attention<1, 2, 1, 2, Full, T>,
        Attention<1, 3, 3, 1, Causal, T>,
        Attention<5, 6, 2, 3, Full, T>,
        Attention<5, 6, 2, 3, Causal, T>,
        Attention<7, 5, 1, 5, Causal, T>,
        Attention<27, 8, 2, 4, Causal, T>,
        Attention<6, 8, 2, 4, Rotary<Full>, T>,
        Attention<6, 12, 2, 6, Rotary<Causal>, T>,
        Attention<3, 4, 4, 1, Full, T>,
        Positions<3, 4, T>,
        SinusoidalPositions<9, 5, T>,
        SwiGlu<3, 7, T>,
        TransformerBlock<4, 6, 3, 2, 9, Gelu, Full, T>,
        TransformerBlock<5, 6, 3, 2, 9, Gelu, Causal, T>,
        PostNorm<4, 6, 3, 2, 9, T>,
    ]
}

#[test]
fn pytorch_in_f32() {
    check(GOLDENS, goldens::<f32>(), 1e-5);
}

#[test]
fn pytorch_in_f64() {
    check(GOLDENS, goldens::<f64>(), 1e-10);
}
