use resilience4rs::{ErrorClass, PolicyError};

#[derive(ErrorClass)]
enum PaymentError {
    #[class(ignore)]
    Declined,
    /// The provider could not be reached.
    Unreachable(std::fmt::Error),
    Unclear {
        charge: u64,
    },
    Policy(PolicyError),
}

fn main() {}
