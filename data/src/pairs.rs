//! Samples that are pairs.

use std::slice;

use typednet_tensor::Pair;

use crate::{DataError, Gather};

/// Two lists of samples as one of pairs: the first of either, the second of either, and so on. What comes of it is samples, or
/// targets, of a [`Dataset`](crate::Dataset).
///
/// ```
/// use typednet_data::{Dataset, pairs};
///
/// let (left, right) = ([[1.0_f32, 2.0], [3.0, 4.0]], [[0.5_f32], [0.25]]);
/// let data = Dataset::new(pairs(left, right)?, [[0.0_f32], [1.0]])?;
/// assert_eq!((data.samples()[1].first, data.samples()[1].second), ([3.0, 4.0], [0.25]));
///
/// assert_eq!(
///     pairs([1.0, 2.0], [1.0]).unwrap_err().to_string(),
///     "there are 2 first halves but 1 second halves; a pair is made of one of each, so check that both come from the same set",
/// );
/// # Ok::<(), typednet_data::DataError>(())
/// ```
///
/// # Errors
/// If one list is longer than the other.
pub fn pairs<A, B>(first: impl Into<Vec<A>>, second: impl Into<Vec<B>>) -> Result<Vec<Pair<A, B>>, DataError> {
    let (first, second) = (first.into(), second.into());
    if first.len() != second.len() {
        return Err(DataError::HalvesDiffer { first: first.len(), second: second.len() });
    }
    Ok(first.into_iter().zip(second).map(Pair::from).collect())
}

/// Each half as it is read: bytes as numbers, and so on.
impl<A: Gather<C>, B: Gather<D>, C, D> Gather<Pair<C, D>> for Pair<A, B> {
    fn gather(from: &[Self], to: &mut [Pair<C, D>]) {
        assert_eq!(from.len(), to.len(), "gather needs one place for each pair");
        for (from, to) in from.iter().zip(to) {
            A::gather(slice::from_ref(&from.first), slice::from_mut(&mut to.first));
            B::gather(slice::from_ref(&from.second), slice::from_mut(&mut to.second));
        }
    }
}

#[cfg(test)]
mod tests {
    use typednet_tensor::{Key, Padded, Token};

    use super::*;
    use crate::{Dataset, Source};

    /// A picture of bytes and a text: each row keeps both of its halves, in any order of rows.
    #[test]
    fn rows_keep_both_halves() {
        type Stored = Pair<[u8; 2], Padded<[Token<9>; 3]>>;
        type Read = Pair<[f32; 2], Padded<[Token<9>; 3]>>;
        let token = |index| Token::<9>::new(index).unwrap();
        let texts = [&[token(1)][..], &[token(2), token(8)], &[token(3); 3]].map(|text| Padded::new(text).unwrap());
        let pictures = [[0, 51], [255, 102], [153, 204]];
        let data: Dataset<Stored, _> = Dataset::new(pairs(pictures, texts).unwrap(), [0_u8, 1, 2]).unwrap();
        let blank: Read = Pair { first: [f32::NAN; 2], second: Padded::full([token(7); 3]) };
        let (mut x, mut y) = ([blank; 4], [9; 4]);
        data.gather(&[2, 0, 1, 2], Key::new(1), &mut x, &mut y);
        assert_eq!(y, [2, 0, 1, 2]);
        for (x, y) in x.iter().zip(y.map(usize::from)) {
            let read = pictures[y].map(|byte| (f32::from(byte) * (1.0 / 255.0)).to_bits());
            assert_eq!(x.first.map(f32::to_bits), read);
            assert_eq!(x.second.counted(), texts[y].counted());
        }
    }

    #[test]
    fn lists_of_two_lengths_are_no_pairs() {
        let error = pairs([[1_u8], [2]], [[3_u8]]).unwrap_err();
        assert!(matches!(error, DataError::HalvesDiffer { first: 2, second: 1 }), "{error}");
        assert_eq!(pairs::<u8, u8>([], []).unwrap(), []);
    }
}
