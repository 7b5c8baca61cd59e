//! A whole pass of training or use, in memory that the caller lends.

use typednet_tensor::{Flat, size};

use crate::loss::{CheckedLoss, Loss, LossFor};
use crate::{Gradient, Layer, PassContext, Trace, Workspace, WorkspaceSize};

/// The memory that [`gradient`] and [`vjp`] need.
pub const fn training_need<L: Layer>() -> WorkspaceSize {
    WorkspaceSize::rows(L::Out::LEN).and(WorkspaceSize::rows(L::Out::LEN)).and(L::SAVED).and(L::SCRATCH)
}

/// The bytes that a training step of `rows` rows works in: the model's block (weights, buffers and what is frozen), a gradient's
/// block of the same size, and [`training_need`], which is the outputs, their gradient, what the layers save and their working
/// memory, each rounded up to cache lines.
///
/// It does not count the optimiser's moments, each as large as the model, nor whatever else is kept beside the step (moving
/// averages, sums of gradients, backups of large steps), the batch's inputs and targets, the data, and stacks.
///
/// ```
/// use typednet_layers::{Chain, Dense, Relu, Softmax, pass};
///
/// type Mnist = Chain<Dense<784, 128, Relu>, Chain<Dense<128, 64, Relu>, Dense<64, 10, Softmax>>>;
///
/// // 109,386 weights twice; of each row the outputs between layers with their gradients, and those of the last.
/// const BYTES: usize = pass::training_bytes::<Mnist>(64);
/// let expected = 4 * (2 * 109_386 + 64 * 2 * (128 + 64 + 10));
/// assert!((expected..expected + 1024).contains(&BYTES));
/// ```
///
/// # Panics
/// If they are more than can be addressed; at compile time where it is used in a const.
pub const fn training_bytes<L: Layer>(rows: usize) -> usize {
    let blocks = size::product(&[2, L::LEN, size_of::<L::Elem>()]);
    let workspace = size::product(&[training_need::<L>().of(rows), size_of::<L::Elem>()]);
    match blocks.checked_add(workspace) {
        Some(bytes) => bytes,
        None => panic!("the memory of a training step is too large: its bytes are more than can be addressed"),
    }
}

/// Asks it here, since the passes are compiled for each network.
#[track_caller]
#[inline(never)]
fn one_target_each(rows: usize, targets: usize) {
    assert_eq!(rows, targets, "there must be one target for each row");
}

#[track_caller]
#[inline(never)]
fn one_gradient_each(inputs: usize, gradients: usize) {
    assert!(inputs == gradients, "there must be one gradient for each input");
}

/// One forward and one backward pass: the gradient of the mean loss over the batch's [terms](Loss::terms) into `grad`, and the loss and the
/// outputs (logits where the loss wants them) back.
///
/// # Panics
/// If there are not as many targets as rows, or `memory` has less than [`training_need`] elements.
pub fn gradient<'a, L: Layer, Loss: LossFor<L::Head, L::Out>>(
    model: &L,
    loss: &Loss,
    x: &[L::In],
    targets: &[Loss::Target],
    grad: &mut L,
    memory: &'a mut [L::Elem],
    run: PassContext<'_>,
) -> (f64, &'a [L::Out]) {
    one_target_each(x.len(), targets.len());
    let run = run.stop_at_logits(Loss::LOGITS);
    let (sum, y) = vjp(model, x, |y, dy| loss.gradient(y, targets, dy, run.parallel()), grad, None, memory, run);
    (sum / loss.terms(targets) as f64, y)
}

/// As [`gradient`], with a loss that has been found to fit.
///
/// # Panics
/// As [`gradient`].
pub fn gradient_fitted<'a, L: Layer, G: Loss<L::Out>>(
    model: &L,
    loss: &CheckedLoss<G, L::Out>,
    x: &[L::In],
    targets: &[G::Target],
    grad: &mut L,
    memory: &'a mut [L::Elem],
    run: PassContext<'_>,
) -> (f64, &'a [L::Out]) {
    one_target_each(x.len(), targets.len());
    let run = run.stop_at_logits(loss.logits());
    let (sum, y) = vjp(model, x, |y, dy| loss.gradient(y, targets, dy, run.parallel()), grad, None, memory, run);
    (sum / loss.loss().terms(targets) as f64, y)
}

