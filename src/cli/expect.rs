//! `compare --expect 'easy.wait_s.mean < fifo.wait_s.mean'`.

use crate::experiment::{Comparison, Variant};

use super::failure::Failure;
use super::output::tell;

/// Checks every relation; the exit code is 1 if one does not hold.
pub(super) fn check(relations: &[String], comparison: &Comparison) -> Result<(), Failure> {
    let mut failed = 0;
    for relation in relations {
        let (left, operator, right) = split(relation)?;
        let (a, b) = (value(left, comparison)?, value(right, comparison)?);
        let holds = match operator {
            "<" => a < b,
            "<=" => a <= b,
            ">" => a > b,
            ">=" => a >= b,
            _ => a == b,
        };
        tell(&format!("expect {relation}: {a} {operator} {b}: {}", if holds { "holds" } else { "does not hold" }));
        failed += usize::from(!holds);
    }
    if failed == 0 { Ok(()) } else { Err(Failure::new(Failure::CHECK, format_args!("{failed} expectations failed"))) }
}

/// Checks what can be checked before the run: that relations can be read and name variants that there are.
pub(super) fn check_words(relations: &[String], variants: &[Variant]) -> Result<(), Failure> {
    let named = |text: &str| variants.iter().any(|v| text.strip_prefix(&v.label).is_some_and(|r| r.starts_with('.')));
    let labels: Vec<&str> = variants.iter().map(|v| v.label.as_str()).collect();
    for relation in relations {
        let (left, _, right) = split(relation)?;
        if let Some(text) = [left, right].into_iter().find(|t| t.parse::<f64>().is_err() && !named(t)) {
            return Err(unknown(text, &labels));
        }
    }
    Ok(())
}

fn unknown(text: &str, labels: &[&str]) -> Failure {
    let message = format!("--expect: `{text}` is neither a number nor VARIANT.METRIC; variants: {}", labels.join(", "));
    Failure::new(Failure::USAGE, message)
}

fn split(relation: &str) -> Result<(&str, &'static str, &str), Failure> {
    for operator in ["<=", ">=", "==", "<", ">"] {
        if let Some((left, right)) = relation.split_once(operator) {
            return Ok((left.trim(), operator, right.trim()));
        }
    }
    let message = format!("--expect {relation}: expected two values with <, <=, >, >= or == between them");
    Err(Failure::new(Failure::USAGE, message))
}

/// A number, or the mean of `VARIANT.METRIC`.
fn value(text: &str, comparison: &Comparison) -> Result<f64, Failure> {
    if let Ok(number) = text.parse() {
        return Ok(number);
    }
    // Labels may hold dots, so each is tried as a whole.
    for variant in &comparison.variants {
        if let Some(metric) = text.strip_prefix(&variant.label).and_then(|rest| rest.strip_prefix('.'))
            && let Some((mean, _)) = variant.mean(metric)
        {
            return Ok(mean);
        }
    }
    let labels: Vec<&str> = comparison.variants.iter().map(|v| v.label.as_str()).collect();
    Err(unknown(text, &labels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_found_before_the_run() {
        let variant = |label: &str| Variant::new(label, Vec::new());
        let variants = [variant("fifo"), variant("1.5")];
        let holds = |relation: &str| check_words(&[relation.to_owned()], &variants).is_ok();
        assert!(holds("fifo.wait_s.mean < 3") && holds("1.5.wait_s.mean >= fifo.wait_s.mean"));
        assert!(!holds("fiffo.wait_s.mean < 3") && !holds("fifo.wait_s.mean") && !holds("fifo < 3"));
    }
}
