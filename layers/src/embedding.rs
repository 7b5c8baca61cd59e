//! A vector for each entry of a vocabulary.

use typednet_tensor::{NoGradient, Parallel, Sample, Scalar, Token, flat_mut, impl_flat, ops};

use crate::threads::{by_rows_of, by_samples};
use crate::{Behaviour, Init, Layer, LayerInfo, Linear, Operation, Param, ParamKind, PassContext, Trace};

/// The embedding y = E\[x\]: the row of a table of vectors that belongs to the token x (Bengio and others 2003; PyTorch's
/// `nn.Embedding`).
///
/// It is the product of the table with a vector that is 1 at the token and 0 elsewhere, without the product. So ∂L/∂E is the sum
/// of ∂L/∂y over all places where a token stands, and 0 in the rows of tokens that do not occur in the batch. By a token nothing
/// has a gradient.
///
/// # Shapes
/// x is `Token<V>`, y is `[T; D]`. A text is an array of tokens: `Each<64, Embedding<65, 32>>` makes `[[T; 32]; 64]` of
/// `[Token<65>; 64]`, which is what `network!` makes of `[Token<65>; 64] => Embedding<32>`.
///
/// Parameters: V·D, which are from N(0, 1) at first, as in `PyTorch`. Where the vectors go into a normalisation, their size is of
/// no account; where they are added to others or multiplied with themselves, a smaller one may be better
/// ([`Init::Normal`], such as 0.02 in GPT-2).
///
/// ```
/// use typednet_layers::{Embedding, Network};
/// use typednet_tensor::Token;
///
/// let colours = Embedding::<3, 2>::new([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]);
/// assert_eq!(colours.predict(&Token::new(2)?), [0.5, 0.5]);
/// # Ok::<(), typednet_tensor::TokenError>(())
/// ```
#[repr(C)]
pub struct Embedding<const V: usize, const D: usize, T = f32> {
    /// One row for each token.
    pub weight: [[T; D]; V],
}

impl<const V: usize, const D: usize, T> Embedding<V, D, T> {
    /// The layer with this table.
    pub const fn new(weight: [[T; D]; V]) -> Self {
        Self { weight }
    }
}

impl_flat! {
    [const V: usize, const D: usize, T: Scalar] Embedding<V, D, T>: T {
        weight: [[T; D]; V],
    }
}

impl<const V: usize, const D: usize, T: Scalar> Embedding<V, D, T> {
    /// y ← E[x] for each token.
    fn look_up(&self, x: &[Token<V>], y: &mut [[T; D]], run: PassContext<'_>) {
        by_samples(run.parallel(), y, D, |first, y| {
            for (token, y) in x[first..].iter().zip(y) {
                *y = self.weight[token.index()];
            }
        });
    }
}

impl<const V: usize, const D: usize, T: Scalar> Layer for Embedding<V, D, T> {
    type In = Token<V>;
    type Out = [T; D];
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        name: "Embedding",
        args: &[crate::Arg::Size(D)],
        input: Token::<V>::SHAPE,
        output: <[T; D]>::SHAPE,
        params: &[Param {
            name: "weight",
            shape: <[[T; D]; V]>::SHAPE,
            kind: ParamKind::Weight,
            init: Init::Normal(1.0),
            fan_in: 1,
            fan_out: D,
        }],
        children: &[],
        flops: 0,
        behaviour: Behaviour::PLAIN.computing(Operation::OfEmbedding),
    };

    #[inline]
    fn predict_into(&self, x: &Token<V>, y: &mut [T; D]) {
        *y = self.weight[x.index()];
    }

    fn infer(&self, x: &[Token<V>], y: &mut [[T; D]], _: &mut [T], run: PassContext<'_>) {
        self.look_up(x, y, run);
    }

    fn forward(&self, x: &[Token<V>], y: &mut [[T; D]], _: &mut [T], _: &mut [T], run: PassContext<'_>) {
        self.look_up(x, y, run);
    }

    /// ∂L/∂E\[v\] = Σ ∂L/∂y over the places where v stands, in their order: each thread takes a part of the vocabulary, so that the
    /// order is the same for any number of them.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [[T; D]],
        _: Option<&mut [NoGradient]>,
        grad: &mut Self,
        _: &mut [T],
        run: PassContext<'_>,
    ) {
        if run.is_frozen() || D == 0 {
            return;
        }
        let (x, dy) = (trace.x, &*dy);
        sum_by_token(|| x.iter().zip(dy), x.len(), flat_mut(&mut grad.weight), run.parallel());
    }
}

