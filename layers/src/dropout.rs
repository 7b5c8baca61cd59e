//! Dropout, which leaves out elements at random while it trains.

use core::marker::PhantomData;

use crate::{Arg, Behaviour, Layer, LayerInfo, Linear, Operation, PassContext, Trace, threads};
use typednet_tensor::{Differentiable, Parallel, Sample, Scalar, flat, flat_mut, impl_flat, noise, ops};

/// Sets each element to 0 with probability p while training, so that no unit can rely on another (lecture section 7;
/// Srivastava and others 2014).
///
/// This is the inverted form, which PyTorch and Keras have too: in training y = x ⊙ m / (1 − p), where m is 0 with
/// probability p and else 1, and in use y = x. The mean of y over the masks is x, so both agree on average.
/// [`TestScaledDropout`] is the notes' form.
///
/// The notes take 0.2 to 0.5 behind hidden layers, 0.1 to 0.2 behind the input, and none at the output.
///
/// The mask is drawn from the pass's [`PassContext::key`] and the element's place in the batch, and drawn again for the backward
/// pass: it takes no memory, and does not depend on threads.
///
/// # Shapes
/// x and y are `S`, any nested array.
///
/// p is written as [`bits`](crate::bits), and is from 0 up to but not including 1; in `network!` it is the plain number,
/// `Dropout<0.5>`. Parameters: none.
///
/// ```
/// use typednet_layers::{Dropout, Layer, Network, PassContext, bits};
/// use typednet_tensor::Key;
///
/// let layer = Dropout::<[f32; 4], { bits(0.5) }>::new();
/// assert_eq!(layer.predict(&[1.0, 2.0, 3.0, 4.0]), [1.0, 2.0, 3.0, 4.0]);
///
/// let mut y = [[0.0; 4]; 100];
/// layer.forward(&[[1.0; 4]; 100], &mut y, &mut [], &mut [], PassContext::new(Key::new(0)));
/// assert!(y.iter().flatten().all(|y| [0.0, 2.0].contains(y)));
/// ```
///
/// Padded steps are read in [`OnPadded`](crate::OnPadded) only:
///
/// ```compile_fail
/// use typednet_layers::{Dropout, Network, bits};
/// use typednet_tensor::Padded;
///
/// Dropout::<Padded<[[f32; 2]; 3]>, { bits(0.5) }>::new().predict(&Padded::full([[1.0; 2]; 3]));
/// ```
#[repr(C)]
pub struct Dropout<S: Sample, const P: u64, const INVERTED: bool = true> {
    /// No elements; it gives the layer its element's alignment.
    elements: [S::Elem; 0],
    sample: PhantomData<fn() -> S>,
}

/// Dropout as the notes have it: in training y = x ⊙ m, and in use y = (1 − p)·x, so that the mean is the same in both.
///
/// ```
/// use typednet_layers::{Network, TestScaledDropout, bits};
///
/// let layer = TestScaledDropout::<[f32; 2], { bits(0.25) }>::new();
/// assert_eq!(layer.predict(&[4.0, 8.0]), [3.0, 6.0]);
/// ```
pub type TestScaledDropout<S, const P: u64> = Dropout<S, P, false>;

impl<S: Sample, const P: u64, const INVERTED: bool> Dropout<S, P, INVERTED> {
    /// p
    const RATE: f64 = {
        let rate = f64::from_bits(P);
        assert!(
            !S::SHAPE.has_padding(),
            "`Dropout` drops numbers, and how many padded steps count is none: write `OnPadded<Dropout<…>>`, in a pair on that half"
        );
        assert!(rate >= 0.0 && rate < 1.0, "a dropout's probability is from 0 up to but not including 1");
        rate
    };

    /// An element is dropped where 32 random bits are below this.
    #[allow(clippy::cast_sign_loss, reason = "the rate is not negative")]
    const DROPPED: u32 = (Self::RATE * 4_294_967_296.0) as u32;

    /// The factor of an element that is kept in training.
    const KEPT: f64 = if INVERTED { 1.0 / (1.0 - Self::RATE) } else { 1.0 };

    /// The factor of every element in use.
    const USED: f64 = if INVERTED { 1.0 } else { 1.0 - Self::RATE };

    const OPERATION: Operation = if INVERTED { Operation::OfIdentity } else { Operation::OfScale(Self::USED) };

    /// The layer; there is only one.
    pub const fn new() -> Self {
        Self { elements: [], sample: PhantomData }
    }
}

impl<S: Sample, const P: u64, const INVERTED: bool> Default for Dropout<S, P, INVERTED> {
    fn default() -> Self {
        Self::new()
    }
}

impl_flat! {
    [S: Differentiable, const P: u64, const INVERTED: bool] Dropout<S, P, INVERTED>: S::Elem {
        elements: [S::Elem; 0],
    } markers { sample }
}

