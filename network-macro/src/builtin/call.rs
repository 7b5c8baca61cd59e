//! A layer as it is written, whose arguments are read one by one.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Error, Ident, Lit, Result};

use super::{ACTIVATIONS, Input, Rule, Settled, hint, is_activation, usage};
use crate::ast::{Argument, Named, Number, Size, Written};
use crate::constants::Constants;
use crate::names::Library;

/// A layer as it is written, with its input; the arguments are read one by one.
pub(super) struct Call<'a> {
    pub(super) named: &'a Named,
    /// How messages call the layer.
    pub(super) description: &'a str,
    pub(super) input: Input,
    pub(super) scalar: TokenStream,
    pub(super) library: &'a Library,
    pub(super) constants: &'a Constants<'a>,
    pub(super) span: Span,
    pub(super) next: usize,
    pub(super) own_activation: Option<TokenStream>,
    pub(super) numbers: Vec<(Rule, TokenStream)>,
}

impl Call<'_> {
    pub(super) fn error(&self, message: impl std::fmt::Display) -> Error {
        Error::new_spanned(&self.named.tokens, format!("{}: {message}", self.description))
    }

    /// An error at one argument.
    fn error_at(&self, argument: &Argument, message: impl std::fmt::Display) -> Error {
        Error::new_spanned(argument, format!("{}: {message}", self.description))
    }

    /// A type of the library.
    pub(super) fn known(&self, name: &str) -> TokenStream {
        let name = Ident::new(name, self.span);
        let library = self.library.path(self.span);
        quote_spanned!(self.span=> #library::#name)
    }

    fn usage(&self) -> String {
        usage(self.named.name()).map_or_else(String::new, |usage| format!("write `{usage}`"))
    }

    fn argument(&mut self) -> Option<Argument> {
        let argument = self.named.arguments().get(self.next).cloned();
        self.next += 1;
        argument
    }

    /// The number of inputs of a layer that reads one row of numbers.
    pub(super) fn inputs(&self) -> Result<TokenStream> {
        match &self.input {
            Input::Shape(shape) => {
                let [inputs] = &*shape.sizes else {
                    let elements = shape.elements().map_or_else(String::new, |n| format!(" (here {n})"));
                    let batch = match &*shape.sizes {
                        [rows, row] => {
                            format!("; if {rows} is the size of a batch, it is no part of the shape: write `{row}`")
                        }
                        _ => String::new(),
                    };
                    let message =
                        format!("it reads one row of numbers{elements}, but it is given the shape {shape}{batch}");
                    return Err(self.error(message));
                };
                Ok(inputs.argument())
            }
            Input::Layer { width, .. } => Ok(quote!({ #width })),
            Input::Unknown => Ok(quote!(0)),
        }
    }

    /// The next argument, which is a number that keeps a rule, as its bits in braces.
    pub(super) fn number(&mut self, rule: Rule) -> Result<TokenStream> {
        let what = rule.name();
        let Some(argument) = self.argument() else {
            return Err(self.error(format!("the {what} is missing: {}", self.usage())));
        };
        match &argument {
            Argument::Number(number) => match value(number) {
                Some(value) if rule.keeps(value) => Ok(self.bits(value)),
                _ => Err(self.error_at(&argument, format!("a {what} {}, not {argument}", rule.text()))),
            },
            Argument::Block(tokens) => Ok(self.bits_of(rule, tokens)),
            Argument::Written(Written::Named(named)) if named.arguments.is_none() && !is_activation(named) => {
                let message =
                    format!("expected a {what}, found `{named}`: a `const` item stands in braces, `{{ {named} }}`");
                Err(self.error_at(&argument, message))
            }
            _ => Err(self.error_at(&argument, format!("expected a {what}, found `{argument}`: {}", self.usage()))),
        }
    }

    /// The next argument, which is a size.
    pub(super) fn size(&mut self, what: &str) -> Result<Size> {
        let Some(argument) = self.argument() else {
            return Err(self.error(format!("{what} is missing: {}", self.usage())));
        };
        match &argument {
            Argument::Number(Number { negative: None, literal: literal @ Lit::Int(_) }) => Size::read(literal),
            Argument::Block(tokens) => Ok(self.constants.size(tokens)),
            Argument::Written(Written::Named(named)) if named.arguments.is_none() && !is_activation(named) => {
                Ok(self.constants.size(&named.tokens))
            }
            _ => Err(self.error_at(&argument, format!("{what} comes first, as a whole number: {}", self.usage()))),
        }
    }

    /// The next argument, which is an activation if it is there.
    pub(super) fn activation(&mut self) -> Result<Option<TokenStream>> {
        let Some(argument) = self.argument() else { return Ok(None) };
        if let Argument::Written(written) = &argument {
            return self.function(written).map(Some);
        }
        let message = format!("expected an activation, found `{argument}`: {}", self.usage());
        Err(self.error_at(&argument, message))
    }

    /// No more arguments.
    pub(super) fn end(&mut self) -> Result<()> {
        let Some(argument) = self.argument() else { return Ok(()) };
        let message =
            format!("one argument too many: {}; what it reads follows from the layer before it", self.usage());
        Err(self.error_at(&argument, message))
    }

    /// The type of an activation, built in or the user's own.
    pub(super) fn function(&mut self, written: &Written) -> Result<TokenStream> {
        let Written::Named(named) = written else { return Ok(self.own(written)) };
        let known = named.is_plain().then(|| ACTIVATIONS.iter().find(|function| named.name() == function.name));
        let description = self.description;
        let fail = |message: String| Err(Error::new_spanned(&named.tokens, format!("{description}: {message}")));
        let Some(function) = known.flatten() else {
            let Some(hint) = hint(named) else { return Ok(self.own(written)) };
            return fail(hint);
        };
        let ty = {
            let name = named.name();
            let library = self.library.path(name.span());
            quote_spanned!(name.span()=> #library::#name)
        };
        match (function.number, named.arguments()) {
            (None, []) => Ok(ty),
            (None, [.., outputs @ Argument::Number(Number { literal: Lit::Int(_), .. })]) => {
                let with = if function.name == "Linear" { String::new() } else { format!(", {}", function.name) };
                fail(format!(
                    "`{}` is an activation: write `Dense<{outputs}{with}>` for {outputs} outputs",
                    function.name
                ))
            }
            (None, _) => fail(format!("`{}` takes no arguments", function.name)),
            (Some(default), []) => Ok(self.with_number(&ty, default)),
            (Some(default), [Argument::Number(number)]) => match value(number) {
                Some(value) => Ok(self.with_number(&ty, value)),
                None => fail(format!("expected a finite number such as `{}<{default:?}>`", function.name)),
            },
            (Some(_), [Argument::Block(tokens)]) => {
                let bits = self.bits_of(Rule::Finite, tokens);
                Ok(quote_spanned!(named.name().span()=> #ty<#bits>))
            }
            (Some(default), _) => fail(format!("`{0}` takes one number: `{0}<{default:?}>`", function.name)),
        }
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
    fn bits_of(&mut self, rule: Rule, expression: &TokenStream) -> TokenStream {
        let number = self.constants.number(expression);
        self.numbers.push((rule, number.clone()));
        let (library, or_zero) = (self.library.path_in_block(self.span), format_ident!("{}_or_zero", rule.name()));
        self.bits_of_number(&quote_spanned!(self.span=> #library::check::#or_zero(#number)))
    }

    fn bits_of_number(&self, number: &TokenStream) -> TokenStream {
        let library = self.library.path_in_block(self.span);
        self.library.block(&quote_spanned!(self.span=> #library::f64::to_bits(#number)))
    }

    fn own(&mut self, activation: &Written) -> TokenStream {
        let ty = self.constants.ty(activation);
        self.own_activation = Some(ty.clone());
        ty
    }

    /// The library's layer `name` of the shape that comes in, and of `argument`.
    pub(super) fn keeping_the_shape(&mut self, name: &str, argument: &TokenStream) -> Settled {
        let sample = match &self.input {
            Input::Shape(shape) => shape.array(&self.scalar, self.span),
            Input::Layer { output, .. } => output.clone(),
            Input::Unknown => quote!(()),
        };
        let name = self.known(name);
        let ty = quote_spanned!(self.span=> #name<#sample, #argument>);
        let output = if let Input::Shape(shape) = &self.input { Some(shape.clone()) } else { None };
        Settled {
            ty,
            output,
            sizes: Vec::new(),
            reads: None,
            own_activation: self.own_activation.take(),
            has_inside: false,
            numbers: std::mem::take(&mut self.numbers),
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
