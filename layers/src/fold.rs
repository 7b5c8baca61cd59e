//! Batch normalisation as part of the dense layer before it.

use core::any::TypeId;

use typednet_tensor::Scalar;

use crate::{Activation, BatchNorm, Dense, Linear};

impl<const N: usize, B: Activation<T>, T: Scalar> BatchNorm<N, B, T> {
    /// Writes to `to` the one layer that gives what `dense`, this layer in use and the activation `A` give one after the
    /// other: with g = γ/√(v + ε), W ← W·diag(g) and b ← (b − μ) ⊙ g + β. `A` is this layer's own activation, or, where it has
    /// none, that of the layer behind it.
    ///
    /// It is for a network that is trained: W·x·g is rounded in another order, so the results agree as closely as the type
    /// computes, and a step of training afterwards is not that of the two layers. A network without `BatchNorm` has forms
    /// of fewer bytes, see [`Compact`](crate::Compact).
    ///
    /// ```
    /// use typednet_layers::{ActivationLayer, BatchNorm, Chain, Compact, Dense, Network, Predictor, Relu};
    ///
    /// type Trained = Chain<Chain<Dense<8, 16>, BatchNorm<16>>, Chain<ActivationLayer<[f32; 16], Relu>, Dense<16, 3>>>;
    /// type Folded = Chain<Dense<8, 16, Relu>, Dense<16, 3>>;
    ///
    /// let trained = Trained::seeded(0);
    /// let mut folded = Folded::zeroed();
    /// trained.first.rest.fold(&trained.first.first, &mut folded.first);
    /// folded.rest.weight = trained.rest.rest.weight;
    /// folded.rest.bias = trained.rest.rest.bias;
    ///
    /// let x = [0.5; 8];
    /// for (a, b) in trained.predict(&x).iter().zip(folded.predict(&x)) {
    ///     assert!((a - b).abs() < 1e-5);
    /// }
    /// let half = folded.to_bf16();
    /// assert!((half.predict(&x)[0] - trained.predict(&x)[0]).abs() < 0.02);
    /// ```
    ///
    /// # Panics
    /// If this layer has an activation, and `A` is another one.
    pub fn fold<const I: usize, A: 'static>(&self, dense: &Dense<I, N, Linear, T>, to: &mut Dense<I, N, A, T>) {
        assert!(
            B::IS_IDENTITY || TypeId::of::<A>() == TypeId::of::<B>(),
            "a batch normalisation with an activation folds into a dense layer with that activation, not with another one"
        );
        for o in 0..N {
            let factor = self.scale[o] / (self.running_variance[o] + T::of(Self::EPSILON)).sqrt();
            to.bias[o] = (dense.bias[o] - self.running_mean[o]) * factor + self.bias[o];
            for (to, from) in to.weight.iter_mut().zip(&dense.weight) {
                to[o] = from[o] * factor;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActivationLayer, Chain, Network, Tanh};
    use typednet_tensor::Key;

    #[test]
    fn the_folded_layer_gives_what_the_three_give() {
        type Three = Chain<Dense<7, 5, Linear, f64>, Chain<BatchNorm<5, Linear, f64>, ActivationLayer<[f64; 5], Tanh>>>;
        let mut three = Three::seeded(4);
        let key = Key::new(9);
        for o in 0..5 {
            let draw = |place: u64| key.uniform::<f64>(place * 5 + o as u64);
            three.first.bias[o] = draw(0) - 0.5;
            three.rest.first.scale[o] = 4.0 * draw(1) - 2.0;
            three.rest.first.bias[o] = draw(2) - 0.5;
            three.rest.first.running_mean[o] = 6.0 * draw(3) - 3.0;
            three.rest.first.running_variance[o] = 3.0 * draw(4);
        }
        // A feature that never varied, and one that is switched off.
        three.rest.first.running_variance[1] = 0.0;
        three.rest.first.scale[2] = 0.0;
        let mut one = Dense::<7, 5, Tanh, f64>::zeroed();
        three.rest.first.fold(&three.first, &mut one);
        for row in 0..20 {
            let x = core::array::from_fn(|i| key.child(row).normal::<f64>(i as u64));
            for (a, b) in three.predict(&x).iter().zip(one.predict(&x)) {
                assert!((a - b).abs() < 1e-10, "{a} {b}");
            }
        }
    }

    #[test]
    fn an_activation_of_its_own_is_folded_with_it() {
        type Two = Chain<Dense<7, 5, Linear, f64>, BatchNorm<5, Tanh, f64>>;
        let mut two = Two::seeded(4);
        (two.rest.running_mean, two.rest.scale) = ([0.5; 5], [2.0; 5]);
        let mut one = Dense::<7, 5, Tanh, f64>::zeroed();
        two.rest.fold(&two.first, &mut one);
        let x = [0.3; 7];
        for (a, b) in two.predict(&x).iter().zip(one.predict(&x)) {
            assert!((a - b).abs() < 1e-10, "{a} {b}");
        }
    }

    #[test]
    #[should_panic(expected = "folds into a dense layer with that activation")]
    fn another_activation_is_refused() {
        let layer = BatchNorm::<2, Tanh>::seeded(0);
        layer.fold(&Dense::<1, 2>::zeroed(), &mut Dense::<1, 2, crate::Relu>::zeroed());
    }
}
