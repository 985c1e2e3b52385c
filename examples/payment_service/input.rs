//! Reads the payments file: the good rows, and what is wrong with each of the others.
//!
//! The file is taken line by line. No column of a payment can hold a line break, so a quote that
//! is never closed spoils its own line, and not the rest of the file.

use std::collections::HashMap;
use std::fs;
use std::iter;
use std::path::{Path, PathBuf};

use crate::payment::{FieldError, PaymentRequest};

/// The columns, in this order.
const COLUMNS: [&str; 4] = ["id", "amount_cents", "currency", "card"];
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A payments file, read to its end.
#[derive(Debug)]
pub(crate) struct Input {
    /// Every row has a unique id.
    pub(crate) payments: Vec<Row>,
    pub(crate) rejects: Vec<Reject>,
}

/// A well-formed row.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) line: usize,
    pub(crate) raw: Vec<u8>,
    pub(crate) request: PaymentRequest,
}

/// A row that is not a payment.
#[derive(Debug)]
pub(crate) struct Reject {
    pub(crate) line: usize,
    pub(crate) reason: String,
    pub(crate) raw: Vec<u8>,
}

/// The file as a whole cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    #[error("cannot read the payments file {}", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{} is empty; its first line must be the header `{}`", path.display(), COLUMNS.join(","))]
    Empty { path: PathBuf },
    #[error("{} is UTF-16 text; save it as UTF-8", path.display())]
    Utf16 { path: PathBuf },
    #[error("{}, line {line}: the header must be `{}`, this one is `{found}`", path.display(), COLUMNS.join(","))]
    Header {
        path: PathBuf,
        line: usize,
        found: String,
    },
}

/// One row cannot be used.
#[derive(Debug, thiserror::Error)]
enum RowError {
    #[error("the row is not UTF-8 text")]
    NotUtf8,
    #[error("a quote is opened and never closed on this line")]
    OpenQuote,
    #[error("there is text between a closing quote and the next comma or the end of the line")]
    AfterQuote,
    #[error("there is a quote within a field that does not begin with one")]
    StrayQuote,
    #[error("expected the {} columns {}, found {found}", COLUMNS.len(), COLUMNS.join(","))]
    Columns { found: usize },
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Fields(Vec<FieldError>),
    #[error("the id `{id}` is taken by line {first_line}; an id pays once")]
    Duplicate { id: String, first_line: usize },
}

impl Input {
    pub(crate) fn read(path: &Path) -> Result<Self, InputError> {
        let bytes = fs::read(path).map_err(|source| InputError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&bytes, path)
    }

    /// Parses the content of a file. `path` is what the messages call it.
    pub(crate) fn parse(bytes: &[u8], path: &Path) -> Result<Self, InputError> {
        if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
            return Err(InputError::Utf16 {
                path: path.to_owned(),
            });
        }
        let mut lines = lines(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes));
        let (line, header) = lines.next().ok_or_else(|| InputError::Empty {
            path: path.to_owned(),
        })?;
        if split(header).ok().as_deref() != Some(&COLUMNS.map(str::to_owned)) {
            return Err(InputError::Header {
                path: path.to_owned(),
                line,
                found: String::from_utf8_lossy(header).into_owned(),
            });
        }
        Ok(Self::parse_rows(lines))
    }

    fn parse_rows<'a>(lines: impl Iterator<Item = (usize, &'a [u8])>) -> Self {
        let mut payments = Vec::new();
        let mut rejects = Vec::new();
        let mut first_lines: HashMap<String, usize> = HashMap::new();
        for (line, raw) in lines {
            let request = parse_row(raw).and_then(|request| match first_lines.get(&request.id) {
                Some(&first_line) => Err(RowError::Duplicate {
                    id: request.id,
                    first_line,
                }),
                None => Ok(request),
            });
            let raw = raw.to_owned();
            match request {
                Ok(request) => {
                    first_lines.insert(request.id.clone(), line);
                    payments.push(Row { line, raw, request });
                }
                Err(error) => rejects.push(Reject {
                    line,
                    reason: error.to_string(),
                    raw,
                }),
            }
        }
        Self { payments, rejects }
    }
}

/// The lines that hold anything, numbered from 1 as an editor does: a line ends at `\n`, `\r\n`, or a
/// `\r` that stands alone.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut rest = Some(bytes);
    let lines = iter::from_fn(move || {
        let text = rest.take()?;
        let Some(end) = text.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
            return Some(text);
        };
        let (line, line_end) = text.split_at(end);
        let length = if line_end.starts_with(b"\r\n") { 2 } else { 1 };
        rest = Some(&line_end[length..]);
        Some(line)
    });
    (1..)
        .zip(lines)
        .filter(|(_, line)| !line.trim_ascii().is_empty())
}

fn parse_row(line: &[u8]) -> Result<PaymentRequest, RowError> {
    let fields = split(line)?;
    let [id, amount, currency, card] = fields.as_slice() else {
        return Err(RowError::Columns {
            found: fields.len(),
        });
    };
    PaymentRequest::parse([id, amount, currency, card]).map_err(RowError::Fields)
}

/// Splits one line into its fields; blanks around a field do not count.
///
/// The reader of the crate `csv` takes what it can of a broken row, and more than one row if it finds
/// them. A payment is made as it was meant or not at all, so here every byte has to fit.
fn split(line: &[u8]) -> Result<Vec<String>, RowError> {
    let mut rest = str::from_utf8(line).map_err(|_| RowError::NotUtf8)?;
    let mut fields = Vec::new();
    loop {
        let (field, after) = match rest.trim_start().strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => unquoted(rest)?,
        };
        fields.push(field);
        if after.is_empty() {
            return Ok(fields);
        }
        rest = after.strip_prefix(',').ok_or(RowError::AfterQuote)?;
    }
}

/// An unquoted field, and what follows it.
fn unquoted(text: &str) -> Result<(String, &str), RowError> {
    let (field, after) = text.split_at(text.find(',').unwrap_or(text.len()));
    if field.contains('"') {
        return Err(RowError::StrayQuote);
    }
    Ok((field.trim().to_owned(), after))
}

/// The rest of a quoted field, and what follows it.
fn unquote(mut text: &str) -> Result<(String, &str), RowError> {
    let mut field = String::new();
    loop {
        let (part, after) = text.split_once('"').ok_or(RowError::OpenQuote)?;
        field.push_str(part);
        match after.strip_prefix('"') {
            // Two quotes stand for one.
            Some(more) => {
                field.push('"');
                text = more;
            }
            None => return Ok((field.trim().to_owned(), after.trim_start())),
        }
    }
}
