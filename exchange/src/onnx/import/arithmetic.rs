//! Sums and products with constants, and of two values.

use typednet_layers::{Function, Operation};

use super::axes::BATCH;
use super::file::Node;
use super::inputs::Inputs;
use super::links::{Join, Param, Piece, Step};
use super::patterns::{self, Sum};
use super::shapes::axis_of;
use super::tensor::Tensor;
use super::value::{Computed, Value};
use super::walk::{Walk, shown};

/// The most columns that a scaler with one number for all may have.
const MOST_COLUMNS: usize = 1 << 16;

/// The axes of the value that the constant has several numbers for.
fn varied(x: &Computed, c: &Tensor<'_>) -> Result<Vec<usize>, String> {
    let missing = x.axes.rank().checked_sub(c.sizes.len()).ok_or("its constant has more axes than the value")?;
    let axes: Vec<usize> = (0..c.sizes.len()).filter(|axis| c.sizes[*axis] != 1).map(|axis| axis + missing).collect();
    if axes.iter().any(|axis| c.sizes[axis - missing] != x.axes.size(*axis)) {
        return Err(format!("its constant of {:?} does not fit {}", c.sizes, shown(&x.axes)));
    }
    Ok(axes)
}

impl Walk<'_, '_> {
    pub(super) fn arithmetic(&mut self, sum: Sum, inputs: &Inputs<'_>) -> Result<Computed, String> {
        match &inputs.0[..] {
            [Some(Value::Computed(x)), Some(Value::Computed(y))] => self.together(sum, x, y),
            [Some(Value::Computed(x)), Some(Value::Constant(_))] => {
                self.with_constant(sum, x, inputs.constant(1)?, false)
            }
            [Some(Value::Constant(_)), Some(Value::Computed(x))] => {
                self.with_constant(sum, x, inputs.constant(0)?, true)
            }
            _ => Err("it does not have two inputs".to_owned()),
        }
    }

    pub(super) fn power(&mut self, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let (x, power) = (inputs.computed(0)?, inputs.constant(1)?);
        varied(x, power)?;
        let piece = match power.uniform() {
            Some(2.0) => Piece::Square,
            Some(3.0) => Piece::Cube,
            Some(0.5) => Piece::Root,
            Some(-1.0) => Piece::Inverse,
            _ => return Err("it raises to a power that no layer has".to_owned()),
        };
        Ok(self.push(x, Step::Piece(piece)))
    }

    fn together(&mut self, sum: Sum, x: &Computed, y: &Computed) -> Result<Computed, String> {
        let [a, b] = [x, y].map(|value| value.axes.sizes());
        // One number for each row, beside the rows, or the other way round.
        let (wide, narrow) = if a.iter().zip(&b).all(|(a, b)| a >= b) { (x, y) } else { (y, x) };
        let differing: Vec<usize> = (0..a.len().min(b.len())).filter(|axis| a[*axis] != b[*axis]).collect();
        let reduced = wide.axes.reduced(&differing);
        if a.len() != b.len() || reduced.runs() != narrow.axes.runs() || reduced.sizes() != narrow.axes.sizes() {
            return Err(format!(
                "it puts {} and {} together, which stand in different orders here",
                shown(&x.axes),
                shown(&y.axes)
            ));
        }
        if let Some((start, step)) = patterns::joined(&self.links, sum, [x.link, y.link])? {
            let sizes = self.links.get(wide.link).sizes.clone();
            let start = Computed { link: start, axes: wide.axes.clone() };
            return Ok(self.push_to(&start, step, sizes, wide.axes.clone()));
        }
        match sum {
            Sum::Add if differing.is_empty() => self.join(Join::Add, x, y, x.axes.clone()),
            Sum::Add => Err("it adds values of different sizes".to_owned()),
            Sum::Sub => Err("it subtracts one value from another, which no layer here does".to_owned()),
            Sum::Mul => Err("it multiplies two values, which no layer here does".to_owned()),
            Sum::Div => Err("it divides one value by another, which no layer here does".to_owned()),
        }
    }

