//! Recurrent layers from a given state on: cases, and those that `PyTorch` computed (`goldens/from_state.py` says how).

use typednet_layers::loss::SquaredError;
use typednet_layers::{
    Chain, Dense, Each, EndPadded, Frozen, Gelu, Gru, Last, Linear, Lstm, MeanOverSteps, OnFirst, OnSecond, Relu,
    Repeat, Rnn, Softmax, TakeFirst, TakeSecond, Tanh, WithState,
};
use typednet_tensor::{Padded, Pair, Scalar};

use super::super::padded::{check_padding_of_outputs, ragged};
use super::super::pytorch::check;
use super::super::subject::{Table, Target, subject};

static GOLDENS: &str = include_str!("../../../../../goldens/from_state.json");

type Ragged<T, const N: usize, const D: usize> = Padded<[[T; D]; N]>;

/// A layer over padded steps.
type OfRagged<L, T, const N: usize, const C: usize, const H: usize> = WithState<L, Ragged<T, N, C>, Ragged<T, N, H>>;

/// And the mean of the steps that count behind it, beside the last state `S`.
type Counted<L, T, S, const N: usize, const C: usize, const H: usize> =
    Chain<OfRagged<L, T, N, C, H>, OnFirst<EndPadded<MeanOverSteps<N, H, T>>, S>>;

/// What an encoder's last state is to a decoder.
type Decoder<T> = Chain<
    OnSecond<Chain<Gru<2, 3, 2, T>, Last<[T; 2], 2>>, [[T; 2]; 4]>,
    Chain<WithState<Gru<4, 2, 2, T>>, Chain<TakeFirst<[[T; 2]; 4], [T; 2]>, Each<4, Dense<2, 3, Softmax, T>>>>,
>;

macro_rules! with_mean {
    ($($layer:ty),* $(,)?) => { vec![$(subject::<$layer, _>(SquaredError::Mean)),*] };
}

/// One step, one unit, widths that fill no vector, activations by h and by z, padding, and layers before and behind.
pub(crate) fn from_state<T: Scalar + Target>(table: &mut Table<T>) {
    table.extend(goldens());
    table.extend(with_mean![
        WithState<Rnn<3, 2, 9, Gelu, T>>,
        WithState<Rnn<2, 3, 4, Softmax, T>>,
        WithState<Rnn<2, 5, 17, Linear, T>>,
        WithState<Lstm<3, 2, 16, T>>,
        WithState<Gru<3, 2, 16, T>>,
        Repeat<2, WithState<Lstm<3, 4, 4, T>>>,
        Frozen<WithState<Lstm<3, 2, 3, T>>>,
        Chain<OnFirst<Each<3, Dense<2, 4, Tanh, T>>, [T; 3]>, Frozen<WithState<Gru<3, 4, 3, T>>>>,
        Chain<OnSecond<Dense<2, 3, Tanh, T>, [[T; 2]; 3]>, WithState<Rnn<3, 2, 3, Relu, T>>>,
        Chain<WithState<Lstm<4, 2, 3, T>>, TakeFirst<[[T; 3]; 4], [[T; 3]; 2]>>,
        Chain<WithState<Lstm<4, 2, 3, T>>, TakeSecond<[[T; 3]; 4], [[T; 3]; 2]>>,
        Decoder<T>,
        Counted<Rnn<4, 2, 3, Gelu, T>, T, [T; 3], 4, 2, 3>,
        Frozen<Counted<Lstm<4, 2, 3, T>, T, [[T; 3]; 2], 4, 2, 3>>,
        Chain<OfRagged<Gru<4, 2, 3, T>, T, 4, 2, 3>, TakeSecond<Ragged<T, 4, 3>, [T; 3]>>,
    ]);
}

/// The networks of `goldens/from_state.json`.
fn goldens<T: Scalar + Target>() -> Table<T> {
    with_mean![
        WithState<Rnn<1, 1, 1, Tanh, T>>,
        WithState<Rnn<5, 3, 4, Tanh, T>>,
        WithState<Rnn<4, 2, 17, Relu, T>>,
        WithState<Lstm<1, 1, 1, T>>,
        WithState<Lstm<6, 1, 1, T>>,
        WithState<Lstm<1, 3, 4, T>>,
        WithState<Lstm<5, 3, 4, T>>,
        WithState<Lstm<3, 5, 17, T>>,
        WithState<Gru<1, 1, 1, T>>,
        WithState<Gru<6, 1, 1, T>>,
        WithState<Gru<1, 3, 4, T>>,
        WithState<Gru<5, 3, 4, T>>,
        WithState<Gru<3, 5, 17, T>>,
        Counted<Rnn<5, 3, 4, Tanh, T>, T, [T; 4], 5, 3, 4>,
        Counted<Lstm<5, 3, 4, T>, T, [[T; 4]; 2], 5, 3, 4>,
        Counted<Gru<5, 3, 4, T>, T, [T; 4], 5, 3, 4>,
    ]
}

#[test]
fn pytorch_in_f32() {
    check(GOLDENS, goldens::<f32>(), 1e-5);
}

#[test]
fn pytorch_in_f64() {
    check(GOLDENS, goldens::<f64>(), 1e-10);
}

#[test]
fn padding_of_outputs_is_zero_and_has_no_part_in_gradients() {
    type Steps<L, S> = Chain<OfRagged<L, f32, 4, 2, 2>, TakeFirst<Ragged<f32, 4, 2>, S>>;
    let x: Vec<_> = ragged().into_iter().map(|first| Pair { first, second: [0.5, -0.25] }).collect();
    check_padding_of_outputs::<Steps<Rnn<4, 2, 2>, _>, _>(&x);
    check_padding_of_outputs::<Steps<Gru<4, 2, 2>, _>, _>(&x);
    let x: Vec<_> = ragged().into_iter().map(|first| Pair { first, second: [[0.5, -0.25]; 2] }).collect();
    check_padding_of_outputs::<Steps<Lstm<4, 2, 2>, _>, _>(&x);
}
