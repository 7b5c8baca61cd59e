//! Attention, which files write as products of queries, keys and values.

use typednet_layers::{Function, Operation};

use super::super::attention::angle;
use super::axes::Axes;
use super::links::{Param, Piece, Step};
use super::patterns::is_near;
use super::tensor::Tensor;
use super::value::Computed;
use super::walk::{Walk, shown};

/// The longest way from what attention reads to its scores.
const LONGEST: usize = 12;

/// What is as good as minus infinity before a softmax.
const HIDDEN: f64 = -1e4;

impl Walk<'_, '_> {
    /// Queries by keys, or shares by values.
    pub(super) fn attention_product(&mut self, x: &Computed, y: &Computed) -> Result<Computed, String> {
        if self.links.activation(x.link) == Some(Function::OfSoftmax) && self.is_scores(self.links.get(x.link).parent) {
            self.shares(x, y)
        } else {
            self.scores(x, y)
        }
    }

    /// Whether the way to the link ends with scores, scaled and masked or not.
    pub(super) fn is_scores(&self, mut link: usize) -> bool {
        loop {
            match &self.links.get(link).step {
                Step::Piece(Piece::Scores { .. }) => return true,
                Step::Piece(Piece::Times(_) | Piece::Causal) => link = self.links.get(link).parent,
                _ => return false,
            }
        }
    }

    /// `[samples, heads, steps, width]` of an array whose last two axes are these, if it is so here: heads beside each other.
    fn heads(&self, x: &Computed, turned: bool) -> Option<[usize; 3]> {
        let sizes = &self.links.get(x.link).sizes;
        let rank = x.axes.rank();
        let (last, before) = (rank.checked_sub(1)?, rank.checked_sub(2)?);
        let (steps, width) = if turned { (last, before) } else { (before, last) };
        let [t, w] = [steps, width].map(|axis| x.axes.size(axis));
        let (columns, outer) = sizes.split_last()?;
        let (heads, each) = (columns / w.max(1), outer.split_last()?.1.iter().product::<usize>());
        let lead: Vec<usize> = (0..before).collect();
        let perm = [&lead[..], &[steps, width]].concat();
        let axes = x.axes.transposed(&perm)?.reshaped(&[x.axes.batch() * each, heads, t, w])?;
        let strides = [heads * t * w, w, heads * w, 1];
        let fits = (0..4).all(|axis| axes.is_at(axis, strides[axis])) && axes.has_batch(0);
        (fits && heads * w == *columns && outer.last() == Some(&t)).then_some([heads, t, w])
    }

    /// The cosines or sines by which the steps of half a head's columns are turned.
    pub(super) fn wave(&self, x: &Computed, c: &Tensor<'_>, axes: &[usize]) -> Option<Piece> {
        let Step::Piece(Piece::Half(_)) = self.links.get(x.link).step else { return None };
        let [steps, half] = [*axes.first()?, *axes.get(1)?].map(|axis| x.axes.size(axis));
        let is_last =
            axes.len() == 2 && axes[1] + 1 == x.axes.rank() && axes[0] + 1 == axes[1] && c.len() == steps * half;
        let is_all = |wave: fn(f64) -> f64| {
            (0..c.len()).all(|place| (c.get(place) - wave(angle(place / half, place % half, 2 * half))).abs() < 1e-6)
        };
        match (is_last && is_all(f64::sin), is_last && is_all(f64::cos)) {
            (true, _) => Some(Piece::Wave { sine: true }),
            (_, true) => Some(Piece::Wave { sine: false }),
            _ => None,
        }
    }

    /// Both turned halves beside each other.
    pub(super) fn rotated(&mut self, values: &[Computed]) -> Option<Computed> {
        let [first, second] = values else { return None };
        let common = self.links.common(first.link, second.link);
        let ways = [first, second].map(|value| self.links.way(common, value.link, 1));
        let [Some(a), Some(b)] = ways else { return None };
        let ([Step::Piece(Piece::TurnedHalf(0))], [Step::Piece(Piece::TurnedHalf(1))]) = (&a[..], &b[..]) else {
            return None;
        };
        let last = first.axes.rank() - 1;
        let axes = first.axes.resized(last, 2 * first.axes.size(last))?;
        let sizes = self.links.get(common).sizes.clone();
        let start = Computed { link: common, axes: axes.clone() };
        Some(self.push_to(&start, Step::Piece(Piece::Rotated), sizes, axes))
    }

