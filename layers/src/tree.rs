//! The tree of a network's layers and parameters, as const data.

use core::fmt;

use typednet_tensor::Shape;

use crate::{Behaviour, Init};

/// A layer: its type, its shapes, its parameters and the layers inside it.
///
/// The parameters of a [`Layer`](crate::Layer) stand in its flat block in this order: its own, then those of its
/// children, one child after the other.
#[derive(Clone, Copy, Debug)]
pub struct LayerInfo {
    /// The type's name, such as `Dense`.
    pub name: &'static str,
    /// What stands in the angle brackets behind the name, such as `128, Relu`.
    pub args: &'static [Arg],
    /// The shape of one input sample.
    pub input: Shape,
    /// The shape of one output sample.
    pub output: Shape,
    /// The layer's own parameters.
    pub params: &'static [Param],
    /// The layers inside it.
    pub children: &'static [Child],
    /// Floating-point operations of its own per sample of a forward pass; a multiplication with an addition counts 2,
    /// and activations are not counted.
    pub flops: u64,
    /// What it does that all this does not show: [`Behaviour::PLAIN`] for most.
    pub behaviour: Behaviour,
}

/// A layer inside a layer.
#[derive(Clone, Copy, Debug)]
pub struct Child {
    /// The name of the field it is kept in.
    pub name: &'static str,
    /// The layer.
    pub node: &'static LayerInfo,
}

/// A run of parameters.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// The name of the field it is kept in.
    pub name: &'static str,
    /// Its sizes.
    pub shape: Shape,
    /// What it is for. Where it stands in a frozen layer, [`Place::kind`] says so.
    pub kind: ParamKind,
    /// How it starts, unless another way is asked for.
    pub init: Init,
    /// How many inputs each of its outputs adds up (`n_{l−1}` of a dense layer).
    pub fan_in: usize,
    /// How many outputs each input goes to (`n_l` of a dense layer).
    pub fan_out: usize,
}

/// What a run of parameters is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    /// Multiplied with the input: penalties and weight decay apply.
    Weight,
    /// Added to it.
    Bias,
    /// A factor per feature of a normalisation.
    Scale,
    /// Not trained, but kept with the model, such as running statistics. In a gradient block its place holds what the
    /// layer wants to commit after the step.
    Buffer,
    /// What stands in a [`Frozen`](crate::Frozen) layer, whatever it is for: kept with the model and used, but neither trained nor
    /// committed. Its place in a gradient block is neither written nor read.
    Frozen,
}

impl ParamKind {
    /// Whether a step changes it: an optimiser, a penalty, a limit and a norm leave all else alone.
    pub const fn is_trained(self) -> bool {
        !matches!(self, Self::Buffer | Self::Frozen)
    }

    /// Whether something stands in its place in a gradient block.
    pub const fn has_gradient(self) -> bool {
        !matches!(self, Self::Frozen)
    }
}

/// One of the things in a type's angle brackets.
#[derive(Clone, Copy, Debug)]
pub enum Arg {
    /// A size.
    Size(usize),
    /// A number that is no size, such as the slope of a leaky ReLU.
    Number(f64),
    /// Several sizes, such as those of a shape or of a kernel that is not square.
    Sizes(Shape),
    /// A type with its own arguments.
    Type(&'static str, &'static [Arg]),
    /// An argument with its name, such as `stride = 2`.
    Named(&'static str, &'static Arg),
    /// Yes or no.
    Flag(bool),
}

impl Arg {
    /// Sizes of rows and columns: one number where they are the same, else `[1, 2]`.
    pub const fn pair(sizes: [usize; 2]) -> Self {
        if sizes[0] == sizes[1] { Self::Size(sizes[0]) } else { Self::Sizes(Shape::new(&sizes)) }
    }
}

impl LayerInfo {
    /// The number of elements in the flat block: parameters and buffers.
    pub const fn len(&self) -> usize {
        self.count(true)
    }

    /// Whether there are no parameters at all.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of trained parameters.
    pub const fn params(&self) -> usize {
        self.count(false)
    }

    /// Floating-point operations per sample of a forward pass, with all layers inside.
    pub const fn total_flops(&self) -> u64 {
        let mut inside = 0;
        let mut i = 0;
        while i < self.children.len() {
            inside += self.children[i].node.total_flops();
            i += 1;
        }
        self.flops + inside * self.behaviour.each.len() as u64
    }

    /// The number of its own trained parameters, without those of the layers inside it; and of what is not trained too,
    /// where `all` are asked for.
    pub(crate) const fn own(&self, all: bool) -> usize {
        let mut len = 0;
        let mut i = 0;
        while i < self.params.len() {
            if all || !self.behaviour.frozen && self.params[i].kind.is_trained() {
                len += self.params[i].shape.len();
            }
            i += 1;
        }
        len
    }

    const fn count(&self, all: bool) -> usize {
        if !all && self.behaviour.frozen {
            return 0;
        }
        let mut len = self.own(all);
        let mut i = 0;
        while i < self.children.len() {
            len += self.children[i].node.count(all);
            i += 1;
        }
        len
    }

