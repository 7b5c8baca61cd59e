//! Which layers another program can be told of.

use typednet_layers::{Function, LayerInfo, Operation, Path};

use crate::ExchangeError;
use crate::order::part;
use crate::recurrent_activation;

/// What a network is written as.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    StateDict,
    Onnx,
}

impl Target {
    const fn name(self) -> &'static str {
        match self {
            Self::StateDict => "a state_dict",
            Self::Onnx => "ONNX",
        }
    }

    /// Whether a simple recurrent layer may have this activation.
    fn takes(self, function: Function) -> bool {
        match self {
            Self::StateDict => true,
            Self::Onnx => recurrent_activation::is_known(function),
        }
    }
}

/// Whether `node` says what it computes, and its shapes, parameters and layers are those of what it says.
fn is_told(node: &LayerInfo, target: Target) -> bool {
    let [input, output] = part(node).map(<[usize]>::len);
    let sizes: Vec<usize> = node.params.iter().map(|param| param.shape.sizes().len()).collect();
    let with_bias = |weight: usize| sizes == [weight, 1] || sizes == [weight];
    let is_kept = input == output;
    // What reads padding has no counterpart in a graph; the weights of a layer are the same.
    if node.behaviour.padded && matches!(target, Target::Onnx) {
        return false;
    }
    let fits = match node.behaviour.operation {
        Operation::OfIdentity | Operation::OfScale(_) | Operation::OfReshape => sizes.is_empty(),
        Operation::OfSequence
        | Operation::OfResidual
        | Operation::OfReverse
        | Operation::OfAdd
        | Operation::OfConcat => {
            let children = node.children.len();
            let expected = match node.behaviour.operation {
                Operation::OfSequence => children > 0,
                Operation::OfResidual | Operation::OfReverse => children == 1,
                _ => children == 2,
            };
            return sizes.is_empty() && expected;
        }
        Operation::OfTiedEmbedding => {
            let is_embedding = |node: &LayerInfo| node.behaviour.operation == Operation::OfEmbedding;
            return sizes.len() <= 1
                && sizes.iter().all(|axes| *axes == 1)
                && node.children.len() == 2
                && is_embedding(node.children[0].node);
        }
        Operation::OfDense => sizes == [2, 1] && input == 1 && output == 1,
        Operation::OfConvolution { .. } => is_kept && (2..=3).contains(&input) && with_bias(input + 1),
        Operation::OfTransposedConvolution { .. } => is_kept && input == 3 && with_bias(4),
        Operation::OfMaxPool(_)
        | Operation::OfAvgPool(_)
        | Operation::OfPad { .. }
        | Operation::OfCrop { .. }
        | Operation::OfUpsample { .. } => is_kept && input == 3 && sizes.is_empty(),
        Operation::OfGlobalAvgPool => input == 3 && output == 1 && sizes.is_empty(),
        Operation::OfBatchNorm { .. } => is_kept && input == 1 && sizes == [1; 4],
        Operation::OfLayerNorm { .. } => is_kept && input == 1 && sizes == [1; 2],
        Operation::OfRmsNorm { .. } => is_kept && input == 1 && sizes == [1],
        Operation::OfEmbedding => input == 0 && output == 1 && sizes == [2],
        Operation::OfPositions => is_kept && input == 2 && sizes == [2],
        Operation::OfSinusoidalPositions => is_kept && input == 2 && sizes.is_empty(),
        Operation::OfSwiGlu => is_kept && input == 1 && sizes == [2; 3],
        Operation::OfAttention { .. } => is_kept && input == 2 && sizes == [3, 2, 2, 1],
        Operation::OfGroupNorm { .. } => is_kept && input == 3 && sizes == [1; 2],
        Operation::OfFirst | Operation::OfLast => input == output + 1 && sizes.is_empty(),
        Operation::OfMeanOverSteps => input == 2 && output == 1 && sizes.is_empty(),
        Operation::OfRnn => is_kept && input == 2 && sizes == [2, 2, 1] && target.takes(node.behaviour.function),
        Operation::OfLstm => is_kept && input == 2 && sizes == [3, 3, 2],
        Operation::OfGru => is_kept && input == 2 && sizes == [3, 3, 2, 1],
        _ => false,
    };
    // An activation over rows needs a row.
    let rows = matches!(node.behaviour.function, Function::OfSoftmax | Function::OfLogSoftmax);
    // Two samples are two inputs there, and the rows of a weight behind an image in a pair stand in another order.
    let has_halves = node.input.halves().or(node.output.halves()).is_some();
    fits && !has_halves
        && node.children.is_empty()
        && node.behaviour.function != Function::Opaque
        && !(rows && output == 0)
}

/// # Errors
/// With every layer that `target` cannot be told of.
pub(crate) fn check(tree: &'static LayerInfo, target: Target) -> Result<(), ExchangeError> {
    fn walk(node: &LayerInfo, target: Target, path: &Path<'_>, layers: &mut Vec<String>) {
        if !is_told(node, target) {
            let colon = if path.is_root() { "" } else { ": " };
            layers.push(format!("{path}{colon}{node}"));
            return;
        }
        for child in node.children {
            walk(child.node, target, &path.inner(child.name), layers);
        }
    }
    let mut layers = Vec::new();
    walk(tree, target, &Path::ROOT, &mut layers);
    if layers.is_empty() { Ok(()) } else { Err(ExchangeError::Unsupported { target: target.name(), layers }) }
}
