//! How an event is written.

use std::fmt::Write;

use axum::body::Bytes;

use crate::event_view::{EventJson, EventView};

/// The first that a reader gets: a comment, with which the answer has begun.
pub(super) const BEGINNING: Bytes = Bytes::from_static(b": live events follow\n\n");

/// Nothing has happened for a while.
pub(super) const PING: Bytes = Bytes::from_static(b"event: ping\ndata: {}\n\n");

/// The reader was too slow for this many events, which come before the next one.
pub(super) fn lost(count: u64) -> Bytes {
    format!("event: lost\ndata: {{\"lost\":{count}}}\n\n").into()
}

pub(super) fn of(event: &EventView) -> Bytes {
    let json = EventJson {
        event,
        has_nulls: true,
    };
    // JSON has no line breaks but escaped ones.
    let data = serde_json::to_string(&json).unwrap_or_default();
    let (type_name, id) = (event.type_name, one_line(&event.name));
    format!("event: {type_name}\nid: {id}\ndata: {data}\n\n").into()
}

/// A name that cannot begin a field of its own: what controls is escaped, as JSON does it.
fn one_line(name: &str) -> String {
    let mut line = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_control() {
            let _ = write!(line, "\\u{:04x}", u32::from(character));
        } else {
            line.push(character);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(one_line("payments"), "payments");
        assert_eq!(
            one_line("a\ndata: b\r\nc\0d"),
            "a\\u000adata: b\\u000d\\u000ac\\u0000d"
        );
        assert_eq!(
            one_line("Zahlung \u{fc} \u{1f4b6}"),
            "Zahlung \u{fc} \u{1f4b6}"
        );
    }
}
