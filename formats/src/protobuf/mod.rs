//! Messages in the wire format of protocol buffers, as `TensorBoard`'s event files and ONNX files need them.
//!
//! What is written is a [`Message`]; what is read is its [`fields`], one after the other.

mod read;
mod write;

pub use read::{Damaged, Field, Fields, fields, varints};
pub use write::Message;

/// How a field is written, in the low three bits of its key.
#[derive(Clone, Copy)]
enum Wire {
    Varint = 0,
    Eight = 1,
    Counted = 2,
    Four = 5,
}
