#![allow(dead_code, reason = "that is what it is for")]

use resilience4rs::{PolicyError, time_limiter};

#[time_limiter("dead", timeout_duration = "PT1.5S")]
async fn dead() -> Result<u32, PolicyError> {
    Ok(7)
}
