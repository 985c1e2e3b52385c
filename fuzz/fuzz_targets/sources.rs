//! A text in any of the formats, with profiles and environment variables.
#![no_main]

use libfuzzer_sys::fuzz_target;
use resilience_fuzz::sources::Sources;
use resilience_fuzz::{promises, seeds};

fuzz_target!(init: seeds::write(), |sources: Sources| {
    promises::check(&sources.loader(), &sources.text.0, &sources.environment());
});
