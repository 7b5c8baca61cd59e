//! Which layers another program can be told of.

use typednet_layers::{Function, LayerInfo, Operation, Path};
use typednet_tensor::Shape;

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

/// Whether a graph can have the layer where steps are padding. Its weights are the same there, so a `state_dict` has it anyway.
///
/// `is_padded` is whether what it reads are steps of which only the first count.
fn keeps_out_padding(node: &LayerInfo, is_padded: bool) -> bool {
    let ends = [&node.input, &node.output];
    if node.behaviour.padded && !node.input.is_padded() {
        return false;
    }
    if !is_padded {
        // Layers in a line hand on what is padded; anything else has to say that it knows.
        return node.behaviour.operation == Operation::OfSequence || !ends.into_iter().any(Shape::is_padded);
    }
    let is_of_steps = matches!(
        node.behaviour.operation,
        Operation::OfIdentity
            | Operation::OfScale(_)
            | Operation::OfSequence
            | Operation::OfResidual
            | Operation::OfReverse
            | Operation::OfAdd
            | Operation::OfConcat
            | Operation::OfEmbedding
            | Operation::OfTiedEmbedding
            | Operation::OfPositions
            | Operation::OfSinusoidalPositions
            | Operation::OfRnn
            | Operation::OfLstm
            | Operation::OfGru
            | Operation::OfAttention { .. }
            | Operation::OfLast
            | Operation::OfMeanOverSteps
    );
    is_of_steps || !node.behaviour.each.sizes().is_empty()
}

/// # Errors
/// With every layer that `target` cannot be told of.
pub(crate) fn check(tree: &'static LayerInfo, target: Target) -> Result<(), ExchangeError> {
    fn walk(node: &LayerInfo, target: Target, path: &Path<'_>, is_padded: bool, layers: &mut Vec<String>) {
        let is_padded = is_padded || node.behaviour.padded;
        if !is_told(node, target) || (matches!(target, Target::Onnx) && !keeps_out_padding(node, is_padded)) {
            let colon = if path.is_root() { "" } else { ": " };
            layers.push(format!("{path}{colon}{node}"));
            return;
        }
        for child in node.children {
            // In a part of its own nothing is padding.
            let is_padded = is_padded && node.behaviour.each.sizes().is_empty();
            walk(child.node, target, &path.inner(child.name), is_padded, layers);
        }
    }
    let mut layers = Vec::new();
    walk(tree, target, &Path::ROOT, false, &mut layers);
    if layers.is_empty() { Ok(()) } else { Err(ExchangeError::Unsupported { target: target.name(), layers }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use typednet_layers::{Behaviour, Child, Dropout, Layer, bits};

    const STEPS: Shape = Shape::new(&[5, 3]);

    /// A layer over steps that computes this, as a crate of its own may have it.
    const fn computing(operation: Operation) -> LayerInfo {
        let behaviour = Behaviour::PLAIN.computing(operation);
        LayerInfo { input: STEPS, output: STEPS, behaviour, ..Dropout::<[[f32; 3]; 5], { bits(0.5) }>::TREE }
    }

    /// The same in an `OnPadded`.
    const fn padded(node: &LayerInfo) -> LayerInfo {
        let behaviour = node.behaviour.on_padded();
        LayerInfo { input: STEPS.padded(), output: STEPS.padded(), behaviour, ..*node }
    }

    const RESHAPED: LayerInfo = computing(Operation::OfReshape);
    const KEPT: LayerInfo = computing(Operation::OfIdentity);

    #[track_caller]
    fn refused(tree: &'static LayerInfo, layers: &str) {
        let error = check(tree, Target::Onnx).expect_err("a graph cannot have it").to_string();
        assert!(error.starts_with(&format!("1 layer cannot be written as ONNX: {layers};")), "{error}");
        assert_eq!(check(tree, Target::StateDict), Ok(()));
    }

    const ALONE: LayerInfo = padded(&RESHAPED);
    const PARTS: LayerInfo = padded(&LayerInfo { behaviour: RESHAPED.behaviour.on_each(5), ..RESHAPED });
    const INSIDE: LayerInfo = padded(&LayerInfo {
        children: &[Child { name: "inner", node: &RESHAPED }],
        ..computing(Operation::OfResidual)
    });

    #[test]
    fn what_may_move_padding_is_refused_where_there_is_any() {
        assert_eq!(check(&RESHAPED, Target::Onnx), Ok(()));
        refused(&ALONE, "Dropout<0.5>");
        refused(&INSIDE, "inner: Dropout<0.5>");
        assert_eq!(check(&PARTS, Target::Onnx), Ok(()));
    }

    const READS: LayerInfo = LayerInfo { input: STEPS.padded(), ..KEPT };
    const GIVES: LayerInfo = LayerInfo { output: STEPS.padded(), ..KEPT };
    const ROWS: LayerInfo = LayerInfo { behaviour: KEPT.behaviour.on_padded(), ..KEPT };
    const SAYS: LayerInfo = padded(&KEPT);
    const LINE: LayerInfo =
        LayerInfo { children: &[Child { name: "l1", node: &SAYS }], behaviour: Behaviour::IN_ORDER, ..padded(&KEPT) };

    /// Padding is told of by what reads it.
    #[test]
    fn who_reads_or_gives_padding_says_so() {
        for tree in [&READS, &GIVES, &ROWS] {
            refused(tree, "Dropout<0.5>");
        }
        for tree in [&SAYS, &LINE] {
            assert_eq!(check(tree, Target::Onnx), Ok(()));
        }
    }
}
