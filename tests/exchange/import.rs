//! Networks out of ONNX files: our own with the same bits, and those of other programs with what these compute.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use serde_json::Value;
use typednet::exchange::Import;
use typednet::layers::{Function, LayerInfo, Network, Operation};
use typednet::prelude::*;
use typednet::tensor::{Flat, Sample};

use super::golden::{is_update, tokens};

/// What is in the list of operations of both: activations by themselves, no reshapes, and what is nothing left out.
fn spread(operation: Operation, function: Function, to: &mut Vec<(Operation, Function)>) {
    match operation {
        Operation::OfReshape | Operation::OfIdentity => {}
        Operation::OfRnn => to.push((operation, function)),
        _ => to.push((operation, Function::OfLinear)),
    }
    if function != Function::OfLinear && operation != Operation::OfRnn {
        to.push((Operation::OfIdentity, function));
    }
}

/// What a network computes, by its tree.
fn operations(node: &LayerInfo, to: &mut Vec<(Operation, Function)>) {
    let behaviour = &node.behaviour;
    let branches = || -> Vec<Vec<_>> {
        let of = |child: &LayerInfo| {
            let mut found = Vec::new();
            operations(child, &mut found);
            found
        };
        node.children.iter().map(|child| of(child.node)).collect()
    };
    match behaviour.operation {
        Operation::OfSequence => to.extend(branches().concat()),
        Operation::OfAdd if branches().iter().any(Vec::is_empty) => {
            to.push((Operation::OfResidual, Function::OfLinear));
            to.extend(branches().concat());
        }
        operation if !node.children.is_empty() => {
            to.push((operation, Function::OfLinear));
            to.extend(branches().concat());
        }
        operation => spread(operation, behaviour.function, to),
    }
}

/// The line of each network of ours, which says what stands within what.
static LINES: LazyLock<Value> = LazyLock::new(|| {
    let text = fs::read_to_string(lines()).expect("the lines of all networks");
    serde_json::from_str(&text).expect("JSON")
});

fn lines() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange/imported/lines.json")
}

/// Writes the line of a network to those of the others.
fn keep_line(name: &str, line: String) {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().expect("no test panics while it writes");
    let mut all: BTreeMap<String, String> =
        fs::read_to_string(lines()).map_or_else(|_| BTreeMap::new(), |text| serde_json::from_str(&text).expect("JSON"));
    all.insert(name.to_owned(), line);
    fs::write(lines(), serde_json::to_string_pretty(&all).expect("texts") + "\n").expect("room");
}

/// These are printed as other layers than those that were written.
const OTHERWISE: &[&str] = &["avg_pool_dilated", "scaled", "tied", "tied_bias"];

/// These have no name in `network!`; each with what is said of it.
const OTHERS: &[(&str, &str)] = &[
    ("identity", "it computes nothing"),
    ("max_pool_dilated", "MaxPool `MaxPool_2`: it pads differently at both ends, or is dilated"),
    ("gaussian", "Gather `Gather_5`: it is a part of no layer"),
];

/// The file of the network is read as the network that was written: the same layers, and the same bits of all weights.
pub(crate) fn round_trip<L: Network>(name: &str, model: &L, bytes: &[u8]) {
    let import = Import::from_bytes(bytes);
    if L::In::SHAPE.is_padded() {
        let error = import.expect_err("it is read now").to_string();
        assert!(error.contains("it has 2 inputs (input, lengths)"), "{name}: {error}");
        return;
    }
    if let Some((_, says)) = OTHERS.iter().find(|(other, _)| *other == name) {
        let error = import.expect_err("it is read now").to_string();
        assert!(error.contains(says), "{name}: {error}");
        return;
    }
    let import = import.unwrap_or_else(|error| panic!("{name}: {error}"));
    if is_update() {
        return keep_line(name, import.line());
    }
    assert_eq!(LINES[name], import.line(), "{name}");
    if OTHERWISE.contains(&name) {
        return;
    }
    let (mut expected, mut found) = (Vec::new(), Vec::new());
    operations(const { &L::TREE }, &mut expected);
    import.operations().into_iter().for_each(|(operation, function)| spread(operation, function, &mut found));
    assert_eq!(found, expected, "{name}: {}", import.line());
    let weights: Vec<u64> = import.parameters().into_iter().flat_map(|(_, _, x)| x).map(f64::to_bits).collect();
    let of_file = |x: &L::Elem| if name == "single" { f64::from(x.to_f64_exact() as f32) } else { x.to_f64_exact() };
    let own: Vec<u64> = model.as_flat().iter().map(|x| of_file(x).to_bits()).collect();
    assert!(weights == own, "{name}: other weights in {}", import.line());
}

