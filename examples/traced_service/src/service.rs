//! A service: a thread with a runtime and a subscriber of its own, as it were a process.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::telemetry::exporting;

type Failure = Box<dyn Error + Send + Sync>;

pub(crate) struct Service {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), Failure>>,
}

impl Service {
    pub(crate) fn start(
        name: &'static str,
        otlp: &str,
        router: impl FnOnce(SocketAddr) -> Router + Send + 'static,
    ) -> Result<Self, Box<dyn Error>> {
        let (dispatch, provider) = exporting(name, otlp).map_err(|error| error.to_string())?;
        let (tell_address, address) = mpsc::channel();
        let (stop, is_stopped) = oneshot::channel();
        let serve = async move {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let address = listener.local_addr()?;
            tell_address.send(address)?;
            axum::serve(listener, router(address))
                .with_graceful_shutdown(async { drop(is_stopped.await) })
                .await?;
            Ok::<_, Failure>(())
        };
        let run = move || {
            let _exporting = tracing::dispatcher::set_default(&dispatch);
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let served = runtime.block_on(serve);
            provider.shutdown()?;
            served
        };
        let thread = thread::Builder::new().name(name.to_owned()).spawn(run)?;
        Ok(Self {
            address: address.recv()?,
            stop,
            thread,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops when all requests are answered, and all spans exported.
    pub(crate) fn stop(self) -> Result<(), Box<dyn Error>> {
        // One that has ended by itself says why.
        let _ = self.stop.send(());
        match self.thread.join() {
            Ok(ended) => ended.map_err(|error| error.to_string().into()),
            Err(_) => Err("the service has panicked".into()),
        }
    }
}
