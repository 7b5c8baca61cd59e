//! Serves the network that reads digits: `serve-mnist --help` says how.
#![forbid(unsafe_code)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use lexopt::prelude::*;
use mnist_network::{Mnist, TRAINED};
use tokio::signal::unix::{SignalKind, signal};
use tracing::Level;
use typednet_serve::{Control, Server, Settings, Source, is_healthy};

const HELP: &str = "\
usage: serve-mnist [OPTION ...] [WEIGHTS.safetensors]

Serves the network that reads digits: 784 pixels from 0 to 1 in, 10 probabilities out. Without a file it has the weights
that were trained when it was built.

  --address ADDRESS      where it listens (127.0.0.1:8080)
  --guard FILE           a guard that was fitted to the weights: what it is not sure of is answered with `ask_human`
  --batch SAMPLES        how many are computed at once (64)
  --delay MICROSECONDS   how long a sample waits for others (1000)
  --queue REQUESTS       how many requests wait (1024)
  --rows SAMPLES         how many one request may have (64)
  --connections COUNT    how many are held (2048)
  --healthy ADDRESS      serves nothing: asks whether the server at this address takes requests, and ends with 0 if so

SIGHUP loads weights and guard again; SIGTERM and SIGINT end it when what it has accepted is answered. RUST_LOG=debug logs
each request; logs are JSON, one line each, on the standard error.
";

fn main() -> ExitCode {
    let level = std::env::var("RUST_LOG").ok().and_then(|level| level.parse().ok());
    tracing_subscriber::fmt().json().with_writer(std::io::stderr).with_max_level(level.unwrap_or(Level::INFO)).init();
    let result = arguments().map_err(Into::into).and_then(|arguments| match arguments {
        Task::Help => {
            print!("{HELP}");
            Ok(())
        }
        Task::Ask(address) => ask(address),
        Task::Serve(source, settings) => serve(source, *settings),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("serve-mnist: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What is asked of the program.
enum Task {
    Help,
    Ask(SocketAddr),
    Serve(Source<Mnist>, Box<Settings>),
}

fn arguments() -> Result<Task, lexopt::Error> {
    let (mut settings, mut weights, mut guard) = (Settings::default(), None, None);
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("address") => settings.address = parser.value()?.parse()?,
            Long("guard") => guard = Some(PathBuf::from(parser.value()?)),
            Long("batch") => settings.batch = parser.value()?.parse()?,
            Long("delay") => settings.delay = Duration::from_micros(parser.value()?.parse()?),
            Long("queue") => settings.queue = parser.value()?.parse()?,
            Long("rows") => settings.rows = parser.value()?.parse()?,
            Long("connections") => settings.connections = parser.value()?.parse()?,
            Long("healthy") => return Ok(Task::Ask(parser.value()?.parse()?)),
            Short('h') | Long("help") => return Ok(Task::Help),
            Value(file) if weights.is_none() => weights = Some(PathBuf::from(file)),
            _ => return Err(argument.unexpected()),
        }
    }
    let source = weights.map_or_else(|| Source::builtin(&TRAINED), Source::file);
    let source = match guard {
        Some(guard) => source.guarded::<10>(guard),
        None => source,
    };
    Ok(Task::Serve(source, Box::new(settings)))
}

fn ask(address: SocketAddr) -> Result<(), Box<dyn std::error::Error>> {
    if is_healthy(address)? { Ok(()) } else { Err(format!("the server at {address} takes no requests").into()) }
}

#[tokio::main]
async fn serve(source: Source<Mnist>, settings: Settings) -> Result<(), Box<dyn std::error::Error>> {
    let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let hup = signal(SignalKind::hangup())?;
    let server = Server::bind(source, settings).await?;
    tracing::info!(address = %server.address(), "listening");
    tokio::spawn(reload(hup, server.control()));
    let end = async move {
        tokio::select! {
            _ = term.recv() => (),
            _ = int.recv() => (),
        }
    };
    server.run(end).await;
    Ok(())
}

/// Loads again at each SIGHUP; what comes of it is logged.
async fn reload(mut hup: tokio::signal::unix::Signal, control: Control<Mnist>) {
    while hup.recv().await.is_some() {
        let _ = control.reload().await;
    }
}
