//! Splits, folds and scalers: every row is in exactly one part, and what is scaled comes back.

use proptest::prelude::*;
use typednet_data::{Constant, Dataset, Folds, MinMax, ScaleError, SplitError, Standard, split};
use typednet_tensor::{Class, Key};

fn classes(labels: &[usize]) -> Vec<Class<4>> {
    labels.iter().map(|label| Class::new(*label).unwrap()).collect()
}

#[test]
fn bad_splits_are_refused() {
    let text = |error: SplitError| error.to_string();
    for shares in [[0.5, 0.6], [1.0, 0.0], [1.5, -0.5], [f64::NAN, 0.5]] {
        let error = text(split::random(10, shares, Key::new(1)).unwrap_err());
        assert!(error.starts_with("expected positive shares with the sum 1, found ["), "{error}");
    }
    assert_eq!(
        text(split::random(1, [0.5, 0.5], Key::new(1)).unwrap_err()),
        "1 rows cannot be split into 2 parts with a row in each; use fewer parts"
    );
    let targets = classes(&[0, 0, 0, 2, 2, 2, 2]);
    let small = "class 0 has 3 rows, too few for one in each of 4 parts; use fewer parts, gather more rows of the \
                 class, or split without regard to classes";
    assert_eq!(text(Folds::stratified(&targets, 4, Key::new(1)).unwrap_err()), small);
    assert_eq!(text(split::stratified(&targets, [0.25; 4], Key::new(1)).unwrap_err()), small);
    assert!(Folds::stratified(&targets, 3, Key::new(1)).is_ok());
    assert_eq!(text(Folds::random(5, 1, Key::new(1)).unwrap_err()), "expected 2 folds or more, found 1");
    assert!(matches!(Folds::random(5, 6, Key::new(1)), Err(SplitError::TooFewRows { rows: 5, parts: 6 })));
    let error = split::balanced_weights::<f32, 4>(&targets).unwrap_err();
    assert!(text(error).starts_with("class 1 has no rows"));
    let fold = Folds::random(5, 2, Key::new(1)).unwrap().fold(0);
    assert!(fold.of(&Dataset::new([[0.0_f32]; 4], [[0.0_f32]; 4]).unwrap()).is_err());
}

#[test]
fn parts_depend_on_the_key_alone() {
    let data = Dataset::new((0..100).map(|i| [i as f32]).collect::<Vec<_>>(), vec![[0.0_f32]; 100]).unwrap();
    let hashes = |seed| data.split([0.5, 0.3, 0.2], Key::new(seed)).unwrap().map(|part| part.content_hash());
    assert_eq!(hashes(1), hashes(1));
    assert!(hashes(1).iter().zip(hashes(2)).all(|(a, b)| *a != b));
}

#[test]
fn bad_columns_are_refused() {
    let error = Standard::fit(&[[1.0_f32, 5.0], [2.0, 5.0]]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "column 1 (from 0) is 5 in all training samples and cannot be scaled; remove the column, or fit with \
         `Constant::Shift`"
    );
    assert_eq!(MinMax::fit(&[[1.0_f32, 5.0], [2.0, 5.0]]).unwrap_err(), error);
    assert_eq!(Standard::<2>::fit::<f32>(&[]).unwrap_err(), ScaleError::NoSamples);
    let error = Standard::fit(&[[1.0, 2.0], [3.0, f32::NAN]]).unwrap_err().to_string();
    assert!(error.starts_with("row 1, column 1 (both from 0): expected a finite number, found NaN"), "{error}");
    assert!(matches!(MinMax::fit(&[[-1e308], [1e308_f64]]), Err(ScaleError::TooWide { column: 0 })));
    assert!(matches!(MinMax::fit_with(&[[0.0], [1.0]], 1.0, 1.0, Constant::Refuse), Err(ScaleError::Range { .. })));
    for bad in [[[0.0], [0.0]], [[0.0], [-1.0]], [[f64::NAN], [1.0]], [[0.0], [f64::INFINITY]]] {
        let bad = bad.each_ref();
        assert!(matches!(Standard::from_parameters(bad), Err(ScaleError::Parameters { column: 0, .. })));
        assert!(MinMax::from_parameters(bad, [0.0, 1.0]).is_err());
    }
    // Rounding does not make a constant column a wide one.
    let scaler = Standard::fit_with(&[[0.1_f64]; 3], Constant::Shift).unwrap();
    assert_eq!(scaler.parameters(), [&[0.1], &[1.0]]);
}

