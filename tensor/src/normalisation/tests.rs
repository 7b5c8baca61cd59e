//! The passes against plain loops, on every lane and any number of threads.

use super::*;
use crate::Key;
use crate::test_pools::Backwards;

const SIZES: [(usize, usize); 9] =
    [(1, 1), (2, 3), (128, 16), (129, 7), (127, 17), (1000, 6), (5000, 16), (4097, 1), (513, 33)];

fn numbers(len: usize, seed: u64, shift: f64) -> Vec<f64> {
    (0..len).map(|i| shift + Key::new(seed).normal::<f64>(i as u64)).collect()
}

/// The same as what the passes give for a batch of rows, as plain sums.
struct Plain {
    n: usize,
    x: Vec<f64>,
    dy: Vec<f64>,
    scale: Vec<f64>,
    bias: Vec<f64>,
}

impl Plain {
    fn new(rows: usize, n: usize) -> Self {
        let (x, dy) = (numbers(rows * n, 1, 3.0), numbers(rows * n, 2, 0.0));
        Self { n, x, dy, scale: numbers(n, 3, 1.0), bias: numbers(n, 4, 0.0) }
    }

    fn mean(&self, of: impl Fn(usize) -> f64) -> Vec<f64> {
        let rows = self.x.len() / self.n;
        (0..self.n).map(|j| (0..rows).map(|i| of(i * self.n + j)).sum::<f64>() / rows as f64).collect()
    }
}

/// All that the passes give, one behind the other.
fn passes<T: Scalar>(plain: &Plain, epilogue: Epilogue, parallel: Parallel<'_>) -> Vec<T> {
    let n = plain.n;
    let of = |x: &[f64]| x.iter().map(|x| T::of(*x)).collect::<Vec<T>>();
    let [x, dy, scale, bias] = [&plain.x, &plain.dy, &plain.scale, &plain.bias].map(|x| of(x));
    let rows = x.len() / n;
    let mut scratch = vec![T::nan(); super::scratch(n)];
    let [mut mean, mut squares] = [(); 2].map(|()| vec![T::nan(); n]);
    moments(&x, [&mut mean, &mut squares], &mut scratch, parallel);
    let inverse: Vec<T> = squares.iter().map(|s| (*s / T::of(rows as f64) + T::of(1e-5)).sqrt().recip()).collect();
    let by = Standard { mean: &mean, inverse: &inverse, scale: &scale, bias: &bias, epilogue };
    let [mut y, mut quotient, mut dx, mut scaled] = [(); 4].map(|()| vec![T::nan(); x.len()]);
    normalise(&x, &by, &mut y, parallel);
    apply(&x, &by, &mut quotient, parallel);
    let [mut products, mut plain] = [(); 2].map(|()| vec![T::nan(); n]);
    gradient_sums((&x, &dy), &by, [&mut products, &mut plain], &mut scratch, parallel);
    let means = [&products, &plain].map(|sums| sums.iter().map(|s| *s / T::of(rows as f64)).collect::<Vec<T>>());
    input_gradient((&x, &dy), &by, [&means[0], &means[1]], &mut dx, parallel);
    super::scale(&dy, &scale, &mut scaled, parallel);
    [mean, squares, products, plain, y, quotient, dx, scaled].concat()
}

/// The same by the formulas.
fn wanted(plain: &Plain, relu: bool) -> Vec<f64> {
    let Plain { n, x, dy, scale, bias } = plain;
    let (n, rows) = (*n, (x.len() / n) as f64);
    let mean = plain.mean(|i| x[i]);
    let variance = plain.mean(|i| (x[i] - mean[i % n]).powi(2));
    let inverse: Vec<f64> = variance.iter().map(|v| (v + 1e-5).sqrt().recip()).collect();
    let normalised = |i: usize| (x[i] - mean[i % n]) * inverse[i % n];
    let z = |i: usize| normalised(i) * scale[i % n] + bias[i % n];
    let delta = |i: usize| if relu && z(i) <= 0.0 { 0.0 } else { dy[i] };
    let products = plain.mean(|i| delta(i) * normalised(i));
    let sums = plain.mean(delta);
    let all = 0..x.len();
    let activated = |z: f64| if relu { z.max(0.0) } else { z };
    let y: Vec<f64> = all.clone().map(|i| activated(z(i))).collect();
    // Where s stands for a deviation, as it does for a quotient.
    let quotient = all.clone().map(|i| (x[i] - mean[i % n]) / inverse[i % n] * scale[i % n] + bias[i % n]);
    let quotient: Vec<f64> = quotient.map(activated).collect();
    let dx =
        all.clone().map(|i| scale[i % n] * inverse[i % n] * (delta(i) - sums[i % n] - normalised(i) * products[i % n]));
    let dx: Vec<f64> = dx.collect();
    let scaled: Vec<f64> = all.map(|i| dy[i] * scale[i % n]).collect();
    let times = |of: Vec<f64>| of.into_iter().map(|x| x * rows).collect::<Vec<f64>>();
    [mean.clone(), times(variance), times(products), times(sums), y, quotient, dx, scaled].concat()
}

