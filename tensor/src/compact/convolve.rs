//! x ∗ w in integers of 8 bits.
//!
//! The weights of a convolution are a matrix of a row for each element of the kernel, and a pixel's inputs are a row of bytes times
//! that matrix. Within the image they lie there in runs, and are read where they are; at its borders they are gathered, runs one
//! behind the other. Up to eight pixels of either kind are computed together.

use core::ops::Range;

use super::by_channel::by_channel;
use super::int8::{Int8, pack_int8, unpacked_int8};
use super::product::{Product, Rests, Row, Runs};
use super::quad;
use super::quantise::quantise;
use super::window::Window;
use crate::conv::Convolution;
use crate::simd::{Lane, lane};

/// Room for the inputs of as many pixels as are computed together: `P` is one byte for each input of a pixel,
/// `[[[u8; C / groups]; KW]; KH]`.
pub type Patches<P> = [P; quad::ROWS];

/// Whether each channel has a kernel of its own.
fn is_by_channel(c: &Convolution) -> bool {
    c.groups > 1 && c.groups == c.input[2] && c.groups == c.outputs
}

/// The inputs of one output.
fn inputs_of_one(c: &Convolution) -> usize {
    c.kernel[0] * c.kernel[1] * c.channels_in_group()
}

/// The runs in which a pixel's inputs lie in an image, whose weights are packed by themselves.
///
/// There are none where they would be too many to have a rest each: then all pixels are gathered.
fn runs(c: &Convolution) -> Option<Runs> {
    /// The fewest columns that are worth a product: those of a vector.
    const COLUMNS: usize = 16;
    let ([_, width, channels], inputs) = (c.input, c.channels_in_group());
    let row = c.dilation[0] * width * channels;
    let runs = if c.groups == 1 && c.dilation[1] == 1 {
        let len = c.kernel[1] * inputs;
        if len == row || c.kernel[0] == 1 {
            // A kernel of one row, or as wide as the image.
            Runs::one(c.kernel[0] * len)
        } else {
            // A row of the kernel is one run.
            Runs { counts: [1, c.kernel[0]], distances: [0, row], len }
        }
    } else {
        Runs { counts: c.kernel, distances: [row, c.dilation[1] * channels], len: inputs }
    };
    (Rests::columns(&runs) >= COLUMNS).then_some(runs)
}

/// The rows of the matrix that are packed together.
fn packed_rows(c: &Convolution) -> usize {
    runs(c).map_or(inputs_of_one(c), |runs| runs.len)
}

/// Brings the weights `w` of a convolution, `[KH][KW][C / groups][F]`, in the order that [`convolve_int8`] reads: writes
/// `quantise(w, f)` for each.
///
/// It is that of [`pack_int8`] for matrices of F columns: one for each run of a kernel's elements that lies in the image as it is, such
/// as a row of the kernel. Where each channel has a kernel of its own, it is that of `w`.
///
/// # Panics
/// If the lengths do not agree.
pub fn pack_convolution_int8(c: &Convolution, w: &[f32], to: &mut [u8], quantise: impl Fn(f32, usize) -> i8) {
    assert!(
        w.len() == c.weights() && to.len() == w.len(),
        "{} weights and {} places, not {}",
        w.len(),
        to.len(),
        c.weights()
    );
    if w.is_empty() {
        return;
    }
    if is_by_channel(c) {
        for (i, (w, to)) in w.iter().zip(to).enumerate() {
            *to = quantise(*w, i % c.outputs).cast_unsigned();
        }
        return;
    }
    let run = packed_rows(c) * c.outputs;
    for (w, to) in w.chunks_exact(run).zip(to.chunks_exact_mut(run)) {
        pack_int8(w, c.outputs, to, &quantise);
    }
}

/// The byte of [`pack_convolution_int8`] for weight number `at` of `[KH][KW][C / groups][F]`.
///
/// # Panics
/// If there is none.
pub fn unpacked_convolution_int8(c: &Convolution, packed: &[u8], at: usize) -> i8 {
    if is_by_channel(c) {
        return packed[at].cast_signed();
    }
    let run = packed_rows(c) * c.outputs;
    let (first, at) = (at / run * run, at % run);
    unpacked_int8(&packed[first..first + run], c.outputs, at / c.outputs, at % c.outputs)
}

