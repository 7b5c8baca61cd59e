//! The forms against the layers they are made of, within the bounds of their documentation.

use typednet_tensor::{Flat, Key, Model};

use super::{Compact, Predictor};
use crate::{ActivationLayer, Chain, Dense, Dropout, Linear, Network, Relu, Softmax, TestScaledDropout, bits};

fn samples<const N: usize>(low: f32, high: f32) -> Vec<[f32; N]> {
    let key = Key::new(5);
    (0..50)
        .map(|row| {
            core::array::from_fn(|i| low + (high - low) * (key.bits((row * N + i) as u64) % 1000) as f32 / 999.0)
        })
        .collect()
}

fn bounds<const I: usize, const O: usize>(low: f32, high: f32) {
    let mut dense = Dense::<I, O, Linear>::seeded(7);
    dense.bias = core::array::from_fn(|o| o as f32 / 7.0 - 1.0);
    // A column of zeros.
    for row in &mut dense.weight {
        row[0] = 0.0;
    }
    let samples = samples::<I>(low, high);
    let (half, quarter) = (dense.to_bf16(), dense.to_int8(&samples));
    let ends = samples.as_flattened().iter().fold((0.0_f32, 0.0_f32), |(a, b), x| (a.min(*x), b.max(*x)));
    let step = f64::from(ends.1 - ends.0) / 255.0;
    for x in &samples {
        let (y, y_half, y_quarter) = (dense.predict(x), half.predict(x), quarter.predict(x));
        for o in 0..O {
            let column = || dense.weight.iter().map(|row| f64::from(row[o]));
            let width = column().map(f64::abs).fold(0.0, f64::max) / 127.0;
            let bias = f64::from(dense.bias[o]);
            let size = column().zip(x).map(|(w, x)| (w * f64::from(*x)).abs()).sum::<f64>() + bias.abs();
            // The roundings of `f32` in both results, of sums whose terms may be as large as the whole range.
            let range = size + f64::from(ends.1 - ends.0) * column().map(f64::abs).sum::<f64>();
            let sums = (4 * I + 8) as f64 * range / f64::from(1 << 24);
            let error = (f64::from(y[o]) - f64::from(y_half[o])).abs();
            assert!(error <= size / 256.0 + sums, "bf16 {I}x{O} output {o}: {error:e}");
            let steps: f64 = column()
                .zip(x)
                .map(|(w, x)| f64::from(*x).abs() * width / 2.0 + w.abs() * step / 2.0 + step * width / 4.0)
                .sum();
            let error = (f64::from(y[o]) - f64::from(y_quarter[o])).abs();
            assert!(error <= steps + sums, "int8 {I}x{O} output {o}: {error:e} > {steps:e}");
        }
    }
}

#[test]
fn forms_keep_the_bounds_of_their_documentation() {
    bounds::<1, 1>(-1.0, 1.0);
    bounds::<5, 3>(-2.0, 0.5);
    bounds::<37, 21>(0.0, 1.0);
    bounds::<64, 130>(-3.0, -1.0);
    bounds::<131, 16>(0.5, 9.0);
}

type Net = Chain<Dense<20, 33, Relu>, Chain<Dense<33, 5>, ActivationLayer<[f32; 5], Softmax>>>;

#[test]
fn chains_have_forms_of_few_bytes_that_give_nearly_the_same() {
    let net = Net::seeded(1);
    let samples = samples::<20>(0.0, 1.0);
    let (half, quarter) = (net.to_bf16(), net.to_int8(&samples));
    assert_eq!(size_of_val(&*half), 2 * Net::PARAMS);
    assert_eq!(size_of_val(&*quarter), 20 * 33 + 33 * 5 + 8 * (33 + 5) + 16);
    let (rows_half, rows_quarter) = (half.predict_many(&samples), quarter.predict_many(&samples));
    for ((x, half), quarter) in samples.iter().zip(rows_half).zip(rows_quarter) {
        for ((p, half), quarter) in net.predict(x).iter().zip(half).zip(quarter) {
            assert!((p - half).abs() < 0.005 && (p - quarter).abs() < 0.01, "{p} {half} {quarter}");
        }
    }
}

#[test]
fn ranges_are_of_the_last_samples_and_beyond_them_inputs_stop() {
    let mut layer = Dense::<1, 1>::zeroed();
    layer.weight[0][0] = 1.0;
    let mut form = layer.to_int8(&[[-100.0]]);
    layer.write_int8(&[[2.0], [-1.0], [f32::NAN], [f32::INFINITY]], &mut form);
    let steps = 3.0 / 255.0;
    for (x, wanted) in [(0.0, 0.0), (2.0, 2.0), (-1.0, -1.0), (50.0, 2.0), (f32::NEG_INFINITY, -1.0)] {
        let [y] = form.predict(&[x]);
        assert!((y - wanted).abs() <= steps, "{x} gives {y}");
    }
    assert_eq!(form.predict(&[0.0])[0].to_bits() << 1, 0, "0 stays 0");
}

#[test]
fn weights_and_samples_that_are_zero_or_no_numbers() {
    let mut layer = Dense::<3, 3>::zeroed();
    layer.bias = [1.0, 2.0, 3.0];
    assert_eq!(layer.to_int8(&[[0.0; 3]]).predict(&[9.0; 3]).map(f32::to_bits), layer.bias.map(f32::to_bits));
    layer.weight[1][2] = f32::NAN;
    layer.weight[0][1] = f32::INFINITY;
    let [first, second, third] = layer.to_int8(&[[1.0; 3]]).predict(&[1.0; 3]);
    assert!((first - 1.0).abs() < 1e-6 && second.is_nan() && third.is_nan());
}

