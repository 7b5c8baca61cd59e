//! typednet train.
