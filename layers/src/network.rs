//! The trait of all networks, from the smallest layer to the largest model.

#[cfg(feature = "alloc")]
use core::slice;

#[cfg(feature = "alloc")]
use typednet_tensor::{Buffer, Model};
use typednet_tensor::{Flat, Key};

#[cfg(feature = "alloc")]
use crate::PassContext;
use crate::init::initialise;
use crate::{Init, Layer, Summary};

/// How many bytes of outputs between layers may be on the stack.
#[cfg(feature = "alloc")]
const ON_STACK: usize = 1 << 16;

/// The questions and the ways of making one that all layers share; implemented for every [`Layer`].
pub trait Network: Layer {
    /// The number of trained parameters.
    const PARAMS: usize = Self::TREE.params();

    /// A table of the layers with their output shapes, parameters, bytes and floating-point operations.
    fn summary() -> Summary {
        Summary::new(const { &Self::TREE }, size_of::<Self::Elem>())
    }

    /// The output for one sample. It needs no memory but the stack, unless layers of more than 64 KiB stand between the
    /// input and the output: what these give is then on the heap, where there is one.
    ///
    /// An output as large as a picture is better written to where it is to be:
    /// [`predict_into`](Layer::predict_into), or [`pass::infer`](crate::pass::infer) in memory that is lent.
    // Who passes many samples is shown this line by rustc, with the comment in it.
    #[inline]
    fn predict(&self, x: &Self::In /* one sample; `predict_many` takes a slice of them */) -> Self::Out {
        let mut y = <Self::Out as Flat>::zeros();
        #[cfg(feature = "alloc")]
        if const { Self::INFER.of(1).saturating_mul(size_of::<Self::Elem>()) > ON_STACK } {
            let mut memory = Buffer::new();
            let memory = memory.grow(Self::INFER.of(1));
            self.infer(slice::from_ref(x), slice::from_mut(&mut y), memory, PassContext::new(Key::new(0)));
            return y;
        }
        self.predict_into(x, &mut y);
        y
    }

    /// The outputs for many samples, in order.
    ///
    /// It allocates what it needs, and computes on all processors where that is worth it. The bits do not depend on their
    /// number; from [`predict`](Network::predict) they may differ in the last places, since one row and several are added
    /// up in different orders.
    ///
    /// ```
    /// use typednet_layers::{Dense, Network, Softmax};
    ///
    /// let model = Dense::<4, 3, Softmax>::seeded(0);
    /// let answers = model.predict_many(&[[0.1, 0.2, 0.3, 0.4], [1.0, 0.0, 0.0, 0.0]]);
    /// assert_eq!(answers.len(), 2);
    /// ```
    #[cfg(feature = "alloc")]
    fn predict_many(&self, x: &[Self::In]) -> alloc::vec::Vec<Self::Out> {
        crate::many::predict_many(self, x)
    }

    /// Gives every parameter its first value: weights by the initialiser that fits their activation (He for the ReLU
    /// family, Xavier for the rest), biases 0. The same seed gives the same bits.
    fn initialise(&mut self, seed: u64) {
        initialise(self.as_flat_mut(), const { &Self::TREE }, None, Key::new(seed));
    }

    /// As [`initialise`](Network::initialise), but all weights by `weights`.
    fn initialise_with(&mut self, weights: Init, seed: u64) {
        initialise(self.as_flat_mut(), const { &Self::TREE }, Some(weights), Key::new(seed));
    }

    /// A new model on the heap, ready to be trained; see [`initialise`](Network::initialise).
    #[cfg(feature = "alloc")]
    fn seeded(seed: u64) -> Model<Self> {
        let mut model = Self::zeroed();
        model.initialise(seed);
        model
    }

    /// A model on the heap whose parameters are all zero.
    #[cfg(feature = "alloc")]
    fn zeroed() -> Model<Self> {
        Model::zeroed()
    }
}

impl<L: Layer> Network for L {}
