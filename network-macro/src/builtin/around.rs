//! Layers that have layers inside, and the names of their branches.

use proc_macro2::Literal;
use syn::{Error, Ident, Result};

use crate::ast::{Argument, Line, Named};

/// A layer that has layers inside: only a line of layers can say what it is, and `check` does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Around {
    /// One line, and the way around it.
    Residual,
    /// Branches, whose sum it gives.
    Add,
    /// Branches, whose outputs it gives side by side.
    Concat,
}

impl Around {
    pub(super) const ALL: [Self; 3] = [Self::Residual, Self::Add, Self::Concat];

    pub(crate) fn named(name: &Ident) -> Option<Self> {
        Self::ALL.into_iter().find(|around| name == around.name())
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Residual => "Residual",
            Self::Add => "Add",
            Self::Concat => "Concat",
        }
    }

    /// How it is written.
    pub(super) const fn usage(self) -> &'static str {
        match self {
            Self::Residual => "Residual<Dense<64, Relu> => Dense<64>>",
            Self::Add => "Add<deep: Dense<32, Relu> => Dense<64>, wide: Dense<64>>",
            Self::Concat => "Concat<deep: Dense<32, Relu> => Dense<16>, wide: Dense<32>>",
        }
    }

    /// The lines inside.
    pub(crate) fn lines(self, named: &Named, description: &str) -> Result<Vec<Line>> {
        let fail = |what: &str| {
            let message = format!("{description}: {what}: write `{}`", self.usage());
            Err(Error::new_spanned(&named.tokens, message))
        };
        let lines: Vec<_> = named.arguments().iter().map_while(Argument::line).collect();
        match (self, named.arguments()) {
            (Self::Residual, []) => fail("the layers inside are missing"),
            (_, []) => fail("the branches are missing"),
            (Self::Residual, arguments) if lines.len() < arguments.len() || lines.len() > 1 => {
                fail("expected layers with `=>` between them")
            }
            (_, arguments) if lines.len() < arguments.len() => {
                fail(&format!("expected branches of layers, found `{}`", arguments[lines.len()]))
            }
            (Self::Add | Self::Concat, [_]) => fail("it needs two branches or more, with `,` between them"),
            _ => Ok(lines),
        }
    }
}

/// The longest name that the type of a layer with branches can hold.
const LONGEST_NAME: usize = 16;

/// The names of branches: their labels, or what the fields are called.
pub(crate) fn branch_names(lines: &[Line], description: &str) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let default = || match (index, lines.len()) {
            (0, _) => "left".to_owned(),
            (1, 2) => "right".to_owned(),
            _ => format!("branch{}", index + 1),
        };
        let name = line.label.as_ref().map_or_else(default, ToString::to_string);
        if name.len() > LONGEST_NAME {
            let message = format!("{description}: the label of a branch has at most {LONGEST_NAME} bytes");
            return Err(Error::new_spanned(&line.label, message));
        }
        if names.contains(&name) {
            let at = line.label.as_ref().or_else(|| lines.iter().find_map(|line| line.label.as_ref()));
            return Err(Error::new_spanned(at, format!("{description}: two branches are both called `{name}`")));
        }
        names.push(name);
    }
    Ok(names)
}

/// A name as a const parameter.
pub(crate) fn branch_name(name: &str) -> Literal {
    let mut bytes = [0; LONGEST_NAME];
    bytes[..name.len()].copy_from_slice(name.as_bytes());
    Literal::u128_unsuffixed(u128::from_le_bytes(bytes))
}
