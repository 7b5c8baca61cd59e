//! Scalers, folds and class weights against scikit-learn (`goldens/data.py`).

use serde::de::DeserializeOwned;
use serde_json::Value;
use typednet_data::{Constant, Folds, MinMax, Standard, split, tabular};
use typednet_tensor::{Class, Key};

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../goldens/data.json")).unwrap()
}

fn read<V: DeserializeOwned>(value: &Value) -> V {
    serde_json::from_value(value.clone()).unwrap()
}

/// All numbers as near to the wanted ones as stated, relative to those above 1. Reading JSON already rounds last digits.
fn near<'a>(found: impl IntoIterator<Item = &'a f64>, wanted: &Value, tolerance: f64) {
    let mut numbers = Vec::new();
    match wanted {
        Value::Array(rows) if rows.iter().any(Value::is_array) => {
            numbers.extend(rows.iter().flat_map(read::<Vec<f64>>));
        }
        row => numbers = read(row),
    }
    let found: Vec<f64> = found.into_iter().copied().collect();
    assert_eq!(found.len(), numbers.len());
    for (place, (found, wanted)) in found.iter().zip(&numbers).enumerate() {
        assert!((found - wanted).abs() <= tolerance * wanted.abs().max(1.0), "{place}: {found}, wanted {wanted}");
    }
}

#[test]
fn scalers() {
    let golden = &golden()["scalers"];
    let tumours = tabular::breast_cancer().unwrap();
    let train = &tumours.samples()[..400];
    let later: Vec<[f64; 30]> = tumours.samples()[400..403].iter().map(|row| row.map(f64::from)).collect();

    let standard = Standard::fit(train).unwrap();
    near(standard.mean(), &golden["standard"]["mean"], 1e-12);
    near(standard.deviation(), &golden["standard"]["deviation"], 1e-12);
    let mut rows = later.clone();
    standard.transform(&mut rows);
    near(rows.as_flattened(), &golden["standard"]["later"], 1e-12);

    let min_max = MinMax::fit_with(train, -1.0, 2.0, Constant::Refuse).unwrap();
    let [min, width] = min_max.parameters();
    near(min, &golden["min_max"]["min"], 1e-15);
    near(width, &golden["min_max"]["width"], 1e-15);
    let mut rows = later.clone();
    min_max.transform(&mut rows);
    near(rows.as_flattened(), &golden["min_max"]["later"], 1e-12);
}

#[test]
fn constant_columns_are_shifted() {
    let golden = &golden()["scalers"]["constant"];
    let samples: Vec<[f64; 2]> =
        read::<Vec<Vec<f64>>>(&golden["samples"]).into_iter().map(|row| row.try_into().unwrap()).collect();
    let mut standard = samples.clone();
    Standard::fit_with(&samples, Constant::Shift).unwrap().transform(&mut standard);
    near(standard.as_flattened(), &golden["standard"], 1e-12);
    let mut min_max = samples.clone();
    MinMax::fit_with(&samples, 0.0, 1.0, Constant::Shift).unwrap().transform(&mut min_max);
    near(min_max.as_flattened(), &golden["min_max"], 1e-12);
}

#[test]
fn class_counts_of_stratified_folds() {
    for case in golden()["folds"].as_array().unwrap() {
        let labels: Vec<usize> = read(&case["targets"]);
        let targets: Vec<Class<4>> = labels.into_iter().map(|label| Class::new(label).unwrap()).collect();
        let counts: Vec<Vec<usize>> = read(&case["counts"]);
        let folds = Folds::stratified(&targets, read(&case["k"]), Key::new(5)).unwrap();
        assert_eq!(folds.len(), counts.len());
        for (fold, counts) in folds.iter().zip(counts) {
            let test: Vec<Class<4>> = fold.test.iter().map(|row| targets[*row as usize]).collect();
            assert_eq!(split::class_counts(&test)[..counts.len()], counts, "{}", case["name"]);
        }
    }
}

#[test]
fn balanced_class_weights() {
    let weights: [f64; 2] = split::balanced_weights(tabular::breast_cancer().unwrap().targets()).unwrap();
    near(&weights, &golden()["weights"], 1e-15);
}
