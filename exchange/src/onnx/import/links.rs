//! The layers found so far, as a tree: each stands behind the one whose value it reads, and the network's input is the root.
//!
//! What two branches have in common is how far the ways from the root to their ends are the same. So no consumers have to be counted:
//! an addition of `a` and `b` stands behind the last value that both come from, and its branches are the rest of the two ways.

use typednet_layers::{Function, Operation};

/// Parameters of a layer in our order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Param {
    pub(super) name: &'static str,
    pub(super) sizes: Vec<usize>,
    pub(super) numbers: Vec<f64>,
}

/// What one link does.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// The network's input.
    Input,
    /// A layer of the library.
    Layer { operation: Operation, function: Function, params: Vec<Param> },
    /// The last step of a sequence, or the first one, in each of the parts that so many axes before the steps are.
    End { is_last: bool, parts: usize },
    /// A piece of a computation that is a layer only together with others.
    Piece(Piece),
    /// Both branches from the value before it, put together.
    Join(Join, [usize; 2]),
}

/// How branches are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    Add,
    Concat,
}

/// A part of a layer that is written out.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// x·c
    Times(f64),
    /// x + c
    Plus(f64),
    /// (x − mean)·scale + shift for each feature.
    Affine { mean: Vec<f64>, scale: Vec<f64>, shift: Vec<f64> },
    /// x²
    Square,
    /// x³
    Cube,
    /// Whether x is above this.
    Above(f64),
    /// √x
    Root,
    /// x without what is behind the point.
    Whole,
    /// 1/x
    Inverse,
    /// The mean of each row.
    Mean,
    /// x without the mean of its row.
    Centred,
    /// The error function.
    Erf,
    /// 1 less that.
    Erfc,
    /// HardSwish(x)/x
    HardSigmoid,
    /// x + 0.044715·x³
    Cubic,
    /// 2·GELU(x)
    TwiceGelu,
    /// The same by tanh.
    TwiceGeluTanh,
    /// silu(x·W) ⊙ x·V: W, V.
    Gate([usize; 2]),
    /// The steps from the last to the first.
    Turned,
    /// Part `index` of the features, of so many parts.
    Part { parts: usize, index: usize },
    /// The first or the second half of the columns of each head.
    Half(usize),
    /// Times the cosines, or the sines, of the angles by which positions are turned.
    Wave { sine: bool },
    /// a·cos − b·sin, or b·cos + a·sin, of both halves a and b.
    TurnedHalf(usize),
    /// Both of these beside each other.
    Rotated,
    /// Queries by keys, from their ends.
    Scores { ends: [usize; 2], heads: usize },
    /// Minus infinity where a step comes after the one that looks.
    Causal,
    /// The shares of values, from the ends of both.
    Shares([usize; 2]),
}

/// A layer behind another.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) parent: usize,
    pub(super) depth: usize,
    pub(super) step: Step,
    /// The sizes of one sample behind it.
    pub(super) sizes: Vec<usize>,
    /// The node of the file.
    pub(super) node: usize,
}

/// All links.
#[derive(Debug)]
pub(super) struct Links {
    links: Vec<Link>,
    numbers: usize,
}

/// The link that is the network's input.
pub(super) const ROOT: usize = 0;

impl Links {
    pub(super) fn new(sizes: Vec<usize>) -> Self {
        Self { links: vec![Link { parent: ROOT, depth: 0, step: Step::Input, sizes, node: usize::MAX }], numbers: 0 }
    }

    /// How many numbers all links have.
    pub(super) fn numbers(&self) -> usize {
        self.numbers
    }

    pub(super) fn get(&self, link: usize) -> &Link {
        &self.links[link]
    }

    pub(super) fn push(&mut self, parent: usize, step: Step, sizes: Vec<usize>, node: usize) -> usize {
        let depth = self.links[parent].depth + 1;
        self.numbers += match &step {
            Step::Layer { params, .. } => params.iter().map(|param| param.numbers.len()).sum(),
            Step::Piece(Piece::Affine { mean, .. }) => 3 * mean.len(),
            _ => 0,
        };
        self.links.push(Link { parent, depth, step, sizes, node });
        self.links.len() - 1
    }

    /// The last value that both come from.
    pub(super) fn common(&self, mut a: usize, mut b: usize) -> usize {
        while a != b {
            let deeper = if self.links[a].depth >= self.links[b].depth { &mut a } else { &mut b };
            *deeper = self.links[*deeper].parent;
        }
        a
    }

    /// The steps from behind `start` to `end`, if they are at most so many.
    pub(super) fn way(&self, start: usize, end: usize, most: usize) -> Option<Vec<&Step>> {
        if self.links[end].depth - self.links[start].depth > most {
            return None;
        }
        Some(self.links(start, end).into_iter().map(|link| &self.links[link].step).collect())
    }

    /// The links from behind `start`, which is on the way to `end`, to there.
    pub(super) fn links(&self, start: usize, end: usize) -> Vec<usize> {
        let mut links = Vec::new();
        let mut at = end;
        while at != start && at != ROOT {
            links.push(at);
            at = self.links[at].parent;
        }
        links.reverse();
        links
    }

    /// The activation that the link is, if it is one alone.
    pub(super) fn activation(&self, link: usize) -> Option<Function> {
        match self.links[link].step {
            Step::Layer { operation: Operation::OfIdentity, function, .. } => Some(function),
            _ => None,
        }
    }

    /// The parameters of a dense layer without an activation.
    pub(super) fn dense(&self, link: usize) -> Option<&[Param]> {
        match &self.links[link].step {
            Step::Layer { operation: Operation::OfDense, params, .. } => Some(params),
            _ => None,
        }
    }
}
