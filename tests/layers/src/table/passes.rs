//! The passes of a network and its loss with their types erased: the thin part of a subject that is compiled for each of them.

use std::any::Any;
use std::fmt::Debug;

use typednet_layers::loss::LossFor;
use typednet_layers::{LayerInfo, PassContext, Trace, WorkspaceSize, pass};
use typednet_tensor::{Differentiable, Flat, Sample, Shape, flat, rows, rows_mut, value_mut};

use super::activations::NaiveActivation;
use super::losses::Naive;
use super::reference::NaiveLayer;
use super::target::Target;

/// A loss, whatever it is one of.
pub(super) trait AnyLoss: Naive + Debug + Any {}

impl<L: Naive + Debug + Any> AnyLoss for L {}

/// What is known of a network with its loss before there is a batch.
pub(super) struct Passes<T: 'static> {
    pub(super) tree: &'static LayerInfo,
    pub(super) params: usize,
    pub(super) input: Shape,
    pub(super) input_len: usize,
    pub(super) output_len: usize,
    pub(super) saved: WorkspaceSize,
    pub(super) training_need: WorkspaceSize,
    pub(super) inference_need: WorkspaceSize,
    /// See [`LossFor::LOGITS`].
    pub(super) logits: bool,
    pub(super) gives_logarithms: bool,
    /// See [`Target::CLASSES`].
    pub(super) classes: Option<u64>,
    /// See [`Target::NUMBERS`].
    pub(super) numbers: usize,
    pub(super) targets: fn(&[f64]) -> Box<dyn Any>,
    /// [`NaiveLayer::naive`]
    pub(super) naive: fn(&mut &[f64], &[f64], &mut f64) -> Vec<f64>,
    /// One pass; a loss, where it gives one.
    pub(super) run: fn(Pass, &dyn AnyLoss, Batch<'_, T>, PassContext<'_>) -> f64,
}

/// What can be done with a network and its loss.
#[derive(Clone, Copy)]
pub(super) enum Pass {
    /// [`Layer::forward`](typednet_layers::Layer::forward), with `memory` for scratch.
    Forward,
    /// [`Layer::backward`](typednet_layers::Layer::backward), with `memory` for scratch.
    Backward,
    /// [`Layer::predict_into`](typednet_layers::Layer::predict_into) of the only row.
    Predict,
    /// [`Layer::commit`](typednet_layers::Layer::commit)
    Commit,
    /// [`pass::gradient`]
    Gradient,
    /// [`pass::infer`]
    Infer,
    /// [`pass::evaluate`]
    Evaluate,
    /// [`LossFor::value`]
    Loss,
    /// [`LossFor::gradient`]
    LossGradient,
}

/// All that passes read and write, flat. A pass leaves alone what it has no use for.
pub(super) struct Batch<'a, T> {
    pub(super) params: &'a mut [T],
    pub(super) grad: &'a mut [T],
    pub(super) x: &'a [T],
    pub(super) dx: &'a mut [T],
    pub(super) y: &'a mut [T],
    pub(super) dy: &'a mut [T],
    pub(super) saved: &'a mut [T],
    pub(super) memory: &'a mut [T],
    pub(super) targets: &'a dyn Any,
}

/// The passes of the network `N` with the loss `L`.
pub(super) const fn passes<N, L>() -> &'static Passes<N::Elem>
where
    N: NaiveLayer<In: Differentiable<Elem = N::Elem>, Head: NaiveActivation>,
    L: LossFor<N::Head, N::Out, Target: Target> + AnyLoss,
{
    const {
        &Passes {
            tree: &N::TREE,
            params: N::LEN,
            input: N::In::SHAPE,
            input_len: N::In::LEN,
            output_len: N::Out::LEN,
            saved: N::SAVED,
            training_need: pass::training_need::<N>(),
            inference_need: pass::inference_need::<N>(),
            logits: L::LOGITS,
            gives_logarithms: N::Head::GIVES_LOGARITHMS,
            classes: L::Target::CLASSES,
            numbers: L::Target::NUMBERS,
            targets: L::Target::from_numbers,
            naive: N::naive,
            run: run::<N, L>,
        }
    }
}

fn run<N, L>(what: Pass, loss: &dyn AnyLoss, batch: Batch<'_, N::Elem>, run: PassContext<'_>) -> f64
where
    N: NaiveLayer<In: Differentiable<Elem = N::Elem>, Head: NaiveActivation>,
    L: LossFor<N::Head, N::Out, Target: Target> + AnyLoss,
{
    let Batch { params, grad, x, dx, y, dy, saved, memory, targets } = batch;
    let (model, x, loss) = (value_mut::<N>(params), rows::<N::In>(x), (loss as &dyn Any).downcast_ref::<L>());
    let (loss, targets) = (loss.expect("the subject's loss"), L::Target::all(targets));
    match what {
        Pass::Forward => model.forward(x, rows_mut(y), saved, memory, run),
        Pass::Backward => {
            let trace = Trace { x, y: rows(y), saved };
            model.backward(trace, rows_mut(dy), Some(rows_mut(dx)), value_mut(grad), memory, run);
        }
        Pass::Predict => model.predict_into(&x[0], value_mut(y)),
        Pass::Commit => model.commit(value_mut(grad)),
        Pass::Gradient => {
            let (value, out) = pass::gradient(model, loss, x, targets, value_mut(grad), memory, run);
            y.copy_from_slice(flat(out));
            return value;
        }
        Pass::Infer => y.copy_from_slice(flat(pass::infer(model, x, memory, run))),
        Pass::Evaluate => {
            let (sum, out) = pass::evaluate(model, loss, x, targets, memory, run);
            y.copy_from_slice(flat(out));
            return sum;
        }
        Pass::Loss => return loss.value(rows(y), targets, run.parallel()),
        Pass::LossGradient => return loss.gradient(rows(y), targets, rows_mut(dy), run.parallel()),
    }
    0.0
}
