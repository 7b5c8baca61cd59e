//! A server: what a program begins, ends and reloads.

use std::net::SocketAddr;
use std::sync::Arc;
use std::{error, fmt, io};

use arc_swap::ArcSwap;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use typednet::prelude::*;

use crate::batch::Worker;
use crate::connection::Door;
use crate::input::Memory;
use crate::metrics::Metrics;
use crate::routes::{Served, Shared, router};
use crate::settings::Settings;
use crate::source::{LoadError, Source};

/// A network that listens.
pub struct Server<M: Layer> {
    listener: TcpListener,
    address: SocketAddr,
    control: Control<M>,
}

/// What tells a running server to load its weights again.
pub struct Control<M: Layer> {
    source: Arc<Source<M>>,
    served: Served<M>,
    /// One load at a time.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl<M: Layer> Clone for Control<M> {
    fn clone(&self) -> Self {
        Self { source: Arc::clone(&self.source), served: self.served.clone(), turn: Arc::clone(&self.turn) }
    }
}

/// Why a server does not begin.
pub enum ServeError {
    /// Its network.
    Load(LoadError),
    /// Its address, or its thread.
    System(SocketAddr, io::Error),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Load(error) => error.fmt(f),
            Self::System(address, error) => write!(f, "cannot listen at {address}: {error}"),
        }
    }
}

impl fmt::Debug for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for ServeError {}

impl<M: Layer<Elem = f32, In: Sample<Elem = f32>>> Server<M> {
    /// Loads the network and listens. Requests are answered from [`run`](Server::run) on.
    ///
    /// # Errors
    /// If the network cannot be loaded, or the address cannot be had.
    pub async fn bind(source: Source<M>, settings: Settings) -> Result<Self, ServeError> {
        let loaded = Arc::new(ArcSwap::from_pointee(source.load(1).map_err(ServeError::Load)?));
        let system = |error| ServeError::System(settings.address, error);
        let listener = TcpListener::bind(settings.address).await.map_err(system)?;
        let address = listener.local_addr().map_err(system)?;
        let metrics = Arc::new(Metrics::new());
        let worker = Worker {
            loaded: Arc::clone(&loaded),
            metrics: Arc::clone(&metrics),
            most: settings.batch.max(1),
            delay: settings.delay,
        };
        let queue = worker.start(settings.queue).map_err(system)?;
        let memory = Memory::new(settings.memory);
        let shared = Arc::new(Shared { queue, memory, metrics, settings, is_ending: watch::Sender::new(false) });
        let served = Served { loaded, shared };
        let control = Control { source: Arc::new(source), served, turn: Arc::default() };
        Ok(Self { listener, address, control })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What tells it to load its weights again.
    pub fn control(&self) -> Control<M> {
        self.control.clone()
    }

    /// Answers requests until `end`, and then those that were accepted before it.
    pub async fn run(self, end: impl Future<Output = ()> + Send) {
        let Self { listener, control: Control { served, .. }, .. } = self;
        let shared = Arc::clone(&served.shared);
        let places = Arc::new(Semaphore::new(shared.settings.connections));
        Door { shared, places, service: router(served) }.run(listener, std::pin::pin!(end)).await;
    }
}

impl<M: Layer<Elem = f32, In: Sample<Elem = f32>>> Control<M> {
    /// Loads weights and guard again, while requests are answered by those that are there: the number of the load.
    ///
    /// # Errors
    /// If something cannot be loaded; what was there still answers.
    pub async fn reload(&self) -> Result<u64, LoadError> {
        let _turn = self.turn.lock().await;
        let Served { loaded, shared } = &self.served;
        let number = loaded.load().number + 1;
        let source = Arc::clone(&self.source);
        let load = tokio::task::spawn_blocking(move || source.load(number)).await;
        let result = load.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
        shared.metrics.reload(result.is_ok());
        match result {
            Ok(new) => {
                loaded.store(Arc::new(new));
                tracing::info!(number, "reloaded");
                Ok(number)
            }
            Err(error) => {
                tracing::error!(%error, "not reloaded");
                Err(error)
            }
        }
    }
}
