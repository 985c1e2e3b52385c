//! The page for people.

use crate::service::serve;

#[tokio::test]
async fn it_is_one_file_that_runs_its_own_script_alone() {
    let service = serve().await;
    let answer = service.get("/resilience").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'sha256-"),
        "{policy}"
    );
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.body, include_str!("../../src/dashboard.html"));
}

/// The paths that the script reads, from where the page is.
#[tokio::test]
async fn what_it_reads_is_there() {
    let service = serve().await;
    let page = service.get("/resilience").await.body;
    let mut read = 0;
    for part in page.split("read(\"").skip(1) {
        let (path, _) = part.split_once('"').unwrap();
        service.read(&format!("/{path}")).await;
        read += 1;
    }
    assert_eq!(read, 3);
}
