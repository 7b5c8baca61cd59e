//! Every schedule against `PyTorch` over forty steps (`goldens/schedules.py`), and at its edges.

use serde_json::Value;
use typednet_optim::OptimError;
use typednet_optim::schedule::{
    Constant, Cosine, Exponential, LinearWarmUp, OneCycle, Plateau, Polynomial, Schedule, StepDecay, WarmRestarts,
};

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../goldens/schedules.json")).expect("the golden file is JSON")
}

fn check(schedule: impl Schedule, name: &str) {
    let golden = golden();
    let factors = golden["factors"][name].as_array().expect("a list");
    assert_eq!(factors.len(), 40);
    for (step, factor) in (0..).zip(factors) {
        let (found, expected) = (schedule.factor(step), factor.as_f64().expect("a number"));
        assert!((found - expected).abs() < 1e-14, "{name}, step {step}: {found} for {expected}");
    }
    assert_eq!(schedule.check(), Ok(()), "{name}");
}

#[test]
fn constant() {
    check(Constant::new(0.25).then(9, Constant::default()), "constant");
}

#[test]
fn decays() {
    check(StepDecay::new(7).gamma(0.3), "step decay");
    check(Exponential::new(0.9), "exponential");
    check(Polynomial::new(30).power(2.5), "polynomial");
    check(Polynomial::new(30), "polynomial, line");
}

#[test]
fn waves() {
    check(Cosine::new(39).floor(0.02), "cosine");
    check(WarmRestarts::new(7).floor(0.02), "warm restarts");
    check(WarmRestarts::new(3).growth(2), "growing waves");
}

#[test]
fn rises() {
    check(LinearWarmUp::new(0.2, 25), "linear warm-up");
    check(OneCycle::new(40), "one cycle");
    check(OneCycle::new(40).rise(0.17).divisors(10.0, 50.0).linear(), "one cycle, lines");
    check(OneCycle::new(40).three_phases(), "one cycle, three phases");
}

#[test]
fn sequences() {
    let sequence = LinearWarmUp::new(0.1, 8).then(8, Cosine::new(20).floor(0.05)).then(25, Exponential::new(0.7));
    check(sequence, "sequence");
    // Of one meaning however it is bracketed, by reference, and on the heap.
    let inner = Cosine::new(20).floor(0.05).then(17, Exponential::new(0.7));
    check(LinearWarmUp::new(0.1, 8).then(8, &inner), "sequence");
    let boxed: Box<dyn Schedule> = Box::new(inner);
    check(LinearWarmUp::new(0.1, 8).then(8, boxed), "sequence");
}

#[test]
fn plateaus() {
    let golden = golden();
    let rated = |plateau: Plateau, name: &str| {
        assert_eq!(plateau.check(), Ok(()));
        let (mut plateau, fresh) = (plateau, plateau);
        let truth = golden["plateaus"][name].as_array().expect("a list");
        let metrics = golden["metrics"].as_array().expect("a list");
        assert_eq!((truth.len(), metrics.len()), (45, 45));
        for (epoch, (metric, expected)) in metrics.iter().zip(truth).enumerate() {
            plateau.observe(metric.as_f64().unwrap_or(f64::NAN));
            let expected = expected.as_f64().expect("a number");
            assert!((plateau.factor() - expected).abs() < 1e-14, "{name}, epoch {epoch}: {}", plateau.factor());
            // Stopped and resumed after each epoch.
            plateau = fresh.with_state(plateau.state());
        }
    };
    rated(Plateau::new(), "defaults");
    let halved = Plateau::new().gamma(0.5).patience(2);
    rated(halved, "patience");
    rated(halved.patience(1).cooldown(3).least(0.1), "cooldown");
    rated(halved.absolute_threshold(0.05), "absolute");
    rated(halved.threshold(0.1), "relative");
    rated(halved.patience(3).rising().threshold(0.1), "rising");
    rated(halved.patience(3).rising().absolute_threshold(0.3), "rising, absolute");
}

/// The factor after a metric was told for each epoch.
fn told(mut plateau: Plateau, metrics: impl IntoIterator<Item = f64>) -> f64 {
    metrics.into_iter().for_each(|metric| plateau.observe(metric));
    plateau.factor()
}

#[test]
#[allow(clippy::float_cmp, reason = "halves and quarters are exact")]
fn a_metric_below_0_that_stands_still_or_gets_worse_is_a_plateau() {
    let halved = Plateau::new().gamma(0.5).patience(2);
    for (sign, plateau) in [(1.0, halved), (-1.0, halved.rising())] {
        for level in [1.0, -1.0] {
            let begin = sign * level;
            for threshold in [0.0, 1e-4, 0.1] {
                let plateau = plateau.threshold(threshold);
                assert_eq!(told(plateau, [begin; 4]), 0.5, "{begin} stands still, {threshold}");
                let worse = (0..4).map(|i| begin + sign * 0.01 * f64::from(i));
                assert_eq!(told(plateau, worse), 0.5, "from {begin} it gets worse, {threshold}");
                let better = (0..20).map(|i| begin - sign * (1.5_f64.powi(i) - 1.0));
                assert_eq!(told(plateau, better), 1.0, "from {begin} it gets better, {threshold}");
            }
            // A fall of 0.05 is less than a tenth of 1, and more than a hundredth.
            let slow = [begin, begin - sign * 0.05, begin - sign * 0.05, begin - sign * 0.05];
            assert_eq!([0.1, 0.01].map(|part| told(plateau.threshold(part), slow)), [0.5, 1.0], "{begin}");
        }
    }
    // Nothing is a part of 0.
    assert_eq!(told(halved, [0.0; 4]), 0.5);
    assert_eq!(told(halved, [0.0, -1e-9, -1e-8, -1e-7, -1e-6]), 1.0);
}

