//! TPE against random search with as many trials, on published test functions.
//!
//! The seeds are 0 to 9, and a seed counts for TPE only if its best loss is the smaller one. Both samplers have the same
//! ten trials at the start. The sampler's defaults were chosen by other seeds.

use typednet_tune::{Random, Sampler, Space, Study, Tpe, Trial, TrialResult, TuneError};

const SEEDS: u64 = 10;
const TRIALS: usize = 60;

/// How many seeds find a smaller loss with TPE.
fn wins(name: &str, space: &Space, objective: impl Fn(&Trial) -> TrialResult + Sync) -> usize {
    let best =
        |sampler: Box<dyn Fn() -> Study>| sampler().run(&objective).expect("a study").best().loss().expect("a loss");
    let of = |seed: u64, tpe: bool| {
        let space = space.clone();
        best(Box::new(move || {
            let study =
                if tpe { Study::new(space.clone(), Tpe::new()) } else { Study::new(space.clone(), Random::new()) };
            study.trials(TRIALS).seed(seed).quiet()
        }))
    };
    let pairs: Vec<(f64, f64)> = (0..SEEDS).map(|seed| (of(seed, true), of(seed, false))).collect();
    let wins = pairs.iter().filter(|(tpe, random)| tpe < random).count();
    println!("{name}: TPE better in {wins} of {SEEDS}; best losses {pairs:.4?}");
    wins
}

/// Branin's function: f(x, y) = (y − 5.1/(4π²)·x² + 5/π·x − 6)² + 10(1 − 1/(8π))·cos x + 10 for x from −5 to 10 and y
/// from 0 to 15, with the minimum 0.397887 at (−π, 12.275), (π, 2.275) and (9.42478, 2.475) (Dixon and Szegő 1978).
fn branin(x: f64, y: f64) -> f64 {
    use std::f64::consts::PI;
    (y - 5.1 / (4.0 * PI * PI) * x * x + 5.0 / PI * x - 6.0).powi(2) + 10.0 * (1.0 - 1.0 / (8.0 * PI)) * x.cos() + 10.0
}

/// Hartmann's function of six variables: f(x) = −Σᵢ αᵢ·exp(−Σⱼ Aᵢⱼ(xⱼ − Pᵢⱼ)²) for x from 0 to 1, with the minimum
/// −3.32237 at (0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573) (Dixon and Szegő 1978).
fn hartmann(x: [f64; 6]) -> f64 {
    const ALPHA: [f64; 4] = [1.0, 1.2, 3.0, 3.2];
    const A: [[f64; 6]; 4] = [
        [10.0, 3.0, 17.0, 3.5, 1.7, 8.0],
        [0.05, 10.0, 17.0, 0.1, 8.0, 14.0],
        [3.0, 3.5, 1.7, 10.0, 17.0, 8.0],
        [17.0, 8.0, 0.05, 10.0, 0.1, 14.0],
    ];
    const P: [[f64; 6]; 4] = [
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
        [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
        [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ];
    let bump = |i: usize| -> f64 { (0..6).map(|j| A[i][j] * (x[j] - P[i][j]).powi(2)).sum() };
    -(0..4).map(|i| ALPHA[i] * (-bump(i)).exp()).sum::<f64>()
}

/// Goldstein and Price's function for x and y from −2 to 2, with the minimum 3 at (0, −1) (Dixon and Szegő 1978).
fn goldstein_price(x: f64, y: f64) -> f64 {
    let a = 19.0 - 14.0 * x + 3.0 * x * x - 14.0 * y + 6.0 * x * y + 3.0 * y * y;
    let b = 18.0 - 32.0 * x + 12.0 * x * x + 48.0 * y - 36.0 * x * y + 27.0 * y * y;
    (1.0 + (x + y + 1.0).powi(2) * a) * (30.0 + (2.0 * x - 3.0 * y).powi(2) * b)
}

#[test]
fn the_functions_have_their_published_minima() {
    use std::f64::consts::PI;
    for (x, y) in [(-PI, 12.275), (PI, 2.275), (9.42478, 2.475)] {
        assert!((branin(x, y) - 0.397_887).abs() < 1e-5);
    }
    let at = [0.20169, 0.150_011, 0.476_874, 0.275_332, 0.311_652, 0.6573];
    assert!((hartmann(at) + 3.32237).abs() < 1e-5);
    assert!((goldstein_price(0.0, -1.0) - 3.0).abs() < 1e-12);
}

#[test]
fn tpe_is_better_on_branin() -> Result<(), TuneError> {
    let space = Space::new().uniform("x", -5.0, 10.0)?.uniform("y", 0.0, 15.0)?;
    let wins = wins("Branin", &space, |trial| Ok(branin(trial.get("x")?, trial.get("y")?)));
    assert!(wins >= 7, "{wins} of {SEEDS}");
    Ok(())
}

#[test]
fn tpe_is_better_on_hartmann() -> Result<(), TuneError> {
    let names = ["a", "b", "c", "d", "e", "f"];
    let space = names.iter().try_fold(Space::new(), |space, name| space.uniform(*name, 0.0, 1.0))?;
    let wins = wins("Hartmann", &space, |trial| {
        let mut x = [0.0; 6];
        for (x, name) in x.iter_mut().zip(names) {
            *x = trial.get(name)?;
        }
        Ok(hartmann(x))
    });
    assert!(wins >= 7, "{wins} of {SEEDS}");
    Ok(())
}

/// The logarithms are the function's variables.
#[test]
fn tpe_is_better_on_goldstein_and_price_by_logarithms() -> Result<(), TuneError> {
    let space = Space::new().log_uniform("x", 1e-2, 1e2)?.log_uniform("y", 1e-2, 1e2)?;
    let log = |x: Result<f64, TuneError>| x.map(f64::log10);
    let wins = wins("Goldstein-Price by logarithms", &space, |trial| {
        Ok(goldstein_price(log(trial.get("x"))?, log(trial.get("y"))?))
    });
    assert!(wins >= 7, "{wins} of {SEEDS}");
    Ok(())
}

/// Whole numbers and choices among parameters that matter: how far a setting is from one that is best.
#[test]
fn tpe_is_better_where_parameters_are_whole_or_chosen() -> Result<(), TuneError> {
    let space = Space::new()
        .log_integer("width", 1, 1024)?
        .integer("depth", 1, 20)?
        .choice("kind", ["a", "b", "c", "d", "e", "f"])?
        .choice("batch", [8, 16, 32, 64, 128])?;
    let wins = wins("whole and chosen", &space, |trial| {
        let (width, depth, batch): (f64, f64, f64) = (trial.get("width")?, trial.get("depth")?, trial.get("batch")?);
        let kind = if trial.get::<String>("kind")? == "d" { 0.0 } else { 1.0 };
        Ok((width / 50.0).ln().powi(2) + (depth - 6.0).powi(2) / 10.0 + kind + (batch / 32.0).log2().abs())
    });
    assert!(wins >= 7, "{wins} of {SEEDS}");
    Ok(())
}

/// What is compared is what a user gets: both with their defaults.
#[test]
fn both_begin_with_the_same_trials() -> Result<(), TuneError> {
    let space = Space::new().uniform("x", 0.0, 1.0)?;
    let settings = |sampler: Box<dyn Sampler>| {
        let key = |index| typednet_tensor::Key::new(index);
        (0..10).map(|index| sampler.sample(&space, &[], index, key(index as u64))).collect::<Vec<_>>()
    };
    assert_eq!(settings(Box::new(Tpe::new())), settings(Box::new(Random::new())));
    Ok(())
}
