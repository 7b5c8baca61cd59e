//! A trainer enters its run: a new one, or one that goes on.

use std::path::Path;

use typednet_layers::loss::Loss;
use typednet_layers::{Layer, LayerInfo};
use typednet_tensor::Scalar;

use super::SettingDifference;
use super::runs::{Card, Found, Identity, RunFolder, find};
use crate::look::Fingerprint;
use crate::{DataMark, Run, TrainError, Trainer};

impl<M: Layer, L: Loss<M::Out>, O> Trainer<M, L, O> {
    /// The run that a step belongs to, which is begun with the first.
    pub(crate) fn begin_run(&mut self, data: Option<DataMark>) -> &Run {
        let Self { run, engine, .. } = self;
        run.get_or_insert_with(|| Run::begin(weights_hash(&*engine.model), data))
    }

    /// Enters the run that a call of `fit` with these data belongs to, and opens its folder for checkpoints. Gives what
    /// is to be said about it.
    pub(crate) fn enter_run(&mut self, data: DataMark) -> Result<Option<String>, TrainError> {
        let Some(keeper) = self.keeper.as_ref().filter(|keeper| keeper.open.is_none()) else {
            self.begin_run(Some(data));
            return Ok(None);
        };
        let (describe, among, resume) =
            (keeper.describe, keeper.checkpoints.folder.clone(), keeper.checkpoints.resume && self.run.is_none());
        let here = Identity {
            network: network(const { &M::TREE }),
            settings: self.described(describe),
            first_weights: weights_hash(&*self.engine.model),
            data: Some(data),
        };
        let (mut said, mut lock) = (None, None);
        match if resume { find(&among, &here)? } else { Found::Nothing } {
            Found::Own(saved, held) => {
                if let Some(newest) = saved.newest()? {
                    self.restore(&newest, describe)?;
                    said = Some(format!("goes on with the run {} after step {}", saved.run(), self.steps()));
                }
                (self.run, lock) = (Some(saved.run().clone()), held);
            }
            Found::Others(differences) => said = Some(say_others(&among, &differences)),
            Found::Nothing => {}
        }
        let is_new = self.run.is_none();
        let mut card = Card::new(self.begin_run(Some(data)).clone(), &here);
        let open = if is_new { RunFolder::begin(&among, &mut card) } else { RunFolder::go_on(&among, &card, lock) };
        if let (Some(keeper), open) = (&mut self.keeper, open?) {
            keeper.open = Some(open);
        }
        self.run = Some(card.run);
        Ok(said)
    }

    /// Whether the model was never set: all its weights are 0.
    pub(crate) fn is_blank(&self) -> bool {
        self.engine.model.as_flat().iter().all(|weight| *weight == M::Elem::ZERO)
    }

    /// Whether `run` was begun from the weights that this trainer has.
    pub(crate) fn would_begin(&self, run: &Run) -> bool {
        run.began_from(weights_hash(&*self.engine.model))
    }
}

/// What is said of a new run beside one that differs, or is still trained.
fn say_others(among: &Path, differences: &[SettingDifference]) -> String {
    match differences.first() {
        Some(first) => format!(
            "begins a new run; the last one in `{}` differs: {} is {} there and {} here",
            among.display(),
            first.name,
            first.file,
            first.here
        ),
        None => format!("begins a new run; the last one in `{}` is still trained", among.display()),
    }
}

/// The layers of a network with their settings, such as `Chain(first: Dense<6, Relu>, rest: Dense<2, Softmax>)`.
pub(crate) fn network(tree: &'static LayerInfo) -> String {
    fn write(node: &LayerInfo, to: &mut String) {
        to.push_str(&node.to_string());
        for (place, child) in node.children.iter().enumerate() {
            to.push_str(if place == 0 { "(" } else { ", " });
            to.push_str(child.name);
            to.push_str(": ");
            write(child.node, to);
        }
        to.push_str(if node.children.is_empty() { "" } else { ")" });
    }
    let mut text = String::new();
    write(tree, &mut text);
    text
}

/// A hash of all weights.
fn weights_hash<M: Layer>(model: &M) -> u64 {
    let mut print = Fingerprint::new();
    print.add(model.as_flat());
    print.finish()
}
