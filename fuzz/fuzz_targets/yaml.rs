//! Any text as YAML, alone.
#![no_main]

use libfuzzer_sys::fuzz_target;
use resilience_fuzz::promises::{self, NAME};
use resilience_runtime::configuration::Configuration;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    promises::check(&Configuration::loader().yaml(NAME, &*text), &text, &[]);
});