/// For each entry of the vocabulary, the sum of the rows that stand beside it, of which there are `count` at most.
pub(crate) fn sum_by_token<'a, const V: usize, const D: usize, T: Scalar, I>(
    places: impl Fn() -> I + Sync,
    count: usize,
    sums: &mut [T],
    parallel: Parallel<'_>,
) where
    I: Iterator<Item = (&'a Token<V>, &'a [T; D])>,
{
    by_token(places, count, sums, true, parallel);
}

/// As [`sum_by_token`], added to what is in `sums`.
pub(crate) fn add_by_token<'a, const V: usize, const D: usize, T: Scalar, I>(
    places: impl Fn() -> I + Sync,
    count: usize,
    sums: &mut [T],
    parallel: Parallel<'_>,
) where
    I: Iterator<Item = (&'a Token<V>, &'a [T; D])>,
{
    by_token(places, count, sums, false, parallel);
}

/// Each thread takes a part of the vocabulary, and goes through all places in their order.
fn by_token<'a, const V: usize, const D: usize, T: Scalar, I>(
    places: impl Fn() -> I + Sync,
    count: usize,
    sums: &mut [T],
    is_cleared: bool,
    parallel: Parallel<'_>,
) where
    I: Iterator<Item = (&'a Token<V>, &'a [T; D])>,
{
    by_rows_of(parallel, sums, D, V.max(count) * D, |first, rows| {
        if is_cleared {
            rows.fill(T::ZERO);
        }
        let (rows, _) = rows.as_chunks_mut::<D>();
        for (token, dy) in places() {
            // What is below the first one is far above the last one.
            if let Some(row) = rows.get_mut(token.index().wrapping_sub(first / D)) {
                ops::add(dy, row);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Network, pass};
    use typednet_tensor::{Flat, Key};

    const RUN: PassContext<'static> = PassContext::new(Key::new(0));

    /// The gradient for these tokens, of which place n has ∂L/∂y = (2ⁿ, −2ⁿ).
    fn gradient<const V: usize>(tokens: &[usize], run: PassContext<'_>) -> [[f32; 2]; V] {
        type Table<const V: usize> = Embedding<V, 2>;
        let x: Vec<_> = tokens.iter().map(|token| Token::<V>::new(*token).unwrap()).collect();
        let (model, mut grad) = (Table::<V>::seeded(0), Table::<V>::zeroed());
        grad.as_flat_mut().fill(f32::NAN);
        let mut memory = vec![f32::NAN; pass::training_need::<Table<V>>().of(x.len())];
        let upstream = |_: &[[f32; 2]], dy: &mut [[f32; 2]]| {
            for (n, dy) in dy.iter_mut().enumerate() {
                let power = f32::exp2(n as f32);
                *dy = [power, -power];
            }
        };
        pass::vjp(&*model, &x, upstream, &mut *grad, None, &mut memory, run);
        grad.weight
    }

    #[test]
    fn repeated_tokens_add_up_and_others_have_no_gradient() {
        assert_eq!(gradient::<4>(&[2, 0, 2, 2], RUN), [[2.0, -2.0], [0.0; 2], [13.0, -13.0], [0.0; 2]]);
        assert_eq!(gradient::<1>(&[0; 5], RUN), [[31.0, -31.0]]);
    }

    #[test]
    fn what_is_frozen_has_no_gradient() {
        assert!(gradient::<3>(&[0, 1], RUN.frozen()).as_flat().iter().all(|gradient| gradient.is_nan()));
    }

    #[test]
    fn vectors_are_from_a_standard_normal_distribution_at_first() {
        let model = Embedding::<400, 100, f64>::seeded(3);
        let values = model.as_flat();
        let variance = values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64;
        // Six deviations of the estimate, √(2/n).
        assert!((variance - 1.0).abs() < 6.0 * (2.0 / values.len() as f64).sqrt(), "{variance}");
    }
}
