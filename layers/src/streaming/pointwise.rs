//! Streams through layers that work on each step by itself.

use typednet_tensor::Differentiable;

use super::Streaming;
use crate::{Activation, ActivationLayer, Dropout, Layer, Noise};

/// A step has an axis of its own: an activation may act on it as a whole.
#[diagnostic::do_not_recommend]
impl<S: Differentiable, const M: usize, const N: usize, A: Activation<S::Elem>> Streaming
    for ActivationLayer<[[S; M]; N], A>
{
    type StepIn = [S; M];
    type StepOut = [S; M];
    type State = [S::Elem; 0];

    fn step_into(&self, _: &mut Self::State, _: usize, x: &[S; M], y: &mut [S; M]) {
        ActivationLayer::<[S; M], A>::new().predict_into(x, y);
    }
}

#[diagnostic::do_not_recommend]
impl<S: Differentiable, const N: usize, const P: u64, const INVERTED: bool> Streaming for Dropout<[S; N], P, INVERTED> {
    type StepIn = S;
    type StepOut = S;
    type State = [S::Elem; 0];

    fn step_into(&self, _: &mut Self::State, _: usize, x: &S, y: &mut S) {
        Dropout::<S, P, INVERTED>::new().predict_into(x, y);
    }
}

#[diagnostic::do_not_recommend]
impl<S: Differentiable, const N: usize, const DEVIATION: u64> Streaming for Noise<[S; N], DEVIATION> {
    type StepIn = S;
    type StepOut = S;
    type State = [S::Elem; 0];

    fn step_into(&self, _: &mut Self::State, _: usize, x: &S, y: &mut S) {
        Noise::<S, DEVIATION>::new().predict_into(x, y);
    }
}