impl<S: Differentiable, const P: u64, const INVERTED: bool> Dropout<S, P, INVERTED> {
    /// to ← from ⊙ m·`KEPT`; where the pass is frozen, as in use.
    fn train(from: &[S], to: &mut [S], run: PassContext<'_>) {
        if run.is_frozen() {
            return Self::scale(from, to, run.parallel());
        }
        let to = flat_mut(to);
        threads::copy(run.parallel(), flat(from), to);
        noise::mask(run.key(), Self::DROPPED, S::Elem::of(Self::KEPT), to, run.parallel());
    }

    /// to ← `USED`·from
    fn scale(from: &[S], to: &mut [S], parallel: Parallel<'_>) {
        let (to, used) = (flat_mut(to), Self::USED);
        threads::copy(parallel, flat(from), to);
        if !INVERTED {
            threads::by_elements(parallel, to, 1, |_, to| ops::scale(S::Elem::of(used), to));
        }
    }
}

impl<S: Differentiable, const P: u64, const INVERTED: bool> Layer for Dropout<S, P, INVERTED> {
    type In = S;
    type Out = S;
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: if INVERTED { "Dropout" } else { "TestScaledDropout" },
        args: &[Arg::Number(Self::RATE)],
        input: S::SHAPE,
        output: S::SHAPE,
        params: &[],
        children: &[],
        flops: 0,
        behaviour: Behaviour::PLAIN.differing_in_training().computing(Self::OPERATION),
    };

    #[inline]
    fn predict_into(&self, x: &S, y: &mut S) {
        Self::scale(core::slice::from_ref(x), core::slice::from_mut(y), Parallel::SERIAL);
    }

    fn infer(&self, x: &[S], y: &mut [S], _: &mut [S::Elem], run: PassContext<'_>) {
        Self::scale(x, y, run.parallel());
    }

    fn forward(&self, x: &[S], y: &mut [S], _: &mut [S::Elem], _: &mut [S::Elem], run: PassContext<'_>) {
        Self::train(x, y, run);
    }

    /// ∂L/∂x = ∂L/∂y ⊙ m / (1 − p), with the mask of the forward pass
    fn backward(
        &self,
        _: Trace<'_, Self>,
        dy: &mut [S],
        dx: Option<&mut [S]>,
        _: &mut Self,
        _: &mut [S::Elem],
        run: PassContext<'_>,
    ) {
        if let Some(dx) = dx {
            Self::train(dy, dx, run);
        }
    }
}

#[cfg(test)]
mod tests {
    use typednet_tensor::Key;

    use super::*;
    use crate::bits;

    const RATE: f64 = 0.3;

    type Inverted = Dropout<[f64; 10], { bits(RATE) }>;
    type Notes = TestScaledDropout<[f64; 10], { bits(RATE) }>;

    fn forward<L: Layer<In = [f64; 10], Out = [f64; 10], Elem = f64>>(layer: &L, rows: usize, seed: u64) -> Vec<f64> {
        let mut y = vec![[f64::NAN; 10]; rows];
        layer.forward(&vec![[1.0; 10]; rows], &mut y, &mut [], &mut [], PassContext::new(Key::new(seed)));
        y.concat()
    }

    /// The share of dropped elements, and the mean, within 6 standard deviations of √(p(1 − p)/n).
    #[test]
    fn section_7_the_expectation_in_training_is_that_in_use() {
        let (rows, n) = (10_000, 100_000.0);
        let bound = 6.0 * (RATE * (1.0 - RATE) / n).sqrt();
        for seed in 0..5 {
            let y = forward(&Inverted::new(), rows, seed);
            let dropped = y.iter().filter(|y| **y == 0.0).count() as f64 / n;
            assert!((dropped - RATE).abs() < bound, "{dropped} were dropped");
            let mean = y.iter().sum::<f64>() / n;
            assert!((mean - 1.0).abs() < bound / (1.0 - RATE), "the mean is {mean}");

            let mean = forward(&Notes::new(), rows, seed).iter().sum::<f64>() / n;
            let mut used = [0.0; 10];
            Notes::new().predict_into(&[1.0; 10], &mut used);
            assert!((mean - used[0]).abs() < bound, "the mean is {mean}, in use {}", used[0]);
        }
    }

    #[test]
    fn each_step_has_its_mask() {
        let layer = Inverted::new();
        assert_eq!(forward(&layer, 3, 1), forward(&layer, 3, 1));
        assert_ne!(forward(&layer, 3, 1), forward(&layer, 3, 2));
    }

    #[test]
    fn nothing_is_dropped_at_0() {
        let layer = Dropout::<[f64; 10], { bits(0.0) }>::new();
        assert!(forward(&layer, 100, 1).iter().all(|y| y.to_bits() == 1_f64.to_bits()));
    }
}
