//! The driver by the model of tile registers, by every lane and by AMX where it is there, against the reference.

use super::driver::INNER;
use super::model::Model;
use super::tiles::{DEPTH, SIDE};
use super::*;
use crate::matmul::{Epilogue, affine, gradients, input_gradient, reference, weight_gradient};
use crate::test_pools::Backwards;
use crate::{Key, Parallel, Pool};

/// Rows, inner sizes and columns around the edges of a tile, of two, and of what is packed at a time.
const ROWS: [usize; 8] = [1, 2, SIDE - 1, SIDE, SIDE + 1, 2 * SIDE, 2 * SIDE + 1, 3 * SIDE + 5];
const INNERS: [usize; 8] = [1, 2, 3, DEPTH - 1, DEPTH, DEPTH + 1, 3 * DEPTH - 7, 5 * DEPTH];
const LARGE: [(usize, usize, usize); 4] =
    [(driver::ROWS + 3, 33, 17), (2 * driver::ROWS, 5, 33), (17, INNER + 1, 18), (33, 2 * INNER + 39, 1)];

fn shapes() -> impl Iterator<Item = (usize, usize, usize)> {
    let all = ROWS.into_iter().flat_map(|m| INNERS.into_iter().flat_map(move |k| ROWS.map(|n| (m, k, n))));
    all.chain(LARGE)
}

pub(super) fn numbers(len: usize, seed: u64) -> Vec<f32> {
    (0..len).map(|i| Key::new(seed).uniform::<f32>(i as u64) - 0.5).collect()
}

/// Rows for columns.
pub(super) fn turned(x: &[f32], columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|j| x.iter().skip(j).step_by(columns).copied()).collect()
}

pub(super) fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}

/// How far a sum of k products may be from the exact one of the rounded operands, of which the sum of absolute values is `size`.
fn bound(k: usize, size: f64) -> f64 {
    let n = (17 + k.div_ceil(DEPTH)) as f64 / 16_777_216.0;
    n / (1.0 - n) * size + k as f64 * 2.0_f64.powi(-125)
}

/// The exact sums of the rounded operands, and the sums of their absolute values.
fn exact(a: &[f32], b: &[f32], bias: &[f32], (k, n): (usize, usize)) -> Vec<(f64, f64)> {
    let row = |a: &[f32], j: usize| {
        let start = bias.get(j).copied().map_or(0.0, f64::from);
        let products = a.iter().enumerate().map(|(t, a)| f64::from(rounded(*a)) * f64::from(rounded(b[t * n + j])));
        products.fold((start, start.abs()), |(sum, size), product| (sum + product, size + product.abs()))
    };
    a.chunks_exact(k).flat_map(|a| (0..n).map(move |j| row(a, j))).collect()
}

/// Computes C with A and B where they stand or turned.
pub(super) fn views<'a>(
    (a, a_turned): (&'a [f32], &'a [f32]),
    (b, b_turned): (&'a [f32], &'a [f32]),
    (m, k, n): (usize, usize, usize),
) -> [(MatRef<'a, f32>, MatRef<'a, f32>); 3] {
    let (by_rows, turned) = (MatRef::new(a, m, k), MatRef::new(a_turned, k, m).transposed());
    let (of_b, of_b_turned) = (MatRef::new(b, k, n), MatRef::new(b_turned, n, k).transposed());
    [(by_rows, of_b), (turned, of_b), (by_rows, of_b_turned)]
}

/// The driver over the model.
struct ByModel<'a>(Operands<'a>);

impl Kernel<f32> for ByModel<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<f32>>(self, s: S) {
        drive(&mut Model::new(), s, self.0, &mut Room::new());
    }
}

