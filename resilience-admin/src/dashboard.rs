//! A page that shows it all.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

const PAGE: &str = include_str!("dashboard.html");

/// The page's own script and style run, known by their hashes, and nothing else; it talks to this service
/// alone, and nobody may frame it. A test has the hashes anew.
const POLICY: &str = "default-src 'none'; script-src 'sha256-nzhefo9+Iy+/Q43hAJ+YuBY+dOUYuSjBt4XrTcqIXio='; style-src 'sha256-Ulz7KSnY6yEoB5iCPqfSWrn1wP/BHS5Xy28S5MYK+Rc='; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn page() -> Response {
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let policy = HeaderValue::from_static(POLICY);
    let headers = [(CONTENT_TYPE, html), (CONTENT_SECURITY_POLICY, policy)];
    (headers, PAGE).into_response()
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine};
    use sha2::{Digest, Sha256};

    use super::*;

    /// `'sha256-..'` of what is between the tags.
    fn hash_of(tag: &str) -> String {
        let (_, rest) = PAGE.split_once(&format!("<{tag}>")).unwrap();
        let (content, _) = rest.split_once(&format!("</{tag}>")).unwrap();
        let hash = Sha256::digest(content.as_bytes());
        format!("'sha256-{}'", BASE64_STANDARD.encode(hash))
    }

    #[test]
    fn the_policy_allows_this_very_script_and_style() {
        for (directive, tag) in [("script-src", "script"), ("style-src", "style")] {
            let allowed = format!("{directive} {};", hash_of(tag));
            assert!(POLICY.contains(&allowed), "it should have {allowed}");
        }
    }

    #[test]
    fn the_page_needs_nothing_from_elsewhere_and_makes_no_markup_of_what_it_shows() {
        for forbidden in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "http:",
            "https:",
            "src=",
            "<link",
            "style=",
            "onclick",
        ] {
            assert!(!PAGE.contains(forbidden), "{forbidden}");
        }
        assert!(PAGE.lines().count() < 200);
    }
}
