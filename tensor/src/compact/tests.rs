//! Every lane against sums of `f64`, and rounding against its definition.

use super::bf16::affine_bf16_on;
use super::convolve::convolve_int8_on;
use super::int8::affine_int8_on;
use super::*;
use crate::Key;
use crate::conv::Convolution;
use crate::simd::Lane;

/// Inputs and outputs around the widths of vectors, panels and packed rows.
const SIZES: [(usize, usize); 13] = [
    (1, 1),
    (2, 7),
    (3, 8),
    (4, 9),
    (5, 16),
    (6, 17),
    (7, 33),
    (9, 64),
    (31, 65),
    (130, 127),
    (64, 130),
    (13, 300),
    (5, 1030),
];

fn lanes() -> impl Iterator<Item = Lane> {
    Lane::ALL.into_iter().filter(|lane| lane.available())
}

/// `len` numbers from −1 to 1, all different enough to show where each stands.
fn numbers(seed: u64, len: usize) -> Vec<f32> {
    let numbers: Vec<_> = (0..len as u64).map(|i| 2.0 * Key::new(seed).uniform::<f32>(i) - 1.0).collect();
    assert!(
        len == 1 || numbers.iter().any(|x| x.to_bits() != numbers[0].to_bits()),
        "equal numbers would hide a wrong order"
    );
    numbers
}

#[test]
fn rounding_takes_the_nearest_and_the_even_of_two() {
    for (x, wanted) in [
        (0x3F80_0000, 0x3F80_0000),
        (0x3F80_7FFF, 0x3F80_0000),
        (0x3F80_8000, 0x3F80_0000),
        (0x3F81_8000, 0x3F82_0000),
        (0xBF80_8001, 0xBF81_0000),
        (0x7F7F_FFFF, 0x7F80_0000),
        (0xFF80_0000, 0xFF80_0000),
        (0x8000_0000, 0x8000_0000),
        (0x0000_8001, 0x0001_0000),
    ] {
        let rounded = Bf16::round(f32::from_bits(x)).to_f32();
        assert_eq!(rounded.to_bits(), wanted, "{x:x}");
    }
    assert!(Bf16::round(f32::from_bits(0x7F80_0001)).to_f32().is_nan());
    for x in numbers(3, 10_000) {
        assert!((Bf16::round(x).to_f32() - x).abs() <= x.abs() / 256.0);
    }
}

#[test]
fn bf16_products_are_within_the_rounding_of_their_sums() {
    for (k, n) in SIZES {
        let (x, w, b) = (numbers(1, k), numbers(2, k * n), numbers(3, n));
        let mut packed = vec![Bf16::default(); k * n];
        pack_bf16(&w, n, &mut packed);
        let bias: Vec<_> = b.iter().map(|b| Bf16::round(*b)).collect();
        for lane in lanes() {
            let mut y = vec![f32::NAN; n];
            affine_bf16_on(lane, &x, &packed, &bias, &mut y);
            for o in 0..n {
                let terms = || (0..k).map(|i| f64::from(x[i]) * f64::from(Bf16::round(w[i * n + o]).to_f32()));
                let bias = f64::from(bias[o].to_f32());
                let size = terms().map(f64::abs).sum::<f64>() + bias.abs();
                // Each of the k products and k + 1 sums is rounded at most once, by 2⁻²⁴ of at most the sum of sizes.
                let bound = (2 * k + 2) as f64 * size / f64::from(1 << 24);
                let error = (f64::from(y[o]) - terms().sum::<f64>() - bias).abs();
                assert!(error <= bound, "{lane:?} {k}x{n} output {o}: {error:e} > {bound:e}");
            }
        }
    }
}

#[test]
fn columns_are_those_that_were_packed() {
    for (k, n) in SIZES {
        let w: Vec<f32> = numbers(2, k * n).iter().map(|w| (127.0 * w).round()).collect();
        let (mut half, mut quarter) = (vec![Bf16::default(); k * n], vec![0; k * n]);
        pack_bf16(&w, n, &mut half);
        pack_int8(&w, n, &mut quarter, |w, _| w as i8);
        for column in 0..n {
            let wanted: Vec<f32> = (0..k).map(|row| w[row * n + column]).collect();
            let (mut of_half, mut of_quarter) = (vec![f32::NAN; k], vec![f32::NAN; k]);
            column_bf16(&half, n, column, &mut of_half);
            column_int8(&quarter, n, column, 0.5, &mut of_quarter);
            assert_eq!(of_half, wanted, "{k}x{n}, column {column}");
            assert_eq!(of_quarter.iter().map(|w| 2.0 * w).collect::<Vec<_>>(), wanted, "{k}x{n}, column {column}");
        }
    }
}

