//! A `state_dict` as PyTorch writes it, and one that it reads.

use std::collections::BTreeMap;
use std::fs;

use typednet::exchange::{FloatDtype, Torch};
use typednet::formats::TensorFile;
use typednet::layers::{Chain, Frozen, Network};
use typednet::prelude::*;
use typednet::tensor::{Flat, Sample};

use super::files::{Scratch, golden};
use super::golden::{assert_outputs, assert_outputs_of, drawn, is_update, tokens};
use super::networks::{
    AllSteps, Autoencoder, BothWays, Characters, Decoder, Directions, Groups, LeNet, Mlp, ResNet, Sequences, Steps,
    Tied, TiedBias, Transformer, TurnedRows,
};

/// The bytes of all tensors but the numbers of seen batches, which are not kept here, with type and sizes.
fn tensors(path: impl AsRef<std::path::Path>) -> BTreeMap<String, (String, Vec<u8>)> {
    let mut file = TensorFile::open(path).expect("a whole file");
    let specs: Vec<_> = file.tensors().filter(|tensor| !tensor.name.ends_with("num_batches_tracked")).collect();
    let mut tensors = BTreeMap::new();
    for spec in specs {
        let mut bytes = Vec::new();
        file.read(&spec.name, |piece| bytes.extend(piece)).expect("the tensor");
        tensors.insert(spec.name, (format!("{:?} {:?}", spec.dtype, spec.shape), bytes));
    }
    tensors
}

/// A network that PyTorch has written gives PyTorch's outputs here, and is written again with the same bytes.
fn comes_in<L: Network<In: Sample<Elem = f32>, Elem = f32>>(name: &str, torch: &Torch) {
    let path = golden(&format!("torch_{name}.safetensors"));
    let (model, report) = torch.load::<L>(&path).expect("a network of PyTorch's");
    assert_eq!((report.kept.len(), report.unused.len(), report.same_architecture), (0, 0, None), "{name}: {report}");
    assert_outputs(&*model, &["torch", name]);
    let again = Scratch::new("safetensors");
    torch.save(&model, &again).expect("room");
    let (ours, theirs) = (tensors(&again), tensors(&path));
    assert!(!ours.is_empty() && ours == theirs, "{name}: {:?} are not {:?}", ours.keys(), theirs.keys());
}

/// A network that was written here has been loaded by PyTorch with `strict=True`, and gave the outputs that it gives here.
fn goes_out<L: Network<In: Sample<Elem = f32>, Elem = f32>>(name: &str, torch: &Torch) {
    let (path, model) = (golden(&format!("ours_{name}.safetensors")), drawn::<L>(name.len() as u64));
    if is_update() {
        torch.save(&model, &path).expect("room");
        return;
    }
    let written = Scratch::new("safetensors");
    torch.save(&model, &written).expect("room");
    assert!(written.bytes() == fs::read(&path).expect("the file that PyTorch has read"), "{name}: the file is another");
    assert_outputs(&*model, &["ours", name]);
    let (back, report) = torch.load::<L>(&written).expect("our own");
    assert_eq!(back.as_flat(), model.as_flat(), "{name}");
    assert_eq!(report.same_architecture, Some(true), "{name}");
}

fn both<L: Network<In: Sample<Elem = f32>, Elem = f32>>(name: &str, torch: &Torch) {
    goes_out::<L>(name, torch);
    if !is_update() {
        comes_in::<L>(name, torch);
    }
}

#[test]
fn networks_come_from_pytorch_and_go_there() {
    let sequential = Torch::new();
    both::<Mlp>("mlp", &sequential);
    both::<LeNet>("lenet", &sequential);
    both::<ResNet>("resnet", &sequential);
    both::<Decoder>("decoder", &sequential);
    both::<TurnedRows>("turned_rows", &sequential);
    both::<Autoencoder>("autoencoder", &sequential);
    both::<Groups>("groups", &sequential);
    both::<Steps>("steps", &sequential);
}

