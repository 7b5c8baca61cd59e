//! The differences between two runs, in words.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use super::Manifest;
use crate::GovernError;

/// A fact that is not the same here and in a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is about, such as `seed` or `setting learning rate`.
    pub name: String,
    /// What it is here; `None` where it is missing.
    pub here: Option<String>,
    /// What it is in the manifest; `None` where it is missing.
    pub manifest: Option<String>,
    /// Whether it can change the bits of the trained network. Threads cannot, nor can a git revision by itself.
    pub decides: bool,
}

/// As in `seed is 8 here and 7 in the manifest`.
impl Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let say = |what: &Option<String>| what.clone().unwrap_or_else(|| "missing".into());
        write!(f, "{} is {} here and {} in the manifest", self.name, say(&self.here), say(&self.manifest))?;
        if self.decides { Ok(()) } else { f.write_str(" (which by itself changes no bits)") }
    }
}

/// The differences that have been found.
#[derive(Default)]
struct Found(Vec<Difference>);

impl Found {
    fn fact(&mut self, name: impl Display, here: Option<String>, manifest: Option<String>, decides: bool) {
        if here != manifest {
            self.0.push(Difference { name: name.to_string(), here, manifest, decides });
        }
    }

    fn both(&mut self, name: impl Display, here: &impl Display, manifest: &impl Display, decides: bool) {
        self.fact(name, Some(here.to_string()), Some(manifest.to_string()), decides);
    }

    /// Each entry of two maps.
    fn entries<V>(
        &mut self,
        kind: &str,
        here: &BTreeMap<String, V>,
        manifest: &BTreeMap<String, V>,
        say: impl Fn(&V) -> String,
    ) {
        let mut names: Vec<&String> = here.keys().chain(manifest.keys()).collect();
        names.sort();
        names.dedup();
        for name in names {
            self.fact(format!("{kind} {name}"), here.get(name).map(&say), manifest.get(name).map(&say), true);
        }
    }
}

impl Manifest {
    /// All differences between this manifest and that of the present program and data, those first that can change the
    /// bits.
    ///
    /// Hashes of weights are compared where both have them. Time and results are not compared.
    pub fn differences(&self, present: &Self) -> Vec<Difference> {
        let (here, manifest) = (present, self);
        let mut found = Found::default();
        found.both("seed", &here.seed, &manifest.seed, true);
        found.entries("setting", &here.settings, &manifest.settings, ToString::to_string);
        found.entries("data part", &here.data, &manifest.data, |data| {
            format!("{} rows with hash {}", data.rows, &data.sha256)
        });

        let (a, b) = (&here.network, &manifest.network);
        found.both("the network", &a.name, &b.name, true);
        found.both("the scalar", &a.scalar, &b.scalar, true);
        found.both("the input", &a.input, &b.input, true);
        found.both("the output", &a.output, &b.output, true);
        for place in 0..a.layers.len().max(b.layers.len()) {
            let say = |layers: &[super::LayerFacts]| {
                layers
                    .get(place)
                    .map(|layer| format!("`{}: {}` with {} parameters", layer.name, layer.layer, layer.parameters))
            };
            found.fact(format!("layer {}", place + 1), say(&a.layers), say(&b.layers), true);
        }

        let (a, b) = (&here.program, &manifest.program);
        found.entries("the version of crate", &a.crates, &b.crates, Clone::clone);
        found.both("the compiler", &a.compiler, &b.compiler, true);
        found.both("the target", &a.target, &b.target, true);
        found.both("the processor's lane", &a.lane, &b.lane, true);

        let weights = [
            ("the hash of the first weights", &here.first_weights, &manifest.first_weights),
            ("the hash of the final weights", &here.final_weights, &manifest.final_weights),
        ];
        for (name, here, manifest) in weights {
            if let (Some(here), Some(manifest)) = (here, manifest) {
                found.both(name, here, manifest, true);
            }
        }

        found.both("the level of optimisation", &a.optimisation, &b.optimisation, false);
        let count = |threads: Option<usize>| threads.map(|threads| threads.to_string());
        found.fact("the number of threads", count(here.threads), count(manifest.threads), false);
        let revision = |manifest: &Self| {
            let changed = |dirty| if dirty { " with changes" } else { "" };
            manifest.git.as_ref().map(|git| format!("{}{}", git.revision, changed(git.dirty)))
        };
        found.fact("the git revision", revision(here), revision(manifest), false);
        found.0
    }

    /// Whether a run of the present program on the present data ends, or has ended, with the bits of this one.
    ///
    /// Before the second training everything is compared but the final weights; after it they are too.
    ///
    /// # Errors
    /// If something that decides about the bits differs; the error lists all differences.
    pub fn verify(&self, present: &Self) -> Result<(), GovernError> {
        let differences = self.differences(present);
        if differences.iter().any(|difference| difference.decides) {
            Err(GovernError::OtherRun { differences })
        } else {
            Ok(())
        }
    }
}
