use resilience4rs::circuit_breaker;

struct ApiError;

#[circuit_breaker("quotes", failure_rate_threshold = 500)]
const extern "C" fn quote(id: u64) -> u64 {
    id
}

fn main() {}
