//! The type form: chains within a chain.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::check::Checked;

/// The longest network whose chain is written beside its struct: rustc's time for nested types grows with their depth.
const LONGEST: usize = 32;

/// The type, which holds its checks where it has any.
pub(super) fn expand(network: &Checked<'_>) -> TokenStream {
    let chain = nested(network);
    if network.checks.is_empty() {
        return chain;
    }
    let library = &network.network.library;
    let calls = network.checks.iter().map(|check| check.call(library));
    let checks = library.block(&quote_spanned!(super::local()=> #(#calls;)* 0));
    let library = library.path(super::local());
    quote_spanned!(super::local()=> <#chain as #library::Checked<#checks>>::Network)
}

/// The same layers as a struct's, if it has not too many, and none of the user's beside those within other layers.
pub(super) fn known(network: &Checked<'_>) -> Option<TokenStream> {
    let all = network.layers.len() <= LONGEST && network.layers.iter().all(|part| part.yes.is_none() && !part.is_own);
    all.then(|| nested(network))
}

fn nested(network: &Checked<'_>) -> TokenStream {
    let library = network.network.library.path(super::local());
    let mut layers = network.layers.iter().rev().map(|part| part.checked.clone());
    let last = layers.next().expect("a network has a layer");
    layers.fold(last, |rest, first| quote!(#library::Chain<#first, #rest>))
}
