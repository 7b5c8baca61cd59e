//! Convolutions, poolings, and images in other sizes.

use typednet_layers::{Function, Operation, Sliding};

use super::axes::Axes;
use super::evaluate::{Cut, axis_of};
use super::file::Node;
use super::links::{Param, Step};
use super::patterns;
use super::tensor::Tensor;
use super::walk::{Computed, Inputs, Walk, shown};

/// An image or a sequence, channels last, and over how many others of a sample it runs.
#[derive(Clone, Copy, Debug)]
struct Image {
    each: usize,
    /// Rows and columns; a sequence has one column.
    pixels: [usize; 2],
    /// How many of both there are.
    rank: usize,
    channels: usize,
}

impl Image {
    /// The sizes of a sample of such images.
    fn sizes(self, before: &[usize]) -> Vec<usize> {
        let own = [&self.pixels[..self.rank], &[self.channels]].concat();
        if self.each == 1 {
            return own;
        }
        // As they are cut here already.
        let outer = before.len().saturating_sub(own.len());
        if outer > 0 && before[..outer].iter().product::<usize>() == self.each {
            [&before[..outer], &own].concat()
        } else {
            [&[self.each][..], &own].concat()
        }
    }

    /// The axes in the file, channels first.
    fn axes(self, batch: usize) -> Option<Axes> {
        let pixels = (0..self.rank).map(|axis| (self.pixels[axis], 2 + axis));
        let axes: Vec<(usize, usize)> =
            [(batch, 0), (self.each, 1), (self.channels, 2 + self.rank)].into_iter().chain(pixels).collect();
        let sizes: Vec<usize> = axes.iter().map(|(size, _)| *size).collect();
        Axes::placed(&axes).reshaped(&[&[batch * self.each][..], &sizes[2..]].concat())
    }
}

fn layer(operation: Operation, params: Vec<Param>) -> Step {
    Step::Layer { operation, function: Function::OfLinear, params }
}

/// One number for each axis.
fn pair(list: Option<&[i64]>, rank: usize, other: usize) -> Result<[usize; 2], String> {
    let Some(list) = list else { return Ok([other; 2]) };
    let mut pair = [usize::from(other != 0); 2];
    if list.len() != rank {
        return Err(format!("it has {} numbers for {rank} axes", list.len()));
    }
    for (to, from) in pair.iter_mut().zip(list) {
        *to = usize::try_from(*from)
            .ok()
            .filter(|x| *x < 1 << 20)
            .ok_or_else(|| format!("{from} is no number of pixels"))?;
    }
    Ok(pair)
}

/// How a window moves, and by how much more it ends behind the image than it begins before it.
struct Moves {
    stride: [usize; 2],
    dilation: [usize; 2],
    before: [usize; 2],
    after: [usize; 2],
}

impl Moves {
    fn of(node: &Node<'_>, kernel: [usize; 2], image: &Image) -> Result<Self, String> {
        let rank = image.rank;
        let ones = |list| pair(list, rank, 1);
        let (stride, dilation) = (ones(node.integers("strides"))?, ones(node.integers("dilations"))?);
        if stride.contains(&0) || dilation.contains(&0) || kernel.contains(&0) {
            return Err("it has a window that does not move, or of no size".to_owned());
        }
        let (mut before, mut after) = ([0; 2], [0; 2]);
        match node.text("auto_pad") {
            "" | "NOTSET" => {
                if let Some(pads) = node.integers("pads") {
                    let (first, last) = pads.split_at_checked(rank).ok_or("it has too few pads")?;
                    (before, after) = (pair(Some(first), rank, 0)?, pair(Some(last), rank, 0)?);
                }
            }
            "VALID" => {}
            same @ ("SAME_UPPER" | "SAME_LOWER") => {
                for axis in 0..rank {
                    let reach = dilation[axis] * (kernel[axis] - 1) + 1;
                    let size = image.pixels[axis];
                    let all = ((size.div_ceil(stride[axis]) - 1) * stride[axis] + reach).saturating_sub(size);
                    let small = all / 2;
                    (before[axis], after[axis]) =
                        if same == "SAME_UPPER" { (small, all - small) } else { (all - small, small) };
                }
            }
            other => return Err(format!("`{other}` is no way to pad")),
        }
        for axis in rank..2 {
            (before[axis], after[axis]) = (0, 0);
        }
        Ok(Self { stride, dilation, before, after })
    }