    /// Both values put together, as an array of these axes.
    fn join(&mut self, join: Join, x: &Computed, y: &Computed, axes: super::axes::Axes) -> Result<Computed, String> {
        let (mut a, mut b) = (x.clone(), y.clone());
        let features = |value: &Computed, sizes: &[usize]| match join {
            Join::Add => sizes.to_vec(),
            // The same sizes but for the last.
            Join::Concat => {
                let outer: usize = sizes[..sizes.len() - 1].iter().product();
                [&sizes[..sizes.len() - 1], &[value.axes.sample() / outer.max(1)]].concat()
            }
        };
        let mut sizes = self.links.get(a.link).sizes.clone();
        if sizes.is_empty() {
            return Err("it joins values of no axes".to_owned());
        }
        // In the sizes of the branch that does something.
        let common = self.links.common(a.link, b.link);
        if a.link == common {
            sizes = features(&a, &self.links.get(b.link).sizes);
        }
        (a, b) = (self.shaped(&a, &features(&a, &sizes)), self.shaped(&b, &features(&b, &sizes)));
        let mut given = sizes;
        if let (Join::Concat, Some(last)) = (join, given.last_mut()) {
            *last = self.links.get(a.link).sizes.last().copied().unwrap_or(0)
                + self.links.get(b.link).sizes.last().copied().unwrap_or(0);
        }
        let common = self.links.common(a.link, b.link);
        let link = self.links.push(common, Step::Join(join, [a.link, b.link]), given, self.at);
        Ok(Computed { link, axes })
    }

    pub(super) fn concat(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let values: Vec<Computed> =
            (0..inputs.0.len()).map(|place| inputs.computed(place).cloned()).collect::<Result<_, _>>()?;
        let Some((last, rest)) = values.split_last() else { return Err("it has no inputs".to_owned()) };
        let axis = axis_of(node.integer("axis", 0), last.axes.rank())?;
        if let Some(given) = self.rotated(&values) {
            return Ok(given);
        }
        if let Some(given) = self.two_classes(&values, axis) {
            return Ok(given);
        }
        let mut all = self.beside(last, axis)?;
        for value in rest.iter().rev() {
            let value = self.beside(value, axis)?;
            let [a, b] = [&value, &all].map(|value| value.axes.with_features(axis, 1));
            if a.runs() != b.runs() || a.sizes() != b.sizes() {
                return Err("it joins arrays whose other axes differ, or stand in different orders here".to_owned());
            }
            let axes = value.axes.with_features(axis, value.axes.size(axis) + all.axes.size(axis));
            all = self.join(Join::Concat, &value, &all, axes)?;
        }
        Ok(all)
    }

    /// The value as rows that others can stand beside.
    fn beside(&mut self, value: &Computed, axis: usize) -> Result<Computed, String> {
        if axis >= value.axes.rank() || !value.axes.has_features(axis) || !value.axes.is_at(axis, 1) {
            return Err(format!(
                "it joins {} along axis {axis}, whose elements are not side by side here",
                shown(&value.axes)
            ));
        }
        self.rows(value, axis)
    }

    /// The share of the second class, and what is left for the first: a softmax over two logits, of which the first is 0.
    fn two_classes(&mut self, values: &[Computed], axis: usize) -> Option<Computed> {
        let [first, second] = values else { return None };
        if self.links.activation(second.link) != Some(Function::OfSigmoid) || second.axes.size(axis) != 1 {
            return None;
        }
        let way = self
            .links
            .way(second.link, first.link, 2)
            .filter(|_| self.links.common(first.link, second.link) == second.link)?;
        let [Step::Piece(Piece::Times(-1.0)), Step::Piece(Piece::Plus(1.0))] = way[..] else { return None };
        let dense = self.links.get(second.link).parent;
        let [weight, bias] = self.links.dense(dense)? else { return None };
        let [inputs, 1] = weight.sizes[..] else { return None };
        let weight = Param {
            name: "weight",
            sizes: vec![inputs, 2],
            numbers: weight.numbers.iter().flat_map(|w| [0.0, *w]).collect(),
        };
        let bias = Param { name: "bias", sizes: vec![2], numbers: vec![0.0, bias.numbers[0]] };
        let step =
            Step::Layer { operation: Operation::OfDense, function: Function::OfLinear, params: vec![weight, bias] };
        let axes = second.axes.with_features(axis, 2);
        let start = Computed { link: self.links.get(dense).parent, axes: axes.clone() };
        let mut sizes = self.links.get(dense).sizes.clone();
        *sizes.last_mut()? = 2;
        let logits = self.push_to(&start, step, sizes, axes);
        Some(self.push(&logits, patterns::function(Function::OfSoftmax)))
    }

