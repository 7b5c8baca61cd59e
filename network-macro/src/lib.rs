//! The `network!` macro of typednet, and the small ones beside it: `weights!` and `#[derive(Flat)]`.
//!
//! The way of a network through this crate: `parse` reads the tokens into the view of `ast`, `check` settles the
//! shapes with the rows of `table` and collects every mistake in a `context`, `expand` writes the Rust code,
//! or `fallback` what stands in its place after a mistake. What all of them name is in `names`, `constants`,
//! `generics`, `labels` and, of types that only rustc knows, `foreign`; what the macro refuses by size in `limits`. A module uses those named before it, never the other way
//! round; `table` uses none.
#![forbid(unsafe_code)]

use context::Context;

mod ast;
mod check;
mod constants;
mod context;
#[cfg(not(typednet_macro_library))]
mod derive_flat;
mod expand;
mod fallback;
mod foreign;
mod generics;
mod labels;
mod limits;
mod names;
mod parse;
mod table;
#[cfg(not(typednet_macro_library))]
mod weights;

/// Makes a network from one line; it is documented where users find it, as `typednet::network!`.
#[cfg(not(typednet_macro_library))]
#[proc_macro]
pub fn network(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    code(input.into()).into()
}

/// Puts the weights of a file into the program; it is documented where users find it, as `typednet::weights!`.
#[cfg(not(typednet_macro_library))]
#[proc_macro]
pub fn weights(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    weights::expand(input.into()).into()
}

/// What `network!` makes of tokens outside of the compiler: where this file is built as an ordinary library, to be fuzzed.
#[cfg(typednet_macro_library)]
pub fn expand(input: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    code(input)
}

/// The whole way, from the tokens in `network!` to those in its place.
fn code(tokens: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    let context = Context::default();
    let network = parse::network(tokens, &context);
    let checked = network.as_ref().and_then(|network| check::network(network, &context));
    match checked {
        Some(checked) => expand::network(&checked),
        None => fallback::network(network.as_ref(), context),
    }
}

/// Makes a `#[repr(C)]` struct of numbers a block of parameters; it is documented where users find it, as
/// `typednet::Flat`.
#[cfg(not(typednet_macro_library))]
#[proc_macro_derive(Flat, attributes(flat))]
pub fn derive_flat(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    derive_flat::derive(&syn::parse_macro_input!(input as syn::DeriveInput)).into()
}
