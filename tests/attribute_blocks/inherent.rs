//! Inherent.

use super::*;

struct Client {
    registry: Registry,
    calls: u8,
}

fn client() -> Client {
    Client {
        registry: registry(),
        calls: 0,
    }
}

macro_rules! answer_of_a_macro {
    ($name:ident) => {
        fn $name(&self) -> Answer {
            Ok(self.calls)
        }
    };
}

#[circuit_breaker("client", registry = self.registry)]
impl Client {
    const LIMIT: u8 = { 3 };

    async fn asynchronous(&self, ok: bool) -> Answer {
        let limit = std::future::ready(Self::LIMIT).await;
        if ok { Ok(limit) } else { Err(ApiError::Down) }
    }

    fn plain(&self) -> Result<u8, ApiError> {
        Ok(1)
    }

    pub(super) fn exclusive(&mut self, by: &mut u8) -> super::Answer {
        self.calls += *by;
        *by = 0;
        Ok(self.calls)
    }

    fn opaque(&self) -> impl Future<Output = Answer> + Send + '_ {
        async { Ok(self.calls) }
    }

    fn boxed(&self) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
        Box::pin(async { Ok(self.calls) })
    }

    fn generic<T, const N: usize>(&self, values: [T; N]) -> Answer
    where
        T: Copy + Into<u8>,
    {
        Ok(values.iter().map(|value| (*value).into()).sum())
    }

    fn nothing(&mut self) {
        self.calls += 1;
    }

    fn number(&self) -> u8 {
        self.calls
    }

    fn maybe(&self) -> Option<u8> {
        Some(self.calls)
    }

    fn doubled(self) -> Self {
        Self {
            calls: self.calls * 2,
            ..self
        }
    }

    const fn constant(&self) -> Result<u8, ApiError> {
        Ok(Self::LIMIT)
    }

    #[expect(improper_ctypes_definitions, reason = "nobody calls it from C")]
    extern "C" fn foreign(&self) -> Result<u8, u8> {
        Ok(Self::LIMIT)
    }

    #[cfg(any())]
    fn gone(&self) -> Answer {
        missing()
    }

    #[circuit_breaker(skip)]
    fn skipped(&self) -> Answer {
        Ok(7)
    }

    #[circuit_breaker("own", registry = self.registry)]
    fn own(&self) -> Answer {
        Ok(8)
    }

    #[resilience4rs::circuit_breaker("own", registry = self.registry, fallback = own_backup)]
    fn own_with_fallback(&self) -> Answer {
        Err(ApiError::Down)
    }

    fn own_backup(&self, _: Failure<ApiError>) -> Answer {
        Ok(9)
    }

    answer_of_a_macro!(of_a_macro);
}

async fn guarded(client: &mut Client) -> [Answer; 6] {
    [
        client.asynchronous(true).await,
        client.plain(),
        client.exclusive(&mut 0),
        client.opaque().await,
        client.boxed().await,
        client.generic([1_u8, 2]),
    ]
}

#[tokio::test]
async fn every_method_that_can_fail_is_guarded() {
    let mut client = client();
    let answers = guarded(&mut client).await;
    assert_eq!(answers, [Ok(3), Ok(1), Ok(0), Ok(0), Ok(0), Ok(3)]);
    assert_eq!(counts(&client.registry, "client"), (6, 0));
    assert_eq!(client.asynchronous(false).await, Err(ApiError::Down));
    assert_eq!(counts(&client.registry, "client"), (6, 1));
    open(&client.registry, "client");
    let answers = guarded(&mut client).await;
    assert_eq!(answers, [(); 6].map(|()| rejected("client")));
}

#[test]
fn everything_else_is_left_alone() {
    let mut client = client();
    open(&client.registry, "client");
    client.nothing();
    assert_eq!(client.number(), 1);
    assert_eq!(client.maybe(), Some(1));
    assert_eq!(client.constant(), Ok(3));
    assert_eq!(client.foreign(), Ok(3));
    assert_eq!(client.of_a_macro(), Ok(1));
    assert_eq!(client.doubled().calls, 2);
}

#[test]
fn a_method_is_left_out_by_skip() {
    let client = client();
    open(&client.registry, "client");
    assert_eq!(client.skipped(), Ok(7));
}

#[test]
fn a_method_s_own_attribute_wins() {
    let client = client();
    open(&client.registry, "client");
    assert_eq!(client.own(), Ok(8));
    assert_eq!(client.own_with_fallback(), Ok(9));
    assert_eq!(counts(&client.registry, "own"), (1, 1));
    assert_eq!(counts(&client.registry, "client"), (0, 0));
    open(&client.registry, "own");
    assert_eq!(client.own(), rejected("own"));
}

#[test]
fn a_method_s_fallback_is_not_guarded_itself() {
    let client = client();
    open(&client.registry, "client");
    open(&client.registry, "own");
    assert_eq!(client.own_with_fallback(), Ok(9));
    assert_eq!(client.own_backup(Failure::Call(ApiError::Down)), Ok(9));
}
