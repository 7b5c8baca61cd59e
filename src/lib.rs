//! Neural networks whose shapes are Rust types.
//!
//! [`network!`] declares a network in one line, the compiler proves that its layers fit, and what comes out is a plain
//! struct. All its parameters are one block of memory, its backward passes are derived by hand, and nothing allocates
//! while it trains or predicts.
//!
//! ```
//! use typednet::data::mnist;
//! use typednet::prelude::*;
//!
//! network! {
//!     /// Handwritten digits: 28×28 pixels in, one probability per class out.
//!     struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
//! }
//!
//! let digits = mnist::embedded()?;
//! let mut trainer = Trainer::new(Mnist::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(64).epochs(1).quiet();
//! trainer.fit(&digits.train)?;
//! assert!(trainer.evaluate(&digits.test)?.accuracy > Some(0.8));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`prelude`] | what most programs need |
//! | [`layers`], [`loss`] | every layer, activation and loss with its formula, initialisation, passes, summaries |
//! | [`optim`] | optimisers, schedules, clipping, penalties, groups, averages |
//! | [`data`] | MNIST's files and embedded digits, CIFAR-10, pictures, CSV tables, splits, folds, scalers, augmentation |
//! | [`train`] | the trainer, callbacks, checkpoints, metrics, cross-validation |
//! | [`watch`] | what happens in each layer, what is wrong in words, `TensorBoard` files and an HTML report |
//! | [`tune`] | grid, random and TPE search over rates, sizes and networks |
//! | [`govern`] | run manifests, model cards, a guard, drift, saliency |
//! | [`exchange`] | weights for `PyTorch` and from it, ONNX files |
//! | [`formats`] | files that are whole or not there |
//! | [`tensor`] | shapes, random numbers, matrix products, loops at the processor's full width, threads |
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `train` (default) | [`train`] and [`data`] |
//! | `plot` (default) | loss curves as SVG pictures |
//! | `tune`, `watch`, `govern`, `exchange` | the module of that name |
//! | `signals` | trainings that end after their step at Ctrl-C and SIGTERM, with a checkpoint: `train::Interrupt` |
//! | `images` | PNG and JPEG files in a folder for each class: `data::images` |
//! | `full` | all of these |
//! | `tokenizers` | texts as pieces of words, by `tokenizer.json` or learnt: `data::text::Tokenizer`; 61 crates more |
//! | `data` | [`data`] without the trainer |
//! | `std`, `alloc` | threads and the widest SIMD lane; models on the heap. Without both, a model is a `static` |
//!
//! `default-features = false` leaves `layers`, `optim` and `tensor`, without std and without an allocator.
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

#[doc(inline)]
pub use typednet_layers as layers;
pub use typednet_layers::loss;
#[doc(inline)]
pub use typednet_optim as optim;
#[doc(inline)]
pub use typednet_tensor as tensor;

#[cfg(feature = "data")]
#[doc(inline)]
pub use typednet_data as data;
#[cfg(feature = "exchange")]
#[doc(inline)]
pub use typednet_exchange as exchange;
#[cfg(any(feature = "data", feature = "exchange"))]
#[doc(inline)]
pub use typednet_formats as formats;
#[cfg(feature = "govern")]
#[doc(inline)]
pub use typednet_govern as govern;
#[cfg(feature = "train")]
#[doc(inline)]
pub use typednet_train as train;
#[cfg(feature = "tune")]
#[doc(inline)]
pub use typednet_tune as tune;
#[cfg(feature = "watch")]
#[doc(inline)]
pub use typednet_watch as watch;

pub mod prelude;