/// The printed networks of files that other programs wrote.
macro_rules! printed {
    ($($file:ident),*) => {
        mod printed {
            use typednet::prelude::*;

            $(include!(concat!("imported/", stringify!($file), ".rs"));)*
        }
    };
}

printed! {
    keras_conv, keras_dense, keras_lstm, keras_residual, sklearn_binary, sklearn_classifier, sklearn_regressor, torch_branches_dynamo,
    torch_branches_script, torch_cnn_dynamo, torch_cnn_script, torch_decoder_dynamo, torch_decoder_script, torch_encoder_dynamo,
    torch_encoder_script, torch_gru_dynamo, torch_gru_script, torch_lstm_dynamo, torch_lstm_script, torch_mlp_dynamo, torch_mlp_script,
    torch_resnet_dynamo, torch_resnet_script, torch_signal_dynamo, torch_signal_script
}

static RUNS: LazyLock<Value> = LazyLock::new(|| {
    let text = fs::read_to_string(goldens().with_extension("json")).expect("what the other programs have computed");
    serde_json::from_str(&text).expect("JSON")
});

fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens/import")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|value| value.as_f64().expect("a number")).collect()
}

fn sample<S: Sample<Elem = f32>>(x: &[f64]) -> S {
    let mut sample = S::zeros();
    sample.as_flat_mut().iter_mut().zip(x).for_each(|(to, from)| *to = *from as f32);
    sample
}

