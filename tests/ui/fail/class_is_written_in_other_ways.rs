use resilience4rs::ErrorClass;

#[derive(ErrorClass)]
enum PaymentError {
    #[class]
    Declined,
    #[class()]
    Expired,
    #[class = "failure"]
    Unreachable,
    #[class("no_retry")]
    Unclear,
    #[class(ignore = true)]
    Blocked,
    #[class(3)]
    Other,
    #[class(failure no_retry)]
    Last,
}

fn main() {}
