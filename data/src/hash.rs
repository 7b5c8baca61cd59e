//! The version of a data set as a hash of its content (lecture section 11).

use std::fmt::{self, Write};

use typednet_formats::{Digest, Sha256};
use typednet_tensor::Class;

use crate::Dataset;

/// The SHA-256 of a data set's samples and targets in order.
///
/// Two parts with one hash hold the same rows, bit for bit. It is SHA-256 because that is collision resistant, and any
/// other program can compute it again: hashed are the lines `typednet dataset 1`, the type of a sample, the type of a
/// target and the number of rows, each with a line feed at its end, then all samples and all targets as
/// little-endian numbers (classes as 32-bit numbers).
///
/// ```
/// use typednet_data::Dataset;
///
/// let data = Dataset::new([[0.5_f32], [1.5]], [[0.0_f32], [1.0]])?;
/// let hash = data.content_hash();
/// assert_eq!(hash.to_string(), "64f86898a0916d99fe1a296b80929dfa11665e6f173d361fbc5b581353a0dea6");
/// assert_ne!(hash, data.take(1)?.content_hash());
/// # Ok::<(), typednet_data::DataError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash(Digest);

impl ContentHash {
    /// The 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        self.0.bytes()
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Samples and targets whose content can be hashed: numbers, classes, and arrays of them.
pub trait Content: Sized {
    /// Writes the name of the type, such as `[f32; 30]`.
    ///
    /// # Errors
    /// If `to` cannot be written to.
    fn name(to: &mut dyn Write) -> fmt::Result;

    /// Hands the bytes of `values` to `hash`.
    fn hash(values: &[Self], hash: &mut dyn FnMut(&[u8]));
}

impl<A: Content, const N: usize> Content for [A; N] {
    fn name(to: &mut dyn Write) -> fmt::Result {
        to.write_str("[")?;
        A::name(to)?;
        write!(to, "; {N}]")
    }

    fn hash(values: &[Self], hash: &mut dyn FnMut(&[u8])) {
        A::hash(values.as_flattened(), hash);
    }
}

impl Content for u8 {
    fn name(to: &mut dyn Write) -> fmt::Result {
        to.write_str("u8")
    }

    fn hash(values: &[Self], hash: &mut dyn FnMut(&[u8])) {
        hash(values);
    }
}

/// Hands the bytes of `values` to `hash`, many at once.
fn in_chunks<V: Copy, const BYTES: usize>(
    values: &[V],
    hash: &mut dyn FnMut(&[u8]),
    to_le_bytes: impl Fn(V) -> [u8; BYTES],
) {
    let mut buffer = [[0; BYTES]; 256];
    for chunk in values.chunks(buffer.len()) {
        let buffer = &mut buffer[..chunk.len()];
        for (bytes, value) in buffer.iter_mut().zip(chunk) {
            *bytes = to_le_bytes(*value);
        }
        hash(buffer.as_flattened());
    }
}

macro_rules! content_number {
    ($($t:ident),*) => {$(
        impl Content for $t {
            fn name(to: &mut dyn Write) -> fmt::Result {
                to.write_str(stringify!($t))
            }

            fn hash(values: &[Self], hash: &mut dyn FnMut(&[u8])) {
                in_chunks(values, hash, $t::to_le_bytes);
            }
        }
    )*};
}

content_number!(f32, f64);

impl<const K: usize> Content for Class<K> {
    fn name(to: &mut dyn Write) -> fmt::Result {
        write!(to, "class of {K}")
    }

    fn hash(values: &[Self], hash: &mut dyn FnMut(&[u8])) {
        in_chunks(values, hash, |class| (class.index() as u32).to_le_bytes());
    }
}

impl<X: Content, Y: Content> Dataset<X, Y> {
    /// The hash of all samples and targets in order.
    ///
    /// [`split`](Dataset::split) and [`Fold`](crate::Fold) keep the rows of each part in the order of the whole, so the
    /// hash of a part says which rows it holds.
    pub fn content_hash(&self) -> ContentHash {
        let mut head = String::from("typednet dataset 1\n");
        // Writing to a `String` cannot fail.
        let _ = X::name(&mut head);
        head.push('\n');
        let _ = Y::name(&mut head);
        let _ = writeln!(head, "\n{}", self.len());
        let mut state = Sha256::new();
        state.update(head);
        X::hash(self.samples(), &mut |bytes| state.update(bytes));
        Y::hash(self.targets(), &mut |bytes| state.update(bytes));
        ContentHash(state.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_row_and_type_counts() {
        let hash = |samples: Vec<[f32; 2]>, targets: Vec<usize>| {
            let targets: Vec<Class<3>> = targets.into_iter().map(|label| Class::new(label).unwrap()).collect();
            Dataset::new(samples, targets).unwrap().content_hash()
        };
        let base = hash(vec![[1.0, 2.0], [3.0, 4.0]], vec![0, 1]);
        assert_eq!(base, hash(vec![[1.0, 2.0], [3.0, 4.0]], vec![0, 1]));
        let others = [
            hash(vec![[1.0, 2.0], [3.0, 4.000_000_5]], vec![0, 1]),
            hash(vec![[1.0, 2.0], [3.0, 4.0]], vec![0, 2]),
            hash(vec![[3.0, 4.0], [1.0, 2.0]], vec![1, 0]),
            hash(vec![[1.0, 2.0]], vec![0]),
            Dataset::new([[1.0_f32, 2.0], [3.0, 4.0]], [[0_u8; 4], [1, 0, 0, 0]]).unwrap().content_hash(),
            Dataset::new([[[1.0_f32], [2.0]], [[3.0], [4.0]]], [Class::<3>::new(0).unwrap(), Class::new(1).unwrap()])
                .unwrap()
                .content_hash(),
        ];
        for other in others {
            assert_ne!(base, other);
        }
    }

    /// What goes into the hash, so that another program can compute it.
    #[test]
    fn the_layout_is_the_documented_one() {
        let data = Dataset::new([[0.5_f32, -1.0]; 300], [Class::<10>::new(7).unwrap(); 300]).unwrap();
        let mut wanted = b"typednet dataset 1\n[f32; 2]\nclass of 10\n300\n".to_vec();
        (0..300).for_each(|_| wanted.extend([0.5_f32, -1.0].map(f32::to_le_bytes).as_flattened()));
        (0..300).for_each(|_| wanted.extend([7, 0, 0, 0]));
        assert_eq!(data.content_hash().bytes(), Sha256::of(wanted).bytes());
    }
}
