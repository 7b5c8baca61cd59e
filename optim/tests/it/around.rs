//! What is done to gradients and weights around a step: clipping, penalties, accumulation, averages.

use typednet_layers::loss::SquaredError;
use typednet_layers::{Chain, Dense, Linear, Network, PassContext, Tanh, pass};
use typednet_optim::{Accumulation, Clip, MovingAverage, OptimError, Penalty, clip_norm, norm};
use typednet_tensor::{Flat, Key, Model, Parallel};

use crate::common::Net;

/// Numbers between −1 and 1, but for one 0.
fn random(seed: u64) -> Model<Net> {
    let mut model = Net::zeroed();
    let key = Key::new(seed);
    for (i, w) in model.as_flat_mut().iter_mut().enumerate() {
        *w = if i == 3 { 0.0 } else { 2.0 * key.uniform::<f64>(i as u64) - 1.0 };
    }
    model
}

#[test]
fn section_6_clipping_bounds_the_norm() {
    type Wide = Dense<97, 103>;
    let mut gradient = Wide::zeroed();
    for size in [1e-30_f32, 1e-3, 0.1, 1.0, 1e10, 1e19, 1e30, 1e36] {
        for limit in [1e-3, 1.0, 50.0] {
            for (i, g) in gradient.as_flat_mut().iter_mut().enumerate() {
                *g = size * (Key::new(7).uniform::<f32>(i as u64) - 0.5);
            }
            let before = gradient.as_flat().to_vec();
            let exact = before.iter().map(|&g| f64::from(g) * f64::from(g)).sum::<f64>().sqrt();
            let found = clip_norm(&mut *gradient, limit, Parallel::SERIAL);
            assert!((found / exact - 1.0).abs() < 1e-6, "{found} for {exact}");
            // f32 has 24 bits for each element.
            let after = norm(&*gradient, Parallel::SERIAL);
            assert!(after <= limit * (1.0 + 1e-6), "{after} is above {limit}");
            if exact < limit * 0.99 {
                assert_eq!(gradient.as_flat(), before, "small enough");
            } else {
                assert!(after > limit * 0.99, "{after} is far below {limit}");
                let factor = gradient.as_flat()[0] / before[0];
                for (after, before) in gradient.as_flat().iter().zip(&before) {
                    assert!((after - before * factor).abs() <= 1e-5 * after.abs(), "the direction stays");
                }
            }
        }
    }
}

#[test]
fn clipping_by_value_bounds_each_element() {
    let mut gradient = random(1);
    gradient.as_flat_mut()[0] = f64::INFINITY;
    gradient.as_flat_mut()[1] = f64::NAN;
    let before = gradient.as_flat().to_vec();
    Clip::Value(0.25).apply(&mut *gradient, Parallel::SERIAL);
    for (i, (&found, &before)) in gradient.as_flat().iter().zip(&before).enumerate() {
        match i {
            1 => assert!(found.is_nan()),
            12..15 => assert_eq!(found.to_bits(), before.to_bits(), "buffers are not clipped"),
            _ => assert_eq!(found.to_bits(), before.clamp(-0.25, 0.25).to_bits()),
        }
    }
}

#[test]
fn a_gradient_that_is_not_finite_is_seen_and_left() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut gradient = random(1);
        gradient.as_flat_mut()[20] = bad;
        let before: Vec<u64> = gradient.as_flat().iter().map(|g| g.to_bits()).collect();
        let found = clip_norm(&mut *gradient, 0.1, Parallel::SERIAL);
        assert!(if bad.is_nan() { found.is_nan() } else { found == f64::INFINITY }, "{found}");
        assert!(gradient.as_flat().iter().map(|g| g.to_bits()).eq(before));
    }
    for (first, second) in [(f64::NAN, f64::INFINITY), (f64::INFINITY, f64::NAN)] {
        let mut gradient = random(1);
        (gradient.as_flat_mut()[0], gradient.as_flat_mut()[20]) = (first, second);
        assert!(norm(&*gradient, Parallel::SERIAL).is_nan());
    }
    let mut gradient = Net::zeroed();
    gradient.as_flat_mut()[12] = f64::NAN;
    assert_eq!(norm(&*gradient, Parallel::SERIAL).to_bits(), 0, "what stands in a buffer's place is no gradient");
    for size in [1e-200, 1e200] {
        gradient.as_flat_mut()[..2].copy_from_slice(&[3.0 * size, -4.0 * size]);
        assert!((norm(&*gradient, Parallel::SERIAL) / size - 5.0).abs() < 1e-12);
    }
    assert!(Clip::Norm(0.0).check().is_err() && Clip::Value(f64::NAN).check().is_err());
    assert_eq!(Clip::Norm(1.0).check(), Ok(()));
}

