//! The file of the Java service, and what it still said when it came.

use resilience4rs::Registry;
use resilience4rs::configuration::Configuration;

use crate::service::serve;

#[tokio::test]
async fn the_file_and_the_attributes_go_together() {
    let service = serve().await;
    let findings = service.registry.check().unwrap();
    assert!(findings.is_empty(), "{findings:?}");
    let configuration = spring_port::configuration().load().unwrap();
    assert!(
        configuration.warnings().is_empty(),
        "{:?}",
        configuration.warnings()
    );
}

#[test]
fn the_environment_counts_more_than_the_file() {
    let variable = "RESILIENCE4J_RETRY_INSTANCES_BACKENDA_MAXATTEMPTS";
    let configuration = spring_port::configuration()
        .environment([(variable, "7")])
        .load()
        .unwrap();
    let registry = Registry::builder().configuration(configuration).build();
    assert_eq!(registry.retry("backendA").config().max_attempts(), 7);
    assert_eq!(registry.retry("backendB").config().max_attempts(), 4);
}

#[test]
fn what_names_java_classes_is_refused_with_what_to_write() {
    let of_java = "
resilience4j.circuitbreaker:
  configs:
    default:
      recordExceptions:
        - org.springframework.web.client.HttpServerErrorException
      ignoreExceptions:
        - shop.BusinessException
";
    let loader = || Configuration::loader().yaml("application.yml", of_java);
    let error = loader().load().unwrap_err().to_string();
    let lines = [
        "application.yml:5:7: `resilience4j.circuitbreaker.configs.default.recordExceptions` names Java classes: write `record_errors(Error::HttpServerError)` in `#[circuit_breaker]`, with the variants of the function's own error",
        "application.yml:7:7: `resilience4j.circuitbreaker.configs.default.ignoreExceptions` names Java classes: write `ignore_errors(Error::Business)` in `#[circuit_breaker]`, with the variants of the function's own error",
    ];
    assert_eq!(error, lines.join("\n"));
    let lenient = loader().strict(false).load().unwrap();
    assert_eq!(lenient.warnings().len(), 2);
}
