//! Images, and windows that move over them.

use typednet_layers::{Function, Operation};

use super::axes::Axes;
use super::file::Node;
use super::links::{Param, Step};
use super::value::Computed;
use super::walk::{Walk, shown};

/// An image or a sequence, channels last, and over how many others of a sample it runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Image {
    pub(super) each: usize,
    /// Rows and columns; a sequence has one column.
    pub(super) pixels: [usize; 2],
    /// How many of both there are.
    pub(super) rank: usize,
    pub(super) channels: usize,
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

pub(super) fn layer(operation: Operation, params: Vec<Param>) -> Step {
    Step::Layer { operation, function: Function::OfLinear, params }
}

/// One number for each axis.
pub(super) fn pair(list: Option<&[i64]>, rank: usize, other: usize) -> Result<[usize; 2], String> {
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
pub(super) struct Moves {
    pub(super) stride: [usize; 2],
    pub(super) dilation: [usize; 2],
    pub(super) before: [usize; 2],
    pub(super) after: [usize; 2],
}

impl Moves {
    pub(super) fn of(node: &Node<'_>, kernel: [usize; 2], image: &Image) -> Result<Self, String> {
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
    pub(super) fn given(&self, kernel: [usize; 2], image: &Image) -> Result<[usize; 2], String> {
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
    pub(super) fn image(&mut self, x: &Computed, rank: usize) -> Result<(Computed, Image), String> {
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
    pub(super) fn image_layer(&mut self, x: &Computed, from: Image, to: Image, step: Step) -> Result<Computed, String> {
        let sizes = &self.links.get(x.link).sizes;
        let outer = sizes.len() - from.rank - 1;
        let sizes = [&sizes[..outer], &to.pixels[..to.rank], &[to.channels]].concat();
        let axes = to.axes(x.axes.batch()).ok_or("it gives an image that cannot be counted")?;
        Ok(self.push_to(x, step, sizes, axes))
    }
}
