//! The `network!` macro of typednet.
//!
//! The way of a network through this crate: `parse` reads the tokens into the view of `ast`, `check` settles the
//! shapes with the table in `builtin` and collects every mistake in a `context`, `expand` writes the Rust code,
//! or `fallback` what stands in its place after a mistake.
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

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
#[proc_macro]
pub fn network(input: TokenStream) -> TokenStream {
    expand::network(input.into()).into()
}
