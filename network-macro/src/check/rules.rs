//! Sizes that follow from sizes: computed here where all are literals, and else by rustc.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Error, Ident, Result};

use super::values::Values;
use super::{Check, Resolver};
use crate::ast::{NamedType, Shape, Size, mentions};
use crate::table::shape_rules::{self, Answer};
use crate::table::{Axis, LayerRow};

/// A layer of the table where it stands, for messages.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) named: &'a NamedType,
    /// How messages call the layer.
    pub(super) description: &'a str,
    /// The shape behind `->`.
    pub(super) declared: Option<&'a Shape>,
}

impl Place<'_> {
    /// Where errors that rustc finds should point.
    pub(super) fn span(&self) -> Span {
        self.named.name().span()
    }

    /// An error at the whole layer.
    pub(super) fn error(&self, message: impl std::fmt::Display) -> Error {
        Error::new_spanned(&self.named.tokens, format!("{}: {message}", self.description))
    }
}

/// A rule of one axis and `N` sizes, and its name in the library.
pub(super) struct Rule<const N: usize> {
    name: &'static str,
    answer: fn(&str, [usize; N]) -> Answer,
}

macro_rules! rules {
    ($($constant:ident: $n:literal = $name:ident;)*) => {$(
        pub(super) const $constant: Rule<$n> = Rule { name: stringify!($name), answer: shape_rules::$name };
    )*};
}

rules! {
    CONVOLUTION: 5 = convolution;
    TRANSPOSED: 6 = transposed;
    POOLING: 4 = pooling;
    POOLING_FLOOR: 4 = pooling_floor;
    SCALED: 2 = scaled;
    PADDED: 2 = padded;
    CROPPED: 2 = cropped;
    GROUPED: 2 = grouped;
    HEADS: 2 = heads;
    ROTARY_HEADS: 2 = rotary_heads;
}

impl Resolver<'_, '_> {
    /// The size that a layer gives along one axis. Where only an input could tell that is not known, it is nothing.
    pub(super) fn along(
        &mut self,
        (axis, rule): (usize, Axis),
        (values, sizes): (&Values, Option<&[Size]>),
        place: Place<'_>,
    ) -> Result<Option<Size>> {
        let of = |name: &str| values.on_axis(name, axis).unwrap_or(Size::Literal(1));
        let input = match rule {
            Axis::Argument(name) => return Ok(values.on_axis(name, 0)),
            Axis::Input(axis) => return Ok(sizes.and_then(|sizes| sizes.get(axis)).cloned()),
            _ => sizes.and_then(|sizes| sizes.get(axis)).cloned(),
        };
        let Some(size) = input else { return Ok(None) };
        if axis == 0 {
            self.beside = None;
        }
        let declared = place.declared.and_then(|declared| declared.sizes.get(axis)).cloned();
        let at = (axis_name(values.row, axis), place, declared);
        let answer = match rule {
            Axis::Convolution => {
                let sizes = [of("kernel"), of("stride"), of("pad"), of("dilation")];
                if keeps_the_size(&sizes) {
                    return Ok(Some(size));
                }
                let [kernel, stride, pad, dilation] = sizes;
                self.follow(&CONVOLUTION, &[size, kernel, stride, pad, dilation], at)
            }
            Axis::Transposed => {
                let sizes = [size, of("kernel"), of("stride"), of("pad"), of("dilation"), of("output_pad")];
                self.follow(&TRANSPOSED, &sizes, at)
            }
            Axis::Pooling => {
                let rule = if values.is_set("floor") { &POOLING_FLOOR } else { &POOLING };
                self.follow(rule, &[size, of("kernel"), of("stride"), of("pad")], at)
            }
            Axis::Scaled => self.follow(&SCALED, &[size, of("factor")], at),
            Axis::Padded => self.follow(&PADDED, &[size, of("border")], at),
            Axis::Cropped => self.follow(&CROPPED, &[size, of("border")], at),
            Axis::Argument(_) | Axis::Input(_) => unreachable!("they have returned"),
        };
        answer.map(Some)
    }

