//! What the guides say, held against the code.
//!
//! Every Rust example of the README and of `docs/` is a test of this crate, which has what they need
//! among its dev-dependencies; another page is another item below. `cargo xtask test --only guide`
//! finds pages that are not here, dependencies that a service cannot have as a page says, and what the
//! guide for those who come from Resilience4j leaves out.

// As which the attributes warn of settings without effect: an example has none.
#![doc(test(attr(deny(deprecated))))]

mod complete;
mod dependencies;
mod examples;
mod names;
mod page;
mod specification;

pub use self::complete::missing_in_guide;
pub use self::dependencies::unmet;
pub use self::examples::{Place, unproven};
pub use self::names::{List, Names, NamesError};
pub use self::page::{Row, Status, table_below};
pub use self::specification::missing_in_names;

/// Where the guide for those who come from Resilience4j is, in the repository.
pub const GUIDE: &str = "docs/porting-from-resilience4j.md";

/// Where the names of Resilience4j are, in the repository.
pub const NAMES: &str = "docs/resilience4j-names.toml";

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/configuration.md")]
struct Configuration;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/metrics.md")]
struct Metrics;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/operating.md")]
struct Operating;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/porting-from-resilience4j.md")]
struct PortingFromResilience4j;

#[cfg(doctest)]
#[doc = include_str!("../../../docs/tracing.md")]
struct Tracing;

#[cfg(doctest)]
#[doc = include_str!("../../../examples/spring_port/README.md")]
struct SpringPort;
