//! The item form: a struct with one field per layer.

use proc_macro2::{Literal, TokenStream};
use quote::quote_spanned;

use super::{chain, checks, foreign, layer, local};
use crate::ast::Item;
use crate::check::{Checked, CheckedLayer};
use crate::generics::Generics;
use crate::parse::conditions;

/// The struct and everything that belongs to it.
pub(super) fn expand(network: &Checked<'_>, item: &Item) -> TokenStream {
    let generics = Generics::new(network.network, item);
    let Item { attrs, visibility, name, .. } = item;
    let (declared, list, used) = (&generics.declared, generics.list(), &generics.used);
    let scalar = network.network.scalar();
    let fields = network.layers.iter().map(field);
    // In a constant before those of the layers, which would say the same in the library's words.
    let asserts = checks::of_parameters(network);
    let is_asked = !asserts.is_empty();
    let fits = is_asked.then(|| quote_spanned!(local()=> const __FITS: () = { #(#asserts;)* };));
    // With one place for all that goes wrong with it: rustc adds a note for every other.
    let asked = is_asked.then(|| quote_spanned!(name.span()=> let () = Self::__FITS;));
    let tree = quote_spanned!(name.span()=> <Self as __net::Layer>::TREE);
    let flat = network.layers.iter().map(|part| {
        let (field, ty) = (&part.field, &part.checked);
        quote_spanned!(local()=> #field: #ty)
    });
    let parts = network.layers.iter().map(|part| {
        let (name, ty) = (part.field.to_string(), &part.checked);
        quote_spanned!(local()=> __net::Part::of::<#ty>(#name))
    });
    let count = Literal::usize_unsuffixed(network.layers.len());
    let layer = layer::expand(network, item, &generics);
    let chain = chain::known(network, item, &generics);
    let checks = checks::items(network, &generics);
    let foreign = foreign::items(network, item, &generics);
    let library = &network.network.library;
    let (alias, module) = (library.item(), library.module());
    let conditions = conditions(attrs);
    let constants = network.constants.items();
    let constants = constants.iter().map(|constant| quote_spanned!(local()=> #(#conditions)* #constant));
    let labels = network.labels.structs(item);
    let labels = labels.iter().map(|labels| quote_spanned!(local()=> #(#conditions)* #labels));
    let impls = network.labels.impls();
    quote_spanned! {local()=>
        #(#conditions)*
        #alias

        #(#constants)*

        #(#labels)*

        #(#attrs)*
        #[repr(C)]
        #visibility struct #name #list {
            #(#fields,)*
        }

        #(#conditions)*
        #[allow(deprecated, reason = "of the struct it is said where it is used")]
        const _: () = {
            use #module as __net;

            #[automatically_derived]
            impl #list #name #used {
                /// The number of trained parameters.
                pub const PARAMS: __net::usize = __net::LayerInfo::params(&#tree);

                /// The bytes that a training step of `rows` rows works in: weights, gradient and working memory, without the
                /// optimiser's moments and the data.
                pub const fn training_bytes(__rows: __net::usize) -> __net::usize {
                    __net::training_bytes::<Self>(__rows)
                }

                #fits

                const __PARTS: [__net::Part; #count] = { #asked [#(#parts),*] };
            }

            __net::impl_flat! {
                [#declared] #name #used: #scalar { #(#flat,)* }
            }

            #layer

            #(#impls)*

            #chain

            #foreign

            #checks
        };
    }
}

fn field(part: &CheckedLayer) -> TokenStream {
    let CheckedLayer { docs, field, ty, text, .. } = part;
    let doc = format!(" `{text}`");
    // A paragraph of its own behind what the user says.
    let gap = (!docs.is_empty()).then(|| quote_spanned!(local()=> #[doc = ""]));
    quote_spanned! {local()=>
        #(#docs)*
        #gap
        #[doc = #doc]
        pub #field: #ty
    }
}
