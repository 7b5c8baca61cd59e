//! The table.

use typednet_layers::loss::{
    AbsoluteError, BinaryCrossEntropy, BinaryCrossEntropyWithLogits, CrossEntropy, Hinge, Huber, KullbackLeibler,
    SoftCrossEntropy, SquaredError, WeightedCrossEntropy,
};
use typednet_layers::{
    Activation, ActivationLayer, Add, BatchNorm, Chain, Concat, Dense, Dropout, Elu, Gaussian, Gelu, GeluTanh,
    LayerNorm, LeakyRelu, Linear, LogSoftmax, Noise, Relu, Repeat, Residual, Sigmoid, Silu, Softmax, Softplus, Step,
    Tanh, TestScaledDropout, bits,
};
use typednet_tensor::Scalar;

use super::convolution::cases::{convolutions, poolings};
use super::images::cases::images;
use super::reference::NaiveActivation;
use super::subject::{Subject, Target, subject};

pub(crate) type Table<T> = Vec<Box<dyn Subject<T>>>;

// A chain can be nested in either of its parts.
type Left<T> =
    Chain<Chain<Chain<Dense<2, 3, Tanh, T>, Dense<3, 4, Gelu, T>>, Dense<4, 5, Relu, T>>, Dense<5, 2, Linear, T>>;
type Right<T> =
    Chain<Dense<2, 3, Tanh, T>, Chain<Dense<3, 4, Gelu, T>, Chain<Dense<4, 5, Relu, T>, Dense<5, 2, Softmax, T>>>>;

/// Every case for the scalar `T`, in the same order for each scalar.
pub(crate) fn table<T: Scalar + Target>() -> Table<T> {
    let mut table = Table::new();

    activation::<T, Linear>(&mut table);
    activation::<T, Sigmoid>(&mut table);
    activation::<T, Tanh>(&mut table);
    activation::<T, Relu>(&mut table);
    activation::<T, LeakyRelu>(&mut table);
    activation::<T, LeakyRelu<{ bits(0.0) }>>(&mut table);
    activation::<T, LeakyRelu<{ bits(-0.5) }>>(&mut table);
    activation::<T, LeakyRelu<{ bits(2.0) }>>(&mut table);
    activation::<T, Elu>(&mut table);
    activation::<T, Elu<{ bits(-0.5) }>>(&mut table);
    activation::<T, Gelu>(&mut table);
    activation::<T, GeluTanh>(&mut table);
    activation::<T, Silu>(&mut table);
    activation::<T, Softplus>(&mut table);
    activation::<T, Softmax>(&mut table);
    activation::<T, LogSoftmax>(&mut table);
    activation::<T, Step>(&mut table);

    // Losses that bring the last activation along, with that activation in a dense layer and alone.
    table.push(subject::<Dense<5, 3, Softmax, T>, _>(CrossEntropy));
    table.push(subject::<Dense<5, 3, LogSoftmax, T>, _>(CrossEntropy));
    table.push(subject::<Dense<5, 3, Softmax, T>, _>(SoftCrossEntropy));
    table.push(subject::<Dense<5, 3, LogSoftmax, T>, _>(SoftCrossEntropy));
    table.push(subject::<Dense<5, 3, Sigmoid, T>, _>(BinaryCrossEntropy));
    table.push(subject::<Chain<Dense<5, 3, Linear, T>, ActivationLayer<[T; 3], Softmax>>, _>(CrossEntropy));
    table.push(subject::<Chain<Dense<5, 3, Linear, T>, ActivationLayer<[T; 3], LogSoftmax>>, _>(SoftCrossEntropy));
    table.push(subject::<Chain<Dense<5, 1, Linear, T>, ActivationLayer<[T; 1], Sigmoid>>, _>(BinaryCrossEntropy));

    table.push(subject::<Dense<5, 3, Tanh, T>, _>(AbsoluteError));
    table.push(subject::<ActivationLayer<[[T; 5]; 2], Gelu>, _>(AbsoluteError));
    table.push(subject::<Dense<5, 3, Softmax, T>, _>(Huber::default()));
    table.push(subject::<Dense<5, 3, Linear, T>, _>(Huber::new(0.25)));
    table.push(subject::<Dense<5, 3, Linear, T>, _>(BinaryCrossEntropyWithLogits));
    table.push(subject::<Dense<5, 3, Linear, T>, _>(Hinge));
    table.push(subject::<Dense<5, 3, Softmax, T>, _>(WeightedCrossEntropy::<3>::smoothed(0.1)));
    table.push(subject::<Dense<5, 3, LogSoftmax, T>, _>(WeightedCrossEntropy::weighted([0.5, 2.0, 0.0])));
    table
        .push(subject::<Dense<5, 3, Softmax, T>, _>(WeightedCrossEntropy::smoothed(0.2).with_weights([0.5, 2.0, 1.0])));
    table.push(subject::<Dense<5, 3, Softmax, T>, _>(KullbackLeibler));
    table.push(subject::<Dense<5, 3, LogSoftmax, T>, _>(KullbackLeibler));

    table.push(subject::<Left<T>, _>(SquaredError::Half));
    table.push(subject::<Right<T>, _>(CrossEntropy));

    sizes(&mut table);
    dropout(&mut table);
    noise(&mut table);
    residual(&mut table);
    repeat(&mut table);
    branches(&mut table);
    norms(&mut table);
    convolutions(&mut table);
    poolings(&mut table);
    images(&mut table);
    table
}

