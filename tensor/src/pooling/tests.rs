use super::*;
use crate::Key;
use crate::simd::Lane;

/// The places in the image of the elements of each window, by the definition.
fn windows(p: &Pooling, [height, width, channels]: [usize; 3], moves: [[usize; 2]; 3]) -> Vec<Vec<usize>> {
    let [stride, pad, dilation] = moves;
    let under = |axis: usize, place: usize, k: usize, size: usize| {
        (place * stride[axis] + k * dilation[axis]).checked_sub(pad[axis]).filter(|i| *i < size)
    };
    let [rows, columns, _] = p.output();
    let mut windows = vec![];
    for place in 0..rows * columns * channels {
        let (row, column, channel) = (place / channels / columns, place / channels % columns, place % channels);
        let mut window = vec![];
        for r in 0..p.kernel()[0] {
            for q in 0..p.kernel()[1] {
                if let (Some(i), Some(j)) = (under(0, row, r, height), under(1, column, q, width)) {
                    window.push((i * width + j) * channels + channel);
                }
            }
        }
        windows.push(window);
    }
    windows
}

/// y and dx of one image by the definitions.
fn by_definition(p: &Pooling, reduction: Reduction, windows: &[Vec<usize>], x: &[f64], dy: &[f64]) -> [Vec<f64>; 2] {
    let (mut y, mut dx) = (vec![], vec![0.0; x.len()]);
    for (window, dy) in windows.iter().zip(dy) {
        match reduction {
            Reduction::Max => {
                let first = window.iter().copied().reduce(|best, i| if x[i] > x[best] { i } else { best });
                y.push(first.map_or(f64::NEG_INFINITY, |first| x[first]));
                if let Some(first) = first {
                    dx[first] += dy;
                }
            }
            Reduction::Mean => {
                let count = p.elements() as f64;
                y.push(window.iter().map(|i| x[*i]).sum::<f64>() / count);
                for i in window {
                    dx[*i] += dy / count;
                }
            }
        }
    }
    [y, dx]
}

/// Multiples of 1/8, so that there are ties and sums of poolings by powers of two are exact.
fn eighths<T: Scalar>(len: usize, key: Key) -> Vec<T> {
    (0..len as u64).map(|n| T::of(key.below(n, 17) as f64 / 8.0 - 1.0)).collect()
}

fn wide<T: Scalar>(values: &[T]) -> Vec<f64> {
    values.iter().map(|value| value.to_f64_exact()).collect()
}

#[track_caller]
fn near(found: &[f64], wanted: &[f64], tolerance: f64, name: &str) {
    assert_eq!(found.len(), wanted.len(), "{name}");
    for (place, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        let same = found.to_bits() == wanted.to_bits() || (found - wanted).abs() <= tolerance;
        assert!(same, "{name}, place {place}: {found}, not {wanted}");
    }
}

fn check<T: Scalar>(image: [usize; 3], kernel: [usize; 2], moves: [[usize; 2]; 3]) {
    let p = Pooling::new(image, kernel).stride(moves[0]).pad(moves[1]).dilation(moves[2]);
    let (images, windows) = (3, windows(&p, image, moves));
    let count = |pixel: &usize| windows.iter().flatten().filter(|i| *i == pixel).count();
    assert!(!p.tiles() || (0..p.inputs()).all(|pixel| count(&pixel) == 1), "{p:?} tiles");
    assert!(!p.holds_pixels() || windows.iter().all(|window| !window.is_empty()), "{p:?} holds pixels");
    let x: Vec<T> = eighths(images * p.inputs(), Key::new(1));
    let dy: Vec<T> = eighths(images * p.outputs(), Key::new(2));
    for reduction in [Reduction::Max, Reduction::Mean] {
        for lane in Lane::ALL.into_iter().filter(|lane| lane.available()) {
            let name = format!("{p:?} {reduction:?} {lane:?} {}", T::NAME);
            let (mut y, mut dx) = (vec![T::nan(); dy.len()], vec![T::nan(); x.len()]);
            windows::run(lane, Pass::Forward { p: &p, reduction, x: &x, y: &mut y });
            windows::run(lane, Pass::Gradient { p: &p, reduction, x: &x, y: &y, dy: &dy, dx: &mut dx });
            let tolerance = 1e1 * T::epsilon().to_f64_exact();
            for i in 0..images {
                let (of_x, of_y) = (i * p.inputs()..(i + 1) * p.inputs(), i * p.outputs()..(i + 1) * p.outputs());
                let [wanted_y, wanted_dx] =
                    by_definition(&p, reduction, &windows, &wide(&x[of_x.clone()]), &wide(&dy[of_y.clone()]));
                near(&wide(&y[of_y]), &wanted_y, tolerance, &name);
                near(&wide(&dx[of_x]), &wanted_dx, tolerance, &name);
            }
        }
    }
}

