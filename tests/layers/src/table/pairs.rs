//! Layers that read two sequences: formulas as plain loops in `f64`, cases, and those that `PyTorch` computed (`goldens/pairs.py` says
//! how).

use typednet_layers::loss::SquaredError;
use typednet_layers::{
    AddToFirst, Attention, BatchNorm, Chain, CrossAttention, Dense, Each, EndPadded, Flatten, Frozen, Full, Gelu,
    Halves, Last, Layer, LayerNorm, Linear, Network, OnFirst, OnPadded, OnSecond, PassContext, Repeat, Residual,
    Sequence, Softmax, TakeFirst, TakeSecond, Tanh, pass,
};
use typednet_tensor::{Differentiable, Flat, Key, Padded, Pair, Sample, Scalar, Steps, flat_mut};

use super::activations::NaiveActivation;
use super::cases::Half;
use super::padded::{check_padding_of_outputs, ragged};
use super::pytorch::check;
use super::reference::{NaiveLayer, length, take};
use super::subject::{Table, Target, subject};

static GOLDENS: &str = include_str!("../../../../goldens/pairs.json");

/// How many steps of a sequence count, of which these are the numbers.
pub(super) fn counted<S: Sequence>(x: &[f64]) -> usize {
    if S::SHAPE.is_padded() { length(x[S::LEN - 1], S::Steps::STEPS) } else { S::Steps::STEPS }
}

/// Number `o` of x·W, for a weight with `outputs` columns.
fn dense(weight: &[f64], outputs: usize, o: usize, x: &[f64]) -> f64 {
    x.iter().enumerate().map(|(i, x)| x * weight[i * outputs + o]).sum()
}

impl<A, B, T, const D: usize, const E: usize, const HEADS: usize, const WIDTH: usize> NaiveLayer
    for CrossAttention<A, B, D, E, HEADS, WIDTH>
where
    T: Scalar,
    A: Differentiable<Elem = T> + Sequence<Steps: Steps<Step = [T; D]> + Differentiable<Elem = T>>,
    B: Differentiable<Elem = T> + Sequence<Steps: Steps<Step = [T; E]> + Differentiable<Elem = T>>,
{
    fn naive(params: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        let (wq, bq) = (take(params, D * D), take(params, D));
        let (wkv, bkv) = (take(params, E * 2 * D), take(params, 2 * D));
        let (wo, bo) = (take(params, D * D), take(params, D));
        let (first, second) = x.split_at(A::LEN);
        let [queries, keys] = [counted::<A>(first), counted::<B>(second)];
        let (first_steps, second_steps): (Vec<_>, Vec<_>) =
            (first.chunks(D).take(queries).collect(), second.chunks(E).take(keys).collect());
        let mut y = vec![];
        for x in first_steps {
            let mut context = vec![];
            for head in 0..HEADS {
                let columns = head * WIDTH..(head + 1) * WIDTH;
                let weight = |z: &[f64]| {
                    let product = |c| (dense(wq, D, c, x) + bq[c]) * (dense(wkv, 2 * D, c, z) + bkv[c]);
                    (columns.clone().map(product).sum::<f64>() / (WIDTH as f64).sqrt()).exp()
                };
                let sum: f64 = second_steps.iter().map(|z| weight(z)).sum();
                for c in columns.clone() {
                    let term = |z: &&[f64]| weight(z) / sum * (dense(wkv, 2 * D, D + c, z) + bkv[D + c]);
                    context.push(second_steps.iter().map(term).sum::<f64>());
                }
            }
            y.extend((0..D).map(|o| dense(wo, D, o, &context) + bo[o]));
        }
        y.resize(A::Steps::LEN, 0.0);
        y.extend(A::SHAPE.is_padded().then_some((A::Steps::STEPS - queries) as f64));
        y
    }
}

impl<A: NaiveLayer, B: NaiveLayer> NaiveLayer for Halves<A, B>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let (first, second) = x.split_at(A::In::LEN);
        let first = A::naive(params, first, margin);
        [first, B::naive(params, second, margin)].concat()
    }
}

impl<L: NaiveLayer, S: Sample> NaiveLayer for OnFirst<L, S>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let (own, other) = x.split_at(L::In::LEN);
        [L::naive(params, own, margin), other.to_vec()].concat()
    }
}

impl<L: NaiveLayer, S: Sample> NaiveLayer for OnSecond<L, S>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let (other, own) = x.split_at(S::LEN);
        [other.to_vec(), L::naive(params, own, margin)].concat()
    }
}

