//! Convolutions and numbers to test them with.

use super::*;

/// Numbers of which sums are rounded.
pub(super) fn fractions(len: usize, seed: u64) -> Vec<f32> {
    (0..len).map(|i| Key::new(seed).uniform::<f32>(i as u64) - 0.5).collect()
}

pub(super) fn lanes() -> impl Iterator<Item = Lane> {
    Lane::ALL.into_iter().filter(|lane| lane.available())
}

pub(super) fn conv(input: [usize; 3], outputs: usize, kernel: [usize; 2]) -> Convolution {
    Convolution::new(input, outputs, kernel)
}

/// Each option by itself, and those that meet each other.
pub(super) fn table() -> Vec<Convolution> {
    let mut table = vec![
        // Images of one pixel, one row, one column.
        conv([1, 1, 1], 1, [1, 1]),
        conv([1, 1, 7], 5, [3, 3]).pad([1, 1]),
        conv([1, 9, 3], 4, [1, 3]),
        conv([1, 9, 3], 4, [3, 4]).pad([1, 2]),
        conv([9, 1, 5], 17, [4, 1]).stride([2, 1]),
        conv([9, 1, 5], 2, [3, 2]).pad([2, 1]).stride([3, 1]),
        // Grey images with few outputs, and long rows.
        conv([28, 28, 1], 6, [5, 5]),
        conv([9, 40, 1], 3, [3, 3]).pad([1, 1]),
        conv([11, 21, 1], 8, [2, 3]).stride([2, 1]),
        conv([7, 37, 1], 5, [3, 2]).dilation([2, 3]).pad([2, 0]),
        conv([4, 1500, 1], 2, [3, 3]),
        conv([3, 730, 1], 7, [2, 5]).pad([1, 2]),
        // Few channels, whose runs are added; through a row of the kernel fewer rows are seen than a tile has.
        conv([8, 9, 2], 12, [3, 3]).pad([1, 1]),
        conv([8, 12, 1], 16, [5, 5]).pad([2, 2]),
        // Networks' layers, smaller.
        conv([9, 9, 1], 6, [5, 5]),
        conv([8, 8, 6], 16, [5, 5]),
        conv([10, 9, 1], 16, [3, 3]).pad([1, 1]),
        conv([8, 7, 16], 16, [3, 3]).pad([1, 1]),
        conv([7, 7, 32], 33, [3, 3]).pad([1, 1]),
        conv([8, 8, 16], 32, [3, 3]).stride([2, 2]).pad([1, 1]),
        conv([9, 7, 16], 32, [1, 1]).stride([2, 2]),
        conv([4, 4, 8], 40, [1, 1]),
        conv([12, 11, 3], 8, [7, 7]).stride([2, 2]).pad([3, 3]),
        // Even, rectangular and large kernels.
        conv([6, 6, 2], 3, [2, 2]),
        conv([6, 7, 2], 3, [2, 4]).pad([1, 2]),
        conv([5, 5, 3], 3, [5, 5]).pad([2, 2]),
        conv([3, 4, 2], 2, [5, 6]).pad([2, 2]),
        conv([2, 2, 1], 1, [6, 6]).pad([2, 2]),
        // Strides that leave pixels out, dilation, both.
        conv([9, 10, 4], 5, [2, 2]).stride([3, 3]),
        conv([10, 10, 4], 5, [1, 1]).stride([3, 2]),
        conv([9, 9, 3], 7, [3, 3]).dilation([2, 2]),
        conv([9, 9, 3], 7, [3, 3]).dilation([2, 2]).pad([2, 2]),
        conv([11, 9, 5], 7, [3, 2]).dilation([2, 3]).stride([2, 2]).pad([2, 1]),
        conv([13, 11, 2], 9, [3, 4]).dilation([3, 2]).stride([2, 3]).pad([1, 2]),
        conv([2, 2, 4], 4, [2, 2]).dilation([4, 4]).pad([2, 2]),
        conv([1, 3, 1], 2, [2, 2]).dilation([3, 1]).pad([2, 0]),
        // Groups, and a kernel for each channel.
        conv([6, 6, 8], 12, [3, 3]).groups(4).pad([1, 1]),
        conv([6, 6, 6], 3, [3, 3]).groups(3),
        conv([6, 5, 4], 8, [3, 3]).groups(4).pad([1, 1]),
        conv([5, 5, 36], 36, [2, 2]).groups(2).stride([2, 2]),
        conv([7, 6, 5], 5, [3, 3]).groups(5).pad([1, 1]),
        conv([7, 6, 33], 33, [3, 2]).groups(33).stride([2, 1]).pad([1, 1]),
        conv([8, 8, 16], 16, [3, 3]).groups(16).dilation([2, 2]).pad([2, 2]),
    ];
    for channels in [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33] {
        table.push(conv([4, 5, channels], 34 - channels, [3, 3]).pad([1, 1]));
        table.push(conv([5, 4, channels], channels, [2, 3]));
    }
    table
}

/// Sizes by chance, so that options meet that nobody thought of together.
pub(super) fn by_chance(count: u64) -> impl Iterator<Item = Convolution> {
    (0..count * 16).filter_map(|i| {
        let mut place = i * 16;
        let mut size = |low: usize, high: usize| {
            place += 1;
            low + Key::new(7).below(place, (high - low + 1) as u64) as usize
        };
        let groups = [1, 1, 1, 2, 3, 5][size(0, 5)];
        let (channels, outputs) = (groups * size(1, 9), groups * size(1, 9));
        let mut sizes = |low, high| [size(low, high), size(low, high)];
        let ([rows, columns], kernel) = (sizes(1, 12), sizes(1, 5));
        let (stride, pad, dilation) = (sizes(1, 3), sizes(0, 2), sizes(1, 3));
        let fits = |axis: usize| {
            output_size([rows, columns][axis], kernel[axis], stride[axis], pad[axis], dilation[axis]).is_some()
        };
        let c = Convolution::new([rows, columns, channels], outputs, kernel).groups(groups);
        (fits(0) && fits(1)).then_some(c.stride(stride).pad(pad).dilation(dilation))
    })
}