/// y ← x ∗ w + b for each image of x, by integers, as [`affine_int8`](super::affine_int8) for each pixel; a pixel beyond the
/// image's edges counts as 0.
///
/// `q` holds the integers of one image, and `patches` is a [`Patches`] as a run of bytes. Every lane gives the same bits. If an
/// x is NaN, every y of its image is.
///
/// # Panics
/// If the lengths do not agree, or an output has more than [`INT8_MAX_INPUTS`](super::INT8_MAX_INPUTS) inputs.
#[inline(never)]
pub fn convolve_int8(c: &Convolution, x: &[f32], layer: Int8<'_>, q: &mut [u8], patches: &mut [u8], y: &mut [f32]) {
    convolve_int8_on(lane(), c, x, layer, q, patches, y);
}

/// [`convolve_int8`] on the given lane.
pub(super) fn convolve_int8_on(
    lane: Lane,
    c: &Convolution,
    x: &[f32],
    layer: Int8<'_>,
    q: &mut [u8],
    patches: &mut [u8],
    y: &mut [f32],
) {
    let (inputs, outputs, patch) = (c.inputs(), c.outputs(), inputs_of_one(c));
    assert!(inputs > 0 && outputs > 0, "a convolution of {c:?} reads or gives nothing");
    let images = x.len() / inputs;
    assert!(
        x.len() == images * inputs && y.len() == images * outputs && layer.weight.len() == c.weights(),
        "a convolution of {c:?}: {} inputs, {} outputs and {} weights",
        x.len(),
        y.len(),
        layer.weight.len()
    );
    assert!(
        q.len() == inputs && patches.len() == quad::ROWS * patch,
        "a convolution of {c:?}: {} bytes for an image and {} for patches, not {inputs} and {}",
        q.len(),
        patches.len(),
        quad::ROWS * patch
    );
    assert!(
        layer.scale.len() == c.outputs && layer.shift.len() == c.outputs,
        "a convolution of {c:?}: {} factors and {} summands, not one for each of {} outputs",
        layer.scale.len(),
        layer.shift.len(),
        c.outputs
    );
    // The step that stands for 0, which a pixel beyond the edge is.
    let mut beyond = [0];
    quantise(lane, &[0.0], [layer.inverse, layer.zero], &mut beyond);
    let [beyond] = beyond;
    for (x, y) in x.chunks_exact(inputs).zip(y.chunks_exact_mut(outputs)) {
        if quantise(lane, x, [layer.inverse, layer.zero], q) {
            y.fill(f32::NAN);
        } else if is_by_channel(c) {
            by_channel(lane, c, q, &layer, beyond, y);
        } else {
            for group in 0..c.groups {
                Group::of(c, group).convolve(lane, q, &layer, beyond, patches, y);
            }
        }
    }
}

/// The outputs along one axis, of which there are `outputs`, whose kernels lie wholly within the image.
fn whole(c: &Convolution, axis: usize, outputs: usize) -> Range<usize> {
    let (reach, stride, pad) = (c.dilation[axis] * (c.kernel[axis] - 1), c.stride[axis], c.pad[axis]);
    let end = (c.input[axis] + pad).saturating_sub(reach).div_ceil(stride).min(outputs);
    pad.div_ceil(stride).min(end)..end
}

/// The channels that are computed together.
struct Group<'a> {
    c: &'a Convolution,
    /// The input channels of each output.
    inputs: Range<usize>,
    outputs: Range<usize>,
    /// The runs in which a pixel's inputs lie in an image, if they are read there.
    direct: Option<Runs>,
    /// Those in which they lie where they were gathered.
    gathered: Runs,
}

impl<'a> Group<'a> {
    fn of(c: &'a Convolution, group: usize) -> Self {
        let (inputs, outputs) = (c.channels_in_group(), c.outputs / c.groups);
        let direct = runs(c);
        let gathered = direct.map_or(Runs::one(inputs_of_one(c)), |runs| Runs {
            distances: [runs.counts[1] * runs.len, runs.len],
            ..runs
        });
        Self {
            c,
            inputs: group * inputs..(group + 1) * inputs,
            outputs: group * outputs..(group + 1) * outputs,
            direct,
            gathered,
        }
    }

    /// All pixels of one image.
    fn convolve(&self, lane: Lane, q: &[u8], layer: &Int8<'_>, beyond: u8, patches: &mut [u8], y: &mut [f32]) {
        let (n, runs) = (self.c.outputs, self.gathered);
        let mut rests = Rests::new(&runs);
        let Int8 { weight, scale, shift, .. } = *layer;
        for start in self.outputs.clone().step_by(Rests::together(&runs).min(n)) {
            let columns = start..self.outputs.end.min(start.saturating_add(Rests::together(&runs)));
            let rests = rests.of(&runs, weight, n, &columns);
            self.pixels(lane, &Product { q, runs, weight, n, columns, rests, scale, shift }, beyond, patches, y);
        }
    }