#[test]
fn bf16_keeps_infinity_and_nan_where_they_belong() {
    let (k, n) = (5, 19);
    for lane in lanes() {
        for row in 0..k {
            let mut w = numbers(2, k * n);
            w[row * n + 7] = f32::INFINITY;
            w[row * n + 18] = f32::NAN;
            let mut packed = vec![Bf16::default(); k * n];
            pack_bf16(&w, n, &mut packed);
            let mut y = vec![0.0; n];
            affine_bf16_on(lane, &[1.0; 5], &packed, &[Bf16::default(); 19], &mut y);
            for (o, y) in y.into_iter().enumerate() {
                match o {
                    7 => assert_eq!(y.to_bits(), f32::INFINITY.to_bits()),
                    18 => assert!(y.is_nan()),
                    _ => assert!(y.is_finite(), "{lane:?} row {row} output {o}"),
                }
            }
        }
    }
}

#[test]
fn int8_products_are_exact_and_the_same_on_every_lane() {
    for (k, n) in SIZES {
        // Beyond both ends of the range on purpose.
        let x: Vec<f32> = numbers(1, k).iter().map(|x| 1.2 * x).collect();
        let w: Vec<f32> = numbers(2, k * n).iter().map(|w| (127.0 * w).round()).collect();
        let mut weight = vec![0; k * n];
        pack_int8(&w, n, &mut weight, |w, _| w as i8);
        let (scale, shift) = (numbers(4, n), numbers(5, n));
        let bytes = |x: &[f32]| x.iter().map(|x| x.to_le_bytes()).collect::<Vec<_>>();
        let (scale_bytes, shift_bytes) = (bytes(&scale), bytes(&shift));
        let layer = Int8 { inverse: 127.5, zero: 128.0, weight: &weight, scale: &scale_bytes, shift: &shift_bytes };
        let q: Vec<f32> = x.iter().map(|x| (x * 127.5 + 128.0).clamp(0.0, 255.0).round_ties_even()).collect();
        for lane in lanes() {
            let mut y = vec![f32::NAN; n];
            affine_int8_on(lane, &x, layer, &mut vec![0; k], &mut y);
            for o in 0..n {
                // At these sizes all sums are whole numbers below 2²⁴.
                let sum: f32 = (0..k).map(|i| q[i] * w[i * n + o]).sum();
                assert_eq!(y[o].to_bits(), (sum * scale[o] + shift[o]).to_bits(), "{lane:?} {k}x{n} output {o}");
            }
        }
    }
}

#[test]
fn int8_sums_of_the_largest_products_do_not_overflow() {
    let k = INT8_MAX_INPUTS;
    let weight = vec![i8::MIN.cast_unsigned(); k];
    let layer = Int8 {
        inverse: 1.0,
        zero: 0.0,
        weight: &weight,
        scale: &[1.0_f32.to_le_bytes()],
        shift: &[0.0_f32.to_le_bytes()],
    };
    let mut y = [0.0];
    for lane in lanes() {
        affine_int8_on(lane, &vec![1e9; k], layer, &mut vec![0; k], &mut y);
        let exact = -128.0 * 255.0 * k as f32;
        assert!((y[0] - exact).abs() <= exact.abs() / 1e6, "{lane:?}: {} is not {exact}", y[0]);
    }
}

#[test]
fn an_input_that_is_no_number_makes_no_number() {
    let weight = [0; 6];
    let zero = [[0; 4]; 2];
    let layer = Int8 { inverse: 1.0, zero: 0.0, weight: &weight, scale: &zero, shift: &zero };
    for lane in lanes() {
        let mut y = [0.0; 2];
        affine_int8_on(lane, &[1.0, f32::NAN, 1.0], layer, &mut [0; 3], &mut y);
        assert!(y[0].is_nan() && y[1].is_nan());
        affine_int8_on(lane, &[1.0, f32::INFINITY, 1.0], layer, &mut [0; 3], &mut y);
        assert_eq!(y.map(f32::to_bits), [0, 0]);
    }
}

/// Layers with the bytes that they are made of.
struct Bytes {
    weight: Vec<u8>,
    scale: Vec<[u8; 4]>,
    shift: Vec<[u8; 4]>,
}

impl Bytes {
    fn layer(&self) -> Int8<'_> {
        Int8 { inverse: 127.5, zero: 100.0, weight: &self.weight, scale: &self.scale, shift: &self.shift }
    }
}

fn bytes(x: &[f32]) -> Vec<[u8; 4]> {
    x.iter().map(|x| x.to_le_bytes()).collect()
}

fn step(x: f32) -> i64 {
    (x * 127.5 + 100.0).clamp(0.0, 255.0).round_ties_even() as i64
}

