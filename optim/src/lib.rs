//! typednet optim.
