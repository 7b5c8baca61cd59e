//! What is drawn for one image: a map of its plane, and a square.

use typednet_tensor::{Key, Scalar};

use super::Augment;
use super::warp::Map;

/// The twelve random numbers of one image.
pub(super) struct Draw([u32; 12]);

impl Draw {
    pub(super) fn new(key: Key) -> Self {
        let mut numbers = [0; 12];
        for (block, numbers) in (0..).zip(numbers.as_chunks_mut::<4>().0) {
            *numbers = key.block(block);
        }
        Self(numbers)
    }

    /// From 0 up to but not including 1.
    fn uniform(&self, place: usize) -> f32 {
        (self.0[place] >> 8) as f32 / 16_777_216.0
    }

    fn below(&self, place: usize, below: u32) -> u32 {
        ((u64::from(self.0[place]) * u64::from(below)) >> 32) as u32
    }
}

impl<const H: usize, const W: usize, const C: usize> Augment<H, W, C> {
    /// Where this image's pixels are taken from.
    pub(super) fn map(&self, draw: &Draw) -> Map {
        let signed = |place: usize| 2.0 * draw.uniform(place) - 1.0;
        let radians = |degrees: f32| degrees.to_radians();
        let (sin, cos) = match radians(self.degrees * signed(0)) {
            0.0 => (0.0, 1.0),
            angle => libm::sincosf(angle),
        };
        let [smallest, largest] = self.scale;
        let scale = 1.0 / (smallest + (largest - smallest) * draw.uniform(1));
        let slant = if self.shear > 0.0 { libm::tanf(radians(self.shear * signed(2))) } else { 0.0 };
        let cropped = |place| draw.below(place, 2 * self.crop + 1) as f32 - self.crop as f32;
        let shift_x = self.shift * W as f32 * signed(3) + cropped(5);
        let shift_y = self.shift * H as f32 * signed(4) + cropped(6);

        // What is seen is slanted, scaled, turned and shifted, so the source is found by the inverse of each in turn:
        // p' = c + S⁻¹·R⁻¹·(p − c − t)/s with the middle c.
        let (cx, cy) = ((W as f32 - 1.0) / 2.0, (H as f32 - 1.0) / 2.0);
        let mut m = [(cos - slant * -sin) * scale, (sin - slant * cos) * scale, 0.0, -sin * scale, cos * scale, 0.0];
        m[2] = cx - m[0] * (cx + shift_x) - m[1] * (cy + shift_y);
        m[5] = cy - m[3] * (cx + shift_x) - m[4] * (cy + shift_y);
        for (at, size, probability, first) in [(7, W, self.flip_horizontal, 0), (8, H, self.flip_vertical, 3)] {
            if draw.uniform(at) < probability {
                m[first] = -m[first];
                m[first + 1] = -m[first + 1];
                m[first + 2] = (size as f32 - 1.0) - m[first + 2];
            }
        }
        Map(m)
    }

    /// Fills a square around a random pixel, in all channels.
    pub(super) fn cut_out<T: Scalar>(&self, draw: &Draw, image: &mut [T]) {
        let side = |place, size: usize| {
            let middle = draw.below(place, size as u32) as usize;
            middle.saturating_sub(self.cutout / 2)..middle.saturating_add(self.cutout.div_ceil(2)).min(size)
        };
        let (columns, rows) = (side(9, W), side(10, H));
        for row in image.chunks_exact_mut(W * C).take(rows.end).skip(rows.start) {
            self.fill_in(&mut row[columns.start * C..columns.end * C]);
        }
    }

    /// Gives pixels the fill of each channel.
    pub(super) fn fill_in<T: Scalar>(&self, pixels: &mut [T]) {
        for pixel in pixels.as_chunks_mut::<C>().0 {
            *pixel = self.fill.map(|value| T::of(f64::from(value)));
        }
    }
}
