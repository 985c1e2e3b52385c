//! The policies, registries and clocks behind resilience4rs.