    /// Calls `visit` for every run of parameters, in the order of the flat block, with the first of its elements.
    pub fn visit(&'static self, visit: &mut dyn FnMut(Place<'_>)) {
        fn walk(
            node: &'static LayerInfo,
            path: &Path<'_>,
            frozen: bool,
            start: &mut usize,
            visit: &mut dyn FnMut(Place<'_>),
        ) {
            let frozen = frozen || node.behaviour.frozen;
            for param in node.params {
                let kind = if frozen { ParamKind::Frozen } else { param.kind };
                visit(Place { path, param, kind, start: *start });
                *start += param.shape.len();
            }
            for child in node.children {
                walk(child.node, &path.inner(child.name), frozen, start, visit);
            }
        }
        walk(self, &Path::ROOT, false, &mut 0, visit);
    }

    /// Calls `visit` for every layer without layers inside, in the order of the flat block: where it stands, what it is, and the
    /// first of its elements.
    ///
    /// ```
    /// use typednet_layers::{Chain, Dense, Layer, Relu, Residual};
    ///
    /// type Net = Chain<Residual<Dense<2, 2, Relu>>, Dense<2, 1>>;
    /// let mut leaves = Vec::new();
    /// Net::TREE.visit_leaves(&mut |path, node, start| leaves.push(format!("{path}: {node} from {start}")));
    /// assert_eq!(leaves, ["first.inner: Dense<2, Relu> from 0", "rest: Dense<1, Linear> from 6"]);
    /// ```
    pub fn visit_leaves(&self, visit: &mut dyn FnMut(&Path<'_>, &LayerInfo, usize)) {
        fn walk(
            node: &LayerInfo,
            path: &Path<'_>,
            start: &mut usize,
            visit: &mut dyn FnMut(&Path<'_>, &LayerInfo, usize),
        ) {
            if node.children.is_empty() {
                visit(path, node, *start);
            }
            *start += node.own(true);
            for child in node.children {
                walk(child.node, &path.inner(child.name), start, visit);
            }
        }
        walk(self, &Path::ROOT, &mut 0, visit);
    }
}

/// Where a run of parameters stands in a network.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The layer.
    pub path: &'a Path<'a>,
    /// The parameters.
    pub param: &'static Param,
    /// What they are for where they stand: [`ParamKind::Frozen`] in a frozen layer, else their own kind.
    pub kind: ParamKind,
    /// The first of its elements in the flat block.
    pub start: usize,
}

impl Place<'_> {
    /// Its elements in the flat block.
    pub fn range(&self) -> core::ops::Range<usize> {
        self.start..self.start + self.param.shape.len()
    }
}

/// A name such as `encoder.l1.weight`.
impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.path, f)?;
        let dot = if self.path.is_root() { "" } else { "." };
        write!(f, "{dot}{}", self.param.name)
    }
}

/// A layer's name with the names of the layers around it.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    outer: Option<&'a Path<'a>>,
    name: &'static str,
}

impl Path<'_> {
    /// The network itself, which needs no name.
    pub const ROOT: Self = Self { outer: None, name: "" };

    /// The layer in the field `name` of this one.
    #[must_use]
    pub const fn inner<'a>(&'a self, name: &'static str) -> Path<'a> {
        Path { outer: Some(self), name }
    }

    /// Whether this is the network itself.
    pub const fn is_root(&self) -> bool {
        self.outer.is_none()
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.outer {
            Some(outer) if !outer.is_root() => write!(f, "{outer}.{}", self.name),
            _ => f.write_str(self.name),
        }
    }
}

/// The type as it stands in `network!`, such as `Dense<128, Relu>`.
impl fmt::Display for LayerInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Arg::Type(self.name, self.args), f)
    }
}

impl fmt::Display for Arg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(size) => fmt::Display::fmt(size, f),
            Self::Number(number) => fmt::Debug::fmt(number, f),
            Self::Sizes(sizes) => fmt::Display::fmt(sizes, f),
            Self::Named(name, arg) => write!(f, "{name} = {arg}"),
            Self::Flag(flag) => fmt::Display::fmt(flag, f),
            Self::Type(name, args) => {
                f.write_str(name)?;
                for (i, arg) in args.iter().enumerate() {
                    write!(f, "{}{arg}", if i == 0 { "<" } else { ", " })?;
                }
                if args.is_empty() { Ok(()) } else { f.write_str(">") }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_joins_the_names_from_the_network_on() {
        let (outer, root) = (Path::ROOT.inner("blocks"), Path::ROOT);
        let inner = outer.inner("3");
        let whole = inner.inner("head");
        assert_eq!(
            [root, outer, inner, whole].map(|path| path.to_string()),
            ["", "blocks", "blocks.3", "blocks.3.head"]
        );
        assert_eq!([root, outer, inner].map(|path| path.is_root()), [true, false, false]);
    }
}
