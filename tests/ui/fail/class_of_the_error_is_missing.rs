use resilience4rs::{PolicyError, circuit_breaker, retry};

#[derive(Debug)]
enum PaymentError {
    Policy(PolicyError),
}

impl From<PolicyError> for PaymentError {
    fn from(error: PolicyError) -> Self {
        Self::Policy(error)
    }
}

#[circuit_breaker("payments", classify)]
async fn pay(id: u64) -> Result<u64, PaymentError> {
    Ok(id)
}

#[retry("refunds", classify, retry_errors(PaymentError::Policy(PolicyError::CircuitOpen(_))))]
fn refund(id: u64) -> Result<u64, PaymentError> {
    Ok(id)
}

fn main() {}