/// Two biases for each gate there are one here, so what comes back from here has the same sums.
#[test]
fn recurrent_networks_come_from_pytorch_and_go_there() {
    fn check<L: Network<In: Sample<Elem = f32>, Elem = f32>>(name: &str) {
        goes_out::<L>(name, &Torch::new());
        if !is_update() {
            let path = golden(&format!("torch_{name}.safetensors"));
            assert_outputs(&*Torch::new().load::<L>(path).expect("a network of PyTorch's").0, &["torch", name]);
        }
    }
    check::<Sequences>("sequences");
    check::<BothWays>("both_ways");
    check::<Directions>("directions");
    check::<AllSteps>("all_steps");
}

/// Two directions of one kind and size are one module there, `nn.LSTM(…, bidirectional=True)`, under one name.
#[test]
fn both_directions_are_one_module() {
    let (path, model) = (Scratch::new("safetensors"), drawn::<Directions>(2));
    Torch::new().in_order(["lstm", "gru", "rnn", "head"]).save(&model, &path).expect("room");
    let names: Vec<String> = tensors(&path).into_keys().filter(|name| name.starts_with("lstm.")).collect();
    let plain = ["bias_hh_l0", "bias_ih_l0", "weight_hh_l0", "weight_ih_l0"];
    let expected: Vec<String> =
        plain.iter().flat_map(|name| [format!("lstm.{name}"), format!("lstm.{name}_reverse")]).collect();
    assert_eq!(names, expected);
    let renamed = Torch::new().renamed([("l1", "lstm"), ("l2", "gru"), ("l3", "rnn"), ("l5", "head")]);
    let (loaded, report) = renamed.load::<Directions>(&path).expect("the same names");
    assert_eq!(loaded.as_flat(), model.as_flat());
    let line = "`gru.weight_hh_l0_reverse` f32 [6, 2] -> `l2.other.inner.state`";
    assert!(report.to_string().contains(line), "{report}");
    // Of two sizes they are two modules.
    Torch::new().save(&drawn::<BothWays>(1), &path).expect("room");
    assert!(tensors(&path).contains_key("0.back.inner.weight_ih_l0"), "{:?}", tensors(&path).keys());
}

#[test]
fn transformers_come_from_pytorch_and_go_there() {
    both::<Transformer>("transformer", &Torch::new());

    both_of_tokens::<Characters>("characters");
    both_of_tokens::<Tied>("tied");
    both_of_tokens::<TiedBias>("tied_bias");
}

fn both_of_tokens<L: Network<In = [Token<7>; 5], Elem = f32>>(name: &str) {
    let (path, model) = (golden(&format!("ours_{name}.safetensors")), drawn::<L>(4));
    if is_update() {
        Torch::new().save(&*model, path).expect("room");
        return;
    }
    assert_outputs_of(&*model, &["ours", name], tokens);
    let path = golden(&format!("torch_{name}.safetensors"));
    assert_outputs_of(&*Torch::new().load::<L>(path).expect("PyTorch's").0, &["torch", name], tokens);
}

/// As safetensors writes tied weights: once.
#[test]
fn a_table_that_is_also_the_output_is_written_once() {
    let (model, path) = (drawn::<Tied>(4), Scratch::new("safetensors"));
    Torch::new().save(&model, &path).expect("room");
    let file = tensors(&path);
    assert_eq!(file.keys().filter(|name| !name.starts_with("0.inner.")).collect::<Vec<_>>(), ["0.embedding.weight"]);
    assert_eq!(file["0.embedding.weight"].0, "F32 [7, 6]");
}

/// Its bias is that of the head whose weight the table is. What reads padding has the same names.
#[test]
fn a_bias_of_a_tied_table_is_the_heads() {
    network! {
        struct OfLengths: Padded<[Token<7>; 5]>
            => TiedEmbedding<6, Positions => Each<Dense<6, Tanh>> => LayerNorm, bias> => Softmax -> [5, 7]
    }
    let (model, path) = (drawn::<TiedBias>(4), Scratch::new("safetensors"));
    Torch::new().save(&model, &path).expect("room");
    let file = tensors(&path);
    let outer: Vec<_> = file.keys().filter(|name| !name.starts_with("0.inner.")).collect();
    assert_eq!(outer, ["0.embedding.weight", "0.head.bias"]);
    assert_eq!(file["0.head.bias"].0, "F32 [7]");
    let (padded, report) = Torch::new().load::<OfLengths>(&path).expect("the same tensors");
    assert_eq!((report.kept.len(), report.unused.len()), (0, 0), "{report}");
    assert_eq!(padded.l1.inner.bias.as_flat(), model.l1.bias.as_flat());
    assert_eq!(padded.as_flat(), model.as_flat());
}

