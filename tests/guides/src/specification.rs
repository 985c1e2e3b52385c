//! The names as a specification of Resilience4j has them.
//!
//! The specification is a page of its own, with a numbered section for each part, that is no part of
//! this repository. What is looked for is where that page has it; a list that is found empty is
//! reported, so that another edition is not taken for one that says nothing.

use std::collections::BTreeSet;

use crate::names::Names;

type Found = BTreeSet<String>;

/// What the names lack of the specification, and have beside it, a line each.
#[must_use]
pub fn missing_in_names(names: &Names, specification: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (id, list) in names.lists() {
        let Some(found) = names_of(id, specification) else {
            // A list by hand: the specification at least mentions each.
            for name in &list.names {
                if !specification.contains(name.as_str()) {
                    findings.push(format!(
                        "`{id}` has `{name}`, which is nowhere in the specification"
                    ));
                }
            }
            continue;
        };
        if found.is_empty() {
            findings.push(format!(
                "the specification has no names for `{id}` where they are looked for"
            ));
        }
        for name in &found {
            if !list.names.contains(name) {
                findings.push(format!("`{id}` lacks `{name}`"));
            }
        }
        for name in list.names.iter().filter(|name| !found.contains(*name)) {
            findings.push(format!(
                "`{id}` has `{name}`, which the specification has not"
            ));
        }
    }
    findings
}

/// The names of one list; `None` for those that are gathered by hand.
fn names_of(id: &str, text: &str) -> Option<Found> {
    let found = match id {
        "annotations" => of_annotations(text, true),
        "annotation_attributes" => of_annotations(text, false),
        "aspect_orders" => line(section(text, "## 9.2"), "Override keys:")
            .map(|line| codes(line).map(|key| key.replace('…', "resilience4j.")))
            .into_iter()
            .flatten()
            .filter(|key| key.ends_with("order"))
            .collect(),
        "sections" => first_cells(section(text, "## 10.1"))
            .flat_map(codes)
            .filter(|code| code.starts_with("resilience4j.") && !code.contains('<'))
            .map(str::to_owned)
            .collect(),
        "global_keys" => of_all_instances(text),
        "interval_functions" => section(text, "## 2.2")
            .lines()
            .filter(|line| line.starts_with("- `of"))
            .flat_map(codes)
            .map(word)
            .filter(|name| name.starts_with("of"))
            .collect(),
        "builder_circuitbreaker" => options(text, "## 1.1"),
        "builder_retry" => options(text, "## 2.1"),
        "builder_ratelimiter" => options(text, "## 3.1"),
        "builder_bulkhead" => options(text, "## 4.1"),
        "builder_thread-pool-bulkhead" => options(text, "## 4.2"),
        "builder_timelimiter" => line(section(text, "# 5."), "Config:")
            .into_iter()
            .flat_map(|line| line.split("` default"))
            .filter_map(|before| before.rsplit_once('`'))
            .map(|(_, option)| option.to_owned())
            .filter(|option| *option == word(option))
            .collect(),
        "decorators" => section(text, "# Appendix A")
            .lines()
            .filter(|line| line.starts_with("- `with"))
            .flat_map(|line| line.split(|c: char| !c.is_alphanumeric()))
            .filter(|word| {
                word.strip_prefix("with")
                    .is_some_and(|rest| rest.starts_with(char::is_uppercase))
            })
            .map(str::to_owned)
            .collect(),
        "states" => first_cells(section(text, "## 1.4"))
            .flat_map(capitals)
            .collect(),
        "events_circuitbreaker" => {
            capitals_after(section(text, "## 1.13"), "Types and force flag:", "\n")
        }
        "events_retry" => capitals_after(section(text, "## 2.6"), "(types ", ")"),
        "events_ratelimiter" => capitals_after(section(text, "## 3.5"), "\n", "Payload"),
        "events_bulkhead" => capitals_after(section(text, "## 4.1"), "- Events ", "\n"),
        "events_timelimiter" => capitals_after(section(text, "# 5."), "- Events ", "Consumer"),
        "events_cache" => capitals_after(section(text, "# 6."), "Events ", ";"),
        "events_hedge" => capitals_after(section(text, "# 7."), "Events ", " with"),
        "events_timer" => capitals_after(section(text, "## 12.1"), "Timer events:", ";"),
        "events_registry" => capitals_after(section(text, "# 8."), "- Events:", "("),
        "metrics" => first_cells(section(text, "## 12.1"))
            .flat_map(codes)
            .map(str::to_owned)
            .collect(),
        "metrics_dropwizard" => of_dropwizard(text),
        "endpoints" => of_endpoints(text),
        "update_states" => between(section(text, "# 11."), "\"updateState\":", "}")
            .split('"')
            .filter(|word| word.starts_with(char::is_uppercase))
            .map(str::to_owned)
            .collect(),
        "health_contributors" => line(section(text, "## 11.1"), "Contributors ")
            .into_iter()
            .map(|line| line.split(';').next().unwrap_or(line))
            .flat_map(codes)
            .map(str::to_owned)
            .collect(),
        "modules" => line(text, "Modules actually built")
            .and_then(|line| line.split_once("): "))
            .and_then(|(_, list)| list.split_once(". "))
            .into_iter()
            .flat_map(|(list, _)| list.split(','))
            .map(|module| {
                module
                    .trim()
                    .split(['(', ' '])
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect(),
        "quirks" => first_cells(section(text, "## 13.5"))
            .map(str::trim)
            .filter(|number| number.parse::<u32>().is_ok())
            .map(str::to_owned)
            .collect(),
        id => of_section_of_a_file(text, id.strip_prefix("keys_")?),
    };
    Some(found)
}

/// The section below the heading that begins so, up to the next heading; its heading line included.
fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let start = if text.starts_with(heading) {
        0
    } else {
        match text.find(&format!("\n{heading}")) {
            Some(before) => before + 1,
            None => return "",
        }
    };
    let rest = &text[start..];
    let body = rest.find('\n').unwrap_or(rest.len());
    let end = rest[body..]
        .find("\n#")
        .map_or(rest.len(), |end| body + end);
    &rest[..end]
}

fn line<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.lines().find(|line| line.starts_with(start))
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let Some((_, rest)) = text.split_once(start) else {
        return "";
    };
    rest.split_once(end).map_or(rest, |(inside, _)| inside)
}

