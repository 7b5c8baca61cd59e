//! Neural networks whose shapes are Rust types.