pub(crate) type Half<S> = Dropout<S, { bits(0.5) }>;

fn dropout<T: Scalar + Target>(table: &mut Table<T>) {
    table.push(subject::<Half<[[T; 5]; 2]>, _>(SquaredError::Mean));
    table.push(subject::<Dropout<[T; 3], { bits(0.1) }>, _>(SquaredError::Mean));
    table.push(subject::<TestScaledDropout<[T; 3], { bits(0.3) }>, _>(SquaredError::Mean));
    table
        .push(subject::<Chain<Dense<5, 17, Relu, T>, Chain<Half<[T; 17]>, Dense<17, 3, Softmax, T>>>, _>(CrossEntropy));
    table.push(subject::<Chain<Half<[T; 5]>, Chain<Dense<5, 7, Gelu, T>, Half<[T; 7]>>>, _>(SquaredError::Half));
}

fn noise<T: Scalar + Target>(table: &mut Table<T>) {
    type Tenth<S> = Noise<S, { bits(0.1) }>;
    table.push(subject::<Tenth<[[T; 5]; 2]>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Tenth<[T; 5]>, Dense<5, 3, Softmax, T>>, _>(CrossEntropy));
    table.push(subject::<Chain<Dense<5, 17, Tanh, T>, Chain<Tenth<[T; 17]>, Dense<17, 1, Sigmoid, T>>>, _>(
        BinaryCrossEntropy,
    ));
    table.push(subject::<Gaussian<[T; 5]>, _>(SquaredError::Mean));
    table.push(subject::<Gaussian<[[T; 3]; 2]>, _>(SquaredError::Half));
}

fn residual<T: Scalar + Target>(table: &mut Table<T>) {
    type Two<T> = Chain<Dense<5, 3, Relu, T>, Dense<3, 5, Gelu, T>>;
    table.push(subject::<Residual<Dense<4, 4, Linear, T>>, _>(SquaredError::Mean));
    table.push(subject::<Residual<Dense<4, 4, Silu, T>>, _>(SquaredError::Mean));
    table.push(subject::<Residual<ActivationLayer<[[T; 5]; 2], Softmax>>, _>(SquaredError::Mean));
    table.push(subject::<Residual<Residual<Dense<1, 1, Tanh, T>>>, _>(SquaredError::Half));
    table.push(subject::<Residual<Two<T>>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Residual<Two<T>>, Chain<Residual<Two<T>>, Dense<5, 3, Softmax, T>>>, _>(CrossEntropy));
    table.push(subject::<Chain<Residual<Chain<Two<T>, Half<[T; 5]>>>, Dense<5, 1, Sigmoid, T>>, _>(BinaryCrossEntropy));
}

fn repeat<T: Scalar + Target>(table: &mut Table<T>) {
    type Block<T> = Residual<Chain<Dense<5, 3, Relu, T>, Dense<3, 5, Gelu, T>>>;
    type Noisy<T> = Chain<Dense<4, 4, Tanh, T>, Half<[T; 4]>>;
    table.push(subject::<Repeat<1, Dense<4, 4, Silu, T>>, _>(SquaredError::Mean));
    table.push(subject::<Repeat<2, Block<T>>, _>(SquaredError::Half));
    table.push(subject::<Repeat<3, Dense<3, 3, Softmax, T>>, _>(CrossEntropy));
    table.push(subject::<Repeat<3, Noisy<T>>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Dense<3, 4, Tanh, T>, Repeat<2, Repeat<2, Dense<4, 4, Tanh, T>>>>, _>(
        SquaredError::Mean,
    ));
    table.push(subject::<Chain<Repeat<3, Chain<BatchNorm<5, T>, Block<T>>>, Dense<5, 3, Softmax, T>>, _>(CrossEntropy));
}

