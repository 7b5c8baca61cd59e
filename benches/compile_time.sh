#!/usr/bin/env bash
# How long a program with a network takes to compile: benches/compile_time.sh [NAME ...]
#
# Each program makes a training step with cross-entropy and Adam and a prediction; the first has no network and none of
# that, and those of the last names train by a `Trainer`. Only the program itself is compiled again, not the library. Each figure is the
# least of three runs, in seconds of the processor; names choose programs (empty, dense1, dense3, dense100, dense1000, lenet, resnet8,
# resnet20, lstm, gru, gpt2, gpt, gpt48, fit3, fit_lenet, fit_ten).
# `TYPEDNET` is the library's folder, if another one is to be measured.
set -euo pipefail

root=${TYPEDNET:-$(cd "$(dirname "$0")/.." && pwd)}
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
typednet = { path = "$root", default-features = false, features = ["std"] }

[features]
train = ["typednet/train"]

[workspace]
TOML

# One training step of network `Net` of inputs $1 with the loss $2 and targets $3, which the optimiser must not throw away. The batch
# is on the heap: the compiler takes seconds for literals of whole images.
use_net() {
    local loss=${2:-CrossEntropy} target=${3:-Class::<10>::default()}
    cat <<RUST
fn main() {
    let (mut model, mut gradient) = (Net::seeded(0), Net::zeroed());
    let adam = Adam::new(1e-3);
    let mut state = State::<Net, _>::new(&adam);
    let mut memory = vec![0.0; pass::training_need::<Net>().of(4)];
    let x = zeroed_samples::<$1>(4);
    let targets = vec![$target; 4];
    let run = PassContext::new(Key::new(0));
    let (loss, _) = pass::gradient(&*model, &$loss, &x, &targets, &mut *gradient, &mut memory, run);
    state.step(&adam, 1e-3, &mut model, &gradient, Parallel::SERIAL).expect("finite numbers");
    println!("{loss} {:?}", model.predict(&x[0]));
}
RUST
}

# A program with the network $2, whose inputs are $1.
program() {
    echo 'use typednet::{layers::pass, optim::State, prelude::*, tensor::{Parallel, zeroed_samples}};'
    echo "network! { struct Net: $2 }"
    use_net "$1"
}

# A network of $1 fully connected layers: of different widths, or all as wide as $2.
dense() {
    local layers=$1 width=${2:-} line="64"
    for ((i = 1; i < layers; i++)); do
        line+=" => Dense<${width:-$((16 + i))}, Relu>"
    done
    program '[f32; 64]' "$line => Dense<10, Softmax>"
}

# LeNet, as the network of `$1`.
lenet() {
    "$1" '[[[f32; 1]; 28]; 28]' '[28, 28, 1] => Conv2d<6, 5, Relu> => MaxPool<2> => Conv2d<16, 5, Relu> => MaxPool<2>
        => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10, Softmax> -> 10'
}

# A residual network of three stages of $1 blocks each, on images of 32×32 pixels.
resnet() {
    local blocks=$1 line='[32, 32, 3] => Conv2d<16, 3, pad = 1> => BatchNorm2d => Relu'
    for channels in 16 32 64; do
        for ((i = 0; i < blocks; i++)); do
            local last="Conv2d<$channels, 3, pad = 1> => BatchNorm2d"
            if ((channels > 16 && i == 0)); then
                line+=" => Add<main: Conv2d<$channels, 3, stride = 2, pad = 1> => BatchNorm2d => Relu => $last,
                    skip: Conv2d<$channels, 1, stride = 2> => BatchNorm2d> => Relu"
            else
                line+=" => Residual<Conv2d<$channels, 3, pad = 1> => BatchNorm2d => Relu => $last> => Relu"
            fi
        done
    done
    program '[[[f32; 3]; 32]; 32]' "$line => GlobalAvgPool => Dense<10, Softmax> -> 10"
}

# A network $1 of 64 characters, with $2 before it.
characters() {
    echo 'use typednet::{layers::pass, loss::PerStep, optim::State, prelude::*, tensor::{Parallel, zeroed_samples}};'
    echo "${2:-}"
    echo "network! { struct Net: [Token<65>; 64] => $1 => Each<Dense<65, Softmax>> -> [64, 65] }"
    use_net '[Token<65>; 64]' 'PerStep(CrossEntropy)' '[Class::<65>::default(); 64]'
}

