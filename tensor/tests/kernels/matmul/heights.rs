//! A product has the same bits however many rows it has: also where the first of several tiles copies what the others read.

use typednet_tensor::Scalar;
use typednet_tensor::matmul::{MatMut, MatRef, Product, run_product};
use typednet_tensor::simd::Lane;

use super::test_matrices::numbers;

/// Whole products beside those of six rows at a time, which read B where it stands, for A by rows and by columns. There are several blocks of the
/// inner size, and of rows, of which the last one is a single row, or a tile of four rows and one of three.
fn rows_have_the_same_bits_in_products_of_any_height<T: Scalar>() {
    for (m, k, n) in [(7, 1300, 40), (100, 900, 70), (385, 400, 33), (391, 128, 48), (391, 530, 20)] {
        let (a, b, bias) = (numbers::<T>(m * k, 1), numbers::<T>(k * n, 2), numbers::<T>(n, 3));
        let b = MatRef::new(&b, k, n);
        for (by_rows, a) in [(true, MatRef::new(&a, m, k)), (false, MatRef::new(&a, k, m).transposed())] {
            for lane in Lane::ALL.into_iter().filter(|lane| lane.available()) {
                let (mut whole, mut parts) = (vec![T::nan(); m * n], vec![T::nan(); m * n]);
                run_product(lane, Product::new((a, b), Some(&bias), MatMut::new(&mut whole, m, n), true));
                let mut c = MatMut::new(&mut parts, m, n);
                for top in (0..m).step_by(6) {
                    let rows = top..m.min(top + 6);
                    run_product(lane, Product::new((a.rows(rows.clone()), b), Some(&bias), c.rows_mut(rows), true));
                }
                assert_eq!(whole, parts, "{lane:?} {}, {m}x{k}x{n}, A by rows: {by_rows}", T::NAME);
            }
        }
    }
}

#[test]
fn rows_have_the_same_bits_in_products_of_any_height_f32() {
    rows_have_the_same_bits_in_products_of_any_height::<f32>();
}

#[test]
fn rows_have_the_same_bits_in_products_of_any_height_f64() {
    rows_have_the_same_bits_in_products_of_any_height::<f64>();
}