    /// The sizes of what comes out.
    fn given(&self, kernel: [usize; 2], image: &Image) -> Result<[usize; 2], String> {
        let mut given = [1; 2];
        for axis in 0..image.rank {
            let whole = image.pixels[axis] + self.before[axis] + self.after[axis];
            let reach = self.dilation[axis] * (kernel[axis] - 1) + 1;
            let room = whole.checked_sub(reach).ok_or("its window is larger than the image")?;
            given[axis] = room / self.stride[axis] + 1;
        }
        Ok(given)
    }
}

impl Walk<'_, '_> {
    /// The value as images of so many axes of pixels.
    fn image(&mut self, x: &Computed, rank: usize) -> Result<(Computed, Image), String> {
        let axes = &x.axes;
        if axes.rank() != rank + 2 {
            return Err(format!("it reads {}, which has not {} axes", shown(axes), rank + 2));
        }
        let channels = axes.size(1);
        let mut pixels = [1; 2];
        let mut stride = channels;
        let mut fits = axes.has_batch(0) && axes.is_at(1, 1);
        for axis in (0..rank).rev() {
            pixels[axis] = axes.size(axis + 2);
            fits &= axes.is_at(axis + 2, stride) && !axes.has_batch(axis + 2);
            stride = stride.saturating_mul(pixels[axis]);
        }
        fits &= axes.is_at(0, stride);
        if !fits {
            return Err(format!("it reads {}, whose channels are not the last axis of a sample here", shown(axes)));
        }
        let image = Image { each: axes.size(0) / axes.batch(), pixels, rank, channels };
        let sizes = image.sizes(&self.links.get(x.link).sizes);
        Ok((self.shaped(x, &sizes), image))
    }

    /// A layer from images to images.
    fn image_layer(&mut self, x: &Computed, from: Image, to: Image, step: Step) -> Result<Computed, String> {
        let sizes = &self.links.get(x.link).sizes;
        let outer = sizes.len() - from.rank - 1;
        let sizes = [&sizes[..outer], &to.pixels[..to.rank], &[to.channels]].concat();
        let axes = to.axes(x.axes.batch()).ok_or("it gives an image that cannot be counted")?;
        Ok(self.push_to(x, step, sizes, axes))
    }

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

    pub(super) fn pool(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let (x, image) = self.image(inputs.computed(0)?, 2)?;
        let kernel = pair(node.integers("kernel_shape"), 2, 0)?;
        let moves = Moves::of(node, kernel, &image)?;
        let pixels = moves.given(kernel, &image)?;
        let is_even = moves.before == moves.after;
        if !is_even || moves.dilation != [1, 1] {
            return Err("it pads differently at both ends, or is dilated, which no pooling here does".to_owned());
        }
        let room = |axis: usize| image.pixels[axis] + 2 * moves.before[axis] - kernel[axis];
        if node.integer("ceil_mode", 0) != 0 && (0..2).any(|axis| room(axis) % moves.stride[axis] != 0) {
            return Err("its last window hangs over the edge of the image".to_owned());
        }
        let window = Sliding::new(kernel, moves.stride, moves.before, moves.dilation);
        let operation = if node.operator == "MaxPool" {
            Operation::OfMaxPool(window)
        } else {
            if moves.before != [0; 2] && node.integer("count_include_pad", 0) == 0 {
                return Err("its means leave out the padding, and those here count it".to_owned());
            }
            Operation::OfAvgPool(window)
        };
        self.image_layer(&x, image, Image { pixels, ..image }, layer(operation, Vec::new()))
    }

