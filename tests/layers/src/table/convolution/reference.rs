//! What convolutions and poolings compute, from images with their padding written out.

use typednet_layers::{Activation, AvgPool, Conv1d, Conv2d, ConvTranspose2d, GlobalAvgPool, Layer, MaxPool, Window};
use typednet_tensor::Scalar;

use super::super::activations::NaiveActivation;
use super::super::reference::{NaiveLayer, means, take};

/// An image of any size, channels last.
struct Image {
    size: [usize; 3],
    values: Vec<f64>,
}

impl Image {
    fn filled(size: [usize; 3], value: f64) -> Self {
        Self { size, values: vec![value; size.iter().product()] }
    }

    fn at(&mut self, row: usize, column: usize, channel: usize) -> &mut f64 {
        let [_, width, channels] = self.size;
        &mut self.values[(row * width + column) * channels + channel]
    }

    /// The image `x` with `pad` rows and columns of `value` around it.
    fn padded(x: &[f64], [height, width, channels]: [usize; 3], pad: [usize; 2], value: f64) -> Self {
        let mut image = Self::filled([height + 2 * pad[0], width + 2 * pad[1], channels], value);
        for (n, x) in x.iter().enumerate() {
            *image.at(pad[0] + n / channels / width, pad[1] + n / channels % width, n % channels) = *x;
        }
        image
    }

    /// What is left of it without `pad` rows and columns at each edge.
    fn cropped(&mut self, pad: [usize; 2]) -> Vec<f64> {
        let [height, width, channels] = self.size;
        let mut values = vec![];
        for row in pad[0]..height - pad[0] {
            for column in pad[1]..width - pad[1] {
                values.extend((0..channels).map(|channel| *self.at(row, column, channel)));
            }
        }
        values
    }

    /// The elements of a channel under the window at (`row`, `column`).
    fn under<S: Window>(&mut self, [row, column]: [usize; 2], kernel: [usize; 2], channel: usize) -> Vec<f64> {
        let mut elements = vec![];
        for r in 0..kernel[0] {
            for q in 0..kernel[1] {
                let (i, j) = (row * S::STRIDE[0] + r * S::DILATION[0], column * S::STRIDE[1] + q * S::DILATION[1]);
                elements.push(*self.at(i, j, channel));
            }
        }
        elements
    }
}

/// z of a convolution whose weight is `[kernel rows][kernel columns][in_group][outputs]`.
fn convolve<S: Window>(
    x: &[f64],
    size: [usize; 3],
    (weight, bias): (&[f64], &[f64]),
    kernel: [usize; 2],
    [in_group, outputs]: [usize; 2],
    plane: [usize; 2],
) -> Vec<f64> {
    let mut image = Image::padded(x, size, S::PAD, 0.0);
    let outputs_in_group = outputs / (size[2] / in_group);
    let mut z = vec![];
    for place in 0..plane[0] * plane[1] {
        for output in 0..outputs {
            let mut sum = bias.get(output).copied().unwrap_or(0.0);
            for channel in 0..in_group {
                let seen = output / outputs_in_group * in_group + channel;
                let under = image.under::<S>([place / plane[1], place % plane[1]], kernel, seen);
                sum += under
                    .iter()
                    .enumerate()
                    .map(|(tap, x)| x * weight[(tap * in_group + channel) * outputs + output])
                    .sum::<f64>();
            }
            z.push(sum);
        }
    }
    z
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const F: usize,
    const KH: usize,
    const KW: usize,
    const CG: usize,
    const B: usize,
    const OH: usize,
    const OW: usize,
    S: Window,
    A: Activation<T> + NaiveActivation,
    T: Scalar,
> NaiveLayer for Conv2d<H, W, C, F, KH, KW, CG, B, OH, OW, S, A, T>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let parameters = (take(params, KH * KW * CG * F), take(params, B));
        A::activate(&convolve::<S>(x, [H, W, C], parameters, [KH, KW], [CG, F], [OH, OW]), F, margin)
    }
}