/// By the model on any lane and by each lane's vectors.
fn check(all: impl Iterator<Item = (usize, usize, usize)>, lanes: &[Lane], by_model: bool) {
    for (m, k, n) in all {
        let (a, b, bias) = (numbers(m * k, 1), numbers(k * n, 2), numbers(n, 3));
        let (a_turned, b_turned) = (turned(&a, k), turned(&b, n));
        for (bias, relu) in [(None, false), (Some(&bias[..]), true)] {
            let mut wanted = vec![f32::NAN; m * n];
            reference::product_bf16(&a, &b, bias.unwrap_or_default(), &mut wanted, k, n);
            for z in &mut wanted {
                *z = if relu { z.max(0.0) } else { *z };
            }
            for (view, (a, b)) in views((&a, &a_turned), (&b, &b_turned), (m, k, n)).into_iter().enumerate() {
                for lane in lanes.iter().copied().filter(|lane| lane.available()) {
                    let mut c = vec![f32::NAN; m * n];
                    let to = MatMut::new(&mut c, m, n);
                    if by_model {
                        f32::dispatch_on(lane, ByModel(Operands { a, b, bias, c: to, relu }));
                    } else {
                        product((lane, Precision::Bf16Portable), (a, b), bias, to, relu);
                    }
                    assert_eq!(bits(&c), bits(&wanted), "{m}x{k}x{n}, {lane:?}, view {view}, bias and relu {relu}");
                }
            }
        }
    }
}

#[test]
fn the_driver_over_the_model_of_tiles_is_the_reference_to_the_bit() {
    check(shapes().step_by(5).chain(LARGE), &[crate::simd::lane()], true);
}

#[test]
fn every_lane_is_the_reference_to_the_bit() {
    check(shapes().step_by(3).chain(LARGE), &Lane::ALL, false);
}

/// What Intel's manual defines is not what a processor must be believed to do.
#[test]
fn the_processors_tiles_are_near_the_exact_sums() {
    if let Err(missing) = permitted() {
        println!("skipped: {missing}");
        return;
    }
    for (m, k, n) in shapes().step_by(3).chain(LARGE) {
        let (a, b, bias) = (numbers(m * k, 1), numbers(k * n, 2), numbers(n, 3));
        let (a_turned, b_turned) = (turned(&a, k), turned(&b, n));
        let wanted = exact(&a, &b, &bias, (k, n));
        for (a, b) in views((&a, &a_turned), (&b, &b_turned), (m, k, n)) {
            let mut c = vec![f32::NAN; m * n];
            let to = MatMut::new(&mut c, m, n);
            product((crate::simd::lane(), Precision::Bf16), (a, b), Some(&bias), to, false);
            for (i, (found, (sum, size))) in c.iter().zip(&wanted).enumerate() {
                let far = (f64::from(*found) - sum).abs();
                assert!(far <= bound(k, *size), "{m}x{k}x{n}, place {i}: {found}, not {sum}");
            }
        }
    }
}

#[test]
fn the_reference_is_within_the_bound_of_the_exact_sums() {
    for (m, k, n) in [(3, 1, 2), (5, 31, 3), (2, 784, 3), (1, 5000, 2)] {
        let (a, b, bias) = (numbers(m * k, 1), numbers(k * n, 2), numbers(n, 3));
        let mut c = vec![f32::NAN; m * n];
        reference::product_bf16(&a, &b, &bias, &mut c, k, n);
        for (found, (sum, size)) in c.iter().zip(exact(&a, &b, &bias, (k, n))) {
            assert!((f64::from(*found) - sum).abs() <= bound(k, size), "{m}x{k}x{n}: {found}, not {sum}");
        }
    }
}

