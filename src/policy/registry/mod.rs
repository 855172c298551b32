//! One table of everything that can be named in a slot. Building, `xpusim list`, the JSON Schema and
//! the did-you-mean all read it; a policy from outside the crate is one call away:
//!
//! ```
//! use xpu_manager_rust::policy::registry::Registry;
//! let mut registry = Registry::builtin();
//! // registry.scheduler_plugin::<MyScheduler>();
//! assert!(registry.orders.names().any(|n| n == "sjf"));
//! ```

mod plugin;
mod scheduler;

/// Why a policy could not be made: the path below it, and what is wrong there.
pub use crate::json::SubError as BuildError;
pub use plugin::{Entry, NoParams, Plugin, Slot};
pub use scheduler::{ALIASES, Alias, PRESETS, Preset};

use crate::json::inner;

use super::power::cap::{self, CapShare};
use super::schedule::preemptive::{self, Ranked};
use super::schedule::{Backfill, Order, Placement, backfill, dag, dispatch, mapper, order, placement, tiresias};
use super::schedule::{CarbonAware, ElasticWidths, Gavel, GavelFifoPerf, GavelFinishTime, GavelMakespan, GavelMaxMin};
use super::{
    Adaptive, CloudPolicy, Governor, MemoryPolicy, Scheduler, SleepPolicy, adapt, cloud, memory, power, sleep,
};

/// All policies by slot.
pub struct Registry {
    /// Schedulers that are more than order × backfill × placement.
    pub schedulers: Slot<dyn Scheduler>,
    /// Orders of the queue.
    pub orders: Slot<dyn Order>,
    /// Backfill rules.
    pub backfills: Slot<dyn Backfill>,
    /// Placements.
    pub placements: Slot<dyn Placement>,
    /// Memory policies.
    pub memory: Slot<dyn MemoryPolicy>,
    /// Governors.
    pub power: Slot<dyn Governor>,
    /// Rules that share out a power budget.
    pub cap_shares: Slot<dyn CapShare>,
    /// Sleep policies.
    pub sleep: Slot<dyn SleepPolicy>,
    /// Cloud policies.
    pub cloud: Slot<dyn CloudPolicy>,
    /// Adaptive components.
    pub adaptive: Slot<dyn Adaptive>,
}

