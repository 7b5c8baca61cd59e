//! q·Ŵ by the instructions of Arm's DSP extension, which a Cortex-M4, M7 and most M33 have.
//!
//! A register of 32 bits holds two numbers of 16 bits. `SXTB16` widens two bytes of four to such numbers, and `SMLAD` multiplies two
//! registers of them number by number and adds both products to a sum (as CMSIS-NN does, Lai et al. 2018). Four inputs are widened once
//! for four columns; a four of weights is a load, two widenings and two of the products. So 16 products take 24 instructions. The loop is
//! written as the processor reads it: rustc's spills sums, and puts loads apart that take one cycle less behind each other.

use super::product::{Product, Row};

/// As many columns together as there are registers for: their sums, two of their weights, and the inputs.
const WIDTH: usize = 4;

/// One row.
///
/// # Panics
/// If something would be read or written that is not there.
pub(super) fn run(product: &Product<'_>, row: Row, y: &mut [f32]) {
    product.check(&[row], y.len());
    let columns = product.columns.len();
    let panels = columns / WIDTH * WIDTH;
    for left in (0..panels).step_by(WIDTH) {
        // SAFETY: `check` has passed, and the columns from `left` on are at least as many.
        unsafe { panel::<WIDTH>(product, row, left, y) }
    }
    for left in panels..columns {
        // SAFETY: as above.
        unsafe { panel::<1>(product, row, left, y) }
    }
}

