//! The Rust code of a network.
//!
//! Everything is named by its path below the library's hidden module, and local names are the macro's own (see
//! [`names`](crate::names)), so nothing in the user's file can get in between.

mod chain;
mod checks;
mod foreign;
#[cfg(all(test, not(typednet_macro_library)))]
mod golden;
mod item;
mod layer;

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::ToTokens;

use crate::check::Checked;

/// The code of a network.
pub(crate) fn network(network: &Checked<'_>) -> TokenStream {
    if let Some(item) = &network.network.item {
        return item::expand(network, item);
    }
    // In parentheses, so that rustc names the place if an item is wanted there.
    let mut ty = Group::new(Delimiter::Parenthesis, chain::expand(network));
    // Of the macro, so that no lint calls them unnecessary.
    let shape = network.network.input.as_ref().and_then(|shape| shape.tokens.clone().into_iter().next());
    ty.set_span(shape.map_or_else(local, |token| local().located_at(token.span())));
    ty.into_token_stream()
}

/// The hygiene of local names.
fn local() -> Span {
    Span::mixed_site()
}
