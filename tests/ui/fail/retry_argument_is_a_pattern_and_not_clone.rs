use resilience4rs::{PolicyError, retry};

struct Connection;

#[retry("quotes")]
async fn quote((_connection, id): (Connection, u64)) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
