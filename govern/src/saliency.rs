//! Saliency: the gradient of a class's logit by the input.

use typednet_layers::{AsNetwork, Layer, LayerInfo, Network, PassContext, pass};
use typednet_tensor::{Buffer, Class, Differentiable, Flat, Key, Model, Scalar, flat, flat_mut};

use crate::{Classifies, GovernError};

/// The gradient `∂z_c/∂x` of the logit of class c by the input, whose absolute value is the input's saliency (Simonyan,
/// Vedaldi, Zisserman: *Deep inside convolutional networks*, 2014).
///
/// It comes from the backward pass. The logit is taken, not the probability: where the network is sure, the gradient of
/// the probability is 0 everywhere.
///
/// The weights of an input that is always 0 in training, such as a pixel at the border, stay what they were at first: the
/// gradient there is as random as they are.
///
/// It allocates its memory, that of the result, and that of a gradient of all weights.
///
/// ```
/// use typednet_govern::input_gradient;
/// use typednet_layers::{Dense, Network, Softmax};
/// use typednet_tensor::Class;
///
/// let model = Dense::<3, 2, Softmax>::seeded(0);
/// let gradient = input_gradient(&model, &[0.1, 0.2, 0.3], Class::new(1)?)?;
/// assert_eq!(*gradient, model.weight.map(|of_input| of_input[1]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the network computes something else in training than in use, since the backward pass is that of training: copy the
/// weights into a network without dropout, which has no parameters. If the input or a score is not finite.
pub fn input_gradient<M, const N: usize>(
    model: &impl AsNetwork<Network = M>,
    x: &M::In,
    class: Class<N>,
) -> Result<Model<M::In>, GovernError>
where
    M: Layer<Head: Classifies<M::Out, N>, In: Differentiable<Elem = M::Elem>>,
{
    let (model, x) = (model.as_network(), std::slice::from_ref(x));
    if let Some(column) = flat(x).iter().position(|x| !x.to_f64_exact().is_finite()) {
        return Err(GovernError::NotFinite { what: "feature", row: 0, column });
    }
    let run = PassContext::new(Key::new(0)).stop_at_logits(true);
    let (mut memory, mut in_use) = (Buffer::<M::Elem>::new(), Buffer::<M::Elem>::new());
    let used = pass::infer(model, x, in_use.grow(pass::inference_need::<M>().of(1)), run);
    let mut dx = Model::<M::In>::zeroed();
    let (checked, _) = pass::vjp(
        model,
        x,
        |y, dy| {
            of_class(flat_mut(dy), class);
            computes_the_same(flat(y), flat(used), const { &M::TREE })
        },
        &mut M::zeroed(),
        Some(std::slice::from_mut(&mut *dx)),
        memory.grow(pass::training_need::<M>().of(1)),
        run,
    );
    checked?;
    if let Some(column) = dx.as_flat().iter().position(|dx| !dx.to_f64_exact().is_finite()) {
        return Err(GovernError::NotFinite { what: "the gradient of feature", row: 0, column });
    }
    Ok(dx)
}

/// Training and use compute the same logits.
fn computes_the_same<T: Scalar>(y: &[T], used: &[T], tree: &LayerInfo) -> Result<(), GovernError> {
    let pairs = || y.iter().zip(used).map(|(y, used)| (y.to_f64_exact(), used.to_f64_exact()));
    if let Some(column) = pairs().position(|(y, used)| !(y.is_finite() && used.is_finite())) {
        return Err(GovernError::NotFinite { what: "logit", row: 0, column });
    }
    // Two kernels may round differently.
    let largest = pairs().fold(0.0_f64, |largest, (y, used)| largest.max(y.abs()).max(used.abs()));
    let epsilon = if size_of::<T>() == 4 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    let tolerance = 1e3 * epsilon * largest;
    if pairs().any(|(y, used)| (y - used).abs() > tolerance) {
        return Err(GovernError::DiffersInTraining { network: tree.to_string() });
    }
    Ok(())
}

/// `∂z_c/∂z` is 1 at the class and 0 elsewhere; of the two classes of a sigmoid, z stands for the second.
fn of_class<T: Scalar, const N: usize>(dz: &mut [T], class: Class<N>) {
    let one = T::of(1.0);
    match (dz, class.index()) {
        ([dz], 0) if N == 2 => *dz = -one,
        ([dz], _) => *dz = one,
        (dz, class) => {
            dz.fill(T::of(0.0));
            dz[class] = one;
        }
    }
}
