//! Parameters in fewer bytes, from which those of `f32` are made for a pass.

use typednet_tensor::compact::Bf16;
use typednet_tensor::{Element, Flat, impl_flat};

use super::factors;

/// Some parameters of a layer in another form.
pub trait Block: Flat + Send + Sync {
    /// How many they are.
    const NUMBERS: usize;

    /// Makes `f32` of them, in their order: [`NUMBERS`](Block::NUMBERS).
    fn expand(&self, to: &mut [f32]);

    /// Takes them over from as many of `f32`.
    fn write(&mut self, from: &[f32]);
}

/// Parameters rounded to [`Bf16`]; `A` is a nested array of them.
#[repr(C)]
pub struct Rounded<A> {
    numbers: A,
}

impl_flat! {
    [A: Flat<Elem = Bf16>] Rounded<A>: Bf16 {
        numbers: A,
    }
}

impl<A: Flat<Elem = Bf16> + Send + Sync> Block for Rounded<A> {
    const NUMBERS: usize = A::LEN;

    fn expand(&self, to: &mut [f32]) {
        widen(self.numbers.as_flat(), to);
    }

    fn write(&mut self, from: &[f32]) {
        for (to, from) in self.numbers.as_flat_mut().iter_mut().zip(from) {
            *to = Bf16::round(*from);
        }
    }
}

/// `to` ← `from`
#[inline(never)]
fn widen(from: &[Bf16], to: &mut [f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = from.to_f32();
    }
}

/// Parameters as they are, in the four bytes that each has, so that they stand among bytes; `A` is a nested array of those.
#[repr(C)]
pub struct Kept<A> {
    bytes: A,
}

impl_flat! {
    [A: Flat<Elem = u8>] Kept<A>: u8 {
        bytes: A,
    }
}

impl<A: Flat<Elem = u8> + Send + Sync> Block for Kept<A> {
    const NUMBERS: usize = A::LEN / 4;

    fn expand(&self, to: &mut [f32]) {
        read(self.bytes.as_flat(), to);
    }

    fn write(&mut self, from: &[f32]) {
        for (to, from) in self.bytes.as_flat_mut().as_chunks_mut::<4>().0.iter_mut().zip(from) {
            *to = from.to_le_bytes();
        }
    }
}

/// `to` ← `from`
#[inline(never)]
fn read(from: &[u8], to: &mut [f32]) {
    for (to, from) in to.iter_mut().zip(from.as_chunks::<4>().0) {
        *to = f32::from_le_bytes(*from);
    }
}

/// Weights as whole numbers from −127 to 127, with a factor for each output: w ≈ sₒ·ŵ with sₒ = max |w| / 127 over the weights
/// that lead to output o, so |w − sₒ·ŵ| ≤ sₒ/2. The product is computed with these in `f32`.
///
/// `W` is a nested array of bytes, `S` one of the factors' four bytes each. `INNER` weights one behind the other have one factor, and
/// the next ones the next; behind the last factor comes the first again.
///
/// Where a weight that leads to an output is not finite, all of them are NaN.
#[repr(C)]
pub struct Columns<W, S, const INNER: usize> {
    weight: W,
    factor: S,
}

impl_flat! {
    [W: Flat<Elem = u8>, S: Flat<Elem = u8>, const INNER: usize] Columns<W, S, INNER>: u8 {
        weight: W,
        factor: S,
    }
}

impl<W, S, const INNER: usize> Block for Columns<W, S, INNER>
where
    W: Flat<Elem = u8> + Send + Sync,
    S: Flat<Elem = u8> + Send + Sync,
{
    const NUMBERS: usize = W::LEN;

    fn expand(&self, to: &mut [f32]) {
        scale(self.weight.as_flat(), self.factor.as_flat().as_chunks::<4>().0, INNER, to);
    }

    fn write(&mut self, from: &[f32]) {
        quantise(from, INNER, self.weight.as_flat_mut(), self.factor.as_flat_mut().as_chunks_mut::<4>().0);
    }
}

/// `to` ← ŵ ⊙ s
#[inline(never)]
fn scale(weight: &[u8], factors: &[[u8; 4]], inner: usize, to: &mut [f32]) {
    if inner == 1 {
        // The common case, in which rows are as long as there are factors.
        for (w, to) in weight.chunks(factors.len().max(1)).zip(to.chunks_mut(factors.len().max(1))) {
            for ((to, w), factor) in to.iter_mut().zip(w).zip(factors) {
                *to = f32::from(w.cast_signed()) * f32::from_le_bytes(*factor);
            }
        }
        return;
    }
    for (i, (w, to)) in weight.chunks(inner).zip(to.chunks_mut(inner)).enumerate() {
        let factor = f32::from_le_bytes(factors[i % factors.len()]);
        for (to, w) in to.iter_mut().zip(w) {
            *to = f32::from(w.cast_signed()) * factor;
        }
    }
}

/// ŵ and s of `from`.
#[inline(never)]
fn quantise(from: &[f32], inner: usize, weight: &mut [u8], widths: &mut [[u8; 4]]) {
    let columns = widths.len();
    for (o, factor) in widths.iter_mut().enumerate() {
        *factor = factors::width(from.chunks(inner).skip(o).step_by(columns).flatten()).to_le_bytes();
    }
    for (i, (from, to)) in from.chunks(inner).zip(weight.chunks_mut(inner)).enumerate() {
        let factor = f64::from(f32::from_le_bytes(widths[i % columns]));
        for (to, w) in to.iter_mut().zip(from) {
            *to = factors::nearest(*w, factor).cast_unsigned();
        }
    }
}

/// One block behind another.
#[repr(C)]
pub struct Both<P, Q> {
    first: P,
    second: Q,
}

impl_flat! {
    [P: Flat, Q: Flat<Elem = P::Elem>] Both<P, Q>: P::Elem {
        first: P,
        second: Q,
    }
}

impl<P: Block, Q: Block<Elem = P::Elem>> Block for Both<P, Q> {
    const NUMBERS: usize = P::NUMBERS + Q::NUMBERS;

    fn expand(&self, to: &mut [f32]) {
        let (first, second) = to.split_at_mut(P::NUMBERS);
        self.first.expand(first);
        self.second.expand(second);
    }

    fn write(&mut self, from: &[f32]) {
        let (first, second) = from.split_at(P::NUMBERS);
        self.first.write(first);
        self.second.write(second);
    }
}

/// No parameters, among elements of the type `E`.
#[repr(C)]
pub struct Nothing<E> {
    elements: [E; 0],
}

impl_flat! {
    [E: Element + Flat<Elem = E>] Nothing<E>: E {
        elements: [E; 0],
    }
}

impl<E: Element + Flat<Elem = E>> Block for Nothing<E> {
    const NUMBERS: usize = 0;

    fn expand(&self, _: &mut [f32]) {}

    fn write(&mut self, _: &[f32]) {}
}
