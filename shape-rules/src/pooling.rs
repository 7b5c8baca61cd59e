//! Windows that keep one number of those that they see.

use crate::windows::{would_be, zero};
use crate::{Answer, Complaint, sum_of_product, too_large};

/// Pooling over an axis: (size + 2·pad − kernel) / stride + 1, where no window overlaps the next one without a rest.
///
/// Windows that overlap may leave a rest: each size has one, and none of it is dropped on purpose.
///
/// # Errors
/// If elements behind the last window would be dropped, the padding is more than half of the kernel, the kernel is larger
/// than the padded image, or a size is 0.
///
/// ```
/// use typednet_shape_rules::pooling;
///
/// assert_eq!(pooling("height", [28, 2, 2, 0]).ok(), Some(14));
/// assert!(pooling("height", [7, 2, 2, 0]).is_err());
/// assert_eq!(pooling("height", [32, 3, 2, 1]).ok(), Some(16));
/// ```
pub const fn pooling(axis: &str, [size, kernel, stride, pad]: [usize; 4]) -> Answer {
    let answer = pooling_floor(axis, [size, kernel, stride, pad]);
    if answer.is_err() || stride < kernel {
        return answer;
    }
    let rest = (size + 2 * pad - kernel) % stride;
    // What stands between two windows is left out on purpose, and padding is nothing to lose.
    let lost = rest.saturating_sub(stride - kernel).saturating_sub(pad);
    if lost == 0 {
        return answer;
    }
    let complaint = would_be(axis, [size, pad, kernel, stride]).text(": ").number(lost).text(" of ").number(size);
    let complaint = complaint.text(" would be dropped: write `floor = true` to drop ");
    let complaint = complaint.text(if lost == 1 { "it, " } else { "them, " });
    let complaint = match padding_that_fits(rest, stride) {
        Some(pad) => complaint.text("`Pad<").number(pad).text("> =>` before it, "),
        None => complaint,
    };
    Err(complaint.text("or another size"))
}

/// The same, rounded down: `floor = true` says that what stands behind the last window may be dropped.
///
/// # Errors
/// As [`pooling`], but for what would be dropped.
pub const fn pooling_floor(axis: &str, [size, kernel, stride, pad]: [usize; 4]) -> Answer {
    if let Some(complaint) = zero(axis, kernel, stride, 1) {
        return Err(complaint);
    }
    if pad > kernel / 2 {
        let complaint =
            Complaint::new().text("its padding of ").number(pad).text(" is more than half of its kernel of ");
        return Err(complaint.number(kernel).text(": a window could see nothing but padding"));
    }
    let Some(padded) = sum_of_product(2, pad, size) else { return too_large(axis) };
    if padded < kernel {
        let complaint = would_be(axis, [size, pad, kernel, stride]).text(": the kernel of ").number(kernel);
        return Err(complaint.text(" is larger than the padded image, ").number(padded));
    }
    match ((padded - kernel) / stride).checked_add(1) {
        Some(size) => Ok(size),
        None => too_large(axis),
    }
}

/// How many elements at both sides make a rest go away: the least `pad` with rest + 2·pad a multiple of the stride.
const fn padding_that_fits(rest: usize, stride: usize) -> Option<usize> {
    let missing = stride - rest;
    if missing.is_multiple_of(2) {
        return Some(missing / 2);
    }
    match missing.checked_add(stride) {
        Some(more) if more.is_multiple_of(2) => Some(more / 2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(answer: &Answer) -> std::string::String {
        answer.as_ref().map_or_else(|complaint| complaint.as_str().into(), |size| std::format!("{size}"))
    }

    #[test]
    fn what_would_be_dropped_is_said_with_the_ways_out() {
        let said = "its height would be (7 + 2·0 − 2)/2 + 1: 1 of 7 would be dropped: write `floor = true` to drop it, or \
                    another size";
        assert_eq!(text(&pooling("height", [7, 2, 2, 0])), said);
        let said = "its width would be (32 + 2·0 − 3)/3 + 1: 2 of 32 would be dropped: write `floor = true` to drop them, \
                    `Pad<2> =>` before it, or another size";
        assert_eq!(text(&pooling("width", [32, 3, 3, 0])), said);
        assert_eq!(pooling_floor("height", [7, 2, 2, 0]).ok(), Some(3));
    }

    /// The padding that is proposed is right, and the windows that are laid one by one see each element.
    #[test]
    fn nothing_is_dropped_that_is_not_said() {
        for size in 1_usize..40 {
            for kernel in 1..6 {
                for stride in kernel..8 {
                    for pad in 0..=kernel / 2 {
                        let Ok(places) = pooling_floor("height", [size, kernel, stride, pad]) else { continue };
                        // Behind the last window stand at most a gap and the padding.
                        let end = (places - 1) * stride + kernel;
                        let behind = (size + pad).saturating_sub(end);
                        let answer = pooling("height", [size, kernel, stride, pad]);
                        assert_eq!(answer.is_ok(), behind <= stride - kernel, "{:?}", [size, kernel, stride, pad]);
                        let rest = (size + 2 * pad - kernel) % stride;
                        if let (true, Some(more)) = (rest > 0, padding_that_fits(rest, stride)) {
                            assert!(pooling("height", [size + 2 * more, kernel, stride, pad]).is_ok());
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_window_sees_the_image() {
        let said = "its padding of 2 is more than half of its kernel of 3: a window could see nothing but padding";
        assert_eq!(text(&pooling("height", [28, 3, 1, 2])), said);
        let said = "its height would be (3 + 2·0 − 4)/4 + 1: the kernel of 4 is larger than the padded image, 3";
        assert_eq!(text(&pooling("height", [3, 4, 4, 0])), said);
        for big in [usize::MAX, usize::MAX - 1, usize::MAX / 2] {
            let _ = (pooling("height", [big, big, big, 1]), pooling("height", [big, 1, 1, 0]));
            let _ = (pooling("height", [big, 2, 2, 1]), pooling("height", [3, 2, big, 1]));
        }
        assert!(pooling("height", [usize::MAX, usize::MAX, 2, usize::MAX / 2]).is_err());
    }
}
