//! The kinds of inputs that a network has been trained for.

use serde::{Deserialize, Serialize};
use typednet_data::Source;
use typednet_tensor::{Element, Flat, Key, Sample, Scalar, flat};

use crate::GovernError;

/// Calls `visit` for each sample of the data in order.
///
/// # Errors
/// If the source could not read one, which is then not visited.
pub(crate) fn visit_samples<In, S, Y>(data: &S, mut visit: impl FnMut(usize, &[In::Elem])) -> Result<(), GovernError>
where
    In: Sample<Elem: Element>,
    S: Source<In, Y> + ?Sized,
    Y: Copy,
{
    if data.is_empty() {
        return Ok(());
    }
    let mut x = typednet_tensor::Buffer::<<In as Flat>::Elem>::new();
    let x: &mut [In] = typednet_tensor::rows_mut(x.grow(In::LEN));
    let mut target = Vec::with_capacity(1);
    data.targets(&[0], &mut target);
    for row in 0..u32::try_from(data.len()).unwrap_or(u32::MAX) {
        gather(data, &[row], x, &mut target)?;
        visit(row as usize, flat(x));
    }
    Ok(())
}

/// Writes the samples of `rows` to `x` and their targets to `y`.
///
/// # Errors
/// If the source could not read them.
pub(crate) fn gather<In, S, Y>(data: &S, rows: &[u32], x: &mut [In], y: &mut [Y]) -> Result<(), GovernError>
where
    In: Sample,
    S: Source<In, Y> + ?Sized,
{
    data.gather(rows, Key::new(0), x, y);
    data.take_error().map_or(Ok(()), |error| Err(GovernError::Data { reason: error.to_string() }))
}

/// The range of each feature that is not far from the training data.
///
/// It is the range of the training data, made wider at both ends by its own width. A feature that is constant there gets
/// the middle one of the others' widths, so that a pixel that is always white in training may be grey.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inputs {
    pub(crate) low: Vec<f64>,
    pub(crate) high: Vec<f64>,
}

/// What is wrong with an input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Strange {
    pub(crate) feature: usize,
    pub(crate) found: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Inputs {
    /// The ranges of the training data.
    pub(crate) fn fit<In, S, Y>(training: &S) -> Result<Self, GovernError>
    where
        In: Sample<Elem: Scalar>,
        S: Source<In, Y> + ?Sized,
        Y: Copy,
    {
        if training.is_empty() {
            return Err(GovernError::TooFew { purpose: "the ranges of the inputs", found: 0, needed: 1 });
        }
        let (mut low, mut high) = (vec![f64::INFINITY; In::LEN], vec![f64::NEG_INFINITY; In::LEN]);
        let mut bad = None;
        visit_samples::<In, S, Y>(training, |row, x| {
            for (column, ((low, high), x)) in low.iter_mut().zip(&mut high).zip(x).enumerate() {
                let x = x.to_f64_exact();
                if !x.is_finite() {
                    bad = bad.or(Some((row, column)));
                }
                (*low, *high) = (low.min(x), high.max(x));
            }
        })?;
        if let Some((row, column)) = bad {
            return Err(GovernError::NotFinite { what: "feature", row, column });
        }
        let mut widths: Vec<f64> = high.iter().zip(&low).map(|(high, low)| high - low).filter(|w| *w > 0.0).collect();
        widths.sort_by(f64::total_cmp);
        let middle = widths.get(widths.len() / 2).copied().unwrap_or(0.0);
        for (low, high) in low.iter_mut().zip(&mut high) {
            let width = if *high > *low { *high - *low } else { middle };
            // A range that is wider than all numbers lets all of them in.
            (*low, *high) = ((*low - width).max(f64::MIN), (*high + width).min(f64::MAX));
        }
        Ok(Self { low, high })
    }

    /// The first feature that is not a number or far from what the network was trained for.
    pub(crate) fn strange<T: Scalar>(&self, x: &[T]) -> Option<Strange> {
        let ranges = self.low.iter().zip(&self.high).zip(x);
        let inside = |x: f64, low: f64, high: f64| x >= low && x <= high;
        ranges.enumerate().find_map(|(feature, ((&low, &high), x))| {
            let found = x.to_f64_exact();
            (!inside(found, low, high)).then_some(Strange { feature, found, low, high })
        })
    }
}
