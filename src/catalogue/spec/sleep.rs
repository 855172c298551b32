//! Sleep as it is written down.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::json::{Random, Seconds, SubError, Watts, inner};

/// A sleep state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SleepSpec {
    /// Asleep, in W.
    pub power: Watts,
    /// Time to fall asleep in s, from being awake or from a shallower state.
    pub entry: Seconds,
    /// Time to wake up in s; may be random.
    pub wake: WakeTime,
    /// While falling asleep, in W (default: `wake_power`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry_power: Option<Watts>,
    /// While waking up, in W; while falling asleep too, without `entry_power`.
    pub wake_power: Watts,
}

/// One sleep state, or several from shallow to deep.
#[derive(Clone, Debug, PartialEq)]
pub enum SleepStates {
    /// An object.
    One(SleepSpec),
    /// A list.
    Many(Vec<SleepSpec>),
}

/// A wake-up time.
#[derive(Clone, Debug, PartialEq)]
pub enum WakeTime {
    /// The same each time.
    Fixed(Seconds),
    /// Drawn each time, in s.
    Drawn(Random<Seconds>),
}

impl SleepStates {
    /// The states, from shallow to deep.
    pub fn states(&self) -> &[SleepSpec] {
        match self {
            Self::One(state) => std::slice::from_ref(state),
            Self::Many(states) => states,
        }
    }

    /// Where state `i` stands, below the device.
    pub(in crate::catalogue) fn pointer(&self, i: usize) -> String {
        match self {
            Self::One(_) => "/sleep".to_owned(),
            Self::Many(_) => format!("/sleep/{i}"),
        }
    }

    /// Its powers in W, for people: `21`, or `40, 5`.
    pub fn words(&self) -> String {
        let watts: Vec<String> = self.states().iter().map(|s| s.power.get().to_string()).collect();
        watts.join(", ")
    }
}

impl<'de> Deserialize<'de> for SleepStates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = |value: Value| match value {
            Value::Array(states) => {
                let state = |(i, state): (usize, Value)| inner(state).map_err(|e: SubError| e.inside(i.to_string()));
                states.into_iter().enumerate().map(state).collect::<Result<_, _>>().map(Self::Many)
            }
            one => inner(one).map(Self::One),
        };
        read(Value::deserialize(deserializer)?).map_err(SubError::into_error)
    }
}

impl Serialize for SleepStates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(state) => state.serialize(serializer),
            Self::Many(states) => states.serialize(serializer),
        }
    }
}

impl JsonSchema for SleepStates {
    fn schema_name() -> Cow<'static, str> {
        "SleepStates".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let state = generator.subschema_for::<SleepSpec>();
        json_schema!({
            "description": "a sleep state, or a list of them from shallow to deep",
            "anyOf": [state, {"type": "array", "items": state, "minItems": 1}],
        })
    }
}

impl<'de> Deserialize<'de> for WakeTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let read = if value.is_object() { inner(value).map(Self::Drawn) } else { inner(value).map(Self::Fixed) };
        read.map_err(SubError::into_error)
    }
}

impl Serialize for WakeTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Fixed(seconds) => seconds.serialize(serializer),
            Self::Drawn(random) => random.serialize(serializer),
        }
    }
}

impl JsonSchema for WakeTime {
    fn schema_name() -> Cow<'static, str> {
        Random::<Seconds>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Random::<Seconds>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: Value) -> Result<SleepStates, String> {
        inner(text).map_err(|e: SubError| e.to_string())
    }

    #[test]
    fn an_object_is_written_as_it_was() {
        let text = json!({"power": 1, "entry": 2, "wake": 60, "wake_power": 20});
        let mut told = text.clone();
        told["wake"] = json!("1 min");
        assert_eq!(serde_json::to_value(read(told).unwrap()).unwrap(), text);
    }

    #[test]
    fn a_list_has_its_states_in_order() {
        let drawn = json!({"dist": "exponential", "mean": "2 s"});
        let text = json!([
            {"power": 5, "entry": 0, "wake": 1, "entry_power": 7, "wake_power": 20},
            {"power": 1, "entry": 0, "wake": drawn, "wake_power": 20},
        ]);
        let states = read(text.clone()).unwrap();
        assert_eq!(serde_json::to_value(&states).unwrap(), text);
        assert_eq!((states.states().len(), states.words(), states.pointer(1)), (2, "5, 1".into(), "/sleep/1".into()));
    }

    #[test]
    fn a_mistake_is_told_where_it_stands() {
        let good = json!({"power": 1, "entry": 2, "wake": 3, "wake_power": 20});
        let mut bad = good.clone();
        bad["wake"] = json!({"dist": "exponential", "mean": -1});
        assert!(read(json!([good, bad])).unwrap_err().starts_with("/1/wake/mean: "));
        assert!(read(json!(7)).is_err() && read(json!([good, 7])).unwrap_err().starts_with("/1: "));
    }
}
