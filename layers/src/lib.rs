//! typednet layers.
