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
    "pack" = "fifo", "greedy", "pack": "order of arrival, the fullest node; skip what does not fit";
    "spread" = "fifo", "greedy", "spread": "order of arrival, the emptiest node; skip what does not fit";
    "locality" = "fifo", "greedy", "locality": "order of arrival, gangs within a node; skip what does not fit";
    "tetris" = "fifo", "greedy", "dot-product": "order of arrival, free resources that align (Grandl et al. 2014)";
    "fgd" = "fifo", "greedy", "fgd": "order of arrival, least new fragmentation (Weng et al. 2023)";
    "energy-aware" = "fifo", "greedy", "energy-aware": "order of arrival, least added energy that meets the deadline";
    "easy" = "fifo", "easy", "first-fit": "EASY backfilling: one reservation, for the head (Lifka 1995)";
    "easy-sjbf" = "fifo", "easy-sjbf", "first-fit": "EASY, backfill candidates by shortest estimate (Tsafrir et al. 2007)";
    "conservative" = "fifo", "conservative", "first-fit": "a reservation for every task (Mu'alem & Feitelson 2001)";
    "pai-fifo" = "fifo", "greedy", "fill-nodes": "the PAI simulator: order of arrival, nodes filled in turn (Weng et al. 2022)";
    "pai-sjf" = "sjf", "greedy", "fill-nodes": "the PAI simulator: shortest duration first";
    "pai-sju" = "forecast", "greedy", "fill-nodes": "the PAI simulator: shortest first by the user's mean";
    "pai-sjg" = "forecast-group", "greedy", "fill-nodes": "the PAI simulator: shortest first by the group's mean";
    "pai-sjgg" = "forecast-group-devices", "greedy", "fill-nodes": "the PAI simulator: shortest first by the mean of group and devices";
    "tiresias-fifo" = "fifo", "none", "first-fit": "Tiresias' simulator: order of arrival, the head blocks (Gu et al. 2019)";
    "tiresias-fjf" = "fifo", "greedy", "first-fit": "Tiresias' simulator: order of arrival, fit job first (Gu et al. 2019)";
};

const PARTS: [&str; 3] = ["order", "backfill", "placement"];

impl Preset {
    /// The parts as a scheduler object.
    fn parts(&self) -> Map<String, Value> {
        let order = match self.order {
            "forecast-group" => json!({"name": "forecast", "by": "group"}),
            "forecast-group-devices" => json!({"name": "forecast", "by": "group-devices"}),
            plain => json!(plain),
        };
        let backfill = match self.backfill {
            "easy-sjbf" => json!({"name": "easy", "candidates": "shortest"}),
            plain => json!(plain),
        };
        [("order", order), ("backfill", backfill), ("placement", json!(self.placement))]
            .into_iter()
            .map(|(k, v)| (k.to_owned(), v))
            .collect()
    }
}

impl Registry {
    /// Names of all schedulers: presets, then the others.
    pub fn scheduler_names(&self) -> Vec<&'static str> {
        PRESETS.iter().map(|p| p.name).chain(self.schedulers.names()).collect()
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