/// The file is printed as the network that is compiled here, which gives what the other program did.
fn check<L: Network<Elem = f32>>(file: &str, struct_name: &str, sample: impl Fn(&[f64]) -> L::In)
where
    L::Out: Sample<Elem = f32>,
{
    let import = Import::read(goldens().join(format!("{file}.onnx"))).unwrap_or_else(|error| panic!("{file}: {error}"));
    let item = import.item(struct_name);
    let printed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange/imported").join(format!("{file}.rs"));
    if is_update() {
        fs::write(printed, item).expect("room");
        return;
    }
    assert_eq!(item, fs::read_to_string(printed).expect("the printed network"), "{file} is printed differently now");
    let mut expected = Vec::new();
    let tree = const { &L::TREE };
    tree.visit(&mut |place| expected.push((place.to_string(), place.param.shape.sizes().to_vec())));
    let parameters = import.parameters();
    // A bias that a convolution does not have is a parameter without elements.
    expected.retain(|(_, sizes)| !sizes.contains(&0));
    let named: Vec<_> = parameters.iter().map(|(name, sizes, _)| (name.clone(), sizes.clone())).collect();
    assert_eq!(named, expected, "{file}");
    let mut model = L::zeroed();
    let weights = parameters.iter().flat_map(|(_, _, numbers)| numbers);
    model.as_flat_mut().iter_mut().zip(weights).for_each(|(to, from)| *to = *from as f32);
    #[cfg(feature = "train")]
    {
        let path = std::env::temp_dir().join(format!("typednet-import-{file}-{}.safetensors", std::process::id()));
        import.save_weights(&path).expect("room");
        let loaded = L::load(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        fs::remove_file(path).expect("it was written");
        assert!(loaded.as_flat() == model.as_flat(), "{file}: the file has other weights");
    }
    let run = &RUNS[file];
    let (inputs, outputs) = (numbers(&run["inputs"]), numbers(&run["outputs"]));
    assert!(!inputs.is_empty() && inputs.len() / L::In::LEN == outputs.len() / L::Out::LEN, "{file}");
    for (x, expected) in inputs.chunks_exact(L::In::LEN).zip(outputs.chunks_exact(L::Out::LEN)) {
        let found = model.predict(&sample(x));
        let size = expected.iter().fold(1.0_f64, |size, x| size.max(x.abs()));
        for (found, expected) in found.as_flat().iter().zip(expected) {
            assert!((f64::from(*found) - expected).abs() < 1e-5 * size, "{file}: {found} is not {expected}");
        }
    }
}

/// A test for each file and its network.
macro_rules! read {
    ($($file:ident: $network:ident $with:expr),* $(,)?) => {
        $(
            #[test]
            fn $file() {
                check::<printed::$network>(stringify!($file), stringify!($network), $with);
            }
        )*
    };
}

read! {
    keras_conv: KerasConv sample, keras_dense: KerasDense sample, keras_lstm: KerasLstm sample, keras_residual: KerasResidual sample,
    sklearn_binary: SklearnBinary sample, sklearn_classifier: SklearnClassifier sample, sklearn_regressor: SklearnRegressor sample,
    torch_branches_dynamo: TorchBranchesDynamo sample, torch_branches_script: TorchBranchesScript sample,
    torch_cnn_dynamo: TorchCnnDynamo sample, torch_cnn_script: TorchCnnScript sample,
    torch_decoder_dynamo: TorchDecoderDynamo sample, torch_decoder_script: TorchDecoderScript sample,
    torch_encoder_dynamo: TorchEncoderDynamo sample, torch_encoder_script: TorchEncoderScript sample,
    torch_gru_dynamo: TorchGruDynamo tokens, torch_gru_script: TorchGruScript tokens,
    torch_lstm_dynamo: TorchLstmDynamo sample, torch_lstm_script: TorchLstmScript sample,
    torch_mlp_dynamo: TorchMlpDynamo sample, torch_mlp_script: TorchMlpScript sample,
    torch_resnet_dynamo: TorchResnetDynamo sample, torch_resnet_script: TorchResnetScript sample,
    torch_signal_dynamo: TorchSignalDynamo sample, torch_signal_script: TorchSignalScript sample,
}

/// A file that is cut at any byte is an error, or the same network where only what is not needed is gone.
#[test]
fn every_cut_of_a_file_is_an_error() {
    for file in ["sklearn_classifier", "torch_cnn_script"] {
        let bytes = fs::read(goldens().join(format!("{file}.onnx"))).expect("the file");
        let whole = Import::from_bytes(&bytes).expect("a network");
        let ends = 0..bytes.len();
        for end in ends.step_by(if bytes.len() > 4000 { 7 } else { 1 }) {
            if let Ok(cut) = Import::from_bytes(&bytes[..end]) {
                assert_eq!(
                    (cut.line(), cut.parameters()),
                    (whole.line(), whole.parameters()),
                    "{file} cut after {end} bytes"
                );
            }
        }
    }
}

/// All that cannot be taken is named at once.
#[test]
fn all_nodes_that_cannot_be_taken_are_named() {
    use typednet::formats::protobuf::Message;

    let node = |operator: &str, input: &str, output: &str| {
        Message::default().text(1, input).text(2, output).text(3, &format!("the {output}")).text(4, operator)
    };
    let axis = |size: u64| Message::default().integer(1, size);
    let end = |name: &str| {
        let shape = Message::default().message(1, &Message::default().text(2, "N")).message(1, &axis(4));
        let tensor = Message::default().integer(1, 1).message(2, &shape);
        Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
    };
    let graph = ["Selu", "NonZero", "DequantizeLinear", "Relu"]
        .iter()
        .enumerate()
        .fold(Message::default(), |graph, (at, operator)| {
            graph.message(1, &node(operator, &format!("v{at}"), &format!("v{}", at + 1)))
        });
    let graph = graph.message(11, &end("v0")).message(12, &end("v4"));
    let file = Message::default().message(7, &graph).message(8, &Message::default().integer(2, 17));
    let error = Import::from_bytes(file.bytes()).expect_err("no network").to_string();
    for says in [
        "Selu `the v1`: no layer here does what it does",
        "NonZero `the v2`: no layer here does",
        "DequantizeLinear `the v3`: the file is a quantised one",
    ] {
        assert!(error.contains(says), "{error}");
    }
    assert_eq!(error.lines().count(), 4, "{error}");
}