impl<
    const L: usize,
    const C: usize,
    const F: usize,
    const K: usize,
    const CG: usize,
    const B: usize,
    const OL: usize,
    S: Window,
    A: Activation<T> + NaiveActivation,
    T: Scalar,
> NaiveLayer for Conv1d<L, C, F, K, CG, B, OL, S, A, T>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let parameters = (take(params, K * CG * F), take(params, B));
        A::activate(&convolve::<S>(x, [L, 1, C], parameters, [K, 1], [CG, F], [OL, 1]), F, margin)
    }
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const F: usize,
    const KH: usize,
    const KW: usize,
    const B: usize,
    const OH: usize,
    const OW: usize,
    S: Window,
    A: Activation<T> + NaiveActivation,
    T: Scalar,
> NaiveLayer for ConvTranspose2d<H, W, C, F, KH, KW, B, OH, OW, S, A, T>
where
    Self: Layer,
{
    /// Each pixel is written over the output as a kernel that it is multiplied with.
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let (weight, bias) = (take(params, KH * KW * F * C), take(params, B));
        let mut image = Image::filled([OH + 2 * S::PAD[0], OW + 2 * S::PAD[1], F], 0.0);
        for (n, x) in x.iter().enumerate() {
            let (row, column, channel) = (n / C / W, n / C % W, n % C);
            for (tap, weight) in weight.chunks(F * C).enumerate() {
                let i = row * S::STRIDE[0] + tap / KW * S::DILATION[0];
                let j = column * S::STRIDE[1] + tap % KW * S::DILATION[1];
                for output in 0..F {
                    *image.at(i, j, output) += x * weight[output * C + channel];
                }
            }
        }
        let mut z = image.cropped(S::PAD);
        z.iter_mut().enumerate().for_each(|(n, z)| *z += bias.get(n % F).copied().unwrap_or(0.0));
        A::activate(&z, F, margin)
    }
}

fn mean(window: &[f64]) -> f64 {
    window.iter().sum::<f64>() / window.len() as f64
}

/// `f` of the elements of each window; those of the padding are `value`.
fn pool<S: Window>(
    x: &[f64],
    size: [usize; 3],
    value: f64,
    kernel: [usize; 2],
    plane: [usize; 2],
    f: &mut dyn FnMut(&mut [f64]) -> f64,
) -> Vec<f64> {
    let mut image = Image::padded(x, size, S::PAD, value);
    let mut y = vec![];
    for place in 0..plane[0] * plane[1] {
        for channel in 0..size[2] {
            y.push(f(&mut image.under::<S>([place / plane[1], place % plane[1]], kernel, channel)));
        }
    }
    y
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const KH: usize,
    const KW: usize,
    const OH: usize,
    const OW: usize,
    S: Window,
    T: Scalar,
> NaiveLayer for MaxPool<H, W, C, KH, KW, OH, OW, S, T>
where
    Self: Layer,
{
    /// There is a kink where the two largest are equal; not where both are 0, behind a ReLU that has its own.
    fn naive(_: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        pool::<S>(x, [H, W, C], f64::NEG_INFINITY, [KH, KW], [OH, OW], &mut |window| largest(window, margin))
    }
}

fn largest(window: &mut [f64], margin: &mut f64) -> f64 {
    window.sort_by(|a, b| b.total_cmp(a));
    if let [largest, second, ..] = window[..]
        && (largest, second) != (0.0, 0.0)
    {
        *margin = margin.min(largest - second);
    }
    window[0]
}

impl<
    const H: usize,
    const W: usize,
    const C: usize,
    const KH: usize,
    const KW: usize,
    const OH: usize,
    const OW: usize,
    S: Window,
    T: Scalar,
> NaiveLayer for AvgPool<H, W, C, KH, KW, OH, OW, S, T>
where
    Self: Layer,
{
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        pool::<S>(x, [H, W, C], 0.0, [KH, KW], [OH, OW], &mut |window| mean(window))
    }
}

impl<const H: usize, const W: usize, const C: usize, T: Scalar> NaiveLayer for GlobalAvgPool<H, W, C, T> {
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        means(x, C, (H * W) as f64)
    }
}
