//! Layers, their labels and their arguments.

use proc_macro2::{Delimiter, TokenStream};
use quote::ToTokens;
use syn::buffer::Cursor;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Error, Ident, Lifetime, Lit, LitStr, Result, Token, token};

use super::shape::{is_of_tokens, shape};
use super::{between, recover};
use crate::ast::{Argument, Layer, Line, NamedType, Number, TypeExpr};
use crate::context::Context;
use crate::table::{self, LayerRow, Parameter, ParameterKind};

/// What stands before a layer that is not trained.
const FROZEN: &str = "frozen";

/// `label: Type<arguments> -> shape`
pub(super) fn layer(input: ParseStream<'_>, context: &Context) -> Layer {
    let begin = input.cursor();
    let tokens = TokenStream::new();
    let mut layer = Layer { docs: Vec::new(), is_frozen: false, label: None, kind: None, output: None, tokens };
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
    layer.docs = input.call(Attribute::parse_outer)?;
    if let Some(other) = layer.docs.iter().find(|attr| !attr.path().is_ident("doc")) {
        return Err(Error::new_spanned(other, "only doc comments can stand before a layer"));
    }
    if let Some(label) = input.parse::<Option<LitStr>>()? {
        let message = format!("a label is written without quotation marks: `{}: {}`", label.value(), "Dense<10>");
        return Err(Error::new_spanned(label, message));
    }
    // `frozen` is a word of its own only where a layer with a label stands behind it.
    layer.is_frozen = input.peek(Ident) && input.fork().parse::<Ident>()? == FROZEN && input.peek2(Ident);
    if layer.is_frozen {
        input.parse::<Ident>()?;
    }
    if input.peek(Ident::peek_any) && input.peek2(Token![:]) && !input.peek2(Token![::]) {
        layer.label = Some(label(input)?);
    }
    layer.kind = Some(layer_kind(input)?);
    let end = input.cursor();
    if input.peek(Token![->]) {
        input.parse::<Token![->]>()?;
        if is_of_tokens(input) {
            let message =
                "a network gives numbers and no tokens: declare what stands for each of them, as in `-> [64, 65]`";
            return Err(input.error(message));
        }
        if input.peek(Ident) && (input.peek2(Token![<]) || input.peek2(token::Paren)) {
            return Err(input.error("expected `=>` before a layer; `->` is followed by the size that comes out"));
        }
        if input.peek(token::Paren) {
            let message = "a pair is not declared: leave out `->`, and write it behind the layer that makes one sample of both halves";
            return Err(input.error(message));
        }
        layer.output = Some(shape(input)?);
    }
    Ok(end)
}

