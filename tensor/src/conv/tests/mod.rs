//! Every pass on every lane that this processor has, against the formulas.
//!
//! The numbers are small integers, of which every sum is exact: a result is right or it is not.

mod spans;
mod threads;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::cut;
use super::*;
use crate::simd::Lane;
use crate::{Buffer, Key};

/// Small whole numbers.
fn integers<T: Scalar>(len: usize, seed: u64) -> Vec<T> {
    (0..len).map(|i| T::of(Key::new(seed).below(i as u64, 5) as f64 - 2.0)).collect()
}

/// Numbers of which sums are rounded.
fn fractions(len: usize, seed: u64) -> Vec<f32> {
    (0..len).map(|i| Key::new(seed).uniform::<f32>(i as u64) - 0.5).collect()
}

fn lanes() -> impl Iterator<Item = Lane> {
    Lane::ALL.into_iter().filter(|lane| lane.available())
}

fn conv(input: [usize; 3], outputs: usize, kernel: [usize; 2]) -> Convolution {
    Convolution::new(input, outputs, kernel)
}

/// Each option by itself, and those that meet each other.
fn table() -> Vec<Convolution> {
    let mut table = vec![
        // Images of one pixel, one row, one column.
        conv([1, 1, 1], 1, [1, 1]),
        conv([1, 1, 7], 5, [3, 3]).pad([1, 1]),
        conv([1, 9, 3], 4, [1, 3]),
        conv([1, 9, 3], 4, [3, 4]).pad([1, 2]),
        conv([9, 1, 5], 17, [4, 1]).stride([2, 1]),
        conv([9, 1, 5], 2, [3, 2]).pad([2, 1]).stride([3, 1]),
        // Grey images with few outputs, and long rows.
        conv([28, 28, 1], 6, [5, 5]),
        conv([9, 40, 1], 3, [3, 3]).pad([1, 1]),
        conv([11, 21, 1], 8, [2, 3]).stride([2, 1]),
        conv([7, 37, 1], 5, [3, 2]).dilation([2, 3]).pad([2, 0]),
        conv([4, 1500, 1], 2, [3, 3]),
        conv([3, 730, 1], 7, [2, 5]).pad([1, 2]),
        // Few channels, whose runs are added; through a row of the kernel fewer rows are seen than a tile has.
        conv([8, 9, 2], 12, [3, 3]).pad([1, 1]),
        conv([8, 12, 1], 16, [5, 5]).pad([2, 2]),
        // Networks' layers, smaller.
        conv([9, 9, 1], 6, [5, 5]),
        conv([8, 8, 6], 16, [5, 5]),
        conv([10, 9, 1], 16, [3, 3]).pad([1, 1]),
        conv([8, 7, 16], 16, [3, 3]).pad([1, 1]),
        conv([7, 7, 32], 33, [3, 3]).pad([1, 1]),
        conv([8, 8, 16], 32, [3, 3]).stride([2, 2]).pad([1, 1]),
        conv([9, 7, 16], 32, [1, 1]).stride([2, 2]),
        conv([4, 4, 8], 40, [1, 1]),
        conv([12, 11, 3], 8, [7, 7]).stride([2, 2]).pad([3, 3]),
        // Even, rectangular and large kernels.
        conv([6, 6, 2], 3, [2, 2]),
        conv([6, 7, 2], 3, [2, 4]).pad([1, 2]),
        conv([5, 5, 3], 3, [5, 5]).pad([2, 2]),
        conv([3, 4, 2], 2, [5, 6]).pad([2, 2]),
        conv([2, 2, 1], 1, [6, 6]).pad([2, 2]),
        // Strides that leave pixels out, dilation, both.
        conv([9, 10, 4], 5, [2, 2]).stride([3, 3]),
        conv([10, 10, 4], 5, [1, 1]).stride([3, 2]),
        conv([9, 9, 3], 7, [3, 3]).dilation([2, 2]),
        conv([9, 9, 3], 7, [3, 3]).dilation([2, 2]).pad([2, 2]),
        conv([11, 9, 5], 7, [3, 2]).dilation([2, 3]).stride([2, 2]).pad([2, 1]),
        conv([13, 11, 2], 9, [3, 4]).dilation([3, 2]).stride([2, 3]).pad([1, 2]),
        conv([2, 2, 4], 4, [2, 2]).dilation([4, 4]).pad([2, 2]),
        conv([1, 3, 1], 2, [2, 2]).dilation([3, 1]).pad([2, 0]),
        // Groups, and a kernel for each channel.
        conv([6, 6, 8], 12, [3, 3]).groups(4).pad([1, 1]),
        conv([6, 6, 6], 3, [3, 3]).groups(3),
        conv([6, 5, 4], 8, [3, 3]).groups(4).pad([1, 1]),
        conv([5, 5, 36], 36, [2, 2]).groups(2).stride([2, 2]),
        conv([7, 6, 5], 5, [3, 3]).groups(5).pad([1, 1]),
        conv([7, 6, 33], 33, [3, 2]).groups(33).stride([2, 1]).pad([1, 1]),
        conv([8, 8, 16], 16, [3, 3]).groups(16).dilation([2, 2]).pad([2, 2]),
    ];
    for channels in [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33] {
        table.push(conv([4, 5, channels], 34 - channels, [3, 3]).pad([1, 1]));
        table.push(conv([5, 4, channels], channels, [2, 3]));
    }
    table
}

