//! Layers that read pairs of samples, and which can stand behind them.

use std::ops::ControlFlow::{self, Break, Continue};

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Ident;

use super::arguments::Arguments;
use super::around::Inside;
use super::incoming::text_of;
use super::resolved::{Half, Input};
use super::rules::{self, Place};
use super::{Check, CheckedLayer, Resolver, branches, padded};
use crate::ast::{Expression, Layer, Line, Shape, Size, TypeExpr};
use crate::table::shape_rules::Reads as Axes;
use crate::table::{Gives, LayerRow, Reads};

/// What is said where one line stands for both halves.
const ONE_HALF: &str =
    "a pair has two halves, but here are layers for one: write `OnFirst<…>` or `OnSecond<…>` for one half";

/// The type of a layer, and what it gives.
pub(super) type Made = (TokenStream, Input, bool);

impl Resolver<'_, '_> {
    /// Makes a pair of what comes in and of what `check` finds beside it.
    pub(super) fn beside(&mut self, check: impl FnOnce(&mut Self), is_padded: bool) {
        let input = std::mem::replace(&mut self.given, Input::Unknown);
        let first = Half { input, is_padded: std::mem::take(&mut self.is_padded) };
        check(self);
        let input = std::mem::replace(&mut self.given, Input::Unknown);
        if !matches!((&first.input, &input), (Input::Unknown, _) | (_, Input::Unknown)) {
            self.given = Input::Pair(Box::new([first, Half { input, is_padded }]));
        }
    }

