//! The table of a network's layers.

use core::fmt;

use crate::Node;

/// A network's layers as a table; it is printed with `{}`.
#[derive(Clone, Copy, Debug)]
pub struct Summary {
    tree: &'static Node,
    element_bytes: usize,
}

impl Summary {
    pub(crate) const fn new(tree: &'static Node, element_bytes: usize) -> Self {
        Self { tree, element_bytes }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = self.element_bytes;
        for child in self.tree.children {
            writeln!(f, "{} {} {} {}", child.name, child.node, child.node.output, child.node.params())?;
        }
        Ok(())
    }
}
