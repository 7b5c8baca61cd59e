//! Every product on every lane that this processor has, against the reference, and the same bits for any threads.

use super::choose::Cut;
use super::*;
use crate::Key;
use crate::simd::Lane;
use crate::test_pools::Threads;

const ROWS: [usize; 10] = [1, 2, 3, 5, 6, 7, 12, 13, 64, 65];
const SIZES: [usize; 18] = [1, 2, 3, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 127, 128, 130];

fn numbers<T: Scalar>(len: usize, seed: u64) -> Vec<T> {
    (0..len).map(|i| Key::new(seed).uniform::<T>(i as u64) - T::of(0.5)).collect()
}

/// The rows of a whole matrix.
fn by<T>(elements: &[T], columns: usize) -> MatRef<'_, T> {
    MatRef::of_rows(elements, columns)
}

/// The same, to be written.
fn to<T>(elements: &mut [T], columns: usize) -> MatMut<'_, T> {
    MatMut::of_rows(elements, columns)
}

/// Every lane of this processor as if it were asked for, the portable one as if there were no other, and what leaves all to
/// the library.
fn lanes() -> impl Iterator<Item = Chosen> {
    let forced =
        Lane::ALL.into_iter().filter(|lane| lane.available()).map(|lane| Chosen { lane, forced: true, library: false });
    let portable = Chosen { lane: Lane::Portable, forced: false, library: false };
    forced.chain([portable, Chosen { library: true, ..portable }])
}

/// All shapes of one row count, in turn; every pair of sizes appears with some of them.
fn shapes() -> impl Iterator<Item = (usize, usize, usize)> {
    ROWS.into_iter().enumerate().flat_map(|(r, m)| {
        SIZES.into_iter().enumerate().flat_map(move |(i, k)| {
            let some = SIZES.into_iter().enumerate().filter(move |(j, _)| (i + j) % ROWS.len() == r);
            some.map(move |(_, n)| (m, k, n))
        })
    })
}

/// A sum of `terms` products below ¼ may differ by the rounding of each partial sum.
#[track_caller]
fn near<T: Scalar>(what: &str, shape: (usize, usize, usize), found: &[T], operation: &[T], terms: usize) {
    let tolerance = T::of((terms as f64 + 1.0) * (terms as f64 / 4.0 + 0.5)) * T::epsilon();
    for (i, (x, y)) in found.iter().zip(operation).enumerate() {
        assert!((*x - *y).abs() <= tolerance, "{what} {shape:?}, place {i}: {x}, not {y}");
    }
}

fn products_agree_with_the_reference<T: Scalar>() {
    for (m, k, n) in shapes() {
        let (x, w, b) = (numbers::<T>(m * k, 1), numbers::<T>(k * n, 2), numbers::<T>(n, 3));
        let delta = numbers::<T>(m * n, 4);
        let (mut y, mut d, mut e) = (vec![T::ZERO; m * n], vec![T::ZERO; k * n], vec![T::ZERO; m * k]);
        for lane in lanes() {
            let name = |what: &str| format!("{lane:?} {} {what}", T::NAME);
            for f in [Epilogue::None, Epilogue::Relu] {
                y.fill(T::nan());
                forward(lane, (by(&x, k), by(&w, n)), Some(&b), to(&mut y, n), f, Parallel::SERIAL);
                let mut operation = vec![T::ZERO; m * n];
                reference::affine(&x, &w, &b, &mut operation, k, n, f);
                near(&name("affine"), (m, k, n), &y, &operation, k);
            }
            y.fill(T::nan());
            forward(lane, (by(&x, k), by(&w, n)), None, to(&mut y, n), Epilogue::None, Parallel::SERIAL);
            let mut operation = vec![T::ZERO; m * n];
            reference::affine(&x, &w, &[], &mut operation, k, n, Epilogue::None);
            near(&name("product"), (m, k, n), &y, &operation, k);

            d.fill(T::nan());
            weight_gradient_on(lane, by(&x, k), by(&delta, n), (to(&mut d, n), None), &mut [], Parallel::SERIAL);
            let mut operation = vec![T::ZERO; k * n];
            reference::weight_gradient(&x, &delta, &mut operation, k, n);
            near(&name("weight_gradient"), (m, k, n), &d, &operation, m);

            e.fill(T::nan());
            input_gradient_on(lane, by(&delta, n), by(&w, n), to(&mut e, k), Parallel::SERIAL);
            let mut operation = vec![T::ZERO; m * k];
            reference::input_gradient(&delta, &w, &mut operation, k, n);
            near(&name("input_gradient"), (m, k, n), &e, &operation, n);
        }
    }
}

