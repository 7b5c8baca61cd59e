//! Nodes that move no number, and those that take a part.

use typednet_layers::{Function, Operation};

use super::axes::Axes;
use super::file::{MOST_AXES, Node};
use super::inputs::Inputs;
use super::links::{Join, Link, Param, Piece, Step};
use super::patterns;
use super::shapes::{self, Cut, axis_of, cuts, flat_sizes, permutation, reshape_sizes};
use super::value::{Computed, Value};
use super::walk::{Given, Walk, shown};

impl<'a> Walk<'_, 'a> {
    pub(super) fn rearranged(node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let x = inputs.computed(0)?;
        let (axes, sizes) = (&x.axes, x.axes.sizes());
        let in_sizes = |sizes: &[usize]| {
            axes.reshaped(sizes).ok_or_else(|| {
                format!("it makes {sizes:?} of {}, whose elements then are not in runs of a sample here", shown(axes))
            })
        };
        let moved = match node.operator {
            "Reshape" => {
                let wanted = inputs.constant(1)?.integers();
                in_sizes(&reshape_sizes(&sizes, &wanted, shapes::allows_zero(node))?)?
            }
            "Flatten" => in_sizes(&flat_sizes(&sizes, node.integer("axis", 1))?)?,
            "Transpose" => {
                let perm = permutation(node, sizes.len())?;
                axes.transposed(&perm).ok_or_else(|| format!("{perm:?} is no order of its axes"))?
            }
            operator => {
                let is_new = operator == "Unsqueeze";
                let named = shapes::axes(node, inputs.maybe(1)?);
                let rank = sizes.len() + if is_new { named.len() } else { 0 };
                if rank > MOST_AXES {
                    return Err(format!("it has more than {MOST_AXES} axes"));
                }
                let mut places: Vec<usize> = named.iter().map(|axis| axis_of(*axis, rank)).collect::<Result<_, _>>()?;
                if !is_new && named.is_empty() {
                    places = (0..rank).filter(|axis| sizes[*axis] == 1 && !axes.has_batch(*axis)).collect();
                }
                places.sort_unstable();
                let wrong = || format!("it squeezes axes {places:?} of {}", shown(axes));
                let mut moved = axes.clone();
                if is_new {
                    for place in &places {
                        moved = moved.unsqueezed(*place).ok_or_else(wrong)?;
                    }
                } else {
                    for place in places.iter().rev() {
                        moved = moved.squeezed(*place).ok_or_else(wrong)?;
                    }
                }
                moved
            }
        };
        Ok(Computed { link: x.link, axes: moved })
    }

    pub(super) fn gather(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        if let Ok(tokens) = inputs.computed(1) {
            return self.embedding(node, inputs, &tokens.clone());
        }
        let x = inputs.computed(0)?;
        let axis = axis_of(node.integer("axis", 0), x.axes.rank())?;
        let indices = inputs.constant(1)?;
        let Some(index) = indices.single() else { return Err("it picks several parts".to_owned()) };
        let index = axis_of(index as i64, x.axes.size(axis))?;
        let taken = self.part(x, axis, index)?;
        if !indices.sizes.is_empty() {
            return Ok(taken);
        }
        let axes = taken.axes.clone().squeezed(axis).ok_or("it picks no single part")?;
        Ok(Computed { axes, ..taken })
    }

    /// The rows of a table.
    fn embedding(&mut self, node: &Node<'_>, inputs: &Inputs<'_>, tokens: &Computed) -> Result<Computed, String> {
        let table = inputs.constant(0)?;
        let ([_, width], 0) = (&table.sizes[..], node.integer("axis", 0)) else {
            return Err("it picks from an array that is no table of rows".to_owned());
        };
        if table.len() == 0 {
            return Err(format!("its table of {:?} is empty", table.sizes));
        }
        // Numbers that come in with a point and are cut to whole ones are tokens here.
        let tokens = &match self.links.get(tokens.link) {
            Link { step: Step::Piece(Piece::Whole), parent, .. } => {
                Computed { link: *parent, axes: tokens.axes.clone() }
            }
            _ => tokens.clone(),
        };
        if self.links.get(tokens.link).depth != 0 || !tokens.axes.is_plain() {
            return Err("it picks rows by numbers that are not the network's input".to_owned());
        }
        let rank = tokens.axes.rank();
        let axes = tokens.axes.clone().unsqueezed(rank).ok_or("it has too many axes")?.with_features(rank, *width);
        let params = vec![Param { name: "weight", sizes: table.sizes.clone(), numbers: table.numbers().into_owned() }];
        let step = Step::Layer { operation: Operation::OfEmbedding, function: Function::OfLinear, params };
        let sizes = [&self.links.get(tokens.link).sizes[..], &[*width]].concat();
        Ok(self.push_to(tokens, step, sizes, axes))
    }

    /// One element of an axis, which stays with size 1.
    fn part(&mut self, x: &Computed, axis: usize, index: usize) -> Result<Computed, String> {
        let (size, sample) = (x.axes.size(axis), x.axes.sample());
        if size == 1 {
            return Ok(x.clone());
        }
        let stride = x.axes.stride(axis).filter(|_| !x.axes.has_batch(axis));
        let sizes = self.links.get(x.link).sizes.clone();
        let features = sizes.last().copied().unwrap_or(1);
        let axes = x.axes.reduced(&[axis]);
        let outer = self.outer(x);
        let each: usize = sizes[..outer].iter().product();
        let is_steps = sizes.len() > outer + 1 && sizes[outer] == size;
        match stride {
            Some(stride) if is_steps && stride * size * each == sample => {
                let is_last = match index {
                    0 => false,
                    index if index + 1 == size => true,
                    _ => {
                        return Err(format!(
                            "it picks step {index} of {size}, which is neither the first nor the last"
                        ));
                    }
                };
                let step = Step::End { is_last, parts: outer };
                Ok(self.push_to(x, step, [&sizes[..outer], &sizes[outer + 1..]].concat(), axes))
            }
            Some(stride) if stride * size == features => Ok(self.features_part(x, size, index, axes)),
            _ => Err(format!(
                "it picks a part of axis {axis} of {}, which is neither steps nor features here",
                shown(&x.axes)
            )),
        }
    }

    /// Part `index` of `parts` of the features.
    fn features_part(&mut self, x: &Computed, parts: usize, index: usize, axes: Axes) -> Computed {
        let link = self.links.get(x.link);
        let mut sizes = link.sizes.clone();
        if let Some(last) = sizes.last_mut() {
            *last /= parts.max(1);
        }
        // A branch as it was before it was joined.
        if let Step::Join(Join::Concat, ends) = link.step
            && parts == 2
            && self.links.get(ends[index]).sizes == sizes
        {
            return Computed { link: ends[index], axes };
        }
        self.push_to(x, Step::Piece(Piece::Part { parts, index }), sizes, axes)
    }

    pub(super) fn slice(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let mut x = inputs.computed(0)?.clone();
        let rest: Vec<_> = (1..node.inputs.len()).map(|place| inputs.maybe(place)).collect::<Result<_, _>>()?;
        let lists: Vec<_> = [None].into_iter().chain(rest).collect();
        let mut cuts = cuts(node, &lists, &x.axes.sizes())?;
        cuts.retain(|cut| cut.len != x.axes.size(cut.axis) || cut.step < 0);
        let is_border = |cut: &Cut| cut.step == 1 && 2 * cut.start + cut.len == x.axes.size(cut.axis);
        if !cuts.is_empty() && cuts.iter().all(is_border) && self.links.get(x.link).sizes.len() == 3 {
            return self.crop(&x, &cuts);
        }
        for cut in cuts {
            let (size, sample) = (x.axes.size(cut.axis), x.axes.sample());
            let sizes = self.links.get(x.link).sizes.clone();
            x = if cut.len == 1 {
                self.part(&x, cut.axis, cut.start)?
            } else if cut.len == size && cut.step == -1 {
                let outer = self.outer(&x);
                let each: usize = sizes[..outer].iter().product();
                let is_steps = sizes.len() > outer + 1 && sizes[outer] == size;
                if outer > 0 && is_steps {
                    return Err(patterns::TURNED_PARTS.to_owned());
                }
                if !is_steps || x.axes.stride(cut.axis) != Some(sample / (size * each)) {
                    return Err(format!(
                        "it turns axis {} of {}, which is not that of the steps",
                        cut.axis,
                        shown(&x.axes)
                    ));
                }
                self.push(&x, Step::Piece(Piece::Turned))
            } else {
                self.side_by_side(&x, cut.axis, [cut.start, cut.len], cut.step)?
            };
        }
        Ok(x)
    }

    /// Some elements of an axis side by side: a part of the features.
    fn side_by_side(
        &mut self,
        x: &Computed,
        axis: usize,
        [start, len]: [usize; 2],
        step: i64,
    ) -> Result<Computed, String> {
        let size = x.axes.size(axis);
        // Of each head, whose columns are side by side.
        let is_half = step == 1 && 2 * len == size && start % len == 0 && x.axes.is_at(axis, 1);
        if is_half
            && self.links.get(x.link).sizes.last().is_some_and(|features| features % size == 0)
            && x.axes.rank() > 3
        {
            let axes = x.axes.resized(axis, len).ok_or("it takes a part of no run")?;
            let mut sizes = self.links.get(x.link).sizes.clone();
            if let Some(last) = sizes.last_mut() {
                *last /= 2;
            }
            return Ok(self.push_to(x, Step::Piece(Piece::Half(start / len)), sizes, axes));
        }
        let features = self.links.get(x.link).sizes.last().copied();
        let fits = step == 1
            && len > 0
            && size.is_multiple_of(len)
            && start % len == 0
            && features == Some(size)
            && x.axes.is_at(axis, 1);
        if !fits {
            let end = start + len;
            return Err(format!(
                "it takes elements {start} to {end} of axis {axis} of {}, which no layer here does",
                shown(&x.axes)
            ));
        }
        let axes = x.axes.resized(axis, len).ok_or("it takes a part of no run")?;
        Ok(self.features_part(x, size / len, start / len, axes))
    }

    pub(super) fn split(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Given<'a> {
        let x = inputs.computed(0)?.clone();
        let axis = axis_of(node.integer("axis", 0), x.axes.rank())?;
        let parts = shapes::parts(node, inputs.maybe(1)?, x.axes.size(axis))?;
        let mut start = 0;
        let mut given = Vec::with_capacity(parts.len());
        for len in parts {
            let part =
                if len == 1 { self.part(&x, axis, start)? } else { self.side_by_side(&x, axis, [start, len], 1)? };
            given.push(Value::Computed(part));
            start += len;
        }
        Ok(given)
    }
}