#[test]
fn passes_are_what_their_formulas_say() {
    for (rows, n) in SIZES {
        let plain = Plain::new(rows, n);
        for epilogue in [Epilogue::None, Epilogue::Relu] {
            let wanted = wanted(&plain, epilogue == Epilogue::Relu);
            let found = passes::<f64>(&plain, epilogue, Parallel::SERIAL);
            assert_eq!(found.len(), wanted.len());
            for (i, (found, wanted)) in found.iter().zip(&wanted).enumerate() {
                let near = 1e-11 * (1.0 + wanted.abs()) * (rows as f64).sqrt();
                assert!(
                    (found - wanted).abs() < near,
                    "{rows} rows of {n}, {epilogue:?}, place {i}: {found} for {wanted}"
                );
            }
        }
    }
}

#[test]
fn threads_change_no_bit() {
    for (rows, n) in SIZES {
        let plain = Plain::new(rows, n);
        let bits = |parallel: Parallel<'_>| -> Vec<u32> {
            passes::<f32>(&plain, Epilogue::Relu, parallel).into_iter().map(f32::to_bits).collect()
        };
        let serial = bits(Parallel::SERIAL);
        for threads in [2, 3, 40] {
            assert!(bits(Parallel::on(&Backwards(threads))) == serial, "{rows} rows of {n} on {threads} threads");
        }
    }
}

/// No column sees another one, and nothing is rounded once where another lane does twice.
#[test]
fn lanes_change_no_bit() {
    for (rows, n) in [(300, 6), (40, 17), (129, 33)] {
        let x: Vec<f32> = numbers(rows * n, 5, 1.0).into_iter().map(|x| x as f32).collect();
        let columns: Vec<f32> = numbers(n, 6, 2.0).into_iter().map(|x| x as f32).collect();
        let epilogue = Epilogue::Relu;
        let by = Standard { mean: &columns, inverse: &columns, scale: &columns, bias: &columns, epilogue };
        let on = |lane: Lane| {
            let [mut mean, mut squares, mut products, mut plain] = [(); 4].map(|()| vec![0.0; n]);
            let [mut y, mut dx] = [(); 2].map(|()| vec![0.0; x.len()]);
            passes::run(lane, Pass::Moments { x: &x, mean: &mut mean, squares: &mut squares });
            passes::run(lane, Pass::Normalise { x: &x, by: &by, y: &mut y });
            let (products_of, plain_of) = (&mut products, &mut plain);
            passes::run(lane, Pass::Sums { x: &x, dy: &y, by: &by, products: products_of, plain: plain_of });
            let means = [&columns[..]; 2];
            passes::run(lane, Pass::InputGradient { x: &x, dy: &y, by: &by, means, dx: &mut dx });
            [mean, squares, products, plain, y, dx].concat().into_iter().map(f32::to_bits).collect::<Vec<u32>>()
        };
        let portable = on(Lane::Portable);
        for lane in Lane::ALL.into_iter().filter(|lane| lane.available()) {
            assert!(on(lane) == portable, "{rows} rows of {n} on {lane:?}");
        }
    }
}

/// A mean that is far above the deviation, and one that moves as far from block to block, cost no digits that matter.
#[test]
fn large_means_and_drifts_cost_no_digits() {
    let rows = 10_000;
    for (name, mean_of_row) in [("far", (|_| 1000.0) as fn(usize) -> f64), ("drift", |row| (row / 128) as f64 * 100.0)]
    {
        let x: Vec<f32> =
            (0..rows).map(|row| (mean_of_row(row) + Key::new(7).normal::<f64>(row as u64)) as f32).collect();
        let mean = x.iter().map(|x| f64::from(*x)).sum::<f64>() / rows as f64;
        let squares = x.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum::<f64>();
        let (mut found_mean, mut found) = ([0.0_f32], [0.0_f32]);
        moments(&x, [&mut found_mean, &mut found], &mut [0.0; super::scratch(1)], Parallel::SERIAL);
        let error = (f64::from(found[0]) / squares - 1.0).abs();
        assert!(error < 2e-5, "{name}: {} for {squares}, {error}", found[0]);
        assert!((f64::from(found_mean[0]) / mean - 1.0).abs() < 1e-6, "{name}: {} for {mean}", found_mean[0]);
    }
}

#[test]
#[should_panic(expected = "7 elements are not rows of 2")]
fn rows_that_are_not_whole_are_refused() {
    moments(&[0.0_f32; 7], [&mut [0.0; 2], &mut [0.0; 2]], &mut [0.0; super::scratch(2)], Parallel::SERIAL);
}
