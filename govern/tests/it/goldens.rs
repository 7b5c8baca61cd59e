//! Temperature and calibration against PyTorch, drift against `SciPy` and `NumPy` (`goldens/govern.py`).

use serde_json::Value;
use typednet_data::Dataset;
use typednet_govern::{DriftMonitor, DriftSettings, Scores, Temperature, kolmogorov_smirnov};
use typednet_tensor::Class;

fn golden() -> Value {
    serde_json::from_str(include_str!("../../../goldens/govern.json")).expect("the golden file is JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(|x| x.as_f64().expect("a number")).collect()
}

fn near(found: f64, expected: &Value, tolerance: f64, what: &str) {
    let expected = expected.as_f64().expect("a number");
    assert!((found - expected).abs() < tolerance, "{what}: {found} for {expected}");
}

#[test]
fn temperatures_as_in_pytorch() {
    for case in list(&golden()["temperatures"]) {
        let logits = list(&case["logits"]).iter().map(|row| <[f64; 3]>::try_from(numbers(row)).expect("three"));
        let truth = list(&case["truth"]).iter().map(|label| label.as_u64().expect("a label") as usize);
        let truth = truth.map(|label| Class::<3>::new(label).expect("a class"));
        let scores = Scores::from_logits(logits.zip(truth)).expect("scores");
        let temperature = Temperature::fit(&scores).expect("a temperature").value();
        // A likelihood is flat at its end: its bits settle before those of the temperature.
        near(temperature, &case["temperature"], 1e-7, "temperature");
        for (place, temperature) in [1.0, temperature].into_iter().enumerate() {
            let likelihood = scores.negative_log_likelihood(temperature);
            near(likelihood, &case["likelihood"][place], 1e-12, "likelihood");
            let error = scores.calibration_error(temperature);
            near(error, &case["calibration_error"][place], 1e-7, "calibration error");
        }
    }
}

#[test]
fn two_samples_as_in_scipy() {
    for case in list(&golden()["two_samples"]) {
        let test = kolmogorov_smirnov(&numbers(&case["first"]), &numbers(&case["second"])).expect("two samples");
        near(test.statistic, &case["statistic"], 1e-12, "statistic");
        near(test.p_value, &case["p_value"], 1e-12, "p-value");
        near(test.p_value, &case["exact_p_value"], 5e-3, "exact p-value");
    }
}

#[test]
fn stability_indices_as_in_numpy() {
    let data = |values: &Value| {
        let samples: Vec<[f64; 1]> = numbers(values).into_iter().map(|x| [x]).collect();
        let targets = vec![(); samples.len()];
        Dataset::new(samples, targets).expect("samples")
    };
    for case in list(&golden()["stabilities"]) {
        let bins = case["bins"].as_u64().expect("a number") as usize;
        let settings = DriftSettings { bins, ..DriftSettings::default() };
        let monitor =
            DriftMonitor::fit_inputs::<[f64; 1], _, _>(&data(&case["reference"]), settings).expect("a monitor");
        let report = monitor.check_inputs::<[f64; 1], _, _>(&data(&case["now"])).expect("a report");
        near(report.features[0].stability_index, &case["index"], 1e-12, "index");
    }
}
