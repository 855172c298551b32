//! Schedulers by name: presets of order × backfill × placement, and those that are more.

use serde_json::{Map, Value, json};

use super::BuildError;
use super::Registry;
use super::plugin::{Entry, Slot, split_choice, unknown};
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
    "lifo" = "lifo", "none", "first-fit": "last come, first served; the head blocks";
    "lifo-greedy" = "lifo", "greedy", "first-fit": "last come, first served, skip what does not fit";
    "random-order" = "random", "none", "first-fit": "an order drawn by lot; the head blocks";
    "random-order-greedy" = "random", "greedy", "first-fit": "an order drawn by lot, skip what does not fit";
    "saf" = "saf", "none", "first-fit": "least estimate x units first; the head blocks (Carastan-Santos et al., CCGRID 2019)";
    "saf-greedy" = "saf", "greedy", "first-fit": "least estimate x units first, skip what does not fit";
    "smallest-first" = "smallest-first", "none", "first-fit": "fewest units first; the head blocks";
    "largest-first" = "largest-first", "none", "first-fit": "most units first; the head blocks";
    "largest-first-greedy" = "largest-first", "greedy", "first-fit": "most units first, skip what does not fit (first-fit decreasing)";
    "priority-ageing" = "priority-ageing", "none", "first-fit": "highest priority first, one more for each hour of waiting; the head blocks";
    "priority-greedy" = "priority", "greedy", "first-fit": "highest priority first, skip what does not fit";
    "edf-greedy" = "edf", "greedy", "first-fit": "earliest deadline first, skip what does not fit";
    "llf" = "llf", "none", "first-fit": "least laxity first; the head blocks (Mok 1983)";
    "llf-greedy" = "llf", "greedy", "first-fit": "least laxity first, skip what does not fit";
    "wfp3" = "wfp3", "none", "first-fit": "most (wait / estimate)^3 x units first; the head blocks (Tang et al., CLUSTER 2009)";
    "wfp3-greedy" = "wfp3", "greedy", "first-fit": "most (wait / estimate)^3 x units first, skip what does not fit";
    "unicef" = "unicef", "none", "first-fit": "most wait / (log2(units) x estimate) first; the head blocks (Tang et al., CLUSTER 2009)";
    "unicef-greedy" = "unicef", "greedy", "first-fit": "most wait / (log2(units) x estimate) first, skip what does not fit";
    "f1" = "f1", "none", "first-fit": "learned priority F1; the head blocks (Carastan-Santos & de Camargo, SC 2017)";
    "f1-greedy" = "f1", "greedy", "first-fit": "learned priority F1, skip what does not fit";
    "f2" = "f2", "none", "first-fit": "learned priority F2; the head blocks (Carastan-Santos & de Camargo, SC 2017)";
    "f2-greedy" = "f2", "greedy", "first-fit": "learned priority F2, skip what does not fit";
    "f3" = "f3", "none", "first-fit": "learned priority F3; the head blocks (Carastan-Santos & de Camargo, SC 2017)";
    "f3-greedy" = "f3", "greedy", "first-fit": "learned priority F3, skip what does not fit";
    "f4" = "f4", "none", "first-fit": "learned priority F4; the head blocks (Carastan-Santos & de Camargo, SC 2017)";
    "f4-greedy" = "f4", "greedy", "first-fit": "learned priority F4, skip what does not fit";
    "fair-share" = "fair-share", "none", "first-fit": "the user with the least unit time so far; the head blocks (Kay & Lauder 1988)";
    "fair-share-greedy" = "fair-share", "greedy", "first-fit": "the user with the least unit time so far, skip what does not fit";
    "drf" = "drf", "none", "first-fit": "the user with the lowest dominant share; the head blocks (Ghodsi et al., NSDI 2011)";
    "drf-greedy" = "drf", "greedy", "first-fit": "the user with the lowest dominant share, skip what does not fit";
    "gittins" = "gittins", "none", "first-fit": "highest Gittins index at the attained service; the head blocks (Gittins 1979)";
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
        // Some parts have a parameter, and are called by a word of their own.
        let part = |word: &str| match word {
            "easy-sjbf" => json!({"name": "easy", "candidates": "shortest"}),
            "forecast-group" => json!({"name": "forecast", "by": "group"}),
            "forecast-group-devices" => json!({"name": "forecast", "by": "group-devices"}),
            "priority-ageing" => json!({"name": "priority", "ageing": "1 /h"}),
            plain => json!(plain),
        };
        PARTS.iter().zip([self.order, self.backfill, self.placement]).map(|(k, v)| ((*k).to_owned(), part(v))).collect()
    }
}

