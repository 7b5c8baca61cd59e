//! What a network reads and gives, and what a reader of the printed one wants to know of both.

use std::collections::HashSet;

use typednet_formats::one_line;
use typednet_layers::Operation;

use super::axes::BATCH;
use super::file::{End, File, MOST_ELEMENTS};
use super::layers::Layer;
use super::tensor::{Element, product};
use super::text;

/// The oldest version of operators that broadcast as those here do: before it attributes said which axes fit.
const OLDEST: u64 = 7;

/// What the file computes from, and what of it.
#[derive(Clone, Copy)]
pub(super) struct Ends<'f, 'a> {
    pub(super) input: &'f End<'a>,
    /// The value that the network gives, and the end that it is, which can be made of it.
    pub(super) output: &'a str,
    end: &'f End<'a>,
}

impl<'f, 'a> Ends<'f, 'a> {
    /// # Errors
    /// If the file has not one input of numbers and an output of numbers with fractions.
    pub(super) fn of(file: &'f File<'a>) -> Result<Self, String> {
        if file.opset < OLDEST {
            return Err(format!(
                "its operators are of version {}, and those from version {OLDEST} on are known; export it anew, or convert it with \
                 `onnx.version_converter`",
                file.opset
            ));
        }
        let [input] = &file.inputs[..] else {
            let names: Vec<&str> = file.inputs.iter().map(|input| input.name).collect();
            return Err(format!("it has {} inputs ({}), and a network here has one", names.len(), names.join(", ")));
        };
        let (output, end) = output(file)?;
        Ok(Self { input, output, end })
    }

    /// # Errors
    /// If the input is of a type that no network here reads, in the nodes from which the output follows.
    pub(super) fn check_type(&self, file: &File<'_>, needed: &HashSet<usize>) -> Result<(), String> {
        let Some(element) = self.input.element else { return Ok(()) };
        if element.is_float() || element.is_whole() {
            return Ok(());
        }
        // What has fewer values than numbers with fractions is made such before it is computed with.
        let mut readers =
            needed.iter().map(|at| &file.nodes[*at]).filter(|node| node.inputs.contains(&self.input.name));
        let is_cast = readers.all(|node| node.is_standard() && node.operator == "Cast");
        if is_cast && !matches!(element, Element::Other(_)) {
            return Ok(());
        }
        Err(format!("its input `{}` is of {}, which no layer has", self.input.name, element.name()))
    }

    pub(super) fn is_double(&self, is_tokens: bool) -> bool {
        self.input.element == Some(Element::F64) || (is_tokens && self.end.element == Some(Element::F64))
    }
}

/// The output that is a network's: numbers with fractions, or what is given names of classes.
fn output<'f, 'a>(file: &'f File<'a>) -> Result<(&'a str, &'f End<'a>), String> {
    let is_float = |end: &&End<'a>| end.element.is_some_and(Element::is_float);
    if let Some(end) = file.outputs.iter().find(is_float) {
        return Ok((end.name, end));
    }
    for end in &file.outputs {
        let maker = file.nodes.iter().find(|node| node.outputs.contains(&end.name));
        if let Some(node) = maker.filter(|node| node.operator == "ZipMap")
            && let Some(input) = node.inputs.first()
        {
            return Ok((input, end));
        }
    }
    Err("it gives no numbers with fractions".to_owned())
}

/// The sizes of the input, and which axis the samples are.
pub(super) fn samples(input: &End<'_>) -> Result<(Vec<usize>, usize), String> {
    let open: Vec<usize> = (0..input.sizes.len()).filter(|axis| input.sizes[*axis].is_none()).collect();
    let batch = match open[..] {
        _ if input.sizes.len() < 2 => {
            return Err(format!(
                "its input `{}` has {} axes, and needs one for the samples and one more",
                input.name,
                input.sizes.len()
            ));
        }
        [] => 0,
        [axis] => axis,
        _ => {
            return Err(format!(
                "axes {open:?} of its input `{}` have no sizes; export it with a fixed size for all but the samples",
                input.name
            ));
        }
    };
    let sizes: Vec<usize> = input.sizes.iter().map(|size| size.unwrap_or(BATCH)).collect();
    if product(&without(&sizes, batch)).is_none_or(|len| len > MOST_ELEMENTS) || sizes[batch] > BATCH {
        return Err(format!("its input `{}` is larger than any", input.name));
    }
    Ok((sizes, batch))
}

