//! The YAML block at the top of a plan.
//!
//! What may be relied on: every line belongs to one field, and a field that is not understood keeps its source.
//! Only the shapes that plans use are read: scalars, lists, and lists of maps; elsewhere the block may be invalid YAML.

use super::lines::lines;
use crate::prelude::*;

/// The YAML block at the top of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontMatter<'a> {
    /// Its fields in their order.
    pub fields: Vec<FrontField<'a>>,
    /// The block with its fences and the blank lines after it.
    pub source: &'a str,
}

/// A field of the YAML block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontField<'a> {
    /// Its name; empty for lines before the first.
    pub name: &'a str,
    /// What it says, as far as it was understood.
    pub value: Value,
    /// Its lines.
    pub source: &'a str,
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One text.
    Scalar(String),
    /// A list of texts.
    List(Vec<String>),
    /// A list of maps, each with its members in order.
    Maps(Vec<Vec<(String, String)>>),
    /// Anything else.
    Unread,
}

/// Splits the YAML block from what follows it.
pub(crate) fn split(text: &str) -> (Option<FrontMatter<'_>>, &str) {
    match end(text) {
        Some((close, end)) => {
            let body = text.find('\n').map_or(close, |at| at + 1);
            (Some(FrontMatter { fields: fields(&text[body..close]), source: &text[..end] }), &text[end..])
        }
        None => (None, text),
    }
}

/// Where the closing line begins, and where what follows the block and its blank lines does.
fn end(text: &str) -> Option<(usize, usize)> {
    let mut all = lines(text, 1);
    all.next().filter(|line| line.text.trim_end() == "---")?;
    let mut all = all.skip_while(|line| !matches!(line.text.trim_end(), "---" | "..."));
    let close = all.next()?.start;
    let first = text.lines().skip(1).find(|line| !line.trim().is_empty())?;
    let is_yaml = name(first).is_some() || first.starts_with('#') || first.starts_with("---");
    let end = all.find(|line| !line.text.trim().is_empty()).map_or(text.len(), |line| line.start);
    is_yaml.then_some((close, end))
}

fn name(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let fits = name.starts_with(char::is_alphabetic) && name.chars().all(plain);
    (fits && (value.trim().is_empty() || value.starts_with([' ', '\t']))).then_some((name, value.trim()))
}

fn fields(block: &str) -> Vec<FrontField<'_>> {
    let mut starts: Vec<(usize, &str, &str)> = Vec::new();
    for line in lines(block, 1) {
        match name(line.text) {
            Some((name, value)) => starts.push((line.start, name, value)),
            None if starts.is_empty() => starts.push((line.start, "", "")),
            None => {}
        }
    }
    let ends = starts.iter().skip(1).map(|start| start.0).chain([block.len()]);
    let read = |(&(start, name, first), end): (&(usize, &'_ str, &'_ str), usize)| {
        let source = &block[start..end];
        let below: Vec<&str> = source.lines().skip(1).filter(|line| !line.trim().is_empty()).collect();
        let value = if name.is_empty() { None } else { value(first, &below) };
        (start, end, value.unwrap_or(Value::Unread))
    };
    let read: Vec<_> = starts.iter().zip(ends).map(read).collect();
    let fields = starts.iter().zip(read);
    fields.map(|(&(_, name, _), (start, end, value))| FrontField { name, value, source: &block[start..end] }).collect()
}

fn value(first: &str, below: &[&str]) -> Option<Value> {
    if !first.is_empty() && below.is_empty() {
        return match first.strip_prefix('[') {
            Some(rest) => {
                parts(rest.strip_suffix(']')?).into_iter().map(scalar).collect::<Option<_>>().map(Value::List)
            }
            None => scalar(first).map(Value::Scalar),
        };
    }
    if !first.is_empty() || below.is_empty() {
        return None;
    }
    let mut entries: Vec<Vec<&str>> = Vec::new();
    for line in below {
        let line = line.trim();
        match line.strip_prefix("- ") {
            Some(rest) => entries.push(vec![rest.trim()]),
            None => entries.last_mut()?.push(line),
        }
    }
    let maps: Option<Vec<_>> = entries.iter().map(|entry| map(entry)).collect();
    let texts = || entries.iter().map(|entry| entry.first().filter(|_| entry.len() == 1).and_then(|one| scalar(one)));
    maps.map(Value::Maps).or_else(|| texts().collect::<Option<_>>().map(Value::List))
}

/// A map in braces on one line, or with one member to each line.
fn map(lines: &[&str]) -> Option<Vec<(String, String)>> {
    let braces = lines.first().and_then(|line| line.strip_prefix('{')?.strip_suffix('}'));
    let members = match braces {
        Some(inside) if lines.len() == 1 => parts(inside),
        Some(_) => return None,
        None => lines.to_vec(),
    };
    let member = |text: &str| {
        let (name, value) = name(text.trim())?;
        Some((name.to_owned(), scalar(value)?))
    };
    members.into_iter().map(member).collect()
}

/// The parts between commas that stand in no quotes.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut quote, mut escaped) = (Vec::new(), 0, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some('"'), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if text[start..at].trim().is_empty() || text[..at].trim_end().ends_with(':') => {
                quote = Some(c);
            }
            (None, ',') => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

/// A scalar on one line, plain or quoted.
fn scalar(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(inside) = text.strip_prefix('"') {
        let literal = format!("\"{}\"", inside.strip_suffix('"')?);
        return serde_json::from_str(&literal).ok();
    }
    if let Some(inside) = text.strip_prefix('\'') {
        let inside = inside.strip_suffix('\'')?;
        let doubled = inside.matches("''").count() * 2 == inside.matches('\'').count();
        return doubled.then(|| inside.replace("''", "'"));
    }
    let opens = text.starts_with(['[', '{', '|', '>', '&', '*', '!', '%', '@', '`']);
    (!opens && !text.contains(" #")).then(|| text.to_owned())
}