#[test]
fn a_row_has_the_same_bits_in_any_batch() {
    // The last one's weights are more than stay in a cache.
    for (k, n) in SIZES.into_iter().chain([(2101, 200)]) {
        let w = numbers(2, k * n);
        let mut layer = Bytes { weight: vec![0; k * n], scale: bytes(&numbers(4, n)), shift: bytes(&numbers(5, n)) };
        pack_int8(&w, n, &mut layer.weight, |w, _| (127.0 * w) as i8);
        for rows in [2, 3, 4, 7, 8, 9, 20] {
            let mut x = numbers(1, rows * k);
            x[k] = f32::NAN;
            for lane in lanes() {
                let mut all = vec![0.0; rows * n];
                affine_int8_on(lane, &x, layer.layer(), &mut vec![0; rows * k], &mut all);
                for (row, (x, y)) in x.chunks(k).zip(all.chunks(n)).enumerate() {
                    let mut alone = vec![0.0; n];
                    affine_int8_on(lane, x, layer.layer(), &mut vec![0; k], &mut alone);
                    assert_eq!(row == 1, alone.iter().all(|y| y.is_nan()), "{lane:?} {rows} rows of {k}x{n}");
                    let equal = y.iter().zip(&alone).all(|(a, b)| a.to_bits() == b.to_bits() || row == 1 && a.is_nan());
                    assert!(equal, "{lane:?} row {row} of {rows}, {k}x{n}");
                }
            }
        }
    }
}

/// Windows, borders, groups, and channels around the widths of fours and vectors.
fn convolutions() -> Vec<Convolution> {
    vec![
        Convolution::new([6, 7, 1], 6, [5, 5]),
        Convolution::new([9, 8, 6], 16, [5, 5]),
        Convolution::new([7, 9, 4], 16, [3, 3]).pad([1, 1]),
        Convolution::new([7, 7, 16], 40, [3, 3]).pad([1, 1]).stride([2, 2]),
        Convolution::new([8, 5, 16], 33, [1, 1]).stride([2, 1]),
        Convolution::new([4, 11, 3], 5, [2, 4]).pad([1, 3]),
        Convolution::new([9, 9, 8], 8, [3, 3]).dilation([2, 2]).pad([2, 2]),
        Convolution::new([9, 9, 5], 7, [3, 2]).dilation([3, 2]).pad([1, 2]),
        Convolution::new([5, 6, 8], 12, [3, 3]).groups(2).pad([1, 1]),
        Convolution::new([5, 6, 6], 9, [3, 3]).groups(3).pad([1, 0]),
        Convolution::new([5, 6, 4], 8, [3, 3]).groups(4),
        Convolution::new([6, 5, 3], 3, [3, 3]).groups(3).pad([1, 1]),
        Convolution::new([7, 5, 70], 70, [3, 3]).groups(70).pad([1, 2]).stride([2, 1]),
        Convolution::new([3, 3, 47], 47, [2, 2]).groups(47).pad([1, 0]),
        Convolution::new([1, 20, 3], 4, [1, 5]).pad([0, 2]),
        Convolution::new([20, 1, 3], 4, [5, 1]).pad([2, 0]).stride([3, 1]),
        Convolution::new([20, 1, 8], 4, [5, 1]).dilation([2, 1]),
        // No pixel is wholly within, and some windows lie wholly beyond an edge.
        Convolution::new([2, 2, 4], 3, [3, 3]).pad([2, 2]),
        Convolution::new([1, 1, 1], 1, [1, 1]).pad([2, 2]),
        // Rows of the kernel that are not of fours: of one, two and three bytes more, and so many outputs that they are cut.
        Convolution::new([6, 9, 1], 17, [3, 3]).pad([1, 1]),
        Convolution::new([5, 5, 3], 200, [3, 3]).pad([1, 1]),
        Convolution::new([5, 6, 2], 200, [2, 3]).stride([1, 2]),
        Convolution::new([6, 6, 6], 150, [3, 3]).groups(3).pad([1, 1]),
        // More of them than are kept apart.
        Convolution::new([40, 3, 1], 3, [33, 2]).pad([1, 1]),
        Convolution::new([9, 9, 6], 6, [7, 7]).groups(2).pad([1, 0]),
    ]
}

