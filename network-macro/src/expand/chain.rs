//! The type form: chains within a chain.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::check::{Check, Checked, Part};

/// The type, which holds its checks where it has any.
pub(super) fn expand(network: &Checked<'_>) -> TokenStream {
    let mut layers = network.layers.iter().rev().map(Part::checked);
    let last = layers.next().expect("a network has a layer");
    let chain = layers.fold(last, |rest, first| quote!(::typednet::__private::Chain<#first, #rest>));
    if network.checks.is_empty() {
        return chain;
    }
    let calls = network.checks.iter().map(Check::call);
    quote_spanned! {super::local()=>
        <#chain as ::typednet::__private::Checked<{ #(#calls;)* 0 }>>::Network
    }
}
