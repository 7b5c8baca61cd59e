//! Tokens to the view of [`ast`](crate::ast), with a word of help where they do not fit.

use proc_macro2::{Delimiter, TokenStream};
use quote::{ToTokens, quote};
use syn::buffer::Cursor;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Error, Ident, Lit, Result, Token, Type, Visibility, braced, bracketed, token};

use crate::ast::{Argument, Item, Layer, Line, Named, Network, Number, Scalar, Shape, Size, Written};
use crate::builtin;
use crate::context::Context;

/// Reads a network. A mistake goes to `context`, and reading goes on behind the next arrow; nothing comes back where
/// not even the name can be read.
pub(crate) fn network(tokens: TokenStream, context: &Context) -> Option<Network> {
    let parser = |input: ParseStream<'_>| Ok(read(input, context));
    parser.parse2(tokens).map_err(|error| context.push(error)).ok().flatten()
}

fn read(input: ParseStream<'_>, context: &Context) -> Option<Network> {
    let head = if is_item(input) { item(input) } else { type_head(input) };
    let (item, scalar) = match head {
        Ok(Head { item, scalar, mistake }) => {
            if let Some(mistake) = mistake {
                context.push(mistake);
                skip(input, |_| false);
                return Some(Network { item, scalar, input: None, layers: Vec::new() });
            }
            (item, scalar)
        }
        Err(error) => {
            context.push(error);
            skip(input, |_| false);
            return None;
        }
    };
    let shape = first_shape(input).map_err(|error| recover(input, error, context)).ok();
    let mut layers = Vec::new();
    while let Some(arrow) = next_arrow(input, context) {
        if input.is_empty() {
            context.error(arrow, "expected a layer after `=>`, such as `Dense<10, Softmax>`");
            break;
        }
        layers.push(layer(input, context));
    }
    if layers.is_empty() && context.is_clean() {
        let message = "a network needs at least one layer: `784 => Dense<10, Softmax>`";
        let end = input.span();
        context
            .push(shape.as_ref().map_or_else(|| Error::new(end, message), |s| Error::new_spanned(&s.tokens, message)));
    }
    Some(Network { item, scalar, input: shape, layers })
}

/// What stands before the input's shape.
struct Head {
    item: Option<Item>,
    scalar: Scalar,
    /// A mistake after the name: the rest is not read, but the name is known.
    mistake: Option<Error>,
}

