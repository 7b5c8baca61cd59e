//! Parts with rates of their own, decay of weights only, frozen parts, and rules for whole parameters.

use typednet_layers::Layer;
use typednet_optim::{
    Adam, AdamW, GradientDescent, Group, Groups, Lamb, OptimError, Optimizer, State, StepInfo, clip_norm, norm,
};
use typednet_tensor::{Flat, Model, Parallel};

use crate::common::Net;

/// A gradient without zeros, another in each step.
fn gradient(count: u64) -> Model<Net> {
    let mut gradient = Net::zeroed();
    for (i, g) in gradient.as_flat_mut().iter_mut().enumerate() {
        *g = (i as f64 - 7.5) * count as f64;
    }
    gradient
}

fn model() -> Model<Net> {
    let mut model = Net::seeded(1);
    model.as_flat_mut().iter_mut().for_each(|w| *w += 0.5);
    model
}

/// Model and moments after three steps.
fn trained<O: Optimizer>(optimizer: &O, rate: f64, groups: Option<&Groups<Net>>) -> Vec<Vec<f64>> {
    let (mut model, mut state) = (model(), State::<Net, O>::new(optimizer));
    for count in 1..=3 {
        let made = match groups {
            Some(groups) => state.step_in(groups, optimizer, rate, &mut model, &gradient(count), Parallel::SERIAL),
            None => state.step(optimizer, rate, &mut model, &gradient(count), Parallel::SERIAL),
        };
        made.expect("a finite step");
    }
    std::iter::once(model.as_flat()).chain(state.moments().iter().map(|m| m.as_flat())).map(<[f64]>::to_vec).collect()
}

fn group(range: std::ops::Range<usize>, rate: f64, decay: f64) -> Group {
    Group { range, rate, decay }
}

#[test]
fn paths_become_runs() -> Result<(), OptimError> {
    let all = Groups::<Net>::new();
    assert_eq!(all.runs(), [group(0..12, 1.0, 0.0), group(15..22, 1.0, 0.0)]);
    let ranges: Vec<_> = all.parameters().iter().map(|group| group.range.clone()).collect();
    assert_eq!(ranges, [0..6, 6..9, 9..12, 15..18, 18..21, 21..22]);

    let some = all.clone().rate("rest", 0.5)?.freeze("rest.first")?.rate("first.bias", 2.0)?;
    assert_eq!(
        some.runs(),
        [
            group(0..6, 1.0, 0.0),
            group(6..9, 2.0, 0.0),
            group(9..12, 0.0, 0.0),
            group(15..18, 0.0, 0.0),
            group(18..22, 0.5, 0.0)
        ]
    );
    assert_eq!(some.rate("", 1.0)?.runs(), all.runs(), "what is said later holds");

    let decayed = all.clone().weight_decay(0.1)?.weight_decay_of("rest", 0.2)?;
    let expected = [group(0..6, 1.0, 0.1), group(6..12, 1.0, 0.0), group(15..18, 1.0, 0.0)];
    assert_eq!(decayed.runs()[..3], expected, "weights only");
    assert_eq!(decayed.runs()[3..], [group(18..21, 1.0, 0.2), group(21..22, 1.0, 0.0)]);
    Ok(())
}

#[test]
fn what_cannot_be_is_refused() {
    let all = Groups::<Net>::new;
    for path in ["firs", "first.", "first.weights", "rest.rest.weight.0", "second", "."] {
        assert_eq!(all().freeze(path).expect_err(path), OptimError::UnknownPath { path });
    }
    let message = all().freeze("head").expect_err("no such part").to_string();
    assert!(message.starts_with("no parameter of the network is called `head` or stands in `head`"), "{message}");
    assert!(matches!(all().rate("first", -1.0), Err(OptimError::NotAnAmount { found: -1.0, .. })));
    assert!(matches!(all().weight_decay(f64::NAN), Err(OptimError::NotAnAmount { .. })));
}

#[test]
fn without_a_wish_groups_change_no_bit() {
    let all = Groups::new();
    assert_eq!(trained(&Adam::default(), 0.1, Some(&all)), trained(&Adam::default(), 0.1, None));
    assert_eq!(trained(&Lamb::default(), 0.1, Some(&all)), trained(&Lamb::default(), 0.1, None));
}

