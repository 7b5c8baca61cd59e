//! Layers that read tokens: formula, cases and goldens.

use typednet_layers::loss::{CrossEntropy, SquaredError};
use typednet_layers::{
    ActivationLayer, Attention, Causal, Chain, Dense, Dropout, Each, Embedding, Flatten, Frozen, Gelu, Layer,
    LayerNorm, Linear, Positions, Residual, Softmax, Tanh, TiedEmbedding, TransformerBlock, bits,
};
use typednet_tensor::Scalar;

use super::numbered::Numbered;
use super::pytorch::check;
use super::reference::{NaiveLayer, by_parts, take};
use super::subject::{Table, Target, subject};

/// It reads a token as a number, which is whole.
impl<const V: usize, const D: usize, T: Scalar> NaiveLayer for Embedding<V, D, T> {
    #[allow(clippy::cast_sign_loss, reason = "a token is not negative")]
    fn naive(params: &mut &[f64], x: &[f64], _: &mut f64) -> Vec<f64> {
        let table = take(params, V * D);
        let token = x[0] as usize;
        table[token * D..][..D].to_vec()
    }
}

/// The same table for what comes in and for what goes out, and a bias where there is one.
impl<const N: usize, const V: usize, const D: usize, L: NaiveLayer + Layer<Elem = T>, T: Scalar, const B: usize>
    NaiveLayer for TiedEmbedding<N, V, D, L, T, B>
{
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let bias = take(params, B);
        let table = take(params, V * D);
        let vectors = by_parts(x, 1, &mut |x| Embedding::<V, D, T>::naive(&mut &*table, x, &mut 0.0));
        logits(&L::naive(params, &vectors, margin), table, bias, D)
    }
}

/// The product of each vector of `width` numbers with each row of the table, and a bias where there is one.
fn logits(vectors: &[f64], table: &[f64], bias: &[f64], width: usize) -> Vec<f64> {
    by_parts(vectors, width, &mut |h| {
        let product = |e: &[f64]| -> f64 { h.iter().zip(e).map(|(h, e)| h * e).sum() };
        table.chunks(width).enumerate().map(|(v, e)| product(e) + bias.get(v).unwrap_or(&0.0)).collect()
    })
}

type Text<const N: usize, const V: usize, const D: usize, T> = Each<N, Embedding<V, D, T>>;

type Letters<T> = Chain<Text<4, 9, 3, T>, Chain<Each<4, Dense<3, 2, Tanh, T>>, Chain<Rows<T>, Dense<8, 3, Linear, T>>>>;

type Rows<T> = Flatten<[[T; 2]; 4], 8>;

/// One token, more tokens than rows and fewer, one number for each, widths around a vector's, and what is frozen.
pub(crate) fn texts<T: Scalar + Target>(table: &mut Table<T>) {
    table.push(subject::<Numbered<Text<1, 6, 17, T>>, _>(SquaredError::Mean));
    table.push(subject::<Numbered<Text<5, 2, 1, T>>, _>(SquaredError::Half));
    table.push(subject::<Numbered<Text<3, 40, 8, T>>, _>(SquaredError::Mean));
    table.push(subject::<Numbered<Text<4, 1, 5, T>>, _>(SquaredError::Mean));
    table.push(subject::<Numbered<Letters<T>>, _>(SquaredError::Mean));
    table.push(subject::<Numbered<Classified<T>>, _>(CrossEntropy));
    table.push(subject::<Numbered<Chain<Frozen<Text<2, 7, 3, T>>, Each<2, Dense<3, 3, Tanh, T>>>>, _>(
        SquaredError::Mean,
    ));
}

type Tied<const N: usize, const V: usize, const D: usize, L, T> = Numbered<TiedEmbedding<N, V, D, L, T>>;

type Biased<const N: usize, const V: usize, const D: usize, L, T> = Numbered<TiedEmbedding<N, V, D, L, T, V>>;

/// Each vector by itself.
type Turned<const N: usize, const D: usize, T> = Each<N, Dense<D, D, Tanh, T>>;

type Gpt<const N: usize, const D: usize, const HEADS: usize, const WIDTH: usize, T> = Chain<
    Positions<N, D, T>,
    Chain<TransformerBlock<N, D, HEADS, WIDTH, 5, Gelu, Causal, T>, Each<N, LayerNorm<D, T>>>,
