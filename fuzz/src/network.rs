//! The macro: text as the tokens in `network!`.

use proc_macro2::TokenStream;

/// Beyond so many bytes nobody writes a network by hand.
const LONGEST: usize = 2000;

/// Deeper brackets end the compiler's own parser before they reach the macro.
const DEEPEST: usize = 60;

/// Expands, and writes down what came out.
pub(crate) fn expand(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let open = text.bytes().filter(|byte| b"([{<".contains(byte)).count();
    if text.len() > LONGEST || open > DEEPEST {
        return;
    }
    // The library's name stands first, as the face's own macro writes it.
    let Ok(tokens) = format!("(::typednet) {text}").parse::<TokenStream>() else { return };
    let written = typednet_macro_library::expand(tokens);
    assert!(!written.is_empty(), "the macro writes a network or an error");
    drop(written.to_string());
}
