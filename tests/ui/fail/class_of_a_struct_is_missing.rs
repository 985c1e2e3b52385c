use resilience4rs::ErrorClass;

#[derive(ErrorClass)]
struct Unreachable;

#[derive(ErrorClass)]
#[class(crate = resilience4rs)]
struct Declined {
    code: u16,
}

#[derive(ErrorClass)]
union Bits {
    word: u32,
    byte: u8,
}

fn main() {}
