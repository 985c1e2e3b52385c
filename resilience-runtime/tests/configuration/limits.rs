//! What is too much is refused before it takes memory or time.

use std::fmt::Write;
use std::fs::File;
use std::io::{BufWriter, Write as _};

use resilience_runtime::configuration::{Configuration, ConfigurationError};

fn refused(error: Result<Configuration, ConfigurationError>) -> String {
    let error = error.unwrap_err();
    assert_eq!(error.problems.len(), 1, "{error}");
    error.problems[0].message.clone()
}

#[test]
fn a_file_of_ten_megabytes_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let too_long = "is longer than 1048576 bytes, which no configuration needs";
    for name in ["large.yml", "large.toml", "large.json"] {
        let path = directory.path().join(name);
        let mut file = BufWriter::new(File::create(&path).unwrap());
        for index in 0..500_000 {
            writeln!(file, "# a line of {index}").unwrap();
        }
        drop(file);
        assert!(path.metadata().unwrap().len() > 9_000_000);
        assert_eq!(refused(Configuration::load(&path)), too_long);
    }
    let text = " ".repeat(10_000_000);
    assert_eq!(refused(Configuration::from_yaml_str(&text)), too_long);
    // As long as it may be, it is read.
    assert!(Configuration::from_yaml_str(&text[..1024 * 1024]).is_ok());
}

#[test]
fn what_is_nested_deeply_is_refused() {
    let half = 500_000;
    let deep_yaml = (0..600).fold(String::new(), |mut text, depth| {
        writeln!(text, "{}a:", " ".repeat(depth)).unwrap();
        text
    });
    for (text, expected) in [
        (deep_yaml, "is nested deeper than 48 levels"),
        (
            "[".repeat(half) + &"]".repeat(half),
            "is nested deeper than 48 levels",
        ),
        ("{a: ".repeat(200_000), "is nested deeper than 48 levels"),
        ("- ".repeat(half), "is nested deeper than 48 levels"),
        ("a.".repeat(half) + "b: 1", "is not YAML"),
        ("a.".repeat(60) + "b: 1", "is nested deeper than 48 levels"),
        ("? ".repeat(half), "is nested deeper than 48 levels"),
    ] {
        let said = refused(Configuration::from_yaml_str(&text));
        assert!(said.starts_with(expected), "{said}");
    }
    let json = "[".repeat(half) + &"]".repeat(half);
    assert!(refused(Configuration::from_json_str(&json)).contains("depth"));
    let toml = format!("a = {}{}", "[".repeat(half), "]".repeat(half));
    assert!(Configuration::from_toml_str(&toml).is_err());
    assert!(Configuration::from_toml_str(&format!("{}b = 1", "a.".repeat(60))).is_err());
}

/// What aliases repeat counts as if it were written out: ten lines would come to 9^10 values.
#[test]
fn what_aliases_repeat_is_counted() {
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    let mut merges = "a0: &a0 {k0: 1}\n".to_owned();
    for index in 1..30 {
        let before = index - 1;
        let nine = vec![format!("*a{before}"); 9].join(", ");
        writeln!(laughs, "a{index}: &a{index} [{nine}]").unwrap();
        writeln!(
            merges,
            "a{index}: &a{index} {{l: *a{before}, r: *a{before}}}"
        )
        .unwrap();
    }
    let expected = "has more than 50000 keys and values, counting what aliases repeat";
    assert_eq!(refused(Configuration::from_yaml_str(&laughs)), expected);
    assert_eq!(refused(Configuration::from_yaml_str(&merges)), expected);

    let anchors = (0..40)
        .map(|index| format!("&a{index} ["))
        .collect::<String>()
        + &"x, ".repeat(100_000);
    assert!(Configuration::from_yaml_str(&anchors).is_err());
    let paths = (0..20_000).fold(String::new(), |mut text, index| {
        writeln!(text, "{}{index}: 1", "a.".repeat(20)).unwrap();
        text
    });
    assert_eq!(refused(Configuration::from_yaml_str(&paths)), expected);
}

/// As much as a file may have, and all of it wrong or referring to each other.
#[test]
fn the_most_that_a_file_may_have_is_read() {
    let mut unknown = "resilience4j.retry.instances.a:\n".to_owned();
    let mut instances = "resilience4j.retry.instances:\n".to_owned();
    for index in 0..4_000 {
        writeln!(unknown, "  maxAttempt{index}: 1").unwrap();
        writeln!(instances, "  a{index}.maxAttempts: ${{b:3}}").unwrap();
    }
    let error = Configuration::from_yaml_str(&unknown).unwrap_err();
    assert_eq!(error.problems.len(), 4_000);
    let loaded = Configuration::from_yaml_str(&instances).unwrap();
    let retries = loaded.policy(resilience_runtime::configuration::Policy::Retry);
    assert_eq!(retries.instances().len(), 4_000);
}

/// Texts whose parts multiply in a careless loader: it would take minutes, or gigabytes.
#[test]
fn what_would_multiply_does_not() {
    let all =
        |count: usize, line: &dyn Fn(usize) -> String| -> String { (0..count).map(line).collect() };
    let long = "x".repeat(300_000);

    // Every value is a long text once more.
    let repeated = all(10_000, &|index| format!("  k{index}: *long\n"));
    let text = format!("long: &long {long}\nresilience4j.retry.tags:\n{repeated}");
    let error = Configuration::from_yaml_str(&text).unwrap_err();
    assert_eq!(error.problems.len(), 10_000);
    let repeated = all(10_000, &|index| format!("  k{index}.budget: '${{long}}'\n"));
    let text = format!("long: {long}\nresilience4j.retry.instances:\n{repeated}");
    assert!(Configuration::from_yaml_str(&text).is_err());

    // Every path is as long as the name at its beginning.
    let keys = all(10_000, &|index| format!("\"k{index}\": 1, "));
    let elsewhere = format!("{{\"{long}\": {{{keys}\"k\": 1}}}}");
    assert!(Configuration::from_json_str(&elsewhere).is_ok());
    let of_instance = format!("{{\"resilience4j.retry.instances\": {elsewhere}}}");
    let said = refused(Configuration::from_json_str(&of_instance));
    assert_eq!(said, "has a name of more than 200 bytes: shorten it");

    // All positions are in one line.
    let one_line = all(10_000, &|index| {
        format!("\"a{index}\": {{\"maxAttempts\": 0}}, ")
    });
    let text = format!("{{\"resilience4j.retry.instances\": {{{one_line}\"b\": {{}}}}}}");
    assert_eq!(
        Configuration::from_json_str(&text)
            .unwrap_err()
            .problems
            .len(),
        10_000
    );
    let text = "a: b\r".repeat(100_000);
    assert_eq!(
        Configuration::from_toml_str(&text)
            .unwrap_err()
            .problems
            .len(),
        20
    );

    // Every unknown name is compared with every known one.
    let configs = all(4_000, &|index| format!("    config{index}: {{}}\n"));
    let instances = all(4_000, &|index| {
        format!("    i{index}.baseConfig: confi{index}\n")
    });
    let text = format!("resilience4j.retry:\n  configs:\n{configs}  instances:\n{instances}");
    assert_eq!(
        Configuration::from_yaml_str(&text)
            .unwrap_err()
            .problems
            .len(),
        4_000
    );
}
