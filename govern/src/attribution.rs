//! Attributions: how much each number of an input counts for a decision, so that all together are the decision.

use typednet_layers::{AsNetwork, Layer};
use typednet_tensor::{Class, Differentiable, Flat, Model, Scalar, flat};

use crate::{Classifies, GovernError, input_gradient};

/// Integrated gradients, `(xᵢ − bᵢ) · ∫₀¹ ∂z_c/∂xᵢ(b + α(x − b)) dα` (Sundararajan, Taly, Yan: *Axiomatic attribution for
/// deep networks*, 2017): what each number of the input adds to the logit of class c on the way from the baseline b,
/// by the midpoints of `steps` equal pieces of the way. Its sum is `z_c(x) − z_c(b)`, the closer the more steps there are.
///
/// The plain [gradient](input_gradient) says what a small change would do, also to what is not there: where a network is
/// sure, it is all but noise. This says what the input that is there has done. The baseline is an input that says nothing,
/// such as an empty image; a number that equals it counts 0.
///
/// ```
/// use typednet_govern::integrated_gradients;
/// use typednet_layers::{Dense, Network, Softmax};
/// use typednet_tensor::Class;
///
/// let model = Dense::<3, 2, Softmax>::seeded(0);
/// let counts = integrated_gradients(&model, &[0.1, 0.2, 0.3], &[0.0; 3], Class::new(1)?, 8)?;
/// assert!((counts[2] - 0.3 * model.weight[2][1]).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`input_gradient`], at any place of the way; if the baseline is not finite, or `steps` is 0.
pub fn integrated_gradients<M, const N: usize>(
    model: &impl AsNetwork<Network = M>,
    x: &M::In,
    baseline: &M::In,
    class: Class<N>,
    steps: u32,
) -> Result<Model<M::In>, GovernError>
where
    M: Layer<Head: Classifies<M::Out, N>, In: Differentiable<Elem = M::Elem>>,
{
    if steps == 0 {
        return Err(GovernError::OutOfRange { name: "the number of steps", found: 0.0, expected: "1 or more" });
    }
    let ends = |place: usize| {
        let [x, b] = [x, baseline].map(|sample| flat(std::slice::from_ref(sample))[place].to_f64_exact());
        (b, x - b)
    };
    let mut sums = vec![0.0; M::In::LEN];
    let mut at = Model::<M::In>::zeroed();
    for step in 0..steps {
        let share = (f64::from(step) + 0.5) / f64::from(steps);
        for (place, value) in at.as_flat_mut().iter_mut().enumerate() {
            let (b, difference) = ends(place);
            *value = M::Elem::of(b + share * difference);
        }
        let gradient = input_gradient(model, &at, class)?;
        for (sum, slope) in sums.iter_mut().zip(gradient.as_flat()) {
            *sum += slope.to_f64_exact() / f64::from(steps);
        }
    }
    for (place, value) in at.as_flat_mut().iter_mut().enumerate() {
        *value = M::Elem::of(ends(place).1 * sums[place]);
    }
    Ok(at)
}
