//! Poolings, means, and images in other sizes.

use typednet_layers::{Operation, Sliding};

use super::axes::Axes;
use super::file::Node;
use super::inputs::Inputs;
use super::links::{Piece, Step};
use super::shapes::{self, Cut, axis_of};
use super::tensor::Tensor;
use super::value::Computed;
use super::walk::{Walk, shown};
use super::window::{Image, Moves, layer, pair};

impl Walk<'_, '_> {
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
            (shapes::axes(node, inputs.maybe(1)?), node.integer("keepdims", 1) != 0)
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
            let piece = self.push(&x, Step::Piece(Piece::Mean));
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
        let fits = pixels * channels * each == x.axes.sample()
            && left.iter().map(|axis| x.axes.size(*axis)).product::<usize>() == *channels
            && left.iter().all(|axis| x.axes.has_features(*axis));
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
        if !["", "stretch"].contains(&node.text("keep_aspect_ratio_policy")) {
            return Err("it makes rows and columns as much longer as each other, not as it says of each".to_owned());
        }
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
}
