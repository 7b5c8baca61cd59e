//! Types that `network!` does not know: what it asks about them and uses of them.
//!
//! A macro sees names and not types: `Encoder` may be a network, `Scale` a [`LayerSpec`](crate::LayerSpec), `String` neither. So
//! the code of a network first finds out what a type is (`probe`), then asks the question of that kind (`ask`), whose
//! message fits the mistake, and uses the layer that follows (`resolve`).

mod ask;
mod probe;
mod resolve;

pub use ask::{Ask, IsLayer, Makes, NamesItsShape, Reads};
pub use probe::{
    DECLARED, DECLARED_STAND_IN, FIRST, Holds, HoldsNot, LAYER, NOTHING, NoProbe, ONE_NUMBER, Probe, SHAPE, SILENT,
    SPEC, STAND_IN, both, holds, kind,
};
pub use resolve::{Alike, At, Behind, LayerFrom, StandIn};
