use resilience4rs::{PolicyError, retry};

#[retry("quotes")]
fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok("nothing")
}

fn main() {}
