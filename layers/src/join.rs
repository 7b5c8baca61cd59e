//! The questions whether layers fit, where only rustc knows their shapes; `network!` asks them.
//!
//! In each of them the type that is wrong is the `Self` of the bound, so that the caret is on its layer, and the message
//! names both shapes.

/// An input of layer `L` that can take the output `Given` of the layer before: it is the same type.
#[diagnostic::on_unimplemented(
    message = "`{L}` reads `{Self}`, but the layer before it gives `{Given}`",
    label = "reads `{Self}`"
)]
pub trait Gets<Given, L> {}

impl<S, L> Gets<S, L> for S {}

/// Compiles where a layer that reads `Reads` can stand behind one that gives `Given`.
pub const fn follows<Given, Reads, L>()
where
    Reads: Gets<Given, L>,
{
}

/// An input of layer `L` that can take what is declared as the network's: it is the same type.
#[diagnostic::on_unimplemented(
    message = "`{L}` reads `{Self}`, but the network's input is `{Declared}`",
    label = "reads `{Self}`"
)]
pub trait Begins<Declared, L> {}

impl<S, L> Begins<S, L> for S {}

/// Compiles where a network of input `Declared` can begin with a layer that reads `Reads`.
pub const fn starts<Declared, Reads, L>()
where
    Reads: Begins<Declared, L>,
{
}

/// An output of layer `L` that is the declared one.
#[diagnostic::on_unimplemented(
    message = "`{L}` gives `{Self}`, but `->` behind it declares `{Declared}`",
    label = "gives `{Self}`"
)]
pub trait Gives<Declared, L> {}

impl<S, L> Gives<S, L> for S {}

/// Compiles where a layer that gives `Given` may be declared to give `Declared`.
pub const fn gives<Given, Declared, L>()
where
    Given: Gives<Declared, L>,
{
}

/// An output of layer `L` that can be added to what it reads, `Read`: it is the same type.
#[diagnostic::on_unimplemented(
    message = "`{L}` gives `{Self}`, but a residual adds that to what it reads, `{Read}`",
    label = "gives `{Self}`, reads `{Read}`"
)]
pub trait Adds<Read, L> {}

impl<S, L> Adds<S, L> for S {}

/// Compiles where a residual can stand around a layer that reads `Read` and gives `Given`.
pub const fn adds<Read, Given, L>()
where
    Given: Adds<Read, L>,
{
}

/// An output of branch `L` that can be added to what branch `First` gives, `Given`: it is the same type.
#[diagnostic::on_unimplemented(
    message = "branch `{L}` gives `{Self}`, but branch `{First}`, to which it is added, gives `{Given}`",
    label = "gives `{Self}` and `{Given}`"
)]
pub trait Matches<Given, First, L> {}

impl<S, First, L> Matches<S, First, L> for S {}

/// Compiles where a branch that gives `Given` can be added to one that gives `FirstGives`.
pub const fn matches<FirstGives, Given, First, L>()
where
    Given: Matches<FirstGives, First, L>,
{
}

/// An output of branch `L` that is one row of numbers.
#[diagnostic::on_unimplemented(
    message = "branch `{L}` gives `{Self}`, but a concat joins rows of numbers",
    label = "gives `{Self}`"
)]
pub trait Row<L> {}

impl<T: typednet_tensor::Scalar, L, const N: usize> Row<L> for [T; N] {}

/// Compiles where a branch that gives `Given` can stand in a concat.
pub const fn row<Given, L>()
where
    Given: Row<L>,
{
}
