//! The questions that only rustc can answer, each with the user's layer as the place to blame.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::local;
use crate::ast::{Shape, mentions};
use crate::check::{Check, Checked};
use crate::generics::Generics;
use crate::names::Library;

/// Items that compile where the shapes fit.
pub(super) fn items(network: &Checked<'_>, generics: &Generics) -> TokenStream {
    let (checks, library, sizes) = (&network.checks, &network.network.library, network.network.sizes());
    let constants = checks.iter().filter(|check| !depends(check, sizes));
    let constants = constants.filter(|check| !matches!(check, Check::Complaint { .. }));
    let constants = constants.filter(|check| generics.is_empty() || check.is_about_values()).map(|check| {
        let call = check.call(library);
        quote_spanned!(local()=> const _: () = { #call; };)
    });
    let types: Vec<_> = if generics.is_empty() {
        Vec::new()
    } else {
        checks.iter().filter(|check| !check.is_about_values()).map(|check| check.call(library)).collect()
    };
    let generic = if types.is_empty() {
        None
    } else {
        let list = generics.list();
        Some(quote! {
            const _: () = {
                #[allow(dead_code, reason = "it is there to be compiled")]
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
pub(super) fn of_parameters(network: &Checked<'_>) -> Vec<TokenStream> {
    let (library, sizes) = (&network.network.library, network.network.sizes());
    network.checks.iter().filter(|check| depends(check, sizes)).map(|check| check.call(library)).collect()
}

/// Whether the check is of a value that depends on one of the struct's own parameters.
pub(super) fn depends(check: &Check, sizes: &[syn::Ident]) -> bool {
    let (Check::NotZero { size: value, .. }
    | Check::Complaint { complaint: value, .. }
    | Check::Follows { rule: value, .. }) = check
    else {
        return false;
    };
    sizes.iter().any(|parameter| mentions(value, parameter))
}

impl Check {
    /// Whether this is about the values of `const` items, or else about types.
    pub(crate) fn is_about_values(&self) -> bool {
        matches!(
            self,
            Self::NotZero { .. }
                | Self::Fits { .. }
                | Self::Number { .. }
                | Self::Sizes { .. }
                | Self::State { .. }
                | Self::Follows { .. }
                | Self::Rank { .. }
                | Self::Complaint { .. }
                | Self::AnyNumber { .. }
        )
    }

    /// The place to blame.
    fn span(&self) -> Span {
        match self {
            Self::NotZero { span, .. }
            | Self::Fits { span, .. }
            | Self::Number { span, .. }
            | Self::Sizes { span, .. }
            | Self::State { span, .. }
            | Self::IsState { span, .. }
            | Self::Follows { span, .. }
            | Self::Rank { span, .. }
            | Self::Reads { span, .. }
            | Self::ReadsRow { span, .. }
            | Self::Gives { span, .. }
            | Self::Adds { span, .. }
            | Self::Repeats { span, .. }
            | Self::IsTied { span, .. }
            | Self::Matches { span, .. }
            | Self::Row { span, .. }
            | Self::Complaint { span, .. }
            | Self::AnyNumber { span, .. } => *span,
            Self::Is { .. } => local(),
        }
    }

    /// The code that does not compile where the answer is no; it stands in a [`block`](Library::block).
    pub(crate) fn call(&self, library: &Library) -> TokenStream {
        let library = library.path_in_block(self.span());
        match self {
            Self::NotZero { what, size, span } => {
                quote_spanned!(*span=> #library::check::not_zero(#what, #size))
            }
            Self::Fits { what, sizes, span } => {
                let sizes = sizes.iter().map(crate::ast::Size::expression);
                quote_spanned!(*span=> #library::check::fits(#what, &[#(#sizes),*]))
            }
            Self::Number { what, rule, value, span } => {
                let rule = Ident::new(rule.name(), *span);
                quote_spanned!(*span=> #library::check::#rule(#what, #value))
            }
            Self::Sizes { what, given, whose, declared, span } => {
                let (given, declared) = (expressions(given), expressions(declared));
                quote_spanned!(*span=> #library::check::gives(#what, &#given, #whose, &#declared))
            }
            Self::State { what, state, found, span } => {
                let (state, found) = (expressions(state), expressions(found));
                quote_spanned!(*span=> #library::check::state(#what, &#state, &#found))
            }
            Self::IsState { state, found, ty, span } => {
                quote_spanned!(*span=> let _ = <#library::join::Fit as #library::join::BeginsWith<#found, #state, #ty>>::YES)
            }
            Self::Follows { what, rule, declared: None, span } => {
                quote_spanned!(*span=> #library::check::follows(#what, &#library::shape_rules::#rule))
            }
            Self::Follows { what, rule, declared: Some((axis, declared)), span } => {
                quote_spanned!(*span=> #library::check::follows_as(#what, #axis, &#library::shape_rules::#rule, #declared))
            }
            Self::Rank { what, reads, given, span } => {
                let reads = Ident::new(&format!("{reads:?}"), *span);
                quote_spanned!(*span=> #library::check::rank::<#given>(#what, #library::shape_rules::Reads::#reads))
            }
            Self::Reads { given, reads, ty, span } => {
                quote_spanned!(*span=> let _ = <#library::join::Fit as #library::join::Follows<#given, #reads, #ty>>::YES)
            }
            Self::ReadsRow { given, ty, span } => {
                quote_spanned!(*span=> let _ = <#library::join::Fit as #library::join::IsRead<#given, #ty>>::YES)
            }
            Self::Gives { declared, gives, ty, span } => {
                quote_spanned!(*span=> let _ = <#library::join::Fit as #library::join::Ends<#gives, #declared, #ty>>::YES)
            }
            Self::Adds { reads, gives, ty, span } => {
                quote_spanned!(*span=> let _ = <#library::join::Fit as #library::join::GoesAround<#reads, #gives, #ty>>::YES)
            }
            Self::Repeats { reads, gives, ty, span } => {
                quote_spanned!(*span=> let _ = <#library::join::Fit as #library::join::GoesOn<#reads, #gives, #ty>>::YES)
            }
            Self::IsTied { reads, gives, ty, span } => {
                quote_spanned!(*span=> let _ = <#library::join::Fit as #library::join::IsTied<#reads, #gives, #ty>>::YES)
            }
            Self::Matches { first, first_ty, gives, ty, span } => {
                quote_spanned!(*span=> let _ = <#library::join::Fit as #library::join::Sums<#first, #gives, #first_ty, #ty>>::YES)
            }
            Self::Row { gives, ty, span } => {
                quote_spanned!(*span=> let _ = <#library::join::Fit as #library::join::Joins<#gives, #ty>>::YES)
            }
            Self::Complaint { complaint, span } => {
                quote_spanned!(*span=> #library::check::no_complaint(&#complaint))
            }
            Self::AnyNumber { message, kind, span } => {
                quote_spanned!(*span=> #library::check::any_number(#message, #kind))
            }
            Self::Is { yes } => quote_spanned!(local()=> let _ = #yes),
        }
    }
}

fn expressions(shape: &Shape) -> TokenStream {
    let sizes = shape.sizes.iter().map(crate::ast::Size::expression);
    quote!([#(#sizes),*])
}
