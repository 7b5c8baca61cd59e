//! Normalisations of batches, rows and groups.

use typednet_layers::{Function, Operation};

use super::file::Node;
use super::inputs::Inputs;
use super::links::{Param, Step};
use super::patterns::{EPSILON, MOST_FEATURES, check_epsilon, is_near};
use super::shapes::axis_of;
use super::tensor::Tensor;
use super::value::Computed;
use super::walk::{Walk, shown};

fn param(name: &'static str, numbers: Vec<f64>) -> Param {
    Param { name, sizes: vec![numbers.len()], numbers }
}

impl Walk<'_, '_> {
    pub(super) fn batch_norm(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let x = inputs.computed(0)?;
        let axis = if x.axes.rank() > 1 { 1 } else { return Err("it reads a single row".to_owned()) };
        if node.integer("training_mode", 0) != 0 {
            return Err("it is written as it runs in training; export the network for use".to_owned());
        }
        if node.integer("spatial", 1) == 0 {
            return Err("it has statistics for each pixel (`spatial` = 0), and layers here for each channel".to_owned());
        }
        let channels = x.axes.size(axis);
        let tensors: Vec<&Tensor<'_>> = (1..5).map(|place| inputs.constant(place)).collect::<Result<_, _>>()?;
        if tensors.iter().any(|tensor| tensor.len() != channels) {
            return Err(format!("it has not as many numbers as channels, of which there are {channels}"));
        }
        let order = x.axes.features(axis).ok_or_else(|| {
            format!("it normalises axis 1 of {}, which is not the last one of a sample here", shown(&x.axes))
        })?;
        let epsilon = node.number("epsilon", 1e-5);
        let beyond = if is_near(epsilon, EPSILON) { 0.0 } else { epsilon - EPSILON };
        let mut params = Vec::with_capacity(4);
        let names = ["scale", "bias", "running_mean", "running_variance"];
        for (place, (name, tensor)) in names.into_iter().zip(tensors).enumerate() {
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
                "its epsilon is {epsilon:e}, and a variance is smaller than what that lacks to {EPSILON:e}"
            ));
        }
        let x = self.rows(x, axis)?;
        Ok(self.push(
            &x,
            Step::Layer {
                operation: Operation::OfBatchNorm { epsilon: EPSILON },
                function: Function::OfLinear,
                params,
            },
        ))
    }

    pub(super) fn row_norm(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let x = inputs.computed(0)?;
        let axis = axis_of(node.integer("axis", -1), x.axes.rank())?;
        if (axis + 1..x.axes.rank()).any(|axis| x.axes.size(axis) != 1) {
            return Err(format!(
                "it normalises over several axes of {}, and layers here over the last one",
                shown(&x.axes)
            ));
        }
        check_epsilon(node.number("epsilon", 1e-5))?;
        let size = x.axes.size(axis);
        let is_layer = node.operator == "LayerNormalization";
        let tensors = [Some(inputs.constant(1)?), if is_layer { inputs.maybe(2)? } else { None }];
        if tensors.iter().flatten().any(|tensor| tensor.len() != size) {
            return Err(format!("it has not as many numbers as features, of which there are {size}"));
        }
        let x = self.rows(x, axis)?;
        let order = x.axes.features(axis).ok_or("its features are not the last axis")?;
        let placed = |tensor: Option<&Tensor<'_>>| {
            let mut numbers = vec![0.0; size];
            for (from, to) in order.iter().enumerate() {
                numbers[*to] = tensor.map_or(0.0, |tensor| tensor.get(from));
            }
            numbers
        };
        let mut params = vec![param("scale", placed(tensors[0]))];
        let operation = if is_layer {
            params.push(param("bias", placed(tensors[1])));
            Operation::OfLayerNorm { epsilon: EPSILON }
        } else {
            Operation::OfRmsNorm { epsilon: EPSILON }
        };
        Ok(self.push(&x, Step::Layer { operation, function: Function::OfLinear, params }))
    }

    /// Groups of channels over all pixels. An instance normalisation has each group as a channel of its own.
    pub(super) fn group_norm(&mut self, node: &Node<'_>, inputs: &Inputs<'_>) -> Result<Computed, String> {
        let x = inputs.computed(0)?.clone();
        check_epsilon(node.number("epsilon", 1e-5))?;
        let sizes = self.links.get(x.link).sizes.clone();
        let [_, _, channels] = sizes[..] else {
            return Err(format!("it reads {}, which is no image here", shown(&x.axes)));
        };
        let is_instance = node.operator == "InstanceNormalization";
        let groups =
            if is_instance { x.axes.size(1) } else { usize::try_from(node.integer("num_groups", 0)).unwrap_or(0) };
        let wrong =
            || format!("it normalises {groups} groups of {}, which are no groups of the channels here", shown(&x.axes));
        if groups == 0
            || channels > MOST_FEATURES
            || channels % groups != 0
            || !x.axes.has_batch(0)
            || !x.axes.is_at(0, x.axes.sample())
        {
            return Err(wrong());
        }
        let stride = if is_instance { channels / groups } else { 1 };
        if !x.axes.is_at(1, stride) || (!is_instance && x.axes.size(1) != channels) {
            return Err(wrong());
        }
        let (scale, bias) = (inputs.constant(1)?, inputs.constant(2)?);
        let spread = |tensor: &Tensor<'_>| {
            let count = tensor.len();
            (count > 0 && channels % count == 0 && (count == channels || count == groups))
                .then(|| (0..channels).map(|channel| tensor.get(channel / (channels / count))).collect())
        };
        let params =
            vec![param("scale", spread(scale).ok_or_else(wrong)?), param("bias", spread(bias).ok_or_else(wrong)?)];
        let operation = Operation::OfGroupNorm { groups, epsilon: EPSILON };
        Ok(self.push(&x, Step::Layer { operation, function: Function::OfLinear, params }))
    }
}
