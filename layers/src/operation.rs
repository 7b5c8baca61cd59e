//! What a layer and an activation compute, as const data.

use crate::Window;

/// What a layer computes in use from what comes in, up to the activation at its end: [`Behaviour::operation`](crate::Behaviour::operation).
///
/// What writes a network for another program (an ONNX file, a `PyTorch` `state_dict`) reads this and the sizes of the tree, and
/// no names. A layer says it where its tree is made, with [`Behaviour::computing`](crate::Behaviour::computing); one that says
/// nothing is [`Opaque`](Self::Opaque) and is refused there. Whoever says one of these for a layer of their own says that its
/// parameters are those of the layer of that name here, in that order.
///
/// ```
/// use typednet_layers::{Dense, Function, Layer, Operation, Relu};
///
/// let behaviour = <Dense<4, 3, Relu>>::TREE.behaviour;
/// assert_eq!((behaviour.operation, behaviour.function), (Operation::Dense, Function::Relu));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Operation {
    /// Nothing is said of it.
    #[default]
    Opaque,
    /// y = x: an activation alone, and what acts in training only.
    Identity,
    /// y = c·x
    Scale(f64),
    /// The layers inside it, one after the other.
    Sequence,
    /// x and what the layer inside it gives for x, added.
    Residual,
    /// What the layers inside it give for one x, added.
    Add,
    /// What the layers inside it give for one x, side by side along the last axis.
    Concat,
    /// x·W + b along the last axis; the weight is `[inputs][outputs]`.
    Dense,
    /// The row of a table that belongs to a token; the table is `[tokens][width]`.
    Embedding,
    /// A convolution over `[H, W, C]`, or over `[L, C]` where the weight has three axes; the weight is
    /// `[kernel..][channels of a group][outputs]`, with a bias or without.
    Convolution {
        /// How the kernel moves.
        window: Sliding,
        /// Into how many groups the channels fall.
        groups: usize,
    },
    /// The input gradient of a convolution as a layer; the weight is `[kernel..][outputs][channels]`, with a bias or without.
    TransposedConvolution {
        /// How the kernel of that convolution moves.
        window: Sliding,
        /// How many rows and columns it leaves out at the end.
        output_pad: [usize; 2],
    },
    /// The largest element of each window, channel by channel.
    MaxPool(Sliding),
    /// The mean of each window, channel by channel, with the zeros of the padding.
    AvgPool(Sliding),
    /// The mean of each channel.
    GlobalAvgPool,
    /// γ ⊙ (x − μ)/√(σ² + ε) + β with the mean and the variance that the layer keeps: γ, β, μ, σ².
    BatchNorm {
        /// ε
        epsilon: f64,
    },
    /// The same with mean and variance of the last axis: γ, β.
    LayerNorm {
        /// ε
        epsilon: f64,
    },
    /// γ ⊙ x/√(q + ε), where q is the mean of the squares of the last axis: γ.
    RmsNorm {
        /// ε
        epsilon: f64,
    },
    /// As [`LayerNorm`](Self::LayerNorm) over the channels of each group and all pixels, with γ and β for each channel.
    GroupNorm {
        /// The number of groups.
        groups: usize,
        /// ε
        epsilon: f64,
    },
    /// The same elements in the shape of the output.
    Reshape,
    /// An image within zeros.
    Pad {
        /// The rows above it and the columns left of it.
        before: [usize; 2],
    },
    /// A part of an image.
    Crop {
        /// The rows above it and the columns left of it.
        before: [usize; 2],
    },
    /// An image with so many times the rows and columns.
    Upsample {
        /// How many times.
        factor: [usize; 2],
        /// Whether new pixels go evenly from one to the next, with pixels as squares, instead of repeating them.
        bilinear: bool,
    },
    /// The first of the parts that come in.
    First,
    /// The last of the parts that come in.
    Last,
    /// The mean of the rows that come in.
    MeanOverSteps,
    /// The layer inside it over the parts from the last to the first.
    Reverse,
    /// h of every step, the activation of x·W + h·U + b with the h of the step before: W `[inputs][units]`, U, b.
    Rnn,
    /// The same of a long short-term memory: W `[inputs][4][units]`, U, b, with the gates i, f, g, o.
    Lstm,
    /// The same of a gated recurrent unit: W `[inputs][3][units]`, U, b, with r, z, n, and the bias that r multiplies.
    Gru,
    /// Of each head softmax(Q·Kᵀ/√w)·V, side by side, times Wo plus bo, with queries, keys and values of x·W + b: W
    /// `[inputs][q, k, v][outputs]`, b, Wo `[inputs][outputs]`, bo.
    Attention {
        /// The number of heads, each of which has as many columns.
        heads: usize,
        /// Whether a step looks at itself and those before it only.
        causal: bool,
        /// Whether numbers p and p + w/2 of queries and keys are turned by step·10000^(−2p/w).
        rotary: bool,
    },
    /// x with a row for each step added: the rows.
    Positions,
    /// x with sin(step·10000^(−2k/D)) added to column 2k, and the cosine to column 2k + 1.
    SinusoidalPositions,
    /// (silu(x·W) ⊙ x·V)·U along the last axis: W and V `[inputs][hidden]`, U `[hidden][inputs]`.
    SwiGlu,
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
    Linear,
    /// The larger of z and 0.
    Relu,
    /// z where it is above 0, else so many times z.
    LeakyRelu(f64),
    /// z where it is above 0, else so many times e^z − 1.
    Elu(f64),
    /// z·Φ(z)
    Gelu,
    /// z·(1 + tanh(√(2/π)·(z + 0.044715·z³)))/2
    GeluTanh,
    /// z·(z + 3)/6 between −3 and 3, 0 below, z above.
    HardSwish,
    /// 1/(1 + e^−z)
    Sigmoid,
    /// z/(1 + e^−z)
    Silu,
    /// ln(1 + e^z)
    Softplus,
    /// 1 where z is at least 0, else 0.
    Step,
    /// tanh z
    Tanh,
    /// e^z over the sum of them along the last axis.
    Softmax,
    /// Its logarithm.
    LogSoftmax,
}