    /// A scaler of a pipeline: (x − offset)·scale.
    pub(super) fn scaler(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let x = inputs.computed(0)?;
        let axis = x.axes.rank() - 1;
        let size = x.axes.size(axis);
        let list = |name: &str, other: f64| match node.numbers(name) {
            [] if size <= MOST_COLUMNS => Ok(vec![other; size]),
            [one] if size <= MOST_COLUMNS => Ok(vec![*one; size]),
            all if all.len() == size => Ok(all.to_vec()),
            all => Err(format!("it has {} numbers for {size} columns", all.len())),
        };
        let (mean, scale) = (list("offset", 0.0)?, list("scale", 1.0)?);
        let x = self.rows(x, axis)?;
        Ok(self.push(&x, Step::Piece(Piece::Affine { mean, scale, shift: vec![0.0; size] })))
    }

    fn with_constant(&mut self, sum: Sum, x: &Computed, c: &Tensor<'_>, reversed: bool) -> Result<Computed, String> {
        let (rank, axes) = (x.axes.rank(), varied(x, c)?);
        match axes[..] {
            [] => {
                let number = c.get(0);
                if number != 0.0 && number % BATCH as f64 == 0.0 {
                    return Err("it computes with the number of samples, of which a layer here sees one".to_owned());
                }
                // The bias of one output.
                let one = (0..rank).rev().find(|axis| x.axes.size(*axis) == 1);
                if let (Sum::Add, true, Some(axis)) = (sum, self.lacks_bias(x) && !c.sizes.is_empty(), one)
                    && self.links.get(x.link).sizes.last() == Some(&1)
                {
                    return self.for_features(sum, x, axis, vec![number], reversed);
                }
                Ok(self.with_number(sum, x, number, reversed))
            }
            [axis] if x.axes.has_features(axis) => {
                let order = x.axes.features(axis).ok_or("its features are too many")?;
                let mut numbers = vec![0.0; order.len()];
                for (place, to) in order.iter().enumerate() {
                    numbers[*to] = c.get(place);
                }
                let x = self.rows(x, axis)?;
                self.for_features(sum, &x, axis, numbers, reversed)
            }
            _ => self.for_steps(sum, x, c, &axes),
        }
    }

    fn with_number(&mut self, sum: Sum, x: &Computed, c: f64, reversed: bool) -> Computed {
        let pieces = match (sum, reversed) {
            (Sum::Add, _) => vec![Piece::Plus(c)],
            (Sum::Sub, false) => vec![Piece::Plus(-c)],
            (Sum::Sub, true) => vec![Piece::Times(-1.0), Piece::Plus(c)],
            (Sum::Mul, _) => vec![Piece::Times(c)],
            (Sum::Div, false) => vec![Piece::Times(c.recip())],
            (Sum::Div, true) if c == 1.0 => vec![Piece::Inverse],
            (Sum::Div, true) => vec![Piece::Inverse, Piece::Times(c)],
        };
        let mut given = x.clone();
        for piece in pieces {
            let parent = self.links.get(given.link).parent;
            given = match (&self.links.get(given.link).step, &piece) {
                // Twice GELU, half of it.
                (Step::Piece(Piece::TwiceGelu), Piece::Times(0.5)) => {
                    self.push(&Computed { link: parent, ..given }, patterns::function(Function::OfGelu))
                }
                (Step::Piece(Piece::TwiceGeluTanh), Piece::Times(0.5)) => {
                    self.push(&Computed { link: parent, ..given }, patterns::function(Function::OfGeluTanh))
                }
                _ => self.push(&given, Step::Piece(piece)),
            };
        }
        given
    }

    /// Whether the layer could take a bias, and has none yet.
    fn lacks_bias(&self, x: &Computed) -> bool {
        matches!(
            &self.links.get(x.link).step,
            Step::Layer {
                operation: Operation::OfDense | Operation::OfConvolution { .. } | Operation::OfTransposedConvolution { .. },
                params,
                ..
            } if params.len() == 1
        ) || matches!(
            &self.links.get(x.link).step,
            Step::Layer { operation: Operation::OfAttention { .. }, params, .. } if params.len() == 3
        )
    }

    /// The last layer with other parameters.
    pub(super) fn instead(&mut self, x: &Computed, params: Vec<Param>) -> Result<Computed, String> {
        let link = self.links.get(x.link);
        let Step::Layer { operation, function, .. } = link.step else {
            return Err("it stands behind no layer".to_owned());
        };
        let (parent, sizes) = (link.parent, link.sizes.clone());
        let step = Step::Layer { operation, function, params };
        Ok(Computed { link: self.links.push(parent, step, sizes, self.at), axes: x.axes.clone() })
    }

