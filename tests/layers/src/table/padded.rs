//! Sequences of different lengths: formulas, cases, and those that `PyTorch` computed (`goldens/padded.py` says how).
//!
//! What a layer gives of the steps that count is what its formula gives of a sequence that has no others. That is all that is
//! said here of masks.

use typednet_layers::loss::{CrossEntropy, SquaredError};
use typednet_layers::{
    ActivationLayer, Add, Attention, Causal, Chain, Concat, Dense, Each, EndPadded, Frozen, Full, Gelu, Gru, Last,
    Layer, LayerNorm, Linear, Lstm, MeanOverSteps, OnPadded, PaddedEmbedding, PaddedTiedEmbedding, PassContext,
    Positions, ReadsPadded, Relu, Repeat, Residual, Reverse, Rnn, Rotary, SinusoidalPositions, Softmax, Tanh,
    TiedEmbedding, TransformerBlock,
};
use typednet_tensor::{Count, Differentiable, Flat, Padded, Scalar, Steps, Token};

use super::cases::Half;
use super::numbered::Numbered;
use super::pytorch::check;
use super::reference::{NaiveLayer, length, take};
use super::subject::{Table, Target, subject};

mod compact;
mod ragged;
mod streaming;

static GOLDENS: &str = include_str!("../../../../goldens/padded.json");

/// The numbers of the steps that count, and how many these are.
fn counted<X: Steps>(x: &[f64]) -> (&[f64], usize) {
    let (mark, steps) = x.split_last().expect("a mark");
    let length = length(*mark, X::STEPS);
    (&steps[..length * (steps.len() / X::STEPS)], length)
}

impl<L> NaiveLayer for OnPadded<L>
where
    L: NaiveLayer + ReadsPadded,
    Self: Layer<Out = Padded<L::Out>>,
    L::Out: Steps,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let (steps, length) = counted::<L::In>(x);
        let mut y = L::naive(params, steps, margin);
        y.resize(L::Out::LEN, 0.0);
        y.push((L::In::STEPS - length) as f64);
        y
    }
}

impl<L> NaiveLayer for EndPadded<L>
where
    L: NaiveLayer + ReadsPadded,
    Self: Layer<Out = L::Out>,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let mut y = L::naive(params, counted::<L::In>(x).0, margin);
        y.resize(L::Out::LEN, 0.0);
        y
    }
}

/// It reads a token as a number, which is whole.
impl<const N: usize, const V: usize, const D: usize, T: Scalar> NaiveLayer for PaddedEmbedding<N, V, D, T> {
    #[allow(clippy::cast_sign_loss, reason = "a token is not negative")]
    fn naive(params: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        let table = take(params, V * D);
        let (tokens, length) = counted::<[Token<V>; N]>(x);
        let mut y: Vec<_> = tokens.iter().flat_map(|token| &table[*token as usize * D..][..D]).copied().collect();
        y.resize(N * D, 0.0);
        y.push((N - length) as f64);
        y
    }
}

/// The logits of the tokens that count, as of a text that has no others.
impl<const N: usize, const V: usize, const D: usize, L, T: Scalar, const B: usize> NaiveLayer
    for PaddedTiedEmbedding<TiedEmbedding<N, V, D, L, T, B>>
where
    L: NaiveLayer + ReadsPadded<Elem = T>,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let (tokens, length) = counted::<[Token<V>; N]>(x);
        let mut y = TiedEmbedding::<N, V, D, L, T, B>::naive(params, tokens, margin);
        y.resize(N * V, 0.0);
        y.push((N - length) as f64);
        y
    }
}

/// A language model over padded texts, with what it says of each token at the end.
type Tied<const N: usize, const V: usize, const D: usize, L, A, T, const B: usize> =
    Numbered<Chain<PaddedTiedEmbedding<TiedEmbedding<N, V, D, L, T, B>>, EndPadded<ActivationLayer<[[T; V]; N], A>>>>;

/// What has to know how many tokens count.
type Turned<const N: usize, const D: usize, T> = Reverse<N, Gru<N, D, D, T>>;

