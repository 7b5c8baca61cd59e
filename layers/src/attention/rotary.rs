//! Queries and keys, turned by angles that grow with the steps.

use typednet_tensor::simd::{Kernel, Row, Simd, columns};
use typednet_tensor::{Parallel, Scalar};

use crate::positions::waves::{angle, waves};
use crate::threads::by_rows;

/// The sizes of the turned rows: `[samples][steps][q, k, v][heads][head_width]`.
#[derive(Clone, Copy)]
pub(super) struct Turned {
    pub(super) steps: usize,
    pub(super) width: usize,
    pub(super) head_width: usize,
}

/// Whether pairs are turned forth, or back as their gradient is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Forth,
    Back,
}

impl Turned {
    /// The cosines of a step, then its sines, for all steps into `table`, `[steps][head_width]`.
    #[inline(never)]
    pub(super) fn fill<T: Scalar>(self, table: &mut [T]) {
        let pairs = self.head_width / 2;
        waves(self.steps, pairs, self.head_width, |step, pair, [sin, cos]| {
            let row = &mut table[step * self.head_width..][..self.head_width];
            (row[pair], row[pairs + pair]) = (T::of(cos), T::of(sin));
        });
    }

    /// The same for one step.
    #[inline(never)]
    pub(super) fn fill_one<T: Scalar>(self, step: usize, row: &mut [T]) {
        let (cosines, sines) = row.split_at_mut(self.head_width / 2);
        for (pair, (cosine, sine)) in cosines.iter_mut().zip(sines).enumerate() {
            let [sin, cos] = angle(step, pair, self.head_width);
            (*cosine, *sine) = (T::of(cos), T::of(sin));
        }
    }

    /// Turns queries and keys, or their gradients.
    #[inline(never)]
    pub(super) fn apply<T: Scalar>(self, table: &[T], qkv: &mut [T], direction: Direction, parallel: Parallel<'_>) {
        by_rows(parallel, qkv, 3 * self.steps * self.width, |_, qkv| {
            T::dispatch(Turn { sizes: self, table, qkv, direction });
        });
    }
}

/// Compiles what depends on the scalar only: see `instances.rs`.
pub(super) fn instances<T: Scalar>() {
    core::hint::black_box([
        Turned::apply::<T> as *const (),
        Turned::fill::<T> as *const (),
        Turned::fill_one::<T> as *const (),
    ]);
}

struct Turn<'a, T> {
    sizes: Turned,
    table: &'a [T],
    qkv: &'a mut [T],
    direction: Direction,
}

impl<T: Scalar> Kernel<T> for Turn<'_, T> {
    type Output = ();

    /// (a, b) ← (a·cos − b·sin, b·cos + a·sin), or by the angle's negative.
    #[inline(always)]
    fn run<S: Simd<T>>(self, s: S) {
        let Self { sizes: Turned { steps, width, head_width }, table, qkv, direction } = self;
        let pairs = head_width / 2;
        for (step, qkv) in qkv.chunks_exact_mut(3 * width).enumerate() {
            let (cosines, sines) = table[step % steps * head_width..][..head_width].split_at(pairs);
            for head in qkv[..2 * width].chunks_exact_mut(head_width) {
                let (first, second) = head.split_at_mut(pairs);
                for at in columns(s, pairs) {
                    let (cos, sin) = (cosines.load(at), sines.load(at));
                    let sin = if direction == Direction::Back { s.neg(sin) } else { sin };
                    let (a, b) = (first.load(at), second.load(at));
                    first.store(at, s.sub(s.mul(a, cos), s.mul(b, sin)));
                    second.store(at, s.add(s.mul(b, cos), s.mul(a, sin)));
                }
            }
        }
    }
}
