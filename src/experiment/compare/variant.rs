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

    /// Its values of the factors that are named in `names`, or of all others, joined.
    fn values(&self, names: &[&str], named: bool) -> String {
        let chosen = self.factors.iter().filter(|f| names.contains(&f.name.as_str()) == named);
        chosen.map(|f| f.value.as_str()).collect::<Vec<_>>().join(" / ")
    }
}

/// Groups variants by their values of the factors named in `within`, and gives each group its baseline: the variant
/// called `baseline`, by its whole label or by its values of the other factors (joined by ` / `), else its first.
///
/// # Errors
/// No variant is called so; the names that there are.
pub fn group(variants: &mut [Variant], within: &[&str], baseline: Option<&str>) -> Result<(), Vec<String>> {
    let keys: Vec<(String, String)> =
        variants.iter().map(|v| (v.values(within, true), v.values(within, false))).collect();
    let called = |name: &str| variants.iter().zip(&keys).find(|(v, (_, own))| v.label == name || own == name);
    let own = match baseline.map(|name| called(name).map(|(_, (_, own))| own)) {
        Some(None) => return Err(variants.iter().map(|v| v.label.clone()).collect()),
        Some(found) => found,
        None => None,
    };
    let baseline_of = |(group, _): &(String, String)| {
        let mut members = keys.iter().enumerate().filter(|(_, (g, _))| g == group);
        let first = members.clone().next();
        let chosen = own.and_then(|own| members.find(|(_, (_, name))| name == own));
        chosen.or(first).map_or(0, |(index, _)| index)
    };
    let baselines: Vec<usize> = keys.iter().map(baseline_of).collect();
    for (variant, baseline) in variants.iter_mut().zip(baselines) {
        variant.baseline = baseline;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::variants;

    fn baselines(within: &[&str], baseline: Option<&str>) -> Result<Vec<usize>, Vec<String>> {
        let vary = ["workload.0.rate=1,2".parse().unwrap(), "policy=a,b,c".parse().unwrap()];
        let mut all = variants(&vary).unwrap();
        group(&mut all, within, baseline)?;
        Ok(all.into_iter().map(|v| v.baseline).collect())
    }

    /// The variants: 1 / a, 1 / b, 1 / c, 2 / a, 2 / b, 2 / c.
    #[test]
    fn each_group_has_its_baseline() {
        assert_eq!(baselines(&[], None), Ok(vec![0; 6]));
        assert_eq!(baselines(&[], Some("2 / b")), Ok(vec![4; 6]));
        assert_eq!(baselines(&["workload.0.rate"], None), Ok(vec![0, 0, 0, 3, 3, 3]));
        assert_eq!(baselines(&["workload.0.rate"], Some("b")), Ok(vec![1, 1, 1, 4, 4, 4]));
        assert_eq!(baselines(&["workload.0.rate"], Some("2 / c")), Ok(vec![2, 2, 2, 5, 5, 5]));
        assert_eq!(baselines(&["policy"], Some("2")), Ok(vec![3, 4, 5, 3, 4, 5]));
        assert_eq!(baselines(&[], Some("b")).map_err(|names| names.len()), Err(6));
    }
}