    /// A number for each feature, in their order here.
    fn for_features(
        &mut self,
        sum: Sum,
        x: &Computed,
        axis: usize,
        numbers: Vec<f64>,
        reversed: bool,
    ) -> Result<Computed, String> {
        let size = numbers.len();
        if sum == Sum::Add && self.lacks_bias(x) && x.axes.is_at(axis, 1) {
            let Step::Layer { params, .. } = &self.links.get(x.link).step else { return Err("no layer".to_owned()) };
            let mut params = params.clone();
            let name = if params.len() == 3 { "out_bias" } else { "bias" };
            params.push(Param { name, sizes: vec![size], numbers });
            return self.instead(x, params);
        }
        if let Step::Layer {
            operation: Operation::OfLayerNorm { .. } | Operation::OfRmsNorm { .. } | Operation::OfGroupNorm { .. },
            params,
            ..
        } = &self.links.get(x.link).step
        {
            let mut params = params.clone();
            let is_all = |param: Option<&Param>, number: f64| {
                param.is_none_or(|param| param.numbers.iter().all(|x| *x == number))
            };
            let [unscaled, unmoved] = [is_all(params.first(), 1.0), is_all(params.get(1), 0.0)];
            if sum == Sum::Mul && unscaled && unmoved {
                params[0].numbers = numbers;
                return self.instead(x, params);
            }
            if sum == Sum::Add && unmoved && params.len() == 2 {
                params[1].numbers = numbers;
                return self.instead(x, params);
            }
        }
        self.affine(sum, x, &numbers, reversed)
    }

    fn affine(&mut self, sum: Sum, x: &Computed, numbers: &[f64], reversed: bool) -> Result<Computed, String> {
        let (size, link) = (numbers.len(), self.links.get(x.link));
        let mut start = x.clone();
        let (mut mean, mut scale, mut shift) = (vec![0.0; size], vec![1.0; size], vec![0.0; size]);
        if let Step::Piece(Piece::Affine { mean: m, scale: s, shift: t }) = &link.step {
            (mean, scale, shift) = (m.clone(), s.clone(), t.clone());
            start.link = link.parent;
        }
        let is_new = start.link == x.link;
        for (place, c) in numbers.iter().enumerate() {
            match (sum, reversed) {
                (Sum::Add, _) => shift[place] += c,
                (Sum::Sub, false) if is_new => mean[place] = *c,
                (Sum::Sub, false) => shift[place] -= c,
                (Sum::Sub, true) => {
                    scale[place] = -scale[place];
                    shift[place] = c - shift[place];
                }
                (Sum::Mul, _) => {
                    scale[place] *= c;
                    shift[place] *= c;
                }
                (Sum::Div, false) => {
                    scale[place] /= c;
                    shift[place] /= c;
                }
                (Sum::Div, true) => return Err("it divides constants by what the network computes".to_owned()),
            }
        }
        Ok(self.push(&start, Step::Piece(Piece::Affine { mean, scale, shift })))
    }

    /// A row for each step: positions, or what attention may not see.
    fn for_steps(&mut self, sum: Sum, x: &Computed, c: &Tensor<'_>, axes: &[usize]) -> Result<Computed, String> {
        let wrong =
            || format!("its constant of {:?} has a number for more than each feature of {}", c.sizes, shown(&x.axes));
        if sum == Sum::Mul
            && let Some(wave) = self.wave(x, c, axes)
        {
            return Ok(self.push(x, Step::Piece(wave)));
        }
        if sum != Sum::Add {
            return Err(wrong());
        }
        if self.is_scores(x.link) {
            return self.masked(x, c);
        }
        let link = self.links.get(x.link);
        let [.., steps, width] = link.sizes[..] else { return Err(wrong()) };
        let whole = axes.len() == 2 && axes[1] + 1 == x.axes.rank() && x.axes.is_plain();
        let fits = whole && [x.axes.size(axes[0]), x.axes.size(axes[1])] == [steps, width];
        if !fits {
            return Err(wrong());
        }
        let numbers = c.numbers().into_owned();
        let waves = numbers.iter().enumerate().all(|(place, x)| {
            let (step, column) = (place / width, place % width);
            (x - super::super::attention::wave(step, column, width)).abs() < 1e-6
        });
        let step = if waves {
            Step::Layer {
                operation: Operation::OfSinusoidalPositions,
                function: Function::OfLinear,
                params: Vec::new(),
            }
        } else {
            let params = vec![Param { name: "table", sizes: vec![steps, width], numbers }];
            Step::Layer { operation: Operation::OfPositions, function: Function::OfLinear, params }
        };
        Ok(self.push(x, step))
    }
}
