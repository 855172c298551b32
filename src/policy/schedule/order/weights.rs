//! How much each user may have, relative to the others.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use crate::json::SubError;

/// Weights by user id: `{"3": 2.0}` lets user 3 have twice as much as a user who is not named.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights(BTreeMap<u32, f64>);

impl Weights {
    /// The weight of `user`, 1 where none is given.
    pub fn of(&self, user: u32) -> f64 {
        self.0.get(&user).copied().unwrap_or(1.0)
    }
}

fn entry(user: &str, weight: f64) -> Result<(u32, f64), SubError> {
    let Ok(id) = user.parse::<u32>() else {
        let found = crate::json::printable(user, 40);
        return Err(SubError::new(format_args!("found `{found}`, expected the number of a user")));
    };
    if weight > 0.0 && weight.is_finite() {
        Ok((id, weight))
    } else {
        Err(SubError::new(format_args!("found {weight}, expected a weight > 0")))
    }
}

impl<'de> Deserialize<'de> for Weights {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = BTreeMap::<String, f64>::deserialize(deserializer)?;
        let read = |(user, weight): (String, f64)| entry(&user, weight).map_err(|e| e.inside(user).into_error());
        given.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }
}

impl JsonSchema for Weights {
    fn schema_name() -> Cow<'static, str> {
        "Weights".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": {"type": "number", "exclusiveMinimum": 0},
            "propertyNames": {"pattern": "^[0-9]+$"},
        })
    }
}
