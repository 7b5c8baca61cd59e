//! The table of a network's layers.

use core::fmt::{self, Display, Write};

use crate::LayerInfo;

/// A network's layers as a table, printed with `{}`.
///
/// It is const data until it is printed, and printing it allocates nothing. The layers inside a layer stand below it,
/// indented; layers of a [`Chain`](crate::Chain) have no names and are numbered `l1`, `l2`, … as `network!` numbers them.
/// Floating-point operations are those of one sample's forward pass; a multiplication with an addition counts 2, and
/// activations are not counted.
///
/// ```
/// use typednet_layers::{Chain, Dense, Network, Relu, Softmax};
///
/// type Iris = Chain<Dense<4, 16, Relu>, Dense<16, 3, Softmax>>;
/// assert_eq!(
///     Iris::summary().to_string(),
///     "\
/// layer  type               output  parameters  bytes  FLOPs
/// ──────────────────────────────────────────────────────────
/// input                     [4]
/// l1     Dense<16, Relu>    [16]            80    320    144
/// l2     Dense<3, Softmax>  [3]             51    204     99
/// ──────────────────────────────────────────────────────────
/// 131 parameters, 524 bytes, 243 FLOPs per sample
/// "
/// );
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Summary {
    tree: &'static LayerInfo,
    element_bytes: usize,
}

impl Summary {
    pub(crate) const fn new(tree: &'static LayerInfo, element_bytes: usize) -> Self {
        Self { tree, element_bytes }
    }

    /// Calls `row` for each line between the rules.
    fn rows(&self, row: &mut dyn FnMut(Row<'_>) -> fmt::Result) -> fmt::Result {
        row(Row { depth: 0, name: Name::Text("input"), node: self.tree, around: None, of: Of::Input })?;
        if is_chain(self.tree) || !self.tree.children.is_empty() {
            let mut number = 0;
            children(self.tree, None, 0, &mut number, row)
        } else {
            layer(self.tree, None, Name::Number(1), 0, row)
        }
    }

    /// The bytes of so many elements.
    fn bytes(&self, elements: usize) -> u64 {
        elements as u64 * self.element_bytes as u64
    }
}

/// One line of the table.
#[derive(Clone, Copy)]
struct Row<'a> {
    depth: usize,
    name: Name,
    node: &'static LayerInfo,
    around: Option<&'a Around<'a>>,
    of: Of,
}

/// A layer around a layer, and those around it.
struct Around<'a> {
    node: &'static LayerInfo,
    around: Option<&'a Around<'a>>,
}

impl Row<'_> {
    /// Its output's sizes, with the axes before them over which layers around it run.
    fn output(&self, f: &mut dyn Write) -> fmt::Result {
        fn outer(around: Option<&Around<'_>>, f: &mut dyn Write) -> fmt::Result {
            let Some(Around { node, around }) = around else { return Ok(()) };
            outer(*around, f)?;
            node.behaviour.each.sizes().iter().try_for_each(|size| write!(f, "{size}, "))
        }
        if self.node.output.halves().is_some() {
            return write!(f, "{}", self.node.output);
        }
        f.write_str(if self.node.output.is_padded() { "[≤" } else { "[" })?;
        outer(self.around, f)?;
        for (i, size) in self.node.output.sizes().iter().enumerate() {
            write!(f, "{}{size}", if i == 0 { "" } else { ", " })?;
        }
        f.write_str("]")
    }

    /// How often it runs for a sample.
    fn times(&self) -> u64 {
        self.outer().map(|node| node.behaviour.each.len() as u64).product()
    }

    /// The number of its own parameters: those that are trained, or `all`.
    fn parameters(&self, all: bool) -> usize {
        if !all && self.outer().any(|node| node.behaviour.frozen) { 0 } else { self.node.own(all) }
    }

    fn outer(&self) -> impl Iterator<Item = &'static LayerInfo> {
        core::iter::successors(self.around, |around| around.around).map(|around| around.node)
    }
}

/// What a line is about.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    /// The network's input.
    Input,
    /// A layer with figures of its own.
    Layer,
    /// A layer whose figures are all those of the layers inside it.
    Frame,
}

#[derive(Clone, Copy)]
enum Name {
    Text(&'static str),
    Number(usize),
}

impl Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "l{number}"),
        }
    }
}

fn is_chain(node: &LayerInfo) -> bool {
    node.behaviour.is_sequence
}