#[test]
fn poolings_are_what_their_definitions_say_on_every_lane() {
    let [one, none] = [[1, 1], [0, 0]];
    for channels in [1, 3, 6, 8, 15, 16, 17, 33] {
        for (plane, kernel, moves) in [
            ([4, 6], [2, 2], [[2, 2], none, one]),
            ([5, 7], [2, 2], [[2, 2], none, one]),
            ([5, 5], [2, 2], [one, none, one]),
            ([5, 5], [3, 3], [[2, 2], one, one]),
            ([6, 6], [3, 3], [[3, 3], none, one]),
            ([6, 4], [2, 2], [[2, 2], one, one]),
            ([7, 8], [2, 3], [[3, 2], [1, 0], one]),
            ([6, 5], [2, 2], [one, none, [2, 2]]),
            ([4, 3], [3, 2], [one, [3, 1], [2, 1]]),
            ([5, 1], [2, 1], [[2, 1], [2, 0], [3, 1]]),
            ([1, 9], [1, 4], [[1, 3], none, one]),
            ([3, 3], [1, 1], [one, none, one]),
            ([3, 3], [1, 1], [[2, 2], none, one]),
            ([4, 4], [4, 4], [[4, 4], none, one]),
            // Windows of padding alone.
            ([2, 2], [2, 2], [one, [3, 3], one]),
            ([1, 1], [2, 2], [one, [2, 2], [3, 3]]),
        ] {
            let image = [plane[0], plane[1], channels];
            check::<f32>(image, kernel, moves);
            check::<f64>(image, kernel, moves);
        }
    }
}

#[test]
fn what_is_not_a_number_wins_wherever_it_stands_and_gets_the_gradient() {
    let p = Pooling::new([2, 2, 17], [2, 2]);
    for bad in 0..4 * 17 {
        let mut x = vec![f32::INFINITY; 4 * 17];
        x[bad] = f32::NAN;
        for lane in Lane::ALL.into_iter().filter(|lane| lane.available()) {
            let (mut y, mut dx, dy) = ([0.0; 17], [9.0; 4 * 17], [1.0; 17]);
            windows::run(lane, Pass::Forward { p: &p, reduction: Reduction::Max, x: &x, y: &mut y });
            let given = Pass::Gradient { p: &p, reduction: Reduction::Max, x: &x, y: &y, dy: &dy, dx: &mut dx };
            windows::run(lane, given);
            assert!(y.iter().enumerate().all(|(channel, y)| y.is_nan() == (channel == bad % 17)), "{bad} {lane:?}");
            if bad >= 17 {
                // The other channels' first elements win.
                let wanted = |i: usize| u8::from(i == bad || (i < 17 && i != bad % 17));
                assert!(
                    (0..dx.len()).all(|i| dx[i].to_bits() == f32::from(wanted(i)).to_bits()),
                    "{bad} {lane:?}: {dx:?}"
                );
            }
        }
    }
}

#[test]
fn sizes_say_what_is_dropped_and_whether_windows_hold_pixels() {
    let p = |size, kernel: usize| Pooling::new([size, 1, 1], [kernel, 1]);
    assert!(p(7, 2).drops_pixels() && !p(6, 2).drops_pixels() && !p(7, 2).stride([1, 1]).drops_pixels());
    assert!(p(5, 2).pad([1, 0]).holds_pixels() && !p(5, 2).pad([2, 0]).holds_pixels());
    assert!(!p(1, 2).dilation([3, 1]).pad([2, 0]).holds_pixels());
    assert!(p(6, 2).tiles() && !p(7, 2).tiles() && !p(6, 3).stride([2, 1]).tiles());
}

#[test]
#[should_panic(expected = "2 images give 2 times 4 elements")]
fn other_lengths_are_refused() {
    forward(&Pooling::new([4, 4, 1], [2, 2]), Reduction::Max, &[0.0_f32; 32], &mut [0.0; 4], Parallel::SERIAL);
}

/// The elements of two outputs would be as many as wrap around to none.
#[test]
#[should_panic(expected = "2 images give 2 times")]
fn outputs_of_more_elements_than_can_be_addressed_are_refused() {
    let half = usize::BITS / 2;
    let p = Pooling::new([1, 1, 1], [1, 1]).stride([2, 2]).pad([(1 << half) - 1, (1 << (half - 1)) - 1]);
    gradient(&p, Reduction::Mean, (&[0.0_f32; 2], &[]), &[], &mut [0.0; 2], Parallel::SERIAL);
}