impl<A: Sample, B: Sample> NaiveLayer for TakeSecond<A, B>
where
    Self: Layer,
{
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x[A::LEN..].to_vec()
    }
}

impl<A: Sample, B: 'static> NaiveLayer for TakeFirst<A, B>
where
    Self: Layer,
{
    fn naive(_: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        x[..A::LEN].to_vec()
    }
}

impl<L: NaiveLayer<Out: Sequence>> NaiveLayer for AddToFirst<L>
where
    Self: Layer,
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let mut y = x.to_vec();
        let steps = <L::Out as Sequence>::Steps::LEN;
        for (y, given) in y.iter_mut().zip(L::naive(params, x, margin)).take(steps) {
            *y += given;
        }
        y
    }
}

/// No loss of the table is one of halves, so none brings the activation of one along.
impl<H: NaiveActivation, S: 'static> NaiveActivation for OnFirst<H, S> {
    const GIVES_LOGARITHMS: bool = H::GIVES_LOGARITHMS;

    fn naive(_: &[f64], _: usize) -> Vec<f64> {
        unreachable!("a loss that brings the activation of a half along")
    }
}

type First<T, const N: usize, const D: usize> = [[T; D]; N];
type Ragged<T, const N: usize, const D: usize> = Padded<[[T; D]; N]>;

/// A decoder's block behind an encoder of sequences of different lengths.
type Encode<T> = OnSecond<OnPadded<Residual<Attention<4, 2, 1, 2, Full, T>>>, First<T, 3, 4>>;
type Block<T> = Chain<
    OnFirst<Residual<Attention<3, 4, 2, 2, Full, T>>, Ragged<T, 4, 2>>,
    Chain<
        AddToFirst<
            Chain<
                OnFirst<Each<3, LayerNorm<4, T>>, Ragged<T, 4, 2>>,
                CrossAttention<First<T, 3, 4>, Ragged<T, 4, 2>, 4, 2, 2, 2>,
            >,
        >,
        OnFirst<Residual<Each<3, Dense<4, 4, Gelu, T>>>, Ragged<T, 4, 2>>,
    >,
>;
type Translator<T> = Chain<
    Encode<T>,
    Chain<Repeat<2, Block<T>>, Chain<TakeFirst<First<T, 3, 4>, Ragged<T, 4, 2>>, Each<3, Dense<4, 2, Linear, T>>>>,
>;

/// What a picture and a sequence of different lengths leave.
type Two<T> = Pair<[T; 2], [T; 2]>;

/// Both halves padded: as many steps of the first count in the end.
type BothPadded<T> =
    Chain<CrossAttention<Ragged<T, 3, 4>, Ragged<T, 5, 3>, 4, 3, 2, 2>, EndPadded<Each<3, Dense<4, 2, Linear, T>>>>;

macro_rules! with_mean {
    ($($layer:ty),* $(,)?) => { vec![$(subject::<$layer, _>(SquaredError::Mean)),*] };
}

/// One step, one head, odd sizes, more queries than keys and fewer, unlike widths, and masks.
pub(crate) fn pairs<T: Scalar + Target>(table: &mut Table<T>) {
    table.extend(goldens());
    table.extend(with_mean![
        Frozen<CrossAttention<First<T, 2, 2>, Ragged<T, 3, 2>, 2, 2, 1, 2>>,
        BothPadded<T>,
        Chain<OnFirst<Dense<3, 2, Gelu, T>, [T; 4]>, TakeFirst<[T; 2], [T; 4]>>,
        Chain<OnSecond<Dense<3, 2, Gelu, T>, [T; 4]>, TakeSecond<[T; 4], [T; 2]>>,
        Translator<T>,
        Halves<Dense<3, 2, Tanh, T>, Dense<2, 4, Linear, T>>,
        Chain<
            Halves<Dense<3, 2, Gelu, T>, EndPadded<Last<[T; 2], 3>>>,
            Chain<Flatten<Two<T>, 4>, Dense<4, 3, Softmax, T>>,
        >,
        Chain<
            Halves<Dense<3, 3, Gelu, T>, Each<2, Dense<2, 1, Tanh, T>>>,
            OnSecond<Frozen<Each<2, Dense<1, 2, Tanh, T>>>, [T; 3]>,
        >,
    ]);
}

