//! The stub in the place of a network with a mistake.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};

use crate::ast::{Network, Scalar};
use crate::context::Context;
use crate::generics::Generics;
use crate::parse::conditions;

/// The mistakes, and a stub that keeps the rest of the user's file quiet.
///
/// A type whose size has a mistake in it is known to rustc to be wrong: whatever the file does with it, from
/// `Mnist::PARAMS` to `model.hidden.weight`, gives no second error. So the network's name becomes an alias of such a
/// type, whose size is made of the mistakes; and the type is one of the user's file, where traits are implemented for it.
pub(crate) fn network(network: Option<&Network>, context: Context) -> TokenStream {
    let errors = context.into_errors();
    let Some(network) = network else { return quote!(#(#errors)*) };
    let parameter = if let Scalar::Parameter(parameter) = &network.scalar { Some(parameter) } else { None };
    let library = network.library.module();
    let Some(item) = &network.item else {
        return quote!(<(#parameter) as #library::Checked<{ #(#errors)* }>>::Network);
    };
    let (alias, generics) = (network.library.item(), Generics::new(network, item));
    let (list, used, sizes) = (generics.list(), parameter.iter(), network.sizes());
    let (conditions, visibility, name) = (conditions(&item.attrs), &item.visibility, &item.name);
    let stub = format_ident!("__{name}WithAMistake", span = Span::mixed_site());
    let (declared, given) = (used.clone(), used.clone());
    quote! {
        #(#conditions)*
        #alias

        #(#conditions)*
        #[doc(hidden)]
        #[allow(missing_docs, dead_code, reason = "the mistake is the only error")]
        #visibility struct #stub<#(#declared,)* #(const #sizes: #library::usize,)* const __MISTAKE: #library::usize> {
            __numbers: ::core::marker::PhantomData<(#(#used,)*)>,
        }

        #(#conditions)*
        #[allow(missing_docs, dead_code, type_alias_bounds, unused_imports, reason = "the mistake is the only error")]
        #visibility type #name #list = #stub<#(#given,)* #(#sizes,)* { #(#errors)* }>;
    }
}
