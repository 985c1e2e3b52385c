use resilience4rs::{ErrorClass, PolicyError};

#[derive(ErrorClass)]
#[class(failure)]
enum PaymentError {
    #[class(ignore, crate = resilience4rs)]
    Declined,
    #[class(failure)]
    Unreachable(#[class(no_retry)] PolicyError),
}

fn main() {}
