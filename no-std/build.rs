//! Links the program without libc and without start files.

fn main() {
    println!("cargo::rustc-link-arg=-nostdlib");
    println!("cargo::rustc-link-arg=-nostartfiles");
    println!("cargo::rustc-link-arg=-static");
    println!("cargo::rerun-if-env-changed=TYPEDNET_BARE");
}
