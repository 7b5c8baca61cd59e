//! What meets what along an axis, against the formula, one by one.

use super::super::plan::Plan;
use super::super::span::Span;
use super::cases::{by_chance, table};

/// What spans say, one by one: (place of the result, element of the kernel, what is read).
fn met(spans: impl Iterator<Item = Span>) -> Vec<(usize, usize, usize)> {
    let mut met = Vec::new();
    for span in spans {
        for i in 0..span.places.count {
            for k in 0..span.kernel.count {
                let place = span.places.first + i * span.places.step;
                let element = span.kernel.first + k * span.kernel.step;
                met.push((place, element, span.from + i * span.from_place + k * span.from_element));
            }
        }
    }
    met.sort_unstable();
    met
}

#[test]
fn spans_hold_what_meets_and_each_place_once() {
    for c in table().into_iter().chain(by_chance(60)) {
        for axis in 0..2 {
            let (input, output, kernel) = (c.input[axis], c.output()[axis], c.kernel[axis]);
            let mut forward = Vec::new();
            for o in 0..output {
                for k in 0..kernel {
                    let i = (o * c.stride[axis] + k * c.dilation[axis]).checked_sub(c.pad[axis]);
                    forward.extend(i.filter(|i| *i < input).map(|i| (o, k, i)));
                }
            }
            let spans = Plan::of(&c).axes[axis];
            assert_eq!(met(spans.outputs()), forward, "{c:?}");
            assert_eq!(met(spans.elements()), forward, "{c:?}");
            let mut back: Vec<_> = forward.iter().map(|(o, k, i)| (*i, kernel - 1 - k, *o)).collect();
            back.sort_unstable();
            assert_eq!(met(spans.inputs()), back, "{c:?}");
            let places = |spans: &mut dyn Iterator<Item = Span>| {
                let mut places: Vec<_> = spans
                    .flat_map(|span| (0..span.places.count).map(move |i| span.places.first + i * span.places.step))
                    .collect();
                places.sort_unstable();
                places
            };
            assert_eq!(places(&mut spans.outputs()), (0..output).collect::<Vec<_>>(), "{c:?}");
            assert_eq!(places(&mut spans.inputs()), (0..input).collect::<Vec<_>>(), "{c:?}");
        }
    }
}
