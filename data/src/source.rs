//! The trait for data that a trainer takes.

use core::slice;

use typednet_tensor::{Key, Padded, Sample, Steps, Token, ops};

use crate::{DataError, Dataset, Parts};

/// Data that can be gathered into batches for a network that reads `In` and a loss that compares with `Target`.
///
/// A [`Dataset`] of bytes serves networks of `f32` and of `f64`: its pixels become numbers from 0 to 1 while they are
/// gathered, so they take a quarter of the memory. Data that change from epoch to epoch (augmentation) implement this
/// trait around another source. Several threads may gather parts of one batch at the same time.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit a network that reads `{In}` with a loss that compares with `{Target}`",
    label = "expected samples `{In}`, or bytes of that shape, and targets `{Target}`"
)]
pub trait Source<In: Sample, Target>: Sync {
    /// How many samples there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The target of one sample.
    ///
    /// # Panics
    /// If there is no such row.
    fn target(&self, row: u32) -> Target;

    /// In batches of how many rows, taken in order, row r of each goes on where row r of the batch before ended, as in a
    /// [`Contiguous`](crate::text::Contiguous) text: so that states may be carried from one to the next. `None`, unless it is written:
    /// the samples stand by themselves.
    fn contiguous_rows(&self) -> Option<usize> {
        None
    }

    /// The parts that the shards of a training draw from: shard s of every batch has rows of part s only, so that of several processes each
    /// gathers rows of its own shards' parts, and needs no others; [`target`](Self::target) is asked for any row. `None`, unless it is
    /// written: any shard may have any row. A source around another one passes them on.
    fn parts(&self) -> Option<&Parts> {
        None
    }

    /// Appends the targets of `rows` to `to`. A source whose targets are as large as pictures appends them without
    /// passing them over the stack, as a [`Dataset`] does.
    ///
    /// # Panics
    /// If there is no such row.
    fn targets(&self, rows: &[u32], to: &mut Vec<Target>) {
        to.extend(rows.iter().map(|row| self.target(*row)));
    }

    /// Appends the targets of `rows` to `to` as [`gather`](Self::gather) writes them for the same `key`: what metrics compare the
    /// outputs of several processes with. A source that changes targets as it gathers, as [`Mixup`](crate::Mixup) does, writes it, and
    /// one around another source passes it on; else they are those of [`targets`](Self::targets). The samples of the rows need not be
    /// here, as those of other [parts](Self::parts) are not.
    ///
    /// # Panics
    /// If there is no such row.
    fn gathered_targets(&self, rows: &[u32], key: Key, to: &mut Vec<Target>) {
        _ = key;
        self.targets(rows, to);
    }

    /// Writes the samples of `rows` to `x` and their targets to `y`.
    ///
    /// `key` names the seed and the epoch. A source that changes its samples at random takes its random numbers from
    /// `key.child(row)`, so that a sample depends on nothing else; others leave it alone.
    ///
    /// # Panics
    /// If `rows`, `x` and `y` differ in length, or if there is no such row.
    fn gather(&self, rows: &[u32], key: Key, x: &mut [In], y: &mut [Target]);

    /// What has gone wrong while rows were gathered, once: of data that are read while a network is trained, such as
    /// [`OnDisk`](crate::OnDisk). A trainer asks after each batch and does not use one after which there is an error. A source around another
    /// one passes it on.
    fn take_error(&self) -> Option<DataError> {
        None
    }
}

/// How many samples ahead memory is asked for the next one.
const AHEAD: usize = 3;

#[diagnostic::do_not_recommend]
impl<X, Y, In> Source<In, Y> for Dataset<X, Y>
where
    X: Gather<In> + Sync,
    Y: Copy + Sync,
    In: Sample,
{
    fn len(&self) -> usize {
        self.len()
    }

    fn target(&self, row: u32) -> Y {
        self.targets()[row as usize]
    }

    fn targets(&self, rows: &[u32], to: &mut Vec<Y>) {
        for row in rows {
            to.extend_from_slice(slice::from_ref(&self.targets()[*row as usize]));
        }
    }

    fn gather(&self, rows: &[u32], _key: Key, x: &mut [In], y: &mut [Y]) {
        assert_eq!(rows.len(), x.len(), "gather needs one place for each sample");
        assert_eq!(rows.len(), y.len(), "gather needs one place for each target");
        for (i, (x, y)) in x.iter_mut().zip(y).enumerate() {
            let row = rows[i] as usize;
            if let Some(next) = rows.get(i + AHEAD).and_then(|row| self.samples().get(*row as usize)) {
                ops::prefetch(next);
            }
            X::gather(slice::from_ref(&self.samples()[row]), slice::from_mut(x));
            slice::from_mut(y).copy_from_slice(slice::from_ref(&self.targets()[row]));
        }
    }
}

