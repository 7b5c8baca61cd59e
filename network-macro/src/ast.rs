//! A network as it is written, before any shape is known.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Error, Ident, Lit, Result, Token, Type, Visibility};

use crate::names::Library;

mod parameters;
mod text;

pub(crate) use parameters::{mentions, replace};

/// What stands in one `network!`.
pub(crate) struct Network {
    /// How the code names the library.
    pub(crate) library: Library,
    /// The name and what belongs to it; nothing in the type form.
    pub(crate) item: Option<Item>,
    /// The number type.
    pub(crate) scalar: Scalar,
    /// The shape of one input, if it could be read.
    pub(crate) input: Option<Shape>,
    /// The size of the vocabulary where the input is tokens: `[Token<65>; 64]`.
    pub(crate) vocabulary: Option<Size>,
    /// Whether only the first steps of an input may count: `Padded<[Token<65>; 64]>`.
    pub(crate) is_padded: bool,
    /// What stands beside these where the input is a pair: `([64, 12], [Token<65>; 10])`.
    pub(crate) second: Option<SecondHalf>,
    /// The layers from the first to the last.
    pub(crate) layers: Vec<Layer>,
}

/// The second half of an input that is a pair.
pub(crate) struct SecondHalf {
    pub(crate) shape: Shape,
    /// The size of its vocabulary where it is tokens.
    pub(crate) vocabulary: Option<Size>,
    /// Whether only its first steps may count.
    pub(crate) is_padded: bool,
}

/// What the item form says beside the layers.
pub(crate) struct Item {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    /// The struct's own `const` parameters, all of type `usize`.
    pub(crate) sizes: Vec<Ident>,
}

/// The type of every number in the network.
pub(crate) enum Scalar {
    /// `f32` where nothing is said, or `f64`.
    Concrete(Ident),
    /// A type parameter of the struct.
    Parameter(Ident),
}

/// The shape of one sample, outermost size first; `784` is `[784]`.
#[derive(Clone)]
pub(crate) struct Shape {
    pub(crate) sizes: Vec<Size>,
    /// What was written, for carets.
    pub(crate) tokens: TokenStream,
}

/// One size.
#[derive(Clone)]
pub(crate) enum Size {
    /// A literal: the macro knows it.
    Literal(usize),
    /// A `const` item, a `const` parameter or an expression in braces: rustc knows it.
    Expression(Expression),
}

/// What rustc computes.
#[derive(Clone)]
pub(crate) struct Expression {
    /// As the user wrote it, for messages.
    pub(crate) written: TokenStream,
    /// As the code has it: the same, or the name of the constant that holds it.
    pub(crate) value: TokenStream,
}

/// One layer of the line.
#[derive(Clone)]
pub(crate) struct Layer {
    /// Its own doc comments.
    pub(crate) docs: Vec<Attribute>,
    /// Whether `frozen` stands before it.
    pub(crate) is_frozen: bool,
    /// The name before the colon.
    pub(crate) label: Option<Ident>,
    /// What it is; nothing after a mistake in it.
    pub(crate) kind: Option<TypeExpr>,
    /// The shape behind `->`, which says what the layer gives.
    pub(crate) output: Option<Shape>,
    /// The whole layer with its label, for carets that cover it.
    pub(crate) tokens: TokenStream,
}

/// A type as it is written: a layer, an activation, or anything else in angle brackets.
#[derive(Clone)]
pub(crate) enum TypeExpr {
    /// A path with arguments, of which numbers need not be integers.
    NamedType(NamedType),
    /// Any other type.
    Type(Box<Type>),
}

/// `path::Name<arguments>`
#[derive(Clone)]
pub(crate) struct NamedType {
    pub(crate) leading: Option<Token![::]>,
    pub(crate) path: Vec<Ident>,
    pub(crate) arguments: Option<Vec<Argument>>,
    /// All of it, with the places it came from.
    pub(crate) tokens: TokenStream,
}

