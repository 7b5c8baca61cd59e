//! What layers over images and other arrays compute, as plain loops.

use typednet_layers::{
    Activation, BatchNorm, Bilinear, Concat, Crop, Each, Flatten, Frozen, FrozenBatchNorm, GroupNorm, Layer, Nearest,
    Pad, Reshape, Upsample,
};
use typednet_tensor::{Differentiable, Flat, Sample, Scalar};

use super::super::activations::NaiveActivation;
use super::super::reference::{NaiveLayer, by_parts, take};

impl<const N: usize, L: NaiveLayer> NaiveLayer for Each<N, L>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let whole = *params;
        by_parts(x, L::In::LEN, &mut |x| {
            *params = whole;
            L::naive(params, x, margin)
        })
    }
}

impl<S: Differentiable, const N: usize> NaiveLayer for Flatten<S, N> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x.to_vec()
    }
}

impl<S: Differentiable, R: Differentiable<Elem = S::Elem>> NaiveLayer for Reshape<S, R> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x.to_vec()
    }
}

impl<A: NaiveLayer, B: NaiveLayer, Out> NaiveLayer for Concat<A, B, Out>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let (a, b) = (A::naive(params, x, margin), B::naive(params, x, margin));
        beside(&a, &b, A::Out::SHAPE.sizes())
    }
}

/// Each row of `a`, whose type has the sizes `of_a`, with that of `b` behind it.
fn beside(a: &[f64], b: &[f64], of_a: &[usize]) -> Vec<f64> {
    // A sequence may be shorter than the type says.
    let rows = a.len() / of_a.last().expect("a width");
    let row = |row: usize, of: &[f64]| of[row * of.len() / rows..(row + 1) * of.len() / rows].to_vec();
    (0..rows).flat_map(|r| [row(r, a), row(r, b)].concat()).collect()
}

impl<L: NaiveLayer> NaiveLayer for Frozen<L> {
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        L::naive(params, x, margin)
    }
}

impl<const N: usize, A: Activation<T> + NaiveActivation, T: Scalar> NaiveLayer for FrozenBatchNorm<N, A, T> {
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        BatchNorm::<N, A, T>::naive(params, x, margin)
    }
}

impl<const H: usize, const W: usize, const C: usize, const G: usize, T: Scalar> NaiveLayer
    for GroupNorm<H, W, C, G, T>
{
    fn naive(params: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        group_norm(take(params, C), take(params, C), x, G)
    }
}

/// Each number by the mean and the variance of the `groups`-th part of the channels that it is in.
fn group_norm(scale: &[f64], bias: &[f64], x: &[f64], groups: usize) -> Vec<f64> {
    let channels = scale.len();
    let group = |place: usize| place % channels / (channels / groups);
    let normalised = |(place, value): (usize, &f64)| {
        let all: Vec<f64> =
            x.iter().enumerate().filter(|(other, _)| group(*other) == group(place)).map(|(_, x)| *x).collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / all.len() as f64;
        (value - mean) / (variance + 1e-5).sqrt() * scale[place % channels] + bias[place % channels]
    };
    x.iter().enumerate().map(normalised).collect()
}

/// Calls `at` with row, column and channel of each number of an image.
fn image(height: usize, width: usize, channels: usize, at: impl Fn(usize, usize, usize) -> f64) -> Vec<f64> {
    (0..height * width * channels).map(|n| at(n / channels / width, n / channels % width, n % channels)).collect()
}

impl<const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize, T: Scalar> NaiveLayer
    for Upsample<H, W, C, OH, OW, Nearest, T>
{
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        image(OH, OW, C, |i, j, c| x[(i * H / OH * W + j * W / OW) * C + c])
    }
}

impl<const H: usize, const W: usize, const C: usize, const OH: usize, const OW: usize, T: Scalar> NaiveLayer
    for Upsample<H, W, C, OH, OW, Bilinear, T>
{
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        bilinear(x, [H, W, C], [OH, OW])
    }
}

/// A sum over all pixels: each counts as much as its tent is high where the new pixel's middle lies.
fn bilinear(x: &[f64], [height, width, channels]: [usize; 3], [rows, columns]: [usize; 2]) -> Vec<f64> {
    let weight = |new: usize, old: usize, news: usize, olds: usize| {
        let at = ((new as f64 + 0.5) * olds as f64 / news as f64 - 0.5).clamp(0.0, olds as f64 - 1.0);
        (1.0 - (at - old as f64).abs()).max(0.0)
    };
    image(rows, columns, channels, |i, j, c| {
        let pixels = (0..height).flat_map(|row| (0..width).map(move |column| (row, column)));
        let of_pixel = |(row, column)| {
            weight(i, row, rows, height) * weight(j, column, columns, width) * x[(row * width + column) * channels + c]
        };
        pixels.map(of_pixel).sum()
    })
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const OH: usize,
    const OW: usize,
    const TOP: usize,
    const LEFT: usize,
    T: Scalar,
> NaiveLayer for Pad<H, W, C, OH, OW, TOP, LEFT, T>
{
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        image(OH, OW, C, |i, j, c| {
            let inside = (TOP..TOP + H).contains(&i) && (LEFT..LEFT + W).contains(&j);
            if inside { x[((i - TOP) * W + j - LEFT) * C + c] } else { 0.0 }
        })
    }
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const OH: usize,
    const OW: usize,
    const TOP: usize,
    const LEFT: usize,
    T: Scalar,
> NaiveLayer for Crop<H, W, C, OH, OW, TOP, LEFT, T>
{
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        image(OH, OW, C, |i, j, c| x[((i + TOP) * W + j + LEFT) * C + c])
    }
}
