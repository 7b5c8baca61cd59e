//! The parameters of a network's struct.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Ident;

use crate::ast::{Item, Network, Scalar};

/// The struct's parameters, as they are declared and as they are used.
pub(crate) struct Generics {
    /// `T: Scalar, const N: usize`
    pub(crate) declared: TokenStream,
    /// `<T, const N: usize>`, or nothing: for an alias, whose bounds rustc would pass over.
    pub(crate) of_alias: TokenStream,
    /// `<T, N>`, or nothing.
    pub(crate) used: TokenStream,
}

impl Generics {
    pub(crate) fn new(network: &Network, item: &Item) -> Self {
        let scalar = if let Scalar::Parameter(scalar) = &network.scalar { Some(scalar) } else { None };
        Self::of(network, scalar, &item.sizes)
    }

    fn of(network: &Network, scalar: Option<&Ident>, sizes: &[Ident]) -> Self {
        let library = network.library.path(Span::mixed_site());
        let scalar = scalar.into_iter();
        let bound = scalar.clone().map(|scalar| quote!(#scalar: #library::Scalar));
        let sizes_declared: Vec<_> = sizes.iter().map(|size| quote!(const #size: #library::usize)).collect();
        let declared = bound.chain(sizes_declared.iter().cloned());
        let of_alias: Vec<_> =
            scalar.clone().map(ToTokens::to_token_stream).chain(sizes_declared.iter().cloned()).collect();
        let used: Vec<_> = scalar.chain(sizes).map(ToTokens::to_token_stream).collect();
        let listed = |list: &[TokenStream]| if list.is_empty() { TokenStream::new() } else { quote!(<#(#list),*>) };
        Self { declared: quote!(#(#declared),*), of_alias: listed(&of_alias), used: listed(&used) }
    }

    /// The parameters that are left where the numbers are `f32`, and the arguments for all; nothing where they are others.
    pub(crate) fn with_f32(network: &Network, item: &Item) -> Option<(Self, TokenStream)> {
        let (left, sizes) = (Self::of(network, None, &item.sizes), &item.sizes);
        let arguments = match &network.scalar {
            Scalar::Parameter(_) => {
                let library = network.library.path(Span::mixed_site());
                quote!(<#library::f32 #(, #sizes)*>)
            }
            Scalar::Concrete(name) if name == "f32" => left.used.clone(),
            Scalar::Concrete(_) => return None,
        };
        Some((left, arguments))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.used.is_empty()
    }

    /// `<T: Scalar, const N: usize>`, or `<>`: where brackets stand, and not the user's, rustc does not propose to add a
    /// parameter for every name it does not know, which would show each such error twice.
    pub(crate) fn list(&self) -> TokenStream {
        let declared = &self.declared;
        quote_spanned!(Span::mixed_site()=> <#declared>)
    }
}
