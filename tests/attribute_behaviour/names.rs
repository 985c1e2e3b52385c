//! Names.

use super::*;

struct Gateway {
    registry: Registry,
    region: String,
}

impl Gateway {
    #[circuit_breaker(name = format!("{}-{tenant}", self.region), registry = self.registry, failure_rate_threshold = 10)]
    async fn per_tenant(&self, tenant: &str, body: String) -> Result<usize, ApiError> {
        Ok(tenant.len() + body.len())
    }

    #[circuit_breaker(name = host, registry = self.registry, fallback = host_backup)]
    async fn per_host(&self, (host, _port): (String, u16)) -> Result<String, ApiError> {
        Ok(host)
    }

    fn host_backup(&self, host: (String, u16), _: Failure<ApiError>) -> Result<String, ApiError> {
        Ok(format!("{}:{}", host.0, host.1))
    }
}

#[tokio::test]
async fn each_value_of_an_expression_is_an_instance_of_its_own() {
    let gateway = Gateway {
        registry: Registry::new(),
        region: "eu".to_owned(),
    };
    assert_eq!(gateway.per_tenant("a", String::new()).await, Ok(1));
    assert_eq!(gateway.per_tenant("b", "b".to_owned()).await, Ok(2));
    let mut names: Vec<_> = gateway
        .registry
        .circuit_breakers()
        .iter()
        .map(|breaker| breaker.name().to_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["eu-a", "eu-b"]);

    let breaker = gateway.registry.circuit_breaker("eu-a");
    assert!((breaker.config().failure_rate_threshold() - 10.0).abs() < f32::EPSILON);
    breaker.transition_to_open().unwrap();
    assert_eq!(
        gateway.per_tenant("a", String::new()).await,
        Err(ApiError::Rejected)
    );
    assert_eq!(gateway.per_tenant("b", String::new()).await, Ok(1));
}

#[tokio::test]
async fn name_sees_what_a_pattern_takes_apart() {
    let gateway = Gateway {
        registry: Registry::new(),
        region: String::new(),
    };
    assert_eq!(
        gateway.per_host(("a".to_owned(), 80)).await,
        Ok("a".to_owned())
    );
    gateway
        .registry
        .circuit_breaker("a")
        .transition_to_open()
        .unwrap();
    assert_eq!(
        gateway.per_host(("a".to_owned(), 80)).await,
        Ok("a:80".to_owned())
    );
    assert_eq!(
        gateway.per_host(("b".to_owned(), 80)).await,
        Ok("b".to_owned())
    );
}

thread_local! {
    static EVALUATED: Cell<u32> = const { Cell::new(0) };
}

fn evaluated(name: &str) -> &str {
    EVALUATED.set(EVALUATED.get() + 1);
    name
}

#[circuit_breaker(name = evaluated(&name), registry = registry, fallback = consumed_name_backup)]
async fn consumed_name(registry: &Registry, name: String) -> Result<String, ApiError> {
    drop(name);
    Err(ApiError::Down)
}

async fn consumed_name_backup(
    _: &Registry,
    name: String,
    _: Failure<ApiError>,
) -> Result<String, ApiError> {
    Ok(name)
}

#[tokio::test]
async fn name_is_evaluated_once_for_each_call_before_the_body_consumes_its_parts() {
    let registry = Registry::new();
    for calls in 1..=2 {
        let answer = consumed_name(&registry, "a".to_owned()).await;
        assert_eq!(answer, Ok("a".to_owned()));
        assert_eq!(EVALUATED.get(), calls);
    }
    assert_eq!(counts(&registry.circuit_breaker("a")), (0, 2));
}

#[circuit_breaker("shared by two functions")]
fn first() -> Result<u8, ApiError> {
    Ok(1)
}

#[circuit_breaker(name = "shared by two functions")]
fn second() -> Result<u8, ApiError> {
    Err(ApiError::Down)
}

#[test]
fn functions_that_share_a_name_share_the_breaker_of_the_global_registry() {
    assert_eq!(first(), Ok(1));
    assert_eq!(second(), Err(ApiError::Down));
    let breaker = Registry::global().circuit_breaker("shared by two functions");
    assert_eq!(counts(&breaker), (1, 1));
}

mod framework {
    pub(super) use ::resilience4rs as resilience;
}

#[framework::resilience::circuit_breaker("renamed", crate = framework::resilience, registry = registry)]
fn renamed(registry: &Registry) -> Result<u8, ApiError> {
    Ok(1)
}

#[test]
fn facade_can_live_elsewhere() {
    assert_eq!(renamed(&Registry::new()), Ok(1));
}
