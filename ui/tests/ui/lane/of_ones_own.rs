// says: requires an `unsafe impl` declaration
//! Kernels write through pointers as far as a lane says, so who writes one answers for it.

use typednet::tensor::simd::{Kernel, Portable, Simd};

#[derive(Clone, Copy)]
struct Mine;
impl Simd<f32> for Mine {
    type V = f32;
    type M = bool;
    type Part = usize;
    const LANES: usize = 1;
    const REGISTERS: usize = 8;
    const BLOCK: usize = 1;
    fn call<K: Kernel<f32>>(self, kernel: K) -> K::Output { kernel.run(Portable) }
    fn splat(self, x: f32) -> f32 { x }
    fn load(self, x: &[f32]) -> f32 { x[0] }
    fn load_part(self, x: &[f32], fill: f32) -> f32 { *x.first().unwrap_or(&fill) }
    fn store(self, v: f32, to: &mut [f32]) { to[0] = v }
    fn store_part(self, _: f32, _: &mut [f32]) {}
    fn part(self, len: usize) -> usize { len }
    unsafe fn load_at(self, _: *const f32) -> f32 { 0.0 }
    unsafe fn load_part_at(self, _: *const f32, _: usize) -> f32 { 0.0 }
    unsafe fn store_at(self, _: f32, _: *mut f32) {}
    unsafe fn store_part_at(self, _: f32, _: *mut f32, _: usize) {}
    unsafe fn transpose_at(self, _: *const f32, _: usize, _: *mut f32, _: usize) {}
    fn widen(self, _: &[u8]) -> f32 { 0.0 }
    fn add(self, a: f32, b: f32) -> f32 { a + b }
    fn sub(self, a: f32, b: f32) -> f32 { a - b }
    fn mul(self, a: f32, b: f32) -> f32 { a * b }
    fn div(self, a: f32, b: f32) -> f32 { a / b }
    fn mul_add(self, a: f32, b: f32, c: f32) -> f32 { a * b + c }
    fn max(self, a: f32, b: f32) -> f32 { a.max(b) }
    fn min(self, a: f32, b: f32) -> f32 { a.min(b) }
    fn sqrt(self, a: f32) -> f32 { a }
    fn abs(self, a: f32) -> f32 { a }
    fn neg(self, a: f32) -> f32 { a }
    fn round(self, a: f32) -> f32 { a }
    fn pow2(self, a: f32) -> f32 { a }
    fn lt(self, a: f32, b: f32) -> bool { a < b }
    fn le(self, a: f32, b: f32) -> bool { a <= b }
    fn eq(self, a: f32, b: f32) -> bool { a == b }
    fn select(self, m: bool, a: f32, b: f32) -> f32 { if m { a } else { b } }
    fn sum(self, a: f32) -> f32 { a }
    fn largest(self, a: f32) -> f32 { a }
    fn exp(self, a: f32) -> f32 { a }
    fn each(self, a: f32, f: impl Fn(f32) -> f32) -> f32 { f(a) }
}

fn main() {}
