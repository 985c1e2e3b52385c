use resilience4rs::{PolicyError, retry};

struct Connection;

#[retry("quotes")]
fn quote(connection: Connection) -> Result<u64, PolicyError> {
    drop(connection);
    Ok(1)
}

fn main() {}
