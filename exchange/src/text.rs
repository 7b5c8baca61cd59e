//! A network as it stands in `network!`, and what tells one architecture from another.

use std::fmt::Write as _;

use typednet_formats::Sha256;
use typednet_layers::{LayerInfo, Operation};
use typednet_tensor::Shape;

/// The network in one line, such as `784 => hidden: Dense<128, Relu> => Dense<10, Softmax> -> 10`.
///
/// Layers over parts are shown as those of one part. It is for people: where a layer is of another crate, or behind a name, it
/// is that name.
pub(crate) fn network(tree: &LayerInfo) -> String {
    let layers = if tree.behaviour.operation == Operation::OfSequence && tree.params.is_empty() {
        sequence(tree)
    } else {
        layer(tree)
    };
    format!("{} => {layers} -> {}", sizes(&tree.input), sizes(&tree.output))
}

fn sizes(shape: &Shape) -> String {
    match shape.sizes() {
        sizes if shape.is_padded() => format!("Padded<{sizes:?}>"),
        [size] => size.to_string(),
        sizes => format!("{sizes:?}"),
    }
}

fn sequence(node: &LayerInfo) -> String {
    let mut count = 0;
    let layers = node.children.iter().map(|child| {
        count += 1;
        let is_label = !node.behaviour.is_sequence && child.name != format!("l{count}");
        let label = if is_label { format!("{}: ", child.name) } else { String::new() };
        if child.node.behaviour.is_sequence { sequence(child.node) } else { label + &layer(child.node) }
    });
    layers.collect::<Vec<_>>().join(" => ")
}

fn layer(node: &LayerInfo) -> String {
    let frozen = if node.behaviour.frozen { "frozen " } else { "" };
    let inner = match node.behaviour.operation {
        _ if node.children.is_empty() => node.to_string(),
        Operation::OfSequence if node.behaviour.is_sequence => sequence(node),
        Operation::OfResidual => format!("{node}<{}>", sequence_of(node.children[0].node)),
        Operation::OfAdd | Operation::OfConcat => {
            let branches = node.children.iter().map(|child| format!("{}: {}", child.name, sequence_of(child.node)));
            format!("{node}<{}>", branches.collect::<Vec<_>>().join(", "))
        }
        _ => format!("{node}<{}>", sequence(node)),
    };
    format!("{frozen}{inner}")
}

fn sequence_of(node: &LayerInfo) -> String {
    if node.behaviour.is_sequence { sequence(node) } else { layer(node) }
}

/// A hash of all that decides what the network computes, but for its weights: shapes, operations with their settings, activations.
/// Names do not count.
pub(crate) fn architecture(tree: &LayerInfo) -> String {
    fn write(node: &LayerInfo, to: &mut String) {
        let behaviour = &node.behaviour;
        let (input, output, each) = (node.input.sizes(), node.output.sizes(), behaviour.each.sizes());
        let (operation, function) = (format!("{:?}", behaviour.operation), format!("{:?}", behaviour.function));
        // What stands in files: the names of the layers, without what the variants' names have before them.
        let [operation, function] = [&operation, &function].map(|name| name.strip_prefix("Of").unwrap_or(name));
        _ = write!(to, "({operation} {function} {each:?} {input:?} {output:?}");
        for param in node.params {
            _ = write!(to, " {:?}", param.shape.sizes());
        }
        for child in node.children {
            write(child.node, to);
        }
        to.push(')');
    }
    let mut text = String::new();
    write(tree, &mut text);
    let mut hash = Sha256::new();
    hash.update(text);
    hash.finish().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use typednet_layers::{BatchNorm, Chain, Dense, Layer, Relu, Residual, Tanh};

    #[test]
    fn a_network_is_one_line() {
        type Net = Chain<Dense<4, 3, Relu>, Chain<Residual<Chain<BatchNorm<3>, Dense<3, 3>>>, Dense<3, 2>>>;
        let text = "4 => Dense<3, Relu> => Residual<BatchNorm => Dense<3, Linear>> => Dense<2, Linear> -> 2";
        assert_eq!(network(&Net::TREE), text);
    }

    #[test]
    fn what_is_computed_is_told_apart() {
        let of = |tree: &LayerInfo| architecture(tree);
        assert_ne!(of(&<Dense<4, 3, Relu>>::TREE), of(&<Dense<4, 3, Tanh>>::TREE));
        assert_ne!(of(&<Dense<4, 3>>::TREE), of(&<Dense<3, 4>>::TREE));
        assert_eq!(of(&<Dense<4, 3>>::TREE), of(&<Dense<4, 3, typednet_layers::Linear, f64>>::TREE));
    }
}