/// Makes a network from one line.
///
/// There are two forms. As an **item** it declares a struct with one public field per layer:
///
/// ```
/// use typednet::prelude::*;
///
/// network! {
///     /// Handwritten digits.
///     pub struct Mnist: 784 => hidden: Dense<128, Relu> => Dense<64, Relu> => head: Dense<10, Softmax> -> 10
/// }
///
/// const _: () = assert!(Mnist::PARAMS == 109_386);
///
/// let model = Mnist::seeded(0);
/// let [[weight, ..], ..] = &model.hidden.weight; // [[f32; 128]; 784]
/// let bias: &[f32; 64] = &model.l2.bias; // a layer without a label is called by its number
/// let probabilities: [f32; 10] = model.predict(&[0.5; 784]);
/// assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
/// # let _ = (weight, bias);
/// ```
///
/// As a **type** it stands where a type is wanted, for a short network without a name:
///
/// ```
/// use typednet::prelude::*;
///
/// type Xor = network!(2 => Dense<8, Relu> => Dense<1, Sigmoid>);
///
/// let [answer] = Xor::seeded(0).predict(&[0.0, 1.0]);
/// assert!((0.0..=1.0).contains(&answer));
/// ```
///
/// Prefer the item: its fields have names, its errors name it, and it can be 1,000 layers deep, where the nested types
/// of the other form meet rustc's recursion limit at about 100. A type where an item is wanted (no `struct Name:`) is told by
/// rustc in its own words, "likely invalid in item context": a macro does not learn where it stands.
///
/// # Grammar
/// | part | how it is written |
/// | --- | --- |
/// | item | `struct Name: input => layer => layer -> output`, with doc comments, attributes and `pub` before it |
/// | type | `input => layer => layer -> output` |
/// | size | `784`, a `const` item `PIXELS` or `sizes::PIXELS`, an expression `{ 28 * 28 }` |
/// | input, output | a size, or a shape such as `[1, 28, 28]`; `-> output` is optional and checked |
/// | padded input | `Padded<[Token<65>; 64]>`, `Padded<[64, 12]>`: sequences of at most 64 steps, of which layers see those that count |
/// | pair as input | `([64, 12], [Token<65>; 10])`: two samples, which `Halves`, `OnFirst`, `CrossAttention` and others read |
/// | layer | `Dense<10>`, `label: Dense<10>`; with `-> output` behind it what it gives is checked there too |
/// | arguments | in their order, or by name behind those: `Conv2d<16, 3, Relu, stride = 2, bias = false>`; `[3, 5]` for height and width |
/// | frozen layer | `frozen body: Features`: it stands in the network, but is not trained |
/// | number type | `f32`; `struct Name<f64>: …` and `network!(f64: …)`; `struct Name<T>: …` for either |
/// | sizes as parameters | `struct Name<const WIDTH: usize>: 784 => Dense<WIDTH, Relu> => …`, after the number type |
///
/// # Layers
#[doc = include_str!("../docs/layers.md")]
///
/// None of the names has to be imported. A type of yours that has one of them, or one that
/// other libraries have for a layer (`ReLU`, `MaxPool2d`, `LSTM`), is written with its path: `self::LSTM`.
///
/// ```
/// use typednet::prelude::*;
///
/// network! { struct Encoder: 784 => Dense<64, Relu> => Dense<8> }
/// network! { struct Decoder: 8 => Dense<64, LeakyRelu<0.1>> => Dense<784, Sigmoid> }
/// network! { struct AutoEncoder: 784 => encoder: Encoder => decoder: Decoder -> 784 }
///
/// const CLASSES: usize = 3;
///
/// network! { struct Classifier<T, const WIDTH: usize>: { 2 * 2 } => Dense<WIDTH, Tanh> => Dense<CLASSES, Softmax> }
///
/// assert_eq!(AutoEncoder::PARAMS, Encoder::PARAMS + Decoder::PARAMS);
/// assert_eq!(Classifier::<f64, 5>::PARAMS, 4 * 5 + 5 + 5 * 3 + 3);
/// ```
///
/// # Images
/// An image is `[height, width, channels]`, as a picture's file has it. Nothing is flattened silently: a `Dense` behind an image
/// needs `Flatten` (or `GlobalAvgPool`) before it. A convolution rounds its places down, as elsewhere; a pool that would drop pixels
/// is an error until it says `floor = true`.
///
/// ```
/// use typednet::prelude::*;
///
/// network! {
///     pub struct LeNet: [28, 28, 1]
///         => Conv2d<6, 5, Relu> => MaxPool<2> => Conv2d<16, 5, Relu> => MaxPool<2>
///         => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10, Softmax> -> 10
/// }
///
/// network! {
///     pub struct ResNet8: [32, 32, 3]
///         => Conv2d<16, 3, pad = 1> => BatchNorm2d<Relu>
///         => Residual<Conv2d<16, 3, pad = 1> => BatchNorm2d<Relu> => Conv2d<16, 3, pad = 1> => BatchNorm2d> => Relu
///         => Add<main: Conv2d<32, 3, stride = 2, pad = 1> => BatchNorm2d<Relu> => Conv2d<32, 3, pad = 1> => BatchNorm2d,
///                skip: Conv2d<32, 1, stride = 2> => BatchNorm2d> => Relu
///         => GlobalAvgPool => Dense<10, Softmax> -> 10
/// }
///
/// let probabilities: [f32; 10] = LeNet::seeded(0).predict(&[[[0.5]; 28]; 28]);
/// assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-5);
/// assert_eq!((LeNet::PARAMS, ResNet8::PARAMS), (44_426, 20_138));
/// ```
///
/// What does not fit says its arithmetic, whether the sizes are numbers, `const` items, or known to rustc only:
///
/// ```text
/// error: layer `l1: MaxPool<2>`: its height would be (7 + 2·0 − 2)/2 + 1: 1 of 7 would be dropped: write `floor = true` to
/// drop it, or another size
/// ```
///
/// From a parameter of the struct only what stays as it is follows (a kernel of 3 with `pad = 1`, a normalisation); else the shape is
/// written behind the layer, as in `MaxPool<2> -> [HALF, HALF, 16]`.
///
/// # Pairs
/// An input may be two samples in parentheses: of one number type, of tokens, or of tokens and numbers `f32`. [`Halves`](layers::Halves) has layers for each half; `Flatten` makes one row of
/// both halves, and [`CrossAttention`](layers::CrossAttention) one sequence, where the steps of the first half have looked at those of
/// the second. [`WithState`](layers::WithState) is a recurrent layer over the first half, which begins with the state that the second half is
/// (`[units]`, of an `Lstm` `[2, units]`), and gives all states and the last one: `([64, 12], [2, 32]) => WithState<Lstm<32>>`.
///
/// ```
/// use typednet::prelude::*;
///
/// network! {
///     /// What a decoder says next to a text of at most 12 tokens, of which it sees what an encoder has made.
///     pub struct Translate: ([Token<20>; 10], Padded<[Token<30>; 12]>)
///         => Halves<Embedding<32> => Positions, Embedding<32> => Positions => TransformerBlock<4, 64>>
///         => OnFirst<Residual<LayerNorm => Attention<4, causal>>>
///         => AddToFirst<OnFirst<LayerNorm> => CrossAttention<4>>
///         => TakeFirst => Each<Dense<20, Softmax>> -> [10, 20]
/// }
///
/// let so_far = [Token::new(7).unwrap(); 10];
/// let text = Padded::new(&[Token::new(29).unwrap(), Token::new(3).unwrap()]).unwrap();
/// let next = Translate::seeded(0).predict(&Pair { first: so_far, second: text });
/// assert!((next[9].iter().sum::<f32>() - 1.0).abs() < 1e-5);
/// ```
#[cfg_attr(feature = "train", doc = "")]
#[cfg_attr(feature = "train", doc = "Data sets are made of pairs by [`data::pairs`]:")]
#[cfg_attr(feature = "train", doc = "")]
#[cfg_attr(feature = "train", doc = include_str!("../docs/pairs.md"))]
///
/// # Layers of other crates
/// A name that is not in the table is a type: a network, a type that implements [`Layer`](layers::Layer), or one that implements
/// [`LayerSpec`](layers::LayerSpec). The last stands for a layer whose sizes follow from what comes in, so it needs no more text
/// than a layer of the library:
///
/// ```
/// use typednet::layers::{BuildLayer, LayerSpec, LayerNorm};
/// use typednet::prelude::*;
///
/// /// Half as many outputs as inputs, which is said behind it: Rust does not compute with parameters.
/// struct Half;
///
/// impl LayerSpec for Half {
///     const NEEDS_SHAPE: bool = true;
/// }
///
/// impl<T: Scalar, const I: usize, const O: usize> BuildLayer<T, [T; I], [T; O]> for Half {
///     type Layer = Dense<I, O, Relu, T>;
/// }
///
/// /// A normalisation of whatever row comes in.
/// struct Norm;
///
/// impl LayerSpec for Norm {}
///
/// impl<T: Scalar, Declared, const N: usize> BuildLayer<T, [T; N], Declared> for Norm {
///     type Layer = LayerNorm<N, T>;
/// }
///
/// network! { struct Net: 16 => Half -> 8 => Norm => Half -> 4 => Norm => Dense<2, Softmax> }
/// assert_eq!(Net::PARAMS, (16 * 8 + 8) + 2 * 8 + (8 * 4 + 4) + 2 * 4 + (4 * 2 + 2));
/// ```
///
/// Where two types of yours follow each other, the network is at most as public as the first of them.
///
/// # Branches
/// Two branches or more stand in `Add` or `Concat` with commas between them, each a line of layers with a label or without
/// one. All of them read what the layer around them reads. The labels are the branches' fields and their names in summaries and in
/// what is watched; without one they are `left` and `right`, and of more than two those behind the first `branch2`, `branch3` and so on.
/// (In a type, `network!(…)`, labels have at most 16 bytes, the fields are `left` and `right`, and those behind the first are in `right`
/// together.)
///
/// ```
/// use typednet::prelude::*;
///
/// network! {
///     struct TwoWays: 16
///         => both: Concat<deep: Dense<32, Relu> => Dense<8, Relu>, wide: Dense<24, Tanh>> -> 32
///         => Add<Dense<8, Relu> => Dense<32>, Dropout<0.1>>
///         => Dense<3, Softmax>
/// }
///
/// let model = TwoWays::seeded(0);
/// let wide: &[[f32; 24]; 16] = &model.both.wide.weight;
/// assert_eq!(wide.len(), 16);
/// assert!(TwoWays::summary().to_string().contains("\n  deep "));
/// ```
///
/// # What does not compile
/// A size that does not fit is one error at its layer, in `cargo check`:
///
/// ```compile_fail
/// use typednet::prelude::*;
///
/// network! { struct Mnist: 784 => Dense<128, Relu> => Dense<12, Softmax> -> 10 }
/// ```
///
/// ```text
/// error: layer `l2: Dense<12, Softmax>` gives 12, but the network is declared to give 10
///  |
///  | network! { struct Mnist: 784 => Dense<128, Relu> => Dense<12, Softmax> -> 10 }
///  |                                                     ^^^^^^^^^^^^^^^^^^
/// ```
///
/// Two limits are Rust's: a size cannot be computed from a parameter of the struct (`Dense<{ 2 * WIDTH }>`), and where a
/// network whose output depends on such a parameter stands before a `Dense`, the size is written between them:
/// `Inner<WIDTH> -> 32 => Dense<10>`.
/// Two more are: a `const` parameter of a function around the network is none of the struct's, which declares its own
/// (`struct Net<const WIDTH: usize>`); and whether a parameter of the struct is 0 is seen where the code for its value is made,
/// in `cargo build` and not yet in `cargo check`. And a `pub` network may have private layers wherever they stand but at the end: what
/// gives its output and its last activation is part of what it shows (E0446). Write `pub` before that layer too, which shows it
/// nowhere as long as its module is private, or write what it gives and the activation behind it, `Part -> 10 => Softmax`.
///
/// The macro has limits of its own, so that a slip does not take the compiler's memory: brackets and layers are nested
/// at most 32 deep, a sample has at most 6 dimensions, and neither it nor the weights of a layer have more than 2⁵⁷
/// elements.
///
/// # What belongs to the struct
/// Doc comments before a layer are those of its field. `#[cfg(…)]` before the struct holds for all that is made of it.
/// A network derives neither `Clone` nor `Default`, which would pass it over the stack, nor `Debug`, `PartialEq` and
/// the like: it is kept in a [`Model`](tensor::Model), which is `Clone`, its `summary()` can be shown, and all of its numbers are one
/// slice, [`as_flat`](tensor::Flat::as_flat).
///
/// ```
/// use typednet::prelude::*;
///
/// network! {
///     pub struct Digits: 784
///         => /// What it finds.
///            hidden: Dense<128, Relu>
///         => Dense<10, Softmax>
/// }
///
/// let model = Digits::seeded(0);
/// assert_eq!(model.as_flat(), model.clone().as_flat());
/// ```
#[macro_export]
macro_rules! network {
    // Under whatever name the crate is known where the network is written.
    ($($tokens:tt)*) => { $crate::__private::network! { ($crate) $($tokens)* } };
}

