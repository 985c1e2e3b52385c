//! Methods.

use super::*;

#[derive(Clone)]
struct Service {
    registry: Arc<Registry>,
    calls: u32,
    answer: Result<u8, ApiError>,
}

impl Service {
    fn new(answer: Result<u8, ApiError>) -> Self {
        Self {
            registry: Arc::new(registry()),
            calls: 0,
            answer,
        }
    }

    #[circuit_breaker("shared", registry = self.registry, fallback = backup)]
    async fn shared(&self, id: u8) -> Result<u8, ApiError> {
        Ok(self.answer.clone()? + id)
    }

    async fn backup(&self, id: u8, failure: Failure<ApiError>) -> Result<u8, ApiError> {
        match failure {
            Failure::Policy(_) => Ok(id + 100),
            Failure::Call(_) => Ok(id + 200),
        }
    }

    #[circuit_breaker("shared plain", registry = &self.registry, fallback = Self::plain_backup)]
    fn shared_plain(&self, id: u8) -> Result<u8, ApiError> {
        Ok(self.answer.clone()? + id)
    }

    fn plain_backup(&self, id: u8, error: ApiError) -> Result<u8, ApiError> {
        if error == ApiError::Down {
            Ok(id + 200)
        } else {
            Ok(id + 100)
        }
    }

    #[circuit_breaker("exclusive", registry = self.registry, fallback = exclusive_backup)]
    async fn exclusive(&mut self, id: u8, text: String) -> Result<usize, ApiError> {
        self.calls += 1;
        let id = self.answer.clone()? + id;
        Ok(usize::from(id) + text.len())
    }

    async fn exclusive_backup(
        &mut self,
        id: u8,
        text: String,
        _: Failure<ApiError>,
    ) -> Result<usize, ApiError> {
        self.calls += 10;
        Ok(usize::from(id) + text.len() + 100)
    }

    #[circuit_breaker("exclusive plain", registry = self.registry, fallback = exclusive_plain_backup)]
    fn exclusive_plain(&mut self, text: String) -> Result<String, ApiError> {
        self.calls += 1;
        self.answer.clone()?;
        Ok(text)
    }

    fn exclusive_plain_backup(
        &mut self,
        text: String,
        _: Failure<ApiError>,
    ) -> Result<String, ApiError> {
        self.calls += 10;
        Ok(text + "?")
    }

    #[circuit_breaker("exclusive without fallback", registry = self.registry)]
    async fn exclusive_without_fallback(&mut self) -> Result<&mut u32, ApiError> {
        self.calls += 1;
        Ok(&mut self.calls)
    }

    #[circuit_breaker("owned", registry = self.registry, fallback = owned_backup)]
    async fn owned(self) -> Result<Self, ApiError> {
        self.answer.clone()?;
        Ok(self)
    }

    fn owned_backup(mut self, _: Failure<ApiError>) -> Result<Self, ApiError> {
        self.calls = 99;
        Ok(self)
    }

    #[circuit_breaker("arc", registry = self.registry, fallback = arc_backup)]
    async fn arc(self: Arc<Self>) -> Result<u8, ApiError> {
        let this = self;
        this.answer.clone()
    }

    fn arc_backup(self: Arc<Self>, _: Failure<ApiError>) -> Result<u8, ApiError> {
        Ok(u8::try_from(self.calls).unwrap() + 7)
    }

    #[circuit_breaker("pinned", registry = self.registry, fallback = pinned_backup)]
    async fn pinned(mut self: Pin<&mut Self>) -> Result<u8, ApiError> {
        self.as_mut().calls += 1;
        self.answer.clone()
    }

    fn pinned_backup(self: Pin<&mut Self>, _: Failure<ApiError>) -> Result<u8, ApiError> {
        Ok(u8::try_from(self.calls).unwrap() + 7)
    }

    #[circuit_breaker("pinned", registry = self.registry)]
    async fn pinned_without_fallback(self: Pin<&mut Self>) -> Result<u8, ApiError> {
        let this = self.get_mut();
        this.calls += 1;
        this.answer.clone()
    }

    #[circuit_breaker("boxed", registry = self.registry)]
    async fn boxed(self: Box<Self>) -> Result<u8, ApiError> {
        self.answer
    }

    #[expect(clippy::needless_arbitrary_self_type, reason = "the shape under test")]
    #[circuit_breaker("typed", registry = self.registry, fallback = typed_backup)]
    async fn typed(self: &Self) -> Result<u8, ApiError> {
        self.answer.clone()
    }

    fn typed_backup(&self, _: Failure<ApiError>) -> Result<u8, ApiError> {
        Ok(1)
    }

    #[circuit_breaker("associated", registry = registry, fallback = Self::associated_backup)]
    async fn associated(registry: &Registry) -> Result<Self, ApiError> {
        Err(ApiError::Down)
    }

    async fn associated_backup(_: &Registry, _: Failure<ApiError>) -> Result<Self, ApiError> {
        Ok(Self::new(Ok(1)))
    }

    #[circuit_breaker("elided", registry = self.registry, fallback = elided_backup)]
    fn elided(&self, prefix: Cow<'_, str>) -> Result<&Registry, ApiError> {
        if prefix.is_empty() {
            return Err(ApiError::Down);
        }
        Ok(&self.registry)
    }

    #[circuit_breaker("elided", registry = self.registry, fallback = elided_backup)]
    async fn elided_async(&self, prefix: Cow<'_, str>) -> Result<&Registry, ApiError> {
        tokio::task::yield_now().await;
        self.elided(prefix)
    }