fn branches<T: Scalar + Target>(table: &mut Table<T>) {
    type Two<T> = Chain<Dense<5, 3, Relu, T>, Dense<3, 4, Gelu, T>>;
    type Wide<T> = Dense<5, 4, Tanh, T>;
    table.push(subject::<Add<Dense<4, 3, Linear, T>, Dense<4, 3, Silu, T>>, _>(SquaredError::Mean));
    table.push(subject::<Add<Two<T>, Wide<T>>, _>(SquaredError::Half));
    table.push(subject::<Add<ActivationLayer<[[T; 5]; 2], Softmax>, Half<[[T; 5]; 2]>>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Dense<3, 5, Tanh, T>, Add<Two<T>, Add<Wide<T>, Wide<T>>>>, _>(SquaredError::Mean));
    table.push(subject::<Concat<Dense<4, 1, Linear, T>, Dense<4, 3, Silu, T>, [T; 4]>, _>(SquaredError::Mean));
    table.push(subject::<Concat<Wide<T>, Concat<Half<[T; 5]>, Two<T>, [T; 9]>, [T; 13]>, _>(SquaredError::Half));
    table.push(subject::<
        Chain<Dense<3, 5, Tanh, T>, Chain<Concat<Two<T>, BatchNorm<5, T>, [T; 9]>, Dense<9, 3, Softmax, T>>>,
        _,
    >(CrossEntropy));
    table.push(subject::<
        Chain<Residual<Concat<Dense<5, 2, Relu, T>, Dense<5, 3, Relu, T>, [T; 5]>>, Dense<5, 1, Sigmoid, T>>,
        _,
    >(BinaryCrossEntropy));
}

fn norms<T: Scalar + Target>(table: &mut Table<T>) {
    macro_rules! norm {
        ($norm:ident) => {
            table.push(subject::<$norm<7, T>, _>(SquaredError::Mean));
            table.push(subject::<$norm<17, T>, _>(SquaredError::Half));
            table.push(subject::<
                Chain<
                    Dense<3, 9, Linear, T>,
                    Chain<$norm<9, T>, Chain<ActivationLayer<[T; 9], Tanh>, Dense<9, 3, Softmax, T>>>,
                >,
                _,
            >(CrossEntropy));
            table.push(subject::<Residual<Chain<$norm<5, T>, Dense<5, 5, Silu, T>>>, _>(SquaredError::Mean));
        };
    }
    norm!(BatchNorm);
    norm!(LayerNorm);
    table.push(subject::<LayerNorm<1, T>, _>(SquaredError::Mean));
}

/// The activation `A` as a last layer, as a hidden one, and as a layer of its own.
fn activation<T: Scalar + Target, A: Activation<T> + NaiveActivation>(table: &mut Table<T>) {
    table.push(subject::<Dense<5, 4, A, T>, _>(SquaredError::Mean));
    table.push(subject::<Dense<3, 7, A, T>, _>(SquaredError::Half));
    table.push(subject::<Chain<Dense<3, 4, A, T>, Dense<4, 3, Softmax, T>>, _>(CrossEntropy));
    table.push(subject::<Chain<Dense<3, 5, A, T>, Dense<5, 2, Sigmoid, T>>, _>(BinaryCrossEntropy));
    table.push(subject::<ActivationLayer<[[T; 5]; 2], A>, _>(SquaredError::Mean));
}

/// Widths of 1, primes, and one less and one more than a vector holds.
fn sizes<T: Scalar + Target>(table: &mut Table<T>) {
    macro_rules! widths {
        ($($n:literal),*) => {$(
            table.push(subject::<Dense<$n, 3, Softplus, T>, _>(SquaredError::Mean));
            table.push(subject::<Dense<3, $n, Softmax, T>, _>(CrossEntropy));
        )*};
    }
    widths!(1, 2, 3, 5, 7, 8, 9, 13, 15, 16, 17, 31, 33);
    table.push(subject::<Dense<1, 17, Sigmoid, T>, _>(BinaryCrossEntropy));
    table.push(subject::<Dense<31, 33, Tanh, T>, _>(SquaredError::Mean));
    table.push(subject::<Dense<17, 15, LogSoftmax, T>, _>(SquaredError::Mean));
}
