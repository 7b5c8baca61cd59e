//! Whether the sizes of a layer's type agree, and how it is written.

use typednet_tensor::pooling::Pooling;

use crate::strides::{Written, are};
use crate::{Arg, Complaint, Window, args::Args};

/// The pooling of images of `input` by windows of `kernel` that move as `S` says; `gives` is the plane that the layer's type
/// declares.
///
/// # Panics
/// If the sizes do not agree; at compile time, where a layer is built.
#[track_caller]
pub(super) const fn pooling<S: Window>(input: [usize; 3], kernel: [usize; 2], gives: [usize; 2]) -> Pooling {
    assert!(input[2] > 0, "a pooling has at least one channel");
    let pooling = Pooling::new(input, kernel).stride(S::STRIDE).pad(S::PAD).dilation(S::DILATION);
    let output = pooling.output();
    let mut axis = 0;
    while axis < 2 {
        if output[axis] != gives[axis] {
            let what = Complaint::new().text("a pooling over ").number(input[axis]).text(" pixels with a window of ");
            let what = what.number(kernel[axis]).text(" gives ").number(output[axis]);
            panic!("{}", what.text(", not ").number(gives[axis]).as_str());
        }
        axis += 1;
    }
    assert!(
        pooling.holds_pixels(),
        "each window of a pooling must hold a pixel of the image: the padding is less than the window"
    );
    pooling
}

/// `MaxPool<2, stride = 1, pad = 1>`, without what is the default.
pub(super) const fn args<S: Window>(pooling: &Pooling, kernel: [usize; 2]) -> Args {
    let beside = S::STRIDE[0] == kernel[0] && S::STRIDE[1] == kernel[1];
    Args::new(&[Arg::pair(kernel)])
        .and(!beside, Written::<S>::STRIDE)
        .and(!are(S::PAD, 0), Written::<S>::PAD)
        .and(!are(S::DILATION, 1), Written::<S>::DILATION)
        .and(pooling.drops_pixels(), Arg::Named("floor", &Arg::Flag(true)))
}

/// One operation for each element of each window.
pub(super) const fn flops(pooling: &Pooling) -> u64 {
    pooling.outputs() as u64 * pooling.elements() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Strides;

    #[test]
    #[should_panic(expected = "a pooling over 7 pixels with a window of 2 gives 3, not 4")]
    fn another_plane_is_named() {
        pooling::<Strides<2, 2>>([8, 7, 1], [2, 2], [4, 4]);
    }

    #[test]
    #[should_panic(expected = "the padding is less than the window")]
    fn a_window_of_padding_alone_is_refused() {
        pooling::<Strides<1, 1, 2>>([5, 1, 1], [2, 1], [8, 1]);
    }

    #[test]
    #[should_panic(expected = "a pooling's window is larger than the padded image")]
    fn a_window_that_is_too_large_is_refused() {
        pooling::<Strides<2, 2>>([1, 4, 1], [2, 2], [1, 2]);
    }
}
