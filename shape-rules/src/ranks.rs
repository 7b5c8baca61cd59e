//! How many axes a layer reads.

use crate::Complaint;

/// What a layer reads, by its axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// `[numbers]`
    Row,
    /// `[length, channels]`
    Sequence,
    /// `[height, width, channels]`
    Image,
}

impl Reads {
    /// The number of axes.
    pub const fn rank(self) -> usize {
        match self {
            Self::Row => 1,
            Self::Sequence => 2,
            Self::Image => 3,
        }
    }

    /// What each axis is called.
    pub const fn axes(self) -> &'static [&'static str] {
        match self {
            Self::Row => &["size"],
            Self::Sequence => &["length", "channels"],
            Self::Image => &["height", "width", "channels"],
        }
    }
}

/// What is wrong where a layer reads `reads` and another shape comes in: `shape`, as it is shown, with so many axes, and so
/// many elements, if that is known.
///
/// ```
/// use typednet_shape_rules::{Reads, wrong_rank};
///
/// let complaint = wrong_rank(Reads::Image, "784", 1, Some(784));
/// let said = "it reads images, [height, width, channels], but one row of 784 comes in: write `Reshape<[7, 7, 16]> =>` before it";
/// assert_eq!(complaint.as_str(), said);
/// ```
pub const fn wrong_rank(reads: Reads, shape: &str, rank: usize, elements: Option<usize>) -> Complaint {
    let complaint = Complaint::new().text(match reads {
        Reads::Row => "it reads one row of numbers",
        Reads::Sequence => "it reads sequences, [length, channels]",
        Reads::Image => "it reads images, [height, width, channels]",
    });
    let complaint = complaint.text(if rank == 1 { ", but one row of " } else { ", but the shape " }).text(shape);
    let complaint = complaint.text(" comes in");
    match (reads, rank, elements) {
        (Reads::Row, 2, Some(elements)) => {
            let complaint = complaint.text(": write `Flatten =>` before it, which makes one row of ").number(elements);
            complaint.text(" of it, `Last =>` for its last step, or `Each<…>` around it for every step")
        }
        (Reads::Row, _, Some(elements)) => {
            complaint.text(": write `Flatten =>` before it, which makes one row of ").number(elements).text(" of it")
        }
        (Reads::Row, _, None) => complaint.text(": write `Flatten =>` before it"),
        (Reads::Image, 2, _) => {
            // One channel more: `[28, 28]` is `[28, 28, 1]`.
            let (inner, _) = shape.as_bytes().split_at(shape.len() - 1);
            match core::str::from_utf8(inner) {
                Ok(inner) => complaint.text("; with one channel that is ").text(inner).text(", 1]"),
                Err(_) => complaint,
            }
        }
        (_, 1, Some(elements)) => {
            let complaint = complaint.text(": write `Reshape<");
            let sizes = of_row(reads, elements);
            match sizes {
                Some([height, width, channels]) if matches!(reads, Reads::Image) => {
                    complaint.shape(&[height, width, channels]).text("> =>` before it")
                }
                Some([length, channels, _]) => complaint.shape(&[length, channels]).text("> =>` before it"),
                None => complaint.text("…> =>` before it"),
            }
        }
        (_, 1, None) => complaint.text(": write `Reshape<…> =>` before it"),
        _ => complaint,
    }
}

/// A shape of so many elements as an example: a square of at least 4 pixels a side with a power of two as channels, if there is
/// one.
const fn of_row(reads: Reads, elements: usize) -> Option<[usize; 3]> {
    if matches!(reads, Reads::Sequence) {
        return Some([elements, 1, 1]);
    }
    let mut side = 4;
    // More pixels a side have images that nobody writes as a row.
    while side <= 512 {
        if elements.is_multiple_of(side * side) && (elements / (side * side)).is_power_of_two() {
            return Some([side, side, elements / (side * side)]);
        }
        side += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_an_image_of_as_many_elements() {
        for (elements, image) in [(784, [7, 7, 16]), (3136, [7, 7, 64]), (3072, [8, 8, 48]), (256, [4, 4, 16])] {
            let found = of_row(Reads::Image, elements);
            assert!(found.is_none_or(|found| found.iter().product::<usize>() == elements), "{elements}");
            if elements != 3072 {
                assert_eq!(found, Some(image));
            }
        }
        assert_eq!(of_row(Reads::Image, 11), None);
        assert_eq!(of_row(Reads::Image, 0), None);
        let _ = of_row(Reads::Image, usize::MAX);
    }

    #[test]
    fn each_layer_says_what_it_reads() {
        for (complaint, said) in [
            (
                wrong_rank(Reads::Row, "[28, 28, 1]", 3, Some(784)),
                "it reads one row of numbers, but the shape [28, 28, 1] comes in: write `Flatten =>` before it, which makes \
                 one row of 784 of it",
            ),
            (
                wrong_rank(Reads::Row, "[28, 8]", 2, Some(224)),
                "it reads one row of numbers, but the shape [28, 8] comes in: write `Flatten =>` before it, which makes one \
                 row of 224 of it, `Last =>` for its last step, or `Each<…>` around it for every step",
            ),
            (
                wrong_rank(Reads::Row, "[64, SIDE]", 2, None),
                "it reads one row of numbers, but the shape [64, SIDE] comes in: write `Flatten =>` before it",
            ),
            (
                wrong_rank(Reads::Image, "[28, 28]", 2, Some(784)),
                "it reads images, [height, width, channels], but the shape [28, 28] comes in; with one channel that is \
                 [28, 28, 1]",
            ),
            (
                wrong_rank(Reads::Image, "11", 1, Some(11)),
                "it reads images, [height, width, channels], but one row of 11 comes in: write `Reshape<…> =>` before it",
            ),
            (
                wrong_rank(Reads::Sequence, "64", 1, Some(64)),
                "it reads sequences, [length, channels], but one row of 64 comes in: write `Reshape<[64, 1]> =>` before it",
            ),
            (
                wrong_rank(Reads::Sequence, "[8, 28, 28, 1]", 4, None),
                "it reads sequences, [length, channels], but the shape [8, 28, 28, 1] comes in",
            ),
        ] {
            assert_eq!(complaint.as_str(), said);
        }
    }
}
