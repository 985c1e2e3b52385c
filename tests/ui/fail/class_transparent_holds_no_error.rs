use resilience4rs::ErrorClass;

#[derive(ErrorClass)]
enum PaymentError {
    #[class(transparent)]
    Declined,
    #[class(transparent)]
    Unclear { charge: u64, card: String },
    #[class(transparent)]
    Unreachable(std::fmt::Error),
}

fn main() {}
