//! The backend whose methods are annotated one by one.

use std::sync::Arc;
use std::time::Duration;

use resilience4rs::{
    Failure, PolicyError, Registry, bulkhead, circuit_breaker, rate_limiter, retry, time_limiter,
};

use crate::connector::{Answer, Connector};
use crate::error::BackendError;

/// Longer than `slowCallDurationThreshold`, and than the time limit.
const LONG: Duration = Duration::from_secs(3);

/// Java's annotations have no order among themselves; that of the aspects is retry, circuit breaker,
/// rate limiter, time limiter, bulkhead. Here it is as written.
#[derive(Debug)]
pub(crate) struct BackendA {
    registry: Registry,
}

impl Connector for BackendA {
    #[retry("backendA", classify, registry = self.registry)]
    #[circuit_breaker("backendA", classify, registry = self.registry)]
    #[bulkhead("backendA", registry = self.registry)]
    async fn success(&self) -> Answer {
        Ok("hello from backend A".to_owned())
    }

    #[retry("backendA", classify, registry = self.registry)]
    #[circuit_breaker("backendA", classify, registry = self.registry)]
    #[bulkhead("backendA", registry = self.registry)]
    async fn failure(&self) -> Answer {
        Err(BackendError::Remote)
    }

    #[retry("backendA", classify, registry = self.registry)]
    #[circuit_breaker("backendA", classify, registry = self.registry)]
    #[bulkhead("backendA", registry = self.registry)]
    async fn ignore(&self) -> Answer {
        Err(BackendError::Business)
    }

    #[circuit_breaker("backendA", classify, registry = self.registry)]
    #[bulkhead("backendA", registry = self.registry)]
    async fn slow_success(&self) -> Answer {
        self.registry.clock().sleep(LONG).await;
        Ok("hello from backend A, at last".to_owned())
    }

    /// The fallback is on the outermost attribute: further inside, the retry would see no failure.
    #[retry("backendA", classify, registry = self.registry, fallback = answer_instead)]
    #[circuit_breaker("backendA", classify, registry = self.registry)]
    async fn fallback(&self) -> Answer {
        Err(BackendError::Remote)
    }
}

impl BackendA {
    pub(crate) fn new(registry: &Registry) -> Self {
        Self {
            registry: registry.clone(),
        }
    }

    /// Counts as a failure, and is not tried again.
    #[retry("backendA", classify, registry = self.registry)]
    #[circuit_breaker("backendA", classify, registry = self.registry)]
    pub(crate) async fn bad_request(&self) -> Answer {
        Err(BackendError::BadRequest)
    }

    /// Fails twice, and then not: `attempts` is lent to one attempt after the other.
    #[retry("backendA", classify, registry = self.registry)]
    #[circuit_breaker("backendA", classify, registry = self.registry)]
    pub(crate) async fn recovery(&self, attempts: &mut u32) -> Answer {
        *attempts += 1;
        match attempts {
            3.. => Ok(format!("attempt {attempts} went well")),
            _ => Err(BackendError::Remote),
        }
    }

    /// Java's overloads of one fallback, by the type of the exception. What no arm takes, here the
    /// ignored error, goes on to the caller.
    #[circuit_breaker(
        "backendA",
        classify,
        registry = self.registry,
        fallback(
            Failure::Policy(PolicyError::CircuitOpen(_)) => answer_of_yesterday,
            Failure::Call(BackendError::Remote | BackendError::BadRequest) => answer_of_the_other,
        )
    )]
    pub(crate) async fn fallback_by_type(&self, order: &str) -> Answer {
        match order {
            "remote" => Err(BackendError::Remote),
            "bad-request" => Err(BackendError::BadRequest),
            "business" => Err(BackendError::Business),
            _ => Ok(format!("{order} from backend A")),
        }
    }

    #[circuit_breaker("backendA", classify, registry = self.registry)]
    #[time_limiter("backendA", registry = self.registry)]
    pub(crate) async fn timeout(&self) -> Answer {
        self.registry.clock().sleep(LONG).await;
        Ok("nobody waits for this".to_owned())
    }

    #[circuit_breaker("backendA", classify, registry = self.registry, fallback = answer_instead)]
    #[time_limiter("backendA", registry = self.registry)]
    pub(crate) async fn timeout_with_fallback(&self) -> Answer {
        self.registry.clock().sleep(LONG).await;
        Ok("nobody waits for this".to_owned())
    }

    #[rate_limiter("backendA", registry = self.registry)]
    pub(crate) async fn limited(&self) -> Answer {
        Ok("one of three in this second".to_owned())
    }
}

/// The fallbacks: plain methods, as none has anything to await.
#[allow(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "a fallback's signature is that of the method that it answers for"
)]
impl BackendA {
    fn answer_instead(&self, failure: Failure<BackendError>) -> Answer {
        Ok(format!("instead of backend A: {failure}"))
    }

    fn answer_of_yesterday(&self, order: &str, _: BackendError) -> Answer {
        Ok(format!("{order} as of yesterday"))
    }

    fn answer_of_the_other(&self, order: &str, error: BackendError) -> Answer {
        Ok(format!("{order} from another backend, since {error}"))
    }
}

/// A `CompletableFuture` and `type = THREADPOOL`: the call runs on threads of the bulkhead's own and so
/// owns what it needs, `self` included.
impl BackendA {
    #[circuit_breaker("backendA", classify, registry = self.registry)]
    #[time_limiter("backendA", registry = self.registry)]
    #[bulkhead("backendA", kind = "thread_pool", registry = self.registry)]
    pub(crate) async fn future_success(self: Arc<Self>) -> Answer {
        let thread = std::thread::current();
        Ok(format!(
            "hello from {}",
            thread.name().unwrap_or("a thread")
        ))
    }

    #[circuit_breaker("backendA", classify, registry = self.registry)]
    #[time_limiter("backendA", registry = self.registry)]
    #[bulkhead("backendA", kind = "thread_pool", registry = self.registry)]
    pub(crate) async fn future_failure(self: Arc<Self>) -> Answer {
        Err(BackendError::Remote)
    }

    #[circuit_breaker("backendA", classify, registry = self.registry)]
    #[time_limiter("backendA", registry = self.registry)]
    #[bulkhead("backendA", kind = "thread_pool", registry = self.registry)]
    pub(crate) async fn future_timeout(self: Arc<Self>) -> Answer {
        self.registry.clock().sleep(LONG).await;
        Ok("nobody waits for this".to_owned())
    }
}

/// Plain methods, whose callers wait on their threads, also between the attempts.
impl BackendA {
    #[retry("backendA", classify, registry = self.registry)]
    #[circuit_breaker("backendA", classify, registry = self.registry)]
    #[bulkhead("backendA", registry = self.registry)]
    pub(crate) fn blocking_success(&self) -> Answer {
        Ok("hello from backend A, on a thread".to_owned())
    }

    #[retry("backendA", classify, registry = self.registry)]
    #[circuit_breaker("backendA", classify, registry = self.registry)]
    #[bulkhead("backendA", registry = self.registry)]
    pub(crate) fn blocking_failure(&self) -> Answer {
        Err(BackendError::Remote)
    }
}