/// The module of the script that is written by hand: `conv1`, `conv2`, `fc1`, `fc2`.
#[test]
fn names_are_given_as_pairs_or_in_order() {
    let pairs = Torch::new().renamed([("l1", "conv1"), ("l3", "conv2"), ("l7", "fc1"), ("l8", "fc2")]);
    let order = Torch::new().in_order(["conv1", "conv2", "fc1", "fc2"]);
    both::<LeNet>("named", &pairs);
    if !is_update() {
        comes_in::<LeNet>("named", &order);
    }

    let error = |torch: &Torch| torch.load::<LeNet>(golden("torch_named.safetensors")).unwrap_err().to_string();
    assert_eq!(
        error(&Torch::new().renamed([("l2", "pool")])),
        "`l2` is no layer of the network, whose layers are `l1`, `l3`, `l7`, `l8`"
    );
    assert_eq!(
        error(&Torch::new().in_order(["conv1"])),
        "1 names were given, but 4 layers have parameters: `l1`, `l3`, `l7`, `l8`; give one name for each"
    );
    assert_eq!(
        error(&Torch::new().in_order(["a", "b", "c", "a"])),
        "two tensors would have the name `a.weight`; give their layers different names"
    );
}

#[test]
fn a_report_says_which_tensor_went_where() {
    let (_, report) = Torch::new().load::<Steps>(golden("torch_steps.safetensors")).expect("a network of PyTorch's");
    let lines: Vec<String> = report.to_string().lines().map(str::to_owned).collect();
    assert_eq!(lines[0], "`0.weight` f32 [4, 3, 3] -> `l1.weight`");
    assert!(lines.contains(&"`2.running_var` f32 [4] -> `l2.running_variance`".to_owned()), "{report}");
    assert!(lines.contains(&"`6.2.2.weight` f32 [4, 4] -> `body.l2.1.weight`".to_owned()), "{report}");
}

/// What a file's numbers are, and what products read, have names of their own where both are there.
#[cfg(feature = "train")]
#[test]
fn a_files_numbers_are_not_those_of_a_training() {
    #[allow(clippy::wildcard_imports, reason = "a name that both have is an error here")]
    use typednet::{exchange::*, prelude::*};

    assert_eq!((FloatDtype::Bf16.name(), Precision::Bf16Portable.to_string()), ("bf16", "bf16 portable".into()));
}

/// Half the digits come back as half the digits, whatever the network's own type is.
#[test]
fn numbers_are_written_in_any_type() {
    let (model, path) = (drawn::<ResNet>(3), Scratch::new("safetensors"));
    for (dtype, size) in [(FloatDtype::F16, 2), (FloatDtype::Bf16, 2), (FloatDtype::F32, 4), (FloatDtype::F64, 8)] {
        Torch::new().dtype(dtype).save(&model, &path).expect("room");
        let (loaded, report) = Torch::new().load::<ResNet>(&path).expect("our own");
        assert_eq!(loaded.as_flat(), model.as_flat(), "multiples of 1/64 up to 1 have six digits");
        assert!(report.loaded.iter().all(|arrival| arrival.dtype == dtype.name()), "{report}");
        let bytes: usize = tensors(&path).values().map(|(_, bytes)| bytes.len()).sum();
        assert_eq!(bytes, size * model.as_flat().len());
    }
    let mut large = Chain::<Dense<1, 1>, Dense<1, 1>>::zeroed();
    large.rest.bias = [65520.0];
    let error = Torch::new().dtype(FloatDtype::F16).save(&large, &path).unwrap_err().to_string();
    assert_eq!(error, "`1.bias` holds a weight of 65520, which is beyond the numbers of f16; write it as f32 or bf16");
    assert_eq!(tensors(&path).len(), tensors(golden("ours_resnet.safetensors")).len(), "the old file is as it was");
}