    /// All pixels of one image, of which `product` says the columns.
    fn pixels(&self, lane: Lane, product: &Product<'_>, beyond: u8, patches: &mut [u8], y: &mut [f32]) {
        let c = self.c;
        let ([rows, columns, n], patch) = (c.output(), inputs_of_one(c));
        let within = Product { runs: self.direct.unwrap_or(self.gathered), ..product.clone() };
        let (mut direct, mut gather) = (Tile::<DIRECT>::new(), Tile::<{ quad::ROWS }>::new());
        let [whole_rows, whole_columns] =
            if self.direct.is_some() { [whole(c, 0, rows), whole(c, 1, columns)] } else { [0..0, 0..0] };
        // From one pixel of a row to the next.
        let step = Row { from: c.stride[1] * c.input[2], to: n };
        for i in 0..rows {
            let to = |j| (i * columns + j) * n + product.columns.start;
            let whole = if whole_rows.contains(&i) { whole_columns.clone() } else { 0..0 };
            if whole.len() < columns {
                let row = Window::of(c, 0, i);
                for j in (0..whole.start).chain(whole.end..columns) {
                    let from = gather.len * patch;
                    self.gather(product.q, &row, &Window::of(c, 1, j), beyond, &mut patches[from..from + patch]);
                    if gather.push(Row { from, to: to(j) }) {
                        quad::run(lane, &Product { q: patches, ..product.clone() }, gather.take(), y);
                    }
                }
            }
            if !whole.is_empty() {
                let [u, v] = [i * c.stride[0] - c.pad[0], whole.start * c.stride[1] - c.pad[1]];
                let first = Row { from: (u * c.input[1] + v) * c.input[2] + self.inputs.start, to: to(whole.start) };
                direct.extend(first, step, whole.len(), |rows| quad::run(lane, &within, rows, y));
            }
        }
        quad::run(lane, &within, direct.take(), y);
        quad::run(lane, &Product { q: patches, ..product.clone() }, gather.take(), y);
    }

    /// The inputs of one pixel, one behind the other.
    fn gather(&self, q: &[u8], row: &Window, column: &Window, beyond: u8, to: &mut [u8]) {
        let c = self.c;
        let ([_, width, channels], inputs) = (c.input, self.inputs.len());
        for (k, to) in to.chunks_exact_mut(c.kernel[1] * inputs).enumerate() {
            if !row.inside.contains(&k) || column.inside.is_empty() {
                to.fill(beyond);
                continue;
            }
            let line = &q[row.place(k) * width * channels..][..width * channels];
            let (before, rest) = to.split_at_mut(column.inside.start * inputs);
            let (within, behind) = rest.split_at_mut(column.inside.len() * inputs);
            before.fill(beyond);
            behind.fill(beyond);
            if c.groups == 1 && c.dilation[1] == 1 {
                within.copy_from_slice(&line[column.place(column.inside.start) * channels..][..within.len()]);
            } else {
                for (k, to) in column.inside.clone().zip(within.chunks_exact_mut(inputs)) {
                    to.copy_from_slice(&line[column.place(k) * channels + self.inputs.start..][..inputs]);
                }
            }
        }
    }
}

/// The pixels that are read where they lie and handed over together.
const DIRECT: usize = 8 * quad::ROWS;

/// Pixels that wait until there are `N`.
struct Tile<const N: usize> {
    rows: [Row; N],
    len: usize,
}

impl<const N: usize> Tile<N> {
    const fn new() -> Self {
        Self { rows: [Row { from: 0, to: 0 }; N], len: 0 }
    }

    /// Says whether it is full.
    fn push(&mut self, row: Row) -> bool {
        self.rows[self.len] = row;
        self.len += 1;
        self.len == N
    }

    /// Adds `count` pixels, which begin with `row` and are `step` apart, and calls `full` whenever there are as many as wait.
    fn extend(&mut self, mut row: Row, step: Row, mut count: usize, mut full: impl FnMut(&[Row])) {
        while count > 0 {
            let room = &mut self.rows[self.len..];
            let now = count.min(room.len());
            for place in &mut room[..now] {
                *place = row;
                row = Row { from: row.from + step.from, to: row.to + step.to };
            }
            self.len += now;
            count -= now;
            if self.len == N {
                full(self.take());
            }
        }
    }

    /// The pixels; there are none afterwards.
    fn take(&mut self) -> &[Row] {
        &self.rows[..core::mem::take(&mut self.len)]
    }
}
