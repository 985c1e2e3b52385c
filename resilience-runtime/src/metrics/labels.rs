//! Labels whose values are bounded, whatever an instance is called.

use std::collections::BTreeMap;

/// The most bytes of a value.
const MAX_BYTES: usize = 200;

/// What stands for a value that was changed: `~` and sixteen digits.
const MARK_BYTES: usize = 17;

/// The labels of an instance: its tags, and its name.
pub(super) fn of_instance(name: &str, tags: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut labels: BTreeMap<_, _> = tags
        .into_iter()
        .map(|(key, value)| (bounded(&key), bounded(&value)))
        .collect();
    labels.insert("name".to_owned(), bounded(name));
    labels
}

/// The value itself, if it is short and can be printed. Else what can be of its beginning, and a mark
/// by which two different ones remain different.
pub(super) fn bounded(value: &str) -> String {
    if value.len() <= MAX_BYTES && !value.contains(char::is_control) {
        return value.to_owned();
    }
    let most = MAX_BYTES - MARK_BYTES;
    let mut bounded = String::with_capacity(MAX_BYTES);
    for character in value.chars() {
        let printed = if character.is_control() {
            '_'
        } else {
            character
        };
        if bounded.len() + printed.len_utf8() > most {
            break;
        }
        bounded.push(printed);
    }
    format!("{bounded}~{:016x}", fnv_1a(value))
}

/// The same in every process, so that a series goes on when the service is started again.
fn fnv_1a(value: &str) -> u64 {
    value.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_short_and_printable_stays() {
        assert_eq!(bounded("payments-ü"), "payments-ü");
        assert_eq!(bounded(&"a".repeat(200)), "a".repeat(200));
    }

    #[test]
    fn what_is_changed_is_told_apart() {
        assert_eq!(bounded("a\nb"), "a_b~".to_owned() + &bounded("a\nb")[4..]);
        assert_ne!(bounded("a\nb"), bounded("a\rb"));
        let (one, other) = ("a".repeat(300) + "1", "a".repeat(300) + "2");
        assert_ne!(bounded(&one), bounded(&other));
    }

    proptest! {
        #[test]
        fn values_are_bounded(value in ".{0,400}", control in "[\\x00-\\x1f\\x7f]?") {
            let bounded = bounded(&(value + &control));
            prop_assert!(bounded.len() <= MAX_BYTES);
            prop_assert!(!bounded.contains(char::is_control));
        }
    }
}