>;

/// One token, more tokens than rows of the table and fewer, so that some stand several times and some nowhere, one number for each,
/// widths around a vector's, what differs in training, what is frozen, activations behind it, and each kind of these with a bias.
pub(crate) fn tied<T: Scalar + Target>(table: &mut Table<T>) {
    macro_rules! with_mean {
        ($($layer:ty),* $(,)?) => { table.extend([$(subject::<$layer, _>(SquaredError::Mean)),*]) };
    }
    with_mean![
        Tied<1, 6, 17, Turned<1, 17, T>, T>,
        Tied<5, 2, 1, Turned<5, 1, T>, T>,
        Tied<3, 40, 8, Each<3, LayerNorm<8, T>>, T>,
        Tied<4, 1, 5, ActivationLayer<[[T; 5]; 4], Linear>, T>,
        Tied<4, 7, 6, Gpt<4, 6, 2, 3, T>, T>,
        Tied<3, 5, 4, Dropout<[[T; 4]; 3], { bits(0.5) }>, T>,
        Tied<3, 5, 4, Frozen<Residual<Attention<3, 4, 1, 4, Causal, T>>>, T>,
        Numbered<Chain<Frozen<TiedEmbedding<2, 7, 3, Turned<2, 3, T>, T>>, Each<2, Dense<7, 3, Tanh, T>>>>,
        Numbered<Chain<TiedEmbedding<4, 9, 3, Turned<4, 3, T>, T>, ActivationLayer<[[T; 9]; 4], Softmax>>>,
        Biased<1, 6, 17, Turned<1, 17, T>, T>,
        Biased<3, 40, 8, Each<3, LayerNorm<8, T>>, T>,
        Biased<4, 7, 6, Gpt<4, 6, 2, 3, T>, T>,
        Biased<3, 5, 4, Dropout<[[T; 4]; 3], { bits(0.5) }>, T>,
        Numbered<Chain<Frozen<TiedEmbedding<2, 7, 3, Turned<2, 3, T>, T, 7>>, Each<2, Dense<7, 3, Tanh, T>>>>,
        Numbered<Chain<TiedEmbedding<4, 9, 3, Turned<4, 3, T>, T, 9>, ActivationLayer<[[T; 9]; 4], Softmax>>>,
    ];
    table.push(subject::<
        Numbered<
            Chain<
                TiedEmbedding<1, 3, 2, Turned<1, 2, T>, T>,
                Chain<Flatten<[[T; 3]; 1], 3>, ActivationLayer<[T; 3], Softmax>>,
            >,
        >,
        _,
    >(CrossEntropy));
}

type Classified<T> = Chain<Text<2, 7, 3, T>, Chain<Flatten<[[T; 3]; 2], 6>, Dense<6, 3, Softmax, T>>>;

static GOLDENS: &str = include_str!("../../../../goldens/embedding.json");

/// The networks of `goldens/embedding.json`.
fn goldens<T: Scalar + Target>() -> Table<T> {
    vec![
        subject::<Numbered<Text<4, 5, 3, T>>, _>(SquaredError::Mean),
        subject::<Numbered<Text<6, 2, 1, T>>, _>(SquaredError::Mean),
        subject::<Numbered<Letters<T>>, _>(SquaredError::Mean),
        subject::<Tied<4, 5, 3, Each<4, LayerNorm<3, T>>, T>, _>(SquaredError::Mean),
        subject::<Tied<6, 2, 1, Turned<6, 1, T>, T>, _>(SquaredError::Mean),
        subject::<Tied<5, 9, 8, Chain<Positions<5, 8, T>, Chain<Each<5, LayerNorm<8, T>>, Turned<5, 8, T>>>, T>, _>(
            SquaredError::Mean,
        ),
        subject::<Biased<4, 5, 3, Each<4, LayerNorm<3, T>>, T>, _>(SquaredError::Mean),
        subject::<Biased<5, 9, 8, Chain<Positions<5, 8, T>, Turned<5, 8, T>>, T>, _>(SquaredError::Mean),
    ]
}

#[test]
fn pytorch_in_f32() {
    check::<f32>(GOLDENS, goldens(), 1e-5);
}

#[test]
fn pytorch_in_f64() {
    check::<f64>(GOLDENS, goldens(), 1e-10);
}
