//! Shapes and sizes.

use proc_macro2::{Delimiter, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Ident, Lit, Result, Token, braced, bracketed, parenthesized, token};

use super::between;
use crate::ast::{Expression, SecondHalf, Shape, Size};

/// What tokens are called.
const TOKEN: &str = "Token";

/// What padded sequences are called.
const PADDED: &str = "Padded";

/// What is said of the input.
pub(super) struct First {
    /// The input, or its first half.
    pub(super) half: Half,
    /// The second one, where it is a pair.
    pub(super) second: Option<SecondHalf>,
}

/// A sample, alone or as half of a pair.
pub(super) struct Half {
    pub(super) shape: Shape,
    /// The size of its vocabulary where it is tokens.
    pub(super) vocabulary: Option<Size>,
    /// Whether only its first steps may count.
    pub(super) is_padded: bool,
}

/// The shape of the input, which an arrow must follow.
pub(super) fn first(input: ParseStream<'_>) -> Result<First> {
    if input.is_empty() {
        return Err(input.error("expected the input's shape: `784` or `[1, 28, 28]`"));
    }
    let first = if input.peek(token::Paren) { pair(input)? } else { First { half: half(input)?, second: None } };
    if input.peek(Token![->]) {
        return Err(
            input.error("expected `=>` between the input and the first layer; `->` declares the output at the end")
        );
    }
    Ok(first)
}

/// `([64, 12], [Token<65>; 10])`
fn pair(input: ParseStream<'_>) -> Result<First> {
    let inner;
    parenthesized!(inner in input);
    let read = (|| {
        let first = half(&inner)?;
        if !inner.peek(Token![,]) {
            let message = "a pair is two samples with `,` between them: `([64, 12], [Token<65>; 10])`";
            return Err(inner.error(message));
        }
        inner.parse::<Token![,]>()?;
        let Half { shape, vocabulary, is_padded } = half(&inner)?;
        inner.parse::<Option<Token![,]>>()?;
        if inner.is_empty() {
            Ok(First { half: first, second: Some(SecondHalf { shape, vocabulary, is_padded }) })
        } else {
            Err(inner.error("a pair has two halves"))
        }
    })();
    if read.is_err() {
        // What is not read would be a second error.
        inner.parse::<TokenStream>()?;
    }
    read
}

/// A sample that is no pair.
fn half(input: ParseStream<'_>) -> Result<Half> {
    if input.peek(token::Paren) {
        return Err(input.error("a half of a pair is no pair: one sample stands here"));
    }
    let is_padded = input.peek(Ident) && input.peek2(Token![<]) && input.fork().parse::<Ident>()? == PADDED;
    if is_padded { padded(input) } else { array(input) }
}

/// Numbers or tokens.
fn array(input: ParseStream<'_>) -> Result<Half> {
    if is_of_tokens(input) {
        let (shape, vocabulary) = tokens(input)?;
        Ok(Half { shape, vocabulary: Some(vocabulary), is_padded: false })
    } else {
        Ok(Half { shape: shape(input)?, vocabulary: None, is_padded: false })
    }
}

/// `Padded<[Token<65>; 64]>`, `Padded<[64, 12]>`
fn padded(input: ParseStream<'_>) -> Result<Half> {
    input.parse::<Ident>()?;
    input.parse::<Token![<]>()?;
    let first = array(input)?;
    let least = if first.vocabulary.is_some() { 1 } else { 2 };
    if first.shape.sizes.len() < least {
        let message =
            "padded are the steps of a sequence: `Padded<[Token<65>; 64]>`, or `Padded<[64, 12]>` of 12 numbers each";
        return Err(Error::new_spanned(&first.shape.tokens, message));
    }
    if !input.peek(Token![>]) {
        return Err(input.error("expected the shape of all steps alone: `Padded<[Token<65>; 64]>`"));
    }
    input.parse::<Token![>]>()?;
    Ok(Half { is_padded: true, ..first })
}

/// Whether `Token<…>`, or an array of such, stands here.
pub(super) fn is_of_tokens(input: ParseStream<'_>) -> bool {
    // What stands in brackets is looked at, and not read.
    let mut place = input.cursor();
    while let Some((inner, _, _)) = place.group(Delimiter::Bracket) {
        place = inner;
    }
    let name = place.ident().filter(|(name, _)| name == TOKEN);
    name.is_some_and(|(_, next)| next.punct().is_some_and(|(punct, _)| punct.as_char() == '<'))
}

