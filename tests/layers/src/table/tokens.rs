//! Layers that read tokens: formula, cases and goldens.

use typednet_layers::loss::{CrossEntropy, SquaredError};
use typednet_layers::{Chain, Dense, Each, Embedding, Flatten, Frozen, Linear, Softmax, Tanh};
use typednet_tensor::Scalar;

use super::numbered::Numbered;
use super::pytorch::check;
use super::reference::{NaiveLayer, take};
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

type Classified<T> = Chain<Text<2, 7, 3, T>, Chain<Flatten<[[T; 3]; 2], 6>, Dense<6, 3, Softmax, T>>>;

static GOLDENS: &str = include_str!("../../../../goldens/embedding.json");

/// The networks of `goldens/embedding.json`.
fn goldens<T: Scalar + Target>() -> Table<T> {
    vec![
        subject::<Numbered<Text<4, 5, 3, T>>, _>(SquaredError::Mean),
        subject::<Numbered<Text<6, 2, 1, T>>, _>(SquaredError::Mean),
        subject::<Numbered<Letters<T>>, _>(SquaredError::Mean),
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
