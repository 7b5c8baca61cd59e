//! Walks over data: their features, and what a network answers to them.

use typednet_data::Source;
use typednet_layers::{Layer, PassContext, pass};
use typednet_tensor::{Buffer, Class, Key, Sample, Scalar, rows};

use crate::inputs::visit_samples;
use crate::scores::decision;
use crate::{Classifies, GovernError, Truth};

/// Calls `visit` for each feature with all its values. A walk over the data takes some of the features, so that no more
/// than these are in memory as `f64`.
pub(super) fn by_feature<In, S, Y>(
    data: &S,
    mut visit: impl FnMut(usize, &[f64]) -> Result<(), GovernError>,
) -> Result<(), GovernError>
where
    In: Sample<Elem: Scalar>,
    S: Source<In, Y> + ?Sized,
    Y: Copy,
{
    /// How many features a walk takes.
    const AT_ONCE: usize = 64;
    for from in (0..In::LEN).step_by(AT_ONCE) {
        let features = from..In::LEN.min(from + AT_ONCE);
        let mut values = vec![Vec::with_capacity(data.len()); features.len()];
        visit_samples::<In, S, Y>(data, |_, x| {
            for (values, x) in values.iter_mut().zip(&x[features.clone()]) {
                values.push(x.to_f64_exact());
            }
        });
        for (column, values) in features.zip(&values) {
            visit(column, values)?;
        }
    }
    Ok(())
}

/// What a network answers.
pub(super) struct Asked {
    pub(super) classes: Vec<u64>,
    pub(super) confidences: Vec<f64>,
    /// The rows without a finite score.
    pub(super) undecided: Vec<usize>,
}

/// The answers to all samples, and how many are right.
pub(super) fn ask_truth<M, S, Y, const N: usize>(model: &M, data: &S) -> Result<(Asked, usize), GovernError>
where
    M: Layer<Head: Classifies<M::Out, N>, In: Sample<Elem: Scalar>>,
    S: Source<M::In, Y> + ?Sized,
    Y: Truth<N>,
{
    let (mut right, mut bad) = (0, None);
    let asked = ask::<M, S, Y, N>(model, data, |row, class| match data.target(row as u32).class() {
        Ok(truth) => right += usize::from(class == Some(truth)),
        Err(found) => bad = bad.or(Some((row, found))),
    });
    match bad {
        None => Ok((asked, right)),
        Some((row, found)) => Err(GovernError::Target { row, found }),
    }
}

/// The answers to all samples, each of which `visit` sees with its row. Inputs that are not finite may give scores that
/// are not: they are counted, not refused.
pub(super) fn ask<M, S, Y, const N: usize>(model: &M, data: &S, mut visit: impl FnMut(usize, Option<Class<N>>)) -> Asked
where
    M: Layer<Head: Classifies<M::Out, N>, In: Sample<Elem: Scalar>>,
    S: Source<M::In, Y> + ?Sized,
    Y: Copy,
{
    let mut asked = Asked { classes: vec![0; N], confidences: Vec::with_capacity(data.len()), undecided: Vec::new() };
    let mut memory = Buffer::<M::Elem>::new();
    let run = PassContext::new(Key::new(0)).stop_at_logits(true);
    visit_samples::<M::In, S, Y>(data, |row, x| {
        let z = pass::infer(model, rows(x), memory.grow(pass::inference_need::<M>().of(1)), run);
        let logits = M::Head::logits(&z[0]);
        if logits.iter().all(|z| z.is_finite()) {
            let (class, confidence): (Class<N>, f64) = decision(&logits, 1.0);
            asked.classes[class.index()] += 1;
            asked.confidences.push(confidence);
            visit(row, Some(class));
        } else {
            asked.undecided.push(row);
            visit(row, None);
        }
    });
    asked
}
