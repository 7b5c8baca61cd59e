//! Products of views.

use typednet_tensor::matmul::{Epilogue, MatRef, forward, input_gradient_on, weight_gradient_on};
use typednet_tensor::{Parallel, Scalar};

use super::test_matrices::{by, lanes, numbers, to};
use super::{near, shapes};

/// Views of the same elements: transposed ones, and columns of a wider matrix.
fn views_give_the_bits_of_copies<T: Scalar>() {
    for (m, k, n) in shapes() {
        let (x, w, b) = (numbers::<T>(m * k, 1), numbers::<T>(k * n, 2), numbers::<T>(n, 3));
        let delta = numbers::<T>(m * n, 4);
        let turned = |elements: &[T], columns: usize| {
            let matrix = by(elements, columns);
            let places = (0..columns).flat_map(|j| (0..matrix.nrows()).map(move |i| (i, j)));
            places.map(|(i, j)| matrix.get(i, j)).collect::<Vec<T>>()
        };
        // Three columns before it, two behind it, of numbers that are none.
        let wide = |elements: &[T], columns: usize| {
            let beside = |count| core::iter::repeat_n(T::nan(), count);
            let row = |row: &[T]| beside(3).chain(row.to_vec()).chain(beside(2)).collect::<Vec<T>>();
            elements.chunks(columns).flat_map(row).collect::<Vec<T>>()
        };
        let (x_turned, w_turned, delta_turned) = (turned(&x, k), turned(&w, n), turned(&delta, n));
        let (x_wide, w_wide, delta_wide) = (wide(&x, k), wide(&w, n), wide(&delta, n));
        let within = |elements, columns| MatRef::of_rows(elements, columns + 5).columns(3..3 + columns);
        let (xs, ws) =
            ([by(&x_turned, m).transposed(), within(&x_wide, k)], [by(&w_turned, k).transposed(), within(&w_wide, n)]);
        let deltas = [by(&delta_turned, m).transposed(), within(&delta_wide, n)];
        for lane in lanes() {
            let name = |what: &str, which: usize| {
                format!("{lane:?} {} {what} {m}x{k}x{n}, {}", T::NAME, ["transposed", "columns"][which])
            };
            let (mut wanted, mut found) = (vec![T::nan(); m * n], vec![T::nan(); m * n]);
            forward(lane, (by(&x, k), by(&w, n)), Some(&b), to(&mut wanted, n), Epilogue::Relu, Parallel::SERIAL);
            for (which, matrices) in xs.into_iter().zip(ws).enumerate() {
                forward(lane, matrices, Some(&b), to(&mut found, n), Epilogue::Relu, Parallel::SERIAL);
                assert!(found == wanted, "{}", name("affine", which));
            }
            let (mut wanted, mut found) = (vec![T::nan(); k * n], vec![T::nan(); k * n]);
            weight_gradient_on(lane, by(&x, k), by(&delta, n), (to(&mut wanted, n), None), &mut [], Parallel::SERIAL);
            for (which, (x, delta)) in xs.into_iter().zip(deltas).enumerate() {
                weight_gradient_on(lane, x, delta, (to(&mut found, n), None), &mut [], Parallel::SERIAL);
                assert!(found == wanted, "{}", name("weight gradient", which));
            }
            let mut wanted = vec![T::nan(); m * k];
            let mut found = wanted.clone();
            input_gradient_on(lane, by(&delta, n), by(&w, n), to(&mut wanted, k), Parallel::SERIAL);
            for (which, (delta, w)) in deltas.into_iter().zip(ws).enumerate() {
                input_gradient_on(lane, delta, w, to(&mut found, k), Parallel::SERIAL);
                // Few rows are dot products, which add up in another order, where rows are slices.
                if which == 0 {
                    near(&name("input gradient", which), (m, k, n), &found, &wanted, n);
                } else {
                    assert!(found == wanted, "{}", name("input gradient", which));
                }
            }
        }
    }
}

#[test]
fn views_give_the_bits_of_copies_in_f32() {
    views_give_the_bits_of_copies::<f32>();
}

#[test]
fn views_give_the_bits_of_copies_in_f64() {
    views_give_the_bits_of_copies::<f64>();
}
