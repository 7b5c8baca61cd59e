//! Every pass on every lane that this processor has, against the formulas.
//!
//! The numbers are small integers, of which every sum is exact: a result is right or it is not.

use typednet_tensor::conv::{
    Convolution, forward_on, gradients_on, input_gradient_on, input_gradient_one_on, pieces, reference,
};
use typednet_tensor::matmul::Epilogue;
use typednet_tensor::{Key, Parallel, Scalar};

use super::cases::{by_chance, conv, lanes, table};

/// Small whole numbers.
fn integers<T: Scalar>(len: usize, seed: u64) -> Vec<T> {
    (0..len).map(|i| T::of(Key::new(seed).below(i as u64, 5) as f64 - 2.0)).collect()
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
    let (w, b) = (integers::<T>(c.weights(), 3), integers::<T>(c.output()[2], 4));
    let zeros = |len| vec![T::ZERO; len];
    let (mut y, mut plain, mut dx) = (zeros(outputs), zeros(outputs), zeros(inputs));
    let (mut dw, mut db) = (zeros(c.weights()), zeros(c.output()[2]));
    reference::forward(c, &x, &w, &b, &mut y);
    reference::forward(c, &x, &w, &[], &mut plain);
    reference::input_gradient(c, &delta, &w, &mut dx);
    reference::gradients(c, &x, &delta, (&mut dw, &mut db));
    let relu = |y: &[T]| y.iter().map(|y| if *y < T::ZERO { T::ZERO } else { *y }).collect::<Vec<_>>();
    for lane in lanes() {
        let name = |what: &str| format!("{lane:?}, {}, {images} images: {what}", T::NAME);
        for (bias, expected) in [(&b[..], &y), (&[], &plain)] {
            for epilogue in [Epilogue::None, Epilogue::Relu] {
                let mut found = Fenced::new(outputs);
                forward_on(lane, c, (&x, &w, bias), found.inner(), epilogue, Parallel::SERIAL);
                let expected = if epilogue == Epilogue::Relu { relu(expected) } else { expected.clone() };
                found.holds(&name("forward"), c, &expected);
            }
        }

        let (mut found, mut scratch) = (Fenced::new(inputs), Fenced::new(c.scratch()));
        input_gradient_on(lane, c, (&delta, &w), found.inner(), scratch.inner(), Parallel::SERIAL);
        found.holds(&name("input gradient"), c, &dx);
        scratch.stands(&name("input gradient's scratch"), c);

        if images > 0 {
            let mut found = Fenced::new(c.inputs());
            input_gradient_one_on(lane, c, (&delta[..c.outputs()], &w), found.inner());
            found.holds(&name("input gradient of one"), c, &dx[..c.inputs()]);
        }

        let (mut found, mut bias) = (Fenced::new(c.weights()), Fenced::new(c.output()[2]));
        let both = (found.inner(), bias.inner());
        gradients_on(lane, c, (&x, &delta), both, Parallel::SERIAL);
        found.holds(&name("weight gradient"), c, &dw);
        bias.holds(&name("bias gradient"), c, &db);
        let mut found = Fenced::new(c.weights());
        gradients_on(lane, c, (&x, &delta), (found.inner(), &mut []), Parallel::SERIAL);
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
        assert!(pieces::<f32>(&c, 1) > 1, "{c:?}");
        agrees_with_the_formulas::<f32>(&c, 2);
    }
    let c = conv([5, 5, 4], 4, [3, 3]).pad([1, 1]);
    assert!(pieces::<f32>(&c, 400) > 1);
    agrees_with_the_formulas::<f32>(&c, 400);
}
