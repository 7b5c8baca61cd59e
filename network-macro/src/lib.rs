//! The `network!` macro of typednet.
//!
//! The way of a network through this crate: `parse` reads the tokens into the view of `ast`, `check` settles the
//! shapes with the table in `builtin` and collects every mistake in a `context`, `expand` writes the Rust code,
//! or `fallback` what stands in its place after a mistake.
#![forbid(unsafe_code)]

mod ast;
mod builtin;
mod check;
mod constants;
mod context;
mod expand;
mod fallback;
mod hints;
mod limits;
mod names;
mod parse;

/// Makes a network from one line; it is documented where users find it, as `typednet::network!`.
#[cfg(not(typednet_macro_library))]
#[proc_macro]
pub fn network(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand::network(input.into()).into()
}

/// What `network!` makes of tokens outside of the compiler: where this file is built as an ordinary library, to be fuzzed.
#[cfg(typednet_macro_library)]
pub fn expand(input: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    expand::network(input)
}
