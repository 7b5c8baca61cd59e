//! Attention that takes its steps one at a time.

use typednet_tensor::attention;
use typednet_tensor::matmul::{self, Epilogue, MatMut, MatRef};
use typednet_tensor::{Flat, Parallel, Scalar};

use super::rotary::Direction;
use super::{Attention, AttentionMode, Causal, Rotary};
use crate::Streaming;

/// A mode in which no step depends on a later one.
pub trait LooksBack: AttentionMode {}

impl LooksBack for Causal {}
impl LooksBack for Rotary<Causal> {}

/// It keeps the keys and values of the steps before. Of a whole sequence a step's sums are added up in another order, so both
/// agree to the last few places.
#[diagnostic::do_not_recommend]
impl<const N: usize, const D: usize, const HEADS: usize, const HEAD_WIDTH: usize, M: LooksBack, T: Scalar> Streaming
    for Attention<N, D, HEADS, HEAD_WIDTH, M, T>
{
    type StepIn = [T; D];
    type StepOut = [T; D];
    /// Key and value of each step.
    type State = [[[T; D]; 2]; N];

    const LONGEST: usize = N;

    fn step_into(&self, state: &mut Self::State, at: usize, x: &[T; D], y: &mut [T; D]) {
        let mut qkv = [[T::ZERO; D]; 3];
        let (weight, bias) = (MatRef::new(self.in_weight.as_flat(), D, 3 * D), self.in_bias.as_flat());
        let all = MatMut::new(qkv.as_flat_mut(), 1, 3 * D);
        matmul::affine(MatRef::new(x, 1, D), weight, bias, all, Epilogue::None, Parallel::SERIAL);
        if M::ROTARY {
            let mut angles = [T::ZERO; HEAD_WIDTH];
            Self::TURNED.fill_one(at, &mut angles);
            Self::TURNED.apply(&angles, qkv.as_flat_mut(), Direction::Forth, Parallel::SERIAL);
        }
        let [query, key, value] = qkv;
        state[at] = [key, value];
        let (mut scores, mut context) = ([T::ZERO; N], [T::ZERO; D]);
        attention::step(&Self::SIZES, &query, state[..=at].as_flattened().as_flattened(), &mut scores, &mut context);
        self.join(&context, y, Parallel::SERIAL);
    }
}
