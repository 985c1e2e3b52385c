use resilience4rs::{PolicyError, circuit_breaker};

#[circuit_breaker("server", fallback = stop)]
async fn serve() -> ! {
    loop {
        std::future::pending::<()>().await;
    }
}

async fn stop(_: PolicyError) -> ! {
    std::process::exit(1)
}

fn main() {}
