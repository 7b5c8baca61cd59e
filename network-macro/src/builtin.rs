//! The layers and activations that `network!` knows: one entry each.
//!
//! A layer that is not here is a type of the user's, and is written as it stands.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Error, Ident, Lit, Result};

use crate::ast::{Argument, Line, Named, Network, Number, Shape, Size, Written};
use crate::constants::Constants;
use crate::hints;
use crate::names::Library;
use crate::parse::literal_size;

/// A layer that the macro knows by name.
pub(crate) struct Builtin {
    name: &'static str,
    /// How it is written.
    usage: &'static str,
    /// Its type and shape after a given input.
    settle: fn(&mut Call<'_>) -> Result<Settled>,
}

/// All of them.
const LAYERS: &[Builtin] = &[
    Builtin { name: "Dense", usage: "Dense<128>` or `Dense<128, Relu>", settle: dense },
    Builtin { name: "Activation", usage: "Activation<Relu>", settle: activation_layer },
    Builtin { name: "Dropout", usage: "Dropout<0.5>", settle: dropout },
    Builtin { name: "TestScaledDropout", usage: "TestScaledDropout<0.5>", settle: dropout },
    Builtin { name: "Noise", usage: "Noise<0.1>", settle: noise },
    Builtin { name: "BatchNorm", usage: "BatchNorm", settle: norm },
    Builtin { name: "LayerNorm", usage: "LayerNorm", settle: norm },
];

/// An activation that the macro knows by name.
struct Function {
    name: &'static str,
    /// The value of its number where none is written; nothing if it has no number.
    number: Option<f64>,
}

const fn plain(name: &'static str) -> Function {
    Function { name, number: None }
}

/// All of them.
const ACTIVATIONS: &[Function] = &[
    plain("Linear"),
    plain("Step"),
    plain("Sigmoid"),
    plain("Tanh"),
    plain("Relu"),
    Function { name: "LeakyRelu", number: Some(0.01) },
    Function { name: "Elu", number: Some(1.0) },
    plain("Gelu"),
    plain("GeluTanh"),
    plain("Silu"),
    plain("Softplus"),
    plain("Softmax"),
    plain("LogSoftmax"),
];

/// The fully connected layer: `Dense<outputs>`, `Dense<outputs, activation>`.
fn dense(call: &mut Call<'_>) -> Result<Settled> {
    let outputs = call.size("the number of outputs")?;
    let activation = call.activation()?.unwrap_or_else(|| call.known("Linear"));
    call.end()?;
    if let Size::Literal(0) = outputs {
        return Err(call.error("a layer needs at least one output"));
    }
    let inputs = call.inputs()?;
    let (name, scalar, size) = (call.known("Dense"), &call.scalar, outputs.argument());
    let ty = quote_spanned!(call.span=> #name<#inputs, #size, #activation, #scalar>);
    let reads = quote_spanned!(call.span=> [#scalar; #inputs]);
    let output = Shape { tokens: call.named.tokens.clone(), sizes: vec![outputs.clone()] };
    Ok(Settled {
        ty,
        output: Some(output),
        sizes: vec![outputs],
        reads: Some(reads),
        own_activation: call.own_activation.take(),
        has_inside: false,
        numbers: std::mem::take(&mut call.numbers),
    })
}

/// An activation alone, which keeps the shape: `Activation<Relu>`.
fn activation_layer(call: &mut Call<'_>) -> Result<Settled> {
    let activation = call.activation()?;
    let activation = activation.ok_or_else(|| call.error("an activation is missing: write `Activation<Relu>`"))?;
    call.end()?;
    Ok(call.keeping_the_shape("ActivationLayer", &activation))
}

/// What leaves out elements and keeps the shape: `Dropout<0.5>`, `TestScaledDropout<0.5>`.
fn dropout(call: &mut Call<'_>) -> Result<Settled> {
    let probability = call.number(Rule::Probability)?;
    call.end()?;
    let name = call.named.name().to_string();
    Ok(call.keeping_the_shape(&name, &probability))
}

/// What adds noise and keeps the shape: `Noise<0.1>`.
fn noise(call: &mut Call<'_>) -> Result<Settled> {
    let deviation = call.number(Rule::Deviation)?;
    call.end()?;
    Ok(call.keeping_the_shape("Noise", &deviation))
}

/// What normalises one row of numbers: `BatchNorm`, `LayerNorm`.
fn norm(call: &mut Call<'_>) -> Result<Settled> {
    call.end()?;
    let inputs = call.inputs()?;
    let (name, scalar) = (call.known(&call.named.name().to_string()), &call.scalar);
    let ty = quote_spanned!(call.span=> #name<#inputs, #scalar>);
    let reads = quote_spanned!(call.span=> [#scalar; #inputs]);
    let output = if let Input::Shape(shape) = &call.input { Some(shape.clone()) } else { None };
    Ok(Settled {
        ty,
        output,
        sizes: Vec::new(),
        reads: Some(reads),
        own_activation: None,
        has_inside: false,
        numbers: Vec::new(),
    })
}

/// What follows from a layer as it is written and from its input.
pub(crate) struct Settled {
    /// The layer's type.
    pub(crate) ty: TokenStream,
    /// What it gives; nothing where only rustc knows.
    pub(crate) output: Option<Shape>,
    /// The sizes that must not be zero.
    pub(crate) sizes: Vec<Size>,
    /// The type that it reads; nothing if that is whatever it is given.
    pub(crate) reads: Option<TokenStream>,
    /// The activation, if it is a type of the user's.
    pub(crate) own_activation: Option<TokenStream>,
    /// Whether there are layers inside, so that only rustc knows what it reads and gives.
    pub(crate) has_inside: bool,
    /// The numbers that rustc computes, and what they must be.
    pub(crate) numbers: Vec<(Rule, TokenStream)>,
}

/// What a number must be.
#[derive(Clone, Copy)]
pub(crate) enum Rule {
    Probability,
    Deviation,
    Finite,
}

impl Rule {
    /// What it is called, here and in the library's `check`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Probability => "probability",
            Self::Deviation => "deviation",
            Self::Finite => "number",
        }
    }

    /// The rule.
    const fn text(self) -> &'static str {
        match self {
            Self::Probability => "is from 0 up to but not including 1",
            Self::Deviation => "is finite and not negative",
            Self::Finite => "is finite",
        }
    }

    fn keeps(self, value: f64) -> bool {
        match self {
            Self::Probability => (0.0..1.0).contains(&value),
            Self::Deviation => value >= 0.0 && value.is_finite(),
            Self::Finite => value.is_finite(),
        }
    }
}

/// What comes into a layer.
#[derive(Clone)]
pub(crate) enum Input {
    /// A shape that is written in the network.
    Shape(Shape),
    /// The output of a layer that only rustc knows: its type, and an expression for its number of elements.
    Layer { output: TokenStream, width: TokenStream },
    /// Nothing is known, after a mistake.
    Unknown,
}

/// A layer as it is written, with its input; the arguments are read one by one.
pub(crate) struct Call<'a> {
    named: &'a Named,
    /// How messages call the layer.
    description: &'a str,
    input: Input,
    scalar: TokenStream,
    library: &'a Library,
    constants: &'a Constants<'a>,
    span: Span,
    next: usize,
    own_activation: Option<TokenStream>,
    numbers: Vec<(Rule, TokenStream)>,
}

/// The type and shape of a built-in layer, or nothing if this is none.
pub(crate) fn settle(
    named: &Named,
    description: &str,
    input: Input,
    network: &Network,
    constants: &Constants<'_>,
) -> Option<Result<Settled>> {
    if !named.is_plain() {
        return None;
    }
    let (scalar, library, span) = (network.scalar(), &network.library, named.name().span());
    let mut call = Call {
        named,
        description,
        input,
        scalar,
        library,
        constants,
        span,
        next: 0,
        own_activation: None,
        numbers: Vec::new(),
    };
    if let Some(builtin) = LAYERS.iter().find(|builtin| named.name() == builtin.name) {
        return Some((builtin.settle)(&mut call));
    }
    if !is_activation(named) {
        return hint(named).map(|hint| Err(call.error(hint)));
    }
    let activation = call.function(&Written::Named(named.clone()));
    Some(activation.map(|activation| call.keeping_the_shape("ActivationLayer", &activation)))
}

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
    const ALL: [Self; 3] = [Self::Residual, Self::Add, Self::Concat];

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
    const fn usage(self) -> &'static str {
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

/// How a layer of this name is written, if it is built in.
pub(crate) fn usage(name: &Ident) -> Option<&'static str> {
    if let Some(around) = Around::named(name) {
        return Some(around.usage());
    }
    LAYERS.iter().find(|builtin| name == builtin.name).map(|builtin| builtin.usage)
}

impl Call<'_> {
    fn error(&self, message: impl std::fmt::Display) -> Error {
        Error::new_spanned(&self.named.tokens, format!("{}: {message}", self.description))
    }

    /// An error at one argument.
    fn error_at(&self, argument: &Argument, message: impl std::fmt::Display) -> Error {
        Error::new_spanned(argument, format!("{}: {message}", self.description))
    }

    /// A type of the library.
    fn known(&self, name: &str) -> TokenStream {
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
    fn inputs(&self) -> Result<TokenStream> {
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
    fn number(&mut self, rule: Rule) -> Result<TokenStream> {
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
    fn size(&mut self, what: &str) -> Result<Size> {
        let Some(argument) = self.argument() else {
            return Err(self.error(format!("{what} is missing: {}", self.usage())));
        };
        match &argument {
            Argument::Number(Number { negative: None, literal: literal @ Lit::Int(_) }) => literal_size(literal),
            Argument::Block(tokens) => Ok(self.constants.size(tokens)),
            Argument::Written(Written::Named(named)) if named.arguments.is_none() && !is_activation(named) => {
                Ok(self.constants.size(&named.tokens))
            }
            _ => Err(self.error_at(&argument, format!("{what} comes first, as a whole number: {}", self.usage()))),
        }
    }

    /// The next argument, which is an activation if it is there.
    fn activation(&mut self) -> Result<Option<TokenStream>> {
        let Some(argument) = self.argument() else { return Ok(None) };
        if let Argument::Written(written) = &argument {
            return self.function(written).map(Some);
        }
        let message = format!("expected an activation, found `{argument}`: {}", self.usage());
        Err(self.error_at(&argument, message))
    }

    /// No more arguments.
    fn end(&mut self) -> Result<()> {
        let Some(argument) = self.argument() else { return Ok(()) };
        let message =
            format!("one argument too many: {}; what it reads follows from the layer before it", self.usage());
        Err(self.error_at(&argument, message))
    }

    /// The type of an activation, built in or the user's own.
    fn function(&mut self, written: &Written) -> Result<TokenStream> {
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
    fn keeping_the_shape(&mut self, name: &str, argument: &TokenStream) -> Settled {
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

/// Every name that is built in.
fn names() -> impl Iterator<Item = &'static str> {
    let around = Around::ALL.iter().map(|around| around.name());
    let activations = ACTIVATIONS.iter().map(|function| function.name);
    LAYERS.iter().map(|layer| layer.name).chain(around).chain(activations)
}

/// What to write for a plain name of other libraries.
fn hint(named: &Named) -> Option<String> {
    named.is_plain().then(|| hints::of(&named.name().to_string(), names())).flatten()
}

fn is_activation(named: &Named) -> bool {
    named.is_plain() && ACTIVATIONS.iter().any(|function| named.name() == function.name)
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
