//! Layers that read texts as layers of numbers: the tables' tests draw numbers, so numbers stand for tokens there.

use typednet_layers::{Layer, LayerInfo, PassContext, Trace, WorkspaceSize};
use typednet_tensor::{Differentiable, Flat, Padded, Sample, Scalar, Token, flat_mut, impl_flat};

use super::reference::NaiveLayer;

/// More rows than any test draws.
const MOST: usize = 13_000;

/// A sample of tokens.
pub(super) trait Text<T: Scalar>: Sample {
    /// The numbers that stand for it.
    type Numbers: Differentiable<Elem = T>;

    const VOCABULARY: usize;

    /// How many of the numbers stand for a token; of the others there may be one, which says how many steps are padding.
    const TOKENS: usize;

    fn of(numbers: &Self::Numbers) -> Self;
}

impl<T: Scalar, const N: usize, const V: usize> Text<T> for [Token<V>; N] {
    type Numbers = [T; N];

    const VOCABULARY: usize = V;
    const TOKENS: usize = N;

    #[allow(clippy::cast_sign_loss, reason = "a place is not negative")]
    fn of(numbers: &[T; N]) -> Self {
        numbers.map(|x| Token::new(place(x.to_f64_exact(), V) as usize).expect("it is below V"))
    }
}

impl<T: Scalar, const N: usize, const V: usize> Text<T> for Padded<[Token<V>; N]> {
    type Numbers = Padded<[T; N]>;

    const VOCABULARY: usize = V;
    const TOKENS: usize = N;

    fn of(numbers: &Padded<[T; N]>) -> Self {
        let mut text = Padded::full(Text::<T>::of(&numbers.steps));
        text.set_length(numbers.length());
        text
    }
}

/// The place of `x` among `vocabulary` tokens, which is no whole number.
fn place(x: f64, vocabulary: usize) -> f64 {
    (f64::midpoint(x, 1.0) * vocabulary as f64).clamp(0.0, vocabulary as f64 - 0.5)
}

/// The layer `L`, which reads a text of V tokens, as a layer of numbers: x from −1 to 1 is the token ⌊(x + 1)/2·V⌋.
#[repr(C)]
pub(super) struct Numbered<L> {
    inner: L,
}

impl_flat! { [L: Flat] Numbered<L>: L::Elem { inner: L, } }

/// The texts of a batch where nothing allocates.
fn with_texts<X: Text<T>, T: Scalar, R>(x: &[X::Numbers], work: impl FnOnce(&[X]) -> R) -> R {
    let mut all = [X::zeros(); MOST];
    for (text, x) in all.iter_mut().zip(x) {
        *text = X::of(x);
    }
    work(&all[..x.len()])
}

impl<L: Layer<In: Text<<L as Flat>::Elem>, Elem: Scalar>> Layer for Numbered<L> {
    type In = <L::In as Text<L::Elem>>::Numbers;
    type Out = L::Out;
    type Head = L::Head;

    const TREE: LayerInfo = LayerInfo { input: Self::In::SHAPE, ..L::TREE };
    const SAVED: WorkspaceSize = L::SAVED;
    const SCRATCH: WorkspaceSize = L::SCRATCH;
    const INFER: WorkspaceSize = L::INFER;

    fn predict_into(&self, x: &Self::In, y: &mut L::Out) {
        self.inner.predict_into(&L::In::of(x), y);
    }

    fn infer(&self, x: &[Self::In], y: &mut [L::Out], scratch: &mut [L::Elem], run: PassContext<'_>) {
        with_texts(x, |x| self.inner.infer(x, y, scratch, run));
    }

    fn forward(
        &self,
        x: &[Self::In],
        y: &mut [L::Out],
        saved: &mut [L::Elem],
        scratch: &mut [L::Elem],
        run: PassContext<'_>,
    ) {
        with_texts(x, |x| self.inner.forward(x, y, saved, scratch, run));
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
        with_texts(x, |x| {
            self.inner.backward(Trace { x, y, saved }, dy, None, &mut grad.inner, scratch, run);
        });
        if let Some(dx) = dx {
            flat_mut(dx).fill(L::Elem::ZERO);
        }
    }
}

impl<L: NaiveLayer + Layer<In: Text<<L as Flat>::Elem>, Elem: Scalar>> NaiveLayer for Numbered<L> {
    fn naive(params: &mut &[f64], x: &[f64], margin: &mut f64) -> Vec<f64> {
        let (places, mark) = x.split_at(<L::In as Text<L::Elem>>::TOKENS);
        let mut numbers = vec![];
        for x in places {
            let place = place(*x, <L::In as Text<L::Elem>>::VOCABULARY);
            *margin = margin.min((place - place.round()).abs());
            numbers.push(place.floor());
        }
        numbers.extend(mark);
        L::naive(params, &numbers, margin)
    }
}

/// The rows of the numbers that tests draw are whole tokens, each of which occurs.
#[test]
fn numbers_stand_for_all_tokens() {
    let x: [f64; 64] = std::array::from_fn(|n| n as f64 / 32.0 - 1.0);
    let found = <[Token<8>; 64]>::of(&x);
    assert!(Token::<8>::all().all(|token| found.iter().filter(|found| **found == token).count() == 8));
    assert_eq!(<[Token<5>; 1]>::of(&[1.0_f64])[0].index(), 4);
}
