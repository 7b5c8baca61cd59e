//! The settings of a training in words.

use typednet_formats::Sha256;
use typednet_optim::schedule::Plateau;
use typednet_tensor::{Better, Precision};

use crate::Objective;
use crate::around::{Clock, Options};

/// What a training's settings are made of: all but the types of the network, the loss and the optimiser, so that it is compiled once.
pub(super) struct Described<'a> {
    /// The name of the loss's type.
    pub(super) loss: &'static str,
    /// What the loss says of its own numbers.
    pub(super) of_loss: String,
    pub(super) optimizer: String,
    pub(super) seed: u64,
    pub(super) batch_size: usize,
    /// The name of the scalar.
    pub(super) scalar: &'static str,
    pub(super) options: &'a Options,
    pub(super) groups: Option<String>,
    pub(super) shards: usize,
    pub(super) precision: Precision,
    pub(super) metrics: &'a [(String, Better)],
    /// How many there are.
    pub(super) transforms: usize,
    /// How many numbers a row carries to the next batch, where states are carried.
    pub(super) carried: Option<usize>,
    /// How many there are.
    pub(super) callbacks: usize,
}

impl Described<'_> {
    /// The settings as names and values: those that every training has, and what else was set.
    pub(super) fn settings(self) -> Vec<(String, String)> {
        let mut settings = vec![
            ("loss".to_owned(), self.loss.to_owned()),
            ("optimiser".to_owned(), self.optimizer),
            ("seed".to_owned(), self.seed.to_string()),
            ("batch size".to_owned(), self.batch_size.to_string()),
            ("scalar".to_owned(), self.scalar.to_owned()),
        ];
        let mut add = |name: &str, value: Option<String>| {
            settings.extend(value.map(|value| (name.to_owned(), value)));
        };
        let of_clock = |clock: &Clock| {
            let factors: Vec<u8> = clock.fingerprint().collect();
            format!("{}, {:.16}", clock.unit(), Sha256::of(factors).to_string())
        };
        let options = self.options;
        add("settings of the loss", (!self.of_loss.is_empty()).then_some(self.of_loss));
        add("schedule", options.clock.as_ref().map(of_clock));
        let fresh = |plateau: &Plateau| plateau.with_state(Plateau::new().state());
        add("plateau", options.plateau.as_ref().map(|plateau| format!("{:?}", fresh(plateau))));
        add("penalty", options.penalty.as_ref().map(|penalty| format!("{penalty:?}")));
        add("groups", self.groups);
        add("limit of the norm", options.clips[0].map(|clip| format!("{clip:?}")));
        add("limit of the values", options.clips[1].map(|clip| format!("{clip:?}")));
        add("shards", (self.shards != 1).then(|| self.shards.to_string()));
        add("precision", (self.precision != Precision::F32).then(|| self.precision.to_string()));
        add("batches of a step", (options.blocks != 1).then(|| options.blocks.to_string()));
        add("average", options.average_decay.map(|decay| decay.to_string()));
        let metrics = self.metrics.iter().map(|(name, _)| &name[..]).collect::<Vec<_>>().join(", ");
        add("metrics", (!metrics.is_empty()).then_some(metrics));
        let followed = options.plateau.is_some() && options.plateau_by != Objective::Loss;
        add("plateau of", followed.then(|| options.plateau_by.name().to_owned()));
        add("gradient transforms", (self.transforms != 0).then(|| self.transforms.to_string()));
        add("carried states", self.carried.map(|width| format!("{width} numbers a row")));
        add("callbacks", (self.callbacks != 0).then(|| self.callbacks.to_string()));
        settings
    }
}
