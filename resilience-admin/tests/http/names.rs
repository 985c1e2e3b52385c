//! Names as whoever asks writes them.

use crate::security::{FORCE_OPEN, check_headers, check_problem, open_to_alice};
use crate::service::TOKEN;

/// Names as they come in a path, and what becomes of them.
#[tokio::test]
async fn names_are_refused_or_shown_safely() {
    let service = open_to_alice().await;
    let long = "x".repeat(2_000);
    let longer = "x".repeat(10_000);
    let names: &[(&str, Option<&str>)] = &[
        ("..%2F..%2Fetc%2Fpasswd", Some("../../etc/passwd")),
        (
            "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
            Some("\"><script>alert(1)</script>"),
        ),
        (
            "a%0Ab%0D%0AX-Injected%3A%201",
            Some("a\nb\r\nX-Injected: 1"),
        ),
        ("%00", Some("\0")),
        ("%F0%9F%92%B6%20%C3%BC", Some("\u{1f4b6} \u{fc}")),
        ("%E2%80%A8", Some("\u{2028}")),
        ("%FF%FE", None),
        ("%C0%AE%C0%AE", None),
        ("%zz", Some("%zz")),
        (&long, None),
        (&longer, None),
    ];
    for (path, name) in names {
        if let Some(name) = name {
            service.registry.circuit_breaker(name).reset();
        }
        let known = name.is_some();
        for (endpoint, is_list) in [("circuitbreakers", false), ("circuitbreakerevents", true)] {
            let answer = service
                .send_raw(request("GET", endpoint, path).as_bytes())
                .await;
            check_headers(path, &answer);
            assert_eq!(answer.header("x-injected"), "", "{path}");
            if known {
                assert_eq!(answer.status, 200, "{endpoint}/{path}");
                assert_eq!(answer.header("content-type"), "application/json");
                if is_list {
                    let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
                    let shown = &json["circuitBreakerEvents"][0]["circuitBreakerName"];
                    assert_eq!(shown.as_str(), *name);
                }
            } else {
                assert!(
                    matches!(answer.status, 400 | 414),
                    "{path}: {}",
                    answer.status
                );
                check_problem(path, &answer);
            }
        }
        let answer = service
            .send_raw(request("POST", "circuitbreakers", path).as_bytes())
            .await;
        if let Some(name) = name {
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            let json: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(json["circuitBreakerName"].as_str(), Some(*name));
        } else {
            assert!(
                matches!(answer.status, 400 | 414),
                "{path}: {}",
                answer.status
            );
            check_problem(path, &answer);
        }
    }
    // Before anything of a path is looked at, it is known who is asking.
    let bare = request("POST", "circuitbreakers", "%FF").replace(TOKEN, "wrong");
    assert_eq!(service.send_raw(bare.as_bytes()).await.status, 401);
}

/// A target as it is, which a client's library would tidy up.
#[tokio::test]
async fn a_path_that_climbs_leads_nowhere() {
    let service = open_to_alice().await;
    for path in [
        "../health",
        "../../health",
        "./../circuitbreakers",
        "a/b/../../c",
    ] {
        let answer = service
            .send_raw(request("GET", "circuitbreakers", path).as_bytes())
            .await;
        assert_eq!(answer.status, 404, "{path}");
    }
}

fn request(method: &str, endpoint: &str, name: &str) -> String {
    let body = if method == "POST" { FORCE_OPEN } else { "" };
    format!(
        "{method} /actuator/{endpoint}/{name} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         authorization: Bearer {TOKEN}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}
