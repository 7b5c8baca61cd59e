//! The lines inside a layer, and the names of branches.

use proc_macro2::Span;
use syn::{Error, Ident, Result};

use super::arguments::is_option;
use super::padded::row_of;
use crate::ast::{Argument, Line, NamedType, TypeExpr};
use crate::labels;
use crate::table::{LayerRow, ParameterKind};

/// The lines that stand in the angle brackets of a layer.
pub(super) fn lines(row: &LayerRow, named: &NamedType, description: &str) -> Result<Vec<Line>> {
    let fail = |what: &str| {
        let message = format!("{description}: {what}: write `{}`", row.usage);
        Err(Error::new_spanned(&named.tokens, message))
    };
    let parameter = row.arguments.iter().find(|parameter| parameter.kind.is_made_of_layers());
    let (what, is_line) =
        parameter.map_or(("", false), |parameter| (parameter.what, matches!(parameter.kind, ParameterKind::Line)));
    // What is no layer stands before them.
    let first = row.arguments.iter().take_while(|parameter| !parameter.kind.is_made_of_layers()).count();
    let before = row.arguments[..first].iter().zip(named.arguments()).find(|(_, argument)| is_of_layers(argument));
    if let Some((parameter, _)) = before {
        return fail(&format!("{} comes first, as a whole number", parameter.what));
    }
    let arguments: Vec<_> = named.arguments().iter().skip(first).filter(|argument| !is_option(row, argument)).collect();
    let lines: Vec<_> = arguments.iter().map_while(|argument| argument.line()).collect();
    match &*arguments {
        [] => fail(&format!("{what} are missing")),
        arguments if is_line && (lines.len() < arguments.len() || lines.len() > 1) => {
            fail("expected layers with `=>` between them")
        }
        arguments if lines.len() < arguments.len() => {
            fail(&format!("expected branches of layers, found `{}`", arguments[lines.len()]))
        }
        [_] if !is_line => fail("it needs two branches or more, with `,` between them"),
        _ => Ok(lines),
    }
}

/// Whether this can be nothing but layers.
fn is_of_layers(argument: &Argument) -> bool {
    match argument {
        Argument::Line(_) => true,
        Argument::TypeExpr(TypeExpr::NamedType(named)) => row_of(named).is_some(),
        _ => false,
    }
}

/// The names of branches: their labels, or else `left` and `right`, or numbers. Where they stand `in_type`, they cannot be of any
/// length.
pub(super) fn branch_names(lines: &[Line], in_type: bool, description: &str) -> Result<Vec<Ident>> {
    let mut names: Vec<Ident> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let default = || match (index, lines.len()) {
            (0, _) => "left".to_owned(),
            (1, 2) => "right".to_owned(),
            _ => format!("branch{}", index + 1),
        };
        let name = line.label.clone().unwrap_or_else(|| Ident::new(&default(), Span::call_site()));
        if in_type && name.to_string().len() > labels::LONGEST {
            let message = format!(
                "{description}: the label of a branch has at most {} bytes here, and any number in `network! {{ struct Name: … }}`",
                labels::LONGEST
            );
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
