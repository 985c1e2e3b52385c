use resilience4rs::retry;

#[retry("settings")]
fn read(path: &str) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}

fn main() {}
