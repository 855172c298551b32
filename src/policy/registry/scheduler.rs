//! Schedulers by name: presets of order × backfill × placement, and those that are more.

use serde_json::{Map, Value, json};

use super::BuildError;
use super::Registry;
use super::plugin::{split_choice, unknown};
use crate::policy::Scheduler;
use crate::policy::schedule::Composed;

/// A named combination of the three parts.
pub struct Preset {
    /// How scenarios call it.
    pub name: &'static str,
    /// Order of the queue.
    pub order: &'static str,
    /// Backfill rule.
    pub backfill: &'static str,
    /// Placement.
    pub placement: &'static str,
    /// One line about it.
    pub about: &'static str,
}

macro_rules! presets {
    ($($name:literal = $order:literal, $backfill:literal, $placement:literal: $about:literal;)*) => {
        &[$(Preset { name: $name, order: $order, backfill: $backfill, placement: $placement, about: $about }),*]
    };
}

/// All presets.
pub const PRESETS: &[Preset] = presets! {
    "fifo" = "fifo", "none", "first-fit": "first come, first served; the head blocks";
    "fifo-greedy" = "fifo", "greedy", "first-fit": "order of arrival, skip what does not fit";
    "sjf" = "sjf", "none", "first-fit": "shortest estimate first; the head blocks (Phipps 1956)";
    "sjf-greedy" = "sjf", "greedy", "first-fit": "shortest estimate first, skip what does not fit";
    "ljf" = "ljf", "none", "first-fit": "longest estimate first; the head blocks";
    "priority" = "priority", "none", "first-fit": "highest priority first; the head blocks (Cobham 1954)";
    "edf" = "edf", "none", "first-fit": "earliest deadline first; the head blocks (Liu & Layland 1973)";
    "round-robin" = "fifo", "none", "round-robin": "order of arrival, units in turn";
    "least-loaded" = "fifo", "none", "least-loaded": "order of arrival, units with the least work (load balancing)";
    "fastest-finish" = "fifo", "none", "fastest-finish": "order of arrival, free units that end it first (MCT)";
    "easy" = "fifo", "easy", "first-fit": "EASY backfilling: one reservation, for the head (Lifka 1995)";
    "easy-sjbf" = "fifo", "easy-sjbf", "first-fit": "EASY, backfill candidates by shortest estimate (Tsafrir et al. 2007)";
    "conservative" = "fifo", "conservative", "first-fit": "a reservation for every task (Mu'alem & Feitelson 2001)";
};

/// A name for a scheduler with parameters.
pub struct Alias {
    /// How scenarios call it.
    pub name: &'static str,
    /// The scheduler.
    pub of: &'static str,
    /// Its parameters; a scenario may give others.
    pub parameters: &'static [(&'static str, &'static str)],
    /// One line about it.
    pub about: &'static str,
}

macro_rules! aliases {
    ($($name:literal = $of:literal { $($key:literal: $value:literal),* }: $about:literal;)*) => {
        &[$(Alias { name: $name, of: $of, parameters: &[$(($key, $value)),*], about: $about }),*]
    };
}

/// All names of schedulers with parameters.
pub const ALIASES: &[Alias] = aliases! {
    "random-dispatch" = "dispatch" {"choose": "random"}: "a line at every unit, joined at random";
    "round-robin-dispatch" = "dispatch" {"choose": "round-robin"}: "a line at every unit, joined in turn";
    "jsq" = "dispatch" {"choose": "jsq"}: "join the shortest queue (Winston 1977)";
    "power-of-d" = "dispatch" {"choose": "power-of-d"}: "join the shortest of d random queues (Mitzenmacher 2001)";
    "jiq" = "dispatch" {"choose": "jiq"}: "join an idle queue, else a random one (Lu et al. 2011)";
    "least-work" = "dispatch" {"choose": "least-work"}: "join the queue whose work is done first";
    "work-stealing" = "dispatch" {"choose": "random", "steal": "one"}: "idle units take from the longest queue (Blumofe & Leiserson 1999)";
};

