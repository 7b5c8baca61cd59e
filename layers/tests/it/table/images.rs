//! Layers over images and other arrays: their cases of the table, and what they compute as plain loops.

use typednet_layers::loss::SquaredError;
use typednet_layers::{
    ActivationLayer, Add, BatchNorm, Bilinear, Chain, Concat, Crop, Dense, Each, Flatten, Frozen, FrozenBatchNorm,
    GroupNorm, Layer, LayerNorm, Linear, Nearest, Pad, Relu, Reshape, Residual, Silu, Softmax, Tanh, Upsample,
};
use typednet_tensor::{Flat, Sample, Scalar};

use super::cases::{Half, Table};
use super::reference::NaiveLayer;
use super::subject::{Target, subject};

/// The image `[H, W, C]`.
type Image<T, const H: usize, const W: usize, const C: usize> = [[[T; C]; W]; H];

/// The layer `L` on each pixel.
type Pixels<const H: usize, const W: usize, L> = Each<H, Each<W, L>>;

pub(crate) fn images<T: Scalar + Target>(table: &mut Table<T>) {
    each(table);
    shapes(table);
    branches(table);
    frozen(table);
    norms(table);
    pixels(table);
}

fn each<T: Scalar + Target>(table: &mut Table<T>) {
    type Two<T> = Chain<Dense<2, 5, Tanh, T>, Dense<5, 3, Gelu, T>>;
    type Normed<T> = Chain<Dense<2, 4, Linear, T>, Chain<BatchNorm<4, T>, ActivationLayer<[T; 4], Tanh>>>;
    use typednet_layers::Gelu;
    table.push(subject::<Each<3, Dense<2, 4, Linear, T>>, _>(SquaredError::Mean));
    table.push(subject::<Each<1, Dense<3, 1, Silu, T>>, _>(SquaredError::Half));
    table.push(subject::<Pixels<3, 2, Dense<1, 17, Relu, T>>, _>(SquaredError::Mean));
    table.push(subject::<Pixels<2, 3, Dense<4, 3, Softmax, T>>, _>(SquaredError::Mean));
    table.push(subject::<Each<5, Two<T>>, _>(SquaredError::Mean));
    table.push(subject::<Each<2, Residual<Each<3, Dense<2, 2, Tanh, T>>>>, _>(SquaredError::Mean));
    table.push(subject::<Each<4, Half<[T; 3]>>, _>(SquaredError::Mean));
    table.push(subject::<Pixels<3, 2, BatchNorm<1, T>>, _>(SquaredError::Mean));
    table.push(subject::<Bent<T, 3, 2, 5>, _>(SquaredError::Mean));
    table.push(subject::<Bent<T, 1, 4, 17>, _>(SquaredError::Half));
    table.push(subject::<Each<5, BatchNorm<1, T>>, _>(SquaredError::Mean));
    table.push(subject::<Each<7, Normed<T>>, _>(SquaredError::Mean));
    table.push(subject::<Pixels<2, 2, LayerNorm<7, T>>, _>(SquaredError::Mean));
}

fn shapes<T: Scalar + Target>(table: &mut Table<T>) {
    table.push(subject::<Flatten<Image<T, 2, 3, 5>, 30>, _>(SquaredError::Mean));
    table.push(subject::<Flatten<[T; 3], 3>, _>(SquaredError::Half));
    table.push(subject::<Chain<Pixels<3, 1, Dense<2, 3, Relu, T>>, Flat9<T>>, _>(SquaredError::Mean));
    table.push(subject::<Reshape<[[T; 6]; 2], Image<T, 2, 2, 3>>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Dense<3, 8, Tanh, T>, Chain<Reshape<[T; 8], Image<T, 2, 2, 2>>, Grey<T>>>, _>(
        SquaredError::Mean,
    ));
}

// The loss over a normalisation alone nearly does not depend on x, and all digits of its derivative are rounding.
type Bent<T, const H: usize, const W: usize, const C: usize> =
    Chain<Pixels<H, W, BatchNorm<C, T>>, ActivationLayer<Image<T, H, W, C>, Tanh>>;

type Flat9<T> = Chain<Flatten<Image<T, 3, 1, 3>, 9>, Dense<9, 2, Linear, T>>;
type Grey<T> = Pixels<2, 2, Dense<2, 1, Linear, T>>;

fn branches<T: Scalar + Target>(table: &mut Table<T>) {
    type Wide<T> = Pixels<3, 2, Dense<2, 4, Tanh, T>>;
    type Same<T> = Pixels<3, 2, Dense<2, 2, Silu, T>>;
    type Rest<T> = Concat<Half<Image<T, 3, 2, 2>>, Same<T>, Image<T, 3, 2, 4>>;
    table.push(subject::<Concat<Wide<T>, Same<T>, Image<T, 3, 2, 6>>, _>(SquaredError::Mean));
    table.push(subject::<Concat<Wide<T>, Rest<T>, Image<T, 3, 2, 8>>, _>(SquaredError::Half));
    table.push(subject::<Concat<Each<3, Dense<2, 1, Relu, T>>, Each<3, Dense<2, 17, Tanh, T>>, [[T; 18]; 3]>, _>(
        SquaredError::Mean,
    ));
    table.push(subject::<Add<Wide<T>, Chain<Same<T>, Wide<T>>>, _>(SquaredError::Mean));
    table.push(subject::<Residual<Chain<Same<T>, Pixels<3, 2, BatchNorm<2, T>>>>, _>(SquaredError::Mean));
}

