//! typednet data.