#[diagnostic::do_not_recommend]
impl<In: Sample, Target, S: Source<In, Target> + ?Sized> Source<In, Target> for &S {
    fn len(&self) -> usize {
        (**self).len()
    }

    fn target(&self, row: u32) -> Target {
        (**self).target(row)
    }

    fn contiguous_rows(&self) -> Option<usize> {
        (**self).contiguous_rows()
    }

    fn parts(&self) -> Option<&Parts> {
        (**self).parts()
    }

    fn targets(&self, rows: &[u32], to: &mut Vec<Target>) {
        (**self).targets(rows, to);
    }

    fn gathered_targets(&self, rows: &[u32], key: Key, to: &mut Vec<Target>) {
        (**self).gathered_targets(rows, key, to);
    }

    fn gather(&self, rows: &[u32], key: Key, x: &mut [In], y: &mut [Target]) {
        (**self).gather(rows, key, x, y);
    }

    fn take_error(&self) -> Option<DataError> {
        (**self).take_error()
    }
}

/// Stored elements that a network reads as `To`: bytes as `f32` or `f64` from 0 to 1, numbers and tokens as themselves, `f32` as
/// `f64` too, and arrays and padded sequences of them as such of the same shape.
#[diagnostic::on_unimplemented(
    message = "stored samples of `{Self}` cannot be read as `{To}`",
    label = "expected the same shape, and bytes or the same scalar"
)]
pub trait Gather<To>: Sized {
    /// Writes `from` to `to`; bytes are multiplied by 1/255, which makes 255 exactly 1.
    ///
    /// # Panics
    /// If the lengths differ.
    fn gather(from: &[Self], to: &mut [To]);
}

impl<A: Gather<B>, B, const N: usize> Gather<[B; N]> for [A; N] {
    fn gather(from: &[Self], to: &mut [[B; N]]) {
        A::gather(from.as_flattened(), to.as_flattened_mut());
    }
}

macro_rules! gather {
    ($($t:ty),*) => {$(
        impl Gather<$t> for u8 {
            fn gather(from: &[Self], to: &mut [$t]) {
                ops::widen(from, 1.0 / 255.0, to);
            }
        }

        impl Gather<$t> for $t {
            fn gather(from: &[Self], to: &mut [$t]) {
                to.copy_from_slice(from);
            }
        }
    )*};
}

gather!(f32, f64);

impl<const V: usize> Gather<Self> for Token<V> {
    fn gather(from: &[Self], to: &mut [Self]) {
        to.copy_from_slice(from);
    }
}

/// As many steps count as before.
impl<A: Steps + Gather<B>, B: Steps> Gather<Padded<B>> for Padded<A> {
    fn gather(from: &[Self], to: &mut [Padded<B>]) {
        assert_eq!(from.len(), to.len(), "gather needs one place for each sequence");
        for (from, to) in from.iter().zip(to) {
            A::gather(slice::from_ref(&from.steps), slice::from_mut(&mut to.steps));
            to.set_length(from.length());
        }
    }
}

impl Gather<f64> for f32 {
    fn gather(from: &[Self], to: &mut [f64]) {
        assert_eq!(from.len(), to.len(), "gather needs one place for each number");
        for (to, from) in to.iter_mut().zip(from) {
            *to = f64::from(*from);
        }
    }
}

#[cfg(test)]
mod tests {
    use typednet_tensor::Class;

    use super::*;

    fn key() -> Key {
        Key::new(1)
    }

