//! The questions whether layers fit, where only rustc knows their shapes; `network!` asks them.
//!
//! A question is `<Fit as Follows<Given, Reads, L>>::YES`. It is answered for any `Self`, and by a bound on the type that is
//! in question: so rustc says the message of that bound, puts the caret on the layer, and shows no function of
//! the library, which would take five lines more.

/// Who is asked.
pub struct Fit;

macro_rules! questions {
    ($($(#[$doc:meta])* $question:ident<$($type:ident),*> where $of:ident: $bound:ident<$($of_type:ident),*>;)*) => {$(
        $(#[$doc])*
        pub trait $question<$($type),*> {
            /// 0, where there is an answer.
            const YES: usize = 0;
        }

        impl<Any, $($type),*> $question<$($type),*> for Any where $of: $bound<$($of_type),*> {}
    )*};
}

questions! {
    /// A layer that reads `Reads` can stand behind one that gives `Given`.
    Follows<Given, Reads, L> where Reads: Gets<Given, L>;

    /// A layer that reads one row of numbers can stand behind one that gives `Given`.
    IsRead<Given, L> where Given: OneRow<L>;

    /// A layer that gives `Given` may be declared to give `Declared`.
    Ends<Given, Declared, L> where Given: Gives<Declared, L>;

    /// A residual can stand around a layer that reads `Read` and gives `Given`.
    GoesAround<Read, Given, L> where Given: Adds<Read, L>;

    /// A layer whose state is `State` can begin with `Found`.
    BeginsWith<Found, State, L> where Found: IsState<State, L>;

    /// A layer that reads `Read` and gives `Given` can be repeated.
    GoesOn<Read, Given, L> where Given: FeedsItself<Read, L>;

    /// A line that reads `Read` and gives `Given` can stand in a tied embedding.
    IsTied<Read, Given, L> where Given: MeetsTable<Read, L>;

    /// A branch that gives `Given` can be added to one that gives `FirstGives`.
    Sums<FirstGives, Given, First, L> where Given: Matches<FirstGives, First, L>;

    /// A branch that gives `Given` can stand in a concat.
    Joins<Given, L> where Given: Row<L>;
}

/// An input of layer `L` that can take the output `Given` of the layer before: it is the same type.
#[diagnostic::on_unimplemented(
    message = "`{L}` reads `{Self}`, but the layer before it gives `{Given}`",
    label = "reads `{Self}`"
)]
pub trait Gets<Given, L> {
    /// `X`, where it can: elsewhere rustc knows no such type, and says nothing of what is done with its values.
    type Then<X>;

    /// The same value.
    fn then<X>(x: X) -> Self::Then<X>;
}

impl<S, L> Gets<S, L> for S {
    type Then<X> = X;

    fn then<X>(x: X) -> X {
        x
    }
}

/// An output that layer `L`, which reads one row of numbers, can take.
#[diagnostic::on_unimplemented(
    message = "`{L}` reads one row of numbers, but the layer before it gives `{Self}`: write `Flatten =>` before it",
    label = "reads one row of numbers"
)]
pub trait OneRow<L> {}

#[diagnostic::do_not_recommend]
impl<T: typednet_tensor::Scalar, L, const N: usize> OneRow<L> for [T; N] {}

/// Any type: what is made of one that rustc does not know, such as [`Gets::Then`] where layers do not fit, it does not know
/// either.
pub trait Known {
    /// `X`.
    type Then<X>;

    /// The same value.
    fn then<X>(x: X) -> Self::Then<X>;
}

impl<S> Known for S {
    type Then<X> = X;

    fn then<X>(x: X) -> X {
        x
    }
}

/// An input of layer `L` that can take what is declared as the network's: it is the same type.
#[diagnostic::on_unimplemented(
    message = "`{L}` reads `{Self}`, but the network's input is `{Declared}`",
    label = "reads `{Self}`"
)]
pub trait Begins<Declared, L> {}

impl<S, L> Begins<S, L> for S {}

/// An output of layer `L` that is the declared one.
#[diagnostic::on_unimplemented(
    message = "`{L}` gives `{Self}`, but `->` behind it declares `{Declared}`",
    label = "gives `{Self}`"
)]
pub trait Gives<Declared, L> {}

impl<S, L> Gives<S, L> for S {}

/// An output of layer `L` that can be added to what it reads, `Read`: it is the same type.
#[diagnostic::on_unimplemented(
    message = "`{L}` gives `{Self}`, but a residual adds that to what it reads, `{Read}`",
    label = "gives `{Self}`, reads `{Read}`"
)]
pub trait Adds<Read, L> {}

impl<S, L> Adds<S, L> for S {}

/// The second half of what comes into layer `L` that can be its first state: it is the same type.
#[diagnostic::on_unimplemented(
    message = "`{L}` has the state `{State}`, but the second half of what comes in is `{Self}`",
    label = "has the state `{State}`"
)]
pub trait IsState<State, L> {}

impl<S, L> IsState<S, L> for S {}

/// An output of layer `L` that can be what it reads the next time: it is the same type.
#[diagnostic::on_unimplemented(
    message = "`{L}` gives `{Self}`, but a layer that is repeated reads what it gives, here `{Read}`",
    label = "gives `{Self}`, reads `{Read}`"
)]
pub trait FeedsItself<Read, L> {}

impl<S, L> FeedsItself<S, L> for S {}

/// An output of the line within a tied embedding `L` that can be multiplied with its table, as what the line reads, `Read`: it is the
/// same type.
#[diagnostic::on_unimplemented(
    message = "the line in `{L}` gives `{Self}`, but what is multiplied with the table is `{Read}`",
    label = "gives `{Self}`, reads `{Read}`"
)]
pub trait MeetsTable<Read, L> {}

impl<S, L> MeetsTable<S, L> for S {}

/// An output of branch `L` that can be added to what branch `First` gives, `Given`: it is the same type.
#[diagnostic::on_unimplemented(
    message = "branch `{L}` gives `{Self}`, but branch `{First}`, to which it is added, gives `{Given}`",
    label = "gives `{Self}` and `{Given}`"
)]
pub trait Matches<Given, First, L> {}

impl<S, First, L> Matches<S, First, L> for S {}

/// An output of branch `L` that is one row of numbers.
#[diagnostic::on_unimplemented(
    message = "branch `{L}` gives `{Self}`, but a concat joins rows of numbers",
    label = "gives `{Self}`"
)]
pub trait Row<L> {}

#[diagnostic::do_not_recommend]
impl<T: typednet_tensor::Scalar, L, const N: usize> Row<L> for [T; N] {}
