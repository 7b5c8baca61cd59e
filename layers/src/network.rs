//! The trait of all networks, from the smallest layer to the largest model.

#[cfg(feature = "alloc")]
use core::slice;

#[cfg(feature = "alloc")]
use typednet_tensor::{Buffer, Model};
use typednet_tensor::{Flat, Key};

#[cfg(feature = "alloc")]
use crate::PassContext;
use crate::compact::{self, Compact};
use crate::init::initialise;
use crate::join::Fit;
use crate::streaming::Streams;
use crate::{Init, Layer, Summary};

/// How many bytes of outputs between layers may be on the stack, where there is a heap.
#[cfg(feature = "alloc")]
pub(crate) const MOST_ON_STACK: usize = 1 << 16;

/// The questions and the ways of making one that all layers share; implemented for every [`Layer`].
pub trait Network: Layer {
    /// The number of trained parameters.
    const PARAMS: usize = Self::TREE.params();

    /// The bytes of all parameters: what a `static` of the network takes of a microcontroller's flash, beside the program's code.
    const FLASH_BYTES: usize = size_of::<Self>();

    /// The bytes that [`infer`](Layer::infer) works in for one sample: the sample, what the network gives, and
    /// [`Layer::INFER`]. The stack of its functions comes to that.
    ///
    /// ```
    /// use typednet_layers::{Chain, Dense, Network, Relu, Softmax};
    ///
    /// type Mnist = Chain<Dense<784, 128, Relu>, Chain<Dense<128, 64, Relu>, Dense<64, 10, Softmax>>>;
    ///
    /// assert_eq!(Mnist::FLASH_BYTES, 4 * 109_386);
    /// // Between the layers 128 and 64 numbers, each rounded up to a cache line.
    /// let numbers = 784 + (128 + 16) + (64 + 16) + 10;
    /// assert_eq!(Mnist::RAM_BYTES, 4 * numbers);
    /// ```
    const RAM_BYTES: usize =
        size_of::<Self::In>() + size_of::<Self::Out>() + Self::INFER.of(1) * size_of::<Self::Elem>();

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
        self.predict_to(x, &mut y);
        y
    }

    /// As [`predict`](Network::predict), to a place of the caller's.
    #[doc(hidden)]
    #[inline]
    fn predict_to(&self, x: &Self::In, y: &mut Self::Out) {
        #[cfg(feature = "alloc")]
        if const { Self::INFER.of(1).saturating_mul(size_of::<Self::Elem>()) > MOST_ON_STACK } {
            let mut memory = Buffer::new();
            let memory = memory.grow(Self::INFER.of(1));
            self.infer(slice::from_ref(x), slice::from_mut(y), memory, PassContext::new(Key::new(0)));
            return;
        }
        self.predict_into(x, y);
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

    /// The network with weights of two bytes, on the heap; see [`Compact`], which has the numbers.
    #[cfg(feature = "alloc")]
    fn to_bf16(&self) -> Model<Self::Bf16>
    where
        Self: Compact,
    {
        let mut to = Model::zeroed();
        self.write_bf16(&mut to);
        to
    }

    /// A sequence before its first step, for [`step`](crate::Streaming::step).
    ///
    /// ```
    /// use typednet_layers::{Gru, Network, Streaming};
    ///
    /// let model = Gru::<3, 2, 8>::seeded(0);
    /// let mut stream = model.stream();
    /// let steps = [[0.1, 0.2], [0.3, -0.4], [0.0, 1.0]];
    /// assert_eq!(steps.map(|x| model.step(&mut stream, &x)), model.predict(&steps));
    /// ```
    // One line: an error shows all lines of it.
    #[rustfmt::skip]
    fn stream(&self) -> <Fit as Streams<Self>>::Stream where Fit: Streams<Self> {
        <Fit as Streams<Self>>::begin()
    }

    /// The network in integers of one byte, on the heap; see [`write_int8`](Network::write_int8), and [`losses`](Network::losses) for what it loses.
    ///
    /// # Panics
    /// If there are no samples.
    #[cfg(feature = "alloc")]
    fn to_int8(&self, samples: &[Self::In]) -> Model<Self::Int8>
    where
        Self: Compact,
    {
        let mut to = Model::zeroed();
        self.write_int8(samples, &mut to);
        to
    }

    /// Makes integers of the parameters, with a scale for each output, and chooses the scale of what each layer reads so
    /// that the values of all samples, and 0, are within its 256 steps.
    ///
    /// A few hundred samples are enough; what is outside of their range in use counts as the range's end. It allocates only
    /// where a layer gives more than 4 KiB or takes more than 64 KiB.
    ///
    /// # Panics
    /// If there are no samples.
    fn write_int8(&self, samples: &[Self::In], to: &mut Self::Int8)
    where
        Self: Compact,
    {
        compact::write_int8(self, samples, to);
    }

    /// What the network loses by `form`, which was made of it, for these samples: of each layer with weights the error of those, the
    /// error of what it reads and how much of that is beyond the range, and the error of what it gives.
    ///
    /// Samples that were not used to choose the ranges say more than those that were, of which nothing is beyond them.
    ///
    /// ```
    /// use typednet_layers::{Chain, Compact, Dense, Network, Relu, Softmax};
    ///
    /// type Digits = Chain<Dense<64, 32, Relu>, Dense<32, 10, Softmax>>;
    ///
    /// let digits = Digits::seeded(0);
    /// let samples: Vec<[f32; 64]> = (0..200).map(|i| [(i % 17) as f32 / 17.0; 64]).collect();
    /// let (known, others) = samples.split_at(100);
    /// let form = digits.to_int8(known);
    /// let losses = digits.losses(&form, others);
    /// println!("{losses}");
    /// // layer                    weights    inputs   clipped   outputs
    /// // first Dense<32, Relu>    45.2 dB   exact      0.00 %   51.3 dB
    /// // rest Dense<10, Softmax>  …
    /// assert_eq!(losses.layers.len(), 2);
    /// assert!(losses.layers[0].weights.decibels() > 40.0 && losses.outputs.decibels() > 30.0);
    /// ```
    #[cfg(feature = "alloc")]
    fn losses(&self, form: &Self::Int8, samples: &[Self::In]) -> compact::Losses
    where
        Self: Compact,
    {
        compact::losses(self, form, samples)
    }
}

impl<L: Layer> Network for L {}
