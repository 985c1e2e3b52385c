use resilience4rs::ErrorClass;

#[derive(ErrorClass)]
enum PaymentError {
    #[class(failur)]
    Unreachable,
    #[class(noretry)]
    Unclear,
    #[class(record)]
    Broken,
    #[class(business)]
    Declined,
    #[class(my::ignore)]
    Expired,
}

fn main() {}
