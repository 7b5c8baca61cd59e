//! Attributes before the struct.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, Meta, Path, Token};

use crate::context::Context;

/// Notes those that a network cannot have.
pub(super) fn check(attrs: &[Attribute], name: &Ident, context: &Context) {
    for attr in attrs {
        if attr.path().is_ident("repr") {
            context.error(attr, "a network is `repr(C)` by itself, and its memory has to be that");
        }
        if !attr.path().is_ident("derive") {
            continue;
        }
        // What is no list of paths is for rustc to say.
        let Ok(derived) = attr.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated) else { continue };
        for path in &derived {
            let Some(derived) = path.segments.last().map(|segment| &segment.ident) else { continue };
            if let Some(instead) = instead_of(&derived.to_string(), name) {
                context.error(path, format!("a network cannot derive `{derived}`: {instead}"));
            }
        }
    }
}

/// What to do where a derived trait would pass the network over the stack, or ask its layers for what they are not.
fn instead_of(derived: &str, name: &Ident) -> Option<String> {
    Some(match derived {
        "Clone" | "Copy" => format!("it would pass over the stack: keep it in a `Model<{name}>`, which is `Clone`"),
        "Debug" => format!("`{name}::summary()` shows its layers, `as_flat()` of `Flat` its numbers"),
        "Default" => format!("`{name}::seeded(0)` makes one on the heap"),
        "PartialEq" | "Eq" | "PartialOrd" | "Ord" | "Hash" => {
            "its numbers are one slice, `as_flat()` of `Flat`, which can be compared".to_owned()
        }
        _ => return None,
    })
}

/// The conditions among the attributes, which hold for all that is generated: `#[cfg(…)]`, also in a `#[cfg_attr(…)]`.
pub(crate) fn conditions(attrs: &[Attribute]) -> Vec<TokenStream> {
    attrs.iter().filter_map(|attr| condition(&attr.meta)).map(|meta| quote!(#[#meta])).collect()
}

fn condition(meta: &Meta) -> Option<TokenStream> {
    if meta.path().is_ident("cfg") {
        return Some(meta.to_token_stream());
    }
    let Meta::List(list) = meta else { return None };
    if !list.path.is_ident("cfg_attr") {
        return None;
    }
    let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
    let mut inner = inner.iter();
    let (predicate, path) = (inner.next()?, &list.path);
    let conditions: Vec<_> = inner.filter_map(condition).collect();
    (!conditions.is_empty()).then(|| quote!(#path(#predicate, #(#conditions),*)))
}
