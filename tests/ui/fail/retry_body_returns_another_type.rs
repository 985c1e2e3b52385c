use resilience4rs::{PolicyError, retry};

#[retry("quotes")]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    "nothing"
}

fn main() {}