fn frozen<T: Scalar + Target>(table: &mut Table<T>) {
    type Body<T> = Chain<Dense<3, 5, Tanh, T>, Chain<BatchNorm<5, T>, Chain<Half<[T; 5]>, LayerNorm<5, T>>>>;
    type Behind<T> = Chain<Dense<3, 3, Tanh, T>, Chain<Frozen<Body<T>>, Dense<5, 2, Linear, T>>>;
    table.push(subject::<Frozen<Dense<3, 4, Silu, T>>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Frozen<Body<T>>, Dense<5, 2, Linear, T>>, _>(SquaredError::Mean));
    table.push(subject::<Behind<T>, _>(SquaredError::Mean));
    table.push(subject::<Residual<Chain<Frozen<Body<T>>, Dense<5, 3, Tanh, T>>>, _>(SquaredError::Mean));
    table.push(subject::<Pixels<2, 3, Frozen<BatchNorm<3, T>>>, _>(SquaredError::Mean));
    table.push(subject::<FrozenBatchNorm<7, T>, _>(SquaredError::Mean));
    table.push(subject::<FrozenBatchNorm<17, T>, _>(SquaredError::Half));
    table.push(subject::<Pixels<3, 2, FrozenBatchNorm<4, T>>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Dense<3, 2, Tanh, T>, Frozen<FrozenBatchNorm<2, T>>>, _>(SquaredError::Mean));
}

fn norms<T: Scalar + Target>(table: &mut Table<T>) {
    type Narrow<T> = Chain<Pixels<2, 3, Dense<2, 4, Linear, T>>, GroupNorm<2, 3, 4, 2, T>>;
    table.push(subject::<GroupNorm<3, 2, 4, 2, T>, _>(SquaredError::Mean));
    table.push(subject::<GroupNorm<2, 2, 6, 1, T>, _>(SquaredError::Half));
    table.push(subject::<GroupNorm<3, 3, 3, 3, T>, _>(SquaredError::Mean));
    table.push(subject::<GroupNorm<1, 2, 34, 2, T>, _>(SquaredError::Mean));
    table.push(subject::<GroupNorm<1, 1, 17, 1, T>, _>(SquaredError::Half));
    table.push(subject::<GroupNorm<4, 1, 1, 1, T>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Narrow<T>, ActivationLayer<Image<T, 2, 3, 4>, Tanh>>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Pixels<2, 3, Dense<2, 4, Tanh, T>>, Frozen<GroupNorm<2, 3, 4, 4, T>>>, _>(
        SquaredError::Mean,
    ));
}

fn pixels<T: Scalar + Target>(table: &mut Table<T>) {
    table.push(subject::<Upsample<2, 3, 2, 4, 6, Nearest, T>, _>(SquaredError::Mean));
    table.push(subject::<Upsample<1, 2, 17, 3, 2, Nearest, T>, _>(SquaredError::Half));
    table.push(subject::<Upsample<2, 3, 2, 4, 6, Bilinear, T>, _>(SquaredError::Mean));
    table.push(subject::<Upsample<3, 2, 1, 9, 2, Bilinear, T>, _>(SquaredError::Mean));
    table.push(subject::<Upsample<1, 1, 18, 2, 5, Bilinear, T>, _>(SquaredError::Half));
    table.push(subject::<Upsample<2, 2, 3, 8, 6, Bilinear, T>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Pixels<2, 2, Dense<1, 3, Tanh, T>>, Upsample<2, 2, 3, 4, 2, Bilinear, T>>, _>(
        SquaredError::Mean,
    ));
    table.push(subject::<Pad<2, 3, 2, 4, 7, 1, 2, T>, _>(SquaredError::Mean));
    table.push(subject::<Pad<1, 2, 17, 2, 3, 1, 0, T>, _>(SquaredError::Half));
    table.push(subject::<Pad<2, 2, 1, 2, 2, 0, 0, T>, _>(SquaredError::Mean));
    table.push(subject::<Crop<4, 5, 2, 2, 1, 1, 2, T>, _>(SquaredError::Mean));
    table.push(subject::<Crop<2, 3, 17, 1, 3, 1, 0, T>, _>(SquaredError::Half));
    table.push(subject::<Chain<Pixels<2, 3, Dense<1, 2, Silu, T>>, Crop<2, 3, 2, 1, 2, 0, 1, T>>, _>(
        SquaredError::Mean,
    ));
}

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

impl<S: Sample<Elem: Scalar>, const N: usize> NaiveLayer for Flatten<S, N> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x.to_vec()
    }
}

impl<S: Sample<Elem: Scalar>, R: Sample<Elem = S::Elem>> NaiveLayer for Reshape<S, R> {
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
        let rows: usize = A::Out::SHAPE.sizes().iter().rev().skip(1).product();
        let row = |row: usize, of: &[f64]| of[row * of.len() / rows..(row + 1) * of.len() / rows].to_vec();
        (0..rows).flat_map(|r| [row(r, &a), row(r, &b)].concat()).collect()
    }
}

impl<L: NaiveLayer> NaiveLayer for Frozen<L> {
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        L::naive(params, x, margin)
    }
}

impl<const N: usize, T: Scalar> NaiveLayer for FrozenBatchNorm<N, T> {
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        BatchNorm::<N, T>::naive(params, x, margin)
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
