//! What operators see of the payments while they are made, and after: `--serve`.
//!
//! The paths, the JSON and the names of the metrics are those of Resilience4j, so that what a team has
//! for a Java service works here as well.

use std::env;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use resilience_admin::{Admin, BearerTokens, HealthIndicator, WeakToken};
use resilience4rs::{Policy, Registry};
use tokio::runtime::{Builder, Runtime};

use crate::screen::Screen;
use crate::service::POLICIES;

/// Whoever has this token may change the state of the breaker; without it, nobody.
const TOKEN: &str = "PAYMENT_SERVICE_TOKEN";

/// The endpoints cannot be served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error("cannot listen on {address}")]
    Listen {
        address: SocketAddr,
        source: io::Error,
    },
    #[error("cannot start the runtime of the endpoints")]
    Runtime(#[source] io::Error),
    #[error("the token in {TOKEN} cannot be taken")]
    Token(#[from] WeakToken),
}

/// The endpoints, on a thread of their own: the payments do not wait for who looks at them.
#[derive(Debug)]
pub(crate) struct Serving {
    runtime: Runtime,
    admin: Admin,
    address: SocketAddr,
}

impl Serving {
    pub(crate) fn start(address: SocketAddr, screen: &Arc<Screen>) -> Result<Self, ServeError> {
        let listen = |source| ServeError::Listen { address, source };
        let listener = TcpListener::bind(address).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let admin = admin()?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(ServeError::Runtime)?;
        let app = admin
            .router()
            .into_make_service_with_connect_info::<SocketAddr>();
        let screen_of_server = Arc::clone(screen);
        runtime.spawn(async move {
            let served =
                async { axum::serve(tokio::net::TcpListener::from_std(listener)?, app).await };
            if let Err(error) = served.await {
                screen_of_server.say(&format!("the endpoints are gone: {error}"));
            }
        });
        screen.say(&format!("serving http://{address}/actuator"));
        Ok(Self {
            runtime,
            admin,
            address,
        })
    }

    /// Goes on when the payments are made, until somebody interrupts it.
    pub(crate) fn until_interrupted(self) -> io::Result<()> {
        // Nobody may read it any more; the endpoints are there all the same.
        let _ = writeln!(
            io::stderr(),
            "still serving http://{}/actuator: end it with Ctrl-C",
            self.address
        );
        let ended = self.runtime.block_on(tokio::signal::ctrl_c());
        self.admin.end_streams();
        ended
    }
}

fn admin() -> Result<Admin, ServeError> {
    let admin = Admin::builder(Registry::global())
        .health_of(Policy::CircuitBreaker, POLICIES, HealthIndicator::Shown)
        // Enough for what happened before hundreds of payments.
        .event_buffer_size(2_000);
    Ok(match env::var(TOKEN) {
        Ok(token) => admin.authorizer(BearerTokens::new("operator", token)?),
        Err(_) => admin,
    }
    .build())
}
