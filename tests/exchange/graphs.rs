//! ONNX files that are made by hand: what exporters do not write, or write otherwise.
//!
//! The fuzzers begin with them too (`fuzz/src/exchanged.rs`).

use typednet::formats::protobuf::Message;

use super::graph::{BOOL, FLOAT, Graph, INT16, INT64, UINT8, UINT32, integer, integers, list, tensor, text};

/// What becomes of a file: the line of the network, or a part of what is said.
pub(crate) type Says = Result<&'static str, &'static str>;

/// Steps of each part, outermost as recurrent operators read them, in `steps`.
fn parts(parts: u64) -> Graph {
    Graph::of(&[parts, 4, 3])
        .list("joined", &[-1, 4, 3])
        .list("apart", &[-1, parts.cast_signed(), 4, 2])
        .node("Reshape", "x joined", "rows", &[])
        .node("Transpose", "rows", "steps", &[integers("perm", &[1, 0, 2])])
}

/// A simple recurrent layer over the steps of each part.
fn recurrent(direction: &str, directions: u64) -> Vec<u8> {
    parts(2)
        .weight("w", &[directions, 2, 3])
        .weight("r", &[directions, 2, 2])
        .node("RNN", "steps w r", "run", &[text("direction", direction)])
        .node("Transpose", "run", "sides", &[integers("perm", &[2, 0, 1, 3])])
        .list("wide", &[-1, 2, 4, 2 * directions.cast_signed()])
        .node("Reshape", "sides wide", "y", &[])
        .file()
}

/// Attention of one head over 4 steps of 4 columns, whose scores and shares may be turned.
fn attention(turned_scores: bool, turned_shares: bool) -> Vec<u8> {
    let swap = [integers("perm", &[0, 2, 1])];
    let turned = |graph: Graph, is: bool, from: &str, to: &str| {
        if is { graph.node("Transpose", from, to, &swap) } else { graph.node("Identity", from, to, &[]) }
    };
    let mut graph = Graph::of(&[4, 4]).number("half", 0.5);
    for name in ["q", "k", "v", "o"] {
        graph = graph.weight(&format!("w{name}"), &[4, 4]);
    }
    let mask: Vec<u8> = (0..16).flat_map(|at| if at % 4 > at / 4 { f32::MIN } else { 0.0_f32 }.to_le_bytes()).collect();
    let graph = graph
        .tensor("mask", FLOAT, &[4, 4], &mask)
        .node("MatMul", "x wq", "q", &[])
        .node("MatMul", "x wk", "k", &[])
        .node("MatMul", "x wv", "v", &[])
        .node("Transpose", "k", "keys", &swap)
        .node("MatMul", "q keys", "scores", &[])
        .node("Mul", "scores half", "scaled", &[]);
    let graph = turned(graph, turned_scores, "scaled", "first").node("Add", "first mask", "masked", &[]);
    let graph =
        turned(graph, turned_scores, "masked", "back").node("Softmax", "back", "shares", &[integer("axis", -1)]);
    turned(graph, turned_shares, "shares", "all")
        .node("MatMul", "all v", "heads", &[])
        .node("MatMul", "heads wo", "y", &[])
        .file()
}

