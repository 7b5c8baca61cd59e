#!/usr/bin/env bash
# How long a program with a network takes to compile: benches/compile_time.sh
#
# Each program makes a training step with cross-entropy and Adam and a prediction; the first has no network and none of
# that. Only the program itself is compiled again, not the library. Each figure is the median of three runs, in seconds;
# run it on a quiet machine.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src"
# A folder of its own where the library is built once; CARGO_TARGET_DIR saves that time in a second run.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$work/target}
# Else the compiler would reuse what it knows: the program is the same.
export CARGO_INCREMENTAL=0

cat > "$work/Cargo.toml" <<TOML
[package]
name = "compile-time"
version = "0.0.0"
edition = "2024"

[dependencies]
typednet = { path = "$root" }

[workspace]
TOML

# One training step of network `Net`, which the optimiser must not throw away.
use_net='
fn main() {
    let (mut model, mut gradient) = (Net::seeded(0), Net::zeroed());
    let adam = Adam::new(1e-3);
    let mut state = State::<Net, _>::new(&adam);
    let mut memory = vec![0.0; pass::training_need::<Net>().of(4)];
    let x = vec![[0.5; 64]; 4];
    let targets = vec![Class::<10>::default(); 4];
    let run = Run::new(Key::new(0));
    let (loss, _) = pass::gradient(&*model, &CrossEntropy, &x, &targets, &mut *gradient, &mut memory, run);
    state.step(&adam, 1e-3, &mut model, &gradient, typednet::tensor::Parallel::SERIAL);
    println!("{loss} {:?}", model.predict(&x[0]));
}'
uses='use typednet::{layers::pass, optim::State, prelude::*};'

# A network of $1 layers: of different widths, or all as wide as $2.
network() {
    local layers=$1 width=${2:-} line="64"
    for ((i = 1; i < layers; i++)); do
        line+=" => Dense<${width:-$((16 + i))}, Relu>"
    done
    printf '%s\n%s\n%s\n' "$uses" "network! { struct Net: $line => Dense<10, Softmax> }" "$use_net"
}

empty() {
    echo 'fn main() { println!("{}", typednet::tensor::Key::new(0).normal::<f64>(0)); }'
}

# The median of three runs of `cargo $@`.
seconds() {
    for _ in 1 2 3; do
        touch "$work/src/main.rs"
        local start end
        start=$(date +%s.%N)
        (cd "$work" && cargo "$@" --quiet)
        end=$(date +%s.%N)
        echo "$end - $start" | bc
    done | sort -n | sed -n 2p
}

measure() {
    (cd "$work" && cargo check --quiet && cargo build --release --quiet)
    printf '%-36s%8.2f%10.2f\n' "$1" "$(seconds check)" "$(seconds build --release)"
}

printf '%-36s%8s%10s\n' 'seconds' check release
empty > "$work/src/main.rs"
measure 'no network'
network 1 > "$work/src/main.rs"
measure '1 layer'
network 3 > "$work/src/main.rs"
measure '3 layers'
network 100 > "$work/src/main.rs"
measure '100 layers of different widths'
network 1000 16 > "$work/src/main.rs"
measure '1,000 layers of one width'
