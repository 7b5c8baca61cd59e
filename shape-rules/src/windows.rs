//! Kernels that slide over an axis.

use crate::{Answer, Complaint, sum_of_product, too_large};

/// A convolution over an axis: ⌊(size + 2·pad − dilation·(kernel − 1) − 1) / stride⌋ + 1.
///
/// # Errors
/// If the kernel is larger than what it slides over, or one of its sizes is 0.
///
/// ```
/// use typednet_shape_rules::convolution;
///
/// assert_eq!(convolution("height", [28, 5, 1, 0, 1]).ok(), Some(24));
/// let complaint = convolution("height", [28, 31, 1, 0, 1]).err().unwrap();
/// assert!(complaint.as_str().starts_with("its height would be (28 + 2·0 − 31)/1 + 1: "));
/// ```
pub const fn convolution(axis: &str, [size, kernel, stride, pad, dilation]: [usize; 5]) -> Answer {
    if let Some(complaint) = zero(axis, kernel, stride, dilation) {
        return Err(complaint);
    }
    let (Some(padded), Some(reach)) = (sum_of_product(2, pad, size), sum_of_product(dilation, kernel - 1, 1)) else {
        return too_large(axis);
    };
    if reach <= padded {
        // A stride of 1 over all that can be counted gives one place more than that.
        return match ((padded - reach) / stride).checked_add(1) {
            Some(size) => Ok(size),
            None => too_large(axis),
        };
    }
    let complaint = would_be(axis, [size, pad, reach, stride]).text(": the kernel of ").number(kernel);
    let complaint = if dilation == 1 {
        complaint.text(" is larger than the padded ").text(whole(axis)).text(", ")
    } else {
        let complaint = complaint.text(" with dilation ").number(dilation).text(" reaches over ").number(reach);
        complaint.text(", the padded ").text(whole(axis)).text(" is ")
    };
    Err(complaint.number(padded))
}

/// A transposed convolution over an axis: (size − 1)·stride − 2·pad + dilation·(kernel − 1) + `output_pad` + 1.
///
/// # Errors
/// If the output padding is not smaller than the stride, nothing is left, or a size is 0.
///
/// ```
/// use typednet_shape_rules::transposed;
///
/// assert_eq!(transposed("height", [14, 3, 2, 1, 1, 1]).ok(), Some(28));
/// assert!(transposed("height", [14, 3, 2, 1, 1, 2]).is_err());
/// ```
pub const fn transposed(axis: &str, [size, kernel, stride, pad, dilation, output_pad]: [usize; 6]) -> Answer {
    if let Some(complaint) = zero(axis, kernel, stride, dilation) {
        return Err(complaint);
    }
    if output_pad >= stride {
        let complaint = Complaint::new().text("its output padding of ").number(output_pad);
        return Err(complaint.text(" is not smaller than its stride of ").number(stride));
    }
    let (Some(spread), Some(pads)) = (sum_of_product(size.saturating_sub(1), stride, 1), pad.checked_mul(2)) else {
        return too_large(axis);
    };
    let whole = match sum_of_product(dilation, kernel - 1, spread) {
        Some(whole) => whole.checked_add(output_pad),
        None => None,
    };
    let Some(whole) = whole else { return too_large(axis) };
    if whole > pads {
        return Ok(whole - pads);
    }
    let complaint = Complaint::new().text("its ").text(axis).text(" would be (").number(size).text(" − 1)·");
    let complaint = complaint.number(stride).text(" − 2·").number(pad).text(" + ").number(dilation).text("·(");
    let complaint = complaint.number(kernel).text(" − 1) + ").number(output_pad).text(" + 1: ");
    Err(complaint.text("its padding of ").number(pad).text(" takes all of it away"))
}

/// `its height would be (28 + 2·0 − 31)/1 + 1`
pub(crate) const fn would_be(axis: &str, [size, pad, reach, stride]: [usize; 4]) -> Complaint {
    let complaint = Complaint::new().text("its ").text(axis).text(" would be (").number(size).text(" + 2·");
    complaint.number(pad).text(" − ").number(reach).text(")/").number(stride).text(" + 1")
}

