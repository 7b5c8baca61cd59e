//! The question whether one layer can follow another.

use crate::Layer;

/// An input that can take the output `Given`: it is the same type.
#[diagnostic::on_unimplemented(
    message = "this layer reads `{Self}`, but the layer before it gives `{Given}`",
    label = "reads `{Self}`"
)]
pub trait Gets<Given> {}

impl<S> Gets<S> for S {}

/// Compiles where `B` can follow `A`. `network!` asks it about every pair of layers whose shapes it cannot see.
pub const fn join<A: Layer, B: Layer>()
where
    B::In: Gets<A::Out>,
{
}

/// Compiles where a network of input `X` can begin with `A`.
pub const fn starts<X, A: Layer>()
where
    A::In: Gets<X>,
{
}

/// An output that is the declared one.
#[diagnostic::on_unimplemented(
    message = "this network is declared to give `{Declared}`, but its last layer gives `{Self}`",
    label = "gives `{Self}`"
)]
pub trait Ends<Declared> {}

impl<S> Ends<S> for S {}

/// Compiles where a network that ends with `A` gives `Y`.
pub const fn ends<A: Layer, Y>()
where
    A::Out: Ends<Y>,
{
}
