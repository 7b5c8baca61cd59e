//! Tokens to the view of [`ast`](crate::ast), with a word of help where they do not fit.

use proc_macro2::TokenStream;
use syn::buffer::Cursor;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Token, parenthesized};

use crate::ast::Network;
use crate::context::Context;
use crate::limits;
use crate::names::Library;

mod attribute;
mod head;
mod layer;
mod shape;

pub(crate) use attribute::conditions;

/// Reads `($crate)` and a network. A mistake goes to `context`, and reading goes on behind the next arrow; nothing comes
/// back where not even the name of an item can be read.
pub(crate) fn network(tokens: TokenStream, context: &Context) -> Option<Network> {
    let parser = |input: ParseStream<'_>| {
        let krate;
        parenthesized!(krate in input);
        let library = Library::new(krate.parse()?);
        let mut tokens: TokenStream = input.parse()?;
        if let Err(error) = limits::nesting(&tokens) {
            context.push(error);
            tokens = head::of(tokens);
            if limits::nesting(&tokens).is_err() {
                return Ok(None);
            }
        }
        let network = |input: ParseStream<'_>| Ok(read(input, library, context));
        network.parse2(tokens)
    };
    parser.parse2(tokens).map_err(|error| context.push(error)).ok().flatten()
}

fn read(input: ParseStream<'_>, mut library: Library, context: &Context) -> Option<Network> {
    let is_type = !input.is_empty() && !head::may_be_item(input);
    let head = match head::head(input, context) {
        Ok(head) => head,
        Err(error) => {
            context.push(error);
            skip(input, |_| false);
            let scalar = head::default_scalar();
            return is_type.then(|| Network {
                library,
                item: None,
                scalar,
                input: None,
                vocabulary: None,
                is_padded: false,
                second: None,
                layers: Vec::new(),
            });
        }
    };
    if let Some(item) = &head.item {
        library.beside(&item.name);
    }
    let mut network = Network {
        library,
        item: head.item,
        scalar: head.scalar,
        input: None,
        vocabulary: None,
        is_padded: false,
        second: None,
        layers: Vec::new(),
    };
    if let Some(mistake) = head.mistake {
        context.push(mistake);
        skip(input, |_| false);
        return Some(network);
    }
    let first = shape::first(input).map_err(|error| recover(input, error, context)).ok();
    if let Some(shape::First { half: shape::Half { shape, vocabulary, is_padded }, second }) = first {
        (network.input, network.vocabulary, network.is_padded) = (Some(shape), vocabulary, is_padded);
        network.second = second;
    }
    while let Some(arrow) = next_arrow(input, context) {
        if input.is_empty() {
            context.error(arrow, "expected a layer after `=>`, such as `Dense<10, Softmax>`");
            break;
        }
        network.layers.push(layer::layer(input, context));
    }
    if network.layers.is_empty() && context.is_clean() {
        let message = "a network needs at least one layer: `784 => Dense<10, Softmax>`";
        let at = |shape: &crate::ast::Shape| Error::new_spanned(&shape.tokens, message);
        context.push(network.input.as_ref().map_or_else(|| input.error(message), at));
    }
    Some(network)
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
        let message = if input.peek(Token![+]) {
            "layers are added by `Add`, with commas between its branches: `Add<Dense<64>, Dense<64>>`"
        } else {
            "expected `=>` between two layers: `Dense<128, Relu> => Dense<10>`"
        };
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