    /// The mean of pixels, of steps or of each row.
    pub(super) fn mean(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let x = inputs.computed(0)?.clone();
        let rank = x.axes.rank();
        let (named, keeps) = if node.operator == "ReduceMean" {
            (super::evaluate::axes(node, inputs.maybe(1)?), node.integer("keepdims", 1) != 0)
        } else {
            ((2..rank as i64).collect(), true)
        };
        let mut axes: Vec<usize> = named.iter().map(|axis| axis_of(*axis, rank)).collect::<Result<_, _>>()?;
        axes.sort_unstable();
        axes.dedup();
        let squeezed = |mut given: Axes| {
            if !keeps {
                for axis in axes.iter().rev() {
                    given = given.squeezed(*axis)?;
                }
            }
            Some(given)
        };
        let reduced = squeezed(x.axes.reduced(&axes)).ok_or("it reduces axes that are not its own")?;
        if axes.is_empty() || axes.iter().any(|axis| x.axes.has_batch(*axis)) {
            return Err("it takes the mean over samples, or over nothing".to_owned());
        }
        if let [axis] = axes[..]
            && x.axes.has_features(axis)
        {
            let x = self.rows(&x, axis)?;
            let piece = self.push(&x, Step::Piece(super::links::Piece::Mean));
            return Ok(Computed { axes: reduced, ..piece });
        }
        let sizes = self.links.get(x.link).sizes.clone();
        let pixels: usize = axes.iter().map(|axis| x.axes.size(*axis)).product();
        let (parts, own) = sizes.split_at(self.outer(&x));
        let Some((channels, outer)) = own.split_last() else { return Err("it reads a single number".to_owned()) };
        // What is left are the features.
        let left: Vec<usize> = (0..rank)
            .filter(|axis| !axes.contains(axis) && !x.axes.has_batch(*axis) && x.axes.size(*axis) > 1)
            .collect();
        let each: usize = parts.iter().product();
        let fits = pixels * channels * each == x.axes.sample() && left.iter().all(|axis| x.axes.has_features(*axis));
        let operation = match outer.len() {
            1 => Operation::OfMeanOverSteps,
            2 => Operation::OfGlobalAvgPool,
            _ => return Err(format!("it takes the mean over axes {axes:?} of {}", shown(&x.axes))),
        };
        if !fits {
            return Err(format!(
                "it takes the mean over axes {axes:?} of {}, which are neither all pixels nor all steps",
                shown(&x.axes)
            ));
        }
        Ok(self.push_to(&x, layer(operation, Vec::new()), [parts, &[*channels]].concat(), reduced))
    }

    /// Rows and columns of an image, and their places among the axes of the file.
    fn pixels(&mut self, x: &Computed) -> Result<[usize; 2], String> {
        let sizes = &self.links.get(x.link).sizes;
        let [_, width, channels] = sizes[..] else {
            return Err(format!("it reads {}, which is no image here", shown(&x.axes)));
        };
        let find = |stride: usize| {
            (0..x.axes.rank()).find(|axis| !x.axes.has_batch(*axis) && x.axes.stride(*axis) == Some(stride))
        };
        match (find(width * channels), find(channels)) {
            (Some(rows), Some(columns)) => Ok([rows, columns]),
            _ => Err(format!("it reads {}, whose rows and columns are not those of the image here", shown(&x.axes))),
        }
    }

    /// The image with other rows and columns.
    fn in_size(
        &mut self,
        x: &Computed,
        operation: Operation,
        [rows, columns]: [usize; 2],
        to: [usize; 2],
    ) -> Result<Computed, String> {
        let channels = self.links.get(x.link).sizes.last().copied().unwrap_or(1);
        let axes = x.axes.resized(rows, to[0]).zip(Some(to[1])).and_then(|(axes, size)| axes.resized(columns, size));
        let axes = axes.ok_or("it makes an image of other runs")?;
        Ok(self.push_to(x, layer(operation, Vec::new()), vec![to[0], to[1], channels], axes))
    }

    pub(super) fn pad(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let x = inputs.computed(0)?.clone();
        let value = inputs.maybe(2)?.and_then(Tensor::single).unwrap_or_else(|| node.number("value", 0.0));
        if !["", "constant"].contains(&node.text("mode")) || value != 0.0 {
            return Err("it pads with other numbers than zeros".to_owned());
        }
        let pads = match inputs.maybe(1)? {
            Some(pads) => pads.integers(),
            None => node.integers("pads").unwrap_or_default().to_vec(),
        };
        let rank = x.axes.rank();
        if pads.len() != 2 * rank || inputs.maybe(3)?.is_some() {
            return Err("it does not say for each axis how much is padded".to_owned());
        }
        if pads.iter().all(|pad| *pad == 0) {
            return Ok(x);
        }
        let places = self.pixels(&x)?;
        let mut before = [0; 2];
        for axis in 0..rank {
            let pad =
                usize::try_from(pads[axis]).ok().filter(|pad| *pad < 1 << 20).ok_or("it pads less than nothing")?;
            match places.iter().position(|place| *place == axis) {
                Some(place) if pads[axis] == pads[axis + rank] => before[place] = pad,
                None if pads[axis] == 0 && pads[axis + rank] == 0 => {}
                _ => return Err("it pads differently at both ends, or not an image".to_owned()),
            }
        }
        let to = [0, 1].map(|axis| x.axes.size(places[axis]) + 2 * before[axis]);
        self.in_size(&x, Operation::OfPad { before }, places, to)
    }

    /// An image without its border.
    pub(super) fn crop(&mut self, x: &Computed, cuts: &[Cut]) -> Result<Computed, String> {
        let places = self.pixels(x)?;
        if cuts.iter().any(|cut| cut.len == 0 || !places.contains(&cut.axis)) {
            return Err("it cuts other axes than rows and columns".to_owned());
        }
        let cut = |place: usize| cuts.iter().find(|cut| cut.axis == place);
        let before = places.map(|place| cut(place).map_or(0, |cut| cut.start));
        let to = places.map(|place| cut(place).map_or(x.axes.size(place), |cut| cut.len));
        self.in_size(x, Operation::OfCrop { before }, places, to)
    }