/// Sizes by chance, so that options meet that nobody thought of together.
fn by_chance(count: u64) -> impl Iterator<Item = Convolution> {
    (0..count * 16).filter_map(|i| {
        let mut place = i * 16;
        let mut size = |low: usize, high: usize| {
            place += 1;
            low + Key::new(7).below(place, (high - low + 1) as u64) as usize
        };
        let groups = [1, 1, 1, 2, 3, 5][size(0, 5)];
        let (channels, outputs) = (groups * size(1, 9), groups * size(1, 9));
        let c = Convolution::new([size(1, 12), size(1, 12), channels], outputs, [size(1, 5), size(1, 5)])
            .stride([size(1, 3), size(1, 3)])
            .pad([size(0, 2), size(0, 2)])
            .dilation([size(1, 3), size(1, 3)])
            .groups(groups);
        let fits = |axis: usize| {
            output_size(c.input[axis], c.kernel[axis], c.stride[axis], c.pad[axis], c.dilation[axis]).is_some()
        };
        (fits(0) && fits(1)).then_some(c)
    })
}

/// A block between others, which nobody may write.
struct Fenced<T>(Vec<T>);

impl<T: Scalar> Fenced<T> {
    const FENCE: usize = 40;

    fn new(len: usize) -> Self {
        let mut all = vec![T::of(77.0); len + 2 * Self::FENCE];
        all[Self::FENCE..Self::FENCE + len].fill(T::nan());
        Self(all)
    }

    fn inner(&mut self) -> &mut [T] {
        let end = self.0.len() - Self::FENCE;
        &mut self.0[Self::FENCE..end]
    }

    #[track_caller]
    fn holds(&self, what: &str, c: &Convolution, expected: &[T]) {
        let end = self.0.len() - Self::FENCE;
        for (i, (found, expected)) in self.0[Self::FENCE..end].iter().zip(expected).enumerate() {
            assert!(found == expected, "{what} of {c:?}, place {i}: {found}, not {expected}");
        }
        assert_eq!(expected.len(), end - Self::FENCE);
        self.stands(what, c);
    }

    /// Nobody has written beside the block.
    #[track_caller]
    fn stands(&self, what: &str, c: &Convolution) {
        let end = self.0.len() - Self::FENCE;
        let fence = self.0[..Self::FENCE].iter().chain(&self.0[end..]);
        assert!(fence.into_iter().all(|x| *x == T::of(77.0)), "{what} of {c:?} wrote beside its result");
    }
}

