//! Convolutions.

use typednet_layers::{Operation, Sliding};

use super::file::Node;
use super::inputs::Inputs;
use super::links::Param;
use super::tensor::Tensor;
use super::value::Computed;
use super::walk::Walk;
use super::window::{Image, Moves, layer, pair};

impl Walk<'_, '_> {
    pub(super) fn convolution(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let weight = inputs.constant(1)?;
        let rank = weight.sizes.len().saturating_sub(2);
        if !(1..=2).contains(&rank) {
            return Err(format!("it has a kernel of {rank} axes, and there are convolutions over 1 and 2"));
        }
        let (x, image) = self.image(inputs.computed(0)?, rank)?;
        let mut kernel = [1; 2];
        kernel[..rank].copy_from_slice(&weight.sizes[2..]);
        let groups = usize::try_from(node.integer("group", 1)).unwrap_or(0);
        if groups == 0
            || weight.sizes.contains(&0)
            || weight.sizes[1].checked_mul(groups) != Some(image.channels)
            || weight.sizes[0] % groups != 0
        {
            return Err(format!(
                "it reads {} channels with a weight of {:?} in {groups} groups",
                image.channels, weight.sizes
            ));
        }
        let mut moves = Moves::of(node, kernel, &image)?;
        let pixels = moves.given(kernel, &image)?;
        // What is padded more at the end than at the beginning is padded as much there, under zeros of a larger kernel.
        let mut more = [0; 2];
        for axis in 0..rank {
            let (before, after) = (moves.before[axis], moves.after[axis]);
            more[axis] = after.checked_sub(before).filter(|more| *more == 0 || (moves.dilation[axis] == 1 && *more <= kernel[axis])).ok_or_else(|| {
                format!("it pads {before} pixels at the beginning and {after} at the end, which no convolution here does")
            })?;
            moves.before[axis] = after;
        }
        let mut params = vec![kernel_of(weight, rank, more)];
        kernel = [kernel[0] + more[0], kernel[1] + more[1]];
        let outputs = weight.sizes[0];
        params.extend(bias(inputs.maybe(2)?, outputs)?);
        let window = Sliding::new(kernel, moves.stride, moves.before, moves.dilation);
        let to = Image { pixels, channels: outputs, ..image };
        self.image_layer(&x, image, to, layer(Operation::OfConvolution { window, groups }, params))
    }

    pub(super) fn transposed_convolution(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let weight = inputs.constant(1)?;
        let [_, outputs, height, width] = weight.sizes[..] else {
            return Err("it has no kernel of two axes".to_owned());
        };
        if weight.sizes.contains(&0) {
            return Err(format!("its weight of {:?} is empty", weight.sizes));
        }
        let (x, image) = self.image(inputs.computed(0)?, 2)?;
        let kernel = [height, width];
        if node.integer("group", 1) != 1 || weight.sizes[0] != image.channels {
            return Err("it has groups of channels".to_owned());
        }
        if !["", "NOTSET", "VALID"].contains(&node.text("auto_pad")) || node.integers("output_shape").is_some() {
            return Err("it says the sizes of what it gives instead of its pads".to_owned());
        }
        let moves = Moves::of(node, kernel, &image)?;
        let beyond = pair(node.integers("output_padding"), 2, 0)?;
        if moves.before != moves.after || moves.dilation != [1, 1] {
            return Err("it pads differently at both ends, or is dilated".to_owned());
        }
        let mut pixels = [1; 2];
        for axis in 0..2 {
            let whole = (image.pixels[axis] - 1) * moves.stride[axis] + kernel[axis] + beyond[axis];
            pixels[axis] = whole
                .checked_sub(2 * moves.before[axis])
                .filter(|size| *size > 0)
                .ok_or("it leaves out all that it gives")?;
        }
        let mut params = vec![kernel_of(weight, 2, [0; 2])];
        params.extend(bias(inputs.maybe(2)?, outputs)?);
        let window = Sliding::new(kernel, moves.stride, moves.before, moves.dilation);
        let to = Image { pixels, channels: outputs, ..image };
        self.image_layer(
            &x,
            image,
            to,
            layer(Operation::OfTransposedConvolution { window, output_pad: beyond }, params),
        )
    }
}

/// `[b, a, kernel..]` as `[kernel.., a, b]`, with so many rows and columns of zeros before the kernel.
fn kernel_of(weight: &Tensor<'_>, rank: usize, more: [usize; 2]) -> Param {
    let (b, a) = (weight.sizes[0], weight.sizes[1]);
    let mut from = [1; 2];
    from[..rank].copy_from_slice(&weight.sizes[2..]);
    let kernel = [from[0] + more[0], from[1] + more[1]];
    let mut numbers = Vec::with_capacity(kernel[0] * kernel[1] * a * b);
    for row in 0..kernel[0] {
        for column in 0..kernel[1] {
            let pixel =
                row.checked_sub(more[0]).zip(column.checked_sub(more[1])).map(|(row, column)| row * from[1] + column);
            for i in 0..a {
                numbers.extend(
                    (0..b).map(|j| pixel.map_or(0.0, |pixel| weight.get((j * a + i) * from[0] * from[1] + pixel))),
                );
            }
        }
    }
    Param { name: "weight", sizes: [&kernel[..rank], &[a, b]].concat(), numbers }
}

fn bias(bias: Option<&Tensor<'_>>, outputs: usize) -> Result<Option<Param>, String> {
    let Some(bias) = bias else { return Ok(None) };
    if bias.len() != outputs {
        return Err(format!("it has {} biases for {outputs} outputs", bias.len()));
    }
    Ok(Some(Param { name: "bias", sizes: vec![outputs], numbers: bias.numbers().into_owned() }))
}
