use resilience4rs::circuit_breaker;

#[circuit_breaker("quotes")]
async fn quote<E: Clone>(error: E) -> Result<u64, E> {
    Err(error)
}

fn main() {}