/// All passes of one convolution on all lanes.
fn agrees_with_the_formulas<T: Scalar>(c: &Convolution, images: usize) {
    let (inputs, outputs) = (images * c.inputs(), images * c.outputs());
    let (x, delta) = (integers::<T>(inputs, 1), integers::<T>(outputs, 2));
    let (w, b) = (integers::<T>(c.weights(), 3), integers::<T>(c.outputs, 4));
    let zeros = |len| vec![T::ZERO; len];
    let (mut y, mut plain, mut dx) = (zeros(outputs), zeros(outputs), zeros(inputs));
    let (mut dw, mut db) = (zeros(c.weights()), zeros(c.outputs));
    reference::forward(c, &x, &w, &b, &mut y);
    reference::forward(c, &x, &w, &[], &mut plain);
    reference::input_gradient(c, &delta, &w, &mut dx);
    reference::gradients(c, &x, &delta, (&mut dw, &mut db));
    let relu = |y: &[T]| y.iter().map(|y| if *y < T::ZERO { T::ZERO } else { *y }).collect::<Vec<_>>();
    for lane in lanes() {
        let name = |what: &str| format!("{lane:?}, {}, {images} images: {what}", T::NAME);
        for (bias, expected) in [(&b[..], &y), (&[], &plain)] {
            for relus in [false, true] {
                let mut found = Fenced::new(outputs);
                forward::forward(lane, &Plan::of(c), &x, &w, bias, found.inner(), relus, Parallel::SERIAL);
                let expected = if relus { relu(expected) } else { expected.clone() };
                found.holds(&name("forward"), c, &expected);
            }
        }

        let (mut found, mut scratch) = (Fenced::new(inputs), Fenced::new(c.scratch()));
        input_gradient::input_gradient(
            lane,
            &Plan::of(c),
            &delta,
            &w,
            found.inner(),
            scratch.inner(),
            Parallel::SERIAL,
        );
        found.holds(&name("input gradient"), c, &dx);
        scratch.stands(&name("input gradient's scratch"), c);

        if images > 0 {
            let mut found = Fenced::new(c.inputs());
            input_gradient_one::input_gradient_one(lane, &Plan::of(c), &delta[..c.outputs()], &w, found.inner());
            found.holds(&name("input gradient of one"), c, &dx[..c.inputs()]);
        }

        let (mut found, mut bias) = (Fenced::new(c.weights()), Fenced::new(c.outputs));
        let both = (found.inner(), bias.inner());
        weight_gradient::gradients(lane, &Plan::of(c), &x, &delta, both, Parallel::SERIAL);
        found.holds(&name("weight gradient"), c, &dw);
        bias.holds(&name("bias gradient"), c, &db);
        let mut found = Fenced::new(c.weights());
        weight_gradient::gradients(lane, &Plan::of(c), &x, &delta, (found.inner(), &mut []), Parallel::SERIAL);
        found.holds(&name("weight gradient without bias"), c, &dw);
    }
}

#[test]
fn all_options_agree_with_the_formulas_f32() {
    for c in table() {
        for images in [0, 1, 3, 17] {
            agrees_with_the_formulas::<f32>(&c, images);
        }
    }
}

#[test]
fn all_options_agree_with_the_formulas_f64() {
    for c in table() {
        for images in [1, 3] {
            agrees_with_the_formulas::<f64>(&c, images);
        }
    }
}

#[test]
fn sizes_by_chance_agree_with_the_formulas() {
    assert!(by_chance(60).count() > 300);
    for (i, c) in by_chance(60).enumerate() {
        agrees_with_the_formulas::<f32>(&c, 1 + i % 3);
    }
}

/// Images that are gone through in several pieces, and batches in several groups.
#[test]
fn large_images_agree_with_the_formulas() {
    for c in [
        conv([130, 101, 3], 16, [3, 3]).pad([1, 1]),
        conv([90, 80, 9], 20, [3, 3]).pad([1, 1]).stride([2, 1]),
        conv([290, 290, 1], 3, [5, 5]),
        conv([60, 60, 24], 24, [3, 3]).pad([1, 1]).groups(24),
    ] {
        assert!(cut::chunks::<f32>(&Plan::of(&c), 1).count() > 1, "{c:?}");
        agrees_with_the_formulas::<f32>(&c, 2);
    }
    let c = conv([5, 5, 4], 4, [3, 3]).pad([1, 1]);
    assert!(cut::chunks::<f32>(&Plan::of(&c), 400).count() > 1);
    agrees_with_the_formulas::<f32>(&c, 400);
}