/// The sizes of one sample.
pub(super) fn without(sizes: &[usize], batch: usize) -> Vec<usize> {
    (0..sizes.len()).filter(|axis| *axis != batch).map(|axis| sizes[axis]).collect()
}

/// The size of the vocabulary, where the network reads tokens.
///
/// # Errors
/// If it reads whole numbers, but not as an embedding at its beginning does.
pub(super) fn vocabulary(layers: &[Layer], reads_whole: bool) -> Result<Option<usize>, String> {
    let first = layers.first().filter(|layer| layer.operation == Operation::OfEmbedding);
    let mut open: Vec<&Layer> = layers.iter().collect();
    let mut tables = 0;
    while let Some(layer) = open.pop() {
        tables += usize::from(layer.operation == Operation::OfEmbedding);
        open.extend(layer.children.iter().flatten());
    }
    match first.and_then(|layer| layer.params[0].sizes.first()) {
        Some(size) if tables == 1 => Ok(Some(*size)),
        _ if tables > 0 => Err("it has a table of rows that is not its first layer".to_owned()),
        _ if reads_whole => Err("it reads whole numbers, which only an embedding takes".to_owned()),
        _ => Ok(None),
    }
}

/// What a sample is on one side of the network.
pub(super) struct Side {
    /// In the file, without the axis of the samples.
    pub(super) there: Vec<usize>,
    pub(super) here: Vec<usize>,
    /// Whether the elements are in another order than there.
    pub(super) is_turned: bool,
}

/// What a reader of the printed network wants to know.
pub(super) fn notes(
    file: &File<'_>,
    ends: &Ends<'_, '_>,
    sizes: &[usize],
    sides: [&Side; 2],
    is_tokens: bool,
) -> Vec<String> {
    let name = |name: &str| format!("`{}`", one_line(name));
    let who = if file.producer.is_empty() { String::new() } else { format!(" of {}", one_line(file.producer)) };
    let shape: Vec<String> =
        sizes.iter().map(|size| if *size == BATCH { "N".into() } else { size.to_string() }).collect();
    let mut notes = vec![format!(
        "From an ONNX file{who}: its input {} is [{}] there, its output is {}.",
        name(ends.input.name),
        shape.join(", "),
        name(ends.output)
    )];
    for (side, what) in sides.into_iter().zip(["What it reads", "What it gives"]) {
        if side.is_turned {
            let [here, there] = [&side.here, &side.there].map(|sizes| text::sizes(sizes));
            notes.push(format!("{what} has its channels last here, as {here}, and first there, as {there}."));
        }
    }
    if let Some(element) = ends.input.element.filter(|element| is_tokens && !element.is_whole()) {
        notes.push(format!("Its tokens are numbers of {} there.", element.name()));
    }
    let halves = [Element::F16, Element::Bf16];
    let casts = file.nodes.iter().filter(|node| node.operator == "Cast").map(|node| node.integer("to", 0));
    let mut elements = ends.input.element.into_iter().chain(casts.map(|to| Element::of(to.cast_unsigned())));
    if let Some(half) = elements.find(|element| halves.contains(element)) {
        notes.push(format!("It rounds numbers to {} there, and not here.", half.name()));
    }
    let others: Vec<String> =
        file.outputs.iter().filter(|end| end.name != ends.end.name).map(|end| name(end.name)).collect();
    match &others[..] {
        [] => {}
        [other] => notes.push(format!("Its output {other} is left out.")),
        others => notes.push(format!("Its outputs {} are left out.", others.join(", "))),
    }
    notes
}
