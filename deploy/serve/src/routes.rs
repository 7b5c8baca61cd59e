//! The requests that a server answers.

use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwap;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::timeout;
use typednet::prelude::*;

use crate::answer::{json, response};
use crate::batch::{Answer, Queue};
use crate::input::{Format, Memory, format, read, samples};
use crate::metrics::Metrics;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::source::{Loaded, Verdict};

/// What all requests share, of whatever network.
pub(crate) struct Shared {
    pub(crate) queue: Queue,
    pub(crate) memory: Memory,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) settings: Settings,
    pub(crate) is_ending: watch::Sender<bool>,
}

/// What the requests for a network share.
pub(crate) struct Served<M: Layer> {
    pub(crate) loaded: Arc<ArcSwap<Loaded<M>>>,
    pub(crate) shared: Arc<Shared>,
}

impl<M: Layer> Clone for Served<M> {
    fn clone(&self) -> Self {
        Self { loaded: Arc::clone(&self.loaded), shared: Arc::clone(&self.shared) }
    }
}

/// The routes, of a type that does not know the network: connections are compiled once.
pub(crate) fn router<M: Layer<Elem = f32, In: Sample<Elem = f32>>>(served: Served<M>) -> Router {
    Router::new()
        .route("/predict", post(predict::<M>))
        .route("/health", get(health::<M>))
        .route("/metrics", get(metrics::<M>))
        .fallback(|| async { Refusal::new(StatusCode::NOT_FOUND, "there is /predict, /health and /metrics") })
        .method_not_allowed_fallback(|| async {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "POST /predict, GET /health, GET /metrics")
        })
        .with_state(served)
}

async fn predict<M>(State(Served { shared, .. }): State<Served<M>>, request: Request) -> Response
where
    M: Layer<Elem = f32, In: Sample<Elem = f32>>,
{
    let begin = Instant::now();
    let answered = answer::<M::In>(&shared, request, begin).await;
    let answered = answered.map(|(format, answer)| {
        let asked = answer.verdicts.iter().flatten().filter(|v| matches!(v, Verdict::AskHuman { .. })).count();
        shared.metrics.asked(asked);
        response(format, &answer, M::Out::LEN)
    });
    let answered = answered.unwrap_or_else(|refusal| {
        tracing::debug!(status = refusal.status.as_u16(), reason = refusal.text, "refused");
        refusal.into_response()
    });
    let (status, took) = (answered.status().as_u16(), begin.elapsed());
    shared.metrics.request(status, took);
    tracing::debug!(status, micros = took.as_micros() as u64, "answered");
    answered
}

async fn answer<S: Sample<Elem = f32>>(
    shared: &Shared,
    request: Request<Body>,
    begin: Instant,
) -> Result<(Format, Answer), Refusal> {
    let Shared { settings, queue, memory, .. } = shared;
    let time = settings.request_time;
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let format = format(content_type)?;
    let body = read(request.into_body(), settings.body_limit(S::LEN), memory);
    let late = |_| Refusal::new(StatusCode::REQUEST_TIMEOUT, format!("the body has not come within {time:?}"));
    let (bytes, permit) = timeout(time, body).await.map_err(late)??;
    let inputs = samples::<S>(format, &bytes, settings.rows)?;
    drop(bytes);
    let answer = timeout(time.saturating_sub(begin.elapsed()), queue.push(inputs, permit)?).await;
    match answer.map_err(|_| Refusal::busy(format!("nothing was computed within {time:?}: try again")))? {
        Ok(answer) => Ok((format, answer?)),
        Err(_) => Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "a fault in the server: nothing was computed")),
    }
}

#[derive(Serialize)]
struct Health {
    status: &'static str,
    network: String,
    inputs: &'static [usize],
    outputs: &'static [usize],
    model: u64,
}

async fn health<M: Layer>(State(Served { loaded, shared }): State<Served<M>>) -> Response {
    let is_ending = *shared.is_ending.borrow();
    let (code, status) = if is_ending { (StatusCode::SERVICE_UNAVAILABLE, "ending") } else { (StatusCode::OK, "ok") };
    let health = Health {
        status,
        network: M::TREE.to_string(),
        inputs: const { &M::In::SHAPE }.sizes(),
        outputs: const { &M::Out::SHAPE }.sizes(),
        model: loaded.load().number,
    };
    json(code, &health)
}

async fn metrics<M: Layer>(State(Served { loaded, shared }): State<Served<M>>) -> Response {
    let Shared { metrics, queue, .. } = &*shared;
    metrics.waiting.set(queue.len().cast_signed() as i64);
    metrics.model.set(loaded.load().number.cast_signed());
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], metrics.text()).into_response()
}