fn is_item(input: ParseStream<'_>) -> bool {
    input.peek(Token![#]) || input.peek(Token![pub]) || input.peek(Token![struct])
}

/// `/// doc  pub struct Name<T, const N: usize>:`
fn item(input: ParseStream<'_>) -> Result<Head> {
    let attrs = input.call(Attribute::parse_outer)?;
    let visibility: Visibility = input.parse()?;
    if !input.peek(Token![struct]) {
        return Err(input.error("expected `struct` and the network's name: `struct Mnist: 784 => Dense<10>`"));
    }
    input.parse::<Token![struct]>()?;
    let name: Ident = input.parse()?;
    let mut scalar = Scalar::Concrete(quote!(f32));
    let mut sizes = Vec::new();
    let mistake = generics(input, &mut scalar, &mut sizes).and_then(|()| colon(input, &name)).err();
    Ok(Head { item: Some(Item { attrs, visibility, name, sizes }), scalar, mistake })
}

fn colon(input: ParseStream<'_>, name: &Ident) -> Result<()> {
    if !input.peek(Token![:]) {
        return Err(input.error(format!("expected `:` after the network's name: `struct {name}: 784 => Dense<10>`")));
    }
    input.parse::<Token![:]>().map(drop)
}

/// `<T>`, `<f64>`, `<const N: usize>`, `<T, const N: usize>`
fn generics(input: ParseStream<'_>, scalar: &mut Scalar, sizes: &mut Vec<Ident>) -> Result<()> {
    if !input.peek(Token![<]) {
        return Ok(());
    }
    input.parse::<Token![<]>()?;
    let mut first = true;
    while !input.peek(Token![>]) {
        if input.peek(Token![const]) {
            input.parse::<Token![const]>()?;
            let name: Ident = input.parse()?;
            input.parse::<Token![:]>()?;
            let ty: Type = input.parse()?;
            if ty.to_token_stream().to_string() != "usize" {
                let message = format!("the sizes of a network are of type `usize`: `const {name}: usize`");
                return Err(Error::new_spanned(ty, message));
            }
            sizes.push(name);
        } else if first && input.peek(Ident) {
            let name: Ident = input.parse()?;
            *scalar = scalar_named(name);
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

fn scalar_named(name: Ident) -> Scalar {
    if name == "f32" || name == "f64" { Scalar::Concrete(name.into_token_stream()) } else { Scalar::Parameter(name) }
}

/// Nothing, or the number type: `f64:`
fn type_head(input: ParseStream<'_>) -> Result<Head> {
    let mut scalar = Scalar::Concrete(quote!(f32));
    if input.peek(Ident) && input.peek2(Token![:]) && !input.peek2(Token![::]) {
        let name: Ident = input.parse()?;
        let is_parameter = name.to_string().len() == 1;
        scalar = scalar_named(name.clone());
        if let (Scalar::Parameter(_), false) = (&scalar, is_parameter) {
            let message = format!("expected `struct {name}: …`, or a number type before the colon: `f64: 784 => …`");
            return Err(Error::new_spanned(name, message));
        }
        input.parse::<Token![:]>()?;
    }
    Ok(Head { item: None, scalar, mistake: None })
}

/// The shape of the input, which an arrow must follow.
fn first_shape(input: ParseStream<'_>) -> Result<Shape> {
    if input.is_empty() {
        return Err(input.error("expected the input's shape: `784` or `[1, 28, 28]`"));
    }
    let shape = shape(input)?;
    if input.peek(Token![->]) {
        return Err(
            input.error("expected `=>` between the input and the first layer; `->` declares the output at the end")
        );
    }
    Ok(shape)
}

/// `784`, `[1, 28, 28]`, `PIXELS`, `{ 28 * 28 }`
fn shape(input: ParseStream<'_>) -> Result<Shape> {
    let begin = input.cursor();
    let sizes = if input.peek(token::Bracket) {
        let inner;
        bracketed!(inner in input);
        let mut sizes = Vec::new();
        while !inner.is_empty() {
            sizes.push(size(&inner)?);
            if !inner.is_empty() {
                if !inner.peek(Token![,]) {
                    return Err(inner.error("expected `,` between two sizes"));
                }
                inner.parse::<Token![,]>()?;
            }
        }
        sizes
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

fn size(input: ParseStream<'_>) -> Result<Size> {
    let size = if input.peek(Lit) {
        literal_size(&input.parse()?)?
    } else if input.peek(token::Brace) {
        let inner;
        braced!(inner in input);
        Size::Expression(inner.parse()?)
    } else if input.peek(Ident::peek_any) && !input.peek(Token![struct]) || input.peek(Token![::]) {
        let path: syn::Path = input.call(syn::Path::parse_mod_style)?;
        if input.peek(Token![<]) || input.peek(token::Paren) {
            let message = "expected a size here; a layer comes after `=>`";
            return Err(Error::new_spanned(path, message));
        }
        Size::Expression(path.into_token_stream())
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

/// A size is a whole number.
pub(crate) fn literal_size(literal: &Lit) -> Result<Size> {
    match literal {
        Lit::Int(number) if matches!(number.suffix(), "" | "usize") => {
            let message = format!("`{number}` is too large for a size");
            number.base10_parse().map(Size::Literal).map_err(|_| Error::new_spanned(number, message))
        }
        _ => Err(Error::new_spanned(literal, "a size is a whole number without a type")),
    }
}

/// Reads up to the next `=>` and over it; nothing at the end of the network.
fn next_arrow(input: ParseStream<'_>, context: &Context) -> Option<Token![=>]> {
    if input.peek(Token![;]) {
        let end: Token![;] = input.parse().ok()?;
        if !input.is_empty() {
            context.error(end, "a network ends here: write each in a `network!` of its own");
            skip(input, |_| false);
        }
        return None;
    }
    if !input.is_empty() && !input.peek(Token![=>]) {
        let message = "expected `=>` between two layers: `Dense<128, Relu> => Dense<10>`";
        recover(input, input.error(message), context);
    }
    if input.is_empty() { None } else { input.parse().ok() }
}

/// Notes a mistake and goes on at the next arrow.
fn recover(input: ParseStream<'_>, error: Error, context: &Context) {
    context.push(error);
    skip(input, |input| input.peek(Token![=>]));
}

fn skip(input: ParseStream<'_>, stop: impl Fn(ParseStream<'_>) -> bool) {
    while !input.is_empty() && !stop(input) {
        let _ = input.parse::<proc_macro2::TokenTree>();
    }
}

/// `label: Type<arguments> -> shape`
fn layer(input: ParseStream<'_>, context: &Context) -> Layer {
    let begin = input.cursor();
    let mut layer = Layer { label: None, kind: None, output: None, tokens: TokenStream::new() };
    let result = layer_parts(input, &mut layer);
    layer.tokens = match result {
        Ok(end) => between(begin, end),
        Err(error) => {
            recover(input, error, context);
            between(begin, input.cursor())
        }
    };
    layer
}

fn layer_parts<'a>(input: ParseStream<'a>, layer: &mut Layer) -> Result<Cursor<'a>> {
    if input.peek(Token![=>]) {
        return Err(input.error("expected a layer between the two `=>`"));
    }
    if input.peek(Ident::peek_any) && input.peek2(Token![:]) && !input.peek2(Token![::]) {
        layer.label = Some(label(input)?);
    }
    layer.kind = Some(layer_kind(input)?);
    let end = input.cursor();
    if input.peek(Token![->]) {
        input.parse::<Token![->]>()?;
        if input.peek(Ident) && (input.peek2(Token![<]) || input.peek2(token::Paren)) {
            return Err(input.error("expected `=>` before a layer; `->` is followed by the size that comes out"));
        }
        layer.output = Some(shape(input)?);
    }
    Ok(end)
}

fn layer_kind(input: ParseStream<'_>) -> Result<Written> {
    if input.peek(Lit) {
        let literal: Lit = input.parse()?;
        let literal_text = literal.to_token_stream();
        let message = format!("expected a layer: write `Dense<{literal_text}>` for {literal_text} outputs");
        return Err(Error::new_spanned(literal, message));
    }
    let kind = written(input)?;
    let Written::Named(named) = &kind else { return Ok(kind) };
    if input.peek(token::Paren) {
        let begin = input.cursor();
        let arguments: proc_macro2::Group = input.parse()?;
        let message = format!("write `{named}<{}>`: a layer is a type", squeeze(&arguments.stream()));
        let tokens = named.tokens.clone().into_iter().chain(between(begin, input.cursor())).collect::<TokenStream>();
        return Err(Error::new_spanned(tokens, message));
    }
    if named.is_plain() && named.arguments.is_none() && input.peek(Ident) {
        let message = format!("expected `:` after the label: `{named}: {}`", rest_of_layer(input));
        return Err(Error::new_spanned(named, message));
    }
    Ok(kind)
}

fn rest_of_layer(input: ParseStream<'_>) -> String {
    let fork = input.fork();
    written(&fork).map_or_else(|_| "Dense<10>".to_owned(), |written| written.to_string())
}

fn squeeze(tokens: &TokenStream) -> String {
    tokens.to_string().replace(" ,", ",")
}

/// A type in angle brackets or as a layer.
fn written(input: ParseStream<'_>) -> Result<Written> {
    let is_path = input.peek(Token![::]) || input.peek(Ident::peek_any) && !is_type_keyword(input);
    if is_path {
        named(input).map(Written::Named)
    } else {
        input.parse().map(|ty| Written::Type(Box::new(ty))).map_err(|e| layer_expected(&e))
    }
}

fn layer_expected(error: &Error) -> Error {
    Error::new(error.span(), "expected a layer or a type, such as `Dense<128, Relu>`")
}

fn is_type_keyword(input: ParseStream<'_>) -> bool {
    input.peek(Token![fn]) || input.peek(Token![dyn]) || input.peek(Token![impl]) || input.peek(Token![unsafe])
}

fn named(input: ParseStream<'_>) -> Result<Named> {
    let begin = input.cursor();
    let leading = input.parse()?;
    let mut path = vec![input.call(Ident::parse_any)?];
    while input.peek(Token![::]) && !input.peek3(Token![<]) {
        input.parse::<Token![::]>()?;
        path.push(input.call(Ident::parse_any)?);
    }
    if input.peek(Token![::]) {
        input.parse::<Token![::]>()?;
    }
    let arguments = if input.peek(Token![<]) { Some(arguments(input, path.last().expect("one part"))?) } else { None };
    Ok(Named { leading, path, arguments, tokens: between(begin, input.cursor()) })
}

fn arguments(input: ParseStream<'_>, name: &Ident) -> Result<Vec<Argument>> {
    input.parse::<Token![<]>()?;
    let mut arguments = Vec::new();
    while !input.peek(Token![>]) {
        if input.is_empty() || input.peek(Token![=>]) {
            return Err(input.error(format!("expected `>` at the end of the arguments of `{name}`")));
        }
        arguments.push(match builtin::Around::named(name) {
            Some(around) => line(input, around)?,
            None => argument(input)?,
        });
        if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
        } else if !input.peek(Token![>]) && !input.peek(Token![=>]) && !input.is_empty() {
            let usage = builtin::usage(name).map_or_else(String::new, |usage| format!(": write `{usage}`"));
            return Err(input.error(format!("expected `,` or `>` in the arguments of `{name}`{usage}")));
        }
    }
    input.parse::<Token![>]>()?;
    Ok(arguments)
}

/// `label: Layer => Layer`, where only branches have labels; what is no layer is for `builtin` to say.
fn line(input: ParseStream<'_>, around: builtin::Around) -> Result<Argument> {
    let is_branch = around != builtin::Around::Residual;
    let label = if is_branch && input.peek(Ident::peek_any) && input.peek2(Token![:]) && !input.peek2(Token![::]) {
        Some(label(input)?)
    } else {
        None
    };
    let first = match argument(input)? {
        Argument::Written(first) => first,
        other if label.is_none() && !input.peek(Token![=>]) => return Ok(other),
        other => return Err(Error::new_spanned(other, "expected a layer, such as `Dense<128, Relu>`")),
    };
    if let (true, Written::Named(named)) = (is_branch && label.is_none() && input.peek(Ident), &first)
        && named.is_plain()
        && named.arguments.is_none()
    {
        let message = format!("expected `:` after the label: `{named}: {}`", rest_of_layer(input));
        return Err(Error::new_spanned(named, message));
    }
    let mut layers = vec![first];
    while input.peek(Token![=>]) {
        input.parse::<Token![=>]>()?;
        layers.push(layer_kind(input)?);
    }
    Ok(Argument::Line(Line { label, layers }))
}

/// `label:`
fn label(input: ParseStream<'_>) -> Result<Ident> {
    let label = input.call(Ident::parse_any)?;
    input.parse::<Token![:]>()?;
    if syn::parse2::<Ident>(label.to_token_stream()).is_err() {
        let message = format!("`{label}` is a keyword of Rust: call the layer `{label}_` or the like");
        return Err(Error::new_spanned(label, message));
    }
    Ok(label)
}

fn argument(input: ParseStream<'_>) -> Result<Argument> {
    if input.peek(Lit) || input.peek(Token![-]) {
        return Ok(Argument::Number(Number { negative: input.parse()?, literal: input.parse()? }));
    }
    if input.peek(token::Brace) {
        let group: proc_macro2::Group = input.parse()?;
        debug_assert_eq!(group.delimiter(), Delimiter::Brace);
        return Ok(Argument::Block(group.stream()));
    }
    written(input).map(Argument::Written)
}

/// The tokens from one place to another.
fn between(begin: Cursor<'_>, end: Cursor<'_>) -> TokenStream {
    let mut tokens = TokenStream::new();
    let mut place = begin;
    while place != end {
        let Some((token, next)) = place.token_tree() else { break };
        tokens.extend([token]);
        place = next;
    }
    tokens
}
