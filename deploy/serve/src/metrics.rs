//! What is counted, for Prometheus.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The status of an answer.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Status {
    status: u32,
}

/// What came of a reload.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Result {
    result: &'static str,
}

/// What is counted.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Status, Counter>,
    seconds: Histogram,
    rows: Counter,
    ask_human: Counter,
    batches: Histogram,
    reloads: Family<Result, Counter>,
    pub(crate) connections: Gauge,
    pub(crate) refused_connections: Counter,
    pub(crate) waiting: Gauge,
    pub(crate) model: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let seconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0];
        let mut metrics = Self {
            registry: Registry::with_prefix("typednet"),
            requests: Family::default(),
            seconds: Histogram::new(seconds),
            rows: Counter::default(),
            ask_human: Counter::default(),
            batches: Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0]),
            reloads: Family::default(),
            connections: Gauge::default(),
            refused_connections: Counter::default(),
            waiting: Gauge::default(),
            model: Gauge::default(),
        };
        let to = &mut metrics.registry;
        to.register("requests", "Predictions asked for, by the status of the answer", metrics.requests.clone());
        to.register("request_seconds", "From a request's head to its answer", metrics.seconds.clone());
        to.register("samples", "Samples computed", metrics.rows.clone());
        to.register("ask_human", "Samples that a human must decide", metrics.ask_human.clone());
        to.register("batch_samples", "Samples computed at once", metrics.batches.clone());
        to.register("reloads", "Loads of weights after the first", metrics.reloads.clone());
        to.register("connections", "Connections held", metrics.connections.clone());
        to.register("refused_connections", "Connections beyond the limit", metrics.refused_connections.clone());
        to.register("waiting_requests", "Requests in the queue", metrics.waiting.clone());
        to.register("model", "The number of the load that answers", metrics.model.clone());
        metrics
    }

    pub(crate) fn request(&self, status: u16, took: Duration) {
        self.requests.get_or_create(&Status { status: u32::from(status) }).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    pub(crate) fn batch(&self, samples: usize) {
        self.batches.observe(samples as f64);
        self.rows.inc_by(samples as u64);
    }

    pub(crate) fn asked(&self, samples: usize) {
        self.ask_human.inc_by(samples as u64);
    }

    pub(crate) fn reload(&self, is_good: bool) {
        self.reloads.get_or_create(&Result { result: if is_good { "good" } else { "failed" } }).inc();
    }

    /// All of it in the text form.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a text does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
