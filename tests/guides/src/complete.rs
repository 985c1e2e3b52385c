//! Whether the guide has every name.

use crate::names::Names;
use crate::page::{Status, table_below};

/// What the guide leaves out, says twice or says in no words, a line each.
#[must_use]
pub fn missing_in_guide(names: &Names, guide: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (id, list) in names.lists() {
        let heading = &list.heading;
        let Some(rows) = table_below(guide, heading) else {
            findings.push(format!(
                "there is no heading `{heading}`, whose table is to have the names of `{id}`"
            ));
            continue;
        };
        for name in &list.names {
            match rows.iter().filter(|row| row.name == *name).count() {
                0 => findings.push(format!("below `{heading}` there is no row for `{name}`")),
                1 => {}
                _ => findings.push(format!("below `{heading}` there are two rows for `{name}`")),
            }
        }
        for row in &rows {
            let at = format!("line {}, `{}`", row.line, row.name);
            if !list.names.contains(&row.name) {
                findings.push(format!("{at}: that is no name of `{id}` in the list"));
            }
            if row.status().is_none() {
                let words = Status::ALL.map(|(word, _)| word).join(", ");
                findings.push(format!(
                    "{at}: the second column says what becomes of it, one of {words}"
                ));
            }
            if row.said().is_empty() {
                findings.push(format!("{at}: the third column is empty"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a test that meets something unforeseen is to fail"
    )]

    use super::*;

    const NAMES: &str = "[keys]\nheading = \"Keys\"\nnames = [\"a\", \"b\"]\n";
    const GUIDE: &str =
        "# Keys\n\n| | | |\n|---|---|---|\n| `a` | same | x |\n| `b` | none | y |\n";

    fn findings(guide: &str) -> Vec<String> {
        missing_in_guide(&Names::parse(NAMES).unwrap(), guide)
    }

    #[test]
    fn what_is_left_out_is_named() {
        assert_eq!(findings(GUIDE), [""; 0]);
        assert_eq!(
            findings(&GUIDE.replace("| `b` | none | y |\n", "")),
            ["below `Keys` there is no row for `b`"]
        );
        assert_eq!(
            findings("# Others\n"),
            ["there is no heading `Keys`, whose table is to have the names of `keys`"]
        );
    }

    #[test]
    fn a_row_says_what_becomes_of_its_name() {
        assert_eq!(
            findings(&GUIDE.replace("same | x", "well | ")),
            [
                "line 5, `a`: the second column says what becomes of it, one of same, renamed, replaced, none",
                "line 5, `a`: the third column is empty",
            ]
        );
        assert_eq!(
            findings(&GUIDE.replace("`b`", "`c`")),
            [
                "below `Keys` there is no row for `b`",
                "line 6, `c`: that is no name of `keys` in the list",
            ]
        );
        assert_eq!(
            findings(&GUIDE.replace("`b`", "`a`"))[..2],
            [
                "below `Keys` there are two rows for `a`",
                "below `Keys` there is no row for `b`",
            ]
        );
    }
}