#[test]
fn nothing_is_allocated() {
    let c = conv([9, 9, 5], 20, [3, 3]).pad([1, 1]).stride([2, 2]);
    let (x, w, b) = (fractions(4 * c.inputs(), 1), fractions(c.weights(), 2), fractions(c.outputs, 3));
    let mut y = vec![0.0; 4 * c.outputs()];
    let (mut dx, mut dw, mut db) = (x.clone(), w.clone(), b.clone());
    let mut scratch = vec![0.0; c.scratch()];
    let all = allocation_counter::measure(|| {
        forward(&c, &x, &w, &b, &mut y, Epilogue::Relu, Parallel::SERIAL);
        input_gradient(&c, &y, &w, &mut dx, &mut scratch, Parallel::SERIAL);
        input_gradient_one(&c, &y[..c.outputs()], &w, &mut dx[..c.inputs()]);
        gradients(&c, &x, &y, (&mut dw, &mut db), Parallel::SERIAL);
    });
    assert_eq!(all.count_total, 0);
}

#[test]
fn relu_leaves_what_is_not_a_number() {
    let c = conv([1, 40, 1], 1, [1, 1]);
    let mut x = vec![-1.0_f32; 40];
    (x[3], x[39]) = (f32::NAN, f32::NAN);
    for lane in lanes() {
        let mut y = [5.0; 40];
        forward::forward(lane, &Plan::of(&c), &x, &[1.0], &[], &mut y, true, Parallel::SERIAL);
        for (i, y) in y.into_iter().enumerate() {
            assert!(if i == 3 || i == 39 { y.is_nan() } else { y == 0.0 }, "{lane:?} {i}: {y}");
        }
    }
}

#[test]
fn lengths_that_do_not_agree_are_refused() {
    let c = conv([4, 4, 2], 3, [3, 3]);
    let (inputs, outputs, weights) = (c.inputs(), c.outputs(), c.weights());
    let refused = |x: usize, y: usize, w: usize, b: usize, scratch: usize| {
        let block = |len: usize| vec![0.0_f32; len];
        let (x, mut y, w, b) = (block(x), block(y), block(w), block(b));
        let (mut dx, mut dw, mut db, mut scratch) = (x.clone(), w.clone(), b.clone(), block(scratch));
        let panics = |f: &mut dyn FnMut()| catch_unwind(AssertUnwindSafe(f)).is_err();
        [
            panics(&mut || forward(&c, &x, &w, &b, &mut y, Epilogue::None, Parallel::SERIAL)),
            panics(&mut || input_gradient(&c, &y, &w, &mut dx, &mut scratch, Parallel::SERIAL)),
            panics(&mut || gradients(&c, &x, &y, (&mut dw, &mut db), Parallel::SERIAL)),
        ]
    };
    assert_eq!(refused(2 * inputs, 2 * outputs, weights, 3, weights), [false; 3]);
    assert_eq!(refused(2 * inputs, 2 * outputs, weights, 0, weights), [false; 3]);
    assert_eq!(refused(inputs + 1, outputs, weights, 3, weights), [true; 3]);
    assert_eq!(refused(2 * inputs, outputs, weights, 3, weights), [true; 3]);
    assert_eq!(refused(inputs, outputs, weights - 1, 3, weights), [true; 3]);
    assert_eq!(refused(inputs, outputs, weights, 2, weights), [true, false, true]);
    assert_eq!(refused(inputs, outputs, weights, 3, weights - 1), [false, true, false]);
}

/// Parameters and scratch start on lines as a rule; results must not depend on it.
#[test]
fn alignment_changes_nothing() {
    let c = conv([8, 8, 16], 16, [3, 3]).pad([1, 1]);
    let (x, w) = (fractions(c.inputs(), 1), fractions(c.weights(), 2));
    let mut block = Buffer::<f32>::new();
    let mut results = Vec::new();
    for off in [0, 1, 4] {
        let block = &mut block.grow(w.len() + off)[off..];
        block.copy_from_slice(&w);
        let mut y = vec![0.0; c.outputs()];
        forward(&c, &x, block, &[], &mut y, Epilogue::None, Parallel::SERIAL);
        results.push(y);
    }
    assert!(results.iter().all(|y| *y == results[0]));
}
