//! Cells on every lane against their formulas, and what sizes that do not agree do. Whole layers are tested where they are.

use super::*;
use crate::matmul::{self, MatMut, MatRef};
use crate::simd::tests::lanes;
use crate::{Key, Parallel};

fn numbers<T: Scalar>(len: usize, seed: u64) -> Vec<T> {
    (0..len).map(|i| T::of(4.0 * Key::new(seed).uniform::<f64>(i as u64) - 2.0)).collect()
}

fn wide<T: Scalar>(values: &[T]) -> Vec<f64> {
    values.iter().map(|value| value.to_f64_exact()).collect()
}

fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

#[track_caller]
fn near<T: Scalar>(name: &str, found: T, wanted: f64) {
    let tolerance = 20.0 * T::epsilon().to_f64_exact() * (1.0 + wanted.abs());
    assert!((found.to_f64_exact() - wanted).abs() <= tolerance, "{name}: {found} should be {wanted}");
}

const ROWS: usize = 3;
const WIDTHS: [usize; 8] = [1, 3, 7, 8, 9, 16, 17, 40];

fn lstm_cells<T: Scalar>() {
    for width in WIDTHS {
        // More than a row each, so that distances count.
        let (gates_stride, cells_stride, y_stride) = (4 * width + 1, 2 * width + 1, width + 2);
        let start = numbers::<T>(ROWS * gates_stride, 1);
        let held = numbers::<T>(ROWS * cells_stride, 2);
        for (lane, before) in lanes().flat_map(|lane| [(lane, None), (lane, Some(0))]) {
            let name = format!("{lane:?} {} {width} {before:?}", T::NAME);
            let (mut gates, mut cells) = (start.clone(), held.clone());
            let mut y = vec![T::nan(); ROWS * y_stride];
            let forward = lstm_cell::Forward {
                rows: ROWS,
                width,
                gates: &mut gates,
                gates_stride,
                cells: &mut cells,
                cells_stride,
                before,
                at: width,
                y: &mut y,
                y_stride,
            };
            run_cell(lane, Cell::Lstm(forward));
            let (dh, mut dc) = (numbers::<T>(ROWS * y_stride, 3), numbers::<T>(ROWS * width, 4));
            let (kept, later) = (wide(&gates), wide(&dc));
            let backward = lstm_cell::Backward {
                rows: ROWS,
                width,
                gates: &mut gates,
                gates_stride,
                cells: &cells,
                cells_stride,
                before,
                at: width,
                dh: &dh,
                dh_stride: y_stride,
                dc: &mut dc,
            };
            run_cell(lane, Cell::LstmGradient(backward));
            for (row, unit) in (0..ROWS).flat_map(|row| (0..width).map(move |unit| (row, unit))) {
                let place = |gate: usize| row * gates_stride + gate * width + unit;
                let z = |gate| start[place(gate)].to_f64_exact();
                let [i, f, g, o] = [sigmoid(z(0)), sigmoid(z(1)), z(2).tanh(), sigmoid(z(3))];
                let old = before.map_or(0.0, |at| held[row * cells_stride + at + unit].to_f64_exact());
                let c = f * old + i * g;
                near(&name, cells[row * cells_stride + width + unit], c);
                near(&name, y[row * y_stride + unit], o * c.tanh());
                [i, f, g, o].into_iter().enumerate().for_each(|(n, gate)| near(&name, T::of(kept[place(n)]), gate));
                let dh = dh[row * y_stride + unit].to_f64_exact();
                let by_c = later[row * width + unit] + dh * o * (1.0 - c.tanh().powi(2));
                let deltas = [
                    by_c * g * i * (1.0 - i),
                    by_c * old * f * (1.0 - f),
                    by_c * i * (1.0 - g * g),
                    dh * c.tanh() * o * (1.0 - o),
                ];
                deltas.into_iter().enumerate().for_each(|(n, delta)| near(&name, gates[place(n)], delta));
                near(&name, dc[row * width + unit], by_c * f);
            }
            // Between the rows nothing is written.
            for row in 0..ROWS {
                let end = row * gates_stride + 4 * width;
                assert!(gates[end] == start[end] && y[row * y_stride + width].is_nan(), "{name}");
            }
        }
    }
}