#[test]
#[should_panic(expected = "there are none")]
fn no_samples_are_refused() {
    let _ = Net::seeded(1).to_int8(&[]);
}

#[test]
fn predictions_do_not_allocate() {
    let net = Net::seeded(1);
    let samples = samples::<20>(0.0, 1.0);
    let (half, mut quarter) = (net.to_bf16(), Model::<<Net as Compact>::Int8>::zeroed());
    let allocations = allocation_counter::measure(|| {
        net.write_int8(&samples, &mut quarter);
        let _ = (half.predict(&samples[0]), quarter.predict(&samples[0]));
    });
    assert_eq!(allocations.count_total, 0);
    assert_eq!(quarter.as_flat(), net.to_int8(&samples).as_flat());
}

#[test]
fn dropout_is_in_a_form_what_it_is_in_use() {
    type Dropping =
        Chain<Dropout<[f32; 4], { bits(0.5) }>, Chain<Dense<4, 3>, TestScaledDropout<[f32; 3], { bits(0.75) }>>>;
    let mut net = Dropping::seeded(2);
    net.rest.first.weight = [[1.0, -0.5, 0.25]; 4];
    let x = [1.0, 2.0, -1.0, 0.5];
    // Exact in bf16, and the steps of int8 are small beside 0.01.
    assert_eq!(net.to_bf16().predict(&x).map(f32::to_bits), net.predict(&x).map(f32::to_bits));
    for (a, b) in net.to_int8(&[x]).predict(&x).iter().zip(net.predict(&x)) {
        assert!((a - b).abs() < 0.01, "{a} {b}");
    }
}

#[test]
fn the_smallest_and_the_largest_numbers() {
    for (weight, range) in [(1e-37, 1e-36), (1e-42, 1.0), (1e18, 1e19), (1e37, 1e-36), (1e-38, 1e38)] {
        let mut layer = Dense::<5, 2>::zeroed();
        layer.weight = [[weight, -weight]; 5];
        layer.bias = [0.0, 1.0];
        let samples = [[range; 5], [-range; 5]];
        let form = layer.to_int8(&samples);
        for x in samples.into_iter().chain([[0.0; 5]]) {
            for (a, b) in form.predict(&x).iter().zip(layer.predict(&x)) {
                let size = 5.0 * f64::from(weight) * f64::from(range);
                let error = (f64::from(*a) - f64::from(b)).abs();
                assert!(error <= size / 50.0 + 1e-36, "weight {weight:e}, range {range:e}: {a:e} for {b:e}");
            }
        }
    }
}

#[test]
fn a_range_too_small_for_a_scale_is_that_of_zeros() {
    let mut layer = Dense::<5, 1>::zeroed();
    layer.weight = [[1e38]; 5];
    layer.bias = [0.5];
    for range in [4e-37, 1e-40, f32::from_bits(1)] {
        let form = layer.to_int8(&[[range; 5], [-range / 2.0; 5]]);
        for x in [range, -range, 0.0, 1.0] {
            assert_eq!(form.predict(&[x; 5])[0].to_bits(), 0.5_f32.to_bits(), "{x:e} of {range:e}");
        }
    }
}

#[test]
fn bytes_of_a_file_are_a_form_in_a_static() {
    static BYTES: [u8; size_of::<<Dense<2, 1> as Compact>::Int8>()] = {
        // Two weights, then s·sₒ, the summand, 1/s and q₀.
        let mut bytes = [0; 18];
        (bytes[0], bytes[1]) = (127, 64);
        let numbers = [0.5_f32, 0.25, 1.0, 0.0];
        let mut i = 0;
        while i < 16 {
            bytes[2 + i] = numbers[i / 4].to_le_bytes()[i % 4];
            i += 1;
        }
        bytes
    };
    #[cfg(target_endian = "little")]
    {
        static QUARTER: <Dense<2, 1> as Compact>::Int8 = typednet_tensor::from_le_bytes(&BYTES);
        static HALF: <Dense<2, 1> as Compact>::Bf16 = typednet_tensor::from_le_bytes(&[0x80, 0x3F, 0, 0x40, 0, 0x3F]);
        assert_eq!(
            QUARTER.predict(&[1.0, 2.0]).map(f32::to_bits),
            [0.5 * (127.0 + 128.0) + 0.25_f32].map(f32::to_bits)
        );
        assert_eq!(HALF.predict(&[3.0, 4.0]).map(f32::to_bits), [3.0 + 8.0 + 0.5_f32].map(f32::to_bits));
        assert_eq!(QUARTER.as_flat(), BYTES);
    }
}

#[test]
fn a_scale_that_is_rounded_to_a_tiny_number_asks_for_no_128() {
    let mut layer = Dense::<1, 1>::zeroed();
    // s·sₒ = 2/255·w/127 is 1.4 times the smallest number, and is rounded to it.
    let smallest = f64::from(f32::from_bits(1));
    layer.weight = [[(-1.4 * smallest * 127.0 * 255.0 / 2.0) as f32]];
    let form = layer.to_int8(&[[1.0], [-1.0]]);
    assert_eq!(form.as_flat()[0].cast_signed(), -127);
}