/// Sums that the tiles take for 0 are below 2⁻¹²⁶, and lanes may keep them.
#[test]
fn the_smallest_numbers_differ_by_no_more_than_is_said() {
    let (k, n) = (70, 3);
    let tiny = |seed, exponent| numbers(k * n, seed).iter().map(|x| x * 2.0_f32.powi(exponent)).collect::<Vec<_>>();
    for (scale_a, scale_b) in [(-120, -4), (-100, -26), (-60, -66), (-126, 0), (-140, 10)] {
        let (a, b) = (tiny(1, scale_a), tiny(2, scale_b));
        let mut wanted = vec![f32::NAN; n * n];
        reference::product_bf16(&a, &b, &[], &mut wanted, k, n);
        let mut by_model = vec![f32::NAN; n * n];
        let (a, b) = (MatRef::new(&a, n, k), MatRef::new(&b, k, n));
        let operands = Operands { a, b, bias: None, c: MatMut::new(&mut by_model, n, n), relu: false };
        f32::dispatch_on(crate::simd::lane(), ByModel(operands));
        assert_eq!(bits(&by_model), bits(&wanted));
        for lane in Lane::ALL.into_iter().filter(|lane| lane.available()) {
            let mut c = vec![f32::NAN; n * n];
            product((lane, Precision::Bf16Portable), (a, b), None, MatMut::new(&mut c, n, n), false);
            for (found, wanted) in c.iter().zip(&wanted) {
                let far = (f64::from(*found) - f64::from(*wanted)).abs();
                let size = f64::from(wanted.abs()).max(k as f64 * 2.0_f64.powi(scale_a + scale_b - 2));
                assert!(far <= 2.0 * bound(k, size), "{lane:?}: {found:e}, not {wanted:e}");
            }
        }
    }
}

/// Infinity times 0 is not a number, and the zeros behind an edge meet none.
#[test]
fn what_is_not_finite_stays_where_it_is() {
    let (m, k, n) = (17, 33, 18);
    let (mut a, b) = (numbers(m * k, 1), numbers(k * n, 2));
    a[k..2 * k].fill(f32::INFINITY);
    a[3 * k] = f32::NAN;
    let mut c = vec![0.0; m * n];
    let (a, b) = (MatRef::new(&a, m, k), MatRef::new(&b, k, n));
    for relu in [false, true] {
        product((crate::simd::lane(), Precision::Bf16Portable), (a, b), None, MatMut::new(&mut c, m, n), relu);
        for (i, row) in c.chunks(n).enumerate() {
            assert!(row.iter().all(|z| z.is_finite() == (i != 1 && i != 3) && (i != 3 || z.is_nan())), "row {i}");
            assert!(!relu || !row.iter().any(|z| *z < 0.0));
        }
    }
}

/// A pool with another precision.
struct In<P>(P, Precision);

// SAFETY: the pool inside does it.
unsafe impl<P: Pool> Pool for In<P> {
    fn threads(&self) -> usize {
        self.0.threads()
    }

    fn precision(&self) -> Precision {
        self.1
    }

    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        self.0.run(parts, part);
    }
}

/// All products of a dense layer, with the sums of δ's columns as they are.
#[test]
fn a_layers_products_are_the_reference_for_any_number_of_threads() {
    let (m, k, n) = (67, 130, 45);
    let (x, w, b, delta) = (numbers(m * k, 1), numbers(k * n, 2), numbers(n, 3), numbers(m * n, 4));
    let (mut y, mut d, mut dx) = (vec![0.0; m * n], vec![0.0; k * n], vec![0.0; m * k]);
    reference::product_bf16(&x, &w, &b, &mut y, k, n);
    for z in &mut y {
        *z = z.max(0.0);
    }
    reference::product_bf16(&turned(&x, k), &delta, &[], &mut d, m, n);
    reference::product_bf16(&delta, &turned(&w, n), &[], &mut dx, n, k);
    let mut of_f32 = vec![0.0; n];
    let (of_x, of_w, of_delta) = (MatRef::new(&x, m, k), MatRef::new(&w, k, n), MatRef::new(&delta, m, n));
    gradients(of_x, of_delta, (MatMut::new(&mut vec![0.0; k * n], k, n), &mut of_f32), Parallel::SERIAL);
    for threads in [1, 2, 3, 7] {
        let pool = In(Backwards(threads), Precision::Bf16Portable);
        let par = Parallel::on(&pool);
        let mut found = vec![f32::NAN; m * n];
        affine(of_x, of_w, &b, MatMut::new(&mut found, m, n), Epilogue::Relu, par);
        assert_eq!(bits(&found), bits(&y), "{threads} threads");
        let (mut found, mut sums) = (vec![f32::NAN; k * n], vec![f32::NAN; n]);
        gradients(of_x, of_delta, (MatMut::new(&mut found, k, n), &mut sums), par);
        assert_eq!((bits(&found), bits(&sums)), (bits(&d), bits(&of_f32)), "{threads} threads");
        weight_gradient(of_x, of_delta, MatMut::new(&mut found, k, n), par);
        assert_eq!(bits(&found), bits(&d), "{threads} threads");
        let mut found = vec![f32::NAN; m * k];
        input_gradient(of_delta, of_w, MatMut::new(&mut found, m, k), par);
        assert_eq!(bits(&found), bits(&dx), "{threads} threads");
    }
}

