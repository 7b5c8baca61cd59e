//! Whether the sizes of a layer's type agree, and what its tree says of them.

use typednet_tensor::conv::{Convolution, output_size};
use typednet_tensor::{Shape, size};

use crate::strides::{Written, are};
use crate::{Arg, Complaint, Init, Param, ParamKind, Window, args::Args};

/// The convolution of images of `input` by `outputs` kernels that move as `S` says, where each output sees `in_group` of
/// the channels; `gives` is the plane that the layer's type declares.
///
/// # Panics
/// If the sizes do not agree; at compile time, where a layer is built.
#[track_caller]
pub(super) const fn convolution<S: Window>(
    input: [usize; 3],
    outputs: usize,
    kernel: [usize; 2],
    in_group: usize,
    gives: [usize; 2],
) -> Convolution {
    let [height, width, channels] = input;
    assert!(channels > 0 && outputs > 0, "a convolution has at least one channel and one output");
    assert!(
        in_group > 0 && channels.is_multiple_of(in_group),
        "the channels that an output of a convolution sees must divide its channels"
    );
    let groups = channels / in_group;
    assert!(outputs.is_multiple_of(groups), "the groups of a convolution's channels must divide its outputs");
    let mut axis = 0;
    while axis < 2 {
        let size = [height, width][axis];
        match output_size(size, kernel[axis], S::STRIDE[axis], S::PAD[axis], S::DILATION[axis]) {
            Some(places) if places == gives[axis] => {}
            Some(places) => {
                let what = Complaint::new().text("a convolution over ").number(size).text(" pixels with a kernel of ");
                let what = what.number(kernel[axis]).text(" gives ").number(places).text(", not ").number(gives[axis]);
                panic!("{}", what.as_str());
            }
            None => panic!("a convolution's kernel is larger than the padded image, or one of its sizes is 0"),
        }
        axis += 1;
    }
    Convolution::new(input, outputs, kernel).stride(S::STRIDE).pad(S::PAD).dilation(S::DILATION).groups(groups)
}

/// By how much a transposed convolution to an image `gives` makes it larger than it had to be: what the convolution back
/// rounds off.
pub(super) const fn output_pads<S: Window>(gives: [usize; 3], kernel: [usize; 2]) -> [usize; 2] {
    let mut pads = [0; 2];
    let mut axis = 0;
    while axis < 2 {
        let reach = S::DILATION[axis] * (kernel[axis] - 1) + 1;
        pads[axis] = (gives[axis] + 2 * S::PAD[axis] - reach) % S::STRIDE[axis];
        axis += 1;
    }
    pads
}

/// The number of biases is `outputs`, or 0 for none.
///
/// # Panics
/// If it is not; at compile time, where a layer is built.
#[track_caller]
pub(super) const fn biases(biases: usize, outputs: usize) {
    assert!(biases == 0 || biases == outputs, "a layer has a bias for each of its outputs, or none at all");
}

/// `Conv2d<16, [3, 5], Relu, stride = 2, pad = 1, dilation = 2, groups = 4, bias = false>`, without what is the default.
pub(super) const fn args<S: Window, const AXES: usize>(first: &[Arg], groups: &'static Arg, bias: bool) -> Args {
    Args::new(first)
        .and(!are(S::STRIDE, 1), Written::<S, AXES>::STRIDE)
        .and(!are(S::PAD, 0), Written::<S, AXES>::PAD)
        .and(!are(S::DILATION, 1), Written::<S, AXES>::DILATION)
        .and(!matches!(groups, Arg::Size(1)), Arg::Named("groups", groups))
        .and(!bias, NO_BIAS)
}

/// `bias = false`
const NO_BIAS: Arg = Arg::Named("bias", &Arg::Flag(false));

/// Weight and bias.
pub(super) const fn params(shapes: [Shape; 2], init: Init, [fan_in, fan_out]: [usize; 2]) -> [Param; 2] {
    let [weight, bias] = shapes;
    [
        Param { name: "weight", shape: weight, kind: ParamKind::Weight, init, fan_in, fan_out },
        Param { name: "bias", shape: bias, kind: ParamKind::Bias, init: Init::Zeros, fan_in, fan_out },
    ]
}

/// Both of `params`, or the weight alone where there is no bias.
pub(crate) const fn present(params: &[Param; 2], biases: usize) -> &[Param] {
    params.split_at(if biases == 0 { 1 } else { 2 }).0
}

/// Operations of a pass over one image: those of the convolution, and one for each bias that is added.
pub(super) const fn flops(convolution: &Convolution, plane: [usize; 2], biases: usize) -> u64 {
    convolution.flops() + size::product(&[plane[0], plane[1], biases]) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Strides;

    #[test]
    fn sizes_that_agree_make_a_convolution() {
        let made = convolution::<Strides<2, 1, 1, 0>>([7, 5, 4], 6, [3, 2], 2, [4, 4]);
        let wanted = Convolution::new([7, 5, 4], 6, [3, 2]).stride([2, 1]).pad([1, 0]).groups(2);
        assert_eq!((made, made.output()), (wanted, [4, 4, 6]));
    }

    #[test]
    #[should_panic(expected = "a convolution over 28 pixels with a kernel of 5 gives 24, not 28")]
    fn another_plane_is_named() {
        convolution::<Strides>([28, 28, 1], 6, [5, 5], 1, [24, 28]);
    }

    #[test]
    #[should_panic(expected = "a convolution's kernel is larger than the padded image")]
    fn a_kernel_that_is_too_large_is_refused() {
        convolution::<Strides>([28, 28, 1], 6, [31, 5], 1, [1, 24]);
    }

    #[test]
    #[should_panic(expected = "must divide its channels")]
    fn groups_that_are_no_whole_channels_are_refused() {
        convolution::<Strides>([3, 3, 4], 6, [1, 1], 3, [3, 3]);
    }

    #[test]
    #[should_panic(expected = "must divide its outputs")]
    fn groups_that_are_no_whole_outputs_are_refused() {
        convolution::<Strides>([3, 3, 4], 5, [1, 1], 2, [3, 3]);
    }

    #[test]
    #[should_panic(expected = "a bias for each of its outputs, or none at all")]
    fn biases_for_some_outputs_are_refused() {
        biases(3, 4);
    }
}
