//! Fallbacks.

use super::*;

#[circuit_breaker("outer", registry = registry, fallback = outer_backup)]
#[circuit_breaker("inner", registry = registry)]
async fn outside(registry: &Registry, text: String) -> Result<String, Down> {
    if text.is_empty() { Err(Down) } else { Ok(text) }
}

async fn outer_backup(_: &Registry, text: String, failure: Failure<Down>) -> Result<String, Down> {
    Ok(match failure {
        Failure::Call(Down) => format!("{text} after an error"),
        Failure::Policy(error) => format!("{text} for {}", rejecting(&error)),
    })
}

#[tokio::test]
async fn an_outer_fallback_catches_every_failure_inside_as_it_is() {
    let registry = registry();
    let call = |text: &str| outside(&registry, text.to_owned());
    assert_eq!(call("a").await, Ok("a".to_owned()));
    assert_eq!(call("").await, Ok(" after an error".to_owned()));
    open(&registry, "inner");
    assert_eq!(call("a").await, Ok("a for inner".to_owned()));
    open(&registry, "outer");
    assert_eq!(call("a").await, Ok("a for outer".to_owned()));
}

#[circuit_breaker("outer", registry = registry)]
#[circuit_breaker("inner", registry = registry, fallback = inner_backup)]
async fn inside(registry: &Registry, text: String) -> Result<String, ApiError> {
    if text.is_empty() {
        Err(ApiError::Down)
    } else {
        Ok(text)
    }
}

fn inner_backup(
    _: &Registry,
    text: String,
    failure: Failure<ApiError>,
) -> Result<String, ApiError> {
    match failure {
        Failure::Call(error) => Err(error),
        Failure::Policy(error) => Ok(format!("{text} for {}", rejecting(&error))),
    }
}

#[tokio::test]
async fn an_inner_fallback_hides_failures_from_the_policies_outside_and_catches_none_of_theirs() {
    let registry = registry();
    let call = |text: &str| inside(&registry, text.to_owned());
    assert_eq!(call("a").await, Ok("a".to_owned()));
    assert_eq!(call("").await, Err(ApiError::Down));
    assert_eq!(counts_of(&registry, "outer"), (1, 1));
    open(&registry, "inner");
    assert_eq!(call("a").await, Ok("a for inner".to_owned()));
    assert_eq!(counts_of(&registry, "outer"), (2, 1));
    open(&registry, "outer");
    assert_eq!(call("a").await, Err(ApiError::Rejected("outer".to_owned())));
}

/// Three policies, each with a fallback, and every kind of argument.
#[circuit_breaker("a", registry = registry, fallback = a)]
#[circuit_breaker("b", registry = registry, fallback = b)]
#[circuit_breaker("c", registry = registry, fallback = c)]
async fn nested(
    registry: &Registry,
    text: String,
    (left, right): (u8, u8),
    mut trail: &mut Vec<char>,
    Counter { count }: &mut Counter,
    _: Vec<u8>,
    _: &mut u8,
) -> Result<String, Down> {
    assert_eq!(left, right);
    *count += 1;
    trail.push('-');
    let mut own = vec!['?'];
    trail = &mut own;
    trail.push('!');
    std::future::ready(()).await;
    drop(text);
    Err(Down)
}

struct Counter {
    count: u8,
}

macro_rules! passing_on {
    ($name:ident, $fails:expr, $asyncness:tt) => {
        passing_on!(@ $name, $fails, $asyncness);
    };
    (@ $name:ident, $fails:expr, [$($asyncness:ident)?]) => {
        #[expect(clippy::too_many_arguments, reason = "those of `nested`")]
        $($asyncness)? fn $name(
            _: &Registry,
            text: String,
            pair: (u8, u8),
            trail: &mut Vec<char>,
            counter: &mut Counter,
            unused: Vec<u8>,
            unused_exclusive: &mut u8,
            failure: Failure<Down>,
        ) -> Result<String, Down> {
            trail.extend(stringify!($name).chars());
            counter.count += pair.0;
            *unused_exclusive += 1;
            assert_eq!(unused, [9]);
            assert_eq!(failure, Failure::Call(Down));
            if $fails { Err(Down) } else { Ok(format!("{text} by {}", stringify!($name))) }
        }
    };
}
passing_on!(a, false, [async]);
passing_on!(b, true, []);
passing_on!(c, true, [async]);

macro_rules! plain_passing_on {
    ($name:ident, $of:ident) => {
        #[expect(clippy::too_many_arguments, reason = "those of `nested`")]
        fn $name(
            registry: &Registry,
            text: String,
            pair: (u8, u8),
            trail: &mut Vec<char>,
            counter: &mut Counter,
            unused: Vec<u8>,
            unused_exclusive: &mut u8,
            failure: Failure<Down>,
        ) -> Result<String, Down> {
            let fallback = pin!(async move {
                $of(
                    registry,
                    text,
                    pair,
                    trail,
                    counter,
                    unused,
                    unused_exclusive,
                    failure,
                )
                .await
            });
            match poll_once(fallback) {
                Poll::Ready(answer) => answer,
                Poll::Pending => panic!("it does not wait"),
            }
        }
    };
}
plain_passing_on!(plain_a, a);
plain_passing_on!(plain_c, c);

#[circuit_breaker("a", registry = registry, fallback = plain_a)]
#[circuit_breaker("b", registry = registry, fallback = b)]
#[circuit_breaker("c", registry = registry, fallback = plain_c)]
fn plain_nested(
    registry: &Registry,
    text: String,
    (left, right): (u8, u8),
    trail: &mut Vec<char>,
    counter: &mut Counter,
    _: Vec<u8>,
    _: &mut u8,
) -> Result<String, Down> {
    assert_eq!(left, right);
    counter.count += 1;
    trail.push('-');
    drop(text);
    Err(Down)
}

#[tokio::test]
async fn fallbacks_at_each_level_answer_from_the_inside_out() {
    let registry = registry();
    let mut trail = Vec::new();
    let mut counter = Counter { count: 0 };
    let mut unused = 0;
    let answer = nested(
        &registry,
        "text".to_owned(),
        (2, 2),
        &mut trail,
        &mut counter,
        vec![9],
        &mut unused,
    );
    assert_eq!(sendable(answer).await, Ok("text by a".to_owned()));
    assert_eq!(trail, ['-', 'c', 'b', 'a']);
    assert_eq!((counter.count, unused), (7, 3));
    for (name, expected) in [("c", (0, 1)), ("b", (0, 1)), ("a", (0, 1))] {
        assert_eq!(counts_of(&registry, name), expected, "{name}");
    }
}

#[test]
fn fallbacks_at_each_level_of_a_plain_function_answer_from_the_inside_out() {
    let registry = registry();
    let mut trail = Vec::new();
    let mut counter = Counter { count: 0 };
    let mut unused = 0;
    let answer = plain_nested(
        &registry,
        "text".to_owned(),
        (2, 2),
        &mut trail,
        &mut counter,
        vec![9],
        &mut unused,
    );
    assert_eq!(answer, Ok("text by a".to_owned()));
    assert_eq!(trail, ['-', 'c', 'b', 'a']);
    assert_eq!((counter.count, unused), (7, 3));
}
