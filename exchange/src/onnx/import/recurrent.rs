//! Recurrent layers.

use typednet_layers::{Function, Operation};

use super::axes::Axes;
use super::file::Node;
use super::inputs::Inputs;
use super::links::{Join, Param, Piece, Step};
use super::operators::decimal;
use super::patterns;
use super::tensor::Tensor;
use super::value::{Computed, Value};
use super::walk::{Given, Walk, shown};

/// Which layer an operator is, and where each of its gates stands here.
struct Kind {
    operation: Operation,
    gates: &'static [usize],
}

impl Kind {
    fn of(operator: &str) -> Self {
        match operator {
            "LSTM" => Self { operation: Operation::OfLstm, gates: &[0, 3, 1, 2] },
            "GRU" => Self { operation: Operation::OfGru, gates: &[1, 0, 2] },
            _ => Self { operation: Operation::OfRnn, gates: &[0] },
        }
    }
}

impl<'a> Walk<'_, 'a> {
    /// All steps, and the state behind the last one.
    pub(super) fn recurrent(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Given<'a> {
        let kind = Kind::of(node.operator);
        let x = self.steps(inputs.computed(0)?, node.integer("layout", 0) != 0)?;
        let (input, state) = (inputs.constant(1)?, inputs.constant(2)?);
        let (Some(&[directions, rows, columns]), Some(&[.., units])) =
            (input.sizes.first_chunk::<3>(), state.sizes.first_chunk::<3>())
        else {
            return Err("its weights have not three axes".to_owned());
        };
        let gates = kind.gates.len();
        let sizes = self.links.get(x.link).sizes.clone();
        let outer = sizes.len() - 2;
        let fits = input.sizes.len() == 3
            && (1..=2).contains(&directions)
            && rows == gates * units
            && state.sizes == [directions, rows, units]
            && sizes[outer + 1] == columns
            && units > 0;
        if !fits {
            return Err(format!("its weights have the sizes {:?} and {:?}", input.sizes, state.sizes));
        }
        Self::settings(node, inputs, directions)?;
        if outer > 0 && (directions == 2 || node.text("direction") == "reverse") {
            return Err(patterns::TURNED_PARTS.to_owned());
        }
        let bias = inputs.maybe(3)?;
        if bias.is_some_and(|bias| bias.sizes != [directions, 2 * rows]) {
            return Err("its biases are not as many as its gates".to_owned());
        }
        let function = if kind.operation == Operation::OfRnn { function(node)? } else { Function::OfLinear };
        let mut ends = Vec::new();
        let is_reverse = node.text("direction") == "reverse";
        let own = [&sizes[..=outer], &[units]].concat();
        for direction in 0..directions {
            let params = params(&kind, [input, state], bias, direction, [columns, units]);
            let back = is_reverse || direction == 1;
            let turn =
                |walk: &mut Self, x: &Computed| if back { walk.push(x, Step::Piece(Piece::Turned)) } else { x.clone() };
            let x = turn(self, &x);
            let step = Step::Layer { operation: kind.operation, function, params };
            let y = self.push_to(&x, step, own.clone(), x.axes.clone());
            ends.push(turn(self, &y).link);
        }
        let axes = |directions: usize, batch: usize| {
            let each = sizes[..outer].iter().product::<usize>();
            let steps = sizes[outer];
            let placed = Axes::placed(&[(steps, 2), (directions, 3), (batch, 0), (each, 1), (units, 4)]);
            placed.reshaped(&[steps, directions, batch * each, units]).ok_or("it gives steps that cannot be counted")
        };
        let axes = axes(directions, x.axes.batch())?;
        let all = match ends[..] {
            [forth, back] => {
                let common = self.links.common(forth, back);
                let given = [&sizes[..=outer], &[2 * units]].concat();
                self.links.push(common, Step::Join(Join::Concat, [forth, back]), given, self.at)
            }
            _ => ends[0],
        };
        let all = Computed { link: all, axes };
        let last = if outer == 0 && node.outputs.get(1).is_some_and(|name| !name.is_empty()) {
            self.last(&all, &ends, is_reverse, units)
        } else {
            Value::Nothing
        };
        if node.integer("layout", 0) == 0 {
            return Ok(vec![Value::Computed(all), last]);
        }
        let axes = all.axes.transposed(&[2, 0, 1, 3]).ok_or("it has no four axes")?;
        let last = match last {
            Value::Computed(last) => {
                let axes = last.axes.transposed(&[1, 0, 2]).ok_or("it has no three axes")?;
                Value::Computed(Computed { axes, ..last })
            }
            other => other,
        };
        Ok(vec![Value::Computed(Computed { axes, ..all }), last])
    }

    /// The state behind the last step that was computed, for each direction.
    fn last(&mut self, all: &Computed, ends: &[usize], is_reverse: bool, units: usize) -> Value<'a> {
        let batch = all.axes.batch();
        let directions = ends.len();
        let mut states = Vec::new();
        for (direction, end) in ends.iter().enumerate() {
            // The first step is the last that is computed from the last one on.
            let step = Step::End { is_last: !is_reverse && direction == 0, parts: 0 };
            states.push(self.links.push(*end, step, vec![units], self.at));
        }
        let axes = Axes::placed(&[(directions, 1), (batch, 0), (units, 2)]);
        let link = match states[..] {
            [a, b] => {
                let common = self.links.common(a, b);
                self.links.push(common, Step::Join(Join::Concat, [a, b]), vec![2 * units], self.at)
            }
            _ => states[0],
        };
        Value::Computed(Computed { link, axes })
    }

    /// The value as steps, which stand outermost in the file or, if `samples_first`, behind the samples.
    fn steps(&mut self, x: &Computed, samples_first: bool) -> Result<Computed, String> {
        let axes = if samples_first { x.axes.transposed(&[1, 0, 2]) } else { Some(x.axes.clone()) };
        let wrong = || format!("it reads {}, which are no steps of rows here", shown(&x.axes));
        let axes = axes.filter(|axes| axes.rank() == 3).ok_or_else(wrong)?;
        let (steps, width) = (axes.size(0), axes.size(2));
        let fits = axes.is_at(2, 1)
            && axes.is_at(0, width)
            && !axes.has_batch(0)
            && axes.has_batch(1)
            && axes.is_at(1, steps * width);
        if !fits {
            return Err(wrong());
        }
        let each = axes.size(1) / axes.batch();
        let sizes = &self.links.get(x.link).sizes;
        let own = [steps, width];
        let is_there = sizes.len() >= 2 && sizes.ends_with(&own);
        let wanted = match each {
            _ if is_there => sizes.clone(),
            1 => own.to_vec(),
            each => [&[each][..], &own].concat(),
        };
        let x = Computed { link: x.link, axes };
        Ok(self.shaped(&x, &wanted))
    }

    /// What no layer here has.
    fn settings(node: &Node<'_>, inputs: &Inputs<'_>, directions: usize) -> Result<(), String> {
        if inputs.0.get(4).is_some_and(Option::is_some) {
            return Err("it reads the lengths of its sequences, which here all have one length".to_owned());
        }
        for place in [5, 6] {
            if inputs.filled(place)?.is_some_and(|state| state.uniform() != Some(0.0)) {
                return Err("it begins with a state that is not 0".to_owned());
            }
        }
        if inputs.maybe(7)?.is_some_and(|peepholes| peepholes.uniform() != Some(0.0)) {
            return Err("it has peepholes".to_owned());
        }
        let direction = node.text("direction");
        if !["", "forward", "reverse", "bidirectional"].contains(&direction) {
            return Err(format!("`{direction}` is no direction"));
        }
        let is_two = direction == "bidirectional";
        if is_two != (directions == 2) {
            return Err("its weights are not those of its direction".to_owned());
        }
        if node.attributes.contains_key("clip") || node.integer("input_forget", 0) != 0 {
            return Err("it clips its gates, or forgets by what comes in".to_owned());
        }
        if node.operator == "GRU" && node.integer("linear_before_reset", 0) == 0 {
            return Err(
                "it resets the state before the product with it (`linear_before_reset` = 0); PyTorch and Keras with \
                        `reset_after=True` do it behind it, as the layer here"
                    .to_owned(),
            );
        }
        let usual: &[&str] = match node.operator {
            "LSTM" => &["Sigmoid", "Tanh", "Tanh"],
            "GRU" => &["Sigmoid", "Tanh"],
            _ => return Ok(()),
        };
        let named = node.texts("activations");
        if named.is_empty() || named.chunks(usual.len()).all(|names| names == usual) {
            return Ok(());
        }
        Err(format!("it has the activations {}, and the layer here {}", named.join(", "), usual.join(", ")))
    }
}