impl Alias {
    /// The parameters in words.
    pub fn parts(&self) -> String {
        let pairs: Vec<String> = self.parameters.iter().map(|(key, value)| format!("{key} {value}")).collect();
        format!("{}: {}", self.of, pairs.join(", "))
    }

    /// The scheduler as a scenario would name it, with what was `chosen` before what the alias says.
    fn choice(&self, chosen: &Value) -> Value {
        let own = self.parameters.iter().map(|(key, value)| ((*key).to_owned(), json!(value)));
        let mut fields: Map<String, Value> = own.collect();
        fields.extend(chosen.as_object().cloned().unwrap_or_default());
        fields.insert("name".to_owned(), json!(self.of));
        Value::Object(fields)
    }
}

const PARTS: [&str; 3] = ["order", "backfill", "placement"];

impl Preset {
    /// The parts as a scheduler object.
    fn parts(&self) -> Map<String, Value> {
        let backfill = match self.backfill {
            "easy-sjbf" => json!({"name": "easy", "candidates": "shortest"}),
            plain => json!(plain),
        };
        [("order", json!(self.order)), ("backfill", backfill), ("placement", json!(self.placement))]
            .into_iter()
            .map(|(k, v)| (k.to_owned(), v))
            .collect()
    }
}

impl Registry {
    /// Names of all schedulers: presets, then the others, then names for those with parameters.
    pub fn scheduler_names(&self) -> Vec<&'static str> {
        let aliases = ALIASES.iter().map(|a| a.name);
        PRESETS.iter().map(|p| p.name).chain(self.schedulers.names()).chain(aliases).collect()
    }

    /// Makes the scheduler that `choice` names: a name; `{"name": …}` with parameters, or, for a preset,
    /// with other parts; or `{"order": …, "backfill": …, "placement": …}`, whose absent parts are
    /// `fifo`, `none` and `first-fit`.
    ///
    /// # Errors
    /// A name is unknown, or a parameter is wrong.
    pub fn scheduler(&self, choice: &Value) -> Result<Box<dyn Scheduler>, BuildError> {
        if let Value::Object(fields) = choice
            && !fields.contains_key("name")
        {
            return self.composed(Map::new(), fields);
        }
        let (name, params) = split_choice(choice, "scheduler")?;
        if self.schedulers.get(&name).is_some() {
            return self.schedulers.build(choice);
        }
        if let Some(alias) = ALIASES.iter().find(|a| a.name == name) {
            return self.schedulers.build(&alias.choice(&params));
        }
        let Some(preset) = PRESETS.iter().find(|p| p.name == name) else {
            return Err(unknown("scheduler", &name, &self.scheduler_names(), choice));
        };
        let empty = Map::new();
        self.composed(preset.parts(), params.as_object().unwrap_or(&empty))
    }

    /// A scheduler of three parts, `chosen` ones before those of `base`.
    fn composed(
        &self,
        base: Map<String, Value>,
        chosen: &Map<String, Value>,
    ) -> Result<Box<dyn Scheduler>, BuildError> {
        if let Some(key) = chosen.keys().find(|k| !PARTS.contains(&k.as_str())) {
            let known = PARTS.join("`, `");
            return Err(BuildError::new(format_args!("unknown field `{key}`, expected one of `{known}`")).inside(key));
        }
        let part = |name: &str, default: &str| {
            chosen.get(name).or_else(|| base.get(name)).cloned().unwrap_or_else(|| json!(default))
        };
        let order = self.orders.build(&part("order", "fifo")).map_err(|e| e.inside("order"))?;
        let backfill = self.backfills.build(&part("backfill", "none")).map_err(|e| e.inside("backfill"))?;
        let placement = self.placements.build(&part("placement", "first-fit")).map_err(|e| e.inside("placement"))?;
        Ok(Box::new(Composed::new(order, backfill, placement)))
    }
}
