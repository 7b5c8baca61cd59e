//! An image seen through a map of its plane: out(p) = in(map(p)), with bilinear interpolation.

use typednet_tensor::Scalar;
use typednet_tensor::simd::{Kernel, Simd};

use super::elastic::Elastic;

/// x' = m₀x + m₁y + m₂, y' = m₃x + m₄y + m₅: where in the source a pixel of the result is taken from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Map(pub(super) [f32; 6]);

impl Map {
    pub(super) const IDENTITY: Self = Self([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
}

/// How many numbers an image with a border takes.
///
/// The border is one pixel wide at the beginning and two at the end, so that all four neighbours of every place from
/// −1 to the size exist.
pub(super) const fn bordered(height: usize, width: usize, channels: usize) -> usize {
    (height + 3) * (width + 3) * channels
}

/// Copies an image into the middle of a bordered one whose border is already there.
pub(super) fn copy_in<T: Copy, const W: usize, const C: usize>(image: &[T], to: &mut [T]) {
    for (row, to) in image.chunks_exact(W * C).zip(to.chunks_exact_mut((W + 3) * C).skip(1)) {
        to[C..][..W * C].copy_from_slice(row);
    }
}

/// The whole number below `x`, and what is left; `x` is from 0 to 2²². By bits, since `as` cannot be vectorised.
#[inline(always)]
fn whole_and_rest(x: f32) -> (u32, f32) {
    // From here on the next numbers are 1 apart, so a sum is rounded to a whole number.
    const ONES: f32 = 8_388_608.0;
    let nearest = (x + ONES) - ONES;
    let whole = if nearest > x { nearest - 1.0 } else { nearest };
    ((whole + ONES).to_bits() - ONES.to_bits(), x - whole)
}

/// Fills `out` from the bordered image `from`; `elastic` gives displacements in pixels besides.
pub(super) struct Warp<'a, T, const H: usize, const W: usize, const C: usize> {
    pub(super) from: &'a [T],
    pub(super) map: Map,
    pub(super) elastic: Option<(&'a Elastic, &'a [f32])>,
    pub(super) out: &'a mut [T],
}

impl<T: Scalar, const H: usize, const W: usize, const C: usize> Kernel<T> for Warp<'_, T, H, W, C> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<T>>(self, _: S) {
        let Self { from, map: Map(m), elastic, out } = self;
        let stride = (W + 3) * C;
        for y in 0..H {
            // Where each pixel of the row comes from.
            let (mut xs, mut ys) = ([0.0_f32; W], [0.0_f32; W]);
            let (x0, y0) = (m[1] * y as f32 + m[2] + 1.0, m[4] * y as f32 + m[5] + 1.0);
            for x in 0..W {
                xs[x] = m[0] * x as f32 + x0;
                ys[x] = m[3] * x as f32 + y0;
            }
            if let Some((elastic, rows)) = elastic {
                elastic.add_row(y, rows, &mut xs, &mut ys);
            }
            // Its upper left neighbour, and how far it is from there.
            let mut places = [0_u32; W];
            for x in 0..W {
                let px = xs[x].max(0.0).min((W + 1) as f32);
                let py = ys[x].max(0.0).min((H + 1) as f32);
                let ((ix, fx), (iy, fy)) = (whole_and_rest(px), whole_and_rest(py));
                (xs[x], ys[x]) = (fx, fy);
                places[x] = iy * stride as u32 + ix * C as u32;
            }
            let out = out[y * W * C..][..W * C].as_chunks_mut::<C>().0;
            for (((out, place), u), v) in out.iter_mut().zip(&places).zip(&xs).zip(&ys) {
                let near = &from[*place as usize..][..stride + 2 * C];
                let (u, v) = (T::of(f64::from(*u)), T::of(f64::from(*v)));
                for (c, out) in out.iter_mut().enumerate() {
                    let left = (T::one() - v) * near[c] + v * near[stride + c];
                    let right = (T::one() - v) * near[C + c] + v * near[stride + C + c];
                    *out = (T::one() - u) * left + u * right;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn warped<T: Scalar, const H: usize, const W: usize, const C: usize>(
        image: &[[T; C]],
        map: Map,
        fill: [T; C],
    ) -> Vec<[T; C]> {
        let mut from = vec![fill; bordered(H, W, 1)];
        let mut out = vec![[T::zero(); C]; image.len()];
        copy_in::<T, W, C>(image.as_flattened(), from.as_flattened_mut());
        T::dispatch(Warp::<T, H, W, C> { from: from.as_flattened(), map, elastic: None, out: out.as_flattened_mut() });
        out
    }

    /// Against `SciPy`'s `affine_transform` (`goldens/data.py`); all channels of an image are seen through one map.
    #[test]
    fn images_are_seen_as_scipy_sees_them() {
        let golden: Value = serde_json::from_str(include_str!("../../../goldens/data.json")).unwrap();
        let numbers = |value: &Value| -> Vec<f64> { serde_json::from_value(value.clone()).unwrap() };
        let image = numbers(&golden["warp"]["image"]);
        let alone: Vec<[f64; 1]> = image.iter().map(|pixel| [*pixel]).collect();
        let channels: Vec<[f64; 3]> = image.iter().map(|pixel| [*pixel, 0.5 - pixel, 2.0 * pixel]).collect();
        for case in golden["warp"]["cases"].as_array().unwrap() {
            let m: Vec<f32> = serde_json::from_value(case["map"].clone()).unwrap();
            let map = Map(m.try_into().unwrap());
            let alone = warped::<f64, 5, 7, 1>(&alone, map, [0.25]);
            let channels = warped::<f64, 5, 7, 3>(&channels, map, [0.25, 0.25, 0.5]);
            for (([found], channels), wanted) in alone.iter().zip(&channels).zip(numbers(&case["out"])) {
                // The places are exact in `f32`.
                assert!((found - wanted).abs() < 1e-12, "{map:?}: {found}, wanted {wanted}");
                for (channel, (found, wanted)) in channels.iter().zip([wanted, 0.5 - wanted, 2.0 * wanted]).enumerate()
                {
                    assert!((found - wanted).abs() < 1e-12, "{map:?}, channel {channel}: {found}, wanted {wanted}");
                }
            }
        }
    }

    #[test]
    fn whole_pixels_are_copied_to_the_bit() {
        let image: [[f32; 2]; 12] = std::array::from_fn(|i| [1.0 / (i as f32 + 3.0), i as f32]);
        let fill = [9.0, 0.125];
        assert_eq!(warped::<f32, 3, 4, 2>(&image, Map::IDENTITY, fill), image);
        let flipped = warped::<f32, 3, 4, 2>(&image, Map([-1.0, 0.0, 3.0, 0.0, 1.0, 0.0]), fill);
        assert!(flipped.chunks(4).zip(image.chunks(4)).all(|(a, b)| a.iter().eq(b.iter().rev())));
        let far = warped::<f32, 3, 4, 2>(&image, Map([1.0, 0.0, 1e9, 0.0, 1.0, -1e9]), fill);
        assert!(far.iter().all(|pixel| pixel.map(f32::to_bits) == fill.map(f32::to_bits)));
    }

    #[test]
    fn whole_number_and_rest_add_up() {
        for i in 0..40_000 {
            let x = i as f32 * 0.003_1;
            let (whole, rest) = whole_and_rest(x);
            assert_eq!((f64::from(whole), rest.to_bits()), (f64::from(x.floor()), (x - x.floor()).to_bits()), "{x}");
        }
    }
}
