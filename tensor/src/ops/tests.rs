use super::*;
use crate::test_pools::Backwards;

const LENGTHS: [usize; 12] = [0, 1, 3, 7, 8, 9, 16, 17, 31, 64, 67, 200];

fn numbers(len: usize, seed: u64) -> Vec<f64> {
    (0..len).map(|i| crate::Key::new(seed).uniform::<f64>(i as u64) - 0.5).collect()
}

#[test]
fn in_place_operations_follow_their_formulas() {
    for len in LENGTHS {
        let (x, y) = (numbers(len, 1), numbers(len, 2));
        let check = |name: &str, f: &dyn Fn(&mut [f64]), formula: &dyn Fn(f64, f64) -> f64| {
            let mut out = y.clone();
            f(&mut out);
            for i in 0..len {
                let wanted = formula(x[i], y[i]);
                assert!((out[i] - wanted).abs() <= 1e-15, "{name}, length {len}, place {i}: {} {wanted}", out[i]);
            }
        };
        check("axpby", &|y| axpby(3.0, &x, 0.7, y), &|x, y| 0.7 * y + 3.0 * x);
        check("axpy", &|y| axpy(3.0, &x, y), &|x, y| y + 3.0 * x);
        check("scale", &|y| scale(0.25, y), &|_, y| 0.25 * y);
        check("add", &|y| add(&x, y), &|x, y| y + x);
        check("sub", &|y| sub(&x, y), &|x, y| y - x);
        check("mul", &|y| mul(&x, y), &|x, y| y * x);
    }
}

#[test]
fn sums_follow_their_formulas() {
    for len in LENGTHS {
        let (x, y) = (numbers(len, 1), numbers(len, 2));
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-13, "length {len}: {a} {b}");
        near(dot(&x, &y), x.iter().zip(&y).map(|(x, y)| x * y).sum());
        near(sum(&x), x.iter().sum());
        near(sum_squares(&x), x.iter().map(|x| x * x).sum());
        let wanted = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert_eq!(largest(&x).to_bits(), wanted.to_bits(), "length {len}");
    }
}

#[test]
fn one_bad_element_anywhere_is_found() {
    for len in LENGTHS {
        let mut x: Vec<f32> = numbers(len, 1).into_iter().map(|x| x as f32 * 3e38 * 2.0).collect();
        assert!(all_finite(&x), "length {len}");
        for i in 0..len {
            let good = x[i];
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                x[i] = bad;
                assert!(!all_finite(&x), "{bad} at place {i} of {len}");
            }
            x[i] = good;
        }
    }
}

#[test]
fn columns_and_rows() {
    for n in LENGTHS {
        for m in [0, 1, 2, 5] {
            let rows = numbers(m * n, 3);
            let mut sums = vec![f64::NAN; n];
            column_sums(&rows, &mut sums);
            for j in 0..n {
                // The same order of summation: the same bits.
                let wanted = (0..m).fold(0.0, |sum, i| sum + rows[i * n + j]);
                assert_eq!(sums[j].to_bits(), wanted.to_bits(), "{m}x{n}, column {j}");
            }
            let mut most = vec![f64::NAN; m];
            row_largest(&rows, &mut most);
            for i in 0..m {
                let wanted = rows[i * n..][..n].iter().copied().fold(f64::NEG_INFINITY, f64::max);
                assert_eq!(most[i].to_bits(), wanted.to_bits(), "{m}x{n}, row {i}");
            }
        }
    }
}

/// A pool that counts how often work is cut.
#[derive(Default)]
struct Counting(core::sync::atomic::AtomicUsize);

// SAFETY: every part runs once, before `run` returns.
unsafe impl crate::Pool for Counting {
    fn threads(&self) -> usize {
        3
    }

    fn run(&self, parts: usize, part: &(dyn Fn(usize) + Sync)) {
        self.0.fetch_add(1, core::sync::atomic::Ordering::Relaxed);
        (0..parts).rev().for_each(part);
    }
}

#[test]
fn columns_are_summed_by_threads_where_there_are_enough() {
    for (rows, n, is_cut) in
        [(9000, 1, false), (2000, 16, false), (1000, 17, true), (900, 33, true), (250, 100, true), (60, 200, false)]
    {
        let (numbers, pool) = (numbers(rows * n, 4), Counting::default());
        let (mut alone, mut together) = (vec![f64::NAN; n], vec![f64::NAN; n]);
        column_sums(&numbers, &mut alone);
        column_sums_on(&numbers, &mut together, Parallel::on(&pool));
        assert!(alone.iter().map(|x| x.to_bits()).eq(together.iter().map(|x| x.to_bits())), "{rows}x{n}");
        assert_eq!(pool.0.into_inner(), usize::from(is_cut), "{rows}x{n}");
    }
}

#[test]
fn parts_of_a_run_are_what_the_run_is() {
    let (x, pool) = (numbers(20_000, 5), Counting::default());
    let (mut alone, mut together, mut copy) = (x.clone(), x.clone(), vec![0.0; x.len()]);
    scale(0.3, &mut alone);
    scale_on(0.3, &mut together, Parallel::on(&pool));
    copy_on(&x, &mut copy, Parallel::on(&pool));
    assert!(alone == together && copy == x);
    assert_eq!(pool.0.into_inner(), 2);
}

#[test]
fn bytes_become_numbers() {
    let bytes: Vec<u8> = (0..=255).collect();
    for len in [0, 1, 2, 7, 8, 9, 15, 16, 17, 33, 256] {
        let mut out = vec![f32::NAN; len];
        widen(&bytes[256 - len..], 1.0 / 255.0, &mut out);
        for (byte, out) in bytes[256 - len..].iter().zip(&out) {
            assert_eq!(out.to_bits(), (f32::from(*byte) * (1.0 / 255.0)).to_bits());
        }
        let mut out = vec![f64::NAN; len];
        widen(&bytes[..len], 1.0, &mut out);
        assert!(bytes.iter().zip(&out).all(|(byte, out)| f64::from(*byte).to_bits() == out.to_bits()));
    }
}

#[test]
fn threads_find_what_is_not_finite_wherever_it_stands() {
    let mut x = vec![1.0_f32; 5 * LEAST_PART.units + 3];
    for threads in [1, 2, 3, 4] {
        let pool = Backwards(threads);
        let found = |x: &[f32]| all_finite_on(x, Parallel::on(&pool));
        assert!(found(&x) && found(&x[..10]) && found(&[]));
        for place in (0..x.len()).step_by(997).chain([x.len() - 1]) {
            x[place] = f32::NAN;
            assert!(!found(&x), "place {place} on {threads} threads");
            x[place] = 1.0;
        }
    }
}

#[test]
fn prefetching_leaves_everything_as_it_is() {
    let bytes = [7_u8; 3000];
    prefetch(&bytes);
    prefetch(&());
    assert_eq!(bytes, [7; 3000]);
}

#[test]
#[should_panic(expected = "zip needs two runs of one length")]
fn other_lengths_are_refused() {
    axpy(1.0, &[1.0, 2.0], &mut [1.0]);
}
