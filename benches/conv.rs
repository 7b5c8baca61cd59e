//! The three passes of convolutions: the layers of `LeNet` and of a small `ResNet` at batch 64, and one image.
//!
//! Throughput is in useful floating-point operations, so that Gelem/s are GFLOP/s: what would multiply zeros of the padding
//! counts, though nothing is multiplied there, as in others' figures. The forward pass adds the bias and takes max(0, z) too, and the
//! gradients include the bias's. All run on one thread; `TYPEDNET_LANE` forces a lane.
#![allow(missing_docs, reason = "criterion's macros generate functions")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use typednet::tensor::conv::{self, Convolution};
use typednet::tensor::{Buffer, Key, Parallel, matmul::Epilogue};

const BATCH: usize = 64;

/// The layers, and whether they are a network's first, whose input needs no gradient.
fn layers() -> [(&'static str, Convolution, bool); 14] {
    let layer = |size, channels, outputs, kernel| Convolution::new([size, size, channels], outputs, [kernel, kernel]);
    let three = |size, channels, outputs| layer(size, channels, outputs, 3).pad([1, 1]);
    [
        ("1-6 5x5 28", layer(28, 1, 6, 5), true),
        ("6-16 5x5 12", layer(12, 6, 16, 5), false),
        ("1-16 3x3 28", three(28, 1, 16), true),
        ("3-16 3x3 32", three(32, 3, 16), true),
        ("16-16 3x3 28", three(28, 16, 16), false),
        ("32-32 3x3 14", three(14, 32, 32), false),
        ("64-64 3x3 7", three(7, 64, 64), false),
        ("16-32 3x3 stride 2 28", three(28, 16, 32).stride([2, 2]), false),
        ("32-64 3x3 stride 2 14", three(14, 32, 64).stride([2, 2]), false),
        ("16-32 1x1 stride 2 28", layer(28, 16, 32, 1).stride([2, 2]), false),
        ("32-64 1x1 stride 2 14", layer(14, 32, 64, 1).stride([2, 2]), false),
        ("128-128 3x3 14", three(14, 128, 128), false),
        ("16-1 3x3 28", three(28, 16, 1), false),
        ("64 by channel 3x3 14", three(14, 64, 64).groups(64), false),
    ]
}

/// A layer's blocks.
struct Blocks {
    c: Convolution,
    x: Buffer<f32>,
    weight: Buffer<f32>,
    bias: Buffer<f32>,
    y: Buffer<f32>,
    delta: Buffer<f32>,
    dx: Buffer<f32>,
    d_weight: Buffer<f32>,
    d_bias: Buffer<f32>,
    scratch: Buffer<f32>,
}

impl Blocks {
    fn new(c: Convolution) -> Self {
        let mut seed = 0;
        let mut random = |len| {
            seed += 1;
            let mut buffer = Buffer::new();
            for (i, x) in buffer.grow(len).iter_mut().enumerate() {
                *x = Key::new(seed).uniform::<f32>(i as u64) - 0.5;
            }
            buffer
        };
        let (inputs, outputs, biases) = (BATCH * c.inputs(), BATCH * c.outputs(), c.output()[2]);
        Self {
            c,
            x: random(inputs),
            weight: random(c.weights()),
            bias: random(biases),
            y: random(outputs),
            delta: random(outputs),
            dx: random(inputs),
            d_weight: random(c.weights()),
            d_bias: random(biases),
            scratch: random(c.scratch()),
        }
    }

    fn forward(&mut self) {
        let (x, weight, bias) = (black_box(&self.x).as_slice(), self.weight.as_slice(), self.bias.as_slice());
        let y = self.y.as_mut_slice();
        conv::forward(&self.c, x, weight, bias, y, Epilogue::Relu, Parallel::SERIAL);
    }

    fn forward_one(&mut self) {
        let (x, weight, bias) = (black_box(&self.x).as_slice(), self.weight.as_slice(), self.bias.as_slice());
        let (x, y) = (&x[..self.c.inputs()], &mut self.y.as_mut_slice()[..self.c.outputs()]);
        conv::forward(&self.c, x, weight, bias, y, Epilogue::Relu, Parallel::SERIAL);
    }

    fn input_gradient(&mut self) {
        let (delta, weight) = (black_box(&self.delta).as_slice(), self.weight.as_slice());
        let (dx, scratch) = (self.dx.as_mut_slice(), self.scratch.as_mut_slice());
        conv::input_gradient(&self.c, delta, weight, dx, scratch, Parallel::SERIAL);
    }

    fn gradients(&mut self) {
        let (x, delta) = (black_box(&self.x).as_slice(), self.delta.as_slice());
        let both = (self.d_weight.as_mut_slice(), self.d_bias.as_mut_slice());
        conv::gradients(&self.c, x, delta, both, Parallel::SERIAL);
    }
}

fn passes(c: &mut Criterion) {
    let mut group = c.benchmark_group("convolution");
    for (name, layer, first) in layers() {
        let mut blocks = Blocks::new(layer);
        group.throughput(Throughput::Elements(BATCH as u64 * layer.flops()));
        group.bench_function(BenchmarkId::new("forward", name), |b| b.iter(|| blocks.forward()));
        if !first {
            group.bench_function(BenchmarkId::new("input gradient", name), |b| b.iter(|| blocks.input_gradient()));
        }
        group.bench_function(BenchmarkId::new("gradients", name), |b| b.iter(|| blocks.gradients()));
        group.throughput(Throughput::Elements(layer.flops()));
        group.bench_function(BenchmarkId::new("one image", name), |b| b.iter(|| blocks.forward_one()));
    }
    group.finish();
}

criterion_group!(benches, passes);
criterion_main!(benches);