/// What is in backticks.
fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The first cells of the rows of all tables, without their heads.
fn first_cells(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| line.starts_with('|') && !line.starts_with("|---"))
        .filter_map(|line| line.split('|').nth(1))
}

/// A name without what is in parentheses after it.
fn word(code: &str) -> String {
    code.chars().take_while(|c| c.is_alphanumeric()).collect()
}

/// Words of capitals, of three letters and more.
fn capitals(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'))
        .filter(|word| word.len() >= 3 && word.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(str::to_owned)
}

fn capitals_after(text: &str, start: &str, end: &str) -> Found {
    capitals(between(text, start, end))
        .filter(|word| word != "QUIRK")
        .collect()
}

fn options(text: &str, heading: &str) -> Found {
    first_cells(section(text, heading))
        .flat_map(codes)
        .map(word)
        .collect()
}

fn of_annotations(text: &str, are_annotations: bool) -> Found {
    section(text, "## 9.1")
        .lines()
        .filter(|line| line.starts_with("| `@"))
        .flat_map(codes)
        .filter(|code| code.starts_with('@') == are_annotations && !code.contains('.'))
        .map(|code| {
            if are_annotations {
                code.to_owned()
            } else {
                word(code)
            }
        })
        .filter(|name| !name.is_empty())
        .collect()
}

fn of_all_instances(text: &str) -> Found {
    let mut found = Found::new();
    for row in section(text, "## 10.1")
        .lines()
        .filter(|line| line.starts_with('|'))
    {
        let prefix = match codes(row).next() {
            Some(owner @ ("resilience4j.scheduled.executor" | "resilience4j.thread")) => {
                format!("{owner}.")
            }
            _ => String::new(),
        };
        for code in codes(row) {
            let name = code
                .split(".<")
                .next()
                .unwrap_or(code)
                .trim_end_matches(".*");
            let is_whole = name.starts_with("management.") || name.starts_with("RESILIENCE4J_");
            if let Some((_, metrics)) = code.split_once(".metrics.") {
                found.insert(format!("metrics.{metrics}"));
            } else if is_whole {
                found.insert(name.to_owned());
            } else if !name.starts_with("resilience4j")
                && !name.ends_with("AspectOrder")
                && !name.starts_with('<')
            {
                found.insert(format!("{prefix}{name}"));
            }
        }
    }
    found
}

fn of_section_of_a_file(text: &str, policy: &str) -> Found {
    let start = format!("\n**{policy}**");
    let section = section(text, "## 10.2");
    let Some((_, rest)) = section.split_once(&start) else {
        return Found::new();
    };
    let paragraph = rest
        .split_once("\n**")
        .map_or(rest, |(paragraph, _)| paragraph);
    let is_key = |code: &&str| {
        code.starts_with(|c: char| c.is_ascii_lowercase())
            && code.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let keys = paragraph
        .split("`eventConsumerBufferSize` message")
        .next()
        .unwrap_or(paragraph);
    codes(keys)
        .map(|code| code.trim_end_matches("[]"))
        .filter(is_key)
        .map(str::to_owned)
        .collect()
}

fn of_dropwizard(text: &str) -> Found {
    let mut found = Found::new();
    for part in section(text, "## 12.2").split('}') {
        let Some((before, metrics)) = part.rsplit_once('{') else {
            continue;
        };
        let Some(prefix) = codes(before).last() else {
            continue;
        };
        for metric in metrics.split(',') {
            let metric = metric.split('(').next().unwrap_or(metric).trim();
            found.insert(format!("{prefix}.{metric}"));
        }
    }
    found
}

fn of_endpoints(text: &str) -> Found {
    let mut found = Found::new();
    let mut rests: Vec<&str> = Vec::new();
    let rows = section(text, "# 11.")
        .lines()
        .filter(|line| line.starts_with("| `"));
    for row in rows {
        let mut cells = row.split('|').skip(1);
        let (Some(id), Some(operations)) = (
            cells.next().and_then(|cell| codes(cell).next()),
            cells.next(),
        ) else {
            continue;
        };
        let path = format!("/actuator/{id}");
        found.insert(format!("GET {path}"));
        if operations.contains("POST `/{name}`") {
            found.insert(format!("POST {path}/{{name}}"));
            continue;
        }
        match operations.trim() {
            "as events" => rests = vec!["/{name}", "/{name}/{eventType}"],
            "same" => {}
            operations => rests = codes(operations).collect(),
        }
        found.extend(rests.iter().map(|rest| format!("GET {path}{rest}")));
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a test that meets something unforeseen is to fail"
    )]

    use super::*;

    #[test]
    fn what_the_list_lacks_is_named() {
        let names = "[metrics]\nheading = \"\"\nnames = [\"a.b\", \"c.d\"]\n";
        let names = Names::parse(names).unwrap();
        let specification = "## 12.1 Of Micrometer\n\n| meter | type |\n|---|---|\n| `a.b` | Timer |\n| `e.f` | Gauge |\n";
        assert_eq!(
            missing_in_names(&names, specification),
            [
                "`metrics` lacks `e.f`",
                "`metrics` has `c.d`, which the specification has not"
            ]
        );
        assert_eq!(
            missing_in_names(&names, "# Another page\n")[0],
            "the specification has no names for `metrics` where they are looked for"
        );
    }

    #[test]
    fn an_endpoint_is_each_of_its_operations() {
        let specification = "# 11. Endpoints\n\n| id | operations | JSON |\n|---|---|---|\n\
            | `timers` | GET | |\n| `timerevents` | as events | |\n";
        let found: Vec<_> = of_endpoints(specification).into_iter().collect();
        assert_eq!(
            found,
            [
                "GET /actuator/timerevents",
                "GET /actuator/timerevents/{name}",
                "GET /actuator/timerevents/{name}/{eventType}",
                "GET /actuator/timers",
            ]
        );
    }
}
