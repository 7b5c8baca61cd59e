//! The questions that only rustc can answer, each with the user's layer as the place to blame.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{Generics, local};
use crate::ast::Shape;
use crate::check::{Check, mentions};

/// Items that compile where the shapes fit.
pub(super) fn items(checks: &[Check], generics: &Generics, sizes: &[syn::Ident]) -> TokenStream {
    let constants = checks.iter().filter(|check| !depends(check, sizes));
    let constants = constants.filter(|check| generics.is_empty() || check.is_about_values()).map(|check| {
        let call = check.call();
        quote_spanned!(local()=> const _: () = { #call; };)
    });
    let types: Vec<_> = if generics.is_empty() {
        Vec::new()
    } else {
        checks.iter().filter(|check| !check.is_about_values()).map(Check::call).collect()
    };
    let generic = if types.is_empty() {
        None
    } else {
        let list = generics.list();
        Some(quote! {
            const _: () = {
                #[allow(dead_code)]
                const fn shapes_fit #list() {
                    #(#types;)*
                }
            };
        })
    };
    quote!(#(#constants)* #generic)
}

/// Statements that fail where a size that is one of the struct's own parameters is 0; only the types that are really
/// made can tell.
pub(super) fn of_parameters(checks: &[Check], sizes: &[syn::Ident]) -> Vec<TokenStream> {
    checks.iter().filter(|check| depends(check, sizes)).map(Check::call).collect()
}

fn depends(check: &Check, sizes: &[syn::Ident]) -> bool {
    matches!(check, Check::NotZero { size, .. } if sizes.iter().any(|parameter| mentions(size, parameter)))
}

impl Check {
    /// Whether this is about the values of `const` items, or else about types.
    pub(crate) fn is_about_values(&self) -> bool {
        matches!(self, Self::NotZero { .. } | Self::Sizes { .. })
    }

    /// The call that does not compile where the answer is no.
    pub(crate) fn call(&self) -> TokenStream {
        match self {
            Self::NotZero { what, size, span } => {
                quote_spanned!(*span=> ::typednet::__private::check::not_zero(#what, #size))
            }
            Self::Sizes { what, given, whose, declared, span } => {
                let (given, declared) = (expressions(given), expressions(declared));
                quote_spanned!(*span=> ::typednet::__private::check::gives(#what, &#given, #whose, &#declared))
            }
            Self::Reads { given, is_input: true, reads, ty, span } => {
                quote_spanned!(*span=> ::typednet::__private::join::starts::<#given, #reads, #ty>())
            }
            Self::Reads { given, is_input: false, reads, ty, span } => {
                quote_spanned!(*span=> ::typednet::__private::join::follows::<#given, #reads, #ty>())
            }
            Self::Gives { declared, gives, ty, span } => {
                quote_spanned!(*span=> ::typednet::__private::join::gives::<#gives, #declared, #ty>())
            }
            Self::Adds { reads, gives, ty, span } => {
                quote_spanned!(*span=> ::typednet::__private::join::adds::<#reads, #gives, #ty>())
            }
            Self::Matches { first, first_ty, gives, ty, span } => {
                quote_spanned!(*span=> ::typednet::__private::join::matches::<#first, #gives, #first_ty, #ty>())
            }
            Self::Row { gives, ty, span } => {
                quote_spanned!(*span=> ::typednet::__private::join::row::<#gives, #ty>())
            }
            Self::Is { yes } => quote_spanned!(local()=> let _ = #yes),
        }
    }
}

fn expressions(shape: &Shape) -> TokenStream {
    let sizes = shape.sizes.iter().map(crate::ast::Size::expression);
    quote!([#(#sizes),*])
}