type Looks<T> = Chain<Positions<4, 6, T>, TransformerBlock<4, 6, 2, 3, 5, Gelu, Full, T>>;

type Directions<T> = Concat<Gru<4, 2, 3, T>, Reverse<4, Lstm<4, 2, 2, T>>, [[T; 5]; 4]>;

/// One row of each direction.
type Ends<T> =
    Concat<Chain<Gru<4, 2, 3, T>, Last<[T; 3], 4>>, Chain<Reverse<4, Gru<4, 2, 3, T>>, MeanOverSteps<4, 3, T>>, [T; 6]>;

/// What reads names and says what they are.
type Names<T> = Chain<
    PaddedEmbedding<5, 7, 3, T>,
    Chain<OnPadded<Gru<5, 3, 4, T>>, Chain<EndPadded<Last<[T; 4], 5>>, Dense<4, 3, Softmax, T>>>,
>;

/// An encoder of several blocks, and what it says of every step.
type Encoder<T> = Chain<
    OnPadded<Positions<3, 4, T>>,
    Chain<
        OnPadded<Repeat<2, TransformerBlock<3, 4, 2, 2, 5, Gelu, Full, T>>>,
        Chain<OnPadded<Each<3, LayerNorm<4, T>>>, EndPadded<Each<3, Dense<4, 2, Softmax, T>>>>,
    >,
>;

macro_rules! with_mean {
    ($($layer:ty),* $(,)?) => { vec![$(subject::<$layer, _>(SquaredError::Mean)),*] };
}

/// One step, one head, odd sizes, layers that have to know how many steps count and those that have not, and networks of them.
pub(crate) fn padded<T: Scalar + Target>(table: &mut Table<T>) {
    type Lasts<T> = Chain<OnPadded<Lstm<4, 2, 3, T>>, EndPadded<Last<[T; 3], 4>>>;
    type Means<T> = Chain<OnPadded<Rnn<5, 2, 3, Tanh, T>>, EndPadded<MeanOverSteps<5, 3, T>>>;
    type Dropped<T> = Chain<OnPadded<Half<[[T; 2]; 4]>>, EndPadded<MeanOverSteps<4, 2, T>>>;
    table.extend(with_mean![
        EndPadded<Last<T, 3>>,
        EndPadded<Last<[T; 3], 1>>,
        EndPadded<MeanOverSteps<5, 3, T>>,
        EndPadded<Gru<1, 1, 1, T>>,
        EndPadded<Gru<5, 2, 3, T>>,
        EndPadded<Lstm<4, 3, 2, T>>,
        EndPadded<Rnn<4, 2, 3, Relu, T>>,
        EndPadded<Reverse<5, Gru<5, 2, 3, T>>>,
        EndPadded<Directions<T>>,
        EndPadded<Ends<T>>,
        EndPadded<Attention<1, 2, 1, 2, Full, T>>,
        EndPadded<Attention<5, 3, 1, 3, Full, T>>,
        EndPadded<Attention<4, 6, 2, 3, Causal, T>>,
        EndPadded<Attention<4, 4, 2, 2, Rotary<Full>, T>>,
        EndPadded<Attention<26, 2, 1, 2, Full, T>>,
        EndPadded<Positions<4, 3, T>>,
        EndPadded<SinusoidalPositions<4, 3, T>>,
        EndPadded<ActivationLayer<[[T; 3]; 4], Softmax>>,
        EndPadded<Add<Gru<3, 2, 2, T>, Each<3, Dense<2, 2, Tanh, T>>>>,
        EndPadded<Residual<Reverse<3, Gru<3, 2, 2, T>>>>,
        EndPadded<Repeat<2, Attention<4, 2, 1, 2, Full, T>>>,
        EndPadded<Frozen<Attention<4, 2, 1, 2, Full, T>>>,
        Frozen<EndPadded<Reverse<3, Gru<3, 2, 2, T>>>>,
        Lasts<T>,
        Means<T>,
        Dropped<T>,
        Numbered<Chain<PaddedEmbedding<5, 7, 3, T>, EndPadded<MeanOverSteps<5, 3, T>>>>,
        Numbered<Chain<PaddedEmbedding<3, 2, 1, T>, EndPadded<Gru<3, 1, 2, T>>>>,
        Encoder<T>,
        Tied<1, 3, 2, Each<1, Dense<2, 2, Tanh, T>>, Linear, T, 0>,
        Tied<5, 7, 3, Turned<5, 3, T>, Linear, T, 0>,
        Tied<5, 7, 3, Turned<5, 3, T>, Linear, T, 7>,
        Tied<3, 40, 8, Each<3, LayerNorm<8, T>>, Softmax, T, 40>,
        Tied<4, 5, 6, Looks<T>, Softmax, T, 5>,
        Numbered<
            Chain<
                Frozen<PaddedTiedEmbedding<TiedEmbedding<3, 4, 2, Turned<3, 2, T>, T, 4>>>,
                EndPadded<Each<3, Dense<4, 2, Tanh, T>>>,
            >,
        >,
    ]);
    table.push(subject::<Numbered<Names<T>>, _>(CrossEntropy));
}

