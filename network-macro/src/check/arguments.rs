//! The arguments of a layer of the table, read as its row says.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Error, Ident, Lit, Result};

use super::values::{Value, Values};
use crate::ast::{Argument, NamedType, Number, Shape, Size, TypeExpr};
use crate::constants::Constants;
use crate::names::Library;
use crate::table::{self, ActivationRow, Default, LayerRow, NumberRule, Parameter, ParameterKind};

/// Reads the arguments of one layer.
pub(super) struct Arguments<'a> {
    pub(super) named: &'a NamedType,
    /// How messages call the layer.
    pub(super) description: &'a str,
    pub(super) library: &'a Library,
    pub(super) constants: &'a Constants<'a>,
    /// The activation, if it is a type of the user's.
    pub(super) own_activation: Option<TokenStream>,
    /// The numbers that rustc computes, and what they must be.
    pub(super) numbers: Vec<(NumberRule, TokenStream)>,
}

impl<'a> Arguments<'a> {
    pub(super) fn new(
        named: &'a NamedType,
        description: &'a str,
        library: &'a Library,
        constants: &'a Constants<'a>,
    ) -> Self {
        Self { named, description, library, constants, own_activation: None, numbers: Vec::new() }
    }

    /// A value for each of the row's parameters.
    pub(super) fn values(&mut self, row: &'static LayerRow) -> Result<Values> {
        let (bound, excess) = self.bind(row)?;
        let mut values = Values { row, values: Vec::new() };
        for (parameter, argument) in row.arguments.iter().zip(bound) {
            let value = match argument {
                Some(argument) => self.value(row, parameter, argument)?,
                None => self.default(&values, parameter)?,
            };
            values.values.push(value);
        }
        let Some(excess) = excess else { return Ok(values) };
        let usage = write(row);
        let message = format!("one argument too many: {usage}; what it reads follows from the layer before it");
        Err(self.error_at(excess, message))
    }

