//! The common form of all errors of the workspace.

/// Makes the `Debug` form of errors the sentence of their `Display` form.
///
/// `fn main() -> Result<(), Error>` prints the `Debug` form, and so does `unwrap`; whoever runs the program is to read what
/// is wrong and what to do. The parts of an error are for `match`.
#[doc(hidden)]
#[macro_export]
macro_rules! debug_as_display {
    ($($error:ty),+) => {$(
        impl ::core::fmt::Debug for $error {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(self, f)
            }
        }
    )+};
}