fn layer_kind(input: ParseStream<'_>) -> Result<TypeExpr> {
    if input.peek(Lit) {
        let literal: Lit = input.parse()?;
        let literal_text = literal.to_token_stream();
        let message = format!("expected a layer: write `Dense<{literal_text}>` for {literal_text} outputs");
        return Err(Error::new_spanned(literal, message));
    }
    if let Some(instead) = no_layer(input) {
        return Err(input.error(instead));
    }
    let kind = written(input)?;
    let TypeExpr::NamedType(named) = &kind else { return Ok(kind) };
    if input.peek(token::Paren) && named.arguments.is_some() {
        return Err(input.error("all arguments of a layer stand in its angle brackets"));
    }
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

/// What to write where a type begins that can be no layer.
fn no_layer(input: ParseStream<'_>) -> Option<&'static str> {
    if input.peek(token::Paren) {
        return Some(
            "parentheses make no layer: branches stand in `Add<…>`, which adds what they give, or in `Concat<…>`",
        );
    }
    if input.peek(token::Bracket) {
        return Some("an array is no layer: write its layers one by one, with `=>` between them");
    }
    if input.peek(Token![dyn]) || input.peek(Token![impl]) {
        return Some("a layer is one type, such as `Dense<128, Relu>`: `dyn` and `impl` stand for many");
    }
    if input.peek(Token![_]) {
        return Some("a layer must be named, such as `Dense<128, Relu>`: `_` says nothing");
    }
    let is_no_type = input.peek(Lifetime) || input.peek(Token![&]) || input.peek(Token![*]) || input.peek(Token![!]);
    (is_no_type || is_type_keyword(input)).then_some("expected a layer, such as `Dense<128, Relu>`")
}

fn rest_of_layer(input: ParseStream<'_>) -> String {
    let fork = input.fork();
    written(&fork).map_or_else(|_| "Dense<10>".to_owned(), |written| written.to_string())
}

fn squeeze(tokens: &TokenStream) -> String {
    tokens.to_string().replace(" ,", ",")
}

/// A type in angle brackets or as a layer.
fn written(input: ParseStream<'_>) -> Result<TypeExpr> {
    let is_path = input.peek(Token![::]) || input.peek(Ident::peek_any) && !is_type_keyword(input);
    if is_path {
        named(input).map(TypeExpr::NamedType)
    } else {
        input.parse().map(|ty| TypeExpr::Type(Box::new(ty))).map_err(|e| layer_expected(&e))
    }
}

fn layer_expected(error: &Error) -> Error {
    Error::new(error.span(), "expected a layer or a type, such as `Dense<128, Relu>`")
}

fn is_type_keyword(input: ParseStream<'_>) -> bool {
    input.peek(Token![fn]) || input.peek(Token![dyn]) || input.peek(Token![impl]) || input.peek(Token![unsafe])
}

fn named(input: ParseStream<'_>) -> Result<NamedType> {
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
    Ok(NamedType { leading, path, arguments, tokens: between(begin, input.cursor()) })
}

fn arguments(input: ParseStream<'_>, name: &Ident) -> Result<Vec<Argument>> {
    input.parse::<Token![<]>()?;
    let mut arguments = Vec::new();
    while !input.peek(Token![>]) {
        if input.is_empty() || input.peek(Token![=>]) {
            return Err(input.error(format!("expected `>` at the end of the arguments of `{name}`")));
        }
        let row = LayerRow::named(name);
        let parameter = row.and_then(|row| row.argument(arguments.len()));
        arguments.push(match parameter {
            Some(_) if is_option(input, row) => assigned(input, true)?,
            Some(parameter) if parameter.kind.is_made_of_layers() => line(input, parameter)?,
            Some(_) => assigned(input, true)?,
            None => assigned(input, LayerRow::named(name).is_some())?,
        });
        if let (Some(parameter), true) = (parameter, input.peek(Token![=>])) {
            layers_in_place_of(parameter, input, name, &mut arguments)?;
        }
        if input.peek(Token![,]) {
            input.parse::<Token![,]>()?;
        } else if !input.peek(Token![>]) && !input.peek(Token![=>]) && !input.is_empty() {
            if ["*", "+", "-", "/", "%"].iter().any(|sign| is_next(input, sign)) {
                let (first, rest) =
                    (arguments.last().map_or_else(String::new, ToString::to_string), rest_of_argument(input));
                return Err(input.error(format!("put braces around what is computed: `{name}<{{ {first} {rest} }}>`")));
            }
            let usage = table::usage(name).map_or_else(String::new, |usage| format!(": write `{usage}`"));
            return Err(input.error(format!("expected `,` or `>` in the arguments of `{name}`{usage}")));
        }
    }
    input.parse::<Token![>]>()?;
    Ok(arguments)
}

/// Whether one of the row's arguments with a name stands here, as `bias` or `bias = true`.
fn is_option(input: ParseStream<'_>, row: Option<&LayerRow>) -> bool {
    let is_named = input.peek2(Token![=]) && !input.peek2(Token![=>]) && !input.peek2(Token![==]);
    let name = || input.fork().call(Ident::parse_any).ok();
    (is_named || input.peek2(Token![,]) || input.peek2(Token![>]))
        && row.zip(name()).is_some_and(|(row, name)| row.is_option(&name))
}

/// An arrow behind what stands before the layers inside: either they stand in its place, which is for `check` to say, or a comma is missing.
fn layers_in_place_of(
    parameter: &Parameter,
    input: ParseStream<'_>,
    name: &Ident,
    arguments: &mut Vec<Argument>,
) -> Result<()> {
    let Some(row) = LayerRow::named(name).filter(|row| row.has_layers_inside()) else { return Ok(()) };
    let arrow = input.cursor().span();
    let last = arguments.pop();
    let first = match &last {
        Some(Argument::TypeExpr(first)) => Some(first.clone()),
        _ => None,
    };
    let layers = layers(input, first.into_iter().collect())?;
    if !matches!(last, Some(Argument::TypeExpr(_))) {
        // What follows is the line's, so that it is no second mistake.
        input.parse::<Option<Token![>]>>()?;
        let message = format!("expected `,` behind {} of `{name}`: write `{}`", parameter.what, row.usage);
        return Err(Error::new(arrow, message));
    }
    arguments.push(Argument::Line(Line { label: None, layers }));
    Ok(())
}

/// The tokens up to the next comma or the end of the list.
fn rest_of_argument(input: ParseStream<'_>) -> String {
    let fork = input.fork();
    let mut rest = TokenStream::new();
    while !fork.is_empty() && !fork.peek(Token![,]) && !fork.peek(Token![>]) {
        rest.extend(fork.parse::<proc_macro2::TokenTree>().ok());
    }
    rest.to_string()
}

fn is_next(input: ParseStream<'_>, sign: &str) -> bool {
    input.cursor().punct().is_some_and(|(punct, _)| sign.starts_with(punct.as_char()))
}

/// `label: Layer => Layer`, where only branches have labels; what is no layer is for `check` to say.
fn line(input: ParseStream<'_>, parameter: &Parameter) -> Result<Argument> {
    let is_branch = matches!(parameter.kind, ParameterKind::Branches);
    if input.peek(Ident) && input.fork().parse::<Ident>()? == FROZEN && input.peek2(Ident) {
        let message = "only a layer of the network itself is frozen: write `frozen label: …`, or make a network of what is inside";
        return Err(input.error(message));
    }
    let label = if is_branch && input.peek(Ident::peek_any) && input.peek2(Token![:]) && !input.peek2(Token![::]) {
        Some(label(input)?)
    } else {
        None
    };
    if let (true, Some(instead)) = (!input.peek(Lit), no_layer(input)) {
        return Err(input.error(instead));
    }
    let first = match argument(input, false)? {
        Argument::TypeExpr(first) => first,
        other if label.is_none() && !input.peek(Token![=>]) => return Ok(other),
        other => return Err(Error::new_spanned(other, "expected a layer, such as `Dense<128, Relu>`")),
    };
    if let (true, TypeExpr::NamedType(named)) = (is_branch && label.is_none() && input.peek(Ident), &first)
        && named.is_plain()
        && named.arguments.is_none()
    {
        let message = format!("expected `:` after the label: `{named}: {}`", rest_of_layer(input));
        return Err(Error::new_spanned(named, message));
    }
    Ok(Argument::Line(Line { label, layers: layers(input, vec![first])? }))
}

/// The layers behind those that stand first, with an arrow before each.
fn layers(input: ParseStream<'_>, mut first: Vec<TypeExpr>) -> Result<Vec<TypeExpr>> {
    while input.peek(Token![=>]) {
        input.parse::<Token![=>]>()?;
        first.push(layer_kind(input)?);
    }
    Ok(first)
}

/// `label:`
fn label(input: ParseStream<'_>) -> Result<Ident> {
    let label = input.call(Ident::parse_any)?;
    input.parse::<Token![:]>()?;
    if label == "_" {
        return Err(Error::new_spanned(label, "`_` is no name of a field: leave the label out, or write a name"));
    }
    if syn::parse2::<Ident>(label.to_token_stream()).is_err() {
        let message = format!("`{label}` is a keyword of Rust: call the layer `{label}_` or the like");
        return Err(Error::new_spanned(label, message));
    }
    Ok(label)
}

/// `name = value`, or a value.
fn assigned(input: ParseStream<'_>, may_be_list: bool) -> Result<Argument> {
    let has_name =
        input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![=>]) && !input.peek2(Token![==]);
    if !has_name {
        return argument(input, may_be_list);
    }
    let name = input.call(Ident::parse_any)?;
    input.parse::<Token![=]>()?;
    Ok(Argument::Assigned { name, value: Box::new(argument(input, may_be_list)?) })
}

/// A number, a size in braces, a type; sizes in brackets where no type can stand that begins so.
fn argument(input: ParseStream<'_>, may_be_list: bool) -> Result<Argument> {
    if may_be_list && input.peek(token::Bracket) {
        return shape(input).map(Argument::List);
    }
    if input.peek(Lit) || input.peek(Token![-]) {
        return Ok(Argument::Number(Number { negative: input.parse()?, literal: input.parse()? }));
    }
    if input.peek(token::Brace) {
        let group: proc_macro2::Group = input.parse()?;
        debug_assert_eq!(group.delimiter(), Delimiter::Brace);
        if group.stream().is_empty() {
            return Err(Error::new_spanned(group, "expected a size or a number in the braces, such as `{ 28 * 28 }`"));
        }
        return Ok(Argument::Block(group.stream()));
    }
    written(input).map(Argument::TypeExpr)
}
