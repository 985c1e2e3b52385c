use resilience4rs::circuit_breaker;

#[circuit_breaker("log")]
async fn log(text: String) {
    drop(text);
}

fn main() {}
