//! Layers with layers inside: residuals and branches, each inside a line of its own.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Ident, Result};

use super::arguments::Arguments;
use super::incoming::text_of;
use super::resolved::{Input, Resolved};
use super::rules::Place;
use super::{Check, Resolver, branches, incoming};
use crate::ast::{self, Expression, Layer, Shape, Size};
use crate::labels;
use crate::table::{Gives, LayerRow, shape_rules};

/// A line inside a layer, when its layers have types.
pub(super) struct Inside {
    /// As it is written, with its label.
    pub(super) text: String,
    /// Its layers as one type.
    pub(super) chain: TokenStream,
    pub(super) gives: Input,
}

impl Resolver<'_, '_> {
    /// A layer with layers inside.
    pub(super) fn around(&mut self, row: &'static LayerRow, at: (usize, &Layer), place: Place<'_>) -> Option<Resolved> {
        let (named, description) = (place.named, place.description);
        let note = |error| self.context.push(error);
        let lines = branches::lines(row, named, description).map_err(note).ok()?;
        let in_type = self.network.item.is_none();
        let names = branches::branch_names(&lines, in_type, description).map_err(note).ok()?;
        if let (Input::Tokens(shape, vocabulary), false) =
            (&self.given, matches!(row.gives, Gives::Parts | Gives::Logits))
        {
            let text = text_of(shape, vocabulary);
            let message = format!("it reads numbers, but {text} comes in: write `Embedding<64> =>` before it");
            self.context.push(place.error(message));
            return None;
        }
        let tied = match row.gives {
            Gives::Logits => Some(self.texts(row, place).map_err(|error| self.context.push(error)).ok()?),
            _ => None,
        };
        let (outside, given) = (std::mem::take(&mut self.checks), self.given.clone());
        if let Some(tied) = &tied {
            self.given = tied.reads();
        }
        let parts = match row.gives {
            Gives::Parts | Gives::Turned => {
                let split = if matches!(row.gives, Gives::Parts) {
                    self.parts(&lines, place)
                } else {
                    self.steps(&lines, place)
                };
                let Ok((count, part)) = split.map_err(|error| self.context.push(error)) else {
                    self.checks = outside;
                    return None;
                };
                self.given = part;
                count
            }
            _ => None,
        };
        // All of them, so that each mistake is seen.
        let insides: Vec<_> = lines.iter().map(|line| self.inside(at, line)).collect();
        self.given = given;
        let insides: Option<Vec<_>> = insides.into_iter().collect();
        let resolved = insides.and_then(|insides| match row.gives {
            Gives::AddedToInput => self.residual(at.1, insides.into_iter().next()?, description),
            Gives::Repeated => self.repeat(row, at.1, insides.into_iter().next()?, place),
            Gives::Sum => self.add(at.1, &insides, &names, description),
            Gives::SideBySide => self.concat(at.1, &insides, &names, place),
            Gives::Parts => self.each(parts?, insides.into_iter().next()?, place),
            Gives::Turned => self.reverse(&parts?, insides.into_iter().next()?, place),
            Gives::Logits => self.tied(tied.as_ref()?, at.1, insides.into_iter().next()?, place),
            _ => unreachable!("only what joins lines has lines inside"),
        });
        let checks = std::mem::replace(&mut self.checks, outside);
        let (ty, output) = resolved?;
        let ty = self.with_checks(ty, checks);
        let (sizes, weights) = tied.map_or_else(Default::default, |tied| tied.sizes_and_weights());
        Some(Resolved { output, sizes, weights, has_inside: true, ..Resolved::of_type(ty) })
    }