/// A method that registers a plugin in a slot: a box of `P` is a box of the slot's trait.
macro_rules! registers {
    ($($(#[$doc:meta])* $method:ident: $slot:ident of $trait:ident;)*) => {
        impl Registry {
            $($(#[$doc])*
            pub fn $method<P: Plugin + $trait>(&mut self) -> &mut Self {
                self.$slot.add(Entry::new::<P>(|params| Ok(Box::new(P::build(inner(params)?)?))));
                self
            })*
        }
    };
}

registers! {
    /// Adds a scheduler.
    scheduler_plugin: schedulers of Scheduler;
    /// Adds an order.
    order_plugin: orders of Order;
    /// Adds a backfill rule.
    backfill_plugin: backfills of Backfill;
    /// Adds a placement.
    placement_plugin: placements of Placement;
    /// Adds a memory policy.
    memory_plugin: memory of MemoryPolicy;
    /// Adds a governor.
    power_plugin: power of Governor;
    /// Adds a rule that shares out a power budget.
    cap_share_plugin: cap_shares of CapShare;
    /// Adds a sleep policy.
    sleep_plugin: sleep of SleepPolicy;
    /// Adds a cloud policy.
    cloud_plugin: cloud of CloudPolicy;
    /// Adds an adaptive component.
    adaptive_plugin: adaptive of Adaptive;
}

impl Registry {
    /// Empty slots.
    fn empty() -> Self {
        Self {
            schedulers: Slot::new("scheduler"),
            orders: Slot::new("order"),
            backfills: Slot::new("backfill"),
            placements: Slot::new("placement"),
            memory: Slot::new("memory policy"),
            power: Slot::new("power policy"),
            cap_shares: Slot::new("rule for sharing power"),
            sleep: Slot::new("sleep policy"),
            cloud: Slot::new("cloud policy"),
            adaptive: Slot::new("adaptive policy"),
        }
    }

    /// Everything that comes with the crate.
    pub fn builtin() -> Self {
        let mut r = Self::empty();
        r.scheduler_plugin::<Ranked<preemptive::Srpt>>()
            .scheduler_plugin::<Ranked<preemptive::Psjf>>()
            .scheduler_plugin::<Ranked<preemptive::Las>>()
            .scheduler_plugin::<Ranked<preemptive::Priority>>()
            .scheduler_plugin::<preemptive::Rr>();
        r.scheduler_plugin::<tiresias::Sorted<tiresias::Sjf>>()
            .scheduler_plugin::<tiresias::Sorted<tiresias::Shortest>>()
            .scheduler_plugin::<tiresias::Sorted<tiresias::ShortestGpu>>()
            .scheduler_plugin::<tiresias::Leveled<tiresias::Dlas>>()
            .scheduler_plugin::<tiresias::Leveled<tiresias::DlasGpu>>();
        r.scheduler_plugin::<GavelFifoPerf>()
            .scheduler_plugin::<Gavel>()
            .scheduler_plugin::<GavelMaxMin>()
            .scheduler_plugin::<GavelFinishTime>()
            .scheduler_plugin::<GavelMakespan>()
            .scheduler_plugin::<ElasticWidths>()
            .scheduler_plugin::<CarbonAware>();
        r.scheduler_plugin::<dag::Heft>().scheduler_plugin::<dag::Cpop>().scheduler_plugin::<dag::Peft>();
        r.scheduler_plugin::<dispatch::Dispatch>();
        r.scheduler_plugin::<mapper::Mct>()
            .scheduler_plugin::<mapper::Met>()
            .scheduler_plugin::<mapper::Olb>()
            .scheduler_plugin::<mapper::MinMin>()
            .scheduler_plugin::<mapper::MaxMin>()
            .scheduler_plugin::<mapper::Sufferage>()
            .scheduler_plugin::<mapper::Threshold>();
        r.order_plugin::<order::Fifo>()
            .order_plugin::<order::Sjf>()
            .order_plugin::<order::Ljf>()
            .order_plugin::<order::Priority>()
            .order_plugin::<order::Edf>()
            .order_plugin::<order::Forecast>()
            .order_plugin::<order::Llf>()
            .order_plugin::<order::Lifo>()
            .order_plugin::<order::Random>()
            .order_plugin::<order::Saf>()
            .order_plugin::<order::Smallest>()
            .order_plugin::<order::Largest>()
            .order_plugin::<order::Wfp3>()
            .order_plugin::<order::Unicef>()
            .order_plugin::<order::F1>()
            .order_plugin::<order::F2>()
            .order_plugin::<order::F3>()
            .order_plugin::<order::F4>()
            .order_plugin::<order::FairShare>()
            .order_plugin::<order::Drf>()
            .order_plugin::<order::Gittins>()
            .order_plugin::<order::ByFormula>();
        r.backfill_plugin::<backfill::Strict>()
            .backfill_plugin::<backfill::Greedy>()
            .backfill_plugin::<backfill::Easy>()
            .backfill_plugin::<backfill::Conservative>();
        r.placement_plugin::<placement::FirstFit>()
            .placement_plugin::<placement::BestFit>()
            .placement_plugin::<placement::WorstFit>()
            .placement_plugin::<placement::Random>()
            .placement_plugin::<placement::RoundRobin>()
            .placement_plugin::<placement::LeastLoaded>()
            .placement_plugin::<placement::FastestFinish>()
            .placement_plugin::<placement::FillNodes>()
            .placement_plugin::<placement::Jsq>()
            .placement_plugin::<placement::PowerOfD>()
            .placement_plugin::<placement::Jiq>()
            .placement_plugin::<placement::ByNode<placement::Pack>>()
            .placement_plugin::<placement::ByNode<placement::Spread>>()
            .placement_plugin::<placement::ByNode<placement::Locality>>()
            .placement_plugin::<placement::ByNode<placement::DotProduct>>()
            .placement_plugin::<placement::ByNode<placement::NodeBestFit>>()
            .placement_plugin::<placement::EnergyAware>()
            .placement_plugin::<placement::Fgd>();
        r.memory_plugin::<memory::Counter>()
            .memory_plugin::<memory::ByFit<memory::FirstFit>>()
            .memory_plugin::<memory::ByFit<memory::BestFit>>()
            .memory_plugin::<memory::ByFit<memory::NextFit>>()
            .memory_plugin::<memory::ByFit<memory::WorstFit>>()
            .memory_plugin::<memory::Buddy>()
            .memory_plugin::<memory::Slab>()
            .memory_plugin::<memory::Paged>()
            .memory_plugin::<memory::CachingArena>()
            .memory_plugin::<memory::Partitions>()
            .memory_plugin::<memory::Simple>()
            .memory_plugin::<memory::Dynamic>();
        r.power_plugin::<power::Performance>()
            .power_plugin::<power::Powersave>()
            .power_plugin::<power::Ondemand>()
            .power_plugin::<power::Userspace>()
            .power_plugin::<power::Conservative>()
            .power_plugin::<power::Schedutil>()
            .power_plugin::<power::Thresholds>()
            .power_plugin::<power::Thresholds<power::Aggressive>>()
            .power_plugin::<power::Thresholds<power::Cautious>>();
        r.power_plugin::<power::RaceToIdle>()
            .power_plugin::<power::PaceToDeadline>()
            .power_plugin::<power::OptimalAvailable>()
            .power_plugin::<power::AverageRate>()
            .power_plugin::<power::EnergyOptimal>()
            .power_plugin::<power::EdpOptimal>()
            .power_plugin::<power::Zeus>();
        r.cap_share_plugin::<cap::Uniform>()
            .cap_share_plugin::<cap::Proportional>()
            .cap_share_plugin::<cap::WaterFilling>()
            .cap_share_plugin::<cap::ByPriority>()
            .cap_share_plugin::<cap::Marginal>();
        r.sleep_plugin::<sleep::Never>()
            .sleep_plugin::<sleep::InstantOff>()
            .sleep_plugin::<sleep::Timeout>()
            .sleep_plugin::<sleep::BreakEven>()
            .sleep_plugin::<sleep::RandomTimeout>()
            .sleep_plugin::<sleep::Predictive>()
            .sleep_plugin::<sleep::NPolicy>()
            .sleep_plugin::<sleep::Vacation>();
        r.cloud_plugin::<cloud::Never>()
            .cloud_plugin::<cloud::Always>()
            .cloud_plugin::<cloud::Threshold>()
            .cloud_plugin::<cloud::DeadlineAware>()
            .cloud_plugin::<cloud::Default>()
            .cloud_plugin::<cloud::Probabilistic>()
            .cloud_plugin::<cloud::FasterWins>()
            .cloud_plugin::<cloud::Energy>()
            .cloud_plugin::<cloud::WeightedCost>()
            .cloud_plugin::<cloud::KnapsackBurst>()
            .cloud_plugin::<cloud::Lyapunov>()
            .cloud_plugin::<cloud::SpotThenOnDemand>();
        r.adaptive_plugin::<adapt::Fixed>().adaptive_plugin::<adapt::LastTwo>().adaptive_plugin::<adapt::Bandit>();
        r
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_preset_builds() {
        let registry = Registry::builtin();
        for preset in PRESETS {
            assert!(registry.scheduler(&json!(preset.name)).is_ok(), "{}", preset.name);
        }
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones_where_it_stands() {
        let error = Registry::builtin().scheduler(&json!("conservativ")).err().unwrap();
        assert!(error.to_string().contains("`conservative`"), "{error}");
        let error = Registry::builtin().scheduler(&json!({"order": "sfj"})).err().unwrap();
        assert!(error.to_string().starts_with("/order: ") && error.to_string().contains("`sjf`"), "{error}");
    }

    #[test]
    fn a_preset_takes_the_parameters_of_its_parts() {
        let registry = Registry::builtin();
        for good in [
            json!({"name": "fair-share", "half_life": "7d", "weights": {"3": 2}}),
            json!({"name": "priority", "ageing": "2 /h", "backfill": "easy"}),
            json!({"name": "easy", "candidates": "shortest", "order": {"formula": "estimate * units"}}),
            json!({"order": {"formula": "wait"}}),
            json!({"order": {"name": "formula", "formula": "wait"}}),
        ] {
            assert!(registry.scheduler(&good).is_ok(), "{good}");
        }
        for (bad, path, word) in [
            (json!({"name": "fair-share", "half_life": "7 GB"}), "/half_life: ", "duration"),
            (json!({"name": "fair-share", "half_lif": "7d"}), "/half_lif: ", "`half_life`"),
            (json!({"name": "fair-share", "order": "fifo", "half_life": "7d"}), "/half_life: ", "unknown field"),
            (json!({"name": "drf", "weights": {"3": 0}}), "/weights/3: ", "weight > 0"),
            (json!({"order": {"name": "drf", "weights": {"ann": 1}}}), "/order/weights/ann: ", "number of a user"),
            (json!({"name": "gittins", "samples": ["1 s", 0]}), "/samples: ", "more than 0"),
            (json!({"order": {"formula": "wait +"}}), "/order/formula: ", "found the end at character 7"),
            (json!({"order": {"formula": "wiat"}}), "/order/formula: ", "did you mean `wait`?"),
            (json!({"order": {"formula": "wait", "x": 1}}), "/order/x: ", "x"),
            (json!({"order": {"ageing": 1}}), "/order: ", "no `name`"),
        ] {
            let error = registry.scheduler(&bad).err().unwrap().to_string();
            assert!(error.starts_with(path) && error.contains(word), "{bad}: {error}");
        }
    }

    #[test]
    fn parameters_are_checked() {
        let registry = Registry::builtin();
        let error = registry.sleep.build(&json!({"name": "timeout", "afer": 3})).err().unwrap();
        assert!(error.to_string().contains("afer"), "{error}");
        assert!(registry.sleep.build(&json!({"name": "timeout", "after": "10 ms"})).is_ok());
        assert!(registry.sleep.build(&json!({"name": "timeout", "after": "10 GiB"})).is_err());
        assert!(registry.sleep.build(&json!(3)).is_err());
    }
}
