//! The sizes and numbers that rustc computes.

use std::cell::RefCell;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Ident;

use crate::ast::{Expression, Network, Shape, Size, TypeExpr, mentions, replace};

/// A hidden `const` for each expression of a network, so that a mistake in it is one error, however often the code
/// needs it. What its value must keep to is asked within it, so that a value that is wrong is the same one error.
///
/// What mentions a parameter of the struct cannot stand in a `const` beside it, and beside a type nothing stands: there
/// the expression itself is used.
pub(crate) struct Constants<'a> {
    network: &'a Network,
    found: RefCell<Vec<Constant>>,
}

/// What a constant's guards call its value.
const VALUE: &str = "__value";

/// One of them.
struct Constant {
    name: Ident,
    kind: Kind,
    value: TokenStream,
    /// A constant with whose mistake this is wrong too, without a word.
    after: Option<TokenStream>,
    /// Statements that do not compile where the value, which they call [`VALUE`], is wrong.
    guards: Vec<TokenStream>,
}

/// What it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Size,
    /// A size that stands for no other of the same value.
    Guarded,
    Number,
    /// A type of the user's with expressions in it, whose own types only rustc knows.
    Type,
}

impl<'a> Constants<'a> {
    pub(crate) fn new(network: &'a Network) -> Self {
        Self { network, found: RefCell::default() }
    }

    /// A size, computed once.
    pub(crate) fn size(&self, written: &TokenStream) -> Size {
        Size::Expression(Expression { written: written.clone(), value: self.once(Kind::Size, written) })
    }

    /// A size that follows by a rule, which messages call `name`; whether there is a constant for it. `guard` is asked in that
    /// constant, unless there is a mistake in the one of `after`.
    pub(crate) fn computed(
        &self,
        name: &str,
        value: &TokenStream,
        after: Option<&Size>,
        guard: Option<&TokenStream>,
    ) -> (Size, bool) {
        let written = Ident::new(name, Span::mixed_site()).into_token_stream();
        let known = self.found.borrow().len();
        let constant = self.once(Kind::Size, value);
        let mut found = self.found.borrow_mut();
        let is_constant = found.iter().any(|other| other.name == constant.to_string());
        if found.len() > known
            && let Some(new) = found.last_mut()
        {
            new.after = after.map(Size::expression);
            new.guards.extend(guard.cloned());
        }
        (Size::Expression(Expression { written, value: constant }), is_constant)
    }

    /// A literal size in a constant of its own, in which `guard` is asked; nothing beside a type.
    pub(crate) fn guarded(&self, size: &Size, guard: &TokenStream) -> Option<Size> {
        let item = self.network.item.as_ref()?;
        let (mut found, written) = (self.found.borrow_mut(), size.expression());
        let name = format_ident!("__{}_{}", item.name, found.len() + 1, span = item.name.span());
        // None that stood before can be used: what the guard asks about may be computed from it.
        found.push(Constant {
            name: name.clone(),
            kind: Kind::Guarded,
            value: written.clone(),
            after: None,
            guards: vec![guard.clone()],
        });
        Some(Size::Expression(Expression { written, value: name.into_token_stream() }))
    }

    /// A number, computed once.
    pub(crate) fn number(&self, written: &TokenStream) -> TokenStream {
        self.once(Kind::Number, written)
    }

    /// A type of the user's, whose expressions are computed once.
    pub(crate) fn ty(&self, written: &TypeExpr) -> TokenStream {
        let tokens = written.to_token_stream();
        if written.has_expressions() { self.once(Kind::Type, &tokens) } else { tokens }
    }

    /// A shape whose sizes are computed once.
    pub(crate) fn shape(&self, shape: &Shape) -> Shape {
        let sizes = shape.sizes.iter().map(|size| match size {
            Size::Literal(_) => size.clone(),
            Size::Expression(Expression { written, .. }) => self.size(written),
        });
        Shape { sizes: sizes.collect(), tokens: shape.tokens.clone() }
    }

    /// Lets `guard`, a statement about sizes, stand in the constant of the last of them, whose value it can ask for before
    /// any type is made of it; whether there is such a constant.
    pub(crate) fn guard(&self, guard: &TokenStream) -> bool {
        let mut found = self.found.borrow_mut();
        let Some(last) = found.iter_mut().rev().find(|constant| mentions(guard, &constant.name)) else { return false };
        let value = Ident::new(VALUE, Span::mixed_site()).into_token_stream();
        last.guards.push(replace(guard, &last.name, &value));
        true
    }

    /// The items.
    pub(crate) fn items(&self) -> Vec<TokenStream> {
        let library = self.network.library.path(Span::mixed_site());
        let item = |Constant { name, kind, value, after, guards }: &Constant| {
            let ty = match kind {
                Kind::Size | Kind::Guarded => quote!(usize),
                Kind::Number => quote!(f64),
                Kind::Type => {
                    return quote_spanned! {Span::mixed_site()=>
                        #[doc(hidden)]
                        #[allow(non_camel_case_types, reason = "its name holds that of the struct")]
                        type #name = #value;
                    };
                }
            };
            let own = Ident::new(VALUE, Span::mixed_site());
            let after = after.iter();
            let guarded = quote_spanned!(Span::mixed_site()=> {
                #(let _ = #after;)*
                let #own: #library::#ty = #value;
                #(#guards;)*
                #own
            });
            let value = if guards.is_empty() { value } else { &guarded };
            quote_spanned! {Span::mixed_site()=>
                #[doc(hidden)]
                #[allow(
                    non_upper_case_globals,
                    unused_braces,
                    unreachable_code,
                    reason = "its name holds that of the struct, and its value stands as it is written"
                )]
                const #name: #library::#ty = #value;
            }
        };
        self.found.borrow().iter().map(item).collect()
    }

    /// The name of the constant of this type and value.
    fn once(&self, kind: Kind, value: &TokenStream) -> TokenStream {
        let Some(item) = &self.network.item else { return value.clone() };
        if self.network.parameters().any(|parameter| mentions(value, parameter)) {
            return value.clone();
        }
        let mut found = self.found.borrow_mut();
        let text = value.to_string();
        if let Some(same) = found.iter().find(|other| other.kind == kind && other.value.to_string() == text) {
            return same.name.to_token_stream();
        }
        // One place for all uses: rustc adds a note for every other.
        let name = format_ident!("__{}_{}", item.name, found.len() + 1, span = item.name.span());
        found.push(Constant { name: name.clone(), kind, value: value.clone(), after: None, guards: Vec::new() });
        name.to_token_stream()
    }
}