/// What is wrong where a size of the kernel is 0.
pub(crate) const fn zero(axis: &str, kernel: usize, stride: usize, dilation: usize) -> Option<Complaint> {
    if kernel == 0 {
        return Some(Complaint::new().text("the ").text(axis).text(" of its kernel is 0: it is at least 1"));
    }
    if stride == 0 {
        return Some(Complaint::new().text("its stride is 0: a kernel moves by at least 1"));
    }
    if dilation == 0 {
        return Some(Complaint::new().text("its dilation is 0: that of a kernel without gaps is 1"));
    }
    None
}

/// What the kernel slides over.
const fn whole(axis: &str) -> &'static str {
    if matches!(axis.as_bytes(), b"length") { "sequence" } else { "image" }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    fn text(answer: &Answer) -> std::string::String {
        answer.as_ref().map_or_else(|complaint| complaint.as_str().to_string(), usize::to_string)
    }

    /// A kernel that is laid at each place, one after the other.
    fn places([size, kernel, stride, pad, dilation]: [usize; 5]) -> usize {
        let padded = size + 2 * pad;
        (0..padded).step_by(stride).filter(|from| from + dilation * (kernel - 1) < padded).count()
    }

    #[test]
    fn a_convolution_gives_as_many_numbers_as_its_kernel_has_places() {
        for size in 1..9 {
            for kernel in 1..6 {
                for (stride, pad, dilation) in [(1, 0, 1), (2, 0, 1), (2, 1, 1), (3, 1, 2), (4, 2, 3), (1, 3, 1)] {
                    let sizes = [size, kernel, stride, pad, dilation];
                    let expected = Some(places(sizes)).filter(|places| *places > 0);
                    assert_eq!(convolution("height", sizes).ok(), expected, "{sizes:?}");
                }
            }
        }
    }

    #[test]
    fn a_transposed_convolution_is_read_by_the_convolution() {
        for size in 1..9 {
            for kernel in 1..6 {
                for (stride, pad, dilation) in [(1, 0, 1), (2, 0, 1), (2, 1, 1), (3, 1, 2), (4, 2, 3)] {
                    for output_pad in 0..stride {
                        let given = transposed("height", [size, kernel, stride, pad, dilation, output_pad]);
                        let Ok(given) = given else { continue };
                        let back = convolution("height", [given, kernel, stride, pad, dilation]);
                        assert_eq!(back.ok(), Some(size), "{size} to {given} by {kernel}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_arithmetic_is_shown() {
        let wrong = convolution("height", [28, 31, 1, 0, 1]);
        let said = "its height would be (28 + 2·0 − 31)/1 + 1: the kernel of 31 is larger than the padded image, 28";
        assert_eq!(text(&wrong), said);
        let wrong = convolution("length", [8, 5, 2, 1, 3]);
        let said = "its length would be (8 + 2·1 − 13)/2 + 1: the kernel of 5 with dilation 3 reaches over 13, the padded \
                    sequence is 10";
        assert_eq!(text(&wrong), said);
        let wrong = transposed("width", [1, 3, 2, 2, 1, 0]);
        assert_eq!(
            text(&wrong),
            "its width would be (1 − 1)·2 − 2·2 + 1·(3 − 1) + 0 + 1: its padding of 2 takes all of it away"
        );
        let wrong = transposed("width", [7, 3, 2, 1, 1, 2]);
        assert_eq!(text(&wrong), "its output padding of 2 is not smaller than its stride of 2");
    }

    #[test]
    fn no_size_is_too_large_or_too_small_to_be_asked() {
        for big in [0, 1, 2, usize::MAX / 2, usize::MAX - 1, usize::MAX] {
            for other in [0, 1, 3, usize::MAX] {
                for place in 0..6 {
                    let mut sizes = [other.max(1); 6];
                    sizes[place] = big;
                    let [size, kernel, stride, pad, dilation, _] = sizes;
                    let _ = convolution("height", [size, kernel, stride, pad, dilation]);
                    let _ = transposed("height", sizes);
                }
            }
        }
        assert_eq!(text(&convolution("height", [usize::MAX, 3, 1, 1, 1])), "its height is too large for a size");
    }
}