#[test]
fn each_part_has_its_rate() -> Result<(), OptimError> {
    let groups = Groups::new().rate("rest", 0.25)?;
    let found = trained(&Adam::default(), 0.1, Some(&groups));
    let (whole, quarter) = (trained(&Adam::default(), 0.1, None), trained(&Adam::default(), 0.025, None));
    assert_eq!(found[0][..9], whole[0][..9]);
    assert_eq!(found[0][9..], quarter[0][9..]);
    assert_ne!(whole[0][9..12], quarter[0][9..12]);
    assert_eq!(found[1..], whole[1..], "the moments know nothing of it");
    Ok(())
}

#[test]
fn frozen_parts_keep_their_bits() -> Result<(), OptimError> {
    fn check<O: Optimizer>(optimizer: &O, groups: &Groups<Net>) {
        let before = model();
        let found = trained(optimizer, 0.1, Some(groups));
        let free = trained(optimizer, 0.1, None);
        for range in [0..9, 9..18] {
            assert_eq!(found[0][range.clone()], before.as_flat()[range.clone()], "{range:?}, buffers too");
            assert!(found[1..].iter().all(|moment| moment[range.clone()].iter().all(|&m| m.to_bits() == 0)));
        }
        assert_eq!(found[0][18..], free[0][18..], "the rest is trained");
        assert_ne!(found[0][12..15], free[0][12..15], "the buffers would have been committed");
    }
    let groups = Groups::new().weight_decay(0.1)?.freeze("first")?.freeze("rest.first")?;
    let groups = groups.weight_decay_of("rest", 0.0)?;
    check(&GradientDescent::default(), &groups);
    check(&Adam::default(), &groups);
    check(&AdamW::default(), &groups);
    check(&Lamb::default(), &groups);
    Ok(())
}

#[test]
fn frozen_gradients_count_in_no_norm() -> Result<(), OptimError> {
    let groups = Groups::<Net>::new().freeze("first")?;
    let mut found = gradient(1);
    groups.clear_frozen(&mut found);
    assert_eq!(found.as_flat()[..9], [0.0; 9]);
    assert_eq!(found.as_flat()[9..], gradient(1).as_flat()[9..]);
    let squares = |range: std::ops::Range<usize>| gradient(1).as_flat()[range].iter().map(|g| g * g).sum::<f64>();
    assert!(
        (norm(&*found, Parallel::SERIAL) - (squares(9..12) + squares(15..22)).sqrt()).abs() < 1e-12,
        "without buffers too"
    );
    assert!(clip_norm(&mut *found, 1.0, Parallel::SERIAL) > 1.0);
    assert_eq!(found.as_flat()[12..15], gradient(1).as_flat()[12..15], "buffers are not clipped");
    Ok(())
}

#[test]
fn decay_of_weights_only_is_adamw_on_them() -> Result<(), OptimError> {
    let groups = Groups::new().weight_decay(0.2)?.rate("rest", 0.5)?;
    let found = trained(&Adam::new(0.1), 0.1, Some(&groups));
    let plain = trained(&Adam::new(0.1), 0.1, None);
    let decayed = trained(&AdamW::new(0.1).weight_decay(0.2), 0.1, None);
    let slower = trained(&AdamW::new(0.1).weight_decay(0.2), 0.05, None);
    let slow = trained(&Adam::new(0.1), 0.05, None);
    assert_eq!(found[0][..6], decayed[0][..6]);
    assert_eq!(found[0][6..9], plain[0][6..9]);
    assert_eq!(found[0][9..18], slow[0][9..18]);
    assert_eq!(found[0][18..21], slower[0][18..21]);
    assert_eq!(found[0][21..], slow[0][21..]);
    Ok(())
}

#[test]
fn a_rule_for_whole_parameters_is_given_each_of_them() {
    let lamb = Lamb::new(0.1);
    let found = trained(&lamb, 0.1, None);
    let (mut expected, mut moments) = (model(), [Net::zeroed(), Net::zeroed()]);
    for count in 1..=3 {
        for range in [0..6, 6..9, 9..12, 15..18, 18..21, 21..22] {
            let (weights, gradient) = (&mut expected.as_flat_mut()[range.clone()], gradient(count));
            let mut moments = moments.each_mut().map(|moment| &mut moment.as_flat_mut()[range.clone()]);
            lamb.update(StepInfo::new(count, 0.1), weights, &gradient.as_flat()[range.clone()], &mut moments);
        }
        expected.commit(&gradient(count));
    }
    assert_eq!(found[0], expected.as_flat());
}