    /// The layers of one line; what they read is what the layer around them reads.
    pub(super) fn inside(&mut self, (index, layer): (usize, &Layer), line: &ast::Line) -> Option<Inside> {
        let (given, from, from_own) = (self.given.clone(), self.from, self.from_own);
        let parts: Vec<_> = line
            .layers
            .iter()
            .map(|kind| {
                let (label, tokens) = (Some(layer.field(index)), kind.to_token_stream());
                let (docs, kind) = (Vec::new(), Some(kind.clone()));
                self.layer(index, &Layer { docs, is_frozen: false, label, kind, output: None, tokens })
            })
            .collect();
        let gives = std::mem::replace(&mut self.given, given);
        (self.from, self.from_own) = (from, from_own);
        let parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        self.checks.extend(parts.iter().filter_map(|part| Some(Check::Is { yes: part.yes.clone()? })));
        let library = self.network.library.path(Span::mixed_site());
        let mut types = parts.iter().rev().map(|part| part.ty.clone());
        let last = types.next()?;
        let chain = types.fold(last, |rest, first| quote!(#library::Chain<#first, #rest>));
        Some(Inside { text: line.to_string(), chain, gives })
    }

    /// How many parts come in, and one of them. Where only rustc knows what comes in, the first layer inside says how many axes
    /// a part has.
    fn parts(&mut self, lines: &[ast::Line], place: Place<'_>) -> Result<(Option<Size>, Input)> {
        let shape = match &self.given {
            // Pairs are refused before.
            Input::Unknown | Input::Pair(_) => return Ok((None, Input::Unknown)),
            Input::Shape(shape) => shape.clone(),
            Input::Tokens(shape, vocabulary) => {
                let Some(([count], part)) = shape.sizes.split_first_chunk() else {
                    let text = text_of(shape, vocabulary);
                    let message = format!("it reads an array of parts, such as [Token<65>; 64], but {text} comes in");
                    return Err(place.error(message));
                };
                let part = Shape { sizes: part.to_vec(), tokens: shape.tokens.clone() };
                return Ok((Some(count.clone()), Input::Tokens(part, vocabulary.clone())));
            }
            Input::Layer { output, .. } => {
                let first = lines.first().and_then(|line| line.layers.first());
                let reads = match first.and_then(incoming::rank_of) {
                    Some(1) => shape_rules::Reads::Sequence,
                    Some(2) => shape_rules::Reads::Image,
                    _ => {
                        let message = "what it reads is known to rustc only: write the shape behind the layer before it, as \
                                       in `Encoder -> [28, 64]`";
                        return Err(place.error(message));
                    }
                };
                self.as_shape(&output.clone(), reads, place)?
            }
        };
        let Some(([count], part)) = shape.sizes.split_first_chunk().filter(|(_, part)| !part.is_empty()) else {
            let message = format!("it reads an array of parts, such as [28, 64], but one row of {shape} comes in");
            return Err(place.error(message));
        };
        let part = Shape { sizes: part.to_vec(), tokens: shape.tokens.clone() };
        Ok((Some(count.clone()), Input::Shape(part)))
    }

    /// As many parts as come in, each of which the line gives.
    #[expect(clippy::unnecessary_wraps, reason = "it stands beside the other layers with layers inside")]
    fn each(&mut self, count: Size, inside: Inside, place: Place<'_>) -> Option<(TokenStream, Option<Shape>)> {
        let (span, size, chain) = (place.span(), count.argument(), inside.chain);
        let (name, library) = (Ident::new("Each", span), self.network.library.path(span));
        let ty = quote_spanned!(span=> #library::#name<#size, #chain>);
        let output = known(&inside.gives).map(|part| {
            let sizes = std::iter::once(count).chain(part.sizes).collect();
            Shape { sizes, tokens: place.named.tokens.clone() }
        });
        Some((ty, output))
    }

    /// A residual's line must end with the shape that it begins with.
    fn residual(&mut self, layer: &Layer, inside: Inside, description: &str) -> Option<(TokenStream, Option<Shape>)> {
        let span = layer.span();
        let (name, chain, gives) = (Ident::new("Residual", span), inside.chain, inside.gives);
        let library = self.network.library.path(span);
        let ty = quote_spanned!(span=> #library::#name<#chain>);
        let given = self.given.clone();
        let adds = |line: &Self| {
            let reads = line.array(&given, span)?;
            let gives = line.unless_wrong(&line.array(&gives, span)?, &reads);
            Some(Check::Adds { reads, gives, ty: ty.clone(), span })
        };
        let whose = "a residual adds that to what it reads,";
        self.are_equal(layer, (description.to_owned(), &gives), (whose.to_owned(), &given), &adds)?;
        Some((ty, known(&given).or_else(|| known(&gives))))
    }

    /// A line that is repeated must end with the shape that it begins with.
    fn repeat(
        &mut self,
        row: &'static LayerRow,
        layer: &Layer,
        inside: Inside,
        place: Place<'_>,
    ) -> Option<(TokenStream, Option<Shape>)> {
        let (span, chain, gives) = (place.span(), inside.chain, inside.gives);
        let (named, description) = (place.named, place.description);
        let count = Arguments::new(named, description, &self.network.library, self.constants).count(row);
        let count = count.map_err(|error| self.context.push(error)).ok()??;
        if let Size::Expression(Expression { value, .. }) = &count {
            self.not_zero(description.to_owned(), value, span);
        }
        let (name, library, count) = (Ident::new("Repeat", span), self.network.library.path(span), count.argument());
        let ty = quote_spanned!(span=> #library::#name<#count, #chain>);
        let given = self.given.clone();
        let repeats = |line: &Self| {
            let reads = line.array(&given, span)?;
            let gives = line.unless_wrong(&line.array(&gives, span)?, &reads);
            Some(Check::Repeats { reads, gives, ty: ty.clone(), span })
        };
        let whose = "a layer that is repeated reads what it gives, here";
        self.are_equal(layer, (description.to_owned(), &gives), (whose.to_owned(), &given), &repeats)?;
        Some((ty, known(&given).or_else(|| known(&gives))))
    }

    /// The branches of a sum must give one shape.
    fn add(
        &mut self,
        layer: &Layer,
        branches: &[Inside],
        names: &[Ident],
        description: &str,
    ) -> Option<(TokenStream, Option<Shape>)> {
        let span = layer.span();
        let (first, others) = branches.split_first()?;
        for other in others {
            let matches = |line: &Self| {
                let first_gives = line.array(&first.gives, span)?;
                let gives = line.unless_wrong(&line.array(&other.gives, span)?, &first_gives);
                let (first_ty, ty) = (first.chain.clone(), other.chain.clone());
                Some(Check::Matches { first: first_gives, first_ty, gives, ty, span })
            };
            let what = format!("{description}: branch `{}`", other.text);
            let whose = format!("branch `{}` gives", first.text);
            self.are_equal(layer, (what, &other.gives), (whose, &first.gives), &matches)?;
        }
        let mut types = branches.iter().zip(names).rev();
        let (last, last_name) = types.next()?;
        let rest = rest();
        let (name, library) = (Ident::new("Add", span), self.network.library.path(span));
        let (mut ty, mut right_name) = (last.chain.clone(), last_name);
        for (left, left_name) in types {
            let (labels, left) = (self.labels.of([left_name, right_name], *right_name == rest, span), &left.chain);
            ty = quote_spanned!(span=> #library::#name<#left, #ty, #labels>);
            right_name = &rest;
        }
        Some((ty, branches.iter().find_map(|branch| known(&branch.gives))))
    }

    /// The rule that two shapes are one; `by_type` is the question for rustc where only it knows them.
    pub(super) fn are_equal(
        &mut self,
        layer: &Layer,
        (what, given): (String, &Input),
        (whose, declared): (String, &Input),
        by_type: &dyn Fn(&Self) -> Option<Check>,
    ) -> Option<()> {
        let (Input::Shape(given), Input::Shape(declared)) = (given, declared) else {
            self.checks.extend(by_type(self));
            return Some(());
        };
        match given.equals(declared) {
            Some(true) => {}
            Some(false) => {
                self.context.error(&layer.tokens, format!("{what} gives {given}, but {whose} {declared}"));
                return None;
            }
            None if self.depends_on_parameters(given) || self.depends_on_parameters(declared) => {
                self.checks.extend(by_type(self));
            }
            None => {
                let (given, declared, span) = (given.clone(), declared.clone(), layer.span());
                self.checks.push(Check::Sizes { what, given, whose, declared, span });
            }
        }
        Some(())
    }

    /// The type that holds the checks of what is inside it.
    ///
    /// Where a size is wrong, the types still fit each other, and what depends on the struct's parameters cannot stand in a
    /// size: that is asked apart. Whatever else is wrong makes the type wrong, without another word.
    pub(super) fn with_checks(&mut self, ty: TokenStream, mut inside: Vec<Check>) -> TokenStream {
        let is_generic = self.is_generic(&ty);
        let apart = |check: &mut Check| {
            is_generic || check.is_about_values() || self.is_generic(&check.call(&self.network.library))
        };
        let apart: Vec<_> = inside.extract_if(.., apart).collect();
        self.checks.extend(apart);
        if inside.is_empty() {
            return ty;
        }
        let library = &self.network.library;
        let calls = inside.iter().map(|check| check.call(library));
        let checks = library.block(&quote_spanned!(Span::mixed_site()=> #(#calls;)* 0));
        let library = library.path(Span::mixed_site());
        quote_spanned!(Span::mixed_site()=> <#ty as #library::Checked<#checks>>::Network)
    }
}

/// The name of the branches behind the first.
pub(super) fn rest() -> Ident {
    Ident::new(labels::REST, Span::call_site())
}

pub(super) fn known(input: &Input) -> Option<Shape> {
    if let Input::Shape(shape) = input { Some(shape.clone()) } else { None }
}
