//! A whole pass of training or use, in memory that the caller lends.

use typednet_tensor::Flat;

use crate::loss::{CheckedLoss, Loss, LossFor};
use crate::{Layer, PassContext, Trace, Workspace, WorkspaceSize};

/// The memory that [`gradient`] and [`evaluate`] need.
pub const fn training_need<L: Layer>() -> WorkspaceSize {
    WorkspaceSize::rows(L::Out::LEN).and(WorkspaceSize::rows(L::Out::LEN)).and(L::SAVED).and(L::SCRATCH)
}

/// One forward and one backward pass: the gradient of the mean loss over the batch into `grad`, and the loss and the
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
    assert_eq!(x.len(), targets.len(), "there must be one target for each row");
    forth_and_back(model, |y, dy| loss.gradient(y, targets, dy), x, grad, memory, run.stop_at_logits(Loss::LOGITS))
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
    assert_eq!(x.len(), targets.len(), "there must be one target for each row");
    forth_and_back(model, |y, dy| loss.gradient(y, targets, dy), x, grad, memory, run.stop_at_logits(loss.logits()))
}

fn forth_and_back<'a, L: Layer>(
    model: &L,
    loss: impl FnOnce(&[L::Out], &mut [L::Out]) -> f64,
    x: &[L::In],
    grad: &mut L,
    memory: &'a mut [L::Elem],
    run: PassContext<'_>,
) -> (f64, &'a [L::Out]) {
    let mut space = Workspace::new(memory, x.len());
    let (y, dy, saved) = (space.samples::<L::Out>(), space.samples::<L::Out>(), space.take(L::SAVED));
    let scratch = space.rest();
    model.forward(x, y, saved, scratch, run);
    let sum = loss(y, dy);
    model.backward(Trace { x, y, saved }, dy, None, grad, scratch, run);
    (sum / x.len() as f64, y)
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
    assert_eq!(x.len(), targets.len(), "there must be one target for each row");
    let y = infer(model, x, memory, run.stop_at_logits(Loss::LOGITS));
    (loss.value(y, targets), y)
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
    assert_eq!(x.len(), targets.len(), "there must be one target for each row");
    let y = infer(model, x, memory, run.stop_at_logits(loss.logits()));
    (loss.value(y, targets), y)
}
