//! Files that no exporter writes are read as what they compute, or refused by name.

use typednet::exchange::Import;

use super::graph::{FLOAT, Graph, INT64, integer, integers};
use super::graphs::graphs;

#[test]
fn graphs_are_printed_as_what_they_compute_or_refused() {
    let mut wrong = Vec::new();
    for (name, bytes, says) in graphs() {
        match (Import::from_bytes(&bytes), says) {
            (Ok(found), Ok(line)) if found.line() == line => {}
            (Err(error), Err(part)) if error.to_string().contains(part) => {}
            (found, says) => wrong.push(format!("{name}: {:?} is not {says:?}", found.map(|found| found.line()))),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What functions of constants give, by the bias that it becomes.
#[test]
fn constants_are_computed_as_onnx_says() {
    for (name, expected) in [("max_of_three", 5.0), ("mod", -1.0), ("fmod", -1.0)] {
        let (_, bytes, _) = graphs().into_iter().find(|(other, ..)| *other == name).expect("the graph");
        let parameters = Import::from_bytes(&bytes).expect("a network").parameters();
        let (_, _, numbers) = parameters.iter().find(|(path, ..)| path == "l2.bias").expect("a shift");
        assert_eq!(numbers, &[expected; 3], "{name}");
    }
}

fn notes(graph: Graph) -> Vec<String> {
    let item = Import::from_bytes(&graph.bytes()).expect("a network").item("Net");
    item.lines().filter_map(|line| line.trim().strip_prefix("/// ").map(str::to_owned)).skip(1).collect()
}

/// Where all sizes are the same, only the notes say that channels stand elsewhere.
#[test]
fn what_is_different_there_is_said() {
    let image = |graph: Graph| graph.weight("w", &[3, 3, 1, 1]).node("Conv", "x w", "y", &[]);
    let turned = [
        "What it reads has its channels last here, as [3, 3, 3], and first there, as [3, 3, 3].",
        "What it gives has its channels last here, as [3, 3, 3], and first there, as [3, 3, 3].",
    ];
    let square = Graph::of(&[3, 3, 3]);
    assert_eq!(notes(image(square.clone()).gives("y", FLOAT)), turned);
    let back = image(square).node("Transpose", "y", "last", &[integers("perm", &[0, 2, 3, 1])]);
    assert_eq!(notes(back.gives("last", FLOAT)), turned[..1]);
    assert!(notes(Graph::of(&[3, 3, 3]).node("Relu", "x", "y", &[]).gives("y", FLOAT)).is_empty());

    let two = Graph::of(&[3]).node("Relu", "x", "y", &[]).node("Tanh", "x", "z", &[]);
    assert_eq!(notes(two.clone().gives("y", FLOAT).gives("z", FLOAT)), ["Its output `z` is left out."]);
    let labels = two.node("ArgMax", "y", "label", &[]);
    let labels = labels.gives("label", INT64).gives("y", FLOAT).gives("z", FLOAT);
    assert_eq!(notes(labels), ["Its outputs `label`, `z` are left out."]);

    let tokens = Graph::of(&[3]).weight("table", &[5, 2]).node("Cast", "x", "places", &[integer("to", 7)]);
    let tokens = tokens.node("Gather", "table places", "y", &[]).gives("y", FLOAT);
    assert_eq!(notes(tokens), ["Its tokens are numbers of FLOAT there."]);
    let half = Graph::of(&[3]).node("Cast", "x", "half", &[integer("to", 10)]).node("Relu", "half", "y", &[]);
    assert_eq!(notes(half.gives("y", FLOAT)), ["It rounds numbers to FLOAT16 there, and not here."]);
}
