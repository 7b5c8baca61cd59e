//! The macro: text as the tokens in `network!`.

use proc_macro2::TokenStream;

/// Beyond so many bytes nobody writes a network by hand.
const LONGEST: usize = 2000;

/// Deeper brackets end the compiler's own parser before they reach the macro.
const DEEPEST: usize = 60;

/// Expands, and parses what came out as Rust.
pub(crate) fn expand(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let open = text.bytes().filter(|byte| b"([{<".contains(byte)).count();
    if text.len() > LONGEST || open > DEEPEST {
        return;
    }
    let Ok(tokens) = text.parse::<TokenStream>() else { return };
    let written = typednet_macro_library::expand(tokens);
    let rust = syn::parse2::<syn::File>(written.clone()).is_ok() || syn::parse2::<syn::Type>(written.clone()).is_ok();
    assert!(rust, "what the macro writes is no Rust: {written}");
}
