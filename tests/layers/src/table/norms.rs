//! Normalisations of a row: their formulas as plain loops in `f64`, their cases, and those that `PyTorch` computed.

use typednet_layers::loss::{CrossEntropy, SquaredError};
use typednet_layers::{
    Activation, ActivationLayer, BatchNorm, Chain, Dense, Frozen, FrozenBatchNorm, LayerNorm, Linear, Relu, Residual,
    RmsNorm, Silu, Softmax, Tanh,
};
use typednet_tensor::Scalar;

use super::activations::NaiveActivation;
use super::reference::{NaiveLayer, take};
use super::subject::{Table, Target, subject};

/// At inference; in training it is another function of the batch.
impl<const N: usize, A: Activation<T> + NaiveActivation, T: Scalar> NaiveLayer for BatchNorm<N, A, T> {
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        A::activate(&batch_norm(take(params, 4 * N), x), N, margin)
    }
}

/// Each feature by a scale, a bias, a mean and a variance of its own, which stand behind each other.
fn batch_norm(params: &[f64], x: &[f64]) -> Vec<f64> {
    let n = x.len();
    let param = |which: usize, i: usize| params[which * n + i];
    let feature = |i: usize| (x[i] - param(2, i)) / (param(3, i) + 1e-5_f64).sqrt() * param(0, i) + param(1, i);
    (0..n).map(feature).collect()
}

impl<const N: usize, T: Scalar> NaiveLayer for LayerNorm<N, T> {
    fn naive(params: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        layer_norm(take(params, N), take(params, N), x)
    }
}

fn layer_norm(scale: &[f64], bias: &[f64], x: &[f64]) -> Vec<f64> {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let variance = x.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    (0..x.len()).map(|i| (x[i] - mean) / (variance + 1e-5).sqrt() * scale[i] + bias[i]).collect()
}

impl<const N: usize, T: Scalar> NaiveLayer for RmsNorm<N, T> {
    fn naive(params: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        let scale = take(params, N);
        let mean_square = x.iter().map(|x| x * x).sum::<f64>() / N as f64;
        (0..N).map(|i| x[i] / (mean_square + 1e-5).sqrt() * scale[i]).collect()
    }
}

/// The cases of every normalisation.
pub(crate) fn norms<T: Scalar + Target>(table: &mut Table<T>) {
    macro_rules! norm {
        ($norm:ident $(, $linear:ident)?) => {
            table.push(subject::<$norm<7, $($linear,)? T>, _>(SquaredError::Mean));
            table.push(subject::<$norm<17, $($linear,)? T>, _>(SquaredError::Half));
            table.push(subject::<
                Chain<
                    Dense<3, 9, Linear, T>,
                    Chain<$norm<9, $($linear,)? T>, Chain<ActivationLayer<[T; 9], Tanh>, Dense<9, 3, Softmax, T>>>,
                >,
                _,
            >(CrossEntropy));
            table.push(subject::<Residual<Chain<$norm<5, $($linear,)? T>, Dense<5, 5, Silu, T>>>, _>(SquaredError::Mean));
        };
    }
    norm!(BatchNorm, Linear);
    activated(table);
    norm!(LayerNorm);
    norm!(RmsNorm);
    table.push(subject::<LayerNorm<1, T>, _>(SquaredError::Mean));
    // Not of one element: its sign is all that is left of it, and of its gradient what ε leaves, too little for `f32`.
    table.push(subject::<RmsNorm<2, T>, _>(SquaredError::Mean));
}

/// Batch normalisations with an activation of their own: one that is applied on the way, one whose derivative is a function of its
/// output, one of its input, one of a whole row; in the middle, and at the end, where the loss may bring it along.
fn activated<T: Scalar + Target>(table: &mut Table<T>) {
    type Behind<T, A> = Chain<Dense<3, 9, Linear, T>, Chain<BatchNorm<9, A, T>, Dense<9, 3, Softmax, T>>>;
    type Last<T, A> = Chain<Dense<3, 17, Tanh, T>, BatchNorm<17, A, T>>;
    type Kept<T, A> = Chain<Dense<3, 5, Linear, T>, Chain<FrozenBatchNorm<5, A, T>, Dense<5, 3, Softmax, T>>>;
    type Frozen5<T, A> = Chain<Dense<3, 5, Tanh, T>, Chain<Frozen<BatchNorm<5, A, T>>, Dense<5, 3, Linear, T>>>;
    macro_rules! activated {
        ($($a:ident),*) => {$(
            table.push(subject::<Behind<T, $a>, _>(CrossEntropy));
            table.push(subject::<Last<T, $a>, _>(SquaredError::Mean));
            table.push(subject::<Kept<T, $a>, _>(CrossEntropy));
            table.push(subject::<Frozen5<T, $a>, _>(SquaredError::Mean));
        )*};
    }
    activated!(Relu, Tanh, Silu, Softmax);
    table.push(subject::<Last<T, Softmax>, _>(CrossEntropy));
    table.push(subject::<Kept<T, Softmax>, _>(SquaredError::Half));
    table.push(subject::<Chain<Dense<3, 4, Tanh, T>, FrozenBatchNorm<4, Softmax, T>>, _>(CrossEntropy));
}

/// The networks of `goldens/regularisation.json` with nothing but a normalisation to them.
pub(crate) fn goldens<T: Scalar + Target>() -> Table<T> {
    type Normed<T, N, A> =
        Chain<Dense<3, 5, Linear, T>, Chain<N, Chain<ActivationLayer<[T; 5], A>, Dense<5, 2, Linear, T>>>>;
    type Activated<T, N> = Chain<Dense<3, 5, Linear, T>, Chain<N, Dense<5, 2, Linear, T>>>;
    vec![
        subject::<BatchNorm<3, Linear, T>, _>(SquaredError::Mean),
        subject::<LayerNorm<3, T>, _>(SquaredError::Mean),
        subject::<RmsNorm<3, T>, _>(SquaredError::Mean),
        subject::<Normed<T, BatchNorm<5, Linear, T>, Tanh>, _>(SquaredError::Mean),
        subject::<Activated<T, BatchNorm<5, Relu, T>>, _>(SquaredError::Mean),
        subject::<Activated<T, BatchNorm<5, Tanh, T>>, _>(SquaredError::Mean),
        subject::<Activated<T, BatchNorm<5, Silu, T>>, _>(SquaredError::Mean),
        subject::<Activated<T, FrozenBatchNorm<5, Relu, T>>, _>(SquaredError::Mean),
        subject::<Activated<T, FrozenBatchNorm<5, Silu, T>>, _>(SquaredError::Mean),
        subject::<Normed<T, LayerNorm<5, T>, Relu>, _>(SquaredError::Mean),
        subject::<Normed<T, RmsNorm<5, T>, Silu>, _>(SquaredError::Mean),
    ]
}
