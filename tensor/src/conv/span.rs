//! Where a kernel meets an image, along one axis.
//!
//! Nothing is padded: places of the result at the border, under which a part of the kernel hangs over the image's edge, are
//! spans of their own with fewer of the kernel's elements.

use core::ops::Range;

use super::Convolution;

/// Some places of a result, evenly apart, at all of which the same of the kernel's elements meet what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// The places of the result.
    pub(super) places: Steps,
    /// The kernel's elements.
    pub(super) kernel: Steps,
    /// What the first place reads through the first element.
    pub(super) from: usize,
    /// What the next place reads through the same element is this much further.
    pub(super) from_place: usize,
    /// What the same place reads through the next element is this much further.
    pub(super) from_element: usize,
}

/// The numbers `first`, `first + step`, and so on: `count` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Steps {
    pub(super) first: usize,
    pub(super) step: usize,
    pub(super) count: usize,
}

impl Span {
    /// Only those places that are in `places`; `places.step` is 1.
    pub(super) fn within(self, places: &Range<usize>) -> Self {
        debug_assert_eq!(self.places.step, 1);
        let first = self.places.first.max(places.start);
        let end = places.end.min(self.places.first + self.places.count);
        Self {
            places: Steps { first, count: end.saturating_sub(first), ..self.places },
            from: self.from + (first - self.places.first) * self.from_place,
            ..self
        }
    }

    /// Only those of the kernel's elements that are in `elements`; `kernel.step` is 1.
    pub(super) fn through(self, elements: &Range<usize>) -> Self {
        debug_assert_eq!(self.kernel.step, 1);
        let first = self.kernel.first.max(elements.start);
        let end = elements.end.min(self.kernel.first + self.kernel.count);
        Self {
            kernel: Steps { first, count: end.saturating_sub(first), ..self.kernel },
            from: self.from + (first - self.kernel.first) * self.from_element,
            ..self
        }
    }
}

/// The sizes along one axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    input: usize,
    output: usize,
    kernel: usize,
    stride: usize,
    pad: usize,
    dilation: usize,
}

impl Axis {
    /// Those of `c` along axis 0 or 1, of which the output has `output`.
    pub(super) fn of(c: &Convolution, axis: usize, output: usize) -> Self {
        Self {
            input: c.input[axis],
            output,
            kernel: c.kernel[axis],
            stride: c.stride[axis],
            pad: c.pad[axis],
            dilation: c.dilation[axis],
        }
    }

    /// The spans of the output, which read the input.
    pub(super) fn outputs(self) -> impl Iterator<Item = Span> {
        let Self { input, output, kernel, stride, pad, dilation } = self;
        // Output o reads input o·stride + k·dilation − pad through element k.
        let elements = move |o: usize| {
            let first = pad.saturating_sub(o * stride).div_ceil(dilation);
            let end = (pad + input).saturating_sub(o * stride).div_ceil(dilation).min(kernel);
            (first.min(end), end)
        };
        let mut next = 0;
        core::iter::from_fn(move || {
            let o = next;
            if o >= output {
                return None;
            }
            let (first, end) = elements(o);
            next = if (first, end) == (0, kernel) {
                output.min((pad + input - 1 - (kernel - 1) * dilation) / stride + 1)
            } else {
                (o + 1..output).find(|o| elements(*o) != (first, end)).unwrap_or(output)
            };
            Some(Span {
                places: Steps { first: o, step: 1, count: next - o },
                kernel: Steps { first, step: 1, count: end - first },
                from: (o * stride + first * dilation).saturating_sub(pad),
                from_place: stride,
                from_element: dilation,
            })
        })
    }

    /// For each of the kernel's elements the outputs that read the input through it.
    pub(super) fn elements(self) -> impl Iterator<Item = Span> {
        let Self { input, output, kernel, stride, pad, dilation } = self;
        (0..kernel).map(move |k| {
            let first = pad.saturating_sub(k * dilation).div_ceil(stride);
            let end = (pad + input).saturating_sub(k * dilation).div_ceil(stride).min(output);
            Span {
                places: Steps { first, step: 1, count: end.saturating_sub(first) },
                kernel: Steps { first: k, step: 1, count: 1 },
                from: (first * stride + k * dilation).saturating_sub(pad),
                from_place: stride,
                from_element: dilation,
            }
        })
    }

    /// The spans of the input's gradient, which reads the output's through the kernel from its last element to its first: element
    /// k of a span is `kernel − 1 − k` of the kernel.
    pub(super) fn inputs(self) -> impl Iterator<Item = Span> {
        let Self { input, output, kernel, stride, pad, dilation } = self;
        // Input i meets output q through element k where i + pad = q·stride + k·dilation. The elements that meet any output
        // are `every` apart, and from one to the next q falls by `fall`.
        let divisor = greatest_common_divisor(stride, dilation);
        let (every, fall) = (stride / divisor, dilation / divisor);
        let (mut residue, mut next) = (0, 0);
        core::iter::from_fn(move || {
            if residue >= stride.min(input) {
                return None;
            }
            // The inputs residue, residue + stride, and so on.
            let inputs = (input - residue).div_ceil(stride);
            let lowest = (0..kernel.min(every)).find(|k| (k * dilation) % stride == (residue + pad) % stride);
            let count = lowest.map_or(0, |lowest| (kernel - lowest).div_ceil(every));
            let lowest = lowest.unwrap_or(0);
            // Input m of them meets output m + rise − lag through the lowest element.
            let (rise, lag) = match (residue + pad).checked_sub(lowest * dilation) {
                Some(rise) => (rise / stride, 0),
                None => (0, (lowest * dilation - residue - pad) / stride),
            };
            let elements = |m: usize| {
                let Some(q) = (m + rise).checked_sub(lag) else { return (0, 0) };
                let first = (q + 1).saturating_sub(output).div_ceil(fall);
                let end = (q / fall + 1).min(count);
                if first < end { (first, end) } else { (0, 0) }
            };
            let m = next;
            let (first, end) = elements(m);
            next = if (first, end) == (0, count) && count > 0 {
                inputs.min(output + lag - rise)
            } else {
                (m + 1..inputs).find(|m| elements(*m) != (first, end)).unwrap_or(inputs)
            };
            let last = end.saturating_sub(1);
            let span = Span {
                places: Steps { first: residue + m * stride, step: stride, count: next - m },
                kernel: Steps { first: kernel - 1 - (lowest + last * every), step: every, count: end - first },
                from: (m + rise).saturating_sub(lag + last * fall),
                from_place: 1,
                from_element: fall,
            };
            if next == inputs {
                (residue, next) = (residue + 1, 0);
            }
            Some(span)
        })
    }
}

const fn greatest_common_divisor(mut a: usize, mut b: usize) -> usize {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}
