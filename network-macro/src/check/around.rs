//! Layers with layers inside: residuals and branches, each inside a line of its own.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Ident;

use super::resolved::{Input, Resolved};
use super::{Check, Resolver, branches};
use crate::ast::{self, Expression, Layer, NamedType, Shape, Size};
use crate::names::Library;
use crate::table::{Gives, LayerRow};

/// A line inside a layer, when its layers have types.
struct Inside {
    /// As it is written, with its label.
    text: String,
    /// Its layers as one type.
    chain: TokenStream,
    gives: Input,
}

impl Resolver<'_, '_> {
    /// A layer with layers inside.
    pub(super) fn around(
        &mut self,
        row: &LayerRow,
        at: (usize, &Layer),
        named: &NamedType,
        description: &str,
    ) -> Option<Resolved> {
        let note = |error| self.context.push(error);
        let lines = branches::lines(row, named, description).map_err(note).ok()?;
        let names = branches::branch_names(&lines, description).map_err(note).ok()?;
        let outside = std::mem::take(&mut self.checks);
        // All of them, so that each mistake is seen.
        let insides: Vec<_> = lines.iter().map(|line| self.inside(at, line)).collect();
        let insides: Option<Vec<_>> = insides.into_iter().collect();
        let resolved = insides.and_then(|insides| match row.gives {
            Gives::AddedToInput => self.residual(at.1, insides.into_iter().next()?, description),
            Gives::Sum => self.add(at.1, &insides, &names, description),
            Gives::SideBySide => self.concat(at.1, &insides, &names, description),
            Gives::Same | Gives::RowOf(_) => unreachable!("only what joins lines has lines inside"),
        });
        let checks = std::mem::replace(&mut self.checks, outside);
        let (ty, output) = resolved?;
        let ty = self.with_checks(ty, checks);
        Some(Resolved { output, has_inside: true, ..Resolved::of_type(ty) })
    }