    /// The type of such a pair.
    pub(super) fn pair(&self, halves: &[Half; 2], span: Span) -> Option<TokenStream> {
        let library = self.network.library.path(span);
        let [first, second] = [self.half(&halves[0], span)?, self.half(&halves[1], span)?];
        Some(quote_spanned!(span=> #library::Pair<#first, #second>))
    }

    /// The type of a half.
    pub(super) fn half(&self, half: &Half, span: Span) -> Option<TokenStream> {
        let (array, library) = (self.array(&half.input, span)?, self.network.library.path(span));
        Some(if half.is_padded { quote_spanned!(span=> #library::Padded<#array>) } else { array })
    }

    /// The layer, if a pair comes in or it reads one. Types of the user's read a pair as they read all else.
    pub(super) fn over_pair(
        &mut self,
        index: usize,
        layer: &Layer,
        description: &str,
    ) -> ControlFlow<Option<CheckedLayer>> {
        let Some(TypeExpr::NamedType(named)) = &layer.kind else { return Continue(()) };
        let Some(row) = padded::row_of(named) else { return Continue(()) };
        let place = Place { named, description, declared: layer.output.as_ref() };
        let made = match &self.given {
            Input::Pair(halves) => {
                let halves = halves.clone();
                let outside = std::mem::take(&mut self.checks);
                let made = self.of_pair(row, (index, layer), &halves, place);
                let checks = std::mem::replace(&mut self.checks, outside);
                made.map(|(ty, gives, is_padded)| {
                    if row.has_layers_inside() {
                        return (self.with_checks(ty, checks), gives, is_padded);
                    }
                    self.checks.extend(checks);
                    (ty, gives, is_padded)
                })
            }
            _ if row.reads != Reads::Pair => return Continue(()),
            Input::Unknown => None,
            given => {
                let found = match given {
                    Input::Shape(shape) => format!("{shape} comes in"),
                    Input::Tokens(shape, vocabulary) => format!("{} comes in", text_of(shape, vocabulary)),
                    _ => "what comes in is known to rustc only: write its layers here, or `Repeat<1, …>` around it"
                        .to_owned(),
                };
                let example = match row.gives {
                    Gives::States => "of steps and the state before the first, such as the input `([64, 12], [32])`",
                    _ => "such as the input `([64, 12], [Token<65>; 10])`",
                };
                let comma = if matches!(row.gives, Gives::States) { "" } else { "," };
                self.context.push(place.error(format!("it reads a pair{comma} {example}, but {found}")));
                None
            }
        };
        let Some((ty, gives, is_padded)) = made else {
            (self.is_padded, self.from_own) = (false, false);
            self.leave(index, layer);
            return Break(None);
        };
        Break(self.with_type((index, layer), ty, (gives, is_padded), description))
    }

    /// The layer of that type, which gives that.
    fn with_type(
        &mut self,
        (index, layer): (usize, &Layer),
        ty: TokenStream,
        (gives, is_padded): (Input, bool),
        description: &str,
    ) -> Option<CheckedLayer> {
        let span = layer.span();
        let ty = if layer.is_frozen { self.frozen(&ty, span) } else { ty };
        (self.given, self.is_padded, self.from, self.from_own) = (gives.clone(), is_padded, Some(index), true);
        let output = self.array(&gives, span).map(|array| self.as_padded(array))?;
        match (&gives, &layer.output) {
            (_, None) => {}
            (Input::Shape(given), Some(declared)) => {
                self.check_declared((index, layer), (&ty, &output), given, declared, description);
            }
            (Input::Pair(_), Some(declared)) => {
                let message = format!("{description} gives a pair, but `->` behind it declares {declared}");
                self.context.error(&layer.tokens, message);
            }
            (_, Some(declared)) => {
                let array = declared.array(&self.network.scalar(), span);
                let gives = self.unless_wrong(&output, &array);
                self.checks.push(Check::Gives { declared: array, gives, ty: ty.clone(), span });
                self.given = Input::Shape(declared.clone());
            }
        }
        Some(CheckedLayer::to_be_asked((index, layer), ty, output, false, span))
    }

    /// A layer of the table behind a pair.
    fn of_pair(
        &mut self,
        row: &'static LayerRow,
        at: (usize, &Layer),
        halves: &[Half; 2],
        place: Place<'_>,
    ) -> Option<Made> {
        let is_tokens = halves.iter().any(|half| matches!(half.input, Input::Tokens(..)));
        let [first, second] = halves.each_ref().map(text);
        let made = match row.gives {
            Gives::Halves => return self.halves(row, at, halves, place),
            _ if is_tokens => Err(place.error(format!(
                "it reads numbers, but ({first}, {second}) comes in: write `Halves<…, …> =>` before it, with layers for each half, \
                 such as `Embedding<64>` for tokens"
            ))),
            Gives::OnHalf(is_first) => return self.on_half(row, at, halves, is_first, place),
            Gives::AddedToFirst => return self.added_to_first(row, at, halves, place),
            Gives::Across => self.across(row, halves, place),
            Gives::Half(is_first) => Ok(self.take(row, halves, is_first, place)),
            Gives::States => return self.with_state(row, at, halves, place),
            Gives::Repeated => {
                let resolved = self.around(row, at, place);
                self.is_padded = false;
                return resolved.map(|resolved| (resolved.ty, Input::Pair(Box::new(halves.clone())), false));
            }
            Gives::AddedToInput => {
                let text = "what comes in is a pair: `AddToFirst<…>` adds what layers make of both halves to the first, and \
                            `OnFirst<Residual<…>>` is one on a half";
                Err(place.error(text))
            }
            Gives::Row if halves.iter().all(|half| !half.is_padded) => self.flattened(at.1, halves, place),
            _ => {
                let kind = place.named;
                let with_state = if row.states > 0 { format!("`WithState<{kind}>`, ") } else { String::new() };
                Err(place.error(format!(
                    "it reads one sample, but the pair ({first}, {second}) comes in: write {with_state}`OnFirst<{kind}>` or \
                     `OnSecond<{kind}>`, or before it `TakeFirst =>` or, for one row of both halves, `Flatten =>`"
                )))
            }
        };
        made.map_err(|error| self.context.push(error)).ok()?
    }

    /// The layers of one line on a half, and what they give.
    pub(super) fn on_line(
        &mut self,
        at: (usize, &Layer),
        line: &Line,
        input: Input,
        is_padded: bool,
    ) -> Option<(Inside, Half)> {
        let before = (
            std::mem::replace(&mut self.given, input),
            std::mem::replace(&mut self.is_padded, is_padded),
            std::mem::replace(&mut self.is_within_pair, true),
        );
        let inside = self.inside(at, line);
        let is_padded = self.is_padded;
        (self.given, self.is_padded, self.is_within_pair) = before;
        let inside = inside?;
        let half = Half { input: inside.gives.clone(), is_padded };
        Some((inside, half))
    }

    /// The one line of the layer.
    pub(super) fn line(&self, row: &'static LayerRow, place: Place<'_>) -> Option<Line> {
        let lines = branches::lines(row, place.named, place.description);
        lines.map_err(|error| self.context.push(error)).ok()?.into_iter().next()
    }

    /// A line for each half.
    fn halves(
        &mut self,
        row: &'static LayerRow,
        at: (usize, &Layer),
        halves: &[Half; 2],
        place: Place<'_>,
    ) -> Option<Made> {
        if place.named.arguments().len() == 1 {
            self.context.push(place.error(ONE_HALF));
            return None;
        }
        let lines = branches::lines(row, place.named, place.description);
        let lines = lines.map_err(|error| self.context.push(error)).ok()?;
        let mistake = match &*lines {
            [_, _] if lines.iter().any(|line| line.label.is_some()) => {
                Some("its layers are called `first` and `second`: leave out the labels".to_owned())
            }
            [_, _] => None,
            _ => Some(format!("a pair has two halves, but here are layers for {}", lines.len())),
        };
        if let Some(mistake) = mistake {
            self.context.push(place.error(mistake));
            return None;
        }
        // Both of them, so that each mistake is seen.
        let [first, second] =
            [0, 1].map(|which| self.on_line(at, &lines[which], halves[which].input.clone(), halves[which].is_padded));
        let ((first, first_half), (second, second_half)) = (first?, second?);
        let (span, chains) = (place.span(), [first.chain, second.chain]);
        let (name, library) = (Ident::new("Halves", span), self.network.library.path(span));
        let ty = quote_spanned!(span=> #library::#name<#(#chains),*>);
        Some((ty, Input::Pair(Box::new([first_half, second_half])), false))
    }

    /// A line on one half.
    fn on_half(
        &mut self,
        row: &'static LayerRow,
        at: (usize, &Layer),
        halves: &[Half; 2],
        is_first: bool,
        place: Place<'_>,
    ) -> Option<Made> {
        let (line, [first, second]) = (self.line(row, place)?, halves.clone());
        let (own, other) = if is_first { (first, second) } else { (second, first) };
        let (inside, own) = self.on_line(at, &line, own.input, own.is_padded)?;
        let (span, chain) = (place.span(), inside.chain);
        let (name, library, kept) =
            (Ident::new(row.ty, span), self.network.library.path(span), self.half(&other, span)?);
        let ty = quote_spanned!(span=> #library::#name<#chain, #kept>);
        Some((ty, Input::Pair(Box::new(if is_first { [own, other] } else { [other, own] })), false))
    }

    /// A line that reads the pair and gives what its first half is.
    fn added_to_first(
        &mut self,
        row: &'static LayerRow,
        at: (usize, &Layer),
        halves: &[Half; 2],
        place: Place<'_>,
    ) -> Option<Made> {
        let (line, pair) = (self.line(row, place)?, Input::Pair(Box::new(halves.clone())));
        let (inside, gives) = self.on_line(at, &line, pair.clone(), false)?;
        let (span, chain, first) = (place.span(), inside.chain, &halves[0]);
        let (name, library) = (Ident::new("AddToFirst", span), self.network.library.path(span));
        let ty = quote_spanned!(span=> #library::#name<#chain>);
        // Of a layer of the user's only rustc knows whether it gives padded steps.
        let is_foreign = matches!(gives.input, Input::Layer { .. }) && !gives.is_padded;
        if (gives.is_padded != first.is_padded && !is_foreign) || matches!(gives.input, Input::Pair(_)) {
            let (found, wanted) = (text(&gives), text(first));
            let message = format!("the layers in it give {found}, but it adds that to the first half, {wanted}");
            self.context.push(place.error(message));
            return None;
        }
        let adds = |line: &Self| {
            let reads = line.half(first, span)?;
            let gives = line.unless_wrong(&line.half(&gives, span)?, &reads);
            Some(Check::Adds { reads, gives, ty: ty.clone(), span })
        };
        let whose = "it adds that to the first half,".to_owned();
        self.are_equal(at.1, (place.description.to_owned(), &gives.input), (whose, &first.input), &adds)?;
        Some((ty, pair, false))
    }

    /// Attention of the first half to the second.
    fn across(&mut self, row: &'static LayerRow, halves: &[Half; 2], place: Place<'_>) -> syn::Result<Option<Made>> {
        let mut arguments = Arguments::new(place.named, place.description, &self.network.library, self.constants);
        let Some(heads) = arguments.values(row)?.on_axis("heads", 0) else { return Ok(None) };
        if let Size::Expression(Expression { value, .. }) = &heads {
            self.not_zero(place.description.to_owned(), value, place.span());
        }
        let first = self.steps_of(&halves[0], "first", place)?;
        let second = self.steps_of(&halves[1], "second", place)?;
        let ([_, width], [_, other]) = (&*first.sizes, &*second.sizes) else { return Ok(None) };
        let head_width = self.in_group(&rules::HEADS, "width", [width.clone(), heads.clone()], place)?;
        let span = place.span();
        let (Some(a), Some(b)) = (self.half(&halves[0], span), self.half(&halves[1], span)) else { return Ok(None) };
        let (name, library) = (Ident::new("CrossAttention", span), self.network.library.path(span));
        let sizes = [width, other, &heads, &head_width].map(Size::argument);
        let ty = quote_spanned!(span=> #library::#name<#a, #b, #(#sizes),*>);
        Ok(Some((ty, Input::Shape(first), halves[0].is_padded)))
    }

    /// The steps of a half, and the numbers of each.
    pub(super) fn steps_of(&mut self, half: &Half, which: &str, place: Place<'_>) -> syn::Result<Shape> {
        match &half.input {
            Input::Shape(shape) if shape.sizes.len() == 2 => Ok(shape.clone()),
            Input::Layer { output, .. } if !half.is_padded => self.as_shape(&output.clone(), Axes::Sequence, place),
            _ => {
                let found = text(half);
                Err(place.error(format!(
                    "its {which} half is to be steps of numbers, such as [28, 64], but {found} comes in"
                )))
            }
        }
    }

    /// One half alone.
    fn take(&self, row: &'static LayerRow, halves: &[Half; 2], is_first: bool, place: Place<'_>) -> Option<Made> {
        let (span, taken) = (place.span(), &halves[usize::from(!is_first)]);
        let (name, library) = (Ident::new(row.ty, span), self.network.library.path(span));
        let [a, b] = [self.half(&halves[0], span)?, self.half(&halves[1], span)?];
        let ty = quote_spanned!(span=> #library::#name<#a, #b>);
        Some((ty, taken.input.clone(), taken.is_padded))
    }

    /// All elements of both halves in one row.
    fn flattened(&mut self, layer: &Layer, halves: &[Half; 2], place: Place<'_>) -> syn::Result<Option<Made>> {
        let sizes = halves.each_ref().map(|half| super::incoming::sizes_of(&half.input));
        let [Some(first), Some(second)] = sizes else { return Ok(None) };
        let shape = Shape { sizes: [&*first, &*second].concat(), tokens: place.named.tokens.clone() };
        let size = match place.declared.map(|declared| &*declared.sizes) {
            // It is asked when the type is made.
            Some([declared]) if self.depends_on_parameters(&shape) => declared.clone(),
            _ => {
                let mut count = |sizes: &[Size]| self.elements(sizes, Place { declared: None, ..place });
                let counts = (&count(&first)?, &count(&second)?);
                let Some(size) = self.sum(layer, counts, true, place.description) else { return Ok(None) };
                size
            }
        };
        let span = place.span();
        let (name, library) = (Ident::new("Flatten", span), self.network.library.path(span));
        let (Some(pair), argument) = (self.pair(halves, span), size.argument()) else { return Ok(None) };
        let ty = quote_spanned!(span=> #library::#name<#pair, #argument>);
        Ok(Some((ty, Input::Shape(Shape { sizes: vec![size], tokens: place.named.tokens.clone() }), false)))
    }
}

/// A half as it is written.
pub(super) fn text(half: &Half) -> String {
    let inside = match &half.input {
        Input::Shape(shape) => shape.to_string(),
        Input::Tokens(shape, vocabulary) => text_of(shape, vocabulary),
        Input::Pair(halves) => format!("({}, {})", text(&halves[0]), text(&halves[1])),
        Input::Layer { .. } | Input::Unknown => "what only rustc knows".to_owned(),
    };
    if half.is_padded { format!("Padded<{inside}>") } else { inside }
}
