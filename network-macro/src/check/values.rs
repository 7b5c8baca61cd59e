//! What a layer of the table is told, as its row says.

use proc_macro2::TokenStream;
use quote::ToTokens;

use crate::ast::{Shape, Size};
use crate::table::LayerRow;

/// An argument, read.
pub(super) enum Value {
    /// One size, or one for each axis.
    Sizes(Vec<Size>),
    Flag(bool),
    Shape(Shape),
    /// What the library calls the layer's type.
    Kind(&'static str),
    /// As it stands in the layer's type.
    Tokens(TokenStream),
}

/// The arguments of one layer, in the order of the row's parameters.
pub(super) struct Values {
    pub(super) row: &'static LayerRow,
    pub(super) values: Vec<Value>,
}

impl Values {
    /// The value of the parameter `name`.
    fn get(&self, name: &str) -> Option<&Value> {
        let place = self.row.arguments.iter().position(|parameter| parameter.name == name)?;
        self.values.get(place)
    }

    /// What the argument `name` says of one axis; of one for all axes that is the same.
    pub(super) fn on_axis(&self, name: &str, axis: usize) -> Option<Size> {
        let Some(Value::Sizes(sizes)) = self.get(name) else { return None };
        sizes.get(axis).or(sizes.first()).cloned()
    }

    /// Whether `name` is an argument, and true.
    pub(super) fn is_set(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Flag(true)))
    }

    /// What the library calls the layer's type.
    pub(super) fn ty(&self) -> &'static str {
        let kind = |value: &Value| if let Value::Kind(ty) = value { Some(*ty) } else { None };
        self.values.iter().find_map(kind).unwrap_or(self.row.ty)
    }

    /// The shape that the argument `name` says.
    pub(super) fn shape(&self, name: &str) -> Option<Shape> {
        if let Some(Value::Shape(shape)) = self.get(name) { Some(shape.clone()) } else { None }
    }

    /// The argument `name` in angle brackets.
    pub(super) fn tokens(&self, name: &str) -> TokenStream {
        match self.get(name) {
            Some(Value::Sizes(sizes)) => sizes.first().map(Size::argument).unwrap_or_default(),
            Some(Value::Tokens(tokens)) => tokens.clone(),
            Some(Value::Flag(flag)) => flag.to_token_stream(),
            Some(Value::Shape(_) | Value::Kind(_)) | None => TokenStream::new(),
        }
    }
}