#[test]
fn int8_convolutions_are_exact_and_the_same_on_every_lane() {
    for c in convolutions() {
        let ([height, width, channels], [rows, columns, outputs]) = (c.input(), c.output());
        let in_group = c.channels_in_group();
        let (per_group, patch) = (outputs / c.groups, c.kernel[0] * c.kernel[1] * in_group);
        // Two images, some of whose numbers are beyond the range.
        let x: Vec<f32> = numbers(1, 2 * c.inputs()).iter().map(|x| 1.3 * x).collect();
        let w: Vec<f32> = numbers(2, c.weights()).iter().map(|w| (127.0 * w).round()).collect();
        let (scale, shift) = (numbers(4, outputs), numbers(5, outputs));
        let mut layer = Bytes { weight: vec![0; w.len()], scale: bytes(&scale), shift: bytes(&shift) };
        pack_convolution_int8(&c, &w, &mut layer.weight, |w, _| w as i8);
        for (at, w) in w.iter().enumerate() {
            assert_eq!(
                f32::from(unpacked_convolution_int8(&c, &layer.weight, at)).to_bits(),
                (w + 0.0).to_bits(),
                "{c:?}"
            );
        }
        for lane in lanes() {
            let mut y = vec![f32::NAN; 2 * c.outputs()];
            let (mut q, mut patches) = (vec![0; c.inputs()], vec![0; 8 * patch]);
            convolve_int8_on(lane, &c, &x, layer.layer(), &mut q, &mut patches, &mut y);
            for (at, y) in y.into_iter().enumerate() {
                let (image, f) = (at / c.outputs(), at % outputs);
                let (i, j) = (at / outputs / columns % rows, at / outputs % columns);
                let mut sum = 0;
                for r in 0..c.kernel[0] {
                    for s in 0..c.kernel[1] {
                        for channel in 0..in_group {
                            let u = (i * c.stride[0] + r * c.dilation[0]).checked_sub(c.pad[0]).filter(|u| *u < height);
                            let v = (j * c.stride[1] + s * c.dilation[1]).checked_sub(c.pad[1]).filter(|v| *v < width);
                            let from = f / per_group * in_group + channel;
                            let q = u
                                .zip(v)
                                .map_or(100, |(u, v)| step(x[image * c.inputs() + (u * width + v) * channels + from]));
                            sum += q * w[((r * c.kernel[1] + s) * in_group + channel) * outputs + f] as i64;
                        }
                    }
                }
                // All sums are whole numbers below 2²⁴.
                let wanted = sum as f32 * scale[f] + shift[f];
                assert_eq!(y.to_bits(), wanted.to_bits(), "{lane:?} {c:?} pixel {i} {j} output {f}");
            }
        }
    }
}

#[test]
fn an_image_with_a_number_that_is_none_is_none_and_leaves_the_next_alone() {
    for c in [Convolution::new([3, 3, 4], 4, [2, 2]), Convolution::new([3, 3, 4], 4, [2, 2]).groups(4)] {
        let layer = Bytes { weight: vec![1; c.weights()], scale: bytes(&[1.0; 4]), shift: bytes(&[0.0; 4]) };
        let mut x = numbers(1, 2 * c.inputs());
        x[7] = f32::NAN;
        for lane in lanes() {
            let mut y = vec![0.0; 2 * c.outputs()];
            convolve_int8_on(lane, &c, &x, layer.layer(), &mut [0; 36], &mut vec![0; 8 * c.weights() / 4], &mut y);
            let (first, second) = y.split_at(c.outputs());
            assert!(first.iter().all(|y| y.is_nan()) && second.iter().all(|y| y.is_finite()), "{lane:?} {c:?}");
        }
    }
}

#[test]
#[should_panic(expected = "not 36 and 128")]
fn room_that_is_too_small_for_a_convolution_is_refused() {
    let c = Convolution::new([3, 3, 4], 4, [2, 2]);
    let layer = Bytes { weight: vec![1; c.weights()], scale: bytes(&[1.0; 4]), shift: bytes(&[0.0; 4]) };
    convolve_int8(&c, &[0.0; 36], layer.layer(), &mut [0; 36], &mut [0; 127], &mut [0.0; 16]);
}

#[test]
#[should_panic(expected = "3 inputs, 0 outputs and 6 weights are not rows of 2 outputs")]
fn inputs_without_outputs_are_refused() {
    let factors = [[0; 4]; 2];
    let layer = Int8 { inverse: 1.0, zero: 0.0, weight: &[0; 6], scale: &factors, shift: &factors };
    affine_int8(&[1.0; 3], layer, &mut [0; 3], &mut []);
}

#[test]
#[should_panic(expected = "or there are 1 summands")]
fn summands_that_are_too_few_are_refused() {
    let layer = Int8 { inverse: 1.0, zero: 0.0, weight: &[], scale: &[[0; 4]; 2], shift: &[[0; 4]] };
    affine_int8(&[], layer, &mut [], &mut [0.0; 2]);
}

#[test]
#[should_panic(expected = "4 factors and 3 summands, not one for each of 4 outputs")]
fn a_convolution_by_channels_with_too_few_summands_is_refused() {
    let c = Convolution::new([3, 3, 4], 4, [2, 2]).groups(4);
    let layer = Int8 { inverse: 1.0, zero: 0.0, weight: &[1; 16], scale: &[[0; 4]; 4], shift: &[[0; 4]; 3] };
    convolve_int8(&c, &[f32::NAN; 36], layer, &mut [0; 36], &mut [0; 32], &mut [0.0; 16]);
}
