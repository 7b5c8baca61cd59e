//! A finished trial as JSON: a line of the study's file, and what ranks tell each other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Finished, Outcome, Space, Value};

/// One finished trial.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    pub(crate) trial: usize,
    state: State,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    loss: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    parameters: BTreeMap<String, Value>,
    /// NaN is `null`.
    reports: Vec<(u64, Option<f64>)>,
    seconds: f64,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Complete,
    Pruned,
    Failed,
}

impl Line {
    pub(crate) fn of(space: &Space, trial: &Finished) -> Self {
        let values = space.parameters().iter().zip(&trial.settings);
        let (state, loss, message) = match &trial.outcome {
            Outcome::Complete { loss } => (State::Complete, Some(*loss), None),
            Outcome::Pruned => (State::Pruned, None, None),
            Outcome::Failed { message } => (State::Failed, None, Some(message.clone())),
        };
        Self {
            trial: trial.index,
            state,
            loss,
            message,
            parameters: values.map(|(p, setting)| (p.name().to_owned(), p.value(*setting))).collect(),
            reports: trial.reports.iter().map(|(step, loss)| (*step, loss.is_finite().then_some(*loss))).collect(),
            seconds: trial.seconds,
        }
    }

    /// The trial, or what is wrong with the line.
    pub(crate) fn finished(mut self, space: &Space) -> Result<Finished, String> {
        let mut settings = Vec::new();
        for parameter in space.parameters() {
            let name = parameter.name();
            let value = self.parameters.remove(name).ok_or_else(|| format!("parameter `{name}` is missing"))?;
            let setting = parameter.setting(&value);
            settings.push(setting.ok_or_else(|| format!("{value} is no value of {parameter}"))?);
        }
        if let Some(name) = self.parameters.keys().next() {
            return Err(format!("there is no parameter `{name}`"));
        }
        if !self.reports.is_sorted_by(|a, b| a.0 < b.0) {
            return Err("the steps of its reports do not rise".into());
        }
        let outcome = match (self.state, self.loss, self.message) {
            (State::Complete, Some(loss), None) => Outcome::Complete { loss },
            (State::Pruned, None, None) => Outcome::Pruned,
            (State::Failed, None, Some(message)) => Outcome::Failed { message },
            _ => return Err("a complete trial has a loss, a failed one a message, others neither".into()),
        };
        let reports = self.reports.into_iter().map(|(step, loss)| (step, loss.unwrap_or(f64::NAN))).collect();
        Ok(Finished { index: self.trial, settings, outcome, reports, seconds: self.seconds })
    }
}