    fn scores(&mut self, x: &Computed, y: &Computed) -> Result<Computed, String> {
        let wrong = || {
            format!(
                "it multiplies {} by {}, which are no queries and keys of heads here",
                shown(&x.axes),
                shown(&y.axes)
            )
        };
        let queries = self.heads(x, false).ok_or_else(wrong)?;
        let keys = self.heads(y, true).ok_or_else(wrong)?;
        if queries != keys {
            return Err(wrong());
        }
        let [heads, steps, _] = queries;
        let common = self.links.common(x.link, y.link);
        let piece = Piece::Scores { ends: [x.link, y.link], heads };
        let outer = self.parts(x);
        let link = self.links.push(common, Step::Piece(piece), [&outer[..], &[heads, steps, steps]].concat(), self.at);
        let each = outer.iter().product();
        let axes = Axes::placed(&[(x.axes.batch(), 0), (each, 1), (heads, 2), (steps, 3), (steps, 4)]);
        let lead = x.axes.sizes()[..x.axes.rank() - 2].to_vec();
        let axes = axes.reshaped(&[&lead[..], &[steps, steps]].concat()).ok_or_else(wrong)?;
        Ok(Computed { link, axes })
    }

    /// What no step may see of those behind it.
    pub(super) fn masked(&mut self, x: &Computed, mask: &Tensor<'_>) -> Result<Computed, String> {
        let steps = self.links.get(x.link).sizes.last().copied().unwrap_or(1);
        // As the scores stand here: a row for each step that looks.
        let is_matrix = x.axes.is_plain()
            && x.axes.sizes().ends_with(&[steps, steps])
            && mask.len() == steps * steps
            && mask.sizes.ends_with(&[steps, steps]);
        let is_causal = (0..if is_matrix { mask.len() } else { 0 }).all(|place| {
            let number = mask.get(place);
            if place % steps > place / steps { number <= HIDDEN } else { number == 0.0 }
        });
        if !is_matrix || !is_causal {
            return Err("it hides other steps than those behind the one that looks".to_owned());
        }
        Ok(self.push(x, Step::Piece(Piece::Causal)))
    }

    /// The axes before steps and columns.
    fn parts(&self, x: &Computed) -> Vec<usize> {
        let sizes = &self.links.get(x.link).sizes;
        sizes[..sizes.len().saturating_sub(2)].to_vec()
    }

    fn shares(&mut self, x: &Computed, y: &Computed) -> Result<Computed, String> {
        let wrong =
            || format!("it multiplies {} by {}, which are no values of heads here", shown(&x.axes), shown(&y.axes));
        let [heads, steps, width] = self.heads(y, false).ok_or_else(wrong)?;
        let outer = self.parts(y);
        // Shares in another order are those of other steps.
        let (of_shares, of_values) = (x.axes.sizes(), y.axes.sizes());
        let is_ordered = x.axes.is_plain()
            && of_shares.ends_with(&[steps, steps])
            && of_shares[..of_shares.len() - 2] == of_values[..of_values.len() - 2];
        if !is_ordered || self.links.get(x.link).sizes != [&outer[..], &[heads, steps, steps]].concat() {
            return Err(wrong());
        }
        let common = self.links.common(x.link, y.link);
        let given = [&outer[..], &[steps, heads * width]].concat();
        let link = self.links.push(common, Step::Piece(Piece::Shares([x.link, y.link])), given, self.at);
        let each = outer.iter().product();
        let axes = Axes::placed(&[(y.axes.batch(), 0), (each, 1), (heads, 3), (steps, 2), (width, 4)]);
        let lead = y.axes.sizes()[..y.axes.rank() - 2].to_vec();
        let axes = axes.reshaped(&[&lead[..], &[steps, width]].concat()).ok_or_else(wrong)?;
        Ok(Computed { link, axes })
    }