# A GPT of $1 blocks.
gpt() {
    characters "Embedding<128> => Positions => blocks: Repeat<$1, Block> => LayerNorm" \
        'network! { struct Block: [64, 128] => Residual<LayerNorm => Attention<heads = 4, causal>>
            => Residual<LayerNorm => Each<Dense<512, Gelu> => Dense<128>>> -> [64, 128] }'
}

# A program in which a `Trainer` trains the network $2, whose inputs are $1, and others of the same inputs behind it.
fit() {
    local input=$1 network number=0
    shift
    echo 'use typednet::prelude::*;'
    for network; do
        echo "network! { struct Net$((number += 1)): $network }"
    done
    cat <<RUST
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let x = typednet::tensor::zeroed_samples::<$input>(4).to_vec();
    let data = Dataset::new(x, vec![Class::<10>::default(); 4])?;
RUST
    for ((number = 1; number <= $#; number++)); do
        cat <<RUST
    let mut trainer = Trainer::new(Net$number::seeded(0), CrossEntropy, Adam::new(1e-3)).batch(2);
    trainer.fit(&data)?;
    println!("{}", trainer.evaluate(&data)?.loss);
RUST
    done
    echo '    Ok(())'
    echo '}'
}

# $1 networks of fully connected layers, each of other widths.
several() {
    local networks=()
    for ((i = 1; i <= $1; i++)); do
        networks+=("784 => Dense<$((128 + i)), Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10")
    done
    fit '[f32; 784]' "${networks[@]}"
}

empty() {
    echo 'fn main() { println!("{}", typednet::tensor::Key::new(0).normal::<f64>(0)); }'
}

# The processor's seconds of `cargo $@`, the least of three runs; with its errors where it fails.
seconds() {
    local TIMEFORMAT='%U %S' run
    for run in 1 2 3; do
        touch "$work/src/main.rs"
        { time (cd "$work" && cargo "$@" --quiet > /dev/null 2> "$work/errors"); } 2>&1 || { cat "$work/errors" >&2; return 1; }
    done | awk '{ print $1 + $2 }' | sort -n | head -1
}

names=${*:-empty dense1 dense3 lenet resnet8 resnet20 dense100 dense1000 lstm gru gpt2 gpt gpt48 fit3 fit_lenet fit_ten}

# Program $1, which the table calls $2 and `$3 ...` prints. What fails to compile ends all.
measure() {
    [[ " $names " == *" $1 "* ]] || return 0
    local name=$2 check release features=()
    [[ $1 != fit* ]] || features=(--features train)
    "${@:3}" > "$work/src/main.rs"
    # What it stands on is compiled first.
    (cd "$work" && cargo check --quiet "${features[@]}") || exit 1
    (cd "$work" && cargo build --release --quiet "${features[@]}") || exit 1
    check=$(seconds check "${features[@]}") || exit 1
    release=$(seconds build --release "${features[@]}") || exit 1
    printf '%-36s%8.2f%10.2f\n' "$name" "$check" "$release"
}

printf '%-36s%8s%10s\n' 'seconds' check release
measure empty 'no network' empty
measure dense1 '1 layer' dense 1
measure dense3 '3 layers' dense 3
measure lenet 'LeNet' lenet program
measure resnet8 'ResNet-8' resnet 1
measure resnet20 'ResNet-20' resnet 3
measure dense100 '100 layers of different widths' dense 100
measure dense1000 '1,000 layers of one width' dense 1000 16
measure lstm 'LSTM over characters' characters 'Embedding<64> => Lstm<256>'
measure gru 'GRU over characters' characters 'Embedding<64> => Gru<256>'
measure gpt2 'GPT of 2 blocks' gpt 2
measure gpt 'GPT of 4 blocks' gpt 4
measure gpt48 'GPT of 48 blocks' gpt 48
measure fit3 '3 layers, `Trainer::fit`' several 1
measure fit_lenet 'LeNet, `Trainer::fit`' lenet fit
measure fit_ten 'ten networks, `Trainer::fit` each' several 10
