//! Walks over data: their features, and what a network answers to them.

use typednet_data::Source;
use typednet_layers::{Layer, PassContext, pass};
use typednet_tensor::{Buffer, Class, Key, Sample, Scalar, rows};

use crate::inputs::visit_samples;
use crate::scores::decision;
use crate::{Classifies, GovernError, Truth};

/// Calls `visit` for each feature with all its values. A walk over the data takes as many features as [`at_once`] says, so that no more
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
    let (rows, most) = (data.len(), at_once(data.len()).min(In::LEN));
    // The values of one feature after those of the other.
    let mut values = vec![0.0; rows * most];
    for from in (0..In::LEN).step_by(most.max(1)) {
        let features = from..In::LEN.min(from + most);
        visit_samples::<In, S, Y>(data, |row, x| {
            for (place, x) in x[features.clone()].iter().enumerate() {
                values[place * rows + row] = x.to_f64_exact();
            }
        })?;
        for (place, column) in features.enumerate() {
            visit(column, &values[place * rows..][..rows])?;
        }
    }
    Ok(())
}

/// How many features a walk over so many samples takes: 8 MB of values, but for so many samples that 64 features have more. Each walk gathers
/// whole samples, so few features for each would be many walks over images of which there are few.
fn at_once(rows: usize) -> usize {
    const VALUES: usize = 1 << 20;
    (VALUES / rows.max(1)).max(64)
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
    })?;
    match bad {
        None => Ok((asked, right)),
        Some((row, found)) => Err(GovernError::Target { row, found }),
    }
}

/// The answers to all samples, each of which `visit` sees with its row. Inputs that are not finite may give scores that
/// are not: they are counted, not refused.
///
/// # Errors
/// If samples cannot be read.
pub(super) fn ask<M, S, Y, const N: usize>(
    model: &M,
    data: &S,
    mut visit: impl FnMut(usize, Option<Class<N>>),
) -> Result<Asked, GovernError>
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
    })?;
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use typednet_data::Dataset;

    use super::*;

    const FEATURES: usize = 200;
    type In = [f32; FEATURES];

    /// Counts the samples that are gathered.
    struct Counted(Dataset<In, f32>, AtomicUsize);

    impl Source<In, f32> for Counted {
        fn len(&self) -> usize {
            self.0.len()
        }

        fn target(&self, row: u32) -> f32 {
            Source::<In, f32>::target(&self.0, row)
        }

        fn gather(&self, rows: &[u32], key: Key, x: &mut [In], y: &mut [f32]) {
            self.1.fetch_add(rows.len(), Ordering::Relaxed);
            self.0.gather(rows, key, x, y);
        }
    }

    #[test]
    fn every_feature_comes_once_in_few_walks() {
        // 1 << 20 values are 5,242 samples of 200 features, and 64 features of 16,384.
        for (rows, walks) in [(1, 1), (50, 1), (5_242, 1), (5_243, 2), (16_384, 4), (40_000, 4)] {
            let samples: Vec<In> = (0..rows).map(|row| std::array::from_fn(|x| (row * FEATURES + x) as f32)).collect();
            let data = Counted(Dataset::new(samples, vec![0.0; rows]).unwrap(), AtomicUsize::new(0));
            let mut next = 0;
            by_feature::<In, _, f32>(&data, |feature, values| {
                assert_eq!((feature, values.len()), (next, rows));
                for (row, value) in values.iter().enumerate() {
                    assert_eq!(value.to_bits(), ((row * FEATURES + feature) as f64).to_bits(), "{feature} of {row}");
                }
                next += 1;
                Ok(())
            })
            .unwrap();
            assert_eq!((next, data.1.into_inner()), (FEATURES, walks * rows), "{rows} samples");
        }
    }
}
