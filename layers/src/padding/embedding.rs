//! The vectors of texts of different lengths.

use typednet_tensor::{NoGradient, Padded, Sample, Scalar, Token, flat_mut, impl_flat};

use super::clear_padding;
use crate::embedding::sum_by_token;
use crate::threads::by_samples;
use crate::{Embedding, Layer, LayerInfo, Linear, PassContext, Trace};

/// An [`Embedding`] of the tokens that count of texts of different lengths: N tokens at most.
///
/// What stands for padding is 0, and no token that is padding has a part in the gradient.
///
/// # Shapes
/// x is `Padded<[Token<V>; N]>`, y is `Padded<[[T; D]; N]>`, with as many steps that count. In `network!` it is written
/// `Embedding<D>`.
///
/// Parameters: those of the embedding, under the same names.
///
/// ```
/// use typednet_layers::{Embedding, Network, PaddedEmbedding};
/// use typednet_tensor::{Padded, Token};
///
/// let table = PaddedEmbedding::<4, 2, 3>::new(Embedding::new([[1.0; 3], [2.0; 3]]));
/// let y = table.predict(&Padded::new(&[Token::new(1)?, Token::new(0)?])?);
/// assert_eq!(y.steps, [[2.0; 3], [1.0; 3], [0.0; 3], [0.0; 3]]);
/// assert_eq!(y.length(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[repr(C)]
pub struct PaddedEmbedding<const N: usize, const V: usize, const D: usize, T = f32> {
    /// The table.
    pub inner: Embedding<V, D, T>,
}

impl<const N: usize, const V: usize, const D: usize, T> PaddedEmbedding<N, V, D, T> {
    /// With this table.
    pub const fn new(inner: Embedding<V, D, T>) -> Self {
        Self { inner }
    }
}

impl_flat! {
    [const N: usize, const V: usize, const D: usize, T: Scalar] PaddedEmbedding<N, V, D, T>: T {
        inner: Embedding<V, D, T>,
    }
}

impl<const N: usize, const V: usize, const D: usize, T: Scalar> Layer for PaddedEmbedding<N, V, D, T> {
    type In = Padded<[Token<V>; N]>;
    type Out = Padded<[[T; D]; N]>;
    type Head = Linear;

    const TREE: LayerInfo = LayerInfo {
        input: Self::In::SHAPE,
        output: Self::Out::SHAPE,
        behaviour: Embedding::<V, D, T>::TREE.behaviour.on_each(N).on_padded(),
        ..Embedding::<V, D, T>::TREE
    };

    fn predict_into(&self, x: &Self::In, y: &mut Self::Out) {
        for (token, y) in x.counted().iter().zip(&mut y.steps) {
            *y = self.inner.weight[token.index()];
        }
        clear_padding(&mut y.steps, N, x.length());
        y.set_length(x.length());
    }

    fn infer(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], run: PassContext<'_>) {
        by_samples(run.parallel(), y, N * D, |first, y| {
            for (x, y) in x[first..].iter().zip(y) {
                self.predict_into(x, y);
            }
        });
    }

    fn forward(&self, x: &[Self::In], y: &mut [Self::Out], _: &mut [T], scratch: &mut [T], run: PassContext<'_>) {
        self.infer(x, y, scratch, run);
    }

    /// As that of [`Embedding`], over the places of tokens that count.
    fn backward(
        &self,
        trace: Trace<'_, Self>,
        dy: &mut [Self::Out],
        _: Option<&mut [Padded<[NoGradient; N]>]>,
        grad: &mut Self,
        _: &mut [T],
        run: PassContext<'_>,
    ) {
        if run.is_frozen() || D == 0 {
            return;
        }
        let (x, dy) = (trace.x, &*dy);
        let places = || x.iter().zip(dy).flat_map(|(x, dy)| x.counted().iter().zip(&dy.steps));
        sum_by_token(places, x.len() * N, flat_mut(&mut grad.inner.weight), run.parallel());
    }
}
