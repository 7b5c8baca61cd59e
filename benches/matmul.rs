//! The matrix products of one training step of 784 → 128 → 64 → 10, and of larger layers: typednet's beside bare calls of
//! `matrixmultiply` for the same products.
//!
//! Which of typednet's are own kernels and which are the library's is decided in `tensor/src/matmul/choose.rs`. Its
//! forward products add the bias and take max(0, z) too. Both run in one process on one thread.
#![allow(missing_docs, reason = "criterion's macros generate functions")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use typednet::tensor::matmul::{self, Epilogue, MatMut, MatRef};
use typednet::tensor::{Buffer, Key, Parallel, Precision};

/// One dense layer's matrices for a batch of m rows.
struct Layer {
    m: usize,
    k: usize,
    n: usize,
    x: Buffer<f32>,
    w: Buffer<f32>,
    b: Buffer<f32>,
    y: Buffer<f32>,
    delta: Buffer<f32>,
    dw: Buffer<f32>,
    dx: Buffer<f32>,
    par: Parallel<'static>,
}

impl Layer {
    fn new(m: usize, k: usize, n: usize) -> Self {
        let mut seed = 0;
        let mut random = |len| {
            seed += 1;
            let mut buffer = Buffer::new();
            for (i, x) in buffer.grow(len).iter_mut().enumerate() {
                *x = Key::new(seed).uniform::<f32>(i as u64) - 0.5;
            }
            buffer
        };
        let (x, w, b, y) = (random(m * k), random(k * n), random(n), random(m * n));
        let (delta, dw, dx) = (random(m * n), random(k * n), random(m * k));
        Self { m, k, n, x, w, b, y, delta, dw, dx, par: Parallel::SERIAL }
    }

    fn flops(&self) -> u64 {
        2 * (self.m * self.k * self.n) as u64
    }

    fn forward(&mut self) {
        let (x, w, b) = (black_box(&self.x).as_slice(), self.w.as_slice(), self.b.as_slice());
        let (x, w) = (MatRef::new(x, self.m, self.k), MatRef::new(w, self.k, self.n));
        let y = MatMut::new(self.y.as_mut_slice(), self.m, self.n);
        matmul::affine(x, w, b, y, Epilogue::Relu, self.par);
    }

    fn weight_gradient(&mut self) {
        let (x, delta) = (black_box(&self.x).as_slice(), self.delta.as_slice());
        let (x, delta) = (MatRef::new(x, self.m, self.k), MatRef::new(delta, self.m, self.n));
        let dw = MatMut::new(self.dw.as_mut_slice(), self.k, self.n);
        matmul::weight_gradient(x, delta, dw, self.par);
    }

    fn input_gradient(&mut self) {
        let (delta, w) = (black_box(&self.delta).as_slice(), self.w.as_slice());
        let (delta, w) = (MatRef::new(delta, self.m, self.n), MatRef::new(w, self.k, self.n));
        let dx = MatMut::new(self.dx.as_mut_slice(), self.m, self.k);
        matmul::input_gradient(delta, w, dx, self.par);
    }

    fn raw_forward(&mut self) {
        let (m, k, n) = (self.m, self.k, self.n);
        raw((m, k, n), (black_box(&self.x).as_slice(), k, 1), (self.w.as_slice(), n, 1), self.y.as_mut_slice());
    }

    fn raw_weight_gradient(&mut self) {
        let (m, k, n) = (self.m, self.k, self.n);
        raw((k, m, n), (black_box(&self.x).as_slice(), 1, k), (self.delta.as_slice(), n, 1), self.dw.as_mut_slice());
    }

    fn raw_input_gradient(&mut self) {
        let (m, k, n) = (self.m, self.k, self.n);
        raw((m, n, k), (black_box(&self.delta).as_slice(), n, 1), (self.w.as_slice(), 1, n), self.dx.as_mut_slice());
    }
}

