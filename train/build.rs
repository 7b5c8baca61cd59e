//! Lets the trainer know how it was optimised, so that it can tell of a slow build.

fn main() {
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    println!("cargo::rustc-env=TYPEDNET_OPT_LEVEL={level}");
    println!("cargo::rerun-if-changed=build.rs");
}
