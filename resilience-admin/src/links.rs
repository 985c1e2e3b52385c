//! What there is, for those who find their way by links.

use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde::Serialize;

use crate::breakers::Named;
use crate::kind::Kind;
use crate::problem::json;

#[derive(Serialize)]
struct Links {
    #[serde(rename = "_links")]
    links: Named<Link>,
}

#[derive(Serialize)]
struct Link {
    href: String,
    templated: bool,
}

/// All links, as paths: whichever host a request was sent to is what somebody has sent.
pub(crate) fn list(uri: &Uri) -> Response {
    let base = uri.path().trim_end_matches('/');
    let mut links = Vec::new();
    let mut add = |name: String, path: &str| {
        let link = Link {
            href: format!("{base}{path}"),
            templated: path.contains('{'),
        };
        links.push((name, link));
    };
    add("self".to_owned(), "");
    for path in ["health", "health/liveness", "health/readiness"] {
        add(path.replace('/', "-"), &format!("/{path}"));
    }
    add("health-path".to_owned(), "/health/{*path}");
    for kind in Kind::ALL {
        let words = kind.words();
        add(words.list.to_owned(), &format!("/{}", words.list));
        if kind == Kind::CircuitBreaker {
            add(
                format!("{}-name", words.list),
                &format!("/{}/{{name}}", words.list),
            );
        }
        for prefix in ["", "stream"] {
            let events = format!("{prefix}{}", words.events);
            add(events.clone(), &format!("/{events}"));
            add(format!("{events}-name"), &format!("/{events}/{{name}}"));
            add(
                format!("{events}-name-eventType"),
                &format!("/{events}/{{name}}/{{eventType}}"),
            );
        }
    }
    add("resilience".to_owned(), "/resilience");
    if cfg!(feature = "prometheus") {
        add("prometheus".to_owned(), "/prometheus");
    }
    let links = Links {
        links: Named(links),
    };
    json(StatusCode::OK, &links)
}
