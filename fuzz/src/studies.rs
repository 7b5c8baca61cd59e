//! Studies that go on from a file.

use typednet::tune::{Random, Space, Study, Trial, TrialResult};

use crate::files::{read, said, written};

fn study(trials: usize) -> Study {
    let space = Space::new()
        .log_uniform("rate", 1e-4, 1.0)
        .and_then(|space| space.integer("depth", 1, 4))
        .and_then(|space| space.choice("kind", ["a", "b"]))
        .expect("a space");
    Study::new(space, Random::new()).trials(trials).seed(3).quiet()
}

fn objective(trial: &Trial) -> TrialResult {
    let (rate, depth): (f64, f64) = (trial.get("rate")?, trial.get("depth")?);
    if rate > 0.5 {
        return Err("no".into());
    }
    trial.report(1, rate)?;
    Ok(rate + depth)
}

/// One more trial than the seeds have, so that the file is written too.
pub(crate) fn run(bytes: &[u8]) {
    read("study.jsonl", bytes, |path| said(study(4).file(path).run(objective).map(|results| results.to_string())));
}

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    vec![written("study.jsonl", |path| study(3).file(path).run(objective).map(drop))]
}
