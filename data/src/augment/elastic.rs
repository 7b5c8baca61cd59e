//! Smooth random displacements (Simard, Steinkraus, Platt 2003), from a coarse grid as in U-Net.
//!
//! The displacement is normal at the points of a grid of `cells`×`cells` cells over the image, and interpolated
//! between them by cubics (Catmull and Rom), as Ronneberger, Fischer and Brox (2015) do.

use typednet_tensor::simd::{Kernel, Simd};
use typednet_tensor::{Key, Parallel, Scalar, noise};

/// What each grid point counts for each pixel of a side.
#[derive(Clone, Debug)]
pub(super) struct Elastic {
    deviation: f32,
    /// How many grid points a side has.
    points: usize,
    width: usize,
    /// For each grid point its weight in each column.
    columns: Vec<f32>,
    /// For each row the first of its four grid points, and their weights.
    rows: Vec<(u32, [f32; 4])>,
}

impl Elastic {
    pub(super) fn new(deviation: f32, cells: usize, height: usize, width: usize) -> Self {
        let points = cells + 3;
        let mut columns = vec![0.0; points * width];
        for column in 0..width {
            let (first, weights) = taps(column, width, cells);
            for (point, weight) in (first as usize..).zip(weights) {
                columns[point * width + column] = weight;
            }
        }
        let rows = (0..height).map(|row| taps(row, height, cells)).collect();
        Self { deviation, points, width, columns, rows }
    }

    /// How many numbers [`draw`](Self::draw) needs.
    pub(super) fn scratch(&self) -> usize {
        2 * self.points * (self.points + self.width)
    }

    /// Draws a grid and interpolates along its rows: for each of two directions as many rows as wide as the image as
    /// the grid has rows.
    pub(super) fn draw<'a>(&self, key: Key, scratch: &'a mut [f32]) -> &'a [f32] {
        let (grid, rows) = scratch.split_at_mut(2 * self.points * self.points);
        grid.fill(0.0);
        noise::add_normal(key, self.deviation, grid, Parallel::SERIAL);
        f32::dispatch(Expand { grid, columns: &self.columns, points: self.points, width: self.width, rows });
        rows
    }

    /// Adds the displacements in row `y` of the image to `to_x` and `to_y`; `rows` is what [`draw`](Self::draw) gave.
    #[inline(always)]
    pub(super) fn add_row<const W: usize>(&self, y: usize, rows: &[f32], to_x: &mut [f32; W], to_y: &mut [f32; W]) {
        let (first, [a, b, c, d]) = self.rows[y];
        let rows = rows.as_chunks::<W>().0;
        for (rows, to) in rows.chunks_exact(self.points).zip([to_x, to_y]) {
            let near = &rows[first as usize..][..4];
            for x in 0..W {
                to[x] += (a * near[0][x] + b * near[1][x]) + (c * near[2][x] + d * near[3][x]);
            }
        }
    }
}

/// rows ← grid · columns
struct Expand<'a> {
    grid: &'a [f32],
    columns: &'a [f32],
    points: usize,
    width: usize,
    rows: &'a mut [f32],
}

impl Kernel<f32> for Expand<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd<f32>>(self, _: S) {
        let Self { grid, columns, points, width, rows } = self;
        for (grid, row) in grid.chunks_exact(points).zip(rows.chunks_exact_mut(width)) {
            row.fill(0.0);
            for (point, weights) in grid.iter().zip(columns.chunks_exact(width)) {
                for (value, weight) in row.iter_mut().zip(weights) {
                    *value += point * weight;
                }
            }
        }
    }
}

/// The first of the four grid points around a pixel, and Catmull-Rom's weights of the four.
fn taps(pixel: usize, pixels: usize, cells: usize) -> (u32, [f32; 4]) {
    let place = (pixel as f32 + 0.5) / pixels as f32 * cells as f32;
    let (first, t) = (place.floor(), place.fract());
    let weights = [
        ((-0.5 * t + 1.0) * t - 0.5) * t,
        (1.5 * t - 2.5) * t * t + 1.0,
        ((-1.5 * t + 2.0) * t + 0.5) * t,
        (0.5 * t - 0.5) * t * t,
    ];
    #[allow(clippy::cast_sign_loss, reason = "a place in the image is not negative")]
    (first as u32, weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_add_up_to_one_and_stay_on_the_grid() {
        for (pixels, cells) in [(28, 4), (1, 1), (7, 3), (32, 32), (5, 1)] {
            for pixel in 0..pixels {
                let (first, weights) = taps(pixel, pixels, cells);
                assert!((first as usize) < cells);
                assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
            }
        }
        // In the middle of a cell, and of an even number of cells.
        assert_eq!(taps(0, 1, 1), (0, [-0.0625, 0.5625, 0.5625, -0.0625]));
        assert_eq!(taps(0, 1, 2), (1, [0.0, 1.0, 0.0, 0.0]));
    }

    /// Row by row as drawn, against all sixteen points around each pixel.
    #[test]
    #[allow(clippy::needless_range_loop, reason = "a pixel has a column in three arrays")]
    fn rows_are_the_sum_over_the_points_around() {
        const H: usize = 6;
        const W: usize = 9;
        let elastic = Elastic::new(1.5, 4, H, W);
        let mut scratch = vec![f32::NAN; elastic.scratch()];
        let rows = elastic.draw(Key::new(2), &mut scratch).to_vec();
        let mut grid = [[[0.0_f32; 7]; 7]; 2];
        noise::add_normal(Key::new(2), 1.5, grid.as_flattened_mut().as_flattened_mut(), Parallel::SERIAL);
        for y in 0..H {
            let mut found = [[10.0_f32; W], [20.0; W]];
            let [to_x, to_y] = &mut found;
            elastic.add_row(y, &rows, to_x, to_y);
            for x in 0..W {
                let ((left, across), (top, down)) = (taps(x, W, 4), taps(y, H, 4));
                for ((found, grid), start) in found.iter().zip(&grid).zip([10.0, 20.0]) {
                    let mut wanted = start;
                    for (i, down) in down.into_iter().enumerate() {
                        for (j, across) in across.into_iter().enumerate() {
                            wanted += down * across * grid[top as usize + i][left as usize + j];
                        }
                    }
                    assert!((found[x] - wanted).abs() < 1e-5, "row {y}, column {x}");
                }
            }
        }
    }
}
