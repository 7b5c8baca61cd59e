//! What layers over images and other arrays compute, as plain loops.

use typednet_layers::{
    Activation, BatchNorm, Bilinear, Concat, Crop, Each, Flatten, Frozen, FrozenBatchNorm, GroupNorm, Layer, Nearest,
    Pad, Reshape, Upsample,
};
use typednet_tensor::{Differentiable, Flat, Sample, Scalar};

use super::super::activations::NaiveActivation;
use super::super::reference::NaiveLayer;

impl<const N: usize, L: NaiveLayer> NaiveLayer for Each<N, L>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let whole = *params;
        let part = |x| {
            *params = whole;
            L::naive(params, x, margin)
        };
        x.chunks(L::In::LEN).flat_map(part).collect()
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
        // A sequence may be shorter than the type says.
        let rows = a.len() / A::Out::SHAPE.sizes().last().expect("a width");
        let row = |row: usize, of: &[f64]| of[row * of.len() / rows..(row + 1) * of.len() / rows].to_vec();
        (0..rows).flat_map(|r| [row(r, &a), row(r, &b)].concat()).collect()
    }
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
        let (scale, rest) = params.split_at(C);
        let (bias, rest) = rest.split_at(C);
        *params = rest;
        let group = |place: usize| place % C / (C / G);
        let normalised = |(place, value): (usize, &f64)| {
            let all: Vec<f64> =
                x.iter().enumerate().filter(|(other, _)| group(*other) == group(place)).map(|(_, x)| *x).collect();
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            let variance = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / all.len() as f64;
            (value - mean) / (variance + 1e-5).sqrt() * scale[place % C] + bias[place % C]
        };
        x.iter().enumerate().map(normalised).collect()
    }
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
    /// A sum over all pixels: each counts as much as its tent is high where the new pixel's middle lies.
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        let weight = |new: usize, old: usize, news: usize, olds: usize| {
            let at = ((new as f64 + 0.5) * olds as f64 / news as f64 - 0.5).clamp(0.0, olds as f64 - 1.0);
            (1.0 - (at - old as f64).abs()).max(0.0)
        };
        image(OH, OW, C, |i, j, c| {
            let pixels = (0..H).flat_map(|row| (0..W).map(move |column| (row, column)));
            pixels
                .map(|(row, column)| weight(i, row, OH, H) * weight(j, column, OW, W) * x[(row * W + column) * C + c])
                .sum()
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