    /// The layers of one line; what they read is what the layer around them reads.
    fn inside(&mut self, (index, layer): (usize, &Layer), line: &ast::Line) -> Option<Inside> {
        let (given, from, from_own) = (self.given.clone(), self.from, self.from_own);
        let parts: Vec<_> = line
            .layers
            .iter()
            .map(|kind| {
                let (label, tokens) = (Some(layer.field(index)), kind.to_token_stream());
                self.layer(index, &Layer { docs: Vec::new(), label, kind: Some(kind.clone()), output: None, tokens })
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

    /// The branches of a sum must give one shape.
    fn add(
        &mut self,
        layer: &Layer,
        branches: &[Inside],
        names: &[String],
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
        let mut types = branches.iter().zip(names).rev().map(|(branch, name)| (branch.chain.clone(), name.as_str()));
        let last = types.next()?;
        let (ty, _) = types.fold(last, |(right, right_name), (left, left_name)| {
            (add_type(&self.network.library, span, (&left, left_name), (&right, right_name)), REST)
        });
        Some((ty, branches.iter().find_map(|branch| known(&branch.gives))))
    }

    /// The branches of a concat must each give one row; its width is their sum.
    fn concat(
        &mut self,
        layer: &Layer,
        branches: &[Inside],
        names: &[String],
        description: &str,
    ) -> Option<(TokenStream, Option<Shape>)> {
        let span = layer.span();
        let mut widths = Vec::new();
        for branch in branches {
            let width = match &branch.gives {
                Input::Shape(shape) => {
                    let [width] = &*shape.sizes else {
                        let text = &branch.text;
                        let message = format!(
                            "{description}: branch `{text}` gives the shape {shape}, but a concat joins rows of numbers"
                        );
                        self.context.error(&layer.tokens, message);
                        return None;
                    };
                    width.clone()
                }
                Input::Layer { output, width } => {
                    let scalar = self.network.scalar();
                    let row = quote_spanned!(span=> [#scalar; 1]);
                    let (gives, ty) = (self.unless_wrong(output, &row), branch.chain.clone());
                    self.checks.push(Check::Row { gives, ty, span });
                    Size::Expression(Expression::written(width.clone()))
                }
                Input::Unknown => return None,
            };
            widths.push(width);
        }
        let mut branches = branches.iter().zip(names).zip(&widths).rev();
        let ((last, name), width) = branches.next()?;
        let (mut ty, mut name, mut width) = (last.chain.clone(), name.as_str(), width.clone());
        let mut left = branches.len();
        for ((branch, left_name), left_width) in branches {
            left -= 1;
            width = self.sum(layer, (left_width, &width), left == 0, description)?;
            ty = self.concat_type(span, (&branch.chain, left_name), (&ty, name), &width);
            name = REST;
        }
        Some((ty, Some(Shape { sizes: vec![width], tokens: layer.tokens.clone() })))
    }

    /// Two branches that together give a row of `width`.
    fn concat_type(
        &self,
        span: Span,
        left: (&TokenStream, &str),
        right: (&TokenStream, &str),
        width: &Size,
    ) -> TokenStream {
        let (name, names) = (Ident::new("Concat", span), [left.1, right.1].map(branches::branch_name));
        let ((left, right), [left_name, right_name]) = ((left.0, right.0), names);
        let (library, scalar, width) = (self.network.library.path(span), self.network.scalar(), width.expression());
        quote_spanned!(span=> #library::#name<#left, #right, [#scalar; #width], #left_name, #right_name>)
    }

    /// The sum of two widths. Rust cannot compute it from the struct's parameters: then it is what is declared behind
    /// the layer.
    fn sum(&self, layer: &Layer, (a, b): (&Size, &Size), is_whole: bool, description: &str) -> Option<Size> {
        if let (Size::Literal(a), Size::Literal(b)) = (a, b) {
            let sum = a.checked_add(*b);
            if sum.is_none() {
                self.context.error(&layer.tokens, format!("{description}: `{a} + {b}` is too large for a size"));
            }
            return sum.map(Size::Literal);
        }
        let written = {
            let (a, b) = (written(a), written(b));
            quote!(#a + #b)
        };
        let term = |size: &Size| {
            let size = size.expression();
            if size.clone().into_iter().count() > 1 { quote!((#size)) } else { size }
        };
        let (a, b) = (term(a), term(b));
        let sum = quote!(#a + #b);
        let Some(parameter) = self.sizes().iter().find(|parameter| crate::ast::mentions(&sum, parameter)) else {
            return Some(Size::Expression(Expression { written, value: self.constants.size(&sum).expression() }));
        };
        if let (true, Some([declared])) = (is_whole, layer.output.as_ref().map(|output| &*output.sizes)) {
            return Some(declared.clone());
        }
        let advice =
            if is_whole { "write the size behind it, as in `… -> 48`" } else { "let only its first branch do so" };
        let message = format!(
            "{description}: what it gives depends on the parameter `{parameter}`, which Rust cannot compute with: {advice}"
        );
        self.context.error(&layer.tokens, message);
        None
    }

    /// The rule that two shapes are one; `by_type` is the question for rustc where only it knows them.
    fn are_equal(
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
    fn with_checks(&mut self, ty: TokenStream, mut inside: Vec<Check>) -> TokenStream {
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

/// The name of the branches behind the first, where there are more than two.
const REST: &str = "rest";

fn add_type(library: &Library, span: Span, left: (&TokenStream, &str), right: (&TokenStream, &str)) -> TokenStream {
    let (name, [left_name, right_name]) = (Ident::new("Add", span), [left.1, right.1].map(branches::branch_name));
    let (left, right) = (left.0, right.0);
    let library = library.path(span);
    quote_spanned!(span=> #library::#name<#left, #right, #left_name, #right_name>)
}

fn known(input: &Input) -> Option<Shape> {
    if let Input::Shape(shape) = input { Some(shape.clone()) } else { None }
}

/// The size as the user wrote it.
fn written(size: &Size) -> TokenStream {
    match size {
        Size::Literal(_) => size.expression(),
        Size::Expression(expression) => expression.written.clone(),
    }
}
