//! The parts of a network as messages show them.

use std::fmt;

use quote::ToTokens;

use super::{Argument, Line, NamedType, Number, Shape, Size, TypeExpr};

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(size) => size.fmt(f),
            Self::Expression(expression) => f.write_str(&text(&expression.written)),
        }
    }
}

/// `784`, or `[1, 28, 28]`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.sizes {
            [size] => size.fmt(f),
            sizes => write!(f, "[{}]", list(sizes)),
        }
    }
}

impl fmt::Display for TypeExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NamedType(named) => named.fmt(f),
            Self::Type(ty) => f.write_str(&text(ty)),
        }
    }
}

impl fmt::Display for NamedType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { leading, path, arguments, .. } = self;
        if leading.is_some() {
            f.write_str("::")?;
        }
        f.write_str(&path.iter().map(ToString::to_string).collect::<Vec<_>>().join("::"))?;
        match arguments {
            Some(arguments) => write!(f, "<{}>", list(arguments)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(Number { negative, literal }) => {
                write!(f, "{}{}", if negative.is_some() { "-" } else { "" }, literal.to_token_stream())
            }
            Self::Block(block) => write!(f, "{{ {} }}", text(block)),
            Self::List(shape) => write!(f, "[{}]", list(&shape.sizes)),
            Self::TypeExpr(written) => written.fmt(f),
            Self::Line(line) => line.fmt(f),
            Self::Assigned { name, value } => write!(f, "{name} = {value}"),
        }
    }
}

/// `deep: Dense<32> => Dense<16>`
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(label) = &self.label {
            write!(f, "{label}: ")?;
        }
        f.write_str(&self.layers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" => "))
    }
}

fn list(items: &[impl fmt::Display]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Tokens as a person writes them, as far as that is a matter of blanks.
fn text(tokens: impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (loose, tight) in [(" :: ", "::"), (" < ", "<"), (" >", ">"), (" ,", ","), (" ;", ";")] {
        text = text.replace(loose, tight);
    }
    text
}
