//! A server in this process, on a port of its own, which ends with the test.

use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::Duration;

use mnist_network::{FILE, Mnist};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use typednet_serve::{Control, LoadError, Server, Settings, Source};

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    control: Control<Mnist>,
    runtime: Runtime,
    end: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

/// Limits that tests reach.
pub(crate) fn settings() -> Settings {
    Settings { address: SocketAddr::from(([127, 0, 0, 1], 0)), ..Settings::default() }
}

impl Running {
    pub(crate) fn new(settings: Settings) -> Self {
        Self::of(Source::file(FILE), settings)
    }

    pub(crate) fn of(source: Source<Mnist>, settings: Settings) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let server = runtime.block_on(Server::bind(source, settings)).expect("a server");
        let (address, control) = (server.address(), server.control());
        let (end, ends) = oneshot::channel();
        let handle = runtime.handle().clone();
        let server = std::thread::spawn(move || {
            handle.block_on(server.run(async {
                let _ = ends.await;
            }));
        });
        Self { address, control, runtime, end: Some(end), server: Some(server) }
    }

    pub(crate) fn reload(&self) -> Result<u64, LoadError> {
        self.runtime.block_on(self.control.reload())
    }

    /// Tells it to end, without waiting.
    pub(crate) fn begin_to_end(&mut self) {
        drop(self.end.take());
    }

    /// Whether it has ended by itself before `time` is over.
    pub(crate) fn ends_within(&mut self, time: Duration) -> bool {
        let begin = std::time::Instant::now();
        let server = self.server.take().expect("it runs");
        while !server.is_finished() {
            if begin.elapsed() > time {
                return false;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        server.join().is_ok()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.begin_to_end();
        if let Some(server) = self.server.take() {
            let _ = server.join();
        }
    }
}
