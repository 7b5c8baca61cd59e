//! A network of such layers learns.

use typednet::prelude::*;
use typednet_foreign::{Maxout, Scale, ValidConv};

network! {
    /// Horizontal or vertical bars, seen through two filters.
    struct Bars: [1, 5, 5] => ValidConv<4, 3> -> [4, 3, 3] => Relu => ValidConv<2, 3> -> [2, 1, 1]
}

network! { struct Rings: 2 => Scale => Maxout<16, 3> => Scale => Dense<2, Softmax> }

/// Points within and without a circle.
fn rings(count: u64) -> Vec<([f32; 2], Class<2>)> {
    let point = |n| {
        let x: [f32; 2] = [0, 1].map(|side| 2.0 * Key::new(7).uniform::<f32>(2 * n + side) - 1.0);
        let is_within = x[0] * x[0] + x[1] * x[1] < 0.5;
        (x, Class::new(usize::from(is_within)).expect("two classes"))
    };
    (0..count).map(point).collect()
}

#[test]
fn rows_learn_a_circle() {
    let (x, labels): (Vec<_>, Vec<_>) = rings(400).into_iter().unzip();
    let data = Dataset::new(x, labels).expect("as many labels as points");
    let mut trainer = Trainer::new(Rings::seeded(0), CrossEntropy, Adam::new(2e-2)).batch(40).epochs(60).quiet();
    let before = trainer.evaluate(&data).expect("an evaluation").accuracy;
    trainer.fit(&data).expect("a training");
    let after = trainer.evaluate(&data).expect("an evaluation").accuracy;
    assert!(before < Some(0.8) && after > Some(0.96), "from {before:?} to {after:?}");
    let factors = trainer.model().l1.factor;
    assert!(factors.iter().all(|factor| (factor - 1.0).abs() > 1e-3), "the factors are as they were: {factors:?}");
}

type Picture = [[[f32; 5]; 5]; 1];
type Scores = [[[f32; 1]; 1]; 2];

/// One bar at each place, and which way it goes.
fn bars() -> (Vec<Picture>, Vec<Scores>) {
    let bar = |place: usize, is_vertical: bool| {
        let mut image = [[[0.0; 5]; 5]];
        for i in 0..5 {
            let (row, column) = if is_vertical { (i, place) } else { (place, i) };
            image[0][row][column] = 1.0;
        }
        let target = if is_vertical { [[[0.0]], [[1.0]]] } else { [[[1.0]], [[0.0]]] };
        (image, target)
    };
    (0..10).map(|n| bar(n / 2, n % 2 == 1)).unzip()
}

#[test]
fn images_learn_bars() {
    let (x, y) = bars();
    let data = Dataset::new(x.clone(), y.clone()).expect("as many targets as images");
    let mut trainer = Trainer::new(Bars::seeded(1), SquaredError::Mean, Adam::new(1e-2)).batch(10).epochs(300).quiet();
    trainer.fit(&data).expect("a training");
    for (x, y) in x.iter().zip(&y) {
        let found = trainer.model().predict(x);
        assert_eq!(found[0][0][0] > found[1][0][0], y[0][0][0] > 0.5, "{x:?}: {found:?}");
    }
}