fn gru_cells<T: Scalar>() {
    for width in WIDTHS {
        let (gates_stride, kept_stride, y_stride) = (3 * width + 1, width + 1, 2 * width + 1);
        let (start, by_state) = (numbers::<T>(ROWS * gates_stride, 1), numbers::<T>(ROWS * 3 * width, 2));
        let (bias, states) = (numbers::<T>(width, 3), numbers::<T>(ROWS * y_stride, 4));
        for (lane, before) in lanes().flat_map(|lane| [(lane, None), (lane, Some(0))]) {
            let name = format!("{lane:?} {} {width} {before:?}", T::NAME);
            let (mut gates, mut y) = (start.clone(), states.clone());
            let mut kept = vec![T::nan(); ROWS * kept_stride];
            let forward = gru_cell::Forward {
                rows: ROWS,
                width,
                gates: &mut gates,
                gates_stride,
                by_state: before.map(|_| &by_state[..]),
                state_bias: &bias,
                kept: Some((&mut kept, kept_stride)),
                y: &mut y,
                y_stride,
                before,
                at: width,
            };
            run_cell(lane, Cell::Gru(forward));
            let (mut dy, mut delta) = (numbers::<T>(ROWS * y_stride, 5), vec![T::nan(); ROWS * 3 * width]);
            let later = wide(&dy);
            let backward = gru_cell::Backward {
                rows: ROWS,
                width,
                gates: &mut gates,
                gates_stride,
                kept: &mut kept,
                kept_stride,
                by_state: &mut delta,
                y: &y,
                dy: &mut dy,
                y_stride,
                state: before,
                before,
                first: None,
                at: width,
            };
            run_cell(lane, Cell::GruGradient(backward));
            for (row, unit) in (0..ROWS).flat_map(|row| (0..width).map(move |unit| (row, unit))) {
                let place = |gate: usize| row * gates_stride + gate * width + unit;
                let of_state = |gate: usize| -> f64 {
                    before.map_or(0.0, |_| by_state[(row * 3 + gate) * width + unit].to_f64_exact())
                };
                let by_x = |gate| -> f64 { start[place(gate)].to_f64_exact() };
                let (r, z) = (sigmoid(by_x(0) + of_state(0)), sigmoid(by_x(1) + of_state(1)));
                let m: f64 = of_state(2) + bias[unit].to_f64_exact();
                let n = (by_x(2) + r * m).tanh();
                let old: f64 = before.map_or(0.0, |at| states[row * y_stride + at + unit].to_f64_exact());
                near(&name, y[row * y_stride + width + unit], (1.0 - z) * n + z * old);
                let dh = later[row * y_stride + width + unit];
                let by_n = dh * (1.0 - z) * (1.0 - n * n);
                let by_z = dh * (old - n) * z * (1.0 - z);
                let by_r = by_n * m * r * (1.0 - r);
                [by_r, by_z, by_n].into_iter().enumerate().for_each(|(at, d)| near(&name, gates[place(at)], d));
                near(&name, kept[row * kept_stride + unit], by_n * r);
                if let Some(at) = before {
                    let through = [by_r, by_z, by_n * r].into_iter().enumerate();
                    through.for_each(|(gate, d)| near(&name, delta[(row * 3 + gate) * width + unit], d));
                    near(&name, dy[row * y_stride + at + unit], later[row * y_stride + at + unit] + dh * z);
                } else {
                    assert!(delta.iter().all(|delta| delta.is_nan()), "{name}: before the first step there is none");
                    assert!(wide(&dy) == later, "{name}");
                }
            }
        }
    }
}

#[test]
fn cells_in_f32() {
    lstm_cells::<f32>();
    gru_cells::<f32>();
}

#[test]
fn cells_in_f64() {
    lstm_cells::<f64>();
    gru_cells::<f64>();
}

