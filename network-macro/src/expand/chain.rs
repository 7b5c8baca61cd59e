//! The type form: chains within a chain.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Visibility;

use crate::ast::Item;
use crate::check::{Checked, CheckedLayer};

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

/// The same layers as a struct's, if it has not too many, and none of the user's: an impl may name no type that is
/// less public than the struct, and that is certain only where the struct is not public at all. Those within other layers are taken
/// to be as public.
pub(super) fn known(network: &Checked<'_>, item: &Item) -> Option<TokenStream> {
    let is_private = matches!(item.visibility, Visibility::Inherited) && network.network.parameters().next().is_none();
    let is_known = |part: &CheckedLayer| part.yes.is_none() && !part.is_own;
    let all = network.layers.len() <= LONGEST && (is_private || network.layers.iter().all(is_known));
    all.then(|| nested(network))
}

fn nested(network: &Checked<'_>) -> TokenStream {
    let library = network.network.library.path(super::local());
    let mut layers = network.layers.iter().rev().map(|part| part.checked.clone());
    let last = layers.next().expect("a network has a layer");
    layers.fold(last, |rest, first| quote!(#library::Chain<#first, #rest>))
}