    fn elided_backup(
        &self,
        _prefix: Cow<'_, str>,
        _: Failure<ApiError>,
    ) -> Result<&Registry, ApiError> {
        Ok(&self.registry)
    }

    #[circuit_breaker("opaque value", registry = self.registry, fallback = opaque_backup)]
    async fn opaque(&self) -> Result<impl Display + use<>, ApiError> {
        Err::<String, _>(ApiError::Down)
    }

    #[circuit_breaker("opaque value", registry = self.registry, fallback = opaque_backup)]
    fn opaque_plain(&self) -> Result<impl Display + use<>, ApiError> {
        Err::<String, _>(ApiError::Down)
    }

    fn opaque_backup(&self, _: Failure<ApiError>) -> Result<String, ApiError> {
        Ok("backup".to_owned())
    }

    #[circuit_breaker("free fallback", registry = self.registry, fallback = self::free_backup)]
    async fn with_free_fallback(&self, id: u8) -> Result<u8, ApiError> {
        Ok(self.answer.clone()? + id)
    }
}

async fn free_backup(id: u8, _: Failure<ApiError>) -> Result<u8, ApiError> {
    Ok(id + 50)
}

#[tokio::test]
async fn shared_receiver_goes_to_body_and_fallback() {
    let healthy = Service::new(Ok(1));
    assert_eq!(sendable(healthy.shared(1)).await, Ok(2));
    assert_eq!(healthy.shared_plain(1), Ok(2));
    open(&healthy.registry, "shared");
    open(&healthy.registry, "shared plain");
    assert_eq!(healthy.shared(1).await, Ok(101));
    assert_eq!(healthy.shared_plain(1), Ok(101));

    let down = Service::new(Err(ApiError::Down));
    assert_eq!(down.shared(1).await, Ok(201));
    assert_eq!(down.shared_plain(1), Ok(201));
}

#[tokio::test]
async fn exclusive_receiver_goes_to_the_fallback_after_the_body() {
    let mut down = Service::new(Err(ApiError::Down));
    assert_eq!(sendable(down.exclusive(1, "ab".to_owned())).await, Ok(103));
    assert_eq!(down.calls, 11);
    assert_eq!(down.exclusive_plain("ab".to_owned()), Ok("ab?".to_owned()));
    assert_eq!(down.calls, 22);
    assert_eq!(
        down.exclusive_without_fallback().await.map(|calls| *calls),
        Ok(23)
    );

    let mut healthy = Service::new(Ok(1));
    assert_eq!(healthy.exclusive(1, "ab".to_owned()).await, Ok(4));
    open(&healthy.registry, "exclusive");
    assert_eq!(healthy.exclusive(1, "ab".to_owned()).await, Ok(103));
    assert_eq!(healthy.calls, 11);
}

#[tokio::test]
async fn receivers_by_value_are_cloned_for_the_fallback() {
    assert_eq!(Service::new(Ok(1)).owned().await.unwrap().calls, 0);
    assert_eq!(
        Service::new(Err(ApiError::Down))
            .owned()
            .await
            .unwrap()
            .calls,
        99
    );
    assert_eq!(Arc::new(Service::new(Ok(1))).arc().await, Ok(1));
    assert_eq!(
        Arc::new(Service::new(Err(ApiError::Down))).arc().await,
        Ok(7)
    );
}

#[tokio::test]
async fn pinned_boxed_and_spelled_out_receivers_are_taken() {
    let mut down = Service::new(Err(ApiError::Down));
    assert_eq!(Pin::new(&mut down).pinned().await, Ok(8));
    assert_eq!(
        Pin::new(&mut down).pinned_without_fallback().await,
        Err(ApiError::Down)
    );
    assert_eq!(Box::new(Service::new(Ok(5))).boxed().await, Ok(5));
    assert_eq!(down.typed().await, Ok(1));
}

#[tokio::test]
async fn associated_functions_and_free_fallbacks_get_no_receiver() {
    assert!(Service::associated(&registry()).await.is_ok());
    let down = Service::new(Err(ApiError::Down));
    assert_eq!(down.with_free_fallback(1).await, Ok(51));
}

#[tokio::test]
async fn elided_and_opaque_results_come_from_body_and_fallback() {
    let service = Service::new(Ok(1));
    for prefix in ["", "a"] {
        let registry = service.elided(prefix.into()).unwrap();
        assert!(std::ptr::eq(registry, Arc::as_ptr(&service.registry)));
        let registry = sendable(service.elided_async(prefix.into())).await.unwrap();
        assert!(std::ptr::eq(registry, Arc::as_ptr(&service.registry)));
    }
    assert_eq!(service.opaque().await.unwrap().to_string(), "backup");
    assert_eq!(service.opaque_plain().unwrap().to_string(), "backup");
}

struct Cache<T> {
    registry: Registry,
    value: T,
}

impl<T: Clone + Sync> Cache<T> {
    #[circuit_breaker("generic impl", registry = self.registry, fallback = stale)]
    async fn get<K>(&self, key: K) -> Result<(String, T), ApiError>
    where
        K: Clone + Display,
    {
        Ok((key.to_string(), self.value.clone()))
    }

    async fn stale<K: Display>(
        &self,
        key: K,
        _: Failure<ApiError>,
    ) -> Result<(String, T), ApiError> {
        Ok((format!("stale {key}"), self.value.clone()))
    }
}

#[tokio::test]
async fn methods_of_generic_types_reach_their_fallback() {
    let cache = Cache {
        registry: registry(),
        value: 1,
    };
    assert_eq!(cache.get("a").await, Ok(("a".to_owned(), 1)));
    open(&cache.registry, "generic impl");
    assert_eq!(cache.get("a").await, Ok(("stale a".to_owned(), 1)));
}