    /// The product behind the heads: all of it is one layer.
    pub(super) fn attention_output(&mut self, x: &Computed, weight: Param, axes: Axes) -> Result<Computed, String> {
        let Step::Piece(Piece::Shares([shares, values])) = self.links.get(x.link).step else {
            return Err("it stands behind no heads".to_owned());
        };
        let (heads, scale, causal, [queries, keys]) = self.scored(self.links.get(shares).parent)?;
        let columns = weight.sizes[0];
        let width = columns / heads.max(1);
        let mut parts = Vec::with_capacity(3);
        for link in [queries, keys, values] {
            parts.push(self.projected(link)?);
        }
        let (start, factors): (Vec<usize>, Vec<f64>) = parts.iter().map(|part| (part.start, part.factor)).unzip();
        let sizes = self.links.get(start[0]).sizes.clone();
        let is_one = start.iter().all(|link| *link == start[0]);
        if !is_one || weight.sizes != [columns, columns] || sizes.last() != Some(&columns) {
            return Err("queries, keys and values are not of one value as wide as they are".to_owned());
        }
        let whole = scale * factors[0] * factors[1];
        if !is_near(whole, 1.0 / (width as f64).sqrt()) || factors[2] != 1.0 {
            return Err(format!("it scales its scores by {whole}, and the layer here by 1/√{width}"));
        }
        let mut in_weight = vec![0.0; 3 * columns * columns];
        let mut in_bias = vec![0.0; 3 * columns];
        for (place, part) in parts.iter().enumerate() {
            for input in 0..columns {
                let to = (input * 3 + place) * columns;
                in_weight[to..to + columns].copy_from_slice(&part.weight[input * columns..(input + 1) * columns]);
            }
            in_bias[place * columns..(place + 1) * columns].copy_from_slice(&part.bias);
        }
        let rotary = parts[0].rotated;
        if [parts[1].rotated, parts[2].rotated] != [rotary, false] {
            return Err("queries and keys are turned by their positions differently".to_owned());
        }
        let params = vec![
            Param { name: "in_weight", sizes: vec![columns, 3, columns], numbers: in_weight },
            Param { name: "in_bias", sizes: vec![3, columns], numbers: in_bias },
            Param { name: "out_weight", ..weight },
        ];
        let operation = Operation::OfAttention { heads, causal, rotary };
        let step = Step::Layer { operation, function: Function::OfLinear, params };
        let link = self.links.push(start[0], step, sizes, self.at);
        Ok(Computed { link, axes })
    }

    /// The bias of a product that was taken for the last one of attention.
    pub(super) fn out_bias(&mut self, x: &Computed, numbers: Vec<f64>) -> Result<Computed, String> {
        let Step::Layer { operation: Operation::OfAttention { .. }, params, .. } = &self.links.get(x.link).step else {
            return Err("it adds a bias to another layer than its own".to_owned());
        };
        let mut params = params.clone();
        params.push(Param { name: "out_bias", sizes: vec![numbers.len()], numbers });
        self.instead(x, params)
    }

    /// Heads, the factor of the scores, whether a mask hides what comes later, and where queries and keys end.
    fn scored(&self, mut link: usize) -> Result<(usize, f64, bool, [usize; 2]), String> {
        let (mut scale, mut causal) = (1.0, false);
        loop {
            match &self.links.get(link).step {
                Step::Piece(Piece::Scores { ends, heads }) => return Ok((*heads, scale, causal, *ends)),
                Step::Piece(Piece::Times(factor)) => scale *= factor,
                Step::Piece(Piece::Causal) => causal = true,
                _ => return Err("its shares are not those of scores".to_owned()),
            }
            link = self.links.get(link).parent;
        }
    }

    /// The dense layer of which the link is a part, or all.
    fn projected(&self, end: usize) -> Result<Projection, String> {
        let (mut link, mut factor, mut part, mut rotated) = (end, 1.0, (1, 0), false);
        for _ in 0..LONGEST {
            let at = self.links.get(link);
            match &at.step {
                Step::Piece(Piece::Times(number)) => factor *= number,
                Step::Piece(Piece::Rotated) if !rotated => rotated = true,
                Step::Piece(Piece::Part { parts, index }) if part.0 == 1 => part = (*parts, *index),
                Step::Layer { operation: Operation::OfReshape, .. } => {}
                Step::Layer { operation: Operation::OfDense, params, .. } => {
                    let weight = &params[0];
                    let [inputs, outputs] = weight.sizes[..] else { break };
                    let (len, start) = (outputs / part.0, outputs / part.0 * part.1);
                    if len != inputs {
                        break;
                    }
                    let rows =
                        (0..inputs).flat_map(|row| &weight.numbers[row * outputs + start..][..len]).copied().collect();
                    let bias =
                        params.get(1).map_or_else(|| vec![0.0; len], |bias| bias.numbers[start..start + len].to_vec());
                    return Ok(Projection { start: at.parent, weight: rows, bias, factor, rotated });
                }
                _ => break,
            }
            link = at.parent;
        }
        Err("queries, keys or values are not products of what it reads with a square matrix".to_owned())
    }
}

/// What makes queries, keys or values of a value.
struct Projection {
    start: usize,
    /// `[inputs][outputs]`
    weight: Vec<f64>,
    bias: Vec<f64>,
    factor: f64,
    rotated: bool,
}
