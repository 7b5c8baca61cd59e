//! Connections: taken or sent away, and how they end.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, Request, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::routes::Shared;
use crate::settings::Settings;

/// What a connection comes through.
pub(crate) struct Door {
    pub(crate) shared: Arc<Shared>,
    pub(crate) service: Router,
    pub(crate) places: Arc<Semaphore>,
}

impl Door {
    /// Takes connections until `end`, and then ends those that are there behind what they were asked.
    pub(crate) async fn run(self, listener: TcpListener, mut end: Pin<&mut (dyn Future<Output = ()> + Send)>) {
        let Settings { connections, shutdown_time, .. } = self.shared.settings;
        loop {
            tokio::select! {
                accepted = listener.accept() => self.enter(accepted).await,
                () = &mut end => break,
            }
        }
        // Those whose connection stands already, which the system has kept for us. New ones may come as fast as they are taken,
        // and there may be no handles for them, so that this takes no longer than so many need.
        let kept = async {
            while let Ok(accepted) = timeout(Duration::ZERO, listener.accept()).await {
                self.enter(accepted).await;
            }
        };
        if timeout(KEPT, kept).await.is_err() {
            tracing::warn!(?KEPT, "connections are sent away that still come");
        }
        drop(listener);
        let Self { shared, places, .. } = self;
        tracing::info!(connections = shared.metrics.connections.get(), "ending");
        shared.is_ending.send_replace(true);
        let all = places.acquire_many(u32::try_from(connections).unwrap_or(u32::MAX));
        if timeout(shutdown_time, all).await.is_err() {
            tracing::warn!(?shutdown_time, "connections are cut that have not ended in time");
        }
        tracing::info!("ended");
    }

    /// Takes a connection, or sends it away.
    pub(crate) async fn enter(&self, accepted: io::Result<(TcpStream, SocketAddr)>) {
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // The connection is gone, or there are no more handles, which takes a while to change.
                tracing::warn!(%error, "a connection could not be taken");
                sleep(Duration::from_millis(10)).await;
                return;
            }
        };
        let Some(place) = Arc::clone(&self.places).try_acquire_owned().ok() else {
            self.shared.metrics.refused_connections.inc();
            // A client that does not take so few bytes at once goes without them.
            let _ = stream.try_write(BUSY);
            return;
        };
        let _ = stream.set_nodelay(true);
        let Settings { head_time, connection_time, shutdown_time, .. } = self.shared.settings;
        // A client that does not read its answers is no client.
        #[cfg(target_os = "linux")]
        let _ = socket2::SockRef::from(&stream).set_tcp_user_timeout(Some(head_time));
        let is_closing = Arc::new(AtomicBool::new(false));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head_time)
            // Who has sent all that he has to say and closes his side waits for the answer.
            .half_close(true)
            .max_buf_size(HEAD)
            .serve_connection(TokioIo::new(stream), service_fn(until_closing(&self.service, &is_closing)));
        let mut is_ending = self.shared.is_ending.subscribe();
        let connections = self.shared.metrics.connections.clone();
        connections.inc();
        tokio::spawn(async move {
            let mut connection = std::pin::pin!(connection);
            let result = tokio::select! {
                result = connection.as_mut() => result,
                () = either(is_ending.wait_for(|is_ending| *is_ending), sleep(connection_time)) => {
                    // The next answer says that it is the last. What is on its way has a moment to come, and what has come is
                    // answered.
                    is_closing.store(true, Ordering::Relaxed);
                    tokio::select! {
                        result = connection.as_mut() => result,
                        () = sleep(ON_ITS_WAY) => {
                            connection.as_mut().graceful_shutdown();
                            timeout(shutdown_time, connection).await.unwrap_or(Ok(()))
                        }
                    }
                }
            };
            // What is wrong with a connection is its client's affair.
            if let Err(error) = result {
                tracing::debug!(%error, "a connection has ended");
            }
            connections.dec();
            drop(place);
        });
    }
}

/// What a connection beyond the limit is told.
const BUSY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// How long connections are taken that the system has kept until the server is to end; it keeps about a thousand.
const KEPT: Duration = Duration::from_millis(200);

/// How long a connection that is to end waits for a request that was sent before its client could know.
const ON_ITS_WAY: Duration = Duration::from_millis(200);

/// An answer that is on its way.
type Answering = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

/// The service, whose answers say that the connection ends once it is to.
fn until_closing(service: &Router, is_closing: &Arc<AtomicBool>) -> impl Fn(Request<Incoming>) -> Answering + use<> {
    let (service, is_closing) = (TowerToHyperService::new(service.clone()), Arc::clone(is_closing));
    move |request| {
        let (answer, is_closing) = (service.call(request), Arc::clone(&is_closing));
        Box::pin(async move {
            let mut answer = answer.await?;
            if is_closing.load(Ordering::Relaxed) {
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(answer)
        })
    }
}

/// The bytes that a request's head may have.
const HEAD: usize = 16 << 10;

/// Waits for one of two.
async fn either(one: impl Future, other: impl Future) {
    tokio::select! {
        _ = one => (),
        _ = other => (),
    }
}
