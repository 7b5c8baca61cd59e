//! A batch cut into shards, whose gradients are added in an order that does not depend on who computes them.

mod pass;
mod share;
mod sum;
mod team;

pub(crate) use pass::{Room, Rows, Written};
pub(crate) use share::{Share, Spread};
pub(crate) use sum::Place;
pub(crate) use team::{Notes, Team};