/// A product and its name.
type Contestant = (&'static str, fn(&mut Layer));

/// C ← A·B by `matrixmultiply`; a matrix comes with its row and column stride.
fn raw(
    (m, k, n): (usize, usize, usize),
    (a, a_row, a_column): (&[f32], usize, usize),
    (b, b_row, b_column): (&[f32], usize, usize),
    c: &mut [f32],
) {
    assert!(a.len() == m * k && b.len() == k * n && c.len() == m * n);
    let stride = |x: usize| isize::try_from(x).expect("a small stride");
    // SAFETY: the lengths are checked, and the strides are those of m×k, k×n and m×n elements.
    unsafe {
        matrixmultiply::sgemm(
            m,
            k,
            n,
            1.0,
            a.as_ptr(),
            stride(a_row),
            stride(a_column),
            b.as_ptr(),
            stride(b_row),
            stride(b_column),
            0.0,
            c.as_mut_ptr(),
            stride(n),
            1,
        );
    }
}

/// All eight products of one step: the first layer needs no gradient of its input.
fn step(c: &mut Criterion) {
    let mut group = c.benchmark_group("products of one step");
    for batch in [1, 8, 32, 64, 128, 512] {
        let mut layers = [Layer::new(batch, 784, 128), Layer::new(batch, 128, 64), Layer::new(batch, 64, 10)];
        let flops = layers.iter().map(|layer| 3 * layer.flops()).sum::<u64>() - layers[0].flops();
        group.throughput(Throughput::Elements(flops));
        group.bench_function(BenchmarkId::new("typednet", batch), |b| {
            b.iter(|| {
                layers.iter_mut().for_each(Layer::forward);
                layers.iter_mut().for_each(Layer::weight_gradient);
                layers[1..].iter_mut().for_each(Layer::input_gradient);
            });
        });
        group.bench_function(BenchmarkId::new("matrixmultiply", batch), |b| {
            b.iter(|| {
                layers.iter_mut().for_each(Layer::raw_forward);
                layers.iter_mut().for_each(Layer::raw_weight_gradient);
                layers[1..].iter_mut().for_each(Layer::raw_input_gradient);
            });
        });
    }
    group.finish();
}

/// Each product by itself, for layers small and large: what `choose.rs` rests on.
fn layers(c: &mut Criterion) {
    let mut group = c.benchmark_group("one layer");
    for (m, k, n) in [(1, 784, 128), (64, 784, 128), (64, 64, 10), (64, 512, 512), (128, 1024, 1024), (64, 2048, 2048)]
    {
        let mut layer = Layer::new(m, k, n);
        let shape = format!("{m}x{k}x{n}");
        group.throughput(Throughput::Elements(layer.flops()));
        let contestants: [Contestant; 6] = [
            ("typednet forward", Layer::forward),
            ("matrixmultiply forward", Layer::raw_forward),
            ("typednet weight gradient", Layer::weight_gradient),
            ("matrixmultiply weight gradient", Layer::raw_weight_gradient),
            ("typednet input gradient", Layer::input_gradient),
            ("matrixmultiply input gradient", Layer::raw_input_gradient),
        ];
        for (name, run) in contestants {
            group.bench_function(BenchmarkId::new(name, &shape), |b| b.iter(|| run(&mut layer)));
        }
    }
    group.finish();
}

/// The products of a layer whose weights and δ are subnormal numbers, beside ordinary ones: they should not be slower.
fn subnormal(c: &mut Criterion) {
    let mut group = c.benchmark_group("subnormal numbers");
    for scale in [1e-3, 1e-40] {
        let mut layer = Layer::new(64, 784, 128);
        for x in [&mut layer.w, &mut layer.b, &mut layer.delta] {
            x.as_mut_slice().iter_mut().for_each(|x| *x *= scale);
        }
        let contestants: [Contestant; 3] = [
            ("forward", Layer::forward),
            ("weight gradient", Layer::weight_gradient),
            ("input gradient", Layer::input_gradient),
        ];
        for (name, run) in contestants {
            group.bench_function(BenchmarkId::new(name, format!("{scale:e}")), |b| b.iter(|| run(&mut layer)));
        }
    }
    group.finish();
}

/// The products of a layer whose operands are rounded to bf16, beside those of `f32`: by tiles where the processor has them.
fn precisions(c: &mut Criterion) {
    let mut group = c.benchmark_group("precision");
    for (m, k, n) in [(16, 784, 128), (64, 784, 128), (512, 784, 128), (512, 512, 512)] {
        let mut layer = Layer::new(m, k, n);
        group.throughput(Throughput::Elements(layer.flops()));
        for precision in [Precision::F32, Precision::Bf16Portable, Precision::Bf16] {
            if let Err(missing) = precision.check() {
                eprintln!("{m}x{k}x{n} not by tiles: {missing}");
                continue;
            }
            layer.par = Parallel::serial_in(precision);
            let contestants: [Contestant; 3] = [
                ("forward", Layer::forward),
                ("weight gradient", Layer::weight_gradient),
                ("input gradient", Layer::input_gradient),
            ];
            for (name, run) in contestants {
                let id = BenchmarkId::new(format!("{name} {precision}"), format!("{m}x{k}x{n}"));
                group.bench_function(id, |b| b.iter(|| run(&mut layer)));
            }
        }
    }
    group.finish();
}

criterion_group!(benches, step, layers, subnormal, precisions);
criterion_main!(benches);
