//! The code of eight networks, as it is kept in `tests/expand`.
//!
//! `UPDATE_GOLDENS=1 cargo test -p typednet-macro` writes the files anew.

use std::path::Path;
use std::{env, fs};

use proc_macro2::TokenStream;

fn check(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand");
    let source = fs::read_to_string(folder.join(format!("{name}.in.rs"))).expect("a network");
    let tokens: TokenStream = source.parse().expect("tokens");
    let expanded = super::network(tokens);
    // The type form gives a type, which is no file.
    let is_type = syn::parse2::<syn::File>(expanded.clone()).is_err();
    let file = if is_type { quote::quote!(type Network = #expanded;) } else { expanded };
    let file = syn::parse2::<syn::File>(file).expect("Rust code");
    let found = prettyplease::unparse(&file);
    let path = folder.join(format!("{name}.rs"));
    if env::var_os("UPDATE_GOLDENS").is_some() {
        fs::write(&path, found).expect("a file that can be written");
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == found, "{} is not what the macro writes: UPDATE_GOLDENS=1 writes it anew\n{found}", path.display());
}

macro_rules! goldens {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            check(stringify!($name));
        }
    )*};
}

goldens! {
    mnist
    xor
    generic
    constants
    networks_within
    activations
    type_form
    branches
}
