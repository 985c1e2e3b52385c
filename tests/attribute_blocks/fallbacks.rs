//! Fallbacks.

use super::*;

struct Client {
    registry: Registry,
}

#[circuit_breaker("client", registry = self.registry, fallback = backup)]
impl Client {
    async fn slow(&self, id: u8, text: String) -> Answer {
        drop(text);
        Err(if id > 9 {
            ApiError::Down
        } else {
            ApiError::Rejected(String::new())
        })
    }

    async fn backup(&self, id: u8, text: String, failure: Failure<ApiError>) -> Answer {
        match failure {
            Failure::Policy(_) => Ok(id),
            Failure::Call(_) => Ok(u8::try_from(text.len()).unwrap()),
        }
    }

    async fn fast(&self, id: u8, text: String) -> Answer {
        self.slow(id, text).await
    }

    #[circuit_breaker("other", registry = self.registry, fallback = Self::plain_backup)]
    fn plain(&self, _: &str) -> Answer {
        Err(ApiError::Down)
    }

    fn plain_backup(&self, text: &str, _: ApiError) -> Answer {
        Ok(u8::try_from(text.len()).unwrap())
    }
}

#[tokio::test]
async fn a_fallback_answers_for_every_method_and_is_not_guarded_itself() {
    let client = Client {
        registry: registry(),
    };
    assert_eq!(client.slow(4, "abc".to_owned()).await, Ok(3));
    assert_eq!(client.fast(4, "abcd".to_owned()).await, Ok(4));
    assert_eq!(client.plain("ab"), Ok(2));
    assert_eq!(counts(&client.registry, "client"), (1, 2));
    open(&client.registry, "client");
    assert_eq!(client.slow(4, "abc".to_owned()).await, Ok(4));
    assert_eq!(client.fast(5, "abc".to_owned()).await, Ok(5));
}