#[test]
#[allow(clippy::float_cmp, reason = "halves and quarters are exact")]
fn a_change_that_is_not_worth_it_is_left_out() {
    let plateau = Plateau::new().gamma(0.5).patience(0);
    assert_eq!(told(plateau.least_change(0.1), [1.0; 9]), 0.125, "1 to ½ to ¼ to ⅛, but not on to 1/16");
    assert_eq!(told(plateau.least_change(0.0), [1.0; 9]), 0.5_f64.powi(8));
    assert!(told(plateau, [1.0; 99]) > 0.99e-8, "PyTorch's default is 1e-8");
    let error = plateau.least_change(-1.0).check().expect_err("a negative amount").to_string();
    assert!(error.starts_with("the least change of the learning rate's factor is -1"), "{error}");
}

#[test]
fn a_cycle_of_three_phases_has_room_for_all_of_them() {
    let cycle = OneCycle::new(10).three_phases();
    let error = cycle.rise(0.6).check().expect_err("6 steps up and 6 down are more than 10");
    assert_eq!(error, OptimError::LongRise { found: 0.6 });
    assert!(error.to_string().contains("the part 0.6") && error.to_string().contains("at most 0.5"), "{error}");
    assert_eq!((cycle.rise(0.5).check(), OneCycle::new(10).rise(0.6).check()), (Ok(()), Ok(())));
    // With the longest rise, the last step is the third phase.
    let last = cycle.rise(0.5).factor(9);
    assert!((last - 1.0 / 25e4).abs() < 1e-15 && cycle.rise(0.5).factor(8) > 0.03, "{last}");
}

#[test]
fn no_time_is_out_of_range() {
    let schedules: [&dyn Schedule; 12] = [
        &Constant::default(),
        &StepDecay::new(0),
        &Exponential::new(0.5),
        &Cosine::new(0),
        &WarmRestarts::new(0),
        &WarmRestarts::new(1).growth(3),
        &LinearWarmUp::new(0.0, 0),
        &Polynomial::new(0),
        &OneCycle::new(0),
        &OneCycle::new(1),
        &OneCycle::new(2).three_phases(),
        &Cosine::new(3).by_epoch(0).then(u64::MAX, Constant::default()),
    ];
    for (i, schedule) in schedules.iter().enumerate() {
        for step in [0, 1, 2, 3, 1000, u64::from(u32::MAX), u64::MAX] {
            let factor = schedule.factor(step);
            assert!((0.0..=1.0).contains(&factor), "schedule {i}, step {step}: {factor}");
        }
    }
}

#[test]
fn numbers_out_of_range_are_named() {
    let message = |schedule: &dyn Schedule| schedule.check().expect_err("a number out of range").to_string();
    let greater = |name: &str| format!("the {name} is 0, but it must be a finite number greater than 0");
    assert_eq!(message(&StepDecay::new(0)), greater("number of steps between two decays"));
    assert_eq!(message(&Cosine::new(0)), greater("number of steps of the annealing"));
    assert_eq!(message(&WarmRestarts::new(0)), greater("number of steps of the first wave"));
    assert_eq!(message(&WarmRestarts::new(1).growth(0)), greater("growth of the waves"));
    assert_eq!(message(&LinearWarmUp::new(0.1, 0)), greater("number of steps of the warm-up"));
    assert_eq!(message(&Polynomial::new(0)), greater("number of steps of the decay"));
    assert_eq!(message(&Polynomial::new(1).power(0.0)), greater("power of the decay"));
    assert_eq!(message(&OneCycle::new(0)), greater("number of steps of the cycle"));
    assert_eq!(message(&OneCycle::new(1).divisors(0.0, 1.0)), greater("divisor of the first rate"));
    assert_eq!(message(&Constant::default().by_epoch(0)), greater("number of steps of an epoch"));
    assert_eq!(message(&Constant::default().then(1, Cosine::new(0))), greater("number of steps of the annealing"));
    assert_eq!(message(&Cosine::new(0).then(1, Constant::default())), greater("number of steps of the annealing"));
    let negative = OptimError::NotAnAmount { name: "gamma", found: -1.0 };
    assert_eq!(StepDecay::new(1).gamma(-1.0).check(), Err(negative));
    assert_eq!(Exponential::new(-1.0).check(), Err(negative));
    assert_eq!(Plateau::new().gamma(1.0).check(), Err(OptimError::NotAFraction { name: "gamma", found: 1.0 }));
}
