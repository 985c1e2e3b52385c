use resilience4rs::{PolicyError, retry, time_limiter};

#[time_limiter("quotes", slidingWindowSize = 3, sliding_window_tpye = "TIME_BASED")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

#[retry("quotes", recordErrors(PolicyError::TimedOut(_)))]
async fn again(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
