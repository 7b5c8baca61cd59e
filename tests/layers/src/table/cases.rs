//! The table.

use typednet_layers::loss::{BinaryCrossEntropy, CrossEntropy, SquaredError};
use typednet_layers::{
    ActivationLayer, Add, BatchNorm, Chain, Concat, Dense, Dropout, Gaussian, Gelu, Linear, LogSoftmax, Noise, Relu,
    Repeat, Residual, Sigmoid, Silu, Softmax, Softplus, Tanh, TestScaledDropout, bits,
};
use typednet_tensor::Scalar;

use super::activations::activations;
use super::attention::attention;
use super::convolution::cases::{convolutions, poolings};
use super::images::cases::images;
use super::losses::losses;
use super::norms::norms;
use super::padded::padded;
use super::pairs::pairs;
use super::recurrent::cases::recurrent;
use super::recurrent::from_state::from_state;
use super::subject::{Table, Target, subject};
use super::tokens::{texts, tied};

// A chain can be nested in either of its parts.
type Left<T> =
    Chain<Chain<Chain<Dense<2, 3, Tanh, T>, Dense<3, 4, Gelu, T>>, Dense<4, 5, Relu, T>>, Dense<5, 2, Linear, T>>;
type Right<T> =
    Chain<Dense<2, 3, Tanh, T>, Chain<Dense<3, 4, Gelu, T>, Chain<Dense<4, 5, Relu, T>, Dense<5, 2, Softmax, T>>>>;

/// Every case for the scalar `T`, in the same order for each scalar.
pub(crate) fn table<T: Scalar + Target>() -> Table<T> {
    let mut table = Table::new();

    activations(&mut table);
    losses(&mut table);

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
    recurrent(&mut table);
    from_state(&mut table);
    texts(&mut table);
    attention(&mut table);
    padded(&mut table);
    pairs(&mut table);
    tied(&mut table);
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
    table.push(subject::<Chain<Repeat<3, Chain<BatchNorm<5, Linear, T>, Block<T>>>, Dense<5, 3, Softmax, T>>, _>(
        CrossEntropy,
    ));
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
        Chain<Dense<3, 5, Tanh, T>, Chain<Concat<Two<T>, BatchNorm<5, Linear, T>, [T; 9]>, Dense<9, 3, Softmax, T>>>,
        _,
    >(CrossEntropy));
    table.push(subject::<
        Chain<Residual<Concat<Dense<5, 2, Relu, T>, Dense<5, 3, Relu, T>, [T; 5]>>, Dense<5, 1, Sigmoid, T>>,
        _,
    >(BinaryCrossEntropy));
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
