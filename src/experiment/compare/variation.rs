//! What varies: paths of the scenario and their values.

use std::str::FromStr;

use crate::json::{Setting, SettingError};

use super::variant::{Factor, Variant};

/// A path of the scenario and the values that it takes in turn: `KEY=A,B,C`.
#[derive(Clone, Debug, PartialEq)]
pub struct Variation {
    /// Dotted path.
    pub path: String,
    /// Values as text.
    pub values: Vec<String>,
}

impl FromStr for Variation {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        // A setting with the first value tells whether the path can be read at all.
        let (path, values) = text.split_once('=').unwrap_or((text, ""));
        let values = split_values(values);
        for value in &values {
            format!("{path}={value}").parse::<Setting>()?;
        }
        if values.is_empty() {
            text.parse::<Setting>()?;
        }
        Ok(Self { path: path.to_owned(), values })
    }
}

/// Splits at commas that are not within brackets or quotes.
fn split_values(text: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut escaped) = (0i32, false, false);
    let mut values = vec![String::new()];
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' | '[' if !quoted => depth += 1,
            '}' | ']' if !quoted => depth -= 1,
            ',' if depth == 0 && !quoted => {
                values.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = values.last_mut() {
            last.push(c);
        }
    }
    values.retain(|v| !v.is_empty());
    values
}

/// The cross product of all variations, the last one changing fastest; the first variant is the baseline.
///
/// # Errors
/// A value cannot be read.
pub fn variants(variations: &[Variation]) -> Result<Vec<Variant>, SettingError> {
    let mut all = vec![Variant::new("", Vec::new())];
    for variation in variations {
        let mut next = Vec::new();
        for variant in &all {
            for value in &variation.values {
                let mut crossed = variant.clone();
                crossed.settings.push(format!("{}={value}", variation.path).parse()?);
                let value = short(value);
                let joint = if crossed.label.is_empty() { "" } else { " / " };
                crossed.label = format!("{}{joint}{value}", crossed.label);
                crossed.factors.push(Factor { name: variation.path.clone(), value });
                next.push(crossed);
            }
        }
        all = next;
    }
    Ok(all)
}

/// A value fit for a legend: parts of a scheduler object as `sjf+easy`, other objects as they are.
fn short(value: &str) -> String {
    let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(value) else { return value.to_owned() };
    let text = |v: &serde_json::Value| match v {
        serde_json::Value::String(s) => s.clone(),
        serde_json::Value::Object(o) => o.get("name").and_then(|n| n.as_str()).unwrap_or("custom").to_owned(),
        other => other.to_string(),
    };
    let words: Vec<String> = match fields.get("name") {
        Some(name) => {
            let rest = fields.iter().filter(|(k, _)| *k != "name").map(|(k, v)| format!("{k}={}", text(v)));
            std::iter::once(text(name)).chain(rest).collect()
        }
        None => fields.values().map(text).collect(),
    };
    words.join("+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variations_cross_and_keep_objects_whole() {
        let a: Variation = r#"policies.scheduler=fifo,{"order":"sjf","backfill":"easy"}"#.parse().unwrap();
        assert_eq!(a.values, ["fifo", r#"{"order":"sjf","backfill":"easy"}"#]);
        let b: Variation = "seed=1,2".parse().unwrap();
        let labels: Vec<String> = variants(&[a, b]).unwrap().into_iter().map(|v| v.label).collect();
        assert_eq!(labels, ["fifo / 1", "fifo / 2", "easy+sjf / 1", "easy+sjf / 2"]);
    }
}
