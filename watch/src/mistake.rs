//! The samples that a classifier is most wrong about.

use std::fmt;

use typednet_data::Source;
use typednet_layers::loss::LossFor;
use typednet_layers::{AsNetwork, Layer, Network, PassContext, pass};
use typednet_tensor::{Buffer, Class, Key, Sample, Scalar, zeroed_samples};

use crate::{Picture, PictureShape, WatchError};

/// A sample that a classifier takes for something else.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    /// The number of the sample in the data, from 0.
    pub row: u32,
    /// The name of its class.
    pub truth: String,
    /// The name of the class that it is taken for.
    pub predicted: String,
    /// The largest number that the network gives for it: a probability where it ends with softmax.
    pub confidence: f64,
    /// Its loss.
    pub loss: f64,
    /// The sample.
    pub picture: Picture,
}

/// As in `4 taken for 9 (99.8 %), loss 6.32, sample 115`.
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { row, truth, predicted, confidence, loss, .. } = self;
        write!(f, "{truth} taken for {predicted} ({:.1} %), loss {loss:.2}, sample {row}", 100.0 * confidence)
    }
}

/// The `most` mistakes with the highest loss, the highest first; fewer if there are not so many.
///
/// `names` are the names of the classes.
///
/// # Errors
/// If the samples are not pictures of `shape`, or cannot be read.
pub fn worst_mistakes<M, L, S, T, const N: usize>(
    model: &impl AsNetwork<Network = M>,
    loss: &L,
    data: &S,
    names: &[&str; N],
    shape: PictureShape,
    most: usize,
) -> Result<Vec<Mistake>, WatchError>
where
    T: Scalar,
    M: Layer<In: Sample<Elem = T>, Out = [T; N], Elem = T>,
    L: LossFor<M::Head, [T; N], Target = Class<N>>,
    S: Source<M::In, Class<N>> + ?Sized,
{
    let model = model.as_network();
    let mut memory = Buffer::new();
    let memory = memory.grow(pass::inference_need::<M>().of(1));
    let (mut x, mut target, key) = (zeroed_samples::<M::In>(1), [Class::<N>::default()], Key::new(0));
    let mut worst: Vec<(f64, u32, Class<N>)> = Vec::new();
    let gather = |row, x: &mut [M::In], target: &mut [Class<N>]| {
        data.gather(&[row], key, x, target);
        data.take_error().map_or(Ok(()), |error| Err(WatchError::Data { reason: error.to_string() }))
    };
    for row in 0..u32::try_from(data.len()).unwrap_or(u32::MAX) {
        gather(row, &mut x, &mut target)?;
        let (value, y) = pass::evaluate(model, loss, &x, &target, memory, PassContext::new(key));
        let predicted = Class::of_largest(&y[0]);
        if predicted != target[0] {
            let place = worst.partition_point(|(other, ..)| *other >= value);
            if place < most {
                worst.truncate(most - 1);
                worst.insert(place, (value, row, predicted));
            }
        }
    }
    let mistake = |(loss, row, predicted): (f64, u32, Class<N>)| {
        gather(row, &mut x, &mut target)?;
        let y = model.predict(&x[0]);
        Ok(Mistake {
            row,
            truth: names[target[0].index()].to_owned(),
            predicted: names[predicted.index()].to_owned(),
            confidence: y[predicted.index()].to_f64_exact(),
            loss,
            picture: Picture::of(&x[0], shape)?,
        })
    };
    worst.into_iter().map(mistake).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use typednet_data::{DataError, Dataset};
    use typednet_layers::loss::CrossEntropy;
    use typednet_layers::{Dense, Softmax};

    use super::*;

    /// It takes a sample for the class of its largest value.
    fn largest() -> Dense<4, 4, Softmax> {
        Dense::new(std::array::from_fn(|i| std::array::from_fn(|j| f32::from(u8::from(i == j)))), [0.0; 4])
    }

    fn data() -> Dataset<[f32; 4], Class<4>> {
        let samples = vec![[3.0, 0.0, 0.0, 0.0], [0.0, 9.0, 0.0, 0.0], [0.0, 0.0, 5.0, 0.0], [0.0, 0.0, 0.0, 7.0]];
        let classes = [0, 2, 3, 1].map(|class| Class::new(class).expect("a class"));
        Dataset::new(samples, classes).expect("as many")
    }

    #[test]
    fn the_worst_come_first_and_the_right_not_at_all() {
        let names = ["a", "b", "c", "d"];
        let find = |most| {
            worst_mistakes(&largest(), &CrossEntropy, &data(), &names, PictureShape::grey(2, 2), most)
                .expect("pictures")
        };
        let all = find(9);
        let rows: Vec<u32> = all.iter().map(|mistake| mistake.row).collect();
        assert_eq!(rows, [1, 3, 2]);
        assert_eq!((&all[0].truth[..], &all[0].predicted[..]), ("c", "b"));
        assert!((all[0].loss - 9.0).abs() < 0.01 && all[0].confidence > 0.99);
        assert_eq!(all[0].picture.pixels(), [0, 255, 0, 0]);
        assert_eq!(find(2).iter().map(|mistake| mistake.row).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(find(0), []);
        let shape = PictureShape::grey(28, 28);
        assert!(worst_mistakes(&largest(), &CrossEntropy, &data(), &names, shape, 3).is_err());
    }

    /// Samples of which one cannot be read: the one that is asked for after so many others.
    struct Breaking(Dataset<[f32; 4], Class<4>>, AtomicUsize);

    impl Source<[f32; 4], Class<4>> for Breaking {
        fn len(&self) -> usize {
            self.0.len()
        }

        fn target(&self, row: u32) -> Class<4> {
            self.0.targets()[row as usize]
        }

        fn gather(&self, rows: &[u32], key: Key, x: &mut [[f32; 4]], y: &mut [Class<4>]) {
            self.0.gather(rows, key, x, y);
        }

        fn take_error(&self) -> Option<DataError> {
            (self.1.fetch_sub(1, Ordering::Relaxed) == 0).then_some(DataError::Changed)
        }
    }

    #[test]
    fn a_sample_that_cannot_be_read_is_told() {
        let find = |others| {
            let data = Breaking(data(), AtomicUsize::new(others));
            worst_mistakes(&largest(), &CrossEntropy, &data, &["a", "b", "c", "d"], PictureShape::grey(2, 2), 9)
        };
        // Four are looked at, and three once more for their pictures.
        for others in 0..7 {
            assert!(matches!(find(others), Err(WatchError::Data { .. })), "after {others}");
        }
        assert_eq!(find(7).map(|mistakes| mistakes.len()), Ok(3));
    }
}
