//! What a layer and an activation compute, as const data.

use crate::Window;

/// What a layer computes in use from what comes in, up to the activation at its end: [`Behaviour::operation`](crate::Behaviour::operation).
///
/// What writes a network for another program (an ONNX file, a `PyTorch` `state_dict`) reads this and the sizes of the tree, and
/// no names. A layer says it where its tree is made, with [`Behaviour::computing`](crate::Behaviour::computing); one that says
/// nothing is [`Opaque`](Self::Opaque) and is refused there. Whoever says one of these for a layer of their own says that its
/// parameters are those of the layer of that name here, in that order.
///
/// The names begin with `Of`: where a variant is called as a type is, rustc spells out the type's path in every message.
///
/// ```
/// use typednet_layers::{Dense, Function, Layer, Operation, Relu};
///
/// let behaviour = <Dense<4, 3, Relu>>::TREE.behaviour;
/// assert_eq!((behaviour.operation, behaviour.function), (Operation::OfDense, Function::OfRelu));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Operation {
    /// Nothing is said of it.
    #[default]
    Opaque,
    /// y = x: an activation alone, and what acts in training only.
    OfIdentity,
    /// y = c·x
    OfScale(f64),
    /// The layers inside it, one after the other.
    OfSequence,
    /// x and what the layer inside it gives for x, added.
    OfResidual,
    /// What the layers inside it give for one x, added.
    OfAdd,
    /// What the layers inside it give for one x, side by side along the last axis.
    OfConcat,
    /// x·W + b along the last axis; the weight is `[inputs][outputs]`.
    OfDense,
    /// The row of a table that belongs to a token; the table is `[tokens][width]`.
    OfEmbedding,
    /// The second of the layers inside it over the rows that the first, an embedding, gives, and of each step the product with every
    /// row of its table: one logit for each token.
    OfTiedEmbedding,
    /// A convolution over `[H, W, C]`, or over `[L, C]` where the weight has three axes; the weight is
    /// `[kernel..][channels of a group][outputs]`, with a bias or without.
    OfConvolution {
        /// How the kernel moves.
        window: Sliding,
        /// Into how many groups the channels fall.
        groups: usize,
    },
    /// The input gradient of a convolution as a layer; the weight is `[kernel..][outputs][channels]`, with a bias or without.
    OfTransposedConvolution {
        /// How the kernel of that convolution moves.
        window: Sliding,
        /// How many rows and columns it leaves out at the end.
        output_pad: [usize; 2],
    },
    /// The largest element of each window, channel by channel.
    OfMaxPool(Sliding),
    /// The mean of each window, channel by channel, with the zeros of the padding.
    OfAvgPool(Sliding),
    /// The mean of each channel.
    OfGlobalAvgPool,
    /// γ ⊙ (x − μ)/√(σ² + ε) + β with the mean and the variance that the layer keeps: γ, β, μ, σ².
    OfBatchNorm {
        /// ε
        epsilon: f64,
    },
    /// The same with mean and variance of the last axis: γ, β.
    OfLayerNorm {
        /// ε
        epsilon: f64,
    },
    /// γ ⊙ x/√(q + ε), where q is the mean of the squares of the last axis: γ.
    OfRmsNorm {
        /// ε
        epsilon: f64,
    },
    /// As [`LayerNorm`](Self::OfLayerNorm) over the channels of each group and all pixels, with γ and β for each channel.
    OfGroupNorm {
        /// The number of groups.
        groups: usize,
        /// ε
        epsilon: f64,
    },
    /// The same elements in the shape of the output.
    OfReshape,
    /// An image within zeros.
    OfPad {
        /// The rows above it and the columns left of it.
        before: [usize; 2],
    },
    /// A part of an image.
    OfCrop {
        /// The rows above it and the columns left of it.
        before: [usize; 2],
    },
    /// An image with so many times the rows and columns.
    OfUpsample {
        /// How many times.
        factor: [usize; 2],
        /// Whether new pixels go evenly from one to the next, with pixels as squares, instead of repeating them.
        bilinear: bool,
    },
    /// The first of the parts that come in.
    OfFirst,
    /// The last of the parts that come in.
    OfLast,
    /// The mean of the rows that come in.
    OfMeanOverSteps,
    /// The layer inside it over the parts from the last to the first.
    OfReverse,
    /// h of every step, the activation of x·W + h·U + b with the h of the step before: W `[inputs][units]`, U, b.
    OfRnn,
    /// The same of a long short-term memory: W `[inputs][4][units]`, U, b, with the gates i, f, g, o.
    OfLstm,
    /// The same of a gated recurrent unit: W `[inputs][3][units]`, U, b, with r, z, n, and the bias that r multiplies.
    OfGru,
    /// Of each head softmax(Q·Kᵀ/√w)·V, side by side, times Wo plus bo, with queries, keys and values of x·W + b: W
    /// `[inputs][q, k, v][outputs]`, b, Wo `[inputs][outputs]`, bo.
    OfAttention {
        /// The number of heads, each of which has as many columns.
        heads: usize,
        /// Whether a step looks at itself and those before it only.
        causal: bool,
        /// Whether numbers p and p + w/2 of queries and keys are turned by step·10000^(−2p/w).
        rotary: bool,
    },
    /// The same with queries X·W + b of the first half of a pair, and keys and values Z·V + c of the second, all of whose steps are looked
    /// at, or all that count: W `[inputs][outputs]`, b, V `[inputs][k, v][outputs]`, c, Wo, bo.
    OfCrossAttention {
        /// The number of heads, each of which has as many columns.
        heads: usize,
    },
    /// The first of the layers inside it on the first half of a pair, and the second on the second.
    OfHalves,
    /// The layer inside it on one half of a pair, of which the other stays as it is.
    OfHalf {
        /// Which one: 0 or 1.
        half: usize,
    },
    /// A pair, to whose first half is added what the layer inside it gives for both.
    OfAddToFirst,
    /// One half of a pair.
    OfTake {
        /// Which one: 0 or 1.
        half: usize,
    },
    /// The recurrent layer inside it from a first state on, the second half of a pair, to its states and the last one.
    OfWithState,
    /// x with a row for each step added: the rows.
    OfPositions,
    /// x with sin(step·10000^(−2k/D)) added to column 2k, and the cosine to column 2k + 1.
    OfSinusoidalPositions,
    /// (silu(x·W) ⊙ x·V)·U along the last axis: W and V `[inputs][hidden]`, U `[hidden][inputs]`.
    OfSwiGlu,
}

