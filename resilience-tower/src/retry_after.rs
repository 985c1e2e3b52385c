//! The header `Retry-After`.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, HeaderName, RETRY_AFTER};

/// How long a response asks to wait, if it asks for that in one of the two forms of RFC 9110. A date
/// that is past asks for no wait.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = text_of(headers, &RETRY_AFTER)?;
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number has are a wait without end.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    // Both are of one clock, the server's.
    let now = text_of(headers, &DATE)
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or_else(SystemTime::now);
    Some(until.duration_since(now).unwrap_or(Duration::ZERO))
}

fn text_of<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str, date: Option<&str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, text.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        retry_after(&headers)
    }

    #[test]
    fn seconds_are_read_however_many() {
        let seconds = |text| asked(text, None).map(|wait| wait.as_secs());
        assert_eq!(seconds("0"), Some(0));
        assert_eq!(seconds(" 120 "), Some(120));
        assert_eq!(seconds("99999999999999999999999"), Some(u64::MAX));
    }

    #[test]
    fn a_date_is_compared_with_that_of_the_response() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        for (text, seconds) in [
            ("Sun, 06 Nov 1994 08:50:07 GMT", 30),
            ("Sunday, 06-Nov-94 08:50:07 GMT", 30),
            ("Sun Nov  6 08:50:07 1994", 30),
            ("Sun, 06 Nov 1994 08:49:00 GMT", 0),
        ] {
            assert_eq!(
                asked(text, date),
                Some(Duration::from_secs(seconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_date_is_compared_with_the_time_where_the_response_has_none() {
        assert_eq!(
            asked("Sun, 06 Nov 1994 08:49:00 GMT", None),
            Some(Duration::ZERO)
        );
        let far = asked("Tue, 01 Jan 2999 00:00:00 GMT", None).unwrap();
        assert!(far > Duration::from_secs(3600));
    }

    #[test]
    fn what_is_neither_asks_for_nothing() {
        for text in ["", "soon", "-1", "1.5", "+3", "10 s"] {
            assert_eq!(asked(text, None), None, "{text}");
        }
    }
}
