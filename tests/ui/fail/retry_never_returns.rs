use resilience4rs::{retry};

#[retry("quotes")]
async fn listen() -> ! {
    loop {}
}

fn main() {}
