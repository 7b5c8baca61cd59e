//! Values in other types, and what is nothing outside training.

use super::inputs::Inputs;
use super::links::{Piece, Step};
use super::tensor::Element;
use super::value::Computed;
use super::walk::Walk;

impl Walk<'_, '_> {
    /// Whether the value was made whole numbers, or is the input that is such.
    pub(super) fn is_whole(&self, x: &Computed) -> bool {
        match self.links.get(x.link).step {
            Step::Input => self.reads_whole,
            Step::Piece(Piece::Whole) => true,
            _ => false,
        }
    }

    /// The value in another type: the same where it has numbers with fractions.
    pub(super) fn cast(&mut self, inputs: &Inputs<'_>, element: Element) -> Result<Computed, String> {
        let x = inputs.computed(0)?;
        match element {
            element if element.is_float() => Ok(x.clone()),
            Element::I32 | Element::I64 if self.is_whole(x) => Ok(x.clone()),
            // Such as the places of rows in a table; in all other places it is refused where it stands.
            Element::I32 | Element::I64 => Ok(self.push(x, Step::Piece(Piece::Whole))),
            element => Err(format!("it makes {} of what the network computes", element.name())),
        }
    }

    /// Nothing, unless it is told to leave out numbers as in training.
    pub(super) fn dropout(inputs: &Inputs<'_>) -> Result<Computed, String> {
        if inputs.maybe(2)?.is_some_and(|training| training.uniform() != Some(0.0)) {
            return Err("it is written as it runs in training; export the network for use".to_owned());
        }
        Ok(inputs.computed(0)?.clone())
    }
}
