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

use super::schedule::{Backfill, Order, Placement, Srpt, backfill, dag, dispatch, mapper, order, placement};
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
            sleep: Slot::new("sleep policy"),
            cloud: Slot::new("cloud policy"),
            adaptive: Slot::new("adaptive policy"),
        }
    }

    /// Everything that comes with the crate.
    pub fn builtin() -> Self {
        let mut r = Self::empty();
        r.scheduler_plugin::<Srpt>();
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
            .order_plugin::<order::Edf>();
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
            .placement_plugin::<placement::FastestFinish>();
        r.memory_plugin::<memory::Counter>().memory_plugin::<memory::FirstFit>().memory_plugin::<memory::BestFit>();
        r.power_plugin::<power::Performance>()
            .power_plugin::<power::Powersave>()
            .power_plugin::<power::Ondemand>()
            .power_plugin::<power::Thresholds>();
        r.sleep_plugin::<sleep::Never>().sleep_plugin::<sleep::Timeout>();
        r.cloud_plugin::<cloud::Never>()
            .cloud_plugin::<cloud::Always>()
            .cloud_plugin::<cloud::Threshold>()
            .cloud_plugin::<cloud::DeadlineAware>();
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
    fn parameters_are_checked() {
        let registry = Registry::builtin();
        let error = registry.sleep.build(&json!({"name": "timeout", "afer": 3})).err().unwrap();
        assert!(error.to_string().contains("afer"), "{error}");
        assert!(registry.sleep.build(&json!({"name": "timeout", "after": "10 ms"})).is_ok());
        assert!(registry.sleep.build(&json!({"name": "timeout", "after": "10 GiB"})).is_err());
        assert!(registry.sleep.build(&json!(3)).is_err());
    }
}
