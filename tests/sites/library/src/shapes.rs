//! Functions of many shapes.

use std::future::Future;

use resilience4rs::{Failure, PolicyError, Registry, bulkhead, circuit_breaker, retry};

/// A type.
#[derive(Debug)]
pub struct Client<T> {
    /// Its registry.
    pub registry: Registry,
    /// What it has.
    pub value: T,
}

/// Generic, and so nothing of it is compiled until someone calls it.
#[circuit_breaker("generic")]
pub async fn generic<T, const N: usize>(value: T) -> Result<[T; N], PolicyError>
where
    T: Copy + Send + Sync,
{
    Ok([value; N])
}

#[circuit_breaker("block", initial_state = "METRICS_ONLY")]
impl<T: Clone + Send + Sync> Client<T> {
    /// Guarded by the block alone.
    pub fn first(&self) -> Result<T, PolicyError> {
        Ok(self.value.clone())
    }

    /// Guarded by the block and on its own.
    #[retry(name = self.name(), registry = &self.registry, fallback(Failure::Policy(_) => Self::policy, _ => call))]
    pub async fn second(&self, _: &str) -> Result<T, PolicyError> {
        Ok(self.value.clone())
    }

    /// Left out.
    #[circuit_breaker(skip)]
    pub fn third(&self) -> Result<T, PolicyError> {
        Ok(self.value.clone())
    }

    async fn policy(&self, _: &str, failure: Failure<PolicyError>) -> Result<T, PolicyError> {
        drop(failure);
        Ok(self.value.clone())
    }

    async fn call(&self, _: &str, failure: Failure<PolicyError>) -> Result<T, PolicyError> {
        drop(failure);
        Ok(self.value.clone())
    }
}

impl<T> Client<T> {
    const fn name(&self) -> &'static str {
        "second"
    }
}

/// A trait.
pub trait Source {
    /// A default that nobody has.
    #[bulkhead("default \"method\"", kind = "thread_pool", queue_capacity = 5)]
    fn get(id: u32) -> impl Future<Output = Result<u32, PolicyError>> + Send {
        async move { Ok(id) }
    }
}

macro_rules! guarded {
    ($name:ident) => {
        /// Made by a macro.
        #[circuit_breaker("made")]
        pub fn $name() -> Result<u32, PolicyError> {
            #[circuit_breaker("nested")]
            fn nested() -> Result<u32, PolicyError> {
                Ok(7)
            }
            nested()
        }
    };
}

guarded!(r#made);
