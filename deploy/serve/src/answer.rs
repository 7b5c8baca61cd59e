//! Outputs and decisions as JSON or bytes.

use std::fmt::Write as _;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::batch::Answer;
use crate::input::Format;
use crate::source::Verdict;

#[derive(Serialize)]
struct Body<'a> {
    model: u64,
    outputs: Vec<&'a [f32]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decisions: Option<Vec<Decision<'a>>>,
}

#[derive(Serialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
enum Decision<'a> {
    Decided { class: usize, confidence: f64 },
    AskHuman { reason: &'a str },
}

/// Which samples a human must be asked about, for those who read bytes: their numbers from 0, with commas between them.
const ASK_HUMAN: &str = "x-ask-human";

/// Which load has answered.
const MODEL: &str = "x-model";

/// The answer, with `len` numbers for each sample.
pub(crate) fn response(format: Format, answer: &Answer, len: usize) -> Response {
    let mut response = match format {
        Format::Json => outputs(answer, len),
        Format::Raw => {
            let bytes: Vec<u8> = answer.outputs.iter().flat_map(|y| y.to_le_bytes()).collect();
            ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response()
        }
    };
    let headers = response.headers_mut();
    headers.insert(MODEL, HeaderValue::from(answer.model));
    let asked = answer.verdicts.iter().flatten().enumerate().filter(|(_, v)| matches!(v, Verdict::AskHuman { .. }));
    let asked = asked.fold(String::new(), |mut list, (row, _)| {
        let comma = if list.is_empty() { "" } else { "," };
        let _ = write!(list, "{comma}{row}");
        list
    });
    if let (false, Ok(list)) = (asked.is_empty(), HeaderValue::try_from(asked)) {
        headers.insert(ASK_HUMAN, list);
    }
    response
}

fn outputs(answer: &Answer, len: usize) -> Response {
    let decisions = answer.verdicts.as_ref().map(|verdicts| verdicts.iter().map(decision).collect());
    let body = Body { model: answer.model, outputs: answer.outputs.chunks(len).collect(), decisions };
    json(StatusCode::OK, &body)
}

/// Any answer that is an object.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let text = serde_json::to_vec(body).expect("numbers and texts can be written");
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

fn decision(verdict: &Verdict) -> Decision<'_> {
    match verdict {
        Verdict::Decided { class, confidence } => Decision::Decided { class: *class, confidence: *confidence },
        Verdict::AskHuman { reason } => Decision::AskHuman { reason },
    }
}