impl Registry {
    /// Names of all schedulers: presets, then the others, then names for those with parameters.
    pub fn scheduler_names(&self) -> Vec<&'static str> {
        let aliases = ALIASES.iter().map(|a| a.name);
        PRESETS.iter().map(|p| p.name).chain(self.schedulers.names()).chain(aliases).collect()
    }

    /// Makes the scheduler that `choice` names: a name; `{"name": …}` with parameters, those of its parts too, or,
    /// for a preset, with other parts; or `{"order": …, "backfill": …, "placement": …}`, whose absent parts are
    /// `fifo`, `none` and `first-fit`.
    ///
    /// # Errors
    /// A name is unknown, or a parameter is wrong.
    pub fn scheduler(&self, choice: &Value) -> Result<Box<dyn Scheduler>, BuildError> {
        if let Value::Object(fields) = choice
            && !fields.contains_key("name")
        {
            return self.composed(&Map::new(), fields);
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
        self.composed(&preset.parts(), params.as_object().unwrap_or(&Map::new()))
    }

    /// A scheduler of three parts, `chosen` ones before those of `base`. Parameters beside them belong to the parts
    /// of `base` that know them.
    fn composed(
        &self,
        base: &Map<String, Value>,
        chosen: &Map<String, Value>,
    ) -> Result<Box<dyn Scheduler>, BuildError> {
        let order = Part::new(&self.orders, base, chosen, "fifo");
        let backfill = Part::new(&self.backfills, base, chosen, "none");
        let placement = Part::new(&self.placements, base, chosen, "first-fit");
        let known = [PARTS.map(str::to_owned).to_vec(), order.adopts(), backfill.adopts(), placement.adopts()].concat();
        if let Some(key) = chosen.keys().find(|k| !known.contains(k)) {
            let known = known.join("`, `");
            return Err(BuildError::new(format_args!("unknown field `{key}`, expected one of `{known}`")).inside(key));
        }
        Ok(Box::new(Composed::new(order.build(chosen)?, backfill.build(chosen)?, placement.build(chosen)?)))
    }
}

/// One of the three parts of a scheduler.
struct Part<'a, T: ?Sized> {
    slot: &'a Slot<T>,
    choice: Value,
    /// Whether it is a preset's own, and so takes parameters that stand beside the preset's name.
    preset: bool,
}

impl<'a, T: ?Sized> Part<'a, T> {
    fn new(slot: &'a Slot<T>, base: &Map<String, Value>, chosen: &Map<String, Value>, default: &str) -> Self {
        let theirs = chosen.get(slot.what());
        let preset = base.get(slot.what()).filter(|_| theirs.is_none());
        let choice = theirs.or(preset).cloned().unwrap_or_else(|| json!(default));
        Self { slot, choice, preset: preset.is_some() }
    }

    /// Parameters that it takes from beside the preset's name.
    fn adopts(&self) -> Vec<String> {
        let name = self.choice.get("name").unwrap_or(&self.choice).as_str().unwrap_or_default();
        let entry = self.slot.get(name).filter(|_| self.preset);
        entry.map(Entry::parameters).unwrap_or_default()
    }

    fn build(self, chosen: &Map<String, Value>) -> Result<Box<T>, BuildError> {
        let adopted: Vec<(String, Value)> =
            self.adopts().into_iter().filter_map(|k| chosen.get(&k).cloned().map(|v| (k, v))).collect();
        let mut choice = self.choice;
        if !adopted.is_empty() {
            if choice.is_string() {
                choice = json!({"name": choice});
            }
            choice.as_object_mut().into_iter().for_each(|fields| fields.extend(adopted.clone()));
        }
        self.slot.build(&choice).map_err(|error| match error.first() {
            Some(first) if adopted.iter().any(|(key, _)| key == first) => error,
            _ => error.inside(self.slot.what()),
        })
    }
}
