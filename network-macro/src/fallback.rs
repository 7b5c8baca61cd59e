//! What stands in the place of a network with a mistake.

use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::{Network, Scalar};
use crate::context::Context;
use crate::expand::Generics;
use crate::parse::conditions;

/// The mistakes, and a stub that keeps the rest of the user's file quiet.
///
/// A type whose size has a mistake in it is known to rustc to be wrong: whatever the file does with it, from
/// `Mnist::PARAMS` to `model.hidden.weight`, gives no second error. So the network's name becomes an alias of such a
/// type, whose size is made of the mistakes.
pub(crate) fn network(network: Option<&Network>, context: Context) -> TokenStream {
    let errors = context.into_errors();
    let Some(network) = network else { return quote!(#(#errors)*) };
    let parameter = if let Scalar::Parameter(parameter) = &network.scalar { Some(parameter) } else { None };
    let library = network.library.module();
    let wrong = quote!(<(#parameter) as #library::Checked<{ #(#errors)* }>>::Network);
    let Some(item) = &network.item else { return wrong };
    let (alias, list) = (network.library.item(), Generics::new(network, item).list());
    let (conditions, visibility, name) = (conditions(&item.attrs), &item.visibility, &item.name);
    quote! {
        #(#conditions)*
        #alias

        #(#conditions)*
        #[allow(missing_docs, type_alias_bounds, unused_imports)]
        #visibility type #name #list = #wrong;
    }
}
