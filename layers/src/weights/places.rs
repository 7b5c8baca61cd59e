//! Where the parameters of a network stand, by their names.

use super::json::equal;
use crate::{LayerInfo, Param};

/// Where a parameter is in a network: its number, and the first of its elements in the flat block.
pub(super) struct Found<'a> {
    pub(super) param: &'a Param,
    pub(super) number: usize,
    pub(super) start: usize,
}

/// How many parameters a layer has, with those inside it.
pub(super) const fn count(node: &LayerInfo) -> usize {
    let (mut count, mut i) = (node.params.len(), 0);
    while i < node.children.len() {
        count += self::count(node.children[i].node);
        i += 1;
    }
    count
}

/// What stands in `name` behind `layer` and a dot.
const fn behind<'a>(name: &'a [u8], layer: &[u8]) -> Option<&'a [u8]> {
    if name.len() <= layer.len() || name[layer.len()] != b'.' {
        return None;
    }
    let (before, rest) = name.split_at(layer.len());
    if equal(before, layer) { Some(rest.split_at(1).1) } else { None }
}

/// Layers of a network whose places are kept; those of others are counted anew for each name.
const KEPT: usize = 1024;

/// A network with what stands before each of its layers: how many parameters, and how many elements.
pub(super) struct Places<'a> {
    root: &'a LayerInfo,
    before: [(usize, usize); KEPT],
}

impl<'a> Places<'a> {
    pub(super) const fn of(root: &'a LayerInfo) -> Self {
        let mut before = [(0, 0); KEPT];
        let (mut number, mut start, mut i) = (root.params.len(), 0, 0);
        while i < root.params.len() {
            start += root.params[i].shape.len();
            i += 1;
        }
        let mut i = 0;
        while i < root.children.len() && i < KEPT {
            before[i] = (number, start);
            number += count(root.children[i].node);
            start += root.children[i].node.len();
            i += 1;
        }
        Self { root, before }
    }

    /// The parameter of this name.
    pub(super) const fn find(&self, name: &[u8]) -> Option<Found<'a>> {
        let mut i = 0;
        while i < self.root.children.len() && i < KEPT {
            let child = &self.root.children[i];
            if let Some(rest) = behind(name, child.name.as_bytes()) {
                return find(child.node, rest, self.before[i]);
            }
            i += 1;
        }
        find(self.root, name, (0, 0))
    }
}

/// The parameter of this name in a layer before which there are so many parameters and elements.
const fn find<'a>(layer: &'a LayerInfo, name: &[u8], before: (usize, usize)) -> Option<Found<'a>> {
    let (mut node, mut rest, (mut number, mut start)) = (layer, name, before);
    'layer: loop {
        let mut i = 0;
        while i < node.params.len() {
            let param = &node.params[i];
            if equal(rest, param.name.as_bytes()) {
                return Some(Found { param, number, start });
            }
            number += 1;
            start += param.shape.len();
            i += 1;
        }
        let mut i = 0;
        while i < node.children.len() {
            let child = &node.children[i];
            if let Some(inner) = behind(rest, child.name.as_bytes()) {
                (node, rest) = (child.node, inner);
                continue 'layer;
            }
            number += count(child.node);
            start += child.node.len();
            i += 1;
        }
        return None;
    }
}
