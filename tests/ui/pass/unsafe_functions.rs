use resilience4rs::{Failure, PolicyError, circuit_breaker};

/// # Safety
/// `pointer` is valid.
#[circuit_breaker("unsafe")]
unsafe fn read(pointer: *const u8) -> Result<u8, PolicyError> {
    Ok(unsafe { *pointer })
}

/// # Safety
/// `pointer` is valid.
#[circuit_breaker("unsafe async", fallback = zero)]
async unsafe fn read_async(pointer: &*const u8) -> Result<u8, PolicyError> {
    Ok(unsafe { **pointer })
}

fn zero(_: &*const u8, _: Failure<PolicyError>) -> Result<u8, PolicyError> {
    Ok(0)
}

fn main() {
    let byte = 7;
    assert_eq!(unsafe { read(&raw const byte) }, Ok(7));
    let pointer = &raw const byte;
    let mut future = std::pin::pin!(unsafe { read_async(&pointer) });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let answer = std::future::Future::poll(future.as_mut(), &mut context);
    assert_eq!(answer, std::task::Poll::Ready(Ok(7)));
}
