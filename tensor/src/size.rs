//! Products of sizes, which may be more than a `usize` holds.
//!
//! A length that has wrapped around is a length that fits: code that compares it with a slice's would go on, past the
//! slice's end. Every length that is computed from sizes comes from here.

/// The product of `sizes`, or nothing where a `usize` cannot hold it.
///
/// ```
/// use typednet_tensor::size::checked_product;
///
/// assert_eq!(checked_product(&[2, 3, 4]), Some(24));
/// assert_eq!(checked_product(&[1 << 32, 1 << 32]), None);
/// assert_eq!(checked_product(&[usize::MAX, usize::MAX, 0]), Some(0));
/// ```
pub const fn checked_product(sizes: &[usize]) -> Option<usize> {
    let mut product: Option<usize> = Some(1);
    let mut i = 0;
    while i < sizes.len() {
        if sizes[i] == 0 {
            return Some(0);
        }
        product = match product {
            Some(product) => product.checked_mul(sizes[i]),
            None => None,
        };
        i += 1;
    }
    product
}

/// The product of `sizes`.
///
/// # Panics
/// If a `usize` cannot hold it; at compile time where it is used in a const.
#[track_caller]
pub const fn product(sizes: &[usize]) -> usize {
    match checked_product(sizes) {
        Some(product) => product,
        None => panic!("a size is too large: its elements are more than can be addressed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_exact_or_refused() {
        let top = 1 << (usize::BITS - 1);
        for (sizes, expected) in [
            (&[][..], Some(1)),
            (&[7], Some(7)),
            (&[top, 1], Some(top)),
            (&[top, 2], None),
            (&[top, 2, 0], Some(0)),
            (&[0, top, 2], Some(0)),
            (&[usize::MAX, usize::MAX], None),
        ] {
            assert_eq!(checked_product(sizes), expected, "{sizes:?}");
        }
    }

    #[test]
    #[should_panic(expected = "a size is too large")]
    fn what_cannot_be_addressed_is_refused() {
        product(&[usize::MAX, 2]);
    }
}
