//! A formula of the user's own.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::json::did_you_mean;
use crate::policy::registry::{BuildError, Plugin};
use crate::policy::schedule::formula::{FUNCTIONS, Formula, FormulaError, parse};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};

use super::variables::{VARIABLES, Varies, listed};

/// Parameters of [`ByFormula`].
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// What to rank by, such as `log10(estimate) * units + 870 * log10(arrival + 1)`.
    #[schemars(schema_with = "described")]
    pub formula: String,
}

fn functions() -> String {
    FUNCTIONS.iter().map(|f| f.name).collect::<Vec<_>>().join(", ")
}

fn described(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "description": format!(
            "What to rank by, lowest first, such as `log10(estimate) * units + 870 * log10(arrival + 1)`. \
             Variables: {}. Functions: {}. Operators: + - * / ^.", listed(), functions()
        ),
    })
}

/// Lowest value of a user's formula first; what is no number goes last.
///
/// [`VARIABLES`] are what it may ask of a task. A formula of which nothing changes while tasks wait is worked out
/// once per task.
pub struct ByFormula {
    formula: Formula,
    varies: bool,
    varies_with_starts: bool,
}

impl ByFormula {
    /// The order of a formula.
    ///
    /// # Errors
    /// The formula has a mistake; the message says at which character.
    pub fn new(text: &str) -> Result<Self, BuildError> {
        let formula = parse(text, |name| VARIABLES.iter().position(|v| v.name == name)).map_err(told)?;
        let has = |when: Varies| formula.variables().any(|n| VARIABLES.get(n).is_some_and(|v| v.varies == when));
        let (varies, varies_with_starts) = (has(Varies::Time), has(Varies::Starts));
        Ok(Self { formula, varies, varies_with_starts })
    }
}

/// A mistake in words; an unknown name with all known ones.
fn told(error: FormulaError) -> BuildError {
    let FormulaError::Unknown { at, name } = error else { return BuildError::new(error) };
    let known: Vec<&str> = VARIABLES.iter().map(|v| v.name).chain(FUNCTIONS.iter().map(|f| f.name)).collect();
    let hint = did_you_mean(&name, &known).map(|hint| format!("; {hint}")).unwrap_or_default();
    BuildError::new(format_args!(
        "found `{name}` at character {at}, expected a variable: {}; or a function: {}{hint}",
        listed(),
        functions(),
    ))
}

impl Order for ByFormula {
    fn key(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) -> Key {
        let value = |number: usize| VARIABLES.get(number).map_or(f64::NAN, |v| (v.value)(task, view));
        Key::ascending_real(self.formula.value(value))
    }

    fn changes_with_time(&self) -> bool {
        self.varies
    }

    fn changes_with_starts(&self) -> bool {
        self.varies_with_starts
    }
}

impl Plugin for ByFormula {
    const NAME: &'static str = "formula";
    const ABOUT: &'static str = "lowest value of your own formula first: {\"formula\": \"estimate * units\"}";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Self::new(&params.formula).map_err(|e| e.inside("formula"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only what changes is worked out again.
    #[test]
    fn a_formula_knows_when_it_changes() {
        for (text, changes) in [
            ("log10(estimate) * units + 870 * log10(arrival + 1)", (false, false)),
            ("deadline - remaining", (false, false)),
            ("slack", (true, false)),
            ("-(wait / estimate) ^ 3", (true, false)),
            ("user_share + priority", (false, true)),
            ("user_usage * user_share", (true, true)),
        ] {
            let order = ByFormula::new(text).unwrap();
            assert_eq!((order.changes_with_time(), order.changes_with_starts()), changes, "{text}");
        }
    }

    #[test]
    fn names_are_in_order_and_no_variable_is_a_function() {
        assert!(VARIABLES.is_sorted_by(|a, b| a.name < b.name));
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
        assert!(FUNCTIONS.iter().all(|f| VARIABLES.iter().all(|v| v.name != f.name)));
    }
}
