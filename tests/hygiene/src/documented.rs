//! Public functions: what the expansion adds needs no documentation, and `rustdoc` sees the rest.

use resilience4rs::{Failure, PolicyError, Registry, circuit_breaker};

/// An error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// The other side is down.
    Down,
    /// The call was not let through.
    Rejected(PolicyError),
}

impl From<PolicyError> for ApiError {
    fn from(error: PolicyError) -> Self {
        Self::Rejected(error)
    }
}

/// A service.
#[derive(Debug, Clone, Copy, Default)]
pub struct Service {
    calls: u32,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its number.
    pub id: u32,
    /// Its text.
    pub text: String,
}

impl Service {
    /// Answers.
    ///
    /// # Errors
    /// When the other side is down.
    #[circuit_breaker("documented", ignore_errors(ApiError::Rejected(_)), fallback = backup)]
    pub async fn answer(
        &self,
        request: Request,
        (left, right): (u32, u32),
    ) -> Result<u32, ApiError> {
        use std::convert::identity;

        const LIMIT: u32 = 10;
        std::future::ready(()).await;
        if request.id > LIMIT {
            return Err(ApiError::Down);
        }
        Ok(identity(request.id) + left + right + self.calls)
    }

    async fn backup(
        &self,
        request: Request,
        (left, _): (u32, u32),
        failure: Failure<ApiError>,
    ) -> Result<u32, ApiError> {
        std::future::ready(()).await;
        match failure {
            Failure::Call(ApiError::Down) => Ok(left + request.id),
            other => Err(other.into_call()),
        }
    }

    /// Counts.
    ///
    /// # Errors
    /// Never.
    #[circuit_breaker("documented", fallback = count_backup)]
    pub async fn count(&mut self, by: u32, names: Vec<String>) -> Result<u32, ApiError> {
        std::future::ready(()).await;
        self.calls += by + u32::try_from(names.len()).unwrap_or(0);
        Ok(self.calls)
    }

    #[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
    fn count_backup(
        &mut self,
        by: u32,
        _: Vec<String>,
        _: Failure<ApiError>,
    ) -> Result<u32, ApiError> {
        self.calls += by;
        Ok(self.calls)
    }

    /// Fills.
    ///
    /// # Errors
    /// Never.
    #[circuit_breaker("documented", fallback = fill_backup)]
    pub async fn fill(self, buffer: &mut Vec<u32>, mut next: u32) -> Result<usize, ApiError> {
        std::future::ready(()).await;
        next += self.calls;
        buffer.push(next);
        Ok(buffer.len())
    }

    #[expect(
        clippy::unnecessary_wraps,
        clippy::unused_self,
        reason = "the signature of its function"
    )]
    fn fill_backup(self, buffer: &mut Vec<u32>, next: u32, _: ApiError) -> Result<usize, ApiError> {
        buffer.push(next);
        Ok(buffer.len())
    }

    /// Takes its name from its arguments.
    ///
    /// # Errors
    /// Never.
    #[circuit_breaker(name = format!("documented {tenant}"), registry = registry, record_errors(ApiError::Down))]
    pub fn per_tenant(registry: &Registry, tenant: &str) -> Result<usize, ApiError> {
        Ok(tenant.len())
    }

    /// Returns a future.
    ///
    /// # Errors
    /// Never.
    #[circuit_breaker("documented")]
    pub fn future(&self) -> impl Future<Output = Result<u32, ApiError>> + Send + use<> {
        let calls = self.calls;
        async move { Ok(calls) }
    }

    /// Returns a boxed future.
    #[circuit_breaker("documented", fallback = boxed_backup)]
    pub fn boxed(
        &self,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, ApiError>> + Send + '_>> {
        Box::pin(async move { Ok(self.calls) })
    }

    #[expect(
        clippy::unnecessary_wraps,
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature of its function"
    )]
    fn boxed_backup(&self, _: Failure<ApiError>) -> Result<u32, ApiError> {
        Ok(self.calls)
    }
}

/// A service that is guarded as a whole.
#[derive(Debug, Clone, Copy, Default)]
pub struct Whole {
    calls: u32,
}

#[circuit_breaker("documented", fallback = backup)]
#[circuit_breaker(name = "documented inside", ignore_errors(ApiError::Rejected(_)))]
impl Whole {
    /// Answers.
    ///
    /// # Errors
    /// When the other side is down.
    pub async fn answer(&self, request: Request, into: &mut Vec<u32>) -> Result<u32, ApiError> {
        std::future::ready(()).await;
        into.push(request.id);
        Ok(self.calls)
    }

    #[expect(
        clippy::unnecessary_wraps,
        clippy::needless_pass_by_value,
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature of its function"
    )]
    fn backup(
        &self,
        request: Request,
        into: &mut Vec<u32>,
        _: Failure<ApiError>,
    ) -> Result<u32, ApiError> {
        into.push(request.id);
        Ok(self.calls)
    }

    /// Counts, each policy with a fallback of its own.
    ///
    /// # Errors
    /// Never.
    #[circuit_breaker("documented", fallback = count_backup)]
    #[circuit_breaker("documented inside", fallback = Self::count_backup)]
    pub async fn count(&mut self, mut by: u32, (left, _): (u32, u32)) -> Result<u32, ApiError> {
        std::future::ready(()).await;
        by += left;
        self.calls += by;
        Ok(self.calls)
    }

    #[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
    fn count_backup(&mut self, by: u32, _: (u32, u32), _: ApiError) -> Result<u32, ApiError> {
        self.calls += by;
        Ok(self.calls)
    }

    /// How many calls there were.
    #[must_use]
    pub const fn calls(&self) -> u32 {
        self.calls
    }
}

/// Returns what it borrows.
///
/// # Errors
/// Never.
#[circuit_breaker("documented", fallback = first_backup)]
pub fn first<'text>(text: &'text str, separator: &str) -> Result<&'text str, ApiError> {
    text.split(separator).next().ok_or(ApiError::Down)
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of its function")]
fn first_backup<'text>(
    text: &'text str,
    _separator: &str,
    _: Failure<ApiError>,
) -> Result<&'text str, ApiError> {
    Ok(text)
}

trait IntoCall {
    fn into_call(self) -> ApiError;
}

impl IntoCall for Failure<ApiError> {
    fn into_call(self) -> ApiError {
        match self {
            Self::Policy(error) => ApiError::Rejected(error),
            Self::Call(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_function_runs() {
        let mut service = Service::default();
        let request = |id| Request {
            id,
            text: String::new(),
        };
        assert_eq!(service.answer(request(1), (2, 3)).await, Ok(6));
        assert_eq!(service.answer(request(11), (2, 3)).await, Ok(13));
        assert_eq!(service.count(2, vec![String::new()]).await, Ok(3));
        let mut buffer = Vec::new();
        assert_eq!(service.fill(&mut buffer, 1).await, Ok(1));
        assert_eq!(buffer, [4]);
        assert_eq!(Service::per_tenant(&Registry::new(), "abc"), Ok(3));
        assert_eq!(service.future().await, Ok(3));
        assert_eq!(service.boxed().await, Ok(3));
        assert_eq!(first("a b", " "), Ok("a"));
        let mut whole = Whole::default();
        assert_eq!(whole.count(1, (2, 0)).await, Ok(3));
        assert_eq!(whole.answer(request(5), &mut buffer).await, Ok(3));
        assert_eq!((whole.calls(), buffer), (3, vec![4, 5]));
    }
}
