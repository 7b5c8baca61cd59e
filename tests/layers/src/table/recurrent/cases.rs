//! The cases of recurrent layers, and of what stands behind them.

use typednet_layers::loss::{CrossEntropy, SquaredError};
use typednet_layers::{
    Add, Chain, Concat, Dense, Each, Frozen, Gelu, Gru, Last, Linear, Lstm, MeanOverSteps, Relu, Repeat, Residual,
    Reverse, Rnn, Softmax, Tanh,
};
use typednet_tensor::Scalar;

use super::super::cases::Half;
use super::super::subject::{Table, Target, subject};

pub(crate) fn recurrent<T: Scalar + Target>(table: &mut Table<T>) {
    simple(table);
    gated(table);
    steps(table);
    directions(table);
    deep(table);
}

fn simple<T: Scalar + Target>(table: &mut Table<T>) {
    table.push(subject::<Rnn<1, 1, 1, Tanh, T>, _>(SquaredError::Mean));
    table.push(subject::<Rnn<4, 3, 5, Tanh, T>, _>(SquaredError::Mean));
    table.push(subject::<Rnn<3, 2, 1, Relu, T>, _>(SquaredError::Half));
    table.push(subject::<Rnn<3, 1, 9, Gelu, T>, _>(SquaredError::Mean));
    table.push(subject::<Rnn<3, 2, 4, Softmax, T>, _>(SquaredError::Mean));
    table.push(subject::<Rnn<2, 5, 17, Linear, T>, _>(SquaredError::Mean));
}

fn gated<T: Scalar + Target>(table: &mut Table<T>) {
    table.push(subject::<Lstm<1, 1, 1, T>, _>(SquaredError::Mean));
    table.push(subject::<Lstm<5, 1, 1, T>, _>(SquaredError::Half));
    table.push(subject::<Lstm<1, 3, 4, T>, _>(SquaredError::Mean));
    table.push(subject::<Lstm<4, 3, 5, T>, _>(SquaredError::Mean));
    table.push(subject::<Lstm<3, 2, 16, T>, _>(SquaredError::Mean));
    table.push(subject::<Lstm<2, 4, 17, T>, _>(SquaredError::Half));
    table.push(subject::<Gru<1, 1, 1, T>, _>(SquaredError::Mean));
    table.push(subject::<Gru<5, 1, 1, T>, _>(SquaredError::Half));
    table.push(subject::<Gru<1, 3, 4, T>, _>(SquaredError::Mean));
    table.push(subject::<Gru<4, 3, 5, T>, _>(SquaredError::Mean));
    table.push(subject::<Gru<3, 2, 16, T>, _>(SquaredError::Mean));
    table.push(subject::<Gru<2, 4, 17, T>, _>(SquaredError::Half));
}

fn steps<T: Scalar + Target>(table: &mut Table<T>) {
    type LastOf<T> = Chain<Gru<4, 2, 5, T>, Chain<Last<[T; 5], 4>, Dense<5, 3, Softmax, T>>>;
    type MeanOf<T> = Chain<Lstm<3, 2, 5, T>, Chain<MeanOverSteps<3, 5, T>, Dense<5, 3, Softmax, T>>>;
    table.push(subject::<Last<T, 1>, _>(SquaredError::Half));
    table.push(subject::<Last<[T; 3], 4>, _>(SquaredError::Mean));
    table.push(subject::<Last<[[T; 2]; 3], 2>, _>(SquaredError::Mean));
    table.push(subject::<MeanOverSteps<1, 4, T>, _>(SquaredError::Half));
    table.push(subject::<MeanOverSteps<5, 17, T>, _>(SquaredError::Mean));
    table.push(subject::<LastOf<T>, _>(CrossEntropy));
    table.push(subject::<MeanOf<T>, _>(CrossEntropy));
}

fn directions<T: Scalar + Target>(table: &mut Table<T>) {
    type Both<T> = Concat<Lstm<3, 2, 4, T>, Reverse<3, Lstm<3, 2, 4, T>>, [[T; 8]; 3]>;
    table.push(subject::<Reverse<4, Gru<4, 2, 3, T>>, _>(SquaredError::Mean));
    table.push(subject::<Reverse<1, Rnn<1, 2, 3, Tanh, T>>, _>(SquaredError::Half));
    table.push(subject::<Reverse<5, Each<5, Dense<2, 3, Softmax, T>>>, _>(SquaredError::Mean));
    table.push(subject::<Both<T>, _>(SquaredError::Mean));
    table.push(subject::<Add<Gru<5, 2, 3, T>, Reverse<5, Gru<5, 2, 3, T>>>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Both<T>, Chain<Last<[T; 8], 3>, Dense<8, 2, Softmax, T>>>, _>(CrossEntropy));
}

fn deep<T: Scalar + Target>(table: &mut Table<T>) {
    type Dropped<T> = Chain<Lstm<3, 2, 4, T>, Chain<Half<[[T; 4]; 3]>, Gru<3, 4, 3, T>>>;
    table.push(subject::<Repeat<2, Residual<Reverse<3, Gru<3, 4, 4, T>>>>, _>(SquaredError::Mean));
    table.push(subject::<Repeat<3, Lstm<2, 3, 3, T>>, _>(SquaredError::Mean));
    table.push(subject::<Dropped<T>, _>(SquaredError::Mean));
    table.push(subject::<Frozen<Lstm<3, 2, 3, T>>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Each<3, Dense<2, 4, Tanh, T>>, Frozen<Gru<3, 4, 3, T>>>, _>(SquaredError::Mean));
    table.push(subject::<Chain<Each<3, Dense<1, 2, Tanh, T>>, Frozen<Rnn<3, 2, 3, Gelu, T>>>, _>(SquaredError::Mean));
}
