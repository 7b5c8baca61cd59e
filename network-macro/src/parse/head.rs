//! The head of a network: the struct and its parameters, or the number type alone.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Ident, Result, Token, Type, Visibility};

use super::attribute;
use crate::ast::{Item, Scalar};
use crate::context::Context;

/// What was read.
pub(super) struct Head {
    pub(super) item: Option<Item>,
    pub(super) scalar: Scalar,
    /// A mistake after the name: the rest is not read, but the name is known.
    pub(super) mistake: Option<Error>,
}

/// How a struct begins.
const ITEM: &str = "expected `struct` and the network's name: `struct Mnist: 784 => Dense<10>`";

/// The tokens before the first arrow.
pub(super) fn of(tokens: TokenStream) -> TokenStream {
    let is_arrow = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '=');
    tokens.into_iter().take_while(|token| !is_arrow(token)).collect()
}

/// The head of either form.
pub(super) fn head(input: ParseStream<'_>, context: &Context) -> Result<Head> {
    if input.is_empty() {
        return Err(
            input.error("expected a network: `struct Mnist: 784 => Dense<10>`, or `784 => Dense<10>` as a type")
        );
    }
    if is_item(input) { item(input, context) } else { type_head(input) }
}

/// Whether this is an item, if only another one than a struct.
fn is_item(input: ParseStream<'_>) -> bool {
    const OTHERS: [&str; 14] = [
        "async", "const", "crate", "enum", "extern", "fn", "impl", "let", "mod", "static", "trait", "type", "union",
        "unsafe",
    ];
    let is_other = || {
        let word = input.fork().call(Ident::parse_any);
        let begins = word.is_ok_and(|word| OTHERS.iter().any(|other| word == other));
        begins && !input.peek2(Token![::]) && !input.peek2(Token![:]) && !input.peek2(Token![=>])
    };
    input.peek(Token![#]) || input.peek(Token![pub]) || input.peek(Token![struct]) || is_other()
}

/// Whether an item may be wanted: one in which `struct` is missing, too.
pub(super) fn may_be_item(input: ParseStream<'_>) -> bool {
    let begins_with_a_name = || {
        let name = input.fork().parse::<Ident>();
        name.is_ok_and(|name| name.to_string().starts_with(|letter: char| letter.is_uppercase()))
    };
    is_item(input) || input.peek2(Token![:]) && begins_with_a_name()
}

/// `/// doc  pub struct Name<T, const N: usize>:`
fn item(input: ParseStream<'_>, context: &Context) -> Result<Head> {
    let attrs = input.call(Attribute::parse_outer)?;
    let visibility: Visibility = input.parse()?;
    if !input.peek(Token![struct]) {
        return Err(input.error(ITEM));
    }
    input.parse::<Token![struct]>()?;
    let name: Ident = input.parse().map_err(|error| Error::new(error.span(), ITEM))?;
    attribute::check(&attrs, &name, context);
    let mut scalar = default_scalar();
    let mut sizes = Vec::new();
    let mistake = generics(input, &name, &mut scalar, &mut sizes).and_then(|()| colon(input, &name)).err();
    Ok(Head { item: Some(Item { attrs, visibility, name, sizes }), scalar, mistake })
}

fn colon(input: ParseStream<'_>, name: &Ident) -> Result<()> {
    if !input.peek(Token![:]) {
        return Err(input.error(format!("expected `:` after the network's name: `struct {name}: 784 => Dense<10>`")));
    }
    input.parse::<Token![:]>().map(drop)
}

/// `<T>`, `<f64>`, `<const N: usize>`, `<T, const N: usize>`
fn generics(input: ParseStream<'_>, name: &Ident, scalar: &mut Scalar, sizes: &mut Vec<Ident>) -> Result<()> {
    if !input.peek(Token![<]) {
        return Ok(());
    }
    input.parse::<Token![<]>()?;
    let mut first = true;
    while !input.peek(Token![>]) {
        if input.peek(Token![const]) {
            let size = const_parameter(input)?;
            if sizes.contains(&size) || matches!(scalar, Scalar::Parameter(scalar) if *scalar == size) {
                return Err(Error::new_spanned(&size, format!("two parameters are both called `{size}`")));
            }
            sizes.push(size);
        } else if first && input.peek(Ident) {
            *scalar = scalar_named(input.parse()?, &format!("struct {name}"))?;
            if input.peek(Token![:]) || input.peek(Token![=]) {
                let message = "write only `<T>`: it is a `Scalar` by itself, and has no default";
                return Err(input.error(message));
            }
        } else {
            return Err(input
                .error("expected one number type (`<f64>`, or `<T>` for either) and then sizes (`const N: usize`)"));
        }
        first = false;
        if !input.peek(Token![>]) {
            if !input.peek(Token![,]) {
                return Err(input.error("expected `,` or `>`"));
            }
            input.parse::<Token![,]>()?;
        }
    }
    input.parse::<Token![>]>().map(drop)
}

/// `const N: usize`
fn const_parameter(input: ParseStream<'_>) -> Result<Ident> {
    input.parse::<Token![const]>()?;
    let name: Ident = input.parse()?;
    input.parse::<Token![:]>()?;
    let ty: Type = input.parse()?;
    if ty.to_token_stream().to_string() != "usize" {
        let message = format!("the sizes of a network are of type `usize`: `const {name}: usize`");
        return Err(Error::new_spanned(ty, message));
    }
    Ok(name)
}

/// A number type, or the parameter that stands for one. The names of Rust's own types are in lower case, so that
/// none of them is taken for a parameter.
fn scalar_named(name: Ident, example: &str) -> Result<Scalar> {
    if name == "f32" || name == "f64" {
        return Ok(Scalar::Concrete(name));
    }
    if name.unraw().to_string().starts_with(|letter: char| letter.is_lowercase()) {
        let message = format!(
            "the numbers of a network are of type `f32` or `f64`, or of a parameter such as `T` that stands for either: \
             `{example}<f64>`, `{example}<T>`, not `{name}`"
        );
        return Err(Error::new_spanned(name, message));
    }
    Ok(Scalar::Parameter(name))
}

/// The number type where none is written.
pub(super) fn default_scalar() -> Scalar {
    Scalar::Concrete(Ident::new("f32", Span::mixed_site()))
}

/// Nothing, or the number type: `f64:`
fn type_head(input: ParseStream<'_>) -> Result<Head> {
    let mut scalar = default_scalar();
    if input.peek(Ident) && input.peek2(Token![:]) && !input.peek2(Token![::]) {
        let name: Ident = input.parse()?;
        let is_a_letter =
            name.to_string().len() == 1 && name.to_string().starts_with(|letter: char| letter.is_uppercase());
        if name != "f32" && name != "f64" && !is_a_letter {
            let message = format!(
                "expected `struct {name}: …`, or a number type, `f32` or `f64`, before the colon: `f64: 784 => …`"
            );
            return Err(Error::new_spanned(name, message));
        }
        scalar = scalar_named(name, "struct Net")?;
        input.parse::<Token![:]>()?;
    }
    Ok(Head { item: None, scalar, mistake: None })
}
