use resilience4rs::{ErrorClass, PolicyError};

#[derive(ErrorClass)]
enum PaymentError {
    #[class(failure, ignore)]
    Declined,
    #[class(no_retry)]
    #[class(retry)]
    Unreachable,
    #[class(failure, failure)]
    Unclear,
    #[class(transparent, no_retry)]
    Policy(PolicyError),
}

fn main() {}
