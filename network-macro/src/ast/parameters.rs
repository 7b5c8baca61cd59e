//! Places of a struct's parameters in tokens.
//!
//! What stands behind `::` is a name within another, as in `sizes::WIDTH`, and no parameter.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Ident;

/// Whether the tokens contain the parameter `name`.
pub(crate) fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    let mut colons = 0;
    tokens.clone().into_iter().any(|token| {
        let is_inner = is_inner(&mut colons, &token);
        match token {
            TokenTree::Ident(ident) => !is_inner && ident == *name,
            TokenTree::Group(group) => mentions(&group.stream(), name),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        }
    })
}

/// The tokens with `by` for the parameter `name`.
pub(crate) fn replace(tokens: &TokenStream, name: &Ident, by: &TokenStream) -> TokenStream {
    let mut colons = 0;
    let replaced = tokens.clone().into_iter().map(|token| {
        let is_inner = is_inner(&mut colons, &token);
        match token {
            TokenTree::Ident(ident) if !is_inner && ident == *name => by.clone(),
            TokenTree::Group(group) => {
                let mut new = Group::new(group.delimiter(), replace(&group.stream(), name, by));
                new.set_span(group.span());
                new.into_token_stream()
            }
            token => token.into_token_stream(),
        }
    });
    replaced.collect()
}

/// Whether the token stands behind `::`; `colons` counts those before it.
fn is_inner(colons: &mut usize, token: &TokenTree) -> bool {
    let is_inner = *colons == 2;
    *colons = match token {
        TokenTree::Punct(punct) if punct.as_char() == ':' => *colons + 1,
        _ => 0,
    };
    is_inner
}

#[cfg(test)]
mod tests {
    use quote::{format_ident, quote};

    use super::*;

    #[test]
    fn a_name_within_another_is_no_parameter() {
        let width = format_ident!("WIDTH");
        for (tokens, is_mentioned) in [
            (quote!(WIDTH), true),
            (quote!({ 2 * (WIDTH) }), true),
            (quote!(Inner<WIDTH>), true),
            (quote!(WIDTH::MOST), true),
            (quote!(sizes::WIDTH), false),
            (quote!(<Net as At<1, Scale>>::WIDTH), false),
            (quote!(label: WIDTH), true),
        ] {
            assert_eq!(mentions(&tokens, &width), is_mentioned, "{tokens}");
            let replaced = replace(&tokens, &width, &quote!(7)).to_string();
            assert_eq!(replaced != tokens.to_string(), is_mentioned, "{replaced}");
        }
    }
}