/// The networks of `goldens/pairs.json`.
fn goldens<T: Scalar + Target>() -> Table<T> {
    with_mean![
        CrossAttention<First<T, 1, 2>, First<T, 1, 2>, 2, 2, 1, 2>,
        CrossAttention<First<T, 5, 6>, First<T, 3, 6>, 6, 6, 2, 3>,
        CrossAttention<First<T, 2, 6>, First<T, 7, 5>, 6, 5, 3, 2>,
        CrossAttention<First<T, 4, 3>, Ragged<T, 5, 1>, 3, 1, 1, 3>,
        CrossAttention<First<T, 3, 8>, Ragged<T, 26, 4>, 8, 4, 2, 4>,
        CrossAttention<First<T, 6, 4>, Ragged<T, 3, 7>, 4, 7, 4, 1>,
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

/// Of each length of one sequence beside each of another.
fn ragged_pairs<const N: usize, const M: usize>() -> Vec<Pair<Ragged<f32, N, 2>, Ragged<f32, M, 2>>> {
    let pairs = |first| ragged().into_iter().map(move |second| Pair { first, second });
    ragged().into_iter().flat_map(pairs).collect()
}

type Crossed = CrossAttention<Ragged<f32, 4, 2>, Ragged<f32, 3, 2>, 2, 2, 1, 2>;

#[test]
fn padding_of_outputs_is_zero_and_has_no_part_in_gradients() {
    check_padding_of_outputs::<Crossed, _>(&ragged_pairs());
    check_padding_of_outputs::<Chain<AddToFirst<Crossed>, TakeFirst<_, _>>, _>(&ragged_pairs());
}

/// By how many steps count there is no gradient, whatever stands in its place.
#[test]
fn by_how_many_steps_count_there_is_no_gradient() {
    fn marks<L>(x: &[L::In]) -> Vec<f32>
    where
        L: Layer<In = Pair<Ragged<f32, 4, 2>, Ragged<f32, 3, 2>>, Elem = f32>,
    {
        let (model, mut grad) = (L::seeded(3), L::zeroed());
        let mut dx = vec![Pair { first: Padded::zeros(), second: Padded::zeros() }; x.len()];
        flat_mut(&mut dx).fill(f32::NAN);
        let mut memory = vec![f32::NAN; pass::training_need::<L>().of(x.len())];
        let upstream = |_: &[L::Out], dy: &mut [L::Out]| flat_mut(dy).fill(0.25);
        let run = PassContext::new(Key::new(0));
        pass::vjp(&*model, x, upstream, &mut *grad, Some(&mut dx), &mut memory, run);
        dx.iter().map(|dx| dx.first.as_flat()[8]).collect()
    }

    let x = ragged_pairs();
    let none = vec![0.0; x.len()];
    assert_eq!(marks::<Crossed>(&x), none);
    assert_eq!(marks::<AddToFirst<Crossed>>(&x), none);
}

/// The halves have random numbers of their own, and what each left behind is taken over.
#[test]
fn halves_have_nothing_in_common() {
    type Dropped = Halves<Half<[f32; 64]>, Half<[f32; 64]>>;
    type Normed = Halves<BatchNorm<2>, BatchNorm<2>>;
    let x = [Pair { first: [1.0; 64], second: [1.0; 64] }];
    let mut memory = vec![0.0; pass::training_need::<Dropped>().of(1)];
    let run = PassContext::new(Key::new(7));
    let (mut grad, mut kept) = (Dropped::zeroed(), None);
    pass::vjp(&*Dropped::seeded(0), &x, |y, _| kept = Some(y[0]), &mut *grad, None, &mut memory, run);
    let kept = kept.expect("a pass");
    assert_ne!(kept.first.map(f32::to_bits), kept.second.map(f32::to_bits));

    let mut model = Normed::seeded(0);
    let x = [Pair { first: [1.0, 2.0], second: [3.0, 4.0] }, Pair { first: [5.0, 7.0], second: [9.0, 1.0] }];
    let (mut grad, mut memory) = (Normed::zeroed(), vec![0.0; pass::training_need::<Normed>().of(2)]);
    pass::vjp(&*model, &x, |_, dy| flat_mut(dy).fill(0.5), &mut *grad, None, &mut memory, run);
    let means =
        |model: &Normed| [model.first.running_mean, model.second.running_mean].map(|mean| mean.map(f32::to_bits));
    let before = means(&model);
    model.commit(&grad);
    assert!(means(&model).iter().zip(&before).all(|(mean, before)| mean != before));
}