    /// What each of the groups or heads has of `count`, which messages call `what`.
    pub(super) fn in_group(
        &mut self,
        division: &Rule<2>,
        what: &str,
        [count, groups]: [Size; 2],
        place: Place<'_>,
    ) -> Result<Size> {
        if groups.literal() == Some(1) && division.name == GROUPED.name {
            return Ok(count);
        }
        let (name, sizes) = (Ident::new(division.name, place.span()), [count.expression(), groups.expression()]);
        let rule = quote!(#name(#what, [#(#sizes),*]));
        let depends = self.sizes().iter().any(|parameter| mentions(&rule, parameter));
        if depends || count.literal().is_some() && groups.literal().is_some() {
            return self.follow(division, &[count, groups], (what, place, None));
        }
        // Asked of what is divided, since not every layer has the quotient in its type.
        self.ask(&rule, place);
        let value = self.or_one(&rule, place);
        Ok(self.constants.computed(what, &value, None, None).0)
    }

    /// The number of elements of these sizes.
    pub(super) fn elements(&mut self, sizes: &[Size], place: Place<'_>) -> Result<Size> {
        if let [size] = sizes {
            return Ok(size.clone());
        }
        let literals: Option<Vec<_>> = sizes.iter().map(Size::literal).collect();
        if let Some(sizes) = literals {
            let answer = shape_rules::elements(&sizes);
            return answer.map(Size::Literal).map_err(|complaint| place.error(complaint.as_str()));
        }
        let sizes = sizes.iter().map(Size::expression);
        let declared = place.declared.and_then(|declared| declared.sizes.first()).cloned();
        self.compute("size", quote!(elements(&[#(#sizes),*])), place, declared)
    }

    /// `shape`, if `elements` can be read as it.
    pub(super) fn reshape(&mut self, elements: &Size, mut shape: Shape, place: Place<'_>) -> Result<Shape> {
        let literals: Option<Vec<_>> = shape.sizes.iter().map(Size::literal).collect();
        if let (Some(elements), Some(sizes)) = (elements.literal(), literals) {
            let answer = shape_rules::reshaped(elements, &sizes);
            return answer.map(|_| shape).map_err(|complaint| place.error(complaint.as_str()));
        }
        let (elements, sizes) = (elements.expression(), shape.sizes.iter().map(Size::expression));
        let rule = quote!(reshaped(#elements, &[#(#sizes),*]));
        let check = Check::Follows { what: place.description.to_owned(), rule, declared: None, span: place.span() };
        let call = check.call(&self.network.library);
        let depends = self.sizes().iter().any(|parameter| mentions(&call, parameter));
        if depends || !self.constants.guard(&call) {
            // The type must be wrong with the rule, and so a size of it: else it is one of a mistake of its own.
            let last = shape.sizes.last_mut().filter(|last| !depends && last.literal().is_some());
            match last.and_then(|last| Some((self.constants.guarded(last, &call)?, last))) {
                Some((guarded, last)) => *last = guarded,
                None => self.checks.push(check),
            }
        }
        Ok(shape)
    }

    /// The size that follows by a rule.
    fn follow<const N: usize>(
        &mut self,
        rule: &Rule<N>,
        sizes: &[Size; N],
        (axis, place, declared): (&str, Place<'_>, Option<Size>),
    ) -> Result<Size> {
        let literals: Option<Vec<_>> = sizes.iter().map(Size::literal).collect();
        if let Some(Ok(sizes)) = literals.map(<[usize; N]>::try_from) {
            let answer = (rule.answer)(axis, sizes);
            return answer.map(Size::Literal).map_err(|complaint| {
                let note = self.channels_first();
                place.error(format!("{}{note}", complaint.as_str()))
            });
        }
        let (name, sizes) = (Ident::new(rule.name, place.span()), sizes.iter().map(Size::expression));
        self.compute(axis, quote!(#name(#axis, [#(#sizes),*])), place, declared)
    }

    /// The size that rustc computes by `rule`, a call of one of the library's rules. From the struct's own parameters it cannot
    /// compute a type's size: then it is what is declared behind the layer, and the rule is asked of each network that is made.
    fn compute(&mut self, axis: &str, rule: TokenStream, place: Place<'_>, declared: Option<Size>) -> Result<Size> {
        let Some(parameter) = self.sizes().iter().find(|parameter| mentions(&rule, parameter)) else {
            let value = self.or_one(&rule, place);
            let (what, span) = (place.description.to_owned(), place.span());
            let check = Check::Follows { what, rule, declared: None, span };
            let guard = check.call(&self.network.library);
            let (size, is_constant) = self.constants.computed(axis, &value, self.beside.as_ref(), Some(&guard));
            if !is_constant {
                self.checks.push(check);
            }
            self.beside = Some(size.clone()).filter(|_| is_constant);
            return Ok(size);
        };
        let Some(declared) = declared else {
            let kind = place.named;
            return Err(place.error(format!(
                "its {axis} depends on the parameter `{parameter}`, which Rust cannot compute with: write the shape behind it, \
                 as in `{kind} -> {}`",
                example(kind)
            )));
        };
        let (what, span) = (place.description.to_owned(), place.span());
        let expected = declared.expression();
        self.checks.push(Check::Follows { what, rule, declared: Some((axis.to_owned(), expected)), span });
        Ok(declared)
    }

    /// The size that follows by a rule, or 1.
    fn or_one(&self, rule: &TokenStream, place: Place<'_>) -> TokenStream {
        let library = self.network.library.path(place.span());
        quote_spanned!(place.span()=> #library::check::size_or_one(&#library::shape_rules::#rule))
    }

    /// Asks rustc whether a rule holds: where a size stands that it computes, or else behind the network.
    pub(super) fn ask(&mut self, rule: &TokenStream, place: Place<'_>) {
        let (what, span) = (place.description.to_owned(), place.span());
        let check = Check::Follows { what, rule: rule.clone(), declared: None, span };
        let depends = self.sizes().iter().any(|parameter| mentions(rule, parameter));
        if depends || !self.constants.guard(&check.call(&self.network.library)) {
            self.checks.push(check);
        }
    }

    /// A word about an input that looks as if its channels stood first.
    fn channels_first(&self) -> String {
        let Some(input) = &self.network.input else { return String::new() };
        let sizes: Vec<_> = input.sizes.iter().filter_map(Size::literal).collect();
        match *sizes {
            [first, second, third] if first <= 4 && second >= 4 * first && third >= 4 * first => {
                format!("; if [{first}, {second}, {third}] has its channels first, write [{second}, {third}, {first}]")
            }
            _ => String::new(),
        }
    }
}

/// What an axis of what the layer reads is called.
fn axis_name(row: &LayerRow, axis: usize) -> &'static str {
    row.reads.axes().and_then(|reads| reads.axes().get(axis)).copied().unwrap_or("size")
}

/// Whether a convolution gives as many numbers as it reads: a `kernel` that moves by one over as much padding as it reaches
/// beyond.
fn keeps_the_size(sizes: &[Size; 4]) -> bool {
    let [Some(kernel), Some(1), Some(pad), Some(dilation)] = sizes.each_ref().map(Size::literal) else { return false };
    let reach = kernel.checked_sub(1).and_then(|reach| reach.checked_mul(dilation));
    dilation > 0 && reach.is_some() && reach == pad.checked_mul(2)
}

/// A shape such as what the layer gives.
fn example(kind: &NamedType) -> &'static str {
    let row = LayerRow::named(kind.name());
    match row.and_then(|row| row.reads.axes()) {
        Some(shape_rules::Reads::Image) => "[14, 14, 16]",
        Some(shape_rules::Reads::Sequence) => "[64, 16]",
        Some(shape_rules::Reads::Row) | None => "784",
    }
}
