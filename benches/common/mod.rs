//! What the benches share: the network, random data, and the floor over which they are read.
#![allow(dead_code, reason = "each bench uses a part of it")]

use std::time::{Duration, Instant};

use typednet::prelude::*;
use typednet::tensor::Buffer;

network! {
    /// The network of the lectures, with 109,386 parameters.
    pub(crate) struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10
}

/// The batch sizes of every bench.
pub(crate) const BATCHES: [usize; 5] = [1, 32, 64, 128, 512];

/// Floating-point operations of a step's products: three forward, three weight gradients, two input gradients.
pub(crate) const fn step_flops(batch: usize) -> u64 {
    let forward = 2 * batch as u64 * (784 * 128 + 128 * 64 + 64 * 10);
    let input_gradients = 2 * batch as u64 * (128 * 64 + 64 * 10);
    2 * forward + input_gradients
}

/// Images of random bytes.
pub(crate) fn images(count: usize) -> Vec<[u8; 784]> {
    let key = Key::new(1);
    (0..count).map(|row| std::array::from_fn(|i| key.bits((row * 784 + i) as u64) as u8)).collect()
}

/// Random labels.
pub(crate) fn labels(count: usize) -> Vec<Class<10>> {
    let key = Key::new(2);
    (0..count).map(|row| Class::new(key.below(row as u64, 10) as usize).expect("below 10")).collect()
}

/// Lines of random characters.
pub(crate) fn lines<const V: usize, const N: usize>(count: usize, seed: u64) -> impl Iterator<Item = [Token<V>; N]> {
    let key = Key::new(seed);
    let draw = move |place: usize| Token::new(key.below(place as u64, V as u64) as usize).expect("below V");
    (0..count).map(move |row| std::array::from_fn(|step| draw(row * N + step)))
}

/// The images as the network reads them.
pub(crate) fn scaled(images: &[[u8; 784]]) -> Vec<[f32; 784]> {
    images.iter().map(|image| image.map(|pixel| f32::from(pixel) / 255.0)).collect()
}

/// The least time of many calls in microseconds, after three that do not count.
pub(crate) fn least(seconds: u64, mut call: impl FnMut()) -> f64 {
    for _ in 0..3 {
        call();
    }
    let (begin, mut best, mut calls) = (Instant::now(), f64::INFINITY, 0);
    while begin.elapsed() < Duration::from_secs(seconds) || calls < 5 {
        let start = Instant::now();
        call();
        best = best.min(start.elapsed().as_secs_f64());
        calls += 1;
    }
    best * 1e6
}

/// The products of one step and nothing else, by `matrixmultiply`: what a step over that crate cannot be faster than.
pub(crate) struct RawProducts {
    batch: usize,
    memory: Vec<Buffer<f32>>,
}

impl RawProducts {
    /// Matrices of random numbers.
    pub(crate) fn new(batch: usize) -> Self {
        let lens = [
            batch * 784,
            784 * 128,
            batch * 128,
            128 * 64,
            batch * 64,
            64 * 10,
            batch * 10,
            784 * 128,
            128 * 64,
            64 * 10,
        ];
        let memory = lens.map(|len| {
            let mut buffer = Buffer::new();
            for (n, x) in buffer.grow(len).iter_mut().enumerate() {
                *x = Key::new(3).uniform::<f32>(n as u64) - 0.5;
            }
            buffer
        });
        Self { batch, memory: memory.into() }
    }

    /// All eight products.
    pub(crate) fn run(&mut self) {
        let m = self.batch;
        self.forward();
        // Weight gradients: Xᵀ Δ.
        self.product(784, m, 128, (0, 1, 784), (2, 128, 1), 7);
        self.product(128, m, 64, (2, 1, 128), (4, 64, 1), 8);
        self.product(64, m, 10, (4, 1, 64), (6, 10, 1), 9);
        // Input gradients: Δ Wᵀ.
        self.product(m, 10, 64, (6, 10, 1), (5, 1, 10), 4);
        self.product(m, 64, 128, (4, 64, 1), (3, 1, 64), 2);
    }

    /// The three forward products.
    pub(crate) fn forward(&mut self) {
        let m = self.batch;
        self.product(m, 784, 128, (0, 784, 1), (1, 128, 1), 2);
        self.product(m, 128, 64, (2, 128, 1), (3, 64, 1), 4);
        self.product(m, 64, 10, (4, 64, 1), (5, 10, 1), 6);
    }

    fn product(&mut self, m: usize, k: usize, n: usize, a: (usize, isize, isize), b: (usize, isize, isize), c: usize) {
        assert!(c != a.0 && c != b.0);
        let (a_data, b_data) = (self.memory[a.0].as_slice().as_ptr(), self.memory[b.0].as_slice().as_ptr());
        let c_data = self.memory[c].as_mut_slice();
        assert!(c_data.len() >= m * n);
        // SAFETY: the strides describe m×k, k×n and m×n elements inside three different buffers.
        unsafe {
            matrixmultiply::sgemm(
                m,
                k,
                n,
                1.0,
                a_data,
                a.1,
                a.2,
                b_data,
                b.1,
                b.2,
                0.0,
                c_data.as_mut_ptr(),
                n.cast_signed(),
                1,
            );
        }
    }
}