/// One argument in angle brackets.
#[derive(Clone)]
pub(crate) enum Argument {
    /// A number as it is written, with its sign.
    Number(Number),
    /// An expression in braces.
    Block(TokenStream),
    /// Sizes in brackets: one for each axis, or a shape.
    List(Shape),
    /// A type, or a `const` item: their names look alike.
    TypeExpr(TypeExpr),
    /// Several layers with `=>` between them, or a branch with a label.
    Line(Line),
    /// One of these with the name of what it is: `activation = Relu`.
    Assigned { name: Ident, value: Box<Argument> },
}

/// Layers within a layer: one after the other.
#[derive(Clone)]
pub(crate) struct Line {
    /// The name before the colon, which a branch may have.
    pub(crate) label: Option<Ident>,
    pub(crate) layers: Vec<TypeExpr>,
}

/// A number in angle brackets.
#[derive(Clone)]
pub(crate) struct Number {
    pub(crate) negative: Option<Token![-]>,
    pub(crate) literal: syn::Lit,
}

impl Network {
    /// The type of every number.
    pub(crate) fn scalar(&self) -> TokenStream {
        match &self.scalar {
            Scalar::Concrete(name) => {
                let library = self.library.path(name.span());
                quote_spanned!(name.span()=> #library::#name)
            }
            Scalar::Parameter(name) => name.to_token_stream(),
        }
    }

    /// The struct's own `const` parameters.
    pub(crate) fn sizes(&self) -> &[Ident] {
        self.item.as_ref().map_or(&[], |item| &item.sizes)
    }

    /// All of the struct's own parameters.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &Ident> {
        let scalar = if let Scalar::Parameter(scalar) = &self.scalar { Some(scalar) } else { None };
        self.sizes().iter().chain(scalar)
    }
}

impl Expression {
    /// What the code has as the user wrote it.
    pub(crate) fn written(tokens: TokenStream) -> Self {
        Self { value: tokens.clone(), written: tokens }
    }
}

impl Size {
    /// A size is a whole number.
    pub(crate) fn read(literal: &Lit) -> Result<Self> {
        match literal {
            Lit::Int(number) if matches!(number.suffix(), "" | "usize") => {
                let message = format!("`{number}` is too large for a size");
                number.base10_parse().map(Size::Literal).map_err(|_| Error::new_spanned(number, message))
            }
            _ => Err(Error::new_spanned(literal, "a size is a whole number without a type")),
        }
    }

    /// The size in a place for expressions.
    pub(crate) fn expression(&self) -> TokenStream {
        match self {
            Self::Literal(size) => proc_macro2::Literal::usize_unsuffixed(*size).to_token_stream(),
            Self::Expression(expression) => expression.value.clone(),
        }
    }

    /// The size in angle brackets.
    pub(crate) fn argument(&self) -> TokenStream {
        match self {
            Self::Literal(_) => self.expression(),
            // Braces say that a name is a value: a typo is then reported as one.
            Self::Expression(Expression { value, .. }) => quote!({ #value }),
        }
    }

    /// The number, if the macro knows it.
    pub(crate) fn literal(&self) -> Option<usize> {
        if let Self::Literal(size) = self { Some(*size) } else { None }
    }

    /// Whether both are the same number; nothing if only rustc can tell.
    pub(crate) fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Literal(a), Self::Literal(b)) => Some(a == b),
            _ => (self.expression().to_string() == other.expression().to_string()).then_some(true),
        }
    }
}