/// The lines of the layers inside `node`, with those of chains in one sequence.
fn children(
    node: &'static LayerInfo,
    around: Option<&Around<'_>>,
    depth: usize,
    number: &mut usize,
    row: &mut dyn FnMut(Row<'_>) -> fmt::Result,
) -> fmt::Result {
    let here = Some(&Around { node, around });
    for child in node.children {
        if is_chain(node) {
            if is_chain(child.node) {
                children(child.node, here, depth, number, row)?;
            } else {
                *number += 1;
                layer(child.node, here, Name::Number(*number), depth, row)?;
            }
        } else {
            layer(child.node, here, Name::Text(child.name), depth, row)?;
        }
    }
    Ok(())
}

/// The line of a layer and those of the layers inside it.
fn layer(
    node: &'static LayerInfo,
    around: Option<&Around<'_>>,
    name: Name,
    depth: usize,
    row: &mut dyn FnMut(Row<'_>) -> fmt::Result,
) -> fmt::Result {
    let frame = !node.children.is_empty() && node.params.is_empty() && node.flops == 0;
    row(Row { depth, name, node, around, of: if frame { Of::Frame } else { Of::Layer } })?;
    children(node, around, depth + 1, &mut 0, row)
}

/// The heads of the columns.
const HEADS: [&str; 6] = ["layer", "type", "output", "parameters", "bytes", "FLOPs"];

/// The columns from this one on hold numbers and are aligned at their right.
const NUMBERS: usize = 3;

impl Summary {
    /// Writes one cell, and nothing where the line has nothing to say.
    fn cell(&self, row: &Row<'_>, column: usize, f: &mut dyn Write) -> fmt::Result {
        match (column, row.of) {
            (0, _) => write!(f, "{:1$}{2}", "", 2 * row.depth, row.name),
            (2, Of::Input) => write!(f, "{}", row.node.input),
            (_, Of::Input) | (NUMBERS.., Of::Frame) => Ok(()),
            (1, _) => write!(f, "{}", row.node),
            (2, _) => row.output(f),
            (3, _) => write!(f, "{}", Grouped(row.parameters(false) as u64)),
            (4, _) => write!(f, "{}", Grouped(self.bytes(row.parameters(true)))),
            (_, _) => write!(f, "{}", Grouped(row.node.flops * row.times())),
        }
    }

    /// Writes one line of six cells.
    fn line(
        f: &mut fmt::Formatter<'_>,
        widths: &[usize; 6],
        cell: &dyn Fn(usize, &mut dyn Write) -> fmt::Result,
    ) -> fmt::Result {
        // Blanks are written only before something, so that no line ends with one.
        let mut blanks = 0;
        for (column, width) in widths.iter().enumerate() {
            let len = length(&|f| cell(column, f));
            let (before, after) = if column < NUMBERS { (0, width - len) } else { (width - len, 0) };
            if len > 0 {
                write!(f, "{:1$}", "", blanks + before)?;
                cell(column, f)?;
                blanks = 0;
            } else {
                blanks += before;
            }
            blanks += after + 2;
        }
        f.write_str("\n")
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut widths = HEADS.map(|head| head.chars().count());
        self.rows(&mut |row| {
            for (column, width) in widths.iter_mut().enumerate() {
                *width = (*width).max(length(&|f| self.cell(&row, column, f)));
            }
            Ok(())
        })?;
        let total = widths.iter().sum::<usize>() + 2 * (widths.len() - 1);
        let rule = |f: &mut fmt::Formatter<'_>| writeln!(f, "{:─<total$}", "");

        Self::line(f, &widths, &|column, f| f.write_str(HEADS[column]))?;
        rule(f)?;
        self.rows(&mut |row| Self::line(f, &widths, &|column, f| self.cell(&row, column, f)))?;
        rule(f)?;

        let (parameters, elements) = (self.tree.params(), self.tree.len());
        let bytes = self.bytes(elements);
        write!(f, "{} parameters", Grouped(parameters as u64))?;
        if elements > parameters {
            write!(f, " and {} values that are not trained", Grouped((elements - parameters) as u64))?;
        }
        write!(f, ", {} bytes", Grouped(bytes))?;
        match bytes {
            0..1024 => {}
            1024..0x10_0000 => write!(f, " ({:.1} KiB)", bytes as f64 / 1024.0)?,
            _ => write!(f, " ({:.1} MiB)", bytes as f64 / f64::from(1 << 20))?,
        }
        writeln!(f, ", {} FLOPs per sample", Grouped(self.tree.total_flops()))
    }
}

/// How many characters `write` writes.
fn length(write: &dyn Fn(&mut dyn Write) -> fmt::Result) -> usize {
    struct Count(usize);
    impl Write for Count {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 += text.chars().count();
            Ok(())
        }
    }
    let mut count = Count(0);
    // Counting cannot fail.
    let _ = write(&mut count);
    count.0
}

/// A number with a comma after each thousand.
struct Grouped(u64);

impl Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 1000 {
            write!(f, "{}", self.0)
        } else {
            write!(f, "{},{:03}", Grouped(self.0 / 1000), self.0 % 1000)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ActivationLayer, Behaviour, Chain, Child, Dense, Each, Frozen, Layer, Network, Relu, Reshape, Softmax,
    };

    type Mnist = Chain<Dense<784, 128, Relu>, Chain<Dense<128, 64, Relu>, Dense<64, 10, Softmax>>>;

    #[test]
    fn the_network_of_the_lectures() {
        assert_eq!(
            Mnist::summary().to_string(),
            "\
layer  type                output  parameters    bytes    FLOPs
───────────────────────────────────────────────────────────────
input                      [784]
l1     Dense<128, Relu>    [128]      100,480  401,920  200,832
l2     Dense<64, Relu>     [64]         8,256   33,024   16,448
l3     Dense<10, Softmax>  [10]           650    2,600    1,290
───────────────────────────────────────────────────────────────
109,386 parameters, 437,544 bytes (427.3 KiB), 218,570 FLOPs per sample
"
        );
    }

    #[test]
    fn chains_in_a_named_network_are_indented_and_numbered() {
        type Inner =
            Chain<Chain<Dense<2, 300, Relu, f64>, ActivationLayer<[f64; 300], Relu>>, Dense<300, 1000, Relu, f64>>;
        type Head = Dense<1000, 1, crate::Sigmoid, f64>;
        static TREE: LayerInfo = LayerInfo {
            name: "Mine",
            args: &[],
            input: Inner::TREE.input,
            output: Head::TREE.output,
            params: &[],
            children: &[
                Child {
                    name: "encoder",
                    node: &LayerInfo { name: "Encoder", behaviour: Behaviour::PLAIN, ..Inner::TREE },
                },
                Child { name: "branch", node: &Inner::TREE },
                Child { name: "head", node: &Head::TREE },
            ],
            flops: 0,
            behaviour: Behaviour::PLAIN,
        };
        assert_eq!(
            Summary::new(&TREE, 8).to_string(),
            "\
layer    type               output  parameters      bytes    FLOPs
──────────────────────────────────────────────────────────────────
input                       [2]
encoder  Encoder            [1000]
  first  Chain              [300]
    l1   Dense<300, Relu>   [300]          900      7,200    1,500
    l2   Activation<Relu>   [300]            0          0        0
  rest   Dense<1000, Relu>  [1000]     301,000  2,408,000  601,000
branch   Chain              [1000]
  l1     Dense<300, Relu>   [300]          900      7,200    1,500
  l2     Activation<Relu>   [300]            0          0        0
  l3     Dense<1000, Relu>  [1000]     301,000  2,408,000  601,000
head     Dense<1, Sigmoid>  [1]          1,001      8,008    2,001
──────────────────────────────────────────────────────────────────
604,801 parameters, 4,838,408 bytes (4.6 MiB), 1,207,001 FLOPs per sample
"
        );
    }

    #[test]
    fn layers_on_each_part_are_shown_for_all_parts() {
        type Inner = Chain<Reshape<[f32; 4], [[f32; 2]; 2]>, Each<2, Chain<Dense<2, 3>, Dense<3, 1>>>>;
        type Pixels = Each<2, Each<5, Chain<Dense<3, 4, Relu>, Frozen<Inner>>>>;
        type Net = Chain<Each<2, Each<5, Dense<3, 3>>>, Pixels>;
        assert_eq!(
            Net::summary().to_string(),
            "\
layer  type              output        parameters  bytes  FLOPs
───────────────────────────────────────────────────────────────
input                    [2, 5, 3]
l1     Dense<3, Linear>  [2, 5, 3]             12     48    210
l2     Dense<4, Relu>    [2, 5, 4]             16     64    280
l3     Reshape<[2, 2]>   [2, 5, 2, 2]           0      0      0
l4     Dense<3, Linear>  [2, 5, 2, 3]           0     36    300
l5     Dense<1, Linear>  [2, 5, 2, 1]           0     16    140
───────────────────────────────────────────────────────────────
28 parameters and 13 values that are not trained, 164 bytes, 930 FLOPs per sample
"
        );
    }

    #[test]
    fn a_layer_alone_is_a_network_of_one() {
        let text = Dense::<1, 1>::summary().to_string();
        assert!(text.contains("\nl1     Dense<1, Linear>  [1]              2      8      3\n"), "{text}");
        assert!(text.ends_with("\n2 parameters, 8 bytes, 3 FLOPs per sample\n"), "{text}");
    }

    #[test]
    fn thousands_are_grouped() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_002_003, "1,002,003")] {
            assert_eq!(Grouped(number).to_string(), text);
        }
    }
}
