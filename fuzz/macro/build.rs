//! Says to the macro's source that it is an ordinary library here.

fn main() {
    println!("cargo::rustc-cfg=typednet_macro_library");
    println!("cargo::rerun-if-changed=build.rs");
}
