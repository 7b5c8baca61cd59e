//! The parameters of a network's struct.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use crate::ast::{Item, Network, Scalar};

/// The struct's parameters, as they are declared and as they are used.
pub(crate) struct Generics {
    /// `T: Scalar, const N: usize`
    pub(crate) declared: TokenStream,
    /// `<T, N>`, or nothing.
    pub(crate) used: TokenStream,
}

impl Generics {
    pub(crate) fn new(network: &Network, item: &Item) -> Self {
        let scalar = if let Scalar::Parameter(scalar) = &network.scalar { Some(scalar) } else { None };
        let sizes = &item.sizes;
        let library = network.library.path(Span::mixed_site());
        let bound = scalar.map(|scalar| quote!(#scalar: #library::Scalar)).into_iter();
        let sizes_declared = sizes.iter().map(|size| quote!(const #size: #library::usize));
        let declared = bound.chain(sizes_declared);
        let used: Vec<_> = scalar.into_iter().chain(sizes).map(ToTokens::to_token_stream).collect();
        Self {
            declared: quote!(#(#declared),*),
            used: if used.is_empty() { TokenStream::new() } else { quote!(<#(#used),*>) },
        }
    }

    /// The parameters that are left where the numbers are `f32`, and the arguments for all; nothing where they are others.
    pub(crate) fn with_f32(&self, network: &Network, item: &Item) -> Option<(Self, TokenStream)> {
        let library = network.library.path(Span::mixed_site());
        let sizes = &item.sizes;
        match &network.scalar {
            Scalar::Parameter(_) => {
                let declared = quote!(#(const #sizes: #library::usize),*);
                let used = if sizes.is_empty() { TokenStream::new() } else { quote!(<#(#sizes),*>) };
                Some((Self { declared, used }, quote!(<#library::f32 #(, #sizes)*>)))
            }
            Scalar::Concrete(name) => {
                let (declared, used) = (self.declared.clone(), self.used.clone());
                (name == "f32").then(|| (Self { declared, used }, self.used.clone()))
            }
        }
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
