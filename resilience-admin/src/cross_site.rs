//! Requests that a page of somebody else's makes a browser send.

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};

use crate::problem::Problem;

/// Whether a browser says that the request comes from another place than this one. What is no browser
/// says nothing, and nobody can make it send a request for them.
pub(crate) fn refuse(parts: &Parts, allowed_origins: &[String]) -> Result<(), Problem> {
    if is_cross_site(&parts.headers, &parts.uri, allowed_origins) {
        return Err(Problem::forbidden(
            "requests from other sites are refused: see `AdminBuilder::allow_origin`",
        ));
    }
    Ok(())
}

fn is_cross_site(headers: &HeaderMap, uri: &Uri, allowed_origins: &[String]) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    let origin = match (origins.next(), origins.next()) {
        (None, _) => None,
        (Some(origin), None) => Some(origin.as_bytes()),
        (Some(_), Some(_)) => return true,
    };
    let is_allowed = |origin: &[u8]| {
        let mut allowed = allowed_origins.iter();
        allowed.any(|allowed| allowed.as_bytes().eq_ignore_ascii_case(origin))
    };
    if origin.is_some_and(is_allowed) {
        return false;
    }
    let fetched_elsewhere = headers
        .get_all("sec-fetch-site")
        .iter()
        .any(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"));
    fetched_elsewhere || origin.is_some_and(|origin| !is_here(origin, headers, uri))
}

/// Whether an origin is the host that the request was sent to. Its scheme says how the browser came to
/// what may be a proxy.
fn is_here(origin: &[u8], headers: &HeaderMap, uri: &Uri) -> bool {
    let Some((scheme, origin)) = std::str::from_utf8(origin)
        .ok()
        .and_then(|origin| origin.split_once("://"))
    else {
        // Among others `null`, which any page can have itself sent as.
        return false;
    };
    let default_port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    // In HTTP/2 it is a part of the target.
    let host = match uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => headers.get(HOST).and_then(|host| host.to_str().ok()),
    };
    host.is_some_and(|host| {
        let bare = |name: &str| name.strip_suffix(default_port).unwrap_or(name).to_owned();
        !host.is_empty() && bare(origin).eq_ignore_ascii_case(&bare(host))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(all: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in all {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_this_very_host_is_here() {
        let uri = Uri::from_static("/actuator/circuitbreakers/payments");
        for (sent, is_refused) in [
            (&[("host", "admin:8080")][..], false),
            (
                &[("host", "admin:8080"), ("origin", "http://admin:8080")],
                false,
            ),
            (
                &[("host", "Admin:8080"), ("origin", "http://ADMIN:8080")],
                false,
            ),
            (&[("host", "admin"), ("origin", "http://admin:80")], false),
            (&[("host", "admin:443"), ("origin", "https://admin")], false),
            (
                &[("host", "admin"), ("origin", "https://console.example")],
                false,
            ),
            (
                &[("host", "admin"), ("sec-fetch-site", "same-origin")],
                false,
            ),
            (&[("host", "admin"), ("sec-fetch-site", "none")], false),
            (&[("host", "admin"), ("sec-fetch-site", "cross-site")], true),
            (&[("host", "admin"), ("sec-fetch-site", "same-site")], true),
            (
                &[("host", "admin:8080"), ("origin", "http://admin:8081")],
                true,
            ),
            (
                &[("host", "admin"), ("origin", "http://admin.evil.example")],
                true,
            ),
            (
                &[("host", "admin"), ("origin", "http://evil.example/admin")],
                true,
            ),
            (
                &[("host", "admin"), ("origin", "http://evil.example#admin")],
                true,
            ),
            (&[("host", "admin"), ("origin", "http://badmin")], true),
            (&[("host", "admin"), ("origin", "null")], true),
            (&[("host", "admin"), ("origin", "")], true),
            (&[("host", "admin"), ("origin", "admin")], true),
            (&[("host", "admin"), ("origin", "file://")], true),
            (&[("host", ""), ("origin", "http://")], true),
            (&[("origin", "http://admin")], true),
            (
                &[
                    ("host", "admin"),
                    ("origin", "http://admin"),
                    ("origin", "http://evil.example"),
                ],
                true,
            ),
            (
                &[
                    ("host", "admin"),
                    ("origin", "http://admin"),
                    ("sec-fetch-site", "cross-site"),
                ],
                true,
            ),
        ] {
            let allowed = ["https://console.example".to_owned()];
            assert_eq!(
                is_cross_site(&headers(sent), &uri, &allowed),
                is_refused,
                "{sent:?}"
            );
        }
    }

    #[test]
    fn in_http_2_the_host_is_a_part_of_the_target() {
        let uri = Uri::from_static("https://admin/actuator/circuitbreakers/payments");
        let same = headers(&[("origin", "https://admin")]);
        assert!(!is_cross_site(&same, &uri, &[]));
        let other = headers(&[("origin", "https://evil.example"), ("host", "evil.example")]);
        assert!(is_cross_site(&other, &uri, &[]));
    }
}
