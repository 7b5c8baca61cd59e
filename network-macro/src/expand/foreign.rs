//! Items that give names to the layers that only rustc knows.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::local;
use crate::ast::Item;
use crate::check::{Check, Checked};
use crate::generics::Generics;

/// What is asked of choices of the parameters, and the names of the places.
pub(super) fn items(network: &Checked<'_>, item: &Item, generics: &Generics) -> TokenStream {
    let (list, used) = (generics.list(), &generics.used);
    let foreign = network.foreign.iter().map(|foreign| {
        let (constants, named) = (foreign.constants(), foreign.named(&list, item, used));
        quote!(#constants #named)
    });
    let complaints = complaints(network);
    quote!(#(#foreign)* #complaints)
}

/// All complaints of sizes in one place, where the first is the last: what follows from it is not said.
fn complaints(network: &Checked<'_>) -> Option<TokenStream> {
    let (library, sizes) = (&network.network.library, network.network.sizes());
    let complaints = network.checks.iter().filter(|check| matches!(check, Check::Complaint { .. }));
    let calls = complaints.filter(|check| !super::checks::depends(check, sizes)).map(|check| check.call(library));
    let calls: Vec<_> = calls.collect();
    (!calls.is_empty()).then(|| quote_spanned!(local()=> const _: () = { #(#calls;)* };))
}
