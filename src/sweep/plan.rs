//! `sweep.json`: which cells there are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::experiment::{Factor, Variant, Work};
use crate::json::{Setting, SettingError};

use super::hash::sha256;
use super::{PROGRAM, SweepError};

/// Rises when the file says something else than before.
const FORMAT: u32 = 1;

/// The whole file. Cells are numbered from 0: scenario by scenario, variant by variant, replication by replication.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepPlan {
    /// Program and version that made it.
    pub program: String,
    /// Version of this format.
    pub format: u32,
    /// SHA-256 of all that decides the results: program, documents, variants, replications, files; not the folders.
    pub plan_sha256: String,
    /// How many cells there are.
    pub cells: u64,
    /// Variants may see other tasks than their baselines; they are then compared as independent samples.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub different_work: bool,
    /// The scenarios, each with its variants.
    pub scenarios: Vec<PlannedScenario>,
}

/// One scenario of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedScenario {
    /// Its name; no two are equal.
    pub name: String,
    /// Replications of each variant.
    pub replications: u32,
    /// Where its files lie, from the plan's folder; absent where it reads none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Further folders that it may read, from the plan's folder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// SHA-256 of every file that some variant reads, by the path in the scenario.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// The scenario as it was written, with `--set` applied: what variants change.
    pub document: Value,
    /// In the order of the cross product; the first is the baseline.
    pub variants: Vec<PlannedVariant>,
}

/// One variant of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedVariant {
    /// Its short name.
    pub label: String,
    /// What it sets: pairs of a dotted path and a value.
    pub settings: Vec<(String, Value)>,
    /// What was varied, and its value in short.
    pub factors: Vec<(String, String)>,
    /// Index of the variant that it is compared with; its own where it is a baseline.
    pub baseline: usize,
    /// Seed of its random streams.
    pub seed: u64,
    /// SHA-256 of the scenario that results, with defaults filled in.
    pub scenario_sha256: String,
}

impl PlannedVariant {
    /// The variant as `compare` knows it.
    ///
    /// # Errors
    /// A path cannot be read.
    pub fn variant(&self) -> Result<Variant, SettingError> {
        let settings = self.settings.iter().map(|(path, value)| Setting::new(path, value.clone()));
        let factor = |(name, value): &(String, String)| Factor { name: name.clone(), value: value.clone() };
        Ok(Variant {
            factors: self.factors.iter().map(factor).collect(),
            baseline: self.baseline,
            ..Variant::new(&self.label, settings.collect::<Result<_, _>>()?)
        })
    }
}

/// Where a cell stands in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Index of the scenario.
    pub scenario: usize,
    /// Index of the variant in it.
    pub variant: usize,
    /// Number of the replication.
    pub replication: u32,
}

impl PlannedScenario {
    /// How many cells it has.
    pub fn cells(&self) -> u64 {
        (self.variants.len() as u64).saturating_mul(u64::from(self.replications))
    }
}

impl SweepPlan {
    /// A plan of scenarios, counted and hashed.
    pub fn new(scenarios: Vec<PlannedScenario>, work: Work) -> Self {
        let cells = scenarios.iter().map(PlannedScenario::cells).sum();
        let mut plan = Self {
            program: PROGRAM.to_owned(),
            format: FORMAT,
            plan_sha256: String::new(),
            cells,
            different_work: work == Work::MayDiffer,
            scenarios,
        };
        plan.plan_sha256 = plan.hash();
        plan
    }

    /// Reads the text of a plan.
    ///
    /// # Errors
    /// It is no plan, or was changed after it was made.
    pub fn parse(text: &[u8]) -> Result<Self, SweepError> {
        let bad = |why: String| SweepError::Input(format!("sweep.json: {why}"));
        let plan: Self = serde_json::from_slice(text).map_err(|e| bad(format!("not a plan of a sweep: {e}")))?;
        if plan.format != FORMAT {
            return Err(bad(format!("found format {}, expected {FORMAT}: made by {}", plan.format, plan.program)));
        }
        if plan.hash() != plan.plan_sha256
            || plan.scenarios.iter().map(PlannedScenario::cells).sum::<u64>() != plan.cells
        {
            return Err(bad("its hash is not that of its content: a plan is not edited but made anew".into()));
        }
        Ok(plan)
    }

    /// The file's text.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Where the files of scenarios lie decides nothing, their content does.
    fn hash(&self) -> String {
        let part = |s: &PlannedScenario| {
            json!({"name": s.name, "replications": s.replications, "files": s.files, "document": s.document,
                "variants": s.variants})
        };
        let scenarios: Vec<Value> = self.scenarios.iter().map(part).collect();
        let content = json!({"program": self.program, "format": self.format, "different_work": self.different_work,
            "scenarios": scenarios});
        sha256(content.to_string().as_bytes())
    }