/// One row has algorithms of its own in `f32`.
#[test]
fn a_batch_of_one_row_is_rounded_too() {
    let (k, n) = (40, 9);
    let (x, w, delta) = (numbers(k, 1), numbers(k * n, 2), numbers(n, 4));
    let (mut d, mut dx) = (vec![0.0; k * n], vec![0.0; k]);
    reference::product_bf16(&x, &delta, &[], &mut d, 1, n);
    reference::product_bf16(&delta, &turned(&w, n), &[], &mut dx, n, k);
    let par = Parallel::serial_in(Precision::Bf16Portable);
    let (mut found, mut found_dx) = (vec![f32::NAN; k * n], vec![f32::NAN; k]);
    weight_gradient(MatRef::new(&x, 1, k), MatRef::new(&delta, 1, n), MatMut::new(&mut found, k, n), par);
    input_gradient(MatRef::new(&delta, 1, n), MatRef::new(&w, k, n), MatMut::new(&mut found_dx, 1, k), par);
    assert_eq!((bits(&found), bits(&found_dx)), (bits(&d), bits(&dx)));
}

#[test]
fn nothing_to_add_up_leaves_the_bias() {
    let mut c = [f32::NAN; 4];
    let (a, b) = (MatRef::new(&[0.0; 2], 2, 1).columns(0..0), MatRef::new(&[], 0, 2));
    product(
        (crate::simd::lane(), Precision::Bf16Portable),
        (a, b),
        Some(&[1.0, -2.0]),
        MatMut::new(&mut c, 2, 2),
        true,
    );
    assert_eq!(bits(&c), bits(&[1.0, 0.0, 1.0, 0.0]));
}

#[test]
#[should_panic(expected = "products of f64 are not computed in bf16")]
fn numbers_of_64_bits_are_refused() {
    let par = Parallel::serial_in(Precision::Bf16Portable);
    crate::matmul::product(
        MatRef::new(&[1.0_f64], 1, 1),
        MatRef::new(&[1.0], 1, 1),
        MatMut::new(&mut [0.0], 1, 1),
        par,
    );
}

/// Where there are no tiles, the product says so and computes nothing.
#[test]
fn tiles_that_are_not_there_are_refused_in_words() {
    let Err(missing) = permitted() else { return };
    let panic = std::panic::catch_unwind(|| {
        let par = Parallel::serial_in(Precision::Bf16);
        let (a, b) = (MatRef::new(&[1.0_f32], 1, 1), MatRef::new(&[1.0], 1, 1));
        crate::matmul::product(a, b, MatMut::new(&mut [0.0], 1, 1), par);
    });
    let panic = panic.expect_err("there are none");
    assert_eq!(panic.downcast_ref::<String>(), Some(&missing.to_string()));
    assert_eq!(Precision::Bf16.check(), Err(missing));
}
