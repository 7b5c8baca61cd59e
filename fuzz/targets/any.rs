//! The target that `TYPEDNET_FUZZ_TARGET` names, for cargo-fuzz: one program, so that the library is linked once.
#![no_main]
#![allow(missing_docs, reason = "a program")]

use std::sync::LazyLock;

use typednet_fuzz::{Target, target};

static TARGET: LazyLock<&Target> =
    LazyLock::new(|| target(&std::env::var("TYPEDNET_FUZZ_TARGET").expect("TYPEDNET_FUZZ_TARGET names a target")));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (TARGET.run)(bytes));
