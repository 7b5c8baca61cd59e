//! Compile-time questions to a loss, an optimiser and data, so that one mistake gives one short error.
//!
//! [`Trainer::new`] asks whether the loss [`Fits`] and, only where it does, whether what comes behind it is an optimiser.
//! That works because the second question is one of the loss's target, which is not known as long as the first has failed;
//! the same holds of the trainer's type, so that rustc says nothing of what is done with it. All questions are answered by
//! one impl for everything that `do_not_recommend` hides, which leaves rustc with the message here and without a list; and
//! data are taken as a [`dyn Data`](Data), since of a coercion that fails rustc says less than of a bound.

use typednet_data::Source;
use typednet_layers::Layer;
use typednet_layers::loss::{Loss, LossFor};
use typednet_optim::Optimizer;
use typednet_tensor::{Model, Sample};

use crate::Trainer;

/// A loss for networks whose last activation is `Head` and whose outputs are `Out`: every [`LossFor`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a loss for a network that ends with `{Head}` over `{Out}`",
    note = "`CrossEntropy`, for example, fits a row of `Softmax` or `LogSoftmax`, `BinaryCrossEntropy` a row of `Sigmoid`, \
            `Hinge` a row of `Linear`, `SquaredError` every network, \
            `PerStep(CrossEntropy)` an array of such rows; the optimiser comes behind the loss"
)]
pub trait Fits<Head, Out: Sample>: LossFor<Head, Out> {}

#[diagnostic::do_not_recommend]
impl<L: LossFor<Head, Out>, Head, Out: Sample> Fits<Head, Out> for L {}

/// The target of a loss beside which `O` can stand in a [`Trainer`]: any, where `O` is an [`Optimizer`].
#[diagnostic::on_unimplemented(
    message = "`{O}` is not an optimiser",
    label = "expected a model, a loss and an optimiser, such as `Adam::new(1e-3)`, in this order"
)]
pub trait Trains<O>: Sized {
    /// The [`Trainer`] of a model, a loss and an optimiser.
    type Trainer<M: Layer, L: Loss<M::Out>>;

    /// Makes it.
    #[doc(hidden)]
    fn trainer<M: Layer, L: LossFor<M::Head, M::Out>>(model: Model<M>, loss: L, optimizer: O) -> Self::Trainer<M, L>;
}

#[diagnostic::do_not_recommend]
impl<Y, O: Optimizer> Trains<O> for Y {
    type Trainer<M: Layer, L: Loss<M::Out>> = Trainer<M, L, O>;

    fn trainer<M: Layer, L: LossFor<M::Head, M::Out>>(model: Model<M>, loss: L, optimizer: O) -> Trainer<M, L, O> {
        Trainer::made(model, loss, optimizer)
    }
}

/// Data for a network that reads `In` and a loss that compares with `Target`: every [`Source`] of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit a network that reads `{In}` with a loss that compares with `{Target}`",
    label = "expected samples `{In}`, or bytes of that shape, and targets `{Target}`",
    note = "a sample is an array, which `row.try_into()` makes of a `Vec`; a label is a `Class::new(label)`, and a single \
            number is the row `[y]`; classes are compared by `CrossEntropy`, numbers by `SquaredError`"
)]
pub trait Data<In: Sample, Target>: Source<In, Target> {}

#[diagnostic::do_not_recommend]
impl<S: Source<In, Target>, In: Sample, Target> Data<In, Target> for S {}