#[test]
fn section_7_a_penalty_s_gradient_is_that_of_its_value() {
    for penalty in [Penalty::l1(0.3), Penalty::l2(0.2), Penalty::elastic(0.3, 0.2), Penalty::default()] {
        let (mut model, mut gradient) = (random(1), random(2));
        let before = gradient.as_flat().to_vec();
        penalty.add_gradient(&*model, &mut *gradient, Parallel::SERIAL);
        for (i, before) in before.into_iter().enumerate() {
            let w = model.as_flat()[i];
            let mut at = |w: f64| {
                model.as_flat_mut()[i] = w;
                penalty.value(&*model, Parallel::SERIAL)
            };
            let slope = (at(w + 1e-6) - at(w - 1e-6)) / 2e-6;
            model.as_flat_mut()[i] = w;
            let added = gradient.as_flat()[i] - before;
            assert!((added - slope).abs() < 1e-8, "{penalty:?}, place {i}: {added} for {slope}");
            if !matches!(i, 0..6 | 18..21) {
                assert_eq!(added.to_bits(), 0, "place {i} is no weight");
            }
        }
    }
    assert_eq!(
        Penalty::l1(-1.0).check().expect_err("a reward").to_string().find("the factor of the L1 penalty"),
        Some(0)
    );
    assert!(matches!(Penalty::l2(f64::NAN).check(), Err(OptimError::NotAnAmount { .. })));
}

#[test]
fn blocks_together_give_the_gradient_of_all_rows() {
    type Small = Chain<Dense<3, 5, Tanh, f64>, Dense<5, 2, Linear, f64>>;
    let model = Small::seeded(3);
    let rows: Vec<[f64; 3]> = (0..20).map(|i| [0, 1, 2].map(|j| Key::new(i).uniform::<f64>(j))).collect();
    let targets: Vec<[f64; 2]> = (0..20).map(|i| [0, 1].map(|j| Key::new(i + 50).uniform::<f64>(j))).collect();
    let mut memory = vec![0.0; pass::training_need::<Small>().of(20)];
    let mut of = |from: usize, to: usize| {
        let mut gradient = Small::zeroed();
        let (x, targets) = (&rows[from..to], &targets[from..to]);
        pass::gradient(
            &*model,
            &SquaredError::Mean,
            x,
            targets,
            &mut *gradient,
            &mut memory,
            PassContext::new(Key::new(0)),
        );
        gradient
    };
    let whole = of(0, 20);
    let mut all = Accumulation::<Small>::new();
    for cuts in [&[20][..], &[7, 14, 20], &[1, 20], &[5, 10, 15, 20]] {
        let mut from = 0;
        for &to in cuts {
            all.add(&of(from, to), to - from, Parallel::SERIAL);
            from = to;
        }
        assert_eq!((all.rows(), all.blocks()), (20, cuts.len()));
        for (found, expected) in all.mean().as_flat().iter().zip(whole.as_flat()) {
            assert!((found - expected).abs() < 1e-15, "{found} for {expected}");
        }
        if cuts.len() == 1 {
            assert_eq!(all.mean_mut().as_flat(), whole.as_flat(), "a single block keeps its bits");
        }
        all.clear();
        assert_eq!((all.rows(), all.blocks()), (0, 0));
        assert!(all.mean().as_flat().iter().all(|g| g.to_bits() == 0));
    }
}

#[test]
fn an_average_copies_buffers_and_can_be_resumed() {
    let mut average = MovingAverage::<Net>::new(0.9);
    assert_eq!(average.check(), Ok(()));
    assert!(MovingAverage::<Net>::new(1.0).check().is_err());
    for seed in 0..5 {
        average.update(&random(seed), Parallel::SERIAL);
        assert_eq!(average.model().as_flat()[12..15], random(seed).as_flat()[12..15]);
    }
    let mut resumed = MovingAverage::<Net>::new(0.9);
    resumed.restore(average.count()).as_flat_mut().copy_from_slice(average.model().as_flat());
    for average in [&mut average, &mut resumed] {
        average.update(&random(9), Parallel::SERIAL);
    }
    assert_eq!(average.model().as_flat(), resumed.model().as_flat());

    let (mut model, kept) = (random(9), average.model().as_flat().to_vec());
    average.swap(&mut model);
    assert_eq!((model.as_flat(), average.model().as_flat()), (&kept[..], random(9).as_flat()));
}