/// Enough sequences, steps and units that weights, and what their gradients are made of, are copied together: the same bits as where
/// nothing is.
#[test]
fn copies_of_what_the_products_read_change_no_bit() {
    let sizes = Sizes { steps: 5, inputs: 33, width: 40, is_given: false };
    let (rows, columns) = (30, 160);
    let [input, state, bias] =
        [sizes.inputs * columns, sizes.width * columns, columns].map(|len| numbers::<f32>(len, 1));
    let lstm = Lstm { sizes, input: &input, state: &state, bias: &bias };
    let x = numbers::<f32>(rows * 5 * 33, 2);
    let (mut y, mut gates, mut cells) = (vec![0.0; rows * 200], vec![0.0; rows * 800], vec![0.0; rows * 200]);
    lstm.forward(&x, &mut y, (&mut gates, &mut cells), &mut vec![f32::NAN; sizes.packed(4)], Parallel::SERIAL);
    for (x, y) in x.chunks_exact(5 * 33).zip(y.chunks_exact(200)) {
        let (mut h, mut c, mut gates) = (vec![0.0; 40], vec![0.0; 40], vec![0.0; columns]);
        for (x, y) in x.chunks_exact(33).zip(y.chunks_exact(40)) {
            lstm.step(x, &mut gates, (&mut h, &mut c));
            assert!(h == y, "a step is that of a batch");
        }
    }
    let backward = |gradients: Option<Gradients<'_, f32>>| {
        let (mut delta, mut dy) = (gates.clone(), numbers::<f32>(rows * 200, 3));
        let (mut dc, mut turned) = (vec![0.0; rows * 40], vec![f32::NAN; sizes.turned(4)]);
        let memory = (&mut dc[..], &mut turned[..]);
        lstm.backward((&x, &y), (&mut delta, &cells), &mut dy, memory, gradients, None, None, Parallel::SERIAL);
        delta
    };
    let (mut dw, mut du, mut db) = (input.clone(), state.clone(), bias.clone());
    let ends = backward(Some(Gradients { input: &mut dw, state: &mut du, bias: &mut db }));
    let delta = backward(None);
    let (mut wanted, mut of_bias, mut of_state) = (input.clone(), bias.clone(), state.clone());
    let rows_of = MatRef::<f32>::of_rows;
    let parameters = (MatMut::of_rows(&mut wanted, columns), &mut of_bias[..]);
    matmul::gradients(rows_of(&x, 33), rows_of(&delta, columns), parameters, Parallel::SERIAL);
    assert!(dw == wanted && db == of_bias, "the gradients of W and b");
    // δ of the first steps, before which no state stands, is 0 behind the pass.
    let before = rows_of(&y[..y.len() - 40], 40);
    let d = MatMut::of_rows(&mut of_state, columns);
    matmul::weight_gradient(before, rows_of(&ends[columns..], columns), d, Parallel::SERIAL);
    assert!(du == of_state, "the gradient of U");
}

const SIZES: Sizes = Sizes { steps: 2, inputs: 1, width: 1, is_given: false };

#[test]
#[should_panic(expected = "y is as many sequences as x")]
fn another_number_of_sequences_is_refused() {
    let lstm = Lstm { sizes: SIZES, input: &[0.0; 4], state: &[0.0; 4], bias: &[0.0; 4] };
    lstm.infer(&[0.0; 4], &mut [0.0; 2], (&mut [0.0; 8], &mut [0.0; 2]), &mut [0.0; 32], Parallel::SERIAL);
}

#[test]
fn of_no_sequences_the_gradients_are_zero() {
    let rnn = Rnn { sizes: SIZES, input: &[0.0], state: &[0.0], bias: &[0.0] };
    let (mut input, mut state, mut bias) = ([f32::NAN], [f32::NAN], [f32::NAN]);
    rnn.forward(&[], &mut [], None, (&mut [], &mut [0.0; 32]), &|_: &mut [f32]| (), Parallel::SERIAL);
    let gradients = Gradients { input: &mut input, state: &mut state, bias: &mut bias };
    let memory = (&mut [][..], &mut [f32::NAN; 16][..]);
    rnn.backward(
        (&[], &[]),
        &[],
        &mut [],
        memory,
        &|_: &[f32], _: &mut [f32]| (),
        Some(gradients),
        Some(&mut []),
        None,
        Parallel::SERIAL,
    );
    assert_eq!([input, state, bias].map(|[g]| g.to_bits()), [0; 3]);
}
