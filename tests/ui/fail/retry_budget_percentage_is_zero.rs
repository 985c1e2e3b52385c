use resilience4rs::{PolicyError, retry};

#[retry("quotes", budget = "payments", budget_percentage = 0)]
async fn quote(id: u64) -> Result<u64, PolicyError> {
    Ok(id)
}

fn main() {}
