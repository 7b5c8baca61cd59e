//! Networks behind HTTP: loaded once, asked in batches, exchanged while they are in use.
//!
//! ```no_run
//! use typednet::prelude::*;
//! use typednet_serve::{Server, Settings, Source};
//!
//! network! { struct Mnist: 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10, Softmax> -> 10 }
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let source = Source::<Mnist>::file("mnist.safetensors").guarded::<10>("guard.json");
//! let server = Server::bind(source, Settings::default()).await?;
//! println!("http://{}", server.address());
//! server.run(std::future::pending()).await;
//! # Ok(())
//! # }
//! ```
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /predict`, `application/json` | `{"inputs": [[…], …]}` gives `{"model": 1, "outputs": [[…], …]}`, and `decisions` where there is a guard |
//! | `POST /predict`, `application/octet-stream` | little-endian `f32`, one sample behind the other; the same comes back |
//! | `GET /health` | what is served, and whether it takes requests |
//! | `GET /metrics` | counts and times for Prometheus |
//!
//! | module | what is in it |
//! | --- | --- |
//! | `settings` | the limits, each with its default |
//! | `source` | where weights and a guard come from, and what is loaded of them |
//! | `batch` | the queue, and the thread that computes what is in it |
//! | `input` | a request's body as samples, read within limits |
//! | `refusal` | what is answered where nothing is computed |
//! | `answer` | outputs and decisions as JSON or bytes |
//! | `routes` | the four requests above |
//! | `metrics` | what is counted |
//! | `connection` | connections: taken or sent away, and how they end |
//! | `server` | what a program begins, ends and reloads |
//! | `healthy` | the question whether one takes requests |
#![forbid(unsafe_code)]

mod answer;
mod batch;
mod connection;
mod healthy;
mod input;
mod metrics;
mod refusal;
mod routes;
mod server;
mod settings;
mod source;

pub use healthy::is_healthy;
pub use server::{Control, ServeError, Server};
pub use settings::Settings;
pub use source::{LoadError, Source};