impl Shape {
    /// The nested array; where it is wrong, `span` is to blame.
    pub(crate) fn array(&self, scalar: &TokenStream, span: Span) -> TokenStream {
        self.sizes.iter().rev().fold(scalar.clone(), |inner, size| {
            let size = size.expression();
            quote_spanned!(span=> [#inner; #size])
        })
    }

    /// Whether both are the same shape; nothing if only rustc can tell.
    pub(crate) fn equals(&self, other: &Self) -> Option<bool> {
        if self.sizes.len() != other.sizes.len() {
            return Some(false);
        }
        let mut answer = Some(true);
        for (a, b) in self.sizes.iter().zip(&other.sizes) {
            match a.equals(b) {
                Some(true) => {}
                Some(false) => return Some(false),
                None => answer = None,
            }
        }
        answer
    }

    /// The number of elements, if the macro knows it.
    pub(crate) fn elements(&self) -> Option<usize> {
        self.sizes.iter().try_fold(1_usize, |product, size| match size {
            Size::Literal(size) => product.checked_mul(*size),
            Size::Expression(_) => None,
        })
    }
}

impl Layer {
    /// Where errors that rustc finds should point: the layer's name.
    pub(crate) fn span(&self) -> Span {
        match &self.kind {
            Some(TypeExpr::NamedType(named)) => named.name().span(),
            _ => self.tokens.clone().into_iter().next().map_or_else(Span::call_site, |token| token.span()),
        }
    }

    /// The field's name: the label, or `l` with the layer's number.
    pub(crate) fn field(&self, index: usize) -> Ident {
        self.label.clone().unwrap_or_else(|| Ident::new(&format!("l{}", index + 1), self.span()))
    }

    /// The layer as messages call it, such as ``layer `l2: Dense<64, Relu>` ``.
    pub(crate) fn description(&self, index: usize) -> String {
        match &self.kind {
            Some(kind) => format!("layer `{}: {kind}`", self.field(index)),
            None => format!("layer `{}`", self.field(index)),
        }
    }
}

impl NamedType {
    /// The last part of the path.
    pub(crate) fn name(&self) -> &Ident {
        self.path.last().expect("the parser reads at least one part")
    }

    /// The arguments, of which there may be none.
    pub(crate) fn arguments(&self) -> &[Argument] {
        self.arguments.as_deref().unwrap_or_default()
    }

    /// Whether this is one plain name, which alone can be a built-in layer or activation.
    pub(crate) fn is_plain(&self) -> bool {
        self.leading.is_none() && self.path.len() == 1
    }
}

impl TypeExpr {
    /// Whether there are expressions in braces in it.
    pub(crate) fn has_expressions(&self) -> bool {
        let Self::NamedType(named) = self else { return false };
        named.arguments().iter().any(Argument::has_expressions)
    }
}

impl TypeExpr {
    /// The first argument with a name.
    pub(crate) fn assigned(&self) -> Option<&Argument> {
        let Self::NamedType(named) = self else { return None };
        named.arguments().iter().find_map(|argument| match argument {
            Argument::Assigned { .. } => Some(argument),
            Argument::TypeExpr(written) => written.assigned(),
            Argument::Number(_) | Argument::Block(_) | Argument::List(_) | Argument::Line(_) => None,
        })
    }
}

impl ToTokens for TypeExpr {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::NamedType(named) => named.to_tokens(tokens),
            Self::Type(ty) => ty.to_tokens(tokens),
        }
    }
}

impl ToTokens for NamedType {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.tokens.clone());
    }
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Number(Number { negative, literal }) => {
                negative.to_tokens(tokens);
                literal.to_tokens(tokens);
            }
            Self::Block(block) => tokens.extend(quote!({ #block })),
            Self::List(shape) => tokens.extend(shape.tokens.clone()),
            Self::TypeExpr(written) => written.to_tokens(tokens),
            Self::Line(line) => line.to_tokens(tokens),
            Self::Assigned { name, value } => tokens.extend(quote!(#name = #value)),
        }
    }
}

impl Argument {
    /// Whether there are expressions in braces in it.
    fn has_expressions(&self) -> bool {
        match self {
            Self::Block(_) => true,
            Self::TypeExpr(written) => written.has_expressions(),
            Self::Assigned { value, .. } => value.has_expressions(),
            Self::Number(_) | Self::List(_) | Self::Line(_) => false,
        }
    }

    /// The layers, if it is some.
    pub(crate) fn line(&self) -> Option<Line> {
        match self {
            Self::Line(line) => Some(line.clone()),
            Self::TypeExpr(layer) => Some(Line { label: None, layers: vec![layer.clone()] }),
            Self::Number(_) | Self::Block(_) | Self::List(_) | Self::Assigned { .. } => None,
        }
    }
}

impl ToTokens for Line {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { label, layers } = self;
        let label = label.iter();
        tokens.extend(quote!(#(#label:)* #(#layers)=>*));
    }
}
