//! The type form: chains within a chain.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::{Ident, Visibility};

use crate::ast::Item;
use crate::check::Checked;
use crate::generics::Generics;

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

/// What the struct has of its chain of layers, if it has not too many: streams, and forms of fewer bytes.
///
/// An impl for a public network may name no type that is less public, as the user's own may be: such a network has structs of its
/// own, which do not show what is in them.
pub(super) fn known(network: &Checked<'_>, item: &Item, generics: &Generics) -> Option<TokenStream> {
    if network.layers.len() > LONGEST {
        return None;
    }
    let is_generic = network.network.parameters().next().is_some();
    let is_private = matches!(item.visibility, Visibility::Inherited);
    let has_own = network.layers.iter().any(|part| part.yes.is_some() || part.is_own);
    match network.names_own {
        Some(_) if !is_private || is_generic && has_own => {
            // What reads a pair has no other form.
            network.network.second.is_none().then(|| opaque(network, item, generics))?
        }
        _ => {
            let (chain, name, list, used) = (nested(network), &item.name, generics.list(), &generics.used);
            Some(quote_spanned! {super::local()=>
                #[automatically_derived]
                impl #list __net::AsChain for #name #used {
                    type Chain = #chain;
                }
            })
        }
    }
}

/// Without the chain's type where others see it.
fn opaque(network: &Checked<'_>, item: &Item, generics: &Generics) -> Option<TokenStream> {
    let (chain, scalar) = (nested(network), network.network.scalar());
    let Item { name, visibility, .. } = item;
    let forms = Generics::with_f32(network.network, item).map(|(left, arguments)| {
        let (network, chain) = (alias("__Network", &left), alias("__Layers", &left));
        let Generics { declared, used, .. } = left;
        quote_spanned! {super::local()=>
            #network = #name #arguments;
            #chain = __Chain #arguments;
            __net::opaque_forms! { __net, #visibility __Network, [#declared], [#used], __Layers }
        }
    });
    let streams = network.steps.as_ref().map(|[reads, gives]| {
        let Generics { declared, used, .. } = generics;
        quote_spanned! {super::local()=>
            __net::opaque_streams! { __net, #visibility #name, [#declared], [#used], #scalar, [#reads => #gives], __Chain }
        }
    });
    let alias = alias("__Chain", generics);
    (forms.is_some() || streams.is_some()).then(|| quote_spanned!(super::local()=> #alias = #chain; #forms #streams))
}

/// `type Name<T>`: an alias for what stands behind it.
fn alias(name: &str, generics: &Generics) -> TokenStream {
    let (name, list) = (Ident::new(name, super::local()), &generics.of_alias);
    quote_spanned!(super::local()=> type #name #list)
}

fn nested(network: &Checked<'_>) -> TokenStream {
    let library = network.network.library.path(super::local());
    let mut layers = network.layers.iter().rev().map(|part| part.checked.clone());
    let last = layers.next().expect("a network has a layer");
    layers.fold(last, |rest, first| quote!(#library::Chain<#first, #rest>))
}
