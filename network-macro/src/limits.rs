//! Limits of the macro on depth and number.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Error, Result};

use crate::ast::Size;

/// The deepest nesting of angle brackets, parentheses and the like: each layer within a layer is one. rustc's time and
/// memory grow with the square of it, and the parser's stack with it.
const NESTING: usize = 32;

/// The most elements of a sample, and the most weights of a layer. rustc has no types of 2⁶¹ bytes or more.
const ELEMENTS: usize = 1 << 57;

/// The most layers in a row of the type form whose sizes only rustc knows: what is written doubles with each of them.
pub(crate) const SPELT_OUT: usize = 6;

/// Fails where brackets are nested too deeply.
pub(crate) fn nesting(tokens: &TokenStream) -> Result<()> {
    walk(tokens, 0, false)
}

/// In an expression `<` is no bracket.
fn walk(tokens: &TokenStream, outside: usize, is_expression: bool) -> Result<()> {
    let (mut angles, mut run, mut before) = (0_usize, 0, ' ');
    for token in tokens.clone() {
        let mut depth = outside;
        let mut letter = ' ';
        match &token {
            TokenTree::Group(group) => {
                depth += angles + usize::from(group.delimiter() != Delimiter::None);
                if depth <= NESTING {
                    walk(&group.stream(), depth, is_expression || group.delimiter() == Delimiter::Brace)?;
                }
            }
            TokenTree::Punct(punct) => {
                letter = punct.as_char();
                match letter {
                    '<' if !is_expression => angles += 1,
                    // The end of an arrow is none of a list.
                    '>' if before != '-' && before != '=' => angles = angles.saturating_sub(1),
                    _ => {}
                }
                // `&&&T` is a type within types too.
                run = if letter == before { run + 1 } else { 0 };
                depth += angles + run;
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        }
        if depth > NESTING {
            let message = format!(
                "layers and brackets are nested at most {NESTING} deep: make a network of its own of what is inside"
            );
            return Err(Error::new_spanned(token, message));
        }
        before = letter;
    }
    Ok(())
}

/// Whether a nested array of these sizes can be, as far as they are known.
pub(crate) fn fits<'a>(sizes: impl IntoIterator<Item = &'a Size>) -> bool {
    let known = sizes.into_iter().filter_map(|size| if let Size::Literal(size) = size { Some(*size) } else { None });
    let product = known.filter(|size| *size != 0).try_fold(1_usize, usize::checked_mul);
    product.is_some_and(|product| product <= ELEMENTS)
}
