//! Inference of the 109,386-parameter network, for one sample and for batches, in its own form and in those of fewer bytes;
//! and what batch normalisation costs as a layer of its own.
//!
//! `raw products` are the same three matrix products by bare calls of `matrixmultiply`.
#![allow(missing_docs, reason = "criterion's macros generate functions")]

mod common;

use std::hint::black_box;

use common::{BATCHES, Mnist, RawProducts, images, scaled};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use typednet::layers::{PassContext, pass};
use typednet::prelude::*;
use typednet::tensor::{Buffer, Flat, Sample, ops, reshaped, zeroed_samples};

network! { struct Normalised: 784 => Dense<128> => BatchNorm => Relu => Dense<64> => BatchNorm => Relu => Dense<10, Softmax> }

fn infer(c: &mut Criterion) {
    let model = Mnist::seeded(0);
    let mut group = c.benchmark_group("infer");

    let x = scaled(&images(1));
    group.bench_function("predict one sample", |b| b.iter(|| model.predict(black_box(&x[0]))));
    // What no layout of the weights in `f32` can be faster than.
    group.bench_function("read every weight once", |b| b.iter(|| ops::sum(black_box(model.as_flat()))));
    let half = model.to_bf16();
    group.bench_function("predict one sample, bf16", |b| b.iter(|| half.predict(black_box(&x[0]))));
    let quarter = model.to_int8(&scaled(&images(100)));
    group.bench_function("predict one sample, int8", |b| b.iter(|| quarter.predict(black_box(&x[0]))));

    let normalised = Normalised::seeded(0);
    group.bench_function("predict one sample, with BatchNorm", |b| b.iter(|| normalised.predict(black_box(&x[0]))));
    drop(normalised);

    for batch in [2, 64] {
        group.throughput(Throughput::Elements(batch as u64));
        let (x, mut y) = (scaled(&images(batch)), vec![[0.0; 10]; batch]);
        let mut memory = Buffer::new();
        let need = pass::inference_need::<Mnist>().of(batch);
        let memory = memory.grow(need.max(<<Mnist as Compact>::Int8 as Predictor>::INFER.of(batch)));
        group.bench_function(BenchmarkId::new("few rows", batch), |b| {
            b.iter(|| {
                pass::infer(&*model, black_box(&x), memory, PassContext::new(Key::new(0)));
            });
        });
        let memory = &mut memory[..];
        group.bench_function(BenchmarkId::new("few rows, bf16", batch), |b| {
            b.iter(|| half.infer(black_box(&x), &mut y, memory, PassContext::new(Key::new(0))));
        });
        group.bench_function(BenchmarkId::new("few rows, int8", batch), |b| {
            b.iter(|| quarter.infer(black_box(&x), &mut y, memory, PassContext::new(Key::new(0))));
        });
    }

    for batch in BATCHES {
        group.throughput(Throughput::Elements(batch as u64));
        let x = scaled(&images(batch));
        let mut memory = Buffer::new();
        let memory = memory.grow(pass::inference_need::<Mnist>().of(batch));
        group.bench_function(BenchmarkId::new("typednet", batch), |b| {
            b.iter(|| {
                pass::infer(&*model, black_box(&x), memory, PassContext::new(Key::new(0)));
            });
        });

        let mut raw = RawProducts::new(batch);
        group.bench_function(BenchmarkId::new("raw products", batch), |b| b.iter(|| raw.forward()));
    }
    group.finish();
    forms_of_images(c);
}

network! {
    struct LeNet: [28, 28, 1]
        => Conv2d<6, 5, Relu> => MaxPool<2> => Conv2d<16, 5, Relu> => MaxPool<2>
        => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10, Softmax> -> 10
}

network! {
    struct ResNet8: [28, 28, 1]
        => Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d<Relu>
        => Residual<Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d<Relu>
                    => Conv2d<16, 3, pad = 1, bias = false> => BatchNorm2d> => Relu
        => Add<main: Conv2d<32, 3, stride = 2, pad = 1, bias = false> => BatchNorm2d<Relu>
                     => Conv2d<32, 3, pad = 1, bias = false> => BatchNorm2d,
               skip: Conv2d<32, 1, stride = 2, bias = false> => BatchNorm2d> => Relu
        => Add<main: Conv2d<64, 3, stride = 2, pad = 1, bias = false> => BatchNorm2d<Relu>
                     => Conv2d<64, 3, pad = 1, bias = false> => BatchNorm2d,
               skip: Conv2d<64, 1, stride = 2, bias = false> => BatchNorm2d> => Relu
        => GlobalAvgPool => Dense<10, Softmax> -> 10
}

network! { struct Wide: [28, 28, 16] => Conv2d<16, 3, pad = 1> }
network! { struct Deep: [7, 7, 64] => Conv2d<64, 3, pad = 1> }

/// Images of what a layer with a ReLU gives: half of the numbers are 0.
fn drawn<S: Sample<Elem = f32>>(count: usize) -> Vec<S> {
    let mut images = zeroed_samples::<S>(count);
    let numbers = images.iter_mut().flat_map(Flat::as_flat_mut);
    numbers.enumerate().for_each(|(i, x)| *x = (2.0 * Key::new(1).uniform::<f32>(i as u64) - 1.0).max(0.0));
    images
}

/// Convolutions and networks of them in their forms of fewer bytes.
fn forms_of_images(c: &mut Criterion) {
    let mut group = c.benchmark_group("forms");
    let run = PassContext::new(Key::new(0));
    macro_rules! forms {
        ($name:literal, $net:ty, $x:expr) => {
            let (net, x) = (<$net>::seeded(0), $x);
            let (half, quarter) = (net.to_bf16(), net.to_int8(&x[..50]));
            let need = <$net>::INFER.of(64);
            let need = need.max(<<$net as Compact>::Bf16 as Predictor>::INFER.of(64));
            let need = need.max(<<$net as Compact>::Int8 as Predictor>::INFER.of(64));
            let mut memory = Buffer::new();
            let memory = memory.grow(need);
            let mut y = zeroed_samples::<<$net as Layer>::Out>(64);
            for rows in [1, 64] {
                let (x, y) = (&x[..rows], &mut y[..rows]);
                group.throughput(Throughput::Elements(rows as u64));
                group.bench_function(BenchmarkId::new(concat!($name, ", f32"), rows), |b| {
                    b.iter(|| net.infer(black_box(x), y, memory, run));
                });
                group.bench_function(BenchmarkId::new(concat!($name, ", bf16"), rows), |b| {
                    b.iter(|| half.infer(black_box(x), y, memory, run));
                });
                group.bench_function(BenchmarkId::new(concat!($name, ", int8"), rows), |b| {
                    b.iter(|| quarter.infer(black_box(x), y, memory, run));
                });
            }
        };
    }
    let pictures: Vec<[[[f32; 1]; 28]; 28]> = reshaped(scaled(&images(64)));
    forms!("LeNet", LeNet, &pictures);
    forms!("ResNet-8", ResNet8, &pictures);
    forms!("16 to 16 channels of 28x28", Wide, drawn::<[[[f32; 16]; 28]; 28]>(64));
    forms!("64 to 64 channels of 7x7", Deep, drawn::<[[[f32; 64]; 7]; 7]>(64));
    group.finish();
}

criterion_group!(benches, infer);
criterion_main!(benches);
