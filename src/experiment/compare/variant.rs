//! One of the things that are compared.

use crate::json::Setting;

/// What was varied, and the value it has in a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// The dotted path of the scenario, or the word for what else was varied.
    pub name: String,
    /// The value in short.
    pub value: String,
}

/// One combination of the varied values.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Short name: the values, joined.
    pub label: String,
    /// What it sets.
    pub settings: Vec<Setting>,
    /// Its values, one per thing varied.
    pub factors: Vec<Factor>,
    /// Index of the variant that it is compared with, among all; its own where it is a baseline itself. Variants
    /// with the same baseline form a group and must see the same work.
    pub baseline: usize,
}

impl Variant {
    /// A variant without factors, compared with the first of all.
    pub fn new(label: &str, settings: Vec<Setting>) -> Self {
        Self { label: label.to_owned(), settings, factors: Vec::new(), baseline: 0 }
    }
}

/// Makes the variant called `label` the baseline of all.
///
/// # Errors
/// There is none of that name; the labels that there are.
pub fn choose_baseline(variants: &mut [Variant], label: &str) -> Result<(), Vec<String>> {
    let found = variants.iter().position(|v| v.label == label);
    let index = found.ok_or_else(|| variants.iter().map(|v| v.label.clone()).collect::<Vec<_>>())?;
    for variant in variants {
        variant.baseline = index;
    }
    Ok(())
}