    /// What stands first, before layers: a number of them.
    pub(super) fn count(&mut self, row: &LayerRow) -> Result<Option<Size>> {
        match (row.arguments.first(), self.named.arguments().first()) {
            (Some(parameter), Some(argument)) => match self.value(row, parameter, argument)? {
                Value::Sizes(sizes) => Ok(sizes.into_iter().next()),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// Whether the flag `name` of a row with layers inside is set; what else it has is read elsewhere.
    pub(super) fn is_set(&mut self, row: &'static LayerRow, name: &str) -> Result<bool> {
        let (bound, _) = self.bind(row)?;
        match row.arguments.iter().zip(bound).find(|(parameter, _)| parameter.name == name) {
            Some((parameter, Some(argument))) => Ok(matches!(self.value(row, parameter, argument)?, Value::Flag(true))),
            _ => Ok(false),
        }
    }

    /// The argument of each parameter, if there is one (first those without a name, then those with one), and the first
    /// argument for which there is no parameter.
    fn bind(&self, row: &LayerRow) -> Result<(Vec<Option<&'a Argument>>, Option<&'a Argument>)> {
        let mut bound: Vec<Option<&Argument>> = row.arguments.iter().map(|_| None).collect();
        let mut nameless = row.arguments.iter().enumerate().filter(|(_, parameter)| parameter.may_be_nameless);
        let (mut is_named, mut excess) = (false, None);
        for argument in self.named.arguments() {
            let (place, value) = match argument {
                Argument::Assigned { name, value } => {
                    is_named = true;
                    let place = row.arguments.iter().position(|parameter| name == parameter.name);
                    let place = place.ok_or_else(|| self.error_at(argument, has_no(row, name)))?;
                    (Some(place), &**value)
                }
                Argument::TypeExpr(TypeExpr::NamedType(named)) if flag(row, named).is_some() => {
                    is_named = true;
                    (flag(row, named), argument)
                }
                _ if is_named => {
                    return Err(self.error_at(argument, "arguments without a name stand before those with one"));
                }
                _ => (nameless.next().map(|(place, _)| place), argument),
            };
            match place.and_then(|place| Some((bound.get_mut(place)?, row.arguments[place].name))) {
                None => excess = excess.or(Some(argument)),
                Some((slot, name)) => {
                    if slot.replace(value).is_some() {
                        return Err(self.error_at(argument, format!("`{name}` is given twice")));
                    }
                }
            }
        }
        Ok((bound, excess))
    }

    /// What stands where nothing is written.
    fn default(&self, values: &Values, parameter: &Parameter) -> Result<Value> {
        let row = values.row;
        match parameter.kind {
            ParameterKind::Activation(Some(default)) => Ok(Value::Tokens(self.known(default))),
            ParameterKind::Mode([default, ..]) => Ok(Value::Tokens(self.known(default))),
            ParameterKind::Kind([(_, ty), ..]) => Ok(Value::Kind(ty)),
            ParameterKind::Flag(default) => Ok(Value::Flag(default)),
            ParameterKind::PerAxis { default: Some(Default::Number(number)), .. } => {
                Ok(Value::Sizes(vec![Size::Literal(number)]))
            }
            ParameterKind::PerAxis { axes, default: Some(Default::As(name)) } => {
                Ok(Value::Sizes((0..axes).filter_map(|axis| values.on_axis(name, axis)).collect()))
            }
            ParameterKind::Activation(None) => {
                Err(self.error(format!("an {} is missing: {}", parameter.what, write(row))))
            }
            ParameterKind::Number(_) => Err(self.error(format!("the {} is missing: {}", parameter.what, write(row)))),
            _ => Err(self.error(format!("{} is missing: {}", parameter.what, write(row)))),
        }
    }

    fn value(&mut self, row: &LayerRow, parameter: &Parameter, argument: &Argument) -> Result<Value> {
        let what = parameter.what;
        let expected =
            |what: &str| Err(self.error_at(argument, format!("expected {what}, found `{argument}`: {}", write(row))));
        match (parameter.kind, argument) {
            (ParameterKind::Size { zero }, _) => match self.size(argument)? {
                Some(Size::Literal(0)) => Err(self.error(zero)),
                Some(size) => Ok(Value::Sizes(vec![size])),
                None => {
                    let message = format!("{what} comes first, as a whole number: {}", write(row));
                    Err(self.error_at(argument, message))
                }
            },
            (ParameterKind::PerAxis { axes, .. }, Argument::List(shape)) => {
                if shape.sizes.len() == axes && axes > 1 {
                    return Ok(Value::Sizes(self.constants.shape(shape).sizes));
                }
                let pair = if axes == 2 { " or two, such as `[3, 5]`" } else { "" };
                expected(&format!("one whole number{pair}, as {what}"))
            }
            (ParameterKind::PerAxis { axes, .. }, _) => match self.size(argument)? {
                Some(size) => Ok(Value::Sizes(vec![size])),
                None if axes == 2 => expected(&format!("a whole number or two, such as `[3, 5]`, as {what}")),
                None => expected(&format!("a whole number, as {what}")),
            },
            (ParameterKind::Flag(_), Argument::Number(Number { negative: None, literal: Lit::Bool(flag) })) => {
                Ok(Value::Flag(flag.value))
            }
            (ParameterKind::Flag(false), Argument::TypeExpr(TypeExpr::NamedType(named)))
                if is_name(named, parameter.name) =>
            {
                Ok(Value::Flag(true))
            }
            (ParameterKind::Flag(_), _) => expected(&format!("`true` or `false`, {what}")),
            (ParameterKind::Mode(modes), Argument::TypeExpr(TypeExpr::NamedType(named)))
                if modes.iter().any(|mode| is_name(named, mode)) =>
            {
                let (name, library) = (named.name(), self.library.path(named.name().span()));
                Ok(Value::Tokens(quote_spanned!(name.span()=> #library::#name)))
            }
            (ParameterKind::Kind(kinds), Argument::TypeExpr(TypeExpr::NamedType(named)))
                if kinds.iter().any(|(name, _)| is_name(named, name)) =>
            {
                Ok(Value::Kind(kinds.iter().find(|(name, _)| is_name(named, name)).map_or(row.ty, |(_, ty)| ty)))
            }
            (ParameterKind::Kind(kinds), _) => {
                let names: Vec<_> = kinds.iter().map(|(name, _)| *name).collect();
                expected(&format!("`{}`, as {what}", names.join("` or `")))
            }
            (ParameterKind::Mode(modes), _) => expected(&format!("`{}`, as {what}", modes.join("` or `"))),
            (ParameterKind::Shape, Argument::List(shape)) => {
                if shape.sizes.iter().any(|size| matches!(size, Size::Literal(0))) {
                    return Err(self.error_at(argument, format!("the shape {shape} has no elements: a size is 0")));
                }
                Ok(Value::Shape(self.constants.shape(shape)))
            }
            (ParameterKind::Shape, _) => match self.size(argument)? {
                Some(size) => Ok(Value::Shape(Shape { sizes: vec![size], tokens: argument.to_token_stream() })),
                None => expected("a shape"),
            },
            (ParameterKind::Number(rule), _) => self.number(row, parameter, rule, argument).map(Value::Tokens),
            (ParameterKind::Activation(_), Argument::TypeExpr(written)) => self.activation(written).map(Value::Tokens),
            (ParameterKind::Activation(_), _) => expected("an activation"),
            (ParameterKind::Line | ParameterKind::Branches, _) => {
                unreachable!("what is made of layers is read by the line that they stand in")
            }
        }
    }

    /// The size, if this is one.
    fn size(&self, argument: &Argument) -> Result<Option<Size>> {
        match argument {
            Argument::Number(Number { negative: None, literal: literal @ Lit::Int(_) }) => {
                Size::read(literal).map(Some)
            }
            Argument::Block(tokens) => Ok(Some(self.constants.size(tokens))),
            Argument::TypeExpr(TypeExpr::NamedType(named)) if may_be_const(named) => {
                Ok(Some(self.constants.size(&named.tokens)))
            }
            _ => Ok(None),
        }
    }

    /// A number that keeps a rule, as its bits in braces.
    fn number(
        &mut self,
        row: &LayerRow,
        parameter: &Parameter,
        rule: NumberRule,
        argument: &Argument,
    ) -> Result<TokenStream> {
        let what = parameter.what;
        match argument {
            Argument::Number(number) => match value(number) {
                Some(value) if rule.keeps(value) => Ok(self.bits(value)),
                _ => Err(self.error_at(argument, format!("a {what} {}, not {argument}", rule.text()))),
            },
            Argument::Block(tokens) => Ok(self.bits_of(rule, tokens)),
            Argument::TypeExpr(TypeExpr::NamedType(named)) if may_be_const(named) => {
                let message =
                    format!("expected a {what}, found `{named}`: a `const` item stands in braces, `{{ {named} }}`");
                Err(self.error_at(argument, message))
            }
            _ => Err(self.error_at(argument, format!("expected a {what}, found `{argument}`: {}", write(row)))),
        }
    }

    /// The type of an activation, of the table or the user's own.
    pub(super) fn activation(&mut self, written: &TypeExpr) -> Result<TokenStream> {
        let TypeExpr::NamedType(named) = written else { return Ok(self.own(written)) };
        let description = self.description;
        let fail = |message: String| Err(Error::new_spanned(&named.tokens, format!("{description}: {message}")));
        let Some(row) = known_activation(named) else {
            let hint = named.is_plain().then(|| table::hint(named.name())).flatten();
            return hint.map_or_else(|| Ok(self.own(written)), fail);
        };
        let ty = {
            let name = named.name();
            let library = self.library.path(name.span());
            quote_spanned!(name.span()=> #library::#name)
        };
        match (row.number, named.arguments()) {
            (None, []) => Ok(ty),
            (None, [.., outputs @ Argument::Number(Number { literal: Lit::Int(_), .. })]) => {
                let with = if row.name == DEFAULT { String::new() } else { format!(", {}", row.name) };
                fail(format!("`{}` is an activation: write `Dense<{outputs}{with}>` for {outputs} outputs", row.name))
            }
            (None, _) => fail(format!("`{}` takes no arguments", row.name)),
            (Some(default), []) => Ok(self.with_number(&ty, default)),
            (Some(default), [Argument::Number(number)]) => match value(number) {
                Some(value) => Ok(self.with_number(&ty, value)),
                None => fail(format!("expected a finite number such as `{}<{default:?}>`", row.name)),
            },
            (Some(_), [Argument::Block(tokens)]) => {
                let bits = self.bits_of(NumberRule::Finite, tokens);
                Ok(quote_spanned!(named.name().span()=> #ty<#bits>))
            }
            (Some(default), _) => fail(format!("`{0}` takes one number: `{0}<{default:?}>`", row.name)),
        }
    }

    /// The user's own activation.
    fn own(&mut self, activation: &TypeExpr) -> TokenStream {
        let ty = self.constants.ty(activation);
        self.own_activation = Some(ty.clone());
        ty
    }

    /// A type of the library.
    pub(super) fn known(&self, name: &str) -> TokenStream {
        let (name, library) = (Ident::new(name, self.span()), self.library.path(self.span()));
        quote_spanned!(self.span()=> #library::#name)
    }

    /// A number that is no integer cannot stand in a type: its bits can.
    fn with_number(&self, ty: &TokenStream, value: f64) -> TokenStream {
        let bits = self.bits(value);
        quote!(#ty<#bits>)
    }

    fn bits(&self, value: f64) -> TokenStream {
        let size = Literal::f64_suffixed(value.abs());
        let number = if value.is_sign_negative() { quote!(-#size) } else { quote!(#size) };
        self.bits_of_number(&number)
    }

    /// The bits of what rustc computes: of 0 where it does not keep its rule, so that the check of it is the only error.
    fn bits_of(&mut self, rule: NumberRule, expression: &TokenStream) -> TokenStream {
        let number = self.constants.number(expression);
        self.numbers.push((rule, number.clone()));
        let (span, or_zero) = (self.span(), format_ident!("{}_or_zero", rule.name()));
        let library = self.library.path_in_block(span);
        self.bits_of_number(&quote_spanned!(span=> #library::check::#or_zero(#number)))
    }

    fn bits_of_number(&self, number: &TokenStream) -> TokenStream {
        let library = self.library.path_in_block(self.span());
        self.library.block(&quote_spanned!(self.span()=> #library::f64::to_bits(#number)))
    }

    /// The place to blame in types.
    pub(super) fn span(&self) -> Span {
        self.named.name().span()
    }

    /// An error at the whole layer.
    pub(super) fn error(&self, message: impl std::fmt::Display) -> Error {
        Error::new_spanned(&self.named.tokens, format!("{}: {message}", self.description))
    }

    /// An error at one argument.
    fn error_at(&self, argument: &Argument, message: impl std::fmt::Display) -> Error {
        Error::new_spanned(argument, format!("{}: {message}", self.description))
    }
}

/// The activation that a layer has where none is written.
const DEFAULT: &str = "Linear";

/// The activation of the table that this names.
pub(super) fn known_activation(named: &NamedType) -> Option<&'static ActivationRow> {
    named.is_plain().then(|| ActivationRow::named(named.name())).flatten()
}

/// Whether this can be a `const` item, whose names look like those of types.
fn may_be_const(named: &NamedType) -> bool {
    named.arguments.is_none() && known_activation(named).is_none()
}

/// Whether this is nothing but `name`.
fn is_name(named: &NamedType, name: &str) -> bool {
    named.is_plain() && named.arguments.is_none() && named.name() == name
}

/// The place of the argument that is true where only its name stands, and false where nothing does. What is true anyway may be the
/// name of a constant.
fn flag(row: &LayerRow, named: &NamedType) -> Option<usize> {
    row.arguments
        .iter()
        .position(|parameter| matches!(parameter.kind, ParameterKind::Flag(false)) && is_name(named, parameter.name))
}

/// Whether this stands behind the others, with its name, as `bias` or `bias = true` behind layers.
pub(super) fn is_option(row: &LayerRow, argument: &Argument) -> bool {
    match argument {
        Argument::Assigned { .. } => true,
        Argument::TypeExpr(TypeExpr::NamedType(named)) => flag(row, named).is_some(),
        _ => false,
    }
}

fn write(row: &LayerRow) -> String {
    format!("write `{}`", row.usage)
}

/// What a layer can be told instead of `name`.
fn has_no(row: &LayerRow, name: &Ident) -> String {
    let names: Vec<_> = row.arguments.iter().map(|parameter| format!("`{}`", parameter.name)).collect();
    match &*names {
        [] => format!("`{}` has no arguments", row.name),
        [one] => format!("`{}` has no argument `{name}`, only {one}", row.name),
        [others @ .., last] => {
            format!("`{}` has no argument `{name}`: it has {} and {last}", row.name, others.join(", "))
        }
    }
}

/// The number, if it is a finite one.
fn value(number: &Number) -> Option<f64> {
    let value: f64 = match &number.literal {
        Lit::Int(literal) => literal.base10_parse().ok()?,
        Lit::Float(literal) => literal.base10_parse().ok()?,
        _ => return None,
    };
    let value = if number.negative.is_some() { -value } else { value };
    value.is_finite().then_some(value)
}