/// The networks of `goldens/padded.json`.
fn goldens<T: Scalar + Target>() -> Table<T> {
    with_mean![
        EndPadded<Rnn<4, 2, 3, Tanh, T>>,
        EndPadded<Lstm<5, 3, 4, T>>,
        EndPadded<Gru<5, 3, 4, T>>,
        EndPadded<Reverse<5, Gru<5, 3, 4, T>>>,
        Chain<OnPadded<Gru<5, 3, 4, T>>, EndPadded<Last<[T; 4], 5>>>,
        Chain<OnPadded<Lstm<4, 1, 1, T>>, EndPadded<MeanOverSteps<4, 1, T>>>,
        EndPadded<Attention<5, 6, 2, 3, Full, T>>,
        EndPadded<Attention<5, 6, 2, 3, Causal, T>>,
        EndPadded<Attention<7, 5, 1, 5, Full, T>>,
        EndPadded<TransformerBlock<4, 6, 3, 2, 9, Gelu, Full, T>>,
        Numbered<Chain<PaddedEmbedding<4, 5, 3, T>, EndPadded<MeanOverSteps<4, 3, T>>>>,
        Tied<5, 7, 3, Turned<5, 3, T>, Softmax, T, 0>,
        Tied<4, 5, 6, TransformerBlock<4, 6, 3, 2, 9, Gelu, Full, T>, Softmax, T, 5>,
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

/// What stands in steps of padding has no part in anything.
#[test]
fn padding_may_hold_any_numbers() {
    use typednet_layers::{Network, pass};
    use typednet_tensor::Key;

    fn check<L: Layer<In = Padded<X>, Out: PartialEq + std::fmt::Debug, Elem = f32>, X>()
    where
        X: Steps<Step = [f32; 2]> + Differentiable<Elem = f32>,
    {
        let model = L::seeded(3);
        let mut x: Vec<_> = (1..=X::STEPS)
            .map(|length| Padded::<X>::new(&vec![[0.5, length as f32]; length]).expect("it fits"))
            .collect();
        let run = PassContext::new(Key::new(0));
        let passes = |x: &[Padded<X>]| {
            let mut memory = vec![f32::NAN; pass::training_need::<L>().of(x.len())];
            let (mut grad, mut dx) = (L::zeroed(), vec![Padded::<X>::zeros(); x.len()]);
            let upstream = |_: &[L::Out], dy: &mut [L::Out]| typednet_tensor::flat_mut(dy).fill(0.25);
            pass::vjp(&*model, x, upstream, &mut *grad, Some(&mut dx), &mut memory, run);
            let y: Vec<_> = x.iter().map(|x| model.predict(x)).collect();
            (y, grad.as_flat().to_vec(), dx)
        };
        let clean = passes(&x);
        for x in &mut x {
            let length = x.length();
            x.steps.as_steps_mut()[length..].fill([1e3, -7.0]);
        }
        let (y, grad, dx) = passes(&x);
        assert_eq!((y, grad), (clean.0, clean.1), "{}", L::TREE);
        for (dx, clean) in dx.iter().zip(clean.2) {
            assert_eq!(dx.as_flat(), clean.as_flat(), "{}", L::TREE);
        }
    }

    check::<EndPadded<Attention<4, 2, 1, 2>>, [[f32; 2]; 4]>();
    check::<EndPadded<Reverse<4, Gru<4, 2, 3>>>, _>();
    check::<EndPadded<Each<4, LayerNorm<2>>>, _>();
    check::<Chain<OnPadded<Lstm<4, 2, 3>>, EndPadded<MeanOverSteps<4, 3>>>, _>();
    check::<Chain<OnPadded<Positions<4, 2>>, EndPadded<Last<[f32; 2], 4>>>, _>();
}

/// Tokens of padding have no part in anything either.
#[test]
fn padding_may_hold_any_tokens() {
    use typednet_layers::{Network, pass};
    use typednet_tensor::Key;

    type Net = PaddedTiedEmbedding<TiedEmbedding<4, 5, 2, Reverse<4, Gru<4, 2, 2>>, f32, 5>>;
    let (model, run) = (Net::seeded(3), PassContext::new(Key::new(0)));
    let passes = |padding: usize| {
        let texts: Vec<_> = (1..=4)
            .map(|length| {
                let token = |n| Token::<5>::new(if n < length { n } else { padding }).expect("one of five");
                let mut text = Padded::full(std::array::from_fn(token));
                text.set_length(length);
                text
            })
            .collect();
        let (mut grad, mut memory) = (Net::zeroed(), vec![f32::NAN; pass::training_need::<Net>().of(4)]);
        let upstream = |_: &[Padded<[[f32; 5]; 4]>], dy: &mut [Padded<[[f32; 5]; 4]>]| {
            for (n, dy) in typednet_tensor::flat_mut(dy).iter_mut().enumerate() {
                *dy = (n as f32).sin();
            }
        };
        pass::vjp(&*model, &texts, upstream, &mut *grad, None, &mut memory, run);
        let y = pass::infer(&*model, &texts, &mut memory, run);
        let alone: Vec<_> = texts.iter().map(|text| model.predict(text)).collect();
        let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-5;
        assert!(typednet_tensor::flat(y).iter().zip(typednet_tensor::flat(&alone)).all(near), "{y:?} {alone:?}");
        (typednet_tensor::flat(y).to_vec(), typednet_tensor::flat(&alone).to_vec(), grad.as_flat().to_vec())
    };
    let zeros = passes(0);
    assert!(zeros == passes(4));
    assert!(zeros.2.iter().all(|gradient| *gradient != 0.0), "each part has one: {:?}", zeros.2);
}

/// What `L` gives for padding is 0, and what a loss says of it has no part in the gradients of the parameters.
pub(super) fn check_padding_of_outputs<L, Y>(x: &[L::In])
where
    L: Layer<Out = Padded<Y>, Elem = f32>,
    Y: Steps<Step = [f32; 2]> + Differentiable<Elem = f32>,
{
    use typednet_layers::{Network, pass};
    use typednet_tensor::Key;

    let (model, run) = (L::seeded(3), PassContext::new(Key::new(0)));
    let is_zero = |y: &Padded<Y>| y.steps.as_steps()[y.length()..].iter().flatten().all(|x| *x == 0.0);
    assert!(x.iter().all(|x| is_zero(&model.predict(x))), "{}", L::TREE);
    // Where `padding` is the gradient by each number of padding.
    let gradient = |padding: f32| {
        let (mut grad, mut memory) = (L::zeroed(), vec![f32::NAN; pass::training_need::<L>().of(x.len())]);
        let upstream = |y: &[Padded<Y>], dy: &mut [Padded<Y>]| {
            for (y, dy) in y.iter().zip(dy) {
                assert!(is_zero(y), "{}", L::TREE);
                dy.steps.as_steps_mut().fill([0.25, -0.5]);
                dy.steps.as_steps_mut()[y.length()..].fill([padding; 2]);
            }
        };
        pass::vjp(&*model, x, upstream, &mut *grad, None, &mut memory, run);
        grad.as_flat().to_vec()
    };
    let clean = gradient(0.0);
    assert!(clean.iter().any(|g| *g != 0.0), "{}", L::TREE);
    assert_eq!(gradient(1e3), clean, "{}", L::TREE);
}

/// One sequence of each length.
pub(super) fn ragged<const N: usize>() -> Vec<Padded<[[f32; 2]; N]>> {
    (1..=N).map(|length| Padded::new(&vec![[0.5, length as f32]; length]).expect("it fits")).collect()
}

#[test]
fn padding_of_outputs_is_zero_and_has_no_part_in_gradients() {
    type OfTwo<const B: usize> = PaddedTiedEmbedding<TiedEmbedding<4, 2, 3, Each<4, LayerNorm<3>>, f32, B>>;

    check_padding_of_outputs::<OnPadded<Gru<4, 2, 2>>, _>(&ragged());
    check_padding_of_outputs::<OnPadded<Each<4, Dense<2, 2>>>, _>(&ragged());
    check_padding_of_outputs::<OnPadded<Attention<4, 2, 1, 2>>, _>(&ragged());
    let token = |index| Token::<5>::new(index).expect("one of five");
    let texts: Vec<_> = (1..=4).map(|length| Padded::new(&vec![token(length); length]).expect("it fits")).collect();
    check_padding_of_outputs::<PaddedEmbedding<4, 5, 2>, _>(&texts);
    // Two logits for each of them.
    let token = |index| Token::<2>::new(index).expect("one of two");
    let texts: Vec<_> = (1..=4).map(|length| Padded::new(&vec![token(length % 2); length]).expect("it fits")).collect();
    check_padding_of_outputs::<OfTwo<0>, _>(&texts);
    check_padding_of_outputs::<OfTwo<2>, _>(&texts);
}

/// Where all steps count, all passes give the bits of the layer as it is.
#[test]
fn without_padding_a_layer_gives_what_it_gives_alone() {
    use typednet_layers::{Network, pass};
    use typednet_tensor::Key;

    fn check<L>()
    where
        L: ReadsPadded<Elem = f32, In: Differentiable<Elem = f32>, Out: Steps + PartialEq + std::fmt::Debug>,
    {
        let (alone, on) = (L::seeded(5), OnPadded::<L>::seeded(5));
        assert!(alone.as_flat() == on.as_flat());
        let mut x = vec![L::In::zeros(); 3];
        for (n, x) in typednet_tensor::flat_mut(&mut x).iter_mut().enumerate() {
            *x = (n as f32 * 0.7).sin();
        }
        let full: Vec<_> = x.iter().map(|x| Padded::full(*x)).collect();
        let run = PassContext::new(Key::new(0));
        let mut memory =
            vec![f32::NAN; pass::training_need::<OnPadded<L>>().of(3).max(pass::inference_need::<L>().of(3))];
        let y = pass::infer(&*alone, &x, &mut memory, run).to_vec();
        let found = pass::infer(&*on, &full, &mut memory, run);
        assert_eq!(found.iter().map(|y| y.steps).collect::<Vec<_>>(), y, "{}", L::TREE);
        assert!(found.iter().all(|y| y.length() == L::Out::STEPS && y.counted().len() == L::Out::STEPS));
    }

    check::<Attention<5, 6, 2, 3>>();
    check::<Attention<5, 6, 2, 3, Causal>>();
    check::<Reverse<4, Gru<4, 2, 3>>>();
    check::<Chain<Lstm<4, 2, 3>, Each<4, Dense<3, 2, Linear>>>>();
    assert_eq!(f32::from_count(7).count(), 7);
}
