//! What is set around an axis, taken from it, or made of it by repetition.

use crate::{Answer, Complaint, complain, sum_of_product, too_large};

/// `pad` more at both sides: size + 2·pad.
///
/// # Errors
/// If that cannot be counted.
pub const fn padded(axis: &str, [size, pad]: [usize; 2]) -> Answer {
    match sum_of_product(2, pad, size) {
        Some(size) => Ok(size),
        None => too_large(axis),
    }
}

/// `crop` less at both sides: size − 2·crop.
///
/// # Errors
/// If nothing is left.
///
/// ```
/// use typednet_shape_rules::cropped;
///
/// assert_eq!(cropped("height", [28, 2]).ok(), Some(24));
/// let complaint = cropped("height", [28, 14]).err().unwrap();
/// assert_eq!(complaint.as_str(), "its height would be 28 − 2·14: nothing is left");
/// ```
pub const fn cropped(axis: &str, [size, crop]: [usize; 2]) -> Answer {
    match crop.checked_mul(2) {
        Some(both) if both < size => Ok(size - both),
        _ => {
            let complaint = Complaint::new().text("its ").text(axis).text(" would be ").number(size).text(" − 2·");
            Err(complaint.number(crop).text(": nothing is left"))
        }
    }
}

/// As many times as large: size·factor.
///
/// # Errors
/// If the factor is 0, or the product cannot be counted.
pub const fn scaled(axis: &str, [size, factor]: [usize; 2]) -> Answer {
    if factor == 0 {
        return complain("its factor is 0: it is at least 1");
    }
    match size.checked_mul(factor) {
        Some(size) => Ok(size),
        None => too_large(axis),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_padded_is_cropped_back() {
        for size in [1, 2, 28] {
            for pad in [0, 1, 14] {
                let more = padded("height", [size, pad]).ok().expect("a size");
                assert_eq!(cropped("height", [more, pad]).ok(), Some(size));
            }
        }
        assert!(padded("height", [1, usize::MAX]).is_err() && padded("height", [usize::MAX, 1]).is_err());
        assert!(cropped("height", [usize::MAX, usize::MAX]).is_err() && cropped("height", [0, 0]).is_err());
    }

    #[test]
    fn a_factor_is_at_least_one() {
        assert_eq!(scaled("width", [7, 2]).ok(), Some(14));
        let complaints = [scaled("width", [7, 0]), scaled("width", [usize::MAX, 2])].map(|a| a.expect_err("one"));
        let texts = ["its factor is 0: it is at least 1", "its width is too large for a size"];
        assert_eq!(complaints.each_ref().map(Complaint::as_str), texts);
    }
}