/// One forward pass, and then the gradient of parameters and input for any gradient of the outputs: the vector-Jacobian
/// product.
///
/// `upstream` is shown the outputs and writes ∂L/∂y; what it gives back comes back beside the outputs. ∂L/∂θ goes into `grad`, and
/// ∂L/∂x into `dx` where that is given. So a gradient goes from one network into another, from a loss of one's own, or from a
/// single output; nothing is divided by the number of rows.
///
/// `run` says whether the outputs are logits ([`PassContext::stop_at_logits`]).
///
/// ```
/// use typednet_layers::{Dense, Network, PassContext, Tanh, loss::SquaredError, pass};
/// use typednet_tensor::Key;
///
/// // A generator learns by the gradient that a judge, which stays as it is, gives for what it makes.
/// type Generator = Dense<1, 2, Tanh, f64>;
/// type Judge = Dense<2, 1, Tanh, f64>;
/// let (generator, judge, run) = (Generator::seeded(0), Judge::seeded(1), PassContext::new(Key::new(0)));
/// let (z, real) = ([[0.3], [-0.8]], [[1.0]; 2]);
/// let mut by_generator = Generator::zeroed();
/// let mut memory = vec![0.0; pass::training_need::<Generator>().of(2)];
/// let mut within = vec![0.0; pass::training_need::<Judge>().of(2)];
/// let (loss, _) = pass::vjp(
///     &*generator,
///     &z,
///     |made, by_made| {
///         let mut by_judge = Judge::zeroed();
///         let judged = |y: &[[f64; 1]], dy: &mut [[f64; 1]]| {
///             for ((y, dy), real) in y.iter().zip(dy).zip(&real) {
///                 dy[0] = y[0] - real[0];
///             }
///             y.iter().zip(&real).map(|(y, real)| 0.5 * (y[0] - real[0]).powi(2)).sum::<f64>()
///         };
///         pass::vjp(&*judge, made, judged, &mut by_judge, Some(by_made), &mut within, run).0
///     },
///     &mut by_generator,
///     None,
///     &mut memory,
///     run,
/// );
/// assert!(loss > 0.0 && by_generator.weight != [[0.0; 2]]);
/// ```
///
/// # Panics
/// If `dx` has another number of rows than `x`, or `memory` has less than [`training_need`] elements.
pub fn vjp<'a, L: Layer, R>(
    model: &L,
    x: &[L::In],
    upstream: impl FnOnce(&[L::Out], &mut [L::Out]) -> R,
    grad: &mut L,
    dx: Option<&mut [Gradient<L::In>]>,
    memory: &'a mut [L::Elem],
    run: PassContext<'_>,
) -> (R, &'a [L::Out]) {
    if let Some(dx) = &dx {
        one_gradient_each(x.len(), dx.len());
    }
    let mut space = Workspace::new(memory, x.len());
    let (y, dy, saved) = (space.samples::<L::Out>(), space.samples::<L::Out>(), space.take(L::SAVED));
    let scratch = space.rest();
    model.forward(x, y, saved, scratch, run);
    let result = upstream(y, dy);
    model.backward(Trace { x, y, saved }, dy, dx, grad, scratch, run);
    (result, y)
}

/// The memory that [`infer`] and [`evaluate`] need.
pub const fn inference_need<L: Layer>() -> WorkspaceSize {
    WorkspaceSize::rows(L::Out::LEN).and(L::INFER)
}

/// The outputs for a batch, in use.
///
/// # Panics
/// If `memory` has less than [`inference_need`] elements.
pub fn infer<'a, L: Layer>(model: &L, x: &[L::In], memory: &'a mut [L::Elem], run: PassContext<'_>) -> &'a [L::Out] {
    let mut space = Workspace::new(memory, x.len());
    let y = space.samples::<L::Out>();
    model.infer(x, y, space.rest(), run);
    y
}

/// The sum of the loss over a batch in use, and the outputs (logits where the loss wants them).
///
/// # Panics
/// If there are not as many targets as rows, or `memory` has less than [`inference_need`] elements.
pub fn evaluate<'a, L: Layer, Loss: LossFor<L::Head, L::Out>>(
    model: &L,
    loss: &Loss,
    x: &[L::In],
    targets: &[Loss::Target],
    memory: &'a mut [L::Elem],
    run: PassContext<'_>,
) -> (f64, &'a [L::Out]) {
    one_target_each(x.len(), targets.len());
    let y = infer(model, x, memory, run.stop_at_logits(Loss::LOGITS));
    (loss.value(y, targets, run.parallel()), y)
}

/// As [`evaluate`], with a loss that has been found to fit.
///
/// # Panics
/// As [`evaluate`].
pub fn evaluate_fitted<'a, L: Layer, G: Loss<L::Out>>(
    model: &L,
    loss: &CheckedLoss<G, L::Out>,
    x: &[L::In],
    targets: &[G::Target],
    memory: &'a mut [L::Elem],
    run: PassContext<'_>,
) -> (f64, &'a [L::Out]) {
    one_target_each(x.len(), targets.len());
    let y = infer(model, x, memory, run.stop_at_logits(loss.logits()));
    (loss.value(y, targets, run.parallel()), y)
}

#[cfg(test)]
mod tests {
    use typednet_tensor::{Flat, Key};

    use super::*;
    use crate::loss::CrossEntropy;
    use crate::{Dense, Network, Softmax};

    /// A loss that has been found to fit gives what it gives itself, as the mean over the batch and as the sum in use.
    #[test]
    fn a_fitted_loss_is_the_loss() {
        type Net = Dense<2, 3, Softmax, f64>;
        let (net, run) = (Net::seeded(0), PassContext::new(Key::new(0)));
        let (x, targets) = (
            [[0.5, -1.0], [2.0, 0.25], [0.0, 1.0]],
            [0, 2, 1].map(|label| typednet_tensor::Class::new(label).expect("a class")),
        );
        let fitted = CheckedLoss::<CrossEntropy, [f64; 3]>::new::<Softmax>(CrossEntropy);
        let mut memory = vec![0.0; training_need::<Net>().of(3)];
        let (mut grad, mut fitted_grad) = (Net::zeroed(), Net::zeroed());
        let (mean, y) = gradient(&*net, &CrossEntropy, &x, &targets, &mut *grad, &mut memory, run);
        let y = y.to_vec();
        let (fitted_mean, fitted_y) =
            gradient_fitted(&*net, &fitted, &x, &targets, &mut *fitted_grad, &mut memory, run);
        assert_eq!((fitted_mean.to_bits(), fitted_y), (mean.to_bits(), &y[..]));
        assert_eq!(fitted_grad.as_flat(), grad.as_flat());
        let (sum, _) = evaluate(&*net, &CrossEntropy, &x, &targets, &mut memory, run);
        let (fitted_sum, _) = evaluate_fitted(&*net, &fitted, &x, &targets, &mut memory, run);
        assert_eq!(fitted_sum.to_bits(), sum.to_bits());
        assert!((sum / 3.0 - mean).abs() < 1e-15);
    }
}