/// Puts the weights of a safetensors file into the program, and proves that they are the network's.
///
/// The file is read by the compiler: the parameters stand in read-only data, nothing is parsed or copied when the program starts, and
/// neither std nor an allocator is needed. The network is the type that is wanted where the macro stands:
///
/// ```
/// use typednet::prelude::*;
///
/// network! { struct Xor: 2 => hidden: Dense<8, Tanh> => answer: Dense<1, Sigmoid> }
///
/// // What `model.save("docs/xor.safetensors")` has written, beside Cargo.toml.
/// static XOR: Xor = weights!("docs/xor.safetensors");
///
/// let rounded = |x| XOR.predict(&x)[0].round();
/// assert_eq!([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]].map(rounded), [0.0, 1.0, 1.0, 0.0]);
/// ```
///
/// A file that is absent, cut off, or of another network does not compile. The error says the parameter's name and what it is in the
/// file and in the network:
///
/// ```compile_fail
/// use typednet::prelude::*;
///
/// network! { struct Xor: 2 => hidden: Dense<7, Tanh> => answer: Dense<1, Sigmoid> }
/// static XOR: Xor = weights!("docs/xor.safetensors");
/// ```
///
/// ```text
/// error[E0080]: evaluation panicked: `answer.weight` is [8, 1] in `docs/xor.safetensors`, but [7, 1] in `Xor`; save this network to it
///               anew, or choose its own file
///   |
///   | static XOR: Xor = weights!("docs/xor.safetensors");
///   |                            ^^^^^^^^^^^^^^^^^^^^^^ evaluation of `XOR::{constant#1}` failed here
/// ```
///
/// | what | how |
/// | --- | --- |
/// | a name in quotes | is looked for from the folder of the package's `Cargo.toml`, which is where `cargo run` works too |
/// | another place | an expression that the compiler knows: `weights!(concat!(env!("OUT_DIR"), "/mnist.safetensors"))`; a relative path in one begins at the source file, as in `include_bytes!` |
/// | when the file changes | the program is built anew |
/// | `f64` | where the network is of `f64` and the file too |
/// | compact forms | `static SMALL: <Mnist as Compact>::Int8 = weights!("mnist-int8.safetensors")`, of a file that the form's `save` has written |
/// | PyTorch's files | are told from ours by an error: read them with `load_torch`, and write them with `save` |
/// | vectors that straddle no cache line | `static XOR: Aligned<Xor> = Aligned(weights!(…))` |
///
/// It belongs in a `static`; a `const` would be copied wherever it is named, and a variable passes over the stack.
///
/// Names, sizes and types are compared. What a file does not say is not: which activations stand between the layers. The numbers are
/// taken as they are, without a look for those that are not finite, and the checksum is not computed, which would take the compiler
/// minutes: a test that compares `XOR.as_flat()` with those of `Xor::load` does both. On processors that keep the highest byte of a
/// number first there is no `weights!`.
#[cfg(target_endian = "little")]
#[macro_export]
macro_rules! weights {
    // Under whatever name the crate is known where it is written.
    ($($file:tt)*) => { $crate::__private::weights! { ($crate) $($file)* } };
}

