//! What can be computed, but not trained.

#[cfg(feature = "alloc")]
use core::slice::{from_mut, from_ref};

#[cfg(feature = "alloc")]
use typednet_tensor::{Buffer, Key};
use typednet_tensor::{Differentiable, Flat, Sample};

#[cfg(feature = "alloc")]
use crate::network::MOST_ON_STACK;
use crate::{LayerInfo, PassContext, WorkspaceSize};

/// A function of a sample that can be computed, but not trained.
pub trait Predictor: Flat + Send + Sync {
    /// One input.
    type In: Sample;

    /// One output.
    type Out: Differentiable<Elem = f32>;

    /// Its parts, for files: as in [`Layer::TREE`](crate::Layer::TREE), the parameters of its flat block with their names and sizes.
    const TREE: LayerInfo;

    /// Working memory that [`infer`](Predictor::infer) may use and forget, in elements of `f32`.
    const INFER: WorkspaceSize = WorkspaceSize::NONE;

    /// The bytes of all parameters, as [`Network::FLASH_BYTES`](crate::Network::FLASH_BYTES).
    const FLASH_BYTES: usize = size_of::<Self>();

    /// The bytes that [`infer`](Predictor::infer) works in for one sample, as [`Network::RAM_BYTES`](crate::Network::RAM_BYTES).
    const RAM_BYTES: usize = size_of::<Self::In>() + size_of::<Self::Out>() + Self::INFER.of(1) * size_of::<f32>();

    /// About as many bytes [`predict_into`](Predictor::predict_into) has on the stack, beside its input and output.
    const STACK: usize = 0;

    /// y ← f(x) for one sample, with nothing but the stack.
    fn predict_into(&self, x: &Self::In, y: &mut Self::Out);

    /// y ← f(x) for each row. Nothing is allocated, and the bits do not depend on the number of threads.
    ///
    /// A form is not trained, so no loss takes its last activation along: it gives that where the pass stops at the logits
    /// ([`PassContext::stop_at_logits`]) too.
    ///
    /// ```
    /// use typednet_layers::{Compact, Dense, Network, PassContext, Predictor};
    /// use typednet_tensor::Key;
    ///
    /// type Form = <Dense<4, 3> as Compact>::Bf16;
    /// let form = Dense::<4, 3>::seeded(0).to_bf16();
    /// let (x, mut y) = ([[0.5; 4]; 20], [[0.0; 3]; 20]);
    /// let mut memory = vec![0.0; Form::INFER.of(20)];
    /// form.infer(&x, &mut y, &mut memory, PassContext::new(Key::new(0)));
    /// assert_eq!(y[7], form.predict(&x[7]));
    /// ```
    ///
    /// # Panics
    /// If there are not as many outputs as inputs, or `scratch` has less than [`INFER`](Predictor::INFER) elements for as many rows.
    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], scratch: &mut [f32], run: PassContext<'_>);

    /// The output for one sample. It needs no memory but the stack, unless that were more than 64 KiB: what is between the layers
    /// is then on the heap, where there is one.
    #[inline]
    fn predict(&self, x: &Self::In /* one sample; `predict_many` takes a slice of them */) -> Self::Out {
        let mut y = Self::Out::zeros();
        self.predict_to(x, &mut y);
        y
    }

    /// As [`predict`](Predictor::predict), to a place of the caller's.
    #[doc(hidden)]
    #[inline]
    fn predict_to(&self, x: &Self::In, y: &mut Self::Out) {
        #[cfg(feature = "alloc")]
        if const { Self::STACK > MOST_ON_STACK } {
            let mut memory = Buffer::new();
            let memory = memory.grow(Self::INFER.of(1));
            self.infer(from_ref(x), from_mut(y), memory, PassContext::new(Key::new(0)));
            return;
        }
        self.predict_into(x, y);
    }

    /// The outputs for many samples, in order, in memory of its own and on all processors where that is worth it.
    #[cfg(feature = "alloc")]
    fn predict_many(&self, x: &[Self::In]) -> alloc::vec::Vec<Self::Out> {
        crate::many::in_blocks(x, Self::LEN, Self::INFER, |x, y, scratch| {
            self.infer(x, y, scratch, PassContext::new(Key::new(0)));
        })
    }
}