/// `Token<65>`, `[Token<65>; 64]`, `[[Token<65>; 64]; 8]`: its sizes, outermost first, and the vocabulary's.
fn tokens(input: ParseStream<'_>) -> Result<(Shape, Size)> {
    let begin = input.cursor();
    let (mut sizes, vocabulary) = token_array(input)?;
    sizes.reverse();
    let tokens = between(begin, input.cursor());
    if sizes.len() > 5 {
        return Err(Error::new_spanned(
            tokens,
            "a sample of tokens has at most 5 dimensions: their vectors are one more",
        ));
    }
    Ok((Shape { sizes, tokens }, vocabulary))
}

/// The sizes, innermost first.
fn token_array(input: ParseStream<'_>) -> Result<(Vec<Size>, Size)> {
    if !input.peek(token::Bracket) {
        input.parse::<Ident>()?;
        input.parse::<Token![<]>()?;
        let vocabulary = size(input)?;
        if !input.peek(Token![>]) {
            return Err(input.error("expected the size of the vocabulary alone: `Token<65>`"));
        }
        input.parse::<Token![>]>()?;
        return Ok((Vec::new(), vocabulary));
    }
    let inner;
    bracketed!(inner in input);
    let read = (|| {
        let (mut sizes, vocabulary) = token_array(&inner)?;
        if !inner.peek(Token![;]) {
            return Err(inner.error("expected `;` and how many tokens there are: `[Token<65>; 64]`"));
        }
        inner.parse::<Token![;]>()?;
        sizes.push(size(&inner)?);
        if inner.is_empty() {
            Ok((sizes, vocabulary))
        } else {
            Err(inner.error("expected one size: `[Token<65>; 64]`"))
        }
    })();
    if read.is_err() {
        // What is not read would be a second error.
        inner.parse::<TokenStream>()?;
    }
    read
}

/// `784`, `[1, 28, 28]`, `PIXELS`, `{ 28 * 28 }`
pub(super) fn shape(input: ParseStream<'_>) -> Result<Shape> {
    let begin = input.cursor();
    let sizes = if input.peek(token::Bracket) {
        let inner;
        bracketed!(inner in input);
        let sizes = list(&inner);
        if sizes.is_err() {
            // What is not read would be a second error.
            inner.parse::<TokenStream>()?;
        }
        sizes?
    } else {
        vec![size(input)?]
    };
    let tokens = between(begin, input.cursor());
    match sizes.len() {
        0 => Err(Error::new_spanned(tokens, "expected at least one size: `[1, 28, 28]`")),
        1..=6 => Ok(Shape { sizes, tokens }),
        _ => Err(Error::new_spanned(tokens, "a sample has at most 6 dimensions")),
    }
}

/// Sizes with commas between them.
fn list(input: ParseStream<'_>) -> Result<Vec<Size>> {
    let mut sizes = Vec::new();
    while !input.is_empty() {
        sizes.push(size(input)?);
        if !input.is_empty() {
            if !input.peek(Token![,]) {
                return Err(input.error("expected `,` between two sizes"));
            }
            input.parse::<Token![,]>()?;
        }
    }
    Ok(sizes)
}

fn size(input: ParseStream<'_>) -> Result<Size> {
    let size = if input.peek(Token![-]) {
        return Err(input.error("a size is a whole number without a sign"));
    } else if input.peek(Lit) {
        Size::read(&input.parse()?)?
    } else if input.peek(token::Brace) {
        let inner;
        braced!(inner in input);
        let expression: TokenStream = inner.parse()?;
        if expression.is_empty() {
            return Err(inner.error("expected a size in the braces: `{ 28 * 28 }`"));
        }
        Size::Expression(Expression::written(expression))
    } else if input.peek(Ident::peek_any) && !input.peek(Token![struct]) || input.peek(Token![::]) {
        let path: syn::Path = input.call(syn::Path::parse_mod_style)?;
        if input.peek(Token![<]) || input.peek(token::Paren) {
            let message = "expected a size here; a layer comes after `=>`";
            return Err(Error::new_spanned(path, message));
        }
        Size::Expression(Expression::written(path.into_token_stream()))
    } else {
        return Err(input.error("expected a size: a number, a `const` item, or an expression in braces"));
    };
    for operator in ["*", "+", "/", "%"] {
        let found = input.cursor().punct().is_some_and(|(punct, _)| punct.to_string() == operator);
        if found {
            return Err(input.error("put braces around a computed size: `{ 28 * 28 }`"));
        }
    }
    Ok(size)
}