    /// The place of a cell; `None` behind the last one.
    pub fn place(&self, cell: u64) -> Option<Place> {
        let mut rest = cell;
        for (scenario, planned) in self.scenarios.iter().enumerate() {
            if rest < planned.cells() {
                let each = u64::from(planned.replications);
                let variant = usize::try_from(rest / each).ok()?;
                return Some(Place { scenario, variant, replication: u32::try_from(rest % each).ok()? });
            }
            rest -= planned.cells();
        }
        None
    }

    /// The number of the first cell of a scenario.
    pub fn first_cell(&self, scenario: usize) -> u64 {
        self.scenarios.iter().take(scenario).map(PlannedScenario::cells).sum()
    }

    /// The variant at a place.
    pub fn variant(&self, place: Place) -> Option<&PlannedVariant> {
        self.scenarios.get(place.scenario)?.variants.get(place.variant)
    }

    /// What variants may have been given to do.
    pub const fn work(&self) -> Work {
        if self.different_work { Work::MayDiffer } else { Work::Same }
    }

    /// What differs between two plans, for people.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let mut differs = |what: &str, same: bool| {
            if !same {
                found.push(what.to_owned());
            }
        };
        differs(&format!("the program ({} and {})", self.program, other.program), self.program == other.program);
        let names = |p: &Self| p.scenarios.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
        differs("the scenarios", names(self) == names(other));
        for (a, b) in self.scenarios.iter().zip(&other.scenarios).filter(|(a, b)| a.name == b.name) {
            let name = &a.name;
            let labels = |s: &PlannedScenario| s.variants.iter().map(|v| v.label.clone()).collect::<Vec<_>>();
            let (left, right) = (a.replications, b.replications);
            differs(&format!("replications of `{name}` ({left} and {right})"), left == right);
            differs(&format!("variants of `{name}`"), labels(a) == labels(b));
            let keys = a.document.as_object().into_iter().chain(b.document.as_object()).flat_map(|m| m.keys());
            let keys: std::collections::BTreeSet<&String> = keys.filter(|k| *k != "replications").collect();
            for key in keys {
                differs(&format!("`{key}` of `{name}`"), a.document.get(key) == b.document.get(key));
            }
            differs(&format!("files that `{name}` reads"), a.files == b.files);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(scenarios: Vec<PlannedScenario>) -> SweepPlan {
        SweepPlan::new(scenarios, Work::Same)
    }

    fn scenario(name: &str, variants: usize, replications: u32) -> PlannedScenario {
        let variant = |i: usize| PlannedVariant {
            label: i.to_string(),
            settings: Vec::new(),
            factors: Vec::new(),
            baseline: 0,
            seed: 1,
            scenario_sha256: String::new(),
        };
        PlannedScenario {
            name: name.into(),
            replications,
            folder: None,
            allowed: Vec::new(),
            files: BTreeMap::new(),
            document: json!({"name": name, "seed": 1}),
            variants: (0..variants).map(variant).collect(),
        }
    }

    /// 2 variants by 3 replications, then 1 by 4: cells 0 to 5 and 6 to 9.
    #[test]
    fn cells_count_through_scenarios_variants_and_replications() {
        let plan = planned(vec![scenario("a", 2, 3), scenario("b", 1, 4)]);
        assert_eq!(plan.cells, 10);
        let at = |cell| plan.place(cell).map(|p| (p.scenario, p.variant, p.replication));
        assert_eq!(at(0), Some((0, 0, 0)));
        assert_eq!(at(4), Some((0, 1, 1)));
        assert_eq!(at(6), Some((1, 0, 0)));
        assert_eq!(at(9), Some((1, 0, 3)));
        assert_eq!(at(10), None);
        assert_eq!((plan.first_cell(0), plan.first_cell(1)), (0, 6));
    }

    #[test]
    fn a_plan_that_was_edited_is_refused() {
        let plan = planned(vec![scenario("a", 2, 3)]);
        let text = plan.to_json();
        assert_eq!(SweepPlan::parse(text.as_bytes()).unwrap(), plan);
        for (from, to) in [("\"seed\": 1", "\"seed\": 2"), ("\"replications\": 3", "\"replications\": 4")] {
            assert!(text.contains(from));
            let error = SweepPlan::parse(text.replace(from, to).as_bytes()).unwrap_err();
            assert!(error.to_string().contains("made anew"), "{error}");
        }
    }

    /// Another folder is another place, not another experiment.
    #[test]
    fn the_hash_is_of_content_not_of_places() {
        let (mut here, mut seed) = (scenario("a", 1, 1), scenario("a", 1, 1));
        let plan = planned(vec![here.clone()]);
        here.folder = Some("../elsewhere".into());
        assert_eq!(planned(vec![here]).plan_sha256, plan.plan_sha256);
        seed.document["seed"] = 2.into();
        let other = planned(vec![seed]);
        assert_ne!(other.plan_sha256, plan.plan_sha256);
        assert_eq!(plan.differences(&other), ["`seed` of `a`"]);
    }
}
