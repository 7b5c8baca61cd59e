//! Layers that read tokens: formula, cases and goldens. The tables' tests draw numbers, so numbers stand for tokens here.

use typednet_layers::loss::{CrossEntropy, SquaredError};
use typednet_layers::{
    Chain, Dense, Each, Embedding, Flatten, Frozen, Layer, LayerInfo, Linear, PassContext, Softmax, Tanh, Trace,
    WorkspaceSize,
};
use typednet_tensor::{Flat, Sample, Scalar, Token, flat, impl_flat};

use super::pytorch::check;
use super::reference::{NaiveLayer, take};
use super::subject::{Table, Target, subject};

/// More rows than any test draws.
const MOST: usize = 13_000;

/// The layer `L`, which reads `N` tokens of `V`, as a layer of numbers: x from −1 to 1 is the token ⌊(x + 1)/2·V⌋.
#[repr(C)]
struct Numbered<const N: usize, const V: usize, L> {
    inner: L,
}

impl_flat! { [const N: usize, const V: usize, L: Flat] Numbered<N, V, L>: L::Elem { inner: L, } }

/// The place of `x` among `vocabulary` tokens, which is no whole number.
pub(super) fn place(x: f64, vocabulary: usize) -> f64 {
    (f64::midpoint(x, 1.0) * vocabulary as f64).clamp(0.0, vocabulary as f64 - 0.5)
}

#[allow(clippy::cast_sign_loss, reason = "a place is not negative")]
fn tokens<const N: usize, const V: usize, T: Scalar>(x: &[T; N]) -> [Token<V>; N] {
    x.map(|x| Token::new(place(x.to_f64_exact(), V) as usize).expect("it is below V"))
}

/// The tokens of a batch where nothing allocates.
fn with_tokens<const N: usize, const V: usize, T: Scalar, R>(
    x: &[[T; N]],
    work: impl FnOnce(&[[Token<V>; N]]) -> R,
) -> R {
    let mut all = [[Token::default(); N]; MOST];
    for (row, x) in all.iter_mut().zip(x) {
        *row = tokens(x);
    }
    work(&all[..x.len()])
}

impl<const N: usize, const V: usize, L: Layer<In = [Token<V>; N]>> Layer for Numbered<N, V, L> {
    type In = [L::Elem; N];
    type Out = L::Out;
    type Head = L::Head;

    const TREE: LayerInfo = LayerInfo { input: Self::In::SHAPE, ..L::TREE };
    const SAVED: WorkspaceSize = L::SAVED;
    const SCRATCH: WorkspaceSize = L::SCRATCH;
    const INFER: WorkspaceSize = L::INFER;

    fn predict_into(&self, x: &Self::In, y: &mut L::Out) {
        self.inner.predict_into(&tokens(x), y);
    }

    fn infer(&self, x: &[Self::In], y: &mut [L::Out], scratch: &mut [L::Elem], run: PassContext<'_>) {
        with_tokens(x, |x| self.inner.infer(x, y, scratch, run));
    }

    fn forward(
        &self,
        x: &[Self::In],
        y: &mut [L::Out],
        saved: &mut [L::Elem],
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        with_tokens(x, |x| self.inner.forward(x, y, saved, scratch, run));
    }

    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [L::Out],
        dx: Option<&mut [Self::In]>,
        grad: &mut Self,
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        let Trace { x, y, saved } = trace;
        with_tokens(x, |x| {
            self.inner.backward(Trace { x, y, saved }, dy, None, &mut grad.inner, scratch, run);
        });
        if let Some(dx) = dx {
            dx.as_flattened_mut().fill(L::Elem::ZERO);
        }
    }
}

impl<const N: usize, const V: usize, L: NaiveLayer + Layer<In = [Token<V>; N]>> NaiveLayer for Numbered<N, V, L> {
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let places: Vec<_> = x.iter().map(|x| place(*x, V)).collect();
        for place in &places {
            *margin = margin.min((place - place.round()).abs());
        }
        let tokens: Vec<_> = places.into_iter().map(f64::floor).collect();
        L::naive(params, &tokens, margin)
    }
}

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
    table.push(subject::<Numbered<1, 6, Text<1, 6, 17, T>>, _>(SquaredError::Mean));
    table.push(subject::<Numbered<5, 2, Text<5, 2, 1, T>>, _>(SquaredError::Half));
    table.push(subject::<Numbered<3, 40, Text<3, 40, 8, T>>, _>(SquaredError::Mean));
    table.push(subject::<Numbered<4, 1, Text<4, 1, 5, T>>, _>(SquaredError::Mean));
    table.push(subject::<Numbered<4, 9, Letters<T>>, _>(SquaredError::Mean));
    table.push(subject::<Numbered<2, 7, Classified<T>>, _>(CrossEntropy));
    table.push(subject::<Numbered<2, 7, Chain<Frozen<Text<2, 7, 3, T>>, Each<2, Dense<3, 3, Tanh, T>>>>, _>(
        SquaredError::Mean,
    ));
}

type Classified<T> = Chain<Text<2, 7, 3, T>, Chain<Flatten<[[T; 3]; 2], 6>, Dense<6, 3, Softmax, T>>>;

static GOLDENS: &str = include_str!("../../../../goldens/embedding.json");

/// The networks of `goldens/embedding.json`.
fn goldens<T: Scalar + Target>() -> Table<T> {
    vec![
        subject::<Numbered<4, 5, Text<4, 5, 3, T>>, _>(SquaredError::Mean),
        subject::<Numbered<6, 2, Text<6, 2, 1, T>>, _>(SquaredError::Mean),
        subject::<Numbered<4, 9, Letters<T>>, _>(SquaredError::Mean),
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

/// The rows of the numbers that tests draw are whole tokens, each of which occurs.
#[test]
fn numbers_stand_for_all_tokens() {
    let x: [f64; 64] = std::array::from_fn(|n| n as f64 / 32.0 - 1.0);
    let found: [Token<8>; 64] = tokens(&x);
    assert!(Token::<8>::all().all(|token| found.iter().filter(|found| **found == token).count() == 8));
    assert_eq!(flat(&[tokens::<1, 5, f64>(&[1.0])])[0].index(), 4);
}