/// A body that was trained elsewhere under another head.
#[test]
fn a_part_is_loaded_and_the_rest_stays() {
    network! { struct Cats: [14, 12, 2]
    => Conv2d<4, 3, Relu> => MaxPool<2> => Conv2d<6, [3, 5], Relu, pad = [1, 2]> => MaxPool<2, floor = true>
    => Flatten => Dropout<0.25> => Dense<10, Relu> => Dense<2> -> 2 }
    let (path, whole) = (golden("torch_lenet.safetensors"), Torch::new());
    let (trained, _) = whole.load::<LeNet>(&path).expect("a network of PyTorch's");
    let mut cats = Cats::seeded(5);
    let head = cats.l8.weight;

    let error = whole.load_into(&mut *cats, &path).unwrap_err().to_string();
    assert!(error.contains("`10.weight` is l8.weight [2, 10] in the network and f32 [5, 10] in the file"), "{error}");
    assert_eq!(cats.as_flat(), Cats::seeded(5).as_flat(), "nothing was changed");

    let report = Torch::new().only(["l1", "l3", "l7"]).load_into(&mut *cats, &path).expect("all of the body");
    assert_eq!((report.loaded.len(), &report.kept[..]), (6, &["l8.weight".to_owned(), "l8.bias".to_owned()][..]));
    assert_eq!(report.unused, ["10.bias", "10.weight"].map(str::to_owned));
    assert_eq!((cats.l1.weight, cats.l7.weight, cats.l8.weight), (trained.l1.weight, trained.l7.weight, head));
    let error = Torch::new().only(["l2"]).load_into(&mut *cats, &path).unwrap_err().to_string();
    assert_eq!(error, "`l2` is no layer of the network, whose layers are `l1`, `l3`, `l7`, `l8`");
}

#[test]
fn every_tensor_that_differs_is_named() {
    let error = Torch::new().load::<Mlp>(golden("torch_lenet.safetensors")).unwrap_err().to_string();
    for part in [
        "`0.weight` is l1.weight [8, 6] in the network and f32 [4, 2, 3, 3] in the file",
        "`2.running_mean` is l2.running_mean [8] in the network and missing in the file",
        "`10.bias` is missing in the network and f32 [5] in the file",
    ] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn metadata_say_what_the_network_is() {
    let path = Scratch::new("safetensors");
    Torch::new().note("classes", "cat, dog").save(&drawn::<Mlp>(0), &path).expect("room");
    let file = TensorFile::open(&path).expect("a whole file");
    let layers = "Dense<8, Relu> => BatchNorm => Dropout<0.5> => Dense<5, Tanh> => Dense<3, Softmax>";
    assert_eq!(file.metadata("typednet.network"), Some(&*format!("6 => {layers} -> 3")));
    assert_eq!((file.metadata("format"), file.metadata("classes")), (Some("pt"), Some("cat, dog")));
    assert!(file.is_checked());

    // The same sizes with another activation are another architecture.
    network! { struct Other: 6 => Dense<8> => BatchNorm => Dropout<0.5> => Dense<5, Tanh> => Dense<3, Softmax> -> 3 }
    let (_, report) = Torch::by_paths(Torch::new())
        .load::<Other>(&{
            let other = Scratch::new("safetensors");
            Torch::new().by_paths().save(&drawn::<Mlp>(0), &other).expect("room");
            other
        })
        .expect("the same tensors");
    assert_eq!(report.same_architecture, Some(false));
}

#[test]
fn what_is_frozen_is_written_as_what_it_freezes() {
    let (path, model) = (Scratch::new("safetensors"), drawn::<Chain<Frozen<Dense<3, 4, Relu>>, Dense<4, 2>>>(1));
    Torch::new().save(&model, &path).expect("room");
    let (loaded, _) = Torch::new().load::<Chain<Dense<3, 4, Relu>, Dense<4, 2>>>(&path).expect("the same tensors");
    assert_eq!(loaded.as_flat(), model.as_flat());
}