/// The `V` columns from `left` on.
///
/// # Safety
/// [`Product::check`] was passed with this row, and there are as many columns.
#[inline(never)]
unsafe fn panel<const V: usize>(product: &Product<'_>, row: Row, left: usize, y: &mut [f32])
where
    [i32; V]: Sums,
{
    let Product { q, runs, weight, n, columns, scale, shift, .. } = product;
    let mut sums = [0; V];
    let place = columns.start + left;
    let (inputs, fours) = (q.as_ptr().wrapping_add(row.from), weight.as_ptr().wrapping_add(4 * place));
    // SAFETY: the runs end within `q`; four rows of Ŵ are `n` fours of bytes, of which those of `V` columns are read.
    unsafe {
        if runs.count() == 1 && runs.rest() == 0 {
            sums.add(inputs, runs.len / 4, fours, 4 * *n);
        } else {
            add_runs(&mut sums, product, left, inputs, fours);
        }
    }
    for (i, sum) in sums.into_iter().enumerate() {
        // SAFETY: there are as many factors as Ŵ has columns, and the row's outputs end within `y`.
        let ([scale, shift], y) = unsafe {
            let factors = [scale, shift].map(|of| f32::from_le_bytes(*of.get_unchecked(place + i)));
            (factors, y.get_unchecked_mut(row.to + left + i))
        };
        *y = sum as f32 * scale + shift;
    }
}

/// Adds the products of all runs, and of what is behind the last four of each.
///
/// # Safety
/// As [`panel`], with the first input of the first run and the first weight of the first of `V` columns.
#[inline(never)]
unsafe fn add_runs<const V: usize>(
    sums: &mut [i32; V],
    product: &Product<'_>,
    left: usize,
    inputs: *const u8,
    mut fours: *const u8,
) where
    [i32; V]: Sums,
{
    let Product { runs, n, columns, rests, .. } = product;
    let (rest, mut rests) = (runs.rest(), rests.as_ptr().wrapping_add(left));
    for outer in 0..runs.counts[0] {
        for inner in 0..runs.counts[1] {
            let from = inputs.wrapping_add(outer * runs.distances[0] + inner * runs.distances[1]);
            // SAFETY: as in `panel`.
            unsafe { sums.add(from, runs.len / 4, fours, 4 * *n) }
            fours = fours.wrapping_add(runs.len * *n);
            if rest > 0 {
                let mut last = [0; 4];
                let len = runs.len.min(4);
                // SAFETY: the last `len` bytes of the run, which are others than those of `last`; each run has as many fours of a rest as
                // columns, of which `V` are read.
                unsafe {
                    from.add(runs.len - len).copy_to_nonoverlapping(last.as_mut_ptr(), len);
                    sums.add(last.as_ptr(), 1, rests.cast(), 0);
                }
                rests = rests.wrapping_add(columns.len());
            }
        }
    }
}

/// The sums of some columns.
trait Sums {
    /// Adds the products of `count` fours of inputs with fours of weights: one for each column, and those of the next inputs `next` bytes
    /// further.
    ///
    /// # Safety
    /// All that may be read.
    unsafe fn add(&mut self, inputs: *const u8, count: usize, weights: *const u8, next: usize);
}

/// The loops, in the processor's instructions.
#[cfg(all(target_arch = "arm", feature = "arm-dsp"))]
mod instructions {
    use core::arch::asm;

    use super::{Sums, WIDTH};

    /// The next four inputs, as two registers of two numbers.
    macro_rules! inputs {
        () => {
            "uxtb16 {even}, {odd}\nuxtb16 {odd}, {odd}, ror #8\n"
        };
    }

    /// A column's sum, with four weights more.
    macro_rules! column {
        ($sum:literal, $weights:literal) => {
            concat!(
                "sxtb16 {t}, {",
                $weights,
                "}\nsmlad {",
                $sum,
                "}, {t}, {even}, {",
                $sum,
                "}\n",
                "sxtb16 {t}, {",
                $weights,
                "}, ror #8\nsmlad {",
                $sum,
                "}, {t}, {odd}, {",
                $sum,
                "}\n",
            )
        };
    }

    /// Four columns, of which two are loaded at a time.
    macro_rules! four_columns {
        () => {
            concat!(
                "ldr {odd}, [{q}], #4\nldr {a}, [{w}]\nldr {b}, [{w}, #4]\n",
                inputs!(),
                column!("s0", "a"),
                column!("s1", "b"),
                "ldr {a}, [{w}, #8]\nldr {b}, [{w}, #12]\nadd {w}, {w}, {next}\n",
                column!("s2", "a"),
                column!("s3", "b"),
            )
        };
    }

    impl Sums for [i32; WIDTH] {
        #[inline(always)]
        unsafe fn add(&mut self, mut q: *const u8, count: usize, mut w: *const u8, next: usize) {
            let [mut s0, mut s1, mut s2, mut s3] = *self;
            macro_rules! run {
                ($template:expr) => {
                    // SAFETY: it reads what the caller says and writes registers; no sum is beyond 32 bits, so no flag is set.
                    unsafe {
                        asm!(
                            $template, q = inout(reg) q, w = inout(reg) w, next = in(reg) next,
                            s0 = inout(reg) s0, s1 = inout(reg) s1, s2 = inout(reg) s2, s3 = inout(reg) s3,
                            a = out(reg) _, b = out(reg) _, t = out(reg) _, even = out(reg) _, odd = out(reg) _,
                            options(readonly, nostack, preserves_flags),
                        );
                    }
                };
            }
            // Two in each turn, of which the turn itself would else be an eighth.
            for _ in 0..count / 2 {
                run!(concat!(four_columns!(), four_columns!()));
            }
            if !count.is_multiple_of(2) {
                run!(four_columns!());
            }
            let _ = (q, w);
            *self = [s0, s1, s2, s3];
        }
    }

    impl Sums for [i32; 1] {
        #[inline(always)]
        unsafe fn add(&mut self, mut q: *const u8, count: usize, mut w: *const u8, next: usize) {
            for _ in 0..count {
                // SAFETY: as above.
                unsafe {
                    asm!(
                        concat!("ldr {odd}, [{q}], #4\nldr {a}, [{w}]\nadd {w}, {w}, {next}\n", inputs!(), column!("s0", "a")),
                        q = inout(reg) q, w = inout(reg) w, next = in(reg) next, s0 = inout(reg) self[0],
                        a = out(reg) _, t = out(reg) _, even = out(reg) _, odd = out(reg) _,
                        options(readonly, nostack, preserves_flags),
                    );
                }
            }
        }
    }
}

/// What the instructions compute, so that tests of what is around them run anywhere.
#[cfg(not(all(target_arch = "arm", feature = "arm-dsp")))]
impl<const V: usize> Sums for [i32; V] {
    unsafe fn add(&mut self, inputs: *const u8, count: usize, weights: *const u8, next: usize) {
        for i in 0..count {
            // SAFETY: what the caller says may be read.
            let (inputs, weights) = unsafe {
                (inputs.add(4 * i).cast::<[u8; 4]>().read(), weights.add(i * next).cast::<[[i8; 4]; V]>().read())
            };
            for (sum, weights) in self.iter_mut().zip(weights) {
                *sum += inputs.into_iter().zip(weights).map(|(q, w)| i32::from(q) * i32::from(w)).sum::<i32>();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Key;
    use crate::compact::product::{Rests, Runs};
    use crate::compact::quad::portable;

    #[test]
    fn products_have_the_bits_of_the_portable_loop() {
        let runs = [1, 3, 4, 8, 23].map(Runs::one);
        let many = [(2, 3, 12), (3, 1, 7), (1, 4, 2)].map(|(outer, inner, len)| Runs {
            counts: [outer, inner],
            distances: [60, 13],
            len,
        });
        for (case, runs) in runs.into_iter().chain(many).enumerate() {
            for n in [1, 3, 4, 5, 8, 33] {
                let key = Key::new(case as u64).child(n as u64);
                let bytes = |key: Key, len: usize| (0..len).map(|i| key.bits(i as u64) as u8).collect::<Vec<_>>();
                let k = runs.count() * runs.len;
                let (mut q, weight) = (bytes(key, 2 * 300), bytes(key.child(1), k * n));
                // The largest inputs, too.
                q[300..].fill(255);
                let factors: Vec<[u8; 4]> = (0..n).map(|o| (o as f32 - 1.5).to_le_bytes()).collect();
                for columns in [0..n, n / 2..n, 0..n - 1] {
                    let mut rests = Rests::new(&runs);
                    let rests = rests.of(&runs, &weight, n, &columns);
                    let product = Product {
                        q: &q,
                        runs,
                        weight: &weight,
                        n,
                        columns: columns.clone(),
                        rests,
                        scale: &factors,
                        shift: &factors,
                    };
                    for row in [Row { from: 0, to: 0 }, Row { from: 5, to: 2 }, Row { from: 300, to: 1 }] {
                        let mut y = [vec![f32::NAN; n + 2], vec![f32::NAN; n + 2]];
                        let [found, wanted] = &mut y;
                        run(&product, row, found);
                        portable(&product, row, wanted);
                        let [found, wanted] = y.map(|y| y.into_iter().map(f32::to_bits).collect::<Vec<_>>());
                        assert_eq!(found, wanted, "{runs:?}, columns {columns:?} of {n}, {row:?}");
                    }
                }
            }
        }
    }
}
