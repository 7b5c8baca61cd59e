//! Elements as the bytes that files have, without a copy of them where the processor has them in the same order.

use crate::{AnyBits, Element};

/// So many bytes are turned at once where the processor has the highest byte of a number first.
const PIECE: usize = 1 << 12;

/// Lets `fill` write the bytes of `elements`, each with the lowest first, as files have them.
///
/// ```
/// let mut pair = [0.0_f32; 2];
/// typednet_tensor::fill_from_le_bytes(&mut pair, |bytes| bytes.copy_from_slice(&[0, 0, 128, 63, 0, 0, 0, 192]));
/// assert_eq!(pair, [1.0, -2.0]);
/// ```
pub fn fill_from_le_bytes<E: AnyBits, R>(elements: &mut [E], fill: impl FnOnce(&mut [u8]) -> R) -> R {
    // SAFETY: an element is plain bytes without padding, and any bytes make one; the unique borrow is passed on.
    let bytes =
        unsafe { core::slice::from_raw_parts_mut(elements.as_mut_ptr().cast::<u8>(), size_of_val::<[E]>(elements)) };
    let result = fill(bytes);
    if cfg!(target_endian = "big") {
        turn(bytes, size_of::<E>());
    }
    result
}

/// Hands the bytes of `elements` to `take`, each with the lowest first: all at once, or in pieces of whole elements.
///
/// ```
/// let mut file = Vec::new();
/// typednet_tensor::with_le_bytes(&[1.0_f32, -2.0], |bytes| std::io::Write::write_all(&mut file, bytes))?;
/// assert_eq!(file, [0, 0, 128, 63, 0, 0, 0, 192]);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// The first that `take` gives.
pub fn with_le_bytes<E: Element, X>(elements: &[E], mut take: impl FnMut(&[u8]) -> Result<(), X>) -> Result<(), X> {
    // SAFETY: an element is plain bytes without padding; the borrow is passed on.
    let bytes = unsafe { core::slice::from_raw_parts(elements.as_ptr().cast::<u8>(), size_of_val::<[E]>(elements)) };
    if cfg!(target_endian = "little") {
        return take(bytes);
    }
    let mut buffer = [0; PIECE];
    bytes.chunks(PIECE).try_for_each(|piece| {
        let turned = &mut buffer[..piece.len()];
        turned.copy_from_slice(piece);
        turn(turned, size_of::<E>());
        take(turned)
    })
}

/// Turns the bytes of each element round.
fn turn(bytes: &mut [u8], size: usize) {
    bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compact::Bf16;

    fn written<E: Element>(elements: &[E]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let done: Result<(), ()> = with_le_bytes(elements, |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        });
        done.expect("nothing can go wrong");
        bytes
    }

    #[test]
    fn bytes_are_those_of_the_standard_library_and_come_back() {
        let numbers: Vec<f64> = (0..2_000).map(|n| f64::from(n) * 0.1).collect();
        let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        assert_eq!(written(&numbers), bytes);
        let mut back = vec![0.0_f64; numbers.len()];
        fill_from_le_bytes(&mut back, |to| to.copy_from_slice(&bytes));
        assert_eq!(back, numbers);
        assert_eq!(written(&[Bf16::from_bits(0x1234)]), [0x34, 0x12]);
        assert_eq!(written::<f32>(&[]), []);
    }

    #[test]
    fn elements_are_turned_one_by_one() {
        let mut bytes = [1, 2, 3, 4, 5, 6];
        turn(&mut bytes, 2);
        assert_eq!(bytes, [2, 1, 4, 3, 6, 5]);
    }
}
