//! The attributes of resilience4rs. Use them through the facade crate `resilience4rs`.
//!
//! An attribute is read in four steps, each a module: `options` and `function` parse and check
//! what the user wrote, independently of each other, so that everything that is wrong is reported
//! at once; `expand` turns the result into tokens and cannot fail. `policy` holds what the
//! attributes differ in. The first attribute of an item that expands takes the others with it:
//! `stack` gathers them, and `block` hands those of an `impl` block to its methods.

mod block;
mod check;
mod expand;
mod function;
mod guard;
mod item;
mod options;
mod policy;
#[cfg(test)]
mod robustness;
mod settings;
mod span;
mod stack;

use crate::policy::{BULKHEAD, CIRCUIT_BREAKER, RATE_LIMITER, RETRY, TIME_LIMITER};

/// Guards a function, a method or a whole `impl` block with a circuit breaker.
///
/// The breaker watches the calls. Once too many of them fail or are slow it opens: for a while calls
/// are answered by the `fallback`, or by an error, and the dependency is left alone. After the wait
/// a few calls probe it, and the breaker closes or opens again by how they fare.
///
/// ```
/// use resilience4rs::{Failure, PolicyError, circuit_breaker};
///
/// #[derive(Debug)]
/// enum PaymentError {
///     Declined,
///     Unreachable,
///     Policy(PolicyError),
/// }
///
/// impl From<PolicyError> for PaymentError {
///     fn from(error: PolicyError) -> Self {
///         Self::Policy(error)
///     }
/// }
///
/// struct PaymentService;
///
/// impl PaymentService {
///     #[circuit_breaker(
///         "payments",
///         failure_rate_threshold = 50,
///         wait_duration_in_open_state = "30s",
///         ignore_errors(PaymentError::Declined),
///         fallback = queue
///     )]
///     async fn pay(&self, cents: u64) -> Result<String, PaymentError> {
///         Err(PaymentError::Unreachable)
///     }
///
///     async fn queue(
///         &self,
///         cents: u64,
///         failure: Failure<PaymentError>,
///     ) -> Result<String, PaymentError> {
///         match failure {
///             Failure::Call(PaymentError::Declined) => Err(PaymentError::Declined),
///             _ => Ok(format!("{cents} cents queued")),
///         }
///     }
/// }
/// # let paid = tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(PaymentService.pay(5));
/// # assert_eq!(paid.unwrap(), "5 cents queued");
/// ```
///
/// # The function
///
/// Free or associated, a method with any receiver, async or plain, or one that returns
/// `impl Future` or `Pin<Box<dyn Future>>` (an `#[async_trait]` method is one of these). It returns a
/// `Result`, under any alias, or another type that implements `Outcome`; with a fallback it may also
/// return a value that says nothing of failure, see below. An `Err` counts as a failure, a panic too;
/// a future that is dropped before it is done gives its permit back and counts as neither, unless it
/// was slow by then or `cancelled_calls` says otherwise.
///
/// What a function does before it returns its future is not part of the call: it is done when the
/// breaker is open, too, and a panic there counts as nothing. Only the future is guarded.
///
/// # A whole `impl` block
///
/// The attribute on a block, inherent or of a trait, guards every function in it that returns a
/// `Result`, or what may be one. Left as they are: what returns nothing, `Self` or a type that is known
/// to be no `Result` (`bool`, `String`, `Option<T>`, `&T`, …), a `const fn`, an `extern fn`, functions
/// that a macro makes, and the methods of the block that serve as fallbacks. `#[circuit_breaker(skip)]`
/// leaves a method out, and a method's own `#[circuit_breaker(..)]` takes the place of the block's.
/// The `fallback` of a block answers for each of its methods and has to fit them all; what cannot fail
/// is guarded by an attribute of its own.
///
/// ```
/// use resilience4rs::{PolicyError, Registry, circuit_breaker};
///
/// struct Stock;
///
/// #[circuit_breaker("stock", sliding_window_size = 20)]
/// impl Stock {
///     async fn count(&self, item: u64) -> Result<u32, PolicyError> {
///         Ok(7)
///     }
///
///     fn reserve(&self, item: u64) -> Result<(), PolicyError> {
///         Ok(())
///     }
///
///     #[circuit_breaker("warehouse")]
///     fn order(&self, item: u64) -> Result<(), PolicyError> {
///         Ok(())
///     }
///
///     #[circuit_breaker(skip)]
///     fn parse(&self, item: &str) -> Result<u64, std::num::ParseIntError> {
///         item.parse()
///     }
///
///     fn name(&self) -> &'static str {
///         "stock"
///     }
/// }
///
/// Registry::global().circuit_breaker("stock").transition_to_open()?;
/// assert!(Stock.reserve(1).is_err());
/// assert!(Stock.order(1).is_ok());
/// assert!(Stock.parse("1").is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Several attributes
///
/// They apply as written, the first one outermost: it is asked first and hears of the outcome last.
/// A call that an inner breaker rejects is a failure for the outer one, whatever the outer one's
/// patterns say, since it is not the function's own error yet. A fallback catches what leaves its own
/// attribute, the failures of the attributes below included, and hides them from those above. What
/// none of several fallbacks takes goes on outwards as the function's own error. Around a function
/// that cannot fail the first attribute needs a fallback, those below may leave the answer to it. One
/// breaker cannot guard a function twice; names that are expressions are not compared.
///
/// Other attributes, such as `#[tracing::instrument]`, may stand between. They see the function as
/// it is when all of ours have been applied, so one above the first of ours sees the calls, and any
/// below it sees them as well. An attribute that is imported under another name is not recognised:
/// write `resilience4rs::circuit_breaker`, or the crate's own alias, but not `use .. as breaker`.
///
/// ```
/// use resilience4rs::{Failure, PolicyError, circuit_breaker};
///
/// # struct Unreachable;
/// /// A breaker for each host, inside one for the whole provider.
/// #[circuit_breaker("provider", fallback = cached)]
/// #[circuit_breaker(name = host)]
/// fn fetch(host: &str) -> Result<String, Unreachable> {
///     Err(Unreachable)
/// }
///
/// /// Gets the failures of both breakers, and those of the call.
/// fn cached(host: &str, failure: Failure<Unreachable>) -> Result<String, Unreachable> {
///     Ok(match failure {
///         Failure::Policy(PolicyError::CircuitOpen(open)) => format!("{} is down", open.name),
///         _ => format!("{host} did not answer"),
///     })
/// }
///
/// # use resilience4rs::Registry;
/// assert!(matches!(fetch("a.example"), Ok(answer) if answer == "a.example did not answer"));
/// Registry::global().circuit_breaker("a.example").transition_to_open().unwrap();
/// assert!(matches!(fetch("a.example"), Ok(answer) if answer == "a.example is down"));
/// ```
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `"name"` or `name = "…"` | The instance. Functions that give the same name share one breaker. It is looked up at the first call and kept. |
/// | `name = <expression>` | Anything that is `AsRef<str>`, evaluated for each call: `name = host` is a breaker for each host. It sees `self` and the arguments. |
/// | `registry = <expression>` | A `&Registry`, or what derefs to one, in place of the global registry. It sees `self` and the arguments, and is looked up for each call. |
/// | `fallback = path` | The function that answers when the call fails or is not let through; see below. |
/// | `fallback(PATTERN => path, …)` | Several of them, chosen by the failure; see below. |
/// | `plain` | The function returns a type of your own that is no `Result`: every call that completes is a success. |
/// | `ignore_errors(PATTERN)` | Errors that count neither as success nor as failure. |
/// | `record_errors(PATTERN)` | Errors that count as failures; all others then count as successes, unless they are ignored. |
/// | `record_result(PATTERN)` | `Ok` values that count as failures. The caller still gets them. |
/// | `crate = path` | Where the expansion finds resilience4rs, if not at `::resilience4rs`; one attribute of several says it for all. |
/// | `skip` | On a method of an annotated block, and alone: the block's attribute leaves it out. |
///
/// A pattern is matched against a reference to the function's own error or value, and may have a
/// guard: `ignore_errors(ApiError::Status(code) if *code < 500)`. Join several with `|`. Ignoring
/// wins over recording.
///
/// # Settings
///
/// They hold when the attribute's call is the first to ask for the instance; an instance that is
/// already in the registry keeps its own. Values are literals and are checked when compiling.
/// Durations are text with a unit: `"500ms"`, `"30s"`, `"1m 30s"`, or ISO 8601, `"PT30S"`.
///
/// | setting | value | default |
/// |---|---|---|
/// | `failure_rate_threshold` | percent, above 0 up to 100 | 50 |
/// | `slow_call_rate_threshold` | percent, above 0 up to 100 | 100 |
/// | `slow_call_duration_threshold` | duration, at least 1 ns | `"60s"` |
/// | `minimum_number_of_calls` | calls, at least 1 | 100 |
/// | `sliding_window_type` | `"COUNT_BASED"` or `"TIME_BASED"` | `"COUNT_BASED"` |
/// | `sliding_window_size` | 1 to 262143 calls, or 1 to 86400 seconds | 100 |
/// | `wait_duration_in_open_state` | duration, at least 1 ms | `"60s"` |
/// | `enable_exponential_backoff` | `true` or `false` | `false` |
/// | `exponential_backoff_multiplier` | factor, at least 1 | 1.5 |
/// | `exponential_max_wait_duration_in_open_state` | duration, at least 1 ms | no limit |
/// | `enable_randomized_wait` | `true` or `false`; not with exponential backoff | `false` |
/// | `randomized_wait_factor` | factor, 0 to 1 | 0.5 |
/// | `automatic_transition_from_open_to_half_open_enabled` | `true` or `false` | `false` |
/// | `permitted_number_of_calls_in_half_open_state` | calls, 1 to 262143 | 10 |
/// | `max_wait_duration_in_half_open_state` | duration, `"0s"` for no limit | `"0s"` |
/// | `transition_to_state_after_wait_duration` | `"OPEN"` or `"CLOSED"` | `"OPEN"` |
/// | `initial_state` | `"CLOSED"`, `"OPEN"`, `"HALF_OPEN"`, `"FORCED_OPEN"`, `"DISABLED"` or `"METRICS_ONLY"` | `"CLOSED"` |
/// | `cancelled_calls` | `"ignore"` or `"failure"` | `"ignore"` |
///
/// A setting that another one leaves without effect draws a warning: `minimum_number_of_calls` above
/// a count-based window, `exponential_*` without `enable_exponential_backoff`, a limit of the
/// exponential wait below the wait itself, `randomized_wait_factor` without
/// `enable_randomized_wait`, `transition_to_state_after_wait_duration` without
/// `max_wait_duration_in_half_open_state`. It comes as the lint `deprecated`, the one that a macro
/// can reach: `#[allow(deprecated)]` on the function or block silences it.
///
/// # Fallbacks
///
/// A fallback takes the arguments of its function, then the failure, and returns the same type. An
/// async function takes an async or a plain fallback, a plain function a plain one.
///
/// - The failure is a `Failure<E>`, where `E` is the function's error: `Failure::Policy` when the
///   call was not let through, `Failure::Call` with the function's own error. If
///   `E: From<PolicyError>`, the fallback can take `E` itself instead. Its type is written out; a
///   generic parameter cannot be told from the call.
/// - On a method with a receiver, `fallback = backup` means `Self::backup`, which gets the receiver;
///   `Self::backup` and `<Self as Trait>::backup` get it as well. Any other path is a function
///   without a receiver: name a free function `self::backup`.
/// - On a function without a receiver, `fallback = backup` is the function of that name, and
///   `Self::backup` an associated one.
/// - Arguments by reference are handed on. Those by value are cloned for each call, since the body
///   may consume them: keep large ones behind a reference or in an `Arc`. `&mut` arguments, and
///   `&mut self`, go to the body first and then to the fallback.
///
/// ```
/// use resilience4rs::{PolicyError, circuit_breaker};
///
/// #[circuit_breaker("settings file", fallback = defaults)]
/// fn load(path: &str, lines: &mut Vec<String>) -> Result<usize, LoadError> {
///     lines.extend(std::fs::read_to_string(path)?.lines().map(str::to_owned));
///     Ok(lines.len())
/// }
///
/// fn defaults(_path: &str, lines: &mut Vec<String>, _: LoadError) -> Result<usize, LoadError> {
///     lines.push("color = auto".to_owned());
///     Ok(lines.len())
/// }
///
/// #[derive(Debug)]
/// enum LoadError {
///     Io(std::io::Error),
///     Policy(PolicyError),
/// }
/// # impl From<std::io::Error> for LoadError { fn from(error: std::io::Error) -> Self { Self::Io(error) } }
/// # impl From<PolicyError> for LoadError { fn from(error: PolicyError) -> Self { Self::Policy(error) } }
///
/// assert_eq!(load("/does/not/exist", &mut Vec::new()).unwrap(), 1);
/// ```
///
/// # Several fallbacks
///
/// Patterns over `Failure<E>`, each with the path of a function, choose who answers. They are
/// matched against a reference, may have a guard, and the first that matches wins. A failure that
/// none matches goes on to the caller; so must a rejection, in an error with `From<PolicyError>`,
/// unless an arm `Failure::Policy(_)` or `_` answers it. The compiler reports an arm that can never
/// be reached.
///
/// ```
/// use resilience4rs::{Failure, Registry, circuit_breaker};
///
/// #[derive(Debug, Clone, PartialEq)]
/// enum ApiError {
///     Status(u16),
///     Unreachable,
/// }
///
/// #[circuit_breaker(
///     "rates",
///     fallback(
///         Failure::Policy(_) => yesterdays_rate,
///         Failure::Call(ApiError::Status(500..) | ApiError::Unreachable) => ask_the_other_bank,
///     )
/// )]
/// fn rate(end: ApiError) -> Result<f64, ApiError> {
///     Err(end)
/// }
///
/// fn yesterdays_rate(_: ApiError, _: Failure<ApiError>) -> Result<f64, ApiError> {
///     Ok(1.07)
/// }
///
/// fn ask_the_other_bank(_: ApiError, _: Failure<ApiError>) -> Result<f64, ApiError> {
///     Ok(1.08)
/// }
///
/// assert_eq!(rate(ApiError::Unreachable), Ok(1.08));
/// assert_eq!(rate(ApiError::Status(404)), Err(ApiError::Status(404)));
/// Registry::global().circuit_breaker("rates").transition_to_open()?;
/// assert_eq!(rate(ApiError::Status(404)), Ok(1.07));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Functions that cannot fail
///
/// A function that returns nothing, an `Option`, a number, a `String`, a `Vec`, a tuple or another
/// well-known type that is no `Result` needs a fallback, which answers a rejected call. For a type of
/// your own say `plain`. Every call that completes is a success unless `record_result` says
/// otherwise. The fallback gets the policy's failure as a `PolicyError` or `Failure<Infallible>`.
///
/// ```
/// use resilience4rs::{PolicyError, Registry, circuit_breaker};
///
/// #[circuit_breaker("nicknames", record_result(None), fallback = nobody)]
/// fn nickname(name: &str) -> Option<String> {
///     name.get(..3).map(str::to_owned)
/// }
///
/// fn nobody(_name: &str, _: PolicyError) -> Option<String> {
///     None
/// }
///
/// assert_eq!(nickname("Barbara").as_deref(), Some("Bar"));
/// assert_eq!(nickname("Al"), None);
/// let nicknames = Registry::global().circuit_breaker("nicknames");
/// assert_eq!(nicknames.metrics().failed_calls, 1);
/// nicknames.transition_to_open()?;
/// assert_eq!(nickname("Barbara"), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Without a fallback
///
/// The rejection of an open breaker goes to the caller, in the function's own error type, which
/// needs `From<PolicyError>`. With thiserror that is a variant `Policy(#[from] PolicyError)`.
///
/// ```
/// use resilience4rs::{PolicyError, Registry, circuit_breaker};
///
/// struct Client {
///     registry: Registry,
/// }
///
/// impl Client {
///     /// A breaker for each host, in the client's own registry.
///     #[circuit_breaker(name = host, registry = self.registry)]
///     fn get(&self, host: &str) -> Result<String, Box<dyn std::error::Error>> {
///         Ok(format!("hello from {host}"))
///     }
/// }
///
/// let client = Client { registry: Registry::new() };
/// client.registry.circuit_breaker("a.example").transition_to_open()?;
/// assert!(client.get("a.example").unwrap_err().is::<PolicyError>());
/// assert_eq!(client.get("b.example")?, "hello from b.example");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[proc_macro_attribute]
pub fn circuit_breaker(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guard::guard(&CIRCUIT_BREAKER, options.into(), &item.into()).into()
}

/// Guards calls with a retry.
#[proc_macro_attribute]
pub fn retry(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guard::guard(&RETRY, options.into(), &item.into()).into()
}

/// Guards calls with a rate limiter.
#[proc_macro_attribute]
pub fn rate_limiter(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guard::guard(&RATE_LIMITER, options.into(), &item.into()).into()
}

/// Guards calls with a bulkhead.
#[proc_macro_attribute]
pub fn bulkhead(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guard::guard(&BULKHEAD, options.into(), &item.into()).into()
}

/// Guards calls with a time limiter.
#[proc_macro_attribute]
pub fn time_limiter(
    options: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    guard::guard(&TIME_LIMITER, options.into(), &item.into()).into()
}