/// Layers inside parts, and what looks the same where two axes have one size.
fn of_parts(to: &mut Vec<(&'static str, Vec<u8>, Says)>) {
    const WITHIN: &str = "it goes from the last step to the first within parts of a sample";
    let last = |axis: i64| {
        Graph::of(&[4, 4, 2])
            .list("joined", &[-1, 4, 2])
            .list("apart", &[-1, 4, 2])
            .tensor("end", INT64, &[], &3_i64.to_le_bytes())
            .node("Reshape", "x joined", "rows", &[])
            .node("Gather", if axis == 1 { "x end" } else { "rows end" }, "taken", &[integer("axis", 1)])
            .node("Reshape", "taken apart", "y", &[])
            .file()
    };
    let slice = parts(2)
        .list("from", &[-1])
        .list("to", &[i64::MIN])
        .list("axis", &[0])
        .list("step", &[-1])
        .weight("w", &[1, 2, 3])
        .weight("r", &[1, 2, 2])
        .node("Slice", "steps from to axis step", "back", &[])
        .node("RNN", "back w r", "run", &[])
        .node("Slice", "run from to axis step", "forth", &[])
        .node("Transpose", "forth", "sides", &[integers("perm", &[2, 0, 1, 3])])
        .node("Reshape", "sides apart", "y", &[]);
    to.extend([
        ("forward_in_parts", recurrent("forward", 1), Ok("[2, 4, 3] => Each<Rnn<2>> -> [2, 4, 2]")),
        ("reverse_in_parts", recurrent("reverse", 1), Err(WITHIN)),
        ("both_ways_in_parts", recurrent("bidirectional", 2), Err(WITHIN)),
        ("slice_in_parts", slice.file(), Err("RNN `run`: it reads")),
        ("last_of_parts", last(2), Ok("[4, 4, 2] => Each<Last> -> [4, 2]")),
        ("last_part", last(1), Ok("[4, 4, 2] => Last -> [4, 2]")),
        ("attention", attention(false, false), Ok("[4, 4] => Attention<heads = 1, causal = true> -> [4, 4]")),
        ("attention_turned_shares", attention(false, true), Err("which are no values of heads here")),
        ("attention_turned_mask", attention(true, false), Err("it hides other steps than those behind")),
    ]);
}

/// Types that no layer has, and casts.
fn of_types(to: &mut Vec<(&'static str, Vec<u8>, Says)>) {
    let dense = |graph: Graph| graph.weight("w", &[3, 2]).node("MatMul", "given w", "y", &[]).file();
    let cast = |element: u64| {
        let graph = Graph::of(&[3]).node("Relu", "x", "above", &[]);
        let graph = graph.node("Cast", "above", "cut", &[integer("to", element.cast_signed())]);
        dense(graph.node("Cast", "cut", "given", &[integer("to", 1)]))
    };
    let table = |element: u64, cast: &str| {
        Graph::reads(element, &[3])
            .weight("table", &[5, 2])
            .node(cast, "x", "places", &[integer("to", 7)])
            .node("Gather", "table places", "y", &[])
            .file()
    };
    to.extend([
        (
            "int16",
            dense(Graph::of(&[3]).tensor("c", INT16, &[3], &[1, 0, 2, 0, 3, 0]).node("Add", "x c", "given", &[])),
            Err("given`: it reads `c`, whose numbers are of INT16"),
        ),
        (
            "uint32_without_numbers",
            dense(Graph::of(&[3]).tensor("c", UINT32, &[1 << 30, 1 << 30], &[]).node("Add", "x c", "given", &[])),
            Err("it reads `c`, whose numbers are of UINT32"),
        ),
        (
            "constant_of_int16",
            dense(
                Graph::of(&[3])
                    .node(
                        "Constant",
                        "",
                        "c",
                        &[Message::default()
                            .text(1, "value")
                            .message(5, &tensor("", INT16, &[3], &[1; 6]))
                            .integer(20, 4)],
                    )
                    .node("Add", "x c", "given", &[]),
            ),
            Err("it gives numbers of INT16"),
        ),
        ("cast_to_int16", cast(INT16), Err("Cast `cut`: it makes INT16 of what the network computes")),
        ("cast_to_bool", cast(BOOL), Err("Cast `cut`: it makes BOOL of what the network computes")),
        ("cast_to_int64", cast(INT64), Err("Cast `cut`: it cuts off what is behind the point")),
        ("cast_to_double", cast(11), Ok("3 => Relu => Dense<2> -> 2")),
        (
            "number_of_samples",
            dense(
                Graph::of(&[3])
                    .node("Shape", "x", "sizes", &[integer("end", 1)])
                    .node("Cast", "sizes", "n", &[integer("to", 1)])
                    .node("Mul", "x n", "given", &[]),
            ),
            Err("Mul `given`: it computes with the number of samples"),
        ),
        ("tokens", table(INT64, "Identity"), Ok("[Token<5>; 3] => Embedding<2> -> [3, 2]")),
        ("tokens_that_are_cast", table(FLOAT, "Cast"), Ok("[Token<5>; 3] => Embedding<2> -> [3, 2]")),
        ("tokens_with_a_point", table(FLOAT, "Identity"), Ok("[Token<5>; 3] => Embedding<2> -> [3, 2]")),
        (
            "texts",
            dense(Graph::reads(8, &[3]).node("Cast", "x", "given", &[integer("to", 1)])),
            Err("its input `x` is of STRING"),
        ),
        (
            "bytes",
            dense(Graph::reads(UINT8, &[3]).node("Cast", "x", "given", &[integer("to", 1)])),
            Ok("3 => Dense<2> -> 2"),
        ),
        (
            "sums_of_bytes",
            dense(Graph::reads(UINT8, &[3]).node("Identity", "x", "given", &[])),
            Err("its input `x` is of UINT8"),
        ),
    ]);
}

/// Attributes and inputs as old files have them, or none.
fn of_attributes(to: &mut Vec<(&'static str, Vec<u8>, Says)>) {
    let square = |graph: Graph| graph.weight("w", &[3, 3]).node("MatMul", "x w", "given", &[]);
    let scaled = |operator: &str, inputs: &str, attributes: &[Message]| {
        let graph = ["a", "b", "c"]
            .iter()
            .zip([-3.0, 2.0, 5.0])
            .fold(Graph::of(&[3]), |graph, (name, number)| graph.number(name, number));
        square(graph).node(operator, inputs, "n", attributes).node("Add", "given n", "y", &[]).file()
    };
    let turned = |perm: Message| {
        Graph::of(&[3, 4])
            .node("Transpose", "x", "turned", &[perm])
            .weight("w", &[3, 2])
            .node("MatMul", "turned w", "y", &[])
            .file()
    };
    to.extend([
        (
            "old_operators",
            square(Graph::of(&[3])).node("Relu", "given", "y", &[]).opset(6).file(),
            Err("its operators are of version 6"),
        ),
        (
            "oldest_operators",
            square(Graph::of(&[3])).node("Relu", "given", "y", &[]).opset(7).file(),
            Ok("3 => Dense<3, Relu> -> 3"),
        ),
        ("perm", turned(integers("perm", &[0, 2, 1])), Ok("[4, 3] => Each<Dense<2>> -> [4, 2]")),
        ("perm_without_a_kind", turned(list("perm", &[0, 2, 1])), Ok("[4, 3] => Each<Dense<2>> -> [4, 2]")),
        ("perm_of_another_kind", turned(text("perm", "021")), Err("its attribute `perm` is of another kind")),
        ("max_of_three", scaled("Max", "a b c", &[]), Ok("3 => Dense<3> => FrozenBatchNorm -> 3")),
        ("mod", scaled("Mod", "b a", &[]), Ok("3 => Dense<3> => FrozenBatchNorm -> 3")),
        ("fmod", scaled("Mod", "a b", &[integer("fmod", 1)]), Ok("3 => Dense<3> => FrozenBatchNorm -> 3")),
        ("div_of_three", scaled("Div", "a b c", &[]), Err("it has 3 inputs, and there are functions of two")),
        (
            "dropout_in_training",
            Graph::of(&[3]).number("p", 0.5).tensor("on", BOOL, &[], &[1]).node("Dropout", "x p on", "y", &[]).file(),
            Err("it is written as it runs in training"),
        ),
        (
            "power_that_repeats",
            square(Graph::of(&[3]))
                .tensor("two", FLOAT, &[4, 1], &2.0_f32.to_le_bytes().repeat(4))
                .node("Pow", "given two", "y", &[])
                .file(),
            Err("does not fit"),
        ),
    ]);
}

/// Sizes that fit no layer, are none, or more than any.
fn of_sizes(to: &mut Vec<(&'static str, Vec<u8>, Says)>) {
    const FILLED: &str = "that is not in the file";
    let filled = |sizes: &[i64]| {
        let graph = Graph::of(&[1 << 39]).list("sizes", sizes);
        graph.node("ConstantOfShape", "sizes", "c", &[])
    };
    let classes = |outputs: u64| {
        Graph::of(&[3])
            .weight("w", &[3, outputs])
            .weight("b", &[outputs])
            .number("one", 1.0)
            .list("last", &[2])
            .node("Gemm", "x w b", "logits", &[])
            .node("Unsqueeze", "logits last", "columns", &[])
            .node("Sigmoid", if outputs == 1 { "logits" } else { "columns" }, "second", &[])
            .node("Sub", "one second", "first", &[])
            .node("Concat", "first second", "y", &[integer("axis", if outputs == 1 { 1 } else { 2 })])
            .file()
    };
    let gather = Graph::of(&[3])
        .tensor("none", FLOAT, &[1 << 40, 0], &[])
        .list("places", &[])
        .node("Gather", "none places", "picked", &[integer("axis", 1)])
        .node("Add", "x picked", "y", &[]);
    let concat = Graph::of(&[3])
        .tensor("none", FLOAT, &[1 << 40, 0], &[])
        .node("Concat", "none none", "joined", &[integer("axis", 1)])
        .node("Add", "x joined", "y", &[]);
    let gate = Graph::of(&[3])
        .weight("w", &[3, 4])
        .weight("v", &[3, 1])
        .weight("u", &[4, 3])
        .node("MatMul", "x w", "gate", &[])
        .node("Sigmoid", "gate", "open", &[])
        .node("Mul", "gate open", "silu", &[])
        .node("MatMul", "x v", "up", &[])
        .node("Mul", "silu up", "gated", &[])
        .node("MatMul", "gated u", "y", &[]);
    to.extend([
        (
            "gemm_of_steps",
            Graph::of(&[4, 3]).weight("w", &[3, 2]).weight("b", &[2]).node("Gemm", "x w b", "y", &[]).file(),
            Err("Gemm `y`: it reads [N, 4, 3], which is no matrix"),
        ),
        ("two_classes", classes(1), Ok("3 => Dense<2, Softmax> -> 2")),
        (
            "two_classes_of_each",
            classes(5),
            Ok("3 => Dense<5, Sigmoid> => Concat<left: FrozenBatchNorm => Reshape<[5, 1]>, right: Reshape<[5, 1]>> -> [5, 2]"),
        ),
        ("gate_that_repeats", gate.file(), Err("it is a part of no layer that is known")),
        ("filled_sum", filled(&[1 << 39]).node("Add", "x c", "y", &[]).file(), Err(FILLED)),
        ("filled_product", filled(&[1 << 39, 1]).node("MatMul", "x c", "y", &[]).file(), Err(FILLED)),
        ("filled_norm", filled(&[1 << 39]).node("BatchNormalization", "x c c c c", "y", &[]).file(), Err(FILLED)),
        (
            "empty_kernel",
            Graph::of(&[2, 4, 4])
                .tensor("w", FLOAT, &[2, 0, 1 << 20, 1 << 20], &[])
                .node("ConvTranspose", "x w", "y", &[])
                .file(),
            Err("is empty"),
        ),
        ("empty_gather", gather.file(), Err("does not fit")),
        ("empty_concat", concat.file(), Err("does not fit")),
        (
            "padded_beyond_all",
            Graph::of(&[1, 1 << 39, 1])
                .weight("w", &[1 << 10, 1, 1, 1])
                .node("Conv", "x w", "y", &[integers("pads", &[0, (1 << 19) - 1, 0, (1 << 19) - 1])])
                .file(),
            Err("Conv `y`"),
        ),
    ]);
}

/// All files, each with its name and what becomes of it.
pub(crate) fn graphs() -> Vec<(&'static str, Vec<u8>, Says)> {
    let mut all = Vec::new();
    of_parts(&mut all);
    of_types(&mut all);
    of_attributes(&mut all);
    of_sizes(&mut all);
    all
}