/// The activation of a simple recurrent layer.
fn function(node: &Node<'_>) -> Result<Function, String> {
    let names = node.texts("activations");
    let alphas = node.numbers("activation_alpha");
    let is_one = names.windows(2).all(|pair| pair[0] == pair[1]) && alphas.windows(2).all(|pair| pair[0] == pair[1]);
    let (Some(name), true) = (names.first().or(Some(&"Tanh")), is_one) else {
        return Err("its directions have different activations".to_owned());
    };
    let alpha = alphas.first().copied().map(decimal);
    Ok(match (*name, alpha) {
        ("Tanh", _) => Function::OfTanh,
        ("Relu", _) => Function::OfRelu,
        ("Sigmoid", _) => Function::OfSigmoid,
        ("Softplus", _) => Function::OfSoftplus,
        ("Affine", None | Some(1.0)) if node.numbers("activation_beta").iter().all(|beta| *beta == 0.0) => {
            Function::OfLinear
        }
        ("LeakyRelu", alpha) => Function::OfLeakyRelu(alpha.unwrap_or(0.01)),
        ("Elu", alpha) => Function::OfElu(alpha.unwrap_or(1.0)),
        _ => return Err(format!("it has the activation {name}")),
    })
}

/// `[direction][gate·unit][inputs]` as `[inputs][gate][unit]`, and the biases of input and state as theirs here.
fn params(
    kind: &Kind,
    weights: [&Tensor<'_>; 2],
    bias: Option<&Tensor<'_>>,
    direction: usize,
    [inputs, units]: [usize; 2],
) -> Vec<Param> {
    let gates = kind.gates.len();
    let rows = gates * units;
    let sized = |outer: usize| if gates == 1 { vec![outer, units] } else { vec![outer, gates, units] };
    let mut params = Vec::with_capacity(4);
    for (tensor, (name, columns)) in weights.into_iter().zip([("input", inputs), ("state", units)]) {
        let mut numbers = vec![0.0; rows * columns];
        for (place, gate) in kind.gates.iter().enumerate() {
            for unit in 0..units {
                let from = (direction * rows + place * units + unit) * columns;
                for column in 0..columns {
                    numbers[column * rows + gate * units + unit] = tensor.get(from + column);
                }
            }
        }
        params.push(Param { name, sizes: sized(columns), numbers });
    }
    // What r multiplies in the last gate of a gated recurrent unit stands by itself.
    let apart = kind.operation == Operation::OfGru;
    let (mut own, mut of_state) = (vec![0.0; rows], vec![0.0; units]);
    if let Some(bias) = bias {
        for (place, gate) in kind.gates.iter().enumerate() {
            for unit in 0..units {
                let at = direction * 2 * rows + place * units + unit;
                let (input, state) = (bias.get(at), bias.get(at + rows));
                own[gate * units + unit] = if apart && *gate == 2 {
                    of_state[unit] = state;
                    input
                } else if state == 0.0 {
                    input
                } else {
                    bias.element.round(input + state)
                };
            }
        }
    }
    let sizes = if gates == 1 { vec![units] } else { vec![gates, units] };
    params.push(Param { name: "bias", sizes, numbers: own });
    if apart {
        params.push(Param { name: "state_bias", sizes: vec![units], numbers: of_state });
    }
    params
}
