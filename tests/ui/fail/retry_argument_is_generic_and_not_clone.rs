use resilience4rs::{PolicyError, retry};

#[retry("quotes")]
async fn quote<T: Send>(value: T) -> Result<u64, PolicyError> {
    drop(value);
    Ok(1)
}

fn main() {}
