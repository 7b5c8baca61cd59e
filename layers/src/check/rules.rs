//! Sizes that follow by a rule of [`shape_rules`](crate::shape_rules).

use typednet_shape_rules::{Answer, Reads, wrong_rank};
use typednet_tensor::Sample;

use crate::Complaint;

/// The size that follows, or 1 where none does: there [`follows`] says why, and types of it must exist until then.
pub const fn size_or_one(answer: &Answer) -> usize {
    match answer {
        Ok(size) => *size,
        Err(_) => 1,
    }
}

/// Compiles where a size follows.
///
/// # Panics
/// With the complaint, if none does; at compile time, where `network!` calls it.
#[track_caller]
pub const fn follows(what: &str, answer: &Answer) {
    if let Err(complaint) = answer {
        let message = Complaint::new().text(what).text(": ").text(complaint.as_str());
        panic!("{}", message.as_str());
    }
}

/// Compiles where the size of `axis` that follows is the one that is declared.
///
/// # Panics
/// If it is another, or none follows; at compile time, where `network!` calls it.
#[track_caller]
pub const fn follows_as(what: &str, axis: &str, answer: &Answer, declared: usize) {
    follows(what, answer);
    let size = size_or_one(answer);
    if size != declared {
        let message = Complaint::new().text(what).text(": its ").text(axis).text(" is ").number(size);
        panic!("{}", message.text(", but it is declared to be ").number(declared).as_str());
    }
}

/// The size of one axis of the sample `S`, if it has `rank` of them, or 1 where it has others: there [`rank`](fn@rank) says so.
pub const fn axis<S: Sample>(rank: usize, axis: usize) -> usize {
    let sizes = S::SHAPE.sizes();
    if sizes.len() == rank && axis < rank { sizes[axis] } else { 1 }
}

/// Compiles where the sample `S` has the axes that the layer reads.
///
/// # Panics
/// If it has others; at compile time, where `network!` calls it.
#[track_caller]
pub const fn rank<S: Sample>(what: &str, reads: Reads) {
    let sizes = S::SHAPE.sizes();
    if sizes.len() != reads.rank() {
        let shape = Complaint::new().shape(sizes);
        follows(what, &Err(wrong_rank(reads, shape.as_str(), sizes.len(), Some(S::LEN))));
    }
}

#[cfg(test)]
mod tests {
    use typednet_shape_rules::convolution;

    use super::*;

    const LAYER: &str = "layer `l1: Conv2d<6, K>`";

    #[test]
    fn sizes_that_follow_pass() {
        let answer = convolution("height", [28, 5, 1, 0, 1]);
        follows(LAYER, &answer);
        follows_as(LAYER, "height", &answer, 24);
        rank::<[[[f32; 1]; 20]; 28]>(LAYER, Reads::Image);
        assert_eq!((size_or_one(&answer), size_or_one(&convolution("height", [28, 31, 1, 0, 1]))), (24, 1));
        assert_eq!([axis::<[[[f32; 1]; 20]; 28]>(3, 1), axis::<[f32; 28]>(3, 0)], [20, 1]);
    }

    #[test]
    #[should_panic(expected = "layer `l1: Conv2d<6, K>`: its height would be (28 + 2·0 − 31)/1 + 1: the kernel of 31")]
    fn what_does_not_follow_is_said() {
        follows(LAYER, &convolution("height", [28, 31, 1, 0, 1]));
    }

    #[test]
    #[should_panic(expected = "layer `l1: Conv2d<6, K>`: its height is 24, but it is declared to be 26")]
    fn another_size_than_the_declared_is_named() {
        follows_as(LAYER, "height", &convolution("height", [28, 5, 1, 0, 1]), 26);
    }

    #[test]
    #[should_panic(
        expected = "layer `l1: Conv2d<6, K>`: it reads images, [height, width, channels], but one row of 784 comes in"
    )]
    fn other_axes_are_named() {
        rank::<[f32; 784]>(LAYER, Reads::Image);
    }
}