    pub(super) fn resize(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let x = inputs.computed(0)?.clone();
        let places = self.pixels(&x)?;
        let (rank, sizes) = (x.axes.rank(), x.axes.sizes());
        let is_old = node.operator == "Upsample" || self.file.opset < 11;
        let (scales, wanted) = if is_old { (inputs.maybe(1)?, None) } else { (inputs.maybe(2)?, inputs.maybe(3)?) };
        let factor = |axis: usize| -> Option<f64> {
            match (scales.filter(|scales| scales.len() == rank), wanted.filter(|wanted| wanted.len() == rank)) {
                (Some(scales), _) => Some(scales.get(axis)),
                (_, Some(wanted)) => Some(wanted.get(axis) / sizes[axis] as f64),
                _ => None,
            }
        };
        let mut factors = [1; 2];
        for axis in 0..rank {
            let found = factor(axis).ok_or("it does not say for each axis by how much it grows")?;
            match places.iter().position(|place| *place == axis) {
                Some(place) if found >= 1.0 && found.fract() == 0.0 && found < 1024.0 => {
                    factors[place] = found as usize;
                }
                None if found == 1.0 => {}
                _ => {
                    return Err(format!(
                        "it makes axis {axis} {found} times as long; rows and columns can become 2, 3 or more whole times as many"
                    ));
                }
            }
        }
        let bilinear = match node.text("mode") {
            "linear" => true,
            "" | "nearest" => false,
            other => return Err(format!("it finds new pixels by `{other}`")),
        };
        let [coordinates, nearest] = ["coordinate_transformation_mode", "nearest_mode"].map(|name| node.text(name));
        let is_half = ["", "half_pixel", "pytorch_half_pixel"].contains(&coordinates);
        let fits = match (bilinear, is_old) {
            (_, true) => !bilinear,
            (true, false) => is_half,
            (false, false) => {
                (coordinates == "asymmetric" && nearest == "floor")
                    || (is_half && ["", "round_prefer_floor"].contains(&nearest))
            }
        };
        if !fits {
            return Err(format!(
                "it finds new pixels by `{coordinates}` and `{nearest}`, which give others than the layer here"
            ));
        }
        let to = [0, 1].map(|axis| x.axes.size(places[axis]) * factors[axis]);
        self.in_size(&x, Operation::OfUpsample { factor: factors, bilinear }, places, to)
    }

    pub(super) fn batch_norm(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let x = inputs.computed(0)?;
        let axis = if x.axes.rank() > 1 { 1 } else { return Err("it reads a single row".to_owned()) };
        if node.integer("training_mode", 0) != 0 {
            return Err("it is written as it runs in training; export the network for use".to_owned());
        }
        let channels = x.axes.size(axis);
        if (1..5).any(|place| inputs.constant(place).is_ok_and(|tensor| tensor.len() != channels)) {
            return Err(format!("it has not as many numbers as channels, of which there are {channels}"));
        }
        let order = x.axes.features(axis).ok_or_else(|| {
            format!("it normalises axis 1 of {}, which is not the last one of a sample here", shown(&x.axes))
        })?;
        let epsilon = node.number("epsilon", 1e-5);
        let beyond = if patterns::is_near(epsilon, patterns::EPSILON) { 0.0 } else { epsilon - patterns::EPSILON };
        let mut params = Vec::with_capacity(4);
        for (place, name) in ["scale", "bias", "running_mean", "running_variance"].into_iter().enumerate() {
            let tensor = inputs.constant(place + 1)?;
            let mut numbers = vec![0.0; order.len()];
            for (from, to) in order.iter().enumerate() {
                let number = tensor.get(from);
                // ε is another here: what is missing stands in the variance.
                numbers[*to] = if place == 3 && beyond != 0.0 { number + beyond } else { number };
            }
            params.push(Param { name, sizes: vec![order.len()], numbers });
        }
        if params[3].numbers.iter().any(|variance| *variance < 0.0) {
            return Err(format!(
                "its epsilon is {epsilon:e}, and a variance is smaller than what that lacks to {:e}",
                patterns::EPSILON
            ));
        }
        let x = self.rows(x, axis)?;
        Ok(self.push(&x, layer(Operation::OfBatchNorm { epsilon: patterns::EPSILON }, params)))
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
