//! The backend whose class is annotated, and one method that is guarded without attributes.

use std::time::Duration;

use resilience4rs::{
    Bulkhead, CircuitBreaker, Failure, Registry, Retry, circuit_breaker, rate_limiter, retry,
};

use crate::connector::{Answer, Connector};
use crate::error::BackendError;

const LONG: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(crate) struct BackendB {
    registry: Registry,
    retry: Retry,
    breaker: CircuitBreaker,
    bulkhead: Bulkhead,
}

/// An annotation of the class: each method has it.
#[retry("backendB", classify, registry = self.registry)]
#[circuit_breaker("backendB", classify, registry = self.registry)]
impl Connector for BackendB {
    async fn success(&self) -> Answer {
        Ok("hello from backend B".to_owned())
    }

    async fn failure(&self) -> Answer {
        Err(BackendError::Remote)
    }

    async fn ignore(&self) -> Answer {
        Err(BackendError::Business)
    }

    async fn slow_success(&self) -> Answer {
        self.registry.clock().sleep(LONG).await;
        Ok("hello from backend B, at last".to_owned())
    }

    /// A method's own annotation wins over the class's of its kind. What is left of the class's stands
    /// above the method's, so the breaker is repeated here: the retry is to stay outside of it.
    #[retry("backendB", classify, registry = self.registry, fallback = answer_instead)]
    #[circuit_breaker("backendB", classify, registry = self.registry)]
    async fn fallback(&self) -> Answer {
        Err(BackendError::Remote)
    }
}

impl BackendB {
    pub(crate) fn new(registry: &Registry) -> Self {
        Self {
            registry: registry.clone(),
            retry: registry.retry("backendB"),
            breaker: registry.circuit_breaker("backendB"),
            bulkhead: registry.bulkhead("backendB"),
        }
    }

    #[allow(
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "a fallback's signature is that of the method that it answers for"
    )]
    fn answer_instead(&self, failure: Failure<BackendError>) -> Answer {
        Ok(format!("instead of backend B: {failure}"))
    }

    /// Who finds no permit waits for one.
    #[rate_limiter("backendB", registry = self.registry)]
    pub(crate) async fn limited(&self) -> Answer {
        Ok("one of two in this half second".to_owned())
    }

    /// `Decorators.ofSupplier(..)`: the instances that the attributes have, put together by hand.
    pub(crate) async fn decorated(&self) -> Answer {
        let call = async || Err(BackendError::Remote);
        let attempt = || self.breaker.call(self.bulkhead.call(call()));
        match self.retry.call(attempt).await {
            Ok(answer) => Ok(answer),
            Err(failure) => Ok(format!("decorated: {failure}")),
        }
    }
}