#[test]
fn products_agree_with_the_reference_f32() {
    products_agree_with_the_reference::<f32>();
}

#[test]
fn products_agree_with_the_reference_f64() {
    products_agree_with_the_reference::<f64>();
}

/// Shapes that are cut into several blocks and packed.
#[test]
fn large_products_agree_with_the_reference() {
    for (m, k, n) in [(33, 2100, 300), (800, 70, 20), (7, 1500, 530), (300, 520, 510), (1, 700, 33)] {
        let (x, w, delta) = (numbers::<f32>(m * k, 1), numbers::<f32>(k * n, 2), numbers::<f32>(m * n, 4));
        let b = vec![0.5; n];
        let (mut y, mut d, mut e) = (vec![0.0; m * n], vec![0.0; k * n], vec![0.0; m * k]);
        let (mut y_operation, mut d_operation, mut e_operation) = (y.clone(), d.clone(), e.clone());
        reference::affine(&x, &w, &b, &mut y_operation, k, n, Epilogue::Relu);
        reference::weight_gradient(&x, &delta, &mut d_operation, k, n);
        reference::input_gradient(&delta, &w, &mut e_operation, k, n);
        for lane in lanes() {
            forward(lane, (by(&x, k), by(&w, n)), Some(&b), to(&mut y, n), Epilogue::Relu, Parallel::SERIAL);
            near(&format!("{lane:?} affine"), (m, k, n), &y, &y_operation, k);
            weight_gradient_on(lane, by(&x, k), by(&delta, n), (to(&mut d, n), None), &mut [], Parallel::SERIAL);
            near(&format!("{lane:?} weight_gradient"), (m, k, n), &d, &d_operation, m);
            input_gradient_on(lane, by(&delta, n), by(&w, n), to(&mut e, k), Parallel::SERIAL);
            near(&format!("{lane:?} input_gradient"), (m, k, n), &e, &e_operation, n);
        }
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    fn bits(x: &[f32]) -> Vec<u32> {
        x.iter().map(|x| x.to_bits()).collect()
    }
    // The last four: gradients by the library, and few rows.
    for (m, k, n) in [(64, 784, 128), (130, 130, 65), (300, 520, 510), (40, 1100, 600), (2, 784, 600), (1, 1500, 700)] {
        let (x, w, delta) = (numbers::<f32>(m * k, 1), numbers::<f32>(k * n, 2), numbers::<f32>(m * n, 4));
        let b = numbers::<f32>(n, 3);
        for lane in lanes() {
            let all = |threads: usize| {
                let pool = Threads(threads);
                let par = if threads == 1 { Parallel::SERIAL } else { Parallel::on(&pool) };
                let (mut y, mut d, mut e) = (vec![f32::NAN; m * n], vec![f32::NAN; k * n], vec![f32::NAN; m * k]);
                forward(lane, (by(&x, k), by(&w, n)), Some(&b), to(&mut y, n), Epilogue::Relu, par);
                weight_gradient_on(lane, by(&x, k), by(&delta, n), (to(&mut d, n), None), &mut [], par);
                input_gradient_on(lane, by(&delta, n), by(&w, n), to(&mut e, k), par);
                (bits(&y), bits(&d), bits(&e))
            };
            let one = all(1);
            for threads in [2, 3, 5, 8] {
                assert!(all(threads) == one, "{lane:?} {m}x{k}x{n} on {threads} threads");
            }
        }
    }
}

/// A row's result does not depend on the rows beside it, beyond the few rows that have a kernel of their own.
#[test]
fn gradients_are_the_weights_gradient_and_the_sums_of_columns() {
    for (m, k, n) in [(0, 3, 5), (1, 20, 9), (3, 7, 16), (64, 784, 128), (65, 33, 130), (40, 1100, 600), (130, 12, 700)]
    {
        let (x, delta) = (numbers::<f32>(m * k, 1), numbers::<f32>(m * n, 4));
        let (mut d_operation, mut b_operation) = (vec![f32::NAN; k * n], vec![f32::NAN; n]);
        weight_gradient(by(&x, k), by(&delta, n), to(&mut d_operation, n), Parallel::SERIAL);
        crate::ops::column_sums(&delta, &mut b_operation);
        for threads in [1, 2, 3, 7] {
            let pool = Threads(threads);
            let (mut d, mut b) = (vec![f32::NAN; k * n], vec![f32::NAN; n]);
            gradients(by(&x, k), by(&delta, n), (to(&mut d, n), &mut b), Parallel::on(&pool));
            assert!(d == d_operation, "weights of {m}x{k}x{n} on {threads} threads");
            assert!(b == b_operation, "biases of {m}x{k}x{n} on {threads} threads");
        }
    }
}

#[test]
fn a_row_has_the_same_bits_in_every_batch() {
    let (k, n) = (100, 37);
    let (x, w, b) = (numbers::<f32>(20 * k, 1), numbers::<f32>(k * n, 2), numbers::<f32>(n, 3));
    for lane in lanes() {
        let mut all = vec![0.0; 20 * n];
        forward(lane, (by(&x, k), by(&w, n)), Some(&b), to(&mut all, n), Epilogue::None, Parallel::SERIAL);
        for m in 1..20 {
            let mut some = vec![0.0; m * n];
            forward(
                lane,
                (by(&x[..m * k], k), by(&w, n)),
                Some(&b),
                to(&mut some, n),
                Epilogue::None,
                Parallel::SERIAL,
            );
            assert!(some.iter().zip(&all).all(|(x, y)| x.to_bits() == y.to_bits()), "{lane:?} {m} rows");
        }
    }
}

#[test]
fn an_empty_batch_has_a_gradient_of_zero() {
    let mut d = [f32::NAN; 6];
    weight_gradient(by(&[], 2), by(&[], 3), to(&mut d, 3), Parallel::SERIAL);
    assert!(d.iter().all(|d| *d == 0.0), "{d:?}");
    affine(by(&[], 2), by(&[1.0_f32; 6], 3), &[0.0; 3], to(&mut [], 3), Epilogue::None, Parallel::SERIAL);
    input_gradient(by(&[], 3), by(&[1.0_f32; 6], 3), to(&mut [], 2), Parallel::SERIAL);
}

#[test]
fn relu_keeps_nan() {
    let mut y = [0.0_f32; 3];
    affine(by(&[f32::NAN], 1), by(&[1.0; 3], 3), &[0.0; 3], to(&mut y, 3), Epilogue::Relu, Parallel::SERIAL);
    assert!(y.iter().all(|y| y.is_nan()), "{y:?}");
}

#[test]
fn wrong_sizes_are_refused_by_name() {
    fn message(f: fn()) -> String {
        let panic = std::panic::catch_unwind(f).unwrap_err();
        let literal = panic.downcast_ref::<&str>().map(|literal| (*literal).to_owned());
        literal.or_else(|| panic.downcast_ref::<String>().cloned()).expect("a message")
    }
    /// Calls `f` with matrices of these sizes, the last of them to be written.
    fn with(sizes: [(usize, usize); 3], f: impl FnOnce(MatRef<'_, f32>, MatRef<'_, f32>, MatMut<'_, f32>)) {
        let elements = [1.0; 100];
        let [a, b, (rows, columns)] = sizes;
        let mut c = vec![1.0; rows * columns];
        let of = |(rows, columns): (usize, usize)| MatRef::new(&elements[..rows * columns], rows, columns);
        f(of(a), of(b), MatMut::new(&mut c, rows, columns));
    }
    const HERE: Parallel<'_> = Parallel::SERIAL;
    const NONE: Epilogue = Epilogue::None;
    let cases: [(fn(), &str); 9] = [
        (|| with([(1, 2), (3, 3), (1, 3)], |a, b, c| product(a, b, c, HERE)), "`w` is 3x3, but must be 2x3"),
        (|| with([(1, 2), (2, 3), (2, 3)], |a, b, c| product(a, b, c, HERE)), "`y` is 2x3, but must be 1x3"),
        (
            || with([(1, 2), (2, 3), (1, 3)], |a, b, c| affine(a, b, &[0.0; 2], c, NONE, HERE)),
            "the bias must have n = 3 elements",
        ),
        (
            || with([(1, 2), (2, 3), (2, 3)], |a, b, c| weight_gradient(a, b, c, HERE)),
            "`delta` is 2x3, but must be 1x3",
        ),
        (|| with([(1, 2), (1, 3), (3, 2)], |a, b, c| weight_gradient(a, b, c, HERE)), "`d` is 3x2, but must be 2x3"),
        (|| with([(1, 3), (2, 2), (1, 2)], |a, b, c| input_gradient(a, b, c, HERE)), "`w` is 2x2, but must be 2x3"),
        (|| with([(1, 3), (2, 3), (2, 2)], |a, b, c| input_gradient(a, b, c, HERE)), "`d` is 2x2, but must be 1x2"),
        (
            || with([(2, 3), (3, 2), (3, 3)], |a, b, c| gradients(a, b.transposed(), (c, &mut [0.0; 3]), HERE)),
            "the rows of a transposed matrix are no slices",
        ),
        (
            || {
                with([(2, 3), (3, 2), (2, 2)], |a, b, c| {
                    run_product(Lane::Portable, Product::new((b, a), None, c, false));
                });
            },
            "the sizes of a product agree",
        ),
    ];
    for (call, wanted) in cases {
        let found = message(call);
        assert!(found.contains(wanted), "{found}, not {wanted}");
    }
}

/// Where a result is cut must not be seen: not at the edges of tiles, and not with fewer columns than a vector.
#[test]
fn any_cut_gives_the_same_bits() {
    let (m, k, n) = (13, 40, 131);
    let (x, w) = (numbers::<f32>(m * k, 1), numbers::<f32>(k * n, 2));
    let matrices = |(top, left): (usize, usize), rows: usize, columns: usize| {
        (by(&x, k).rows(top..top + rows), by(&w, n).columns(left..left + columns))
    };
    for lane in lanes() {
        for algorithm in [Algorithm::Tiles, choose::LIBRARY] {
            let mut whole = vec![f32::NAN; m * n];
            run(algorithm, lane, matrices((0, 0), m, n), None, to(&mut whole, n), false);
            for cut in (1..=m).map(Cut::Rows).chain((1..=n).map(Cut::Columns)) {
                let mut y = vec![f32::NAN; m * n];
                split(Parallel::SERIAL, to(&mut y, n), cut, |place, y| {
                    run(algorithm, lane, matrices(place, y.nrows(), y.ncols()), None, y, false);
                });
                assert!(
                    y.iter().zip(&whole).all(|(x, y)| x.to_bits() == y.to_bits()),
                    "{lane:?} {algorithm:?} {cut:?}"
                );
            }
        }
    }
}

#[test]
fn the_table_says_what_was_measured() {
    fn of(operation: Operation, lane: Lane, forced: bool, rows: usize, weights: usize) -> Algorithm {
        algorithm(operation, Chosen { lane, forced, library: false }, rows, weights, size_of::<f32>())
    }
    let (forward, gradient, input) = (Operation::Forward, Operation::WeightGradient, Operation::InputGradient);
    let (mnist, large) = (784 * 128, 1024 * 1024);
    for forced in [false, true] {
        for lane in [Lane::Avx2, Lane::Avx512, Lane::Neon] {
            for rows in [8, 64, 512] {
                assert_eq!(of(forward, lane, forced, rows, large), Algorithm::Tiles);
                assert_eq!(of(gradient, lane, forced, rows, mnist), Algorithm::Tiles);
                assert_eq!(of(input, lane, forced, rows, large), Algorithm::Tiles);
            }
            assert_eq!(of(gradient, lane, forced, 64, large), choose::LIBRARY);
            assert_eq!(of(gradient, lane, forced, 1, large), Algorithm::Outer);
            assert_eq!(of(input, lane, forced, 1, large), Algorithm::Dots);
        }
        assert_eq!(of(gradient, Lane::Avx512, forced, 8, large), choose::LIBRARY);
        assert_eq!(of(gradient, Lane::Avx2, forced, 8, large), Algorithm::Tiles);
    }
}

#[test]
fn a_library_that_is_asked_for_computes_every_product() {
    for lane in Lane::ALL {
        for operation in [Operation::Forward, Operation::WeightGradient, Operation::InputGradient] {
            for (rows, weights) in [(1, 1), (1, 1 << 20), (6, 64), (64, 1 << 17)] {
                let chosen = Chosen { lane, forced: true, library: true };
                assert_eq!(algorithm(operation, chosen, rows, weights, 4), choose::LIBRARY);
            }
        }
    }
}

/// Whoever asks for the portable lane wants the same bits on every processor.
#[test]
fn the_portable_lane_is_left_to_the_library_only_where_nobody_asked_for_it() {
    for operation in [Operation::Forward, Operation::WeightGradient, Operation::InputGradient] {
        for (rows, weights) in [(1, 1 << 10), (8, 1 << 17), (64, 1 << 17), (512, 1 << 24)] {
            let of = |forced| {
                algorithm(
                    operation,
                    Chosen { lane: Lane::Portable, forced, library: false },
                    rows,
                    weights,
                    size_of::<f32>(),
                )
            };
            assert!(
                matches!(of(true), Algorithm::Tiles | Algorithm::Dots | Algorithm::Outer),
                "{operation:?} {rows} {weights}"
            );
            assert_eq!(of(false) == choose::LIBRARY, rows >= 32 || choose::LIBRARY == of(true), "{operation:?} {rows}");
        }
    }
}

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

fn gradients_with_memory_have_the_bits_of_those_without<T: Scalar>() {
    // As few rows as are copied together, blocks that do not fill, and too little memory for the smallest block.
    for (m, k, n) in [(128, 32, 1), (130, 33, 17), (200, 64, 130), (700, 40, 65), (129, 37, 300), (127, 32, 16)] {
        let (x, delta) = (numbers::<T>(m * k, 1), numbers::<T>(m * n, 2));
        for lane in lanes() {
            let gradients = |memory: &mut [T], par: Parallel<'_>| {
                let (mut d, mut b) = (vec![T::nan(); k * n], vec![T::nan(); n]);
                weight_gradient_on(lane, by(&x, k), by(&delta, n), (to(&mut d, n), Some(&mut b)), memory, par);
                (d, b)
            };
            let wanted = gradients(&mut [], Parallel::SERIAL);
            for (size, threads) in [(1, 1), (1, 2), (2, 2), (3, 1), (9, 3)] {
                let (pool, mut memory) = (Threads(threads), vec![T::nan(); size * memory_for(k)]);
                let par = if threads == 1 { Parallel::SERIAL } else { Parallel::on(&pool) };
                assert!(wanted == gradients(&mut memory, par), "{lane:?} {m}x{k}x{n}, {size}, {threads} threads");
            }
        }
    }
}

#[test]
fn gradients_with_memory_have_the_bits_of_those_without_in_f32() {
    gradients_with_memory_have_the_bits_of_those_without::<f32>();
}

#[test]
fn gradients_with_memory_have_the_bits_of_those_without_in_f64() {
    gradients_with_memory_have_the_bits_of_those_without::<f64>();
}

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