/// How a window moves over rows and columns; over a sequence it has one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sliding {
    /// Its rows and columns.
    pub kernel: [usize; 2],
    /// By how many it moves.
    pub stride: [usize; 2],
    /// By how many it begins before the image and ends after it.
    pub pad: [usize; 2],
    /// How far its elements are apart.
    pub dilation: [usize; 2],
}

impl Sliding {
    /// A window of `kernel`, with these steps, this padding at both ends and this distance of its elements.
    pub const fn new(kernel: [usize; 2], stride: [usize; 2], pad: [usize; 2], dilation: [usize; 2]) -> Self {
        Self { kernel, stride, pad, dilation }
    }

    /// A window of `kernel` that moves as `S` says.
    pub const fn of<S: Window>(kernel: [usize; 2]) -> Self {
        Self { kernel, stride: S::STRIDE, pad: S::PAD, dilation: S::DILATION }
    }
}

/// What an activation computes: [`Activation::FUNCTION`](crate::Activation::FUNCTION).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Function {
    /// Nothing is said of it.
    #[default]
    Opaque,
    /// z
    OfLinear,
    /// The larger of z and 0.
    OfRelu,
    /// z where it is above 0, else so many times z.
    OfLeakyRelu(f64),
    /// z where it is above 0, else so many times e^z − 1.
    OfElu(f64),
    /// z·Φ(z)
    OfGelu,
    /// z·(1 + tanh(√(2/π)·(z + 0.044715·z³)))/2
    OfGeluTanh,
    /// z·(z + 3)/6 between −3 and 3, 0 below, z above.
    OfHardSwish,
    /// 1/(1 + e^−z)
    OfSigmoid,
    /// z/(1 + e^−z)
    OfSilu,
    /// ln(1 + e^z)
    OfSoftplus,
    /// 1 where z is at least 0, else 0.
    OfStep,
    /// tanh z
    OfTanh,
    /// e^z over the sum of them along the last axis.
    OfSoftmax,
    /// Its logarithm.
    OfLogSoftmax,
}
