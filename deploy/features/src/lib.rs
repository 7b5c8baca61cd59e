//! The features of dependencies that the packages of `deploy/` have in common; its `Cargo.toml` says why.
#![no_std]