/// Makes a `#[repr(C)]` struct of numbers a block of parameters: the first half of a layer of one's own.
///
/// Fields are numbers, arrays of them and other such blocks, all of one element type; a `PhantomData` may stand among them.
/// What is not so does not compile. The second half is [`Layer`](layers::Layer), and
/// [`assert_gradients`](layers::assert_gradients) tells in a test whether its backward pass is right.
///
/// With a parameter `T: Scalar` for the number type its gradients can be checked in `f64`:
///
/// ```
/// use typednet::layers::{Behaviour, Init, ParamKind, LayerInfo, Param, Trace, assert_gradients};
/// use typednet::prelude::*;
///
/// /// y = a ⊙ x + b, with two numbers for each input.
/// #[derive(Flat)]
/// #[repr(C)]
/// pub struct Affine<const N: usize, T: Scalar = f32> {
///     scale: [T; N],
///     shift: [T; N],
/// }
///
/// impl<const N: usize, T: Scalar> Layer for Affine<N, T> {
///     type In = [T; N];
///     type Out = [T; N];
///     type Head = Linear;
///
///     const TREE: LayerInfo = LayerInfo {
///         name: "Affine",
///         args: &[],
///         input: <[T; N]>::SHAPE,
///         output: <[T; N]>::SHAPE,
///         params: &[
///             Param { name: "scale", shape: <[T; N]>::SHAPE, kind: ParamKind::Scale, init: Init::Ones, fan_in: N, fan_out: N },
///             Param { name: "shift", shape: <[T; N]>::SHAPE, kind: ParamKind::Bias, init: Init::Zeros, fan_in: N, fan_out: N },
///         ],
///         children: &[],
///         flops: 2 * N as u64,
///         behaviour: Behaviour::PLAIN,
///     };
///
///     fn predict_into(&self, x: &[T; N], y: &mut [T; N]) {
///         for i in 0..N {
///             y[i] = self.scale[i] * x[i] + self.shift[i];
///         }
///     }
///
///     fn forward(&self, x: &[[T; N]], y: &mut [[T; N]], _saved: &mut [T], _scratch: &mut [T], _run: PassContext<'_>) {
///         for (x, y) in x.iter().zip(y) {
///             self.predict_into(x, y);
///         }
///     }
///
///     // ∂L/∂a = Σ dy ⊙ x and ∂L/∂b = Σ dy over the rows, ∂L/∂x = dy ⊙ a. The gradient is overwritten, not added to.
///     fn backward(
///         &self,
///         trace: Trace<'_, Self>,
///         dy: &mut [[T; N]],
///         dx: Option<&mut [[T; N]]>,
///         grad: &mut Self,
///         _scratch: &mut [T],
///         _run: PassContext<'_>,
///     ) {
///         grad.as_flat_mut().fill(T::ZERO);
///         for (x, dy) in trace.x.iter().zip(dy.iter()) {
///             for i in 0..N {
///                 grad.scale[i] += dy[i] * x[i];
///                 grad.shift[i] += dy[i];
///             }
///         }
///         for (dx, dy) in dx.into_iter().flatten().zip(dy) {
///             for i in 0..N {
///                 dx[i] = dy[i] * self.scale[i];
///             }
///         }
///     }
/// }
///
/// assert_gradients(&Affine::<3, f64>::seeded(0), &[[0.1, -0.2, 0.3], [0.7, 0.5, -0.4]]);
///
/// network! { struct Net: 4 => Dense<8, Relu> => Affine<8> => Dense<2, Softmax> }
/// assert_eq!(Net::PARAMS, 4 * 8 + 8 + 2 * 8 + 8 * 2 + 2);
/// ```
///
/// Where the library has another name (`nn = { package = "typednet", … }` in `Cargo.toml`) or comes from another crate, the
/// derive has to be told, since it cannot know as [`network!`] does:
///
/// ```
/// # extern crate typednet as nn;
/// use nn::prelude::*;
///
/// #[derive(Flat)]
/// #[flat(crate = nn)]
/// #[repr(C)]
/// struct Scale {
///     scale: [f32; 3],
/// }
///
/// assert_eq!(Scale::LEN, 3);
/// ```
///
/// ```compile_fail
/// use typednet::prelude::*;
///
/// #[derive(Flat)]
/// struct WithoutReprC {
///     scale: [f32; 3],
/// }
/// ```
pub use typednet_macro::Flat;

