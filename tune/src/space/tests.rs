use super::*;

#[test]
fn bad_ranges_are_refused() {
    let error = |space: Result<Space, TuneError>| space.unwrap_err();
    let bad = [(1.0, 1.0), (2.0, 1.0), (f64::NAN, 1.0), (0.5, f64::NAN), (0.5, f64::INFINITY)];
    for (low, high) in bad.into_iter().chain([(-f64::MAX, f64::MAX)]) {
        assert!(matches!(error(Space::new().uniform("x", low, high)), TuneError::Range { .. }), "{low} {high}");
    }
    for (low, high) in bad {
        assert!(matches!(error(Space::new().log_uniform("x", low, high)), TuneError::Range { .. }), "{low} {high}");
    }
    for low in [0.0, -1.0, f64::NEG_INFINITY] {
        assert_eq!(error(Space::new().log_uniform("x", low, 1.0)), TuneError::LogRange { name: "x".into(), low });
    }
    for (low, high) in [(2, 1), (0, EXACT + 1), (i64::MIN, 0)] {
        assert!(matches!(error(Space::new().integer("x", low, high)), TuneError::Range { .. }));
    }
    assert!(matches!(error(Space::new().log_integer("x", 0, 9)), TuneError::LogRange { .. }));
    assert!(matches!(error(Space::new().log_integer("x", 9, 8)), TuneError::Range { .. }));
    assert!(matches!(error(Space::new().choice("x", [0; 0])), TuneError::Choice { .. }));
    let twice = error(Space::new().choice("x", [8, 16, 8]));
    assert!(twice.to_string().contains("`8` twice"), "{twice}");
    assert!(error(Space::new().choice("x", [1.0, f64::NAN])).to_string().contains("must be finite"));
    let name = error(Space::new().integer("x", 1, 2).and_then(|space| space.uniform("x", 0.0, 1.0)));
    assert_eq!(name, TuneError::Duplicate { name: "x".into() });
}

#[test]
fn the_ends_of_the_unit_interval_are_the_ends_of_the_range() {
    let space = Space::new()
        .uniform("u", -1.0, 3.0)
        .and_then(|space| space.log_uniform("l", 1e-4, 1e-1))
        .and_then(|space| space.integer("i", -2, 2))
        .and_then(|space| space.log_integer("w", 1, 1000))
        .and_then(|space| space.choice("c", ["a", "b", "c"]))
        .expect("a space");
    let ends: Vec<_> = space.parameters().iter().map(|p| (p.at(0.0), p.at(1.0))).collect();
    let number = |low, high| (Setting::Number(low), Setting::Number(high));
    assert_eq!(ends[..2], [number(-1.0, 3.0), number(1e-4, 1e-1)]);
    assert_eq!(ends[2..4], [(-2, 2), (1, 1000)].map(|(a, b)| (Setting::Integer(a), Setting::Integer(b))));
    assert_eq!(ends[4], (Setting::Choice(0), Setting::Choice(2)));
    for parameter in space.parameters() {
        for u in 0..=100 {
            let setting = parameter.at(f64::from(u) / 100.0);
            assert_eq!(parameter.setting(&parameter.value(setting)), Some(setting), "{parameter}");
        }
    }
    // Half of the logarithms lie below 10^-2.5.
    let Setting::Number(middle) = space.parameters()[1].at(0.5) else { panic!("a number") };
    assert!((middle.log10() + 2.5).abs() < 1e-12);
}

#[test]
fn each_integer_has_the_same_chance() {
    let space = Space::new().integer("i", 1, 4).expect("a space");
    let mut counts = [0; 4];
    for u in 0..1000 {
        let Setting::Integer(i) = space.parameters()[0].at((f64::from(u) + 0.5) / 1000.0) else { panic!() };
        counts[usize::try_from(i - 1).expect("at least 1")] += 1;
    }
    assert_eq!(counts, [250; 4]);
}