proptest! {
    #[test]
    fn every_row_is_tested_once(labels in proptest::collection::vec(0_usize..3, 20..200), k in 2_usize..6, seed: u64) {
        let targets = classes(&labels);
        let counts = split::class_counts(&targets);
        prop_assume!(counts.iter().all(|count| *count == 0 || *count >= k));
        for (folds, stratified) in [
            (Folds::stratified(&targets, k, Key::new(seed)).unwrap(), true),
            (Folds::random(targets.len(), k, Key::new(seed)).unwrap(), false),
        ] {
            let mut tested = vec![0; targets.len()];
            for fold in folds.iter() {
                fold.test.iter().for_each(|row| tested[*row as usize] += 1);
                prop_assert!(fold.test.is_sorted() && fold.train.is_sorted());
                prop_assert!(fold.train.iter().all(|row| fold.test.binary_search(row).is_err()));
                prop_assert_eq!(fold.train.len() + fold.test.len(), targets.len());
                prop_assert!(fold.test.len().abs_diff(targets.len() / k) <= 1);
                let test: Vec<_> = fold.test.iter().map(|row| targets[*row as usize]).collect();
                for (found, count) in split::class_counts(&test).into_iter().zip(counts) {
                    prop_assert!(!stratified || found.abs_diff(count / k) <= 1);
                }
            }
            prop_assert!(tested.iter().all(|count| *count == 1));
        }
    }

    #[test]
    fn every_row_is_in_one_part(labels in proptest::collection::vec(0_usize..3, 12..200), share in 0.05..0.6, seed: u64) {
        let targets = classes(&labels);
        let counts = split::class_counts(&targets);
        prop_assume!(counts.iter().all(|count| *count == 0 || *count >= 3));
        let shares = [0.35, share, 0.65 - share];
        for (parts, slack) in [
            (split::random(targets.len(), shares, Key::new(seed)).unwrap(), 2.0),
            (split::stratified(&targets, shares, Key::new(seed)).unwrap(), 4.0),
        ] {
            let mut rows: Vec<u32> = parts.iter().flatten().copied().collect();
            rows.sort_unstable();
            prop_assert!(rows.iter().copied().eq(0..targets.len() as u32));
            for (part, share) in parts.iter().zip(shares) {
                prop_assert!((part.len() as f64 - share * targets.len() as f64).abs() < slack, "{}", part.len());
            }
        }
        for (part, share) in split::stratified(&targets, shares, Key::new(seed)).unwrap().iter().zip(shares) {
            let part: Vec<_> = part.iter().map(|row| targets[*row as usize]).collect();
            for (found, count) in split::class_counts(&part).into_iter().zip(counts) {
                prop_assert!(count == 0 || found > 0);
                prop_assert!((found as f64 - share * count as f64).abs() < 3.0);
            }
        }
    }

    #[test]
    fn what_is_scaled_comes_back(samples in proptest::collection::vec(proptest::array::uniform3(-1e6..1e6), 2..50)) {
        let samples: Vec<[f64; 3]> = samples;
        if let Ok(scaler) = Standard::fit(&samples) {
            let mut rows = samples.clone();
            scaler.transform(&mut rows);
            let count = rows.len() as f64;
            for column in 0..3 {
                let squares: f64 = rows.iter().map(|row| row[column] * row[column]).sum();
                prop_assert!((squares / count - 1.0).abs() < 1e-6);
            }
            scaler.inverse(&mut rows);
            prop_assert!(rows.as_flattened().iter().zip(samples.as_flattened()).all(|(a, b)| (a - b).abs() < 1e-8));
            prop_assert_eq!(Standard::from_parameters(scaler.parameters()).unwrap(), scaler);
        }
        if let Ok(scaler) = MinMax::fit_with(&samples, -2.0, 3.0, Constant::Refuse) {
            let mut rows = samples.clone();
            scaler.transform(&mut rows);
            prop_assert!(rows.as_flattened().iter().all(|x| (-2.0..=3.0).contains(x)));
            scaler.inverse(&mut rows);
            prop_assert!(rows.as_flattened().iter().zip(samples.as_flattened()).all(|(a, b)| (a - b).abs() < 1e-8));
            prop_assert_eq!(MinMax::from_parameters(scaler.parameters(), scaler.range()).unwrap(), scaler);
        }
    }
}
