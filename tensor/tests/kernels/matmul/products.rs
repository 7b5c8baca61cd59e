//! Whole products against the reference, and the same bits for any threads.

use typednet_tensor::matmul::{
    Epilogue, forward, gradients, input_gradient_on, memory_for, reference, weight_gradient, weight_gradient_on,
};
use typednet_tensor::{Parallel, Scalar, ops};

use super::test_matrices::{by, lanes, numbers, to};
use super::{near, shapes};
use crate::test_pools::Threads;

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
                let mut wanted = vec![T::ZERO; m * n];
                reference::affine(&x, &w, &b, &mut wanted, k, n, f);
                near(&name("affine"), (m, k, n), &y, &wanted, k);
            }
            y.fill(T::nan());
            forward(lane, (by(&x, k), by(&w, n)), None, to(&mut y, n), Epilogue::None, Parallel::SERIAL);
            let mut wanted = vec![T::ZERO; m * n];
            reference::affine(&x, &w, &[], &mut wanted, k, n, Epilogue::None);
            near(&name("product"), (m, k, n), &y, &wanted, k);

            d.fill(T::nan());
            weight_gradient_on(lane, by(&x, k), by(&delta, n), (to(&mut d, n), None), &mut [], Parallel::SERIAL);
            let mut wanted = vec![T::ZERO; k * n];
            reference::weight_gradient(&x, &delta, &mut wanted, k, n);
            near(&name("weight_gradient"), (m, k, n), &d, &wanted, m);

            e.fill(T::nan());
            input_gradient_on(lane, by(&delta, n), by(&w, n), to(&mut e, k), Parallel::SERIAL);
            let mut wanted = vec![T::ZERO; m * k];
            reference::input_gradient(&delta, &w, &mut wanted, k, n);
            near(&name("input_gradient"), (m, k, n), &e, &wanted, n);
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
        let (mut y_wanted, mut d_wanted, mut e_wanted) = (y.clone(), d.clone(), e.clone());
        reference::affine(&x, &w, &b, &mut y_wanted, k, n, Epilogue::Relu);
        reference::weight_gradient(&x, &delta, &mut d_wanted, k, n);
        reference::input_gradient(&delta, &w, &mut e_wanted, k, n);
        for lane in lanes() {
            forward(lane, (by(&x, k), by(&w, n)), Some(&b), to(&mut y, n), Epilogue::Relu, Parallel::SERIAL);
            near(&format!("{lane:?} affine"), (m, k, n), &y, &y_wanted, k);
            weight_gradient_on(lane, by(&x, k), by(&delta, n), (to(&mut d, n), None), &mut [], Parallel::SERIAL);
            near(&format!("{lane:?} weight_gradient"), (m, k, n), &d, &d_wanted, m);
            input_gradient_on(lane, by(&delta, n), by(&w, n), to(&mut e, k), Parallel::SERIAL);
            near(&format!("{lane:?} input_gradient"), (m, k, n), &e, &e_wanted, n);
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

/// What is behind the last element of a shorter one would be written.
#[test]
#[should_panic(expected = "gradients: the bias must have n = 3 elements")]
fn a_bias_of_another_length_is_refused_on_a_lane_too() {
    let (lane, mut d, mut b) = (lanes().next().expect("a lane"), [0.0; 6], [0.0; 2]);
    let gradients = (to(&mut d, 3), Some(&mut b[..]));
    weight_gradient_on(lane, by(&[0.5_f32; 4], 2), by(&[0.5; 6], 3), gradients, &mut [], Parallel::SERIAL);
}

#[test]
fn gradients_are_the_weights_gradient_and_the_sums_of_columns() {
    for (m, k, n) in [(0, 3, 5), (1, 20, 9), (3, 7, 16), (64, 784, 128), (65, 33, 130), (40, 1100, 600), (130, 12, 700)]
    {
        let (x, delta) = (numbers::<f32>(m * k, 1), numbers::<f32>(m * n, 4));
        let (mut d_wanted, mut b_wanted) = (vec![f32::NAN; k * n], vec![f32::NAN; n]);
        weight_gradient(by(&x, k), by(&delta, n), to(&mut d_wanted, n), Parallel::SERIAL);
        ops::column_sums(&delta, &mut b_wanted);
        for threads in [1, 2, 3, 7] {
            let pool = Threads(threads);
            let (mut d, mut b) = (vec![f32::NAN; k * n], vec![f32::NAN; n]);
            gradients(by(&x, k), by(&delta, n), (to(&mut d, n), &mut b), Parallel::on(&pool));
            assert!(d == d_wanted, "weights of {m}x{k}x{n} on {threads} threads");
            assert!(b == b_wanted, "biases of {m}x{k}x{n} on {threads} threads");
        }
    }
}

/// A row's result does not depend on the rows beside it, beyond the few rows that have a kernel of their own.
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
