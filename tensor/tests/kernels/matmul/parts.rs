//! Parts of products, of a matrix where it stands or copied together.

use typednet_tensor::Scalar;
use typednet_tensor::matmul::{
    Addend, Algorithm, Epilogue, MatMut, MatRef, Panels, Repeated, forward_algorithm, panels_len, part_of_product,
    reference,
};
use typednet_tensor::simd::Chosen;

use super::test_matrices::{by, lanes, numbers, to};
use super::{near, shapes};

/// `b` where it stands, or copied together.
fn repeated<'a, T: Scalar>(lane: Chosen, b: MatRef<'a, T>, is_together: bool, memory: &'a mut [T]) -> Repeated<'a, T> {
    if is_together { Repeated::Panels(Panels::of(lane.lane, b, memory)) } else { Repeated::InPlace(b) }
}

fn parts_of_products_agree_with_the_reference<T: Scalar>() {
    for (m, k, n) in shapes() {
        // Rows of A and C begin so far apart as those of one step of many.
        let (row_a, row_c) = (k + 3, 2 * n + 1);
        let (a, b, bias) = (numbers::<T>(m * row_a, 1), numbers::<T>(k * n, 2), numbers::<T>(n, 3));
        let (before, zero) = (numbers::<T>(m * row_c, 4), vec![T::ZERO; n]);
        for lane in lanes() {
            for (addend, is_together) in [
                (Addend::Zero, false),
                (Addend::Zero, true),
                (Addend::Bias(&bias), false),
                (Addend::Bias(&bias), true),
                (Addend::Itself, false),
                (Addend::Itself, true),
            ] {
                let (mut c, mut memory) = (before.clone(), vec![T::nan(); panels_len(k, n)]);
                let a_part = MatRef::strided(&a, m, k, row_a);
                let b_part = repeated(lane, by(&b, n), is_together, &mut memory);
                part_of_product(lane, m, (a_part, b_part), addend, MatMut::strided(&mut c, m, n, row_c));
                for i in 0..m {
                    let (c, before) = (&c[i * row_c..][..row_c], &before[i * row_c..][..row_c]);
                    let mut wanted = vec![T::ZERO; n];
                    reference::affine(
                        &a[i * row_a..][..k],
                        &b,
                        match addend {
                            Addend::Zero => &zero,
                            Addend::Bias(bias) => bias,
                            Addend::Itself => &before[..n],
                        },
                        &mut wanted,
                        k,
                        n,
                        Epilogue::None,
                    );
                    near(
                        &format!("{lane:?} {} row {i}, {addend:?}, together {is_together}", T::NAME),
                        (m, k, n),
                        &c[..n],
                        &wanted,
                        k,
                    );
                    assert!(c[n..] == before[n..], "{lane:?} {m}x{k}x{n}: behind a row of C something is written");
                }
            }
        }
    }
}

#[test]
fn parts_of_products_in_f32() {
    parts_of_products_agree_with_the_reference::<f32>();
}

#[test]
fn parts_of_products_in_f64() {
    parts_of_products_agree_with_the_reference::<f64>();
}

/// One row, or all of them: a step of a stream is a step of a batch.
#[test]
fn a_part_of_a_product_has_the_bits_of_the_whole() {
    for (m, k, n) in shapes() {
        let (a, b, before) = (numbers::<f32>(m * k, 1), numbers::<f32>(k * n, 2), numbers::<f32>(m * n, 3));
        for lane in lanes() {
            let mut memory = vec![f32::NAN; panels_len(k, n)];
            let part = |rows: core::ops::Range<usize>, b: Repeated<'_, f32>, c: &mut [f32]| {
                part_of_product(lane, m, (by(&a, k).rows(rows), b), Addend::Itself, to(c, n));
            };
            let (mut whole, mut rows) = (before.clone(), before.clone());
            let in_place = Repeated::InPlace(by(&b, n));
            part(0..m, in_place, &mut whole);
            rows.chunks_exact_mut(n).enumerate().for_each(|(i, c)| part(i..i + 1, in_place, c));
            assert!(whole == rows, "{lane:?} {m}x{k}x{n}");
            if lane.library {
                continue;
            }
            // Also where it is copied together, and where what is copied is a transposed view.
            let turned: Vec<f32> =
                (0..n).flat_map(|j| (0..k).map(move |i| (i, j))).map(|(i, j)| b[i * n + j]).collect();
            for b in [by(&b, n), by(&turned, k).transposed()] {
                let mut together = before.clone();
                part(0..m, repeated(lane, b, true, &mut memory), &mut together);
                assert!(
                    forward_algorithm::<f32>(lane, m, k * n) != Algorithm::Tiles || whole == together,
                    "{lane:?} {m}x{k}x{n}, together"
                );
            }
        }
    }
}

/// What a recurrent layer asks for: few rows leave a matrix where it is, and a transposed one is copied then as well.
#[test]
fn a_repeated_matrix_is_copied_together_for_many_rows() {
    // Also more inner places and more rows than are worked on at a time.
    for (m, k, n) in [(7, 5, 19), (7, 1500, 19), (400, 3, 37)] {
        let (a, b) = (numbers::<f32>(m * k, 1), numbers::<f32>(k * n, 2));
        let places = (0..n).flat_map(|j| (0..k).map(move |i| (i, j)));
        let turned: Vec<f32> = places.map(|(i, j)| b[i * n + j]).collect();
        for lane in lanes() {
            let is_by_tiles = forward_algorithm::<f32>(lane, m, k * n) == Algorithm::Tiles;
            let mut wanted = vec![0.0; m * n];
            part_of_product(lane, m, (by(&a, k), Repeated::InPlace(by(&b, n))), Addend::Zero, to(&mut wanted, n));
            for (in_part, view) in [1, 3, 4, 7].into_iter().flat_map(|rows| [(rows, false), (rows, true)]) {
                let mut memory = vec![f32::NAN; panels_len(k, n)];
                let view = if view { by(&turned, k).transposed() } else { by(&b, n) };
                let b = Repeated::new(lane, view, (m, in_part), &mut memory);
                assert_eq!(matches!(b, Repeated::Panels(_)), in_part >= 4 && is_by_tiles, "{lane:?} {m} {in_part}");
                let mut found = vec![f32::NAN; m * n];
                part_of_product(lane, m, (by(&a, k), b), Addend::Zero, to(&mut found, n));
                assert!(found == wanted, "{lane:?} {m}x{k}x{n} {in_part}");
            }
        }
    }
}

/// Rows that all stand at one place may be so many that their panels would wrap around to no elements.
#[test]
#[should_panic(expected = "a size is too large")]
fn panels_of_more_elements_than_can_be_addressed_are_refused() {
    let lane = lanes().next().expect("a lane").lane;
    Panels::of(lane, MatRef::strided(&[0.5_f32; 8], 1 << (usize::BITS - 3), 8, 0), &mut []);
}

#[test]
#[should_panic(expected = "there is room for 47")]
fn memory_that_is_too_short_for_panels_is_refused() {
    let lane = lanes().next().expect("a lane").lane;
    Panels::of(lane, by(&[0.5_f32; 48], 16), &mut [0.0; 47]);
}
