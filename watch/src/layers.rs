//! The layers of a network as they are watched.

use std::fmt::{self, Write};
use std::ops::Range;

use serde::Serialize;
use typednet_layers::{Health, Layer, LayerInfo, ParamKind, Path};

/// A layer that is measured: one with parameters, without layers inside it, or that does something of its own beside what
/// those do (a residual).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WatchedLayer {
    /// Its name with those of the layers around it, such as `encoder.l1`.
    pub name: String,
    /// Its type, such as `Dense<128, Relu>`.
    pub kind: String,
    /// The number of its own trained parameters.
    pub parameters: usize,
    /// The number of values that it gives for a sample.
    pub width: usize,
    /// The two values between which the activation at its end saturates, such as 0 and 1 for a sigmoid.
    pub saturates: Option<(f64, f64)>,
    /// Whether units of the activation at its end can die, as those of a rectified linear unit do.
    pub dies: bool,
    /// Whether it gives what the network gives.
    pub last: bool,
    /// Its trained parameters in the flat block.
    #[serde(skip)]
    pub(crate) trained: Vec<Range<usize>>,
    /// Those of them that are multiplied with the input: weights, and factors of a normalisation.
    #[serde(skip)]
    pub(crate) weights: Vec<Range<usize>>,
    /// Whether it multiplies its input with a matrix of weights: a normalisation does not.
    #[serde(skip)]
    pub(crate) weighted: bool,
}

/// The watched layers of `M`, in the order in which they give their outputs.
pub(crate) fn watched<M: Layer>() -> Vec<WatchedLayer> {
    let mut all = Vec::new();
    walk(&M::TREE, &Path::ROOT, false, &mut 0, &mut all);
    if let Some(last) = all.last_mut() {
        last.last = true;
    }
    all
}

fn walk(node: &LayerInfo, path: &Path<'_>, frozen: bool, start: &mut usize, all: &mut Vec<WatchedLayer>) {
    let frozen = frozen || node.behaviour.frozen;
    let (mut trained, mut weights) = (Vec::new(), Vec::new());
    for param in node.params {
        let range = *start..*start + param.shape.len();
        *start = range.end;
        if !frozen && param.kind.is_trained() {
            add(&mut trained, range.clone());
        }
        if !frozen && matches!(param.kind, ParamKind::Weight | ParamKind::Scale) {
            add(&mut weights, range);
        }
    }
    for child in node.children {
        walk(child.node, &path.inner(child.name), frozen, start, all);
    }
    if !trained.is_empty() || node.children.is_empty() || node.flops > 0 {
        let name = if path.is_root() { node.name.to_owned() } else { path.to_string() };
        let Health { saturates, dies, .. } = node.behaviour.activation;
        all.push(WatchedLayer {
            name,
            kind: node.to_string(),
            parameters: trained.iter().map(Range::len).sum(),
            width: node.output.len(),
            saturates,
            dies,
            last: false,
            trained,
            weights,
            weighted: !frozen && node.params.iter().any(|param| param.kind == ParamKind::Weight),
        });
    }
}

/// Adds a range, as a part of the one before it where it stands right behind that.
fn add(ranges: &mut Vec<Range<usize>>, range: Range<usize>) {
    match ranges.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ => ranges.push(range),
    }
}

/// Whether `path` is called `name`, without making a string of it.
pub(crate) fn is_called(path: &Path<'_>, name: &str) -> bool {
    struct Left<'a>(&'a str);
    impl fmt::Write for Left<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 = self.0.strip_prefix(text).ok_or(fmt::Error)?;
            Ok(())
        }
    }
    let mut left = Left(name);
    write!(left, "{path}").is_ok() && left.0.is_empty()
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "lists of one range are meant")]
mod tests {
    use typednet_layers::{BatchNorm, Chain, Dense, Frozen, Relu, Residual, Sigmoid};

    use super::*;

    type Inner = Chain<Dense<3, 4, Relu>, BatchNorm<4>>;
    type Net = Chain<Inner, Chain<Residual<Dense<4, 4>>, Dense<4, 2, Sigmoid>>>;

    #[test]
    fn layers_stand_in_the_order_of_their_outputs() {
        let layers = watched::<Net>();
        let names: Vec<&str> = layers.iter().map(|layer| &layer.name[..]).collect();
        assert_eq!(names, ["first.first", "first.rest", "rest.first.inner", "rest.first", "rest.rest"]);
        assert_eq!(layers.iter().filter(|layer| layer.last).count(), 1);
        assert!(layers[4].last);
        assert_eq!(
            [0, 1, 4].map(|layer| (layers[layer].dies, layers[layer].saturates)),
            [(true, None), (false, None), (false, Some((0.0, 1.0)))]
        );
        let parameters: Vec<usize> = layers.iter().map(|layer| layer.parameters).collect();
        assert_eq!(parameters, [16, 8, 20, 0, 10]);
        assert_eq!(layers[0].trained, [0..16], "weight and bias are one run");
        assert_eq!(layers[0].weights, [0..12]);
        assert_eq!(layers[1].trained, [16..24], "without the running statistics");
        assert_eq!(layers[2].trained, [32..52]);
    }

    #[test]
    fn nothing_of_a_frozen_layer_is_trained() {
        type Body = Frozen<Chain<Dense<3, 4, Relu>, BatchNorm<4>>>;
        let layers = watched::<Chain<Body, Dense<4, 2, Sigmoid>>>();
        let parameters: Vec<_> =
            layers.iter().map(|layer| (&layer.name[..], layer.parameters, layer.weighted)).collect();
        assert_eq!(parameters, [("first.first", 0, false), ("first.rest", 0, false), ("rest", 10, true)]);
        assert!(layers[..2].iter().all(|layer| layer.trained.is_empty() && layer.weights.is_empty()));
        assert_eq!(layers[2].trained, [32..42], "behind its statistics");
    }

    #[test]
    fn a_network_of_one_layer_is_called_by_its_type() {
        let layers = watched::<Dense<2, 2>>();
        assert_eq!((layers.len(), &layers[0].name[..]), (1, "Dense"));
    }

    #[test]
    fn paths_are_compared_whole() {
        let outer = Path::ROOT.inner("encoder");
        let path = outer.inner("l1");
        assert!(is_called(&path, "encoder.l1"));
        for other in ["encoder.l12", "encoder.l", "encoder", "ncoder.l1", ""] {
            assert!(!is_called(&path, other), "{other}");
        }
    }
}
