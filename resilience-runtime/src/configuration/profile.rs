//! Expressions over profiles.

/// Whether an expression such as `prod & !(eu | us)` holds.
///
/// # Errors
/// When it is no such expression, with what is wrong about it.
pub(super) fn holds(expression: &str, active: &[String]) -> Result<bool, &'static str> {
    let mut parser = Parser {
        rest: expression.trim_start(),
        active,
    };
    let value = parser.expression(0)?;
    if parser.rest.is_empty() {
        Ok(value)
    } else {
        Err("a `)` without its `(`")
    }
}

struct Parser<'a> {
    rest: &'a str,
    active: &'a [String],
}

/// How deep parentheses may stand in each other; the parser calls itself for each.
const MAX_PARENTHESES: usize = 32;

impl Parser<'_> {
    /// Terms joined by `&` or by `|`. A mixture says which it means with parentheses.
    fn expression(&mut self, depth: usize) -> Result<bool, &'static str> {
        let mut value = self.term(depth)?;
        let mut joint = None;
        while let Some(operator @ ('&' | '|')) = self.rest.chars().next() {
            if joint.is_some_and(|joint| joint != operator) {
                return Err("`&` and `|` side by side: put one of them in parentheses");
            }
            joint = Some(operator);
            self.skip(1);
            let next = self.term(depth)?;
            value = if operator == '&' {
                value && next
            } else {
                value || next
            };
        }
        Ok(value)
    }

    fn term(&mut self, depth: usize) -> Result<bool, &'static str> {
        let mut negated = false;
        while self.rest.starts_with('!') {
            negated = !negated;
            self.skip(1);
        }
        if self.rest.starts_with('(') {
            if depth == MAX_PARENTHESES {
                return Err("too many parentheses in each other");
            }
            self.skip(1);
            let value = self.expression(depth + 1)?;
            if !self.rest.starts_with(')') {
                return Err("a `(` without its `)`");
            }
            self.skip(1);
            return Ok(value != negated);
        }
        let end = self.rest.find(['!', '&', '|', '(', ')']);
        let name = self.rest[..end.unwrap_or(self.rest.len())].trim();
        if name.is_empty() {
            return Err("the name of a profile missing");
        }
        let is_active = self.active.iter().any(|active| active == name);
        self.skip(end.unwrap_or(self.rest.len()));
        Ok(is_active != negated)
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest[bytes..].trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_means_what_it_says() {
        let active = ["prod".to_owned(), "eu-west".to_owned()];
        for (expression, expected) in [
            ("prod", Ok(true)),
            ("test", Ok(false)),
            ("!test", Ok(true)),
            ("!!prod", Ok(true)),
            ("prod & eu-west", Ok(true)),
            ("prod & test", Ok(false)),
            ("test | eu-west", Ok(true)),
            ("prod & !(test | eu-west)", Ok(false)),
            ("(prod & test) | eu-west", Ok(true)),
            (
                "prod & test | eu-west",
                Err("`&` and `|` side by side: put one of them in parentheses"),
            ),
            ("(prod", Err("a `(` without its `)`")),
            ("prod)", Err("a `)` without its `(`")),
            ("prod &", Err("the name of a profile missing")),
            ("", Err("the name of a profile missing")),
        ] {
            assert_eq!(holds(expression, &active), expected, "{expression}");
        }
    }

    #[test]
    fn deep_parentheses_are_refused() {
        let deep = "(".repeat(100_000);
        assert_eq!(holds(&deep, &[]), Err("too many parentheses in each other"));
    }
}
