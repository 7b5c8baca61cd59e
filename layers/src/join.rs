//! The questions whether layers fit, where only rustc knows their shapes; `network!` asks them.
//!
//! In each of them the type that is wrong is the `Self` of the bound, so that the caret is on its layer, and the message
//! names both shapes.

/// An input that can take the output `Given` of the layer before: it is the same type.
#[diagnostic::on_unimplemented(
    message = "this layer reads `{Self}`, but the layer before it gives `{Given}`",
    label = "reads `{Self}`"
)]
pub trait Gets<Given> {}

impl<S> Gets<S> for S {}

/// Compiles where a layer that reads `Reads` can stand behind one that gives `Given`.
pub const fn follows<Given, Reads>()
where
    Reads: Gets<Given>,
{
}

/// An input that can take what is declared as the network's: it is the same type.
#[diagnostic::on_unimplemented(
    message = "this layer reads `{Self}`, but the network's input is `{Declared}`",
    label = "reads `{Self}`"
)]
pub trait Begins<Declared> {}

impl<S> Begins<S> for S {}

/// Compiles where a network of input `Declared` can begin with a layer that reads `Reads`.
pub const fn starts<Declared, Reads>()
where
    Reads: Begins<Declared>,
{
}

/// An output that is the declared one.
#[diagnostic::on_unimplemented(
    message = "this layer gives `{Self}`, but `->` behind it declares `{Declared}`",
    label = "gives `{Self}`"
)]
pub trait Gives<Declared> {}

impl<S> Gives<S> for S {}

/// Compiles where a layer that gives `Given` may be declared to give `Declared`.
pub const fn gives<Given, Declared>()
where
    Given: Gives<Declared>,
{
}