    #[test]
    fn bytes_become_numbers_from_0_to_1() {
        let pixels = Dataset::new([[0, 51, 255], [1, 2, 3]], [Class::<2>::default(); 2]).unwrap();
        let (mut x, mut y) = ([[f32::NAN; 3]; 3], [Class::default(); 3]);
        pixels.gather(&[1, 0, 1], key(), &mut x, &mut y);
        assert_eq!(
            x,
            [[1_u8, 2, 3], [0, 51, 255], [1, 2, 3]].map(|row| row.map(|byte| f32::from(byte) * (1.0 / 255.0)))
        );
        assert_eq!([x[1][0], x[1][2]].map(f32::to_bits), [0.0, 1.0].map(f32::to_bits));
        let mut x = [[f64::NAN; 3]];
        pixels.gather(&[0], key(), &mut x, &mut y[..1]);
        assert_eq!(x[0].map(f64::to_bits), [0.0, 51.0 * (1.0 / 255.0), 1.0].map(f64::to_bits));
    }

    #[test]
    fn numbers_stay_as_they_are_with_their_targets() {
        let samples: Vec<[[f32; 2]; 3]> = (0..5).map(|i| [[0.5, -1.0], [3.0, 7e30], [1e-30, i as f32]]).collect();
        let targets: Vec<Class<5>> = Class::all().collect();
        let data = Dataset::new(samples, targets).unwrap();
        let (mut x, mut y) = ([[[f32::NAN; 2]; 3]; 2], [Class::<5>::default(); 2]);
        // Through the reference, which is a source too.
        Source::gather(&&data, &[4, 2], key(), &mut x, &mut y);
        assert_eq!(x, [data.samples()[4], data.samples()[2]]);
        assert_eq!(y, [data.targets()[4], data.targets()[2]]);
        assert_eq!(Source::<[[f32; 2]; 3], _>::len(&data), 5);
        assert!(!Source::<[[f32; 2]; 3], _>::is_empty(&data));
    }

    #[test]
    fn single_precision_feeds_a_network_of_double() {
        let data = Dataset::new([[0.1_f32, -7e30]], [[1.0_f64]]).unwrap();
        let mut x = [[f64::NAN; 2]];
        data.gather(&[0], key(), &mut x, &mut [[0.0]]);
        assert_eq!(x[0].map(f64::to_bits), [0.1_f32, -7e30].map(|x| f64::from(x).to_bits()));
    }

    #[test]
    fn padded_sequences_keep_their_lengths() {
        let samples = [&[[255_u8], [51]][..], &[[102]]].map(|steps| Padded::<[[u8; 1]; 3]>::new(steps).unwrap());
        let data = Dataset::new(samples, [[0.0_f32], [1.0]]).unwrap();
        let (mut x, mut y) = ([Padded::full([[f32::NAN]; 3]); 2], [[0.0]; 2]);
        data.gather(&[1, 0], key(), &mut x, &mut y);
        assert_eq!((x[0].counted(), x[1].length()), (&[[102.0 * (1.0 / 255.0)]][..], 2));
        assert_eq!(x[1].steps, [[1.0], [51.0 * (1.0 / 255.0)], [0.0]]);
    }

    /// A trainer may gather the next batch on another thread, without knowing where the data come from.
    #[test]
    fn a_source_without_a_type_goes_to_another_thread() {
        let data = Dataset::new([[1.0_f32], [2.0]], [[3.0_f32], [4.0]]).unwrap();
        let source: &(dyn Source<[f32; 1], [f32; 1]> + Sync) = &data;
        let (mut x, mut y) = ([[0.0]], [[0.0]]);
        std::thread::scope(|scope| {
            scope.spawn(|| source.gather(&[1], key(), &mut x, &mut y));
        });
        assert_eq!((x, y), ([[2.0]], [[4.0]]));
    }

    #[test]
    #[should_panic(expected = "gather needs one place for each sample")]
    fn a_batch_of_another_length_is_refused() {
        let data = Dataset::new([[1.0_f32]], [[1.0_f32]]).unwrap();
        data.gather(&[0, 0], key(), &mut [[0.0_f32]], &mut [[0.0]; 2]);
    }

    #[test]
    #[should_panic(expected = "gather needs one place for each target")]
    fn targets_of_another_length_are_refused() {
        let data = Dataset::new([[1.0_f32]], [[1.0_f32]]).unwrap();
        data.gather(&[0, 0], key(), &mut [[0.0_f32]; 2], &mut [[0.0]]);
    }
}
