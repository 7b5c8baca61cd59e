//! What computes a product, where it is cut, and what is refused.

use super::choose::{self, Cut};
use super::test_matrices::{by, lanes, numbers, to};
use super::*;

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