/// What the code that [`network!`] writes is made of. It is no part of the public interface.
#[doc(hidden)]
pub mod __private {
    pub use core::primitive::{bool, f32, f64, str, u8, usize};

    // Every layer and every activation may stand in a network.
    pub use typednet_layers::*;

    pub use core::ops::FnMut;
    pub use core::option::Option;

    #[cfg(feature = "alloc")]
    pub use typednet_layers::compact::Walk;
    pub use typednet_layers::compact::{AsChain, Steps};
    pub use typednet_layers::foreign::*;
    pub use typednet_layers::opaque::*;
    pub use typednet_layers::parts::{
        Backward, Checked, Forward, Infer, IsActivation, LayerOf, Part, Show, children, inference, own, own_mut,
        same_one, sample_of, saved, scratch,
    };
    pub use typednet_layers::pass::training_bytes;
    #[cfg(target_endian = "little")]
    pub use typednet_layers::weights::embedded;
    pub use typednet_macro::{network, weights};
    pub use typednet_tensor::compact::Bf16;
    pub use typednet_tensor::{
        Differentiable, Flat, Padded, Pair, Sample, Scalar, Token, impl_flat, recast, recast_mut, same, same_mut,
    };
}

/// The README's programs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The program of the registry's page.
#[cfg(doctest)]
#[doc = include_str!("../docs/registry.md")]
struct Registry;
