//! Invariants: what must hold at every quiet instant, and at the end.

use std::collections::BTreeMap;

use crate::model::task::Phase;
use crate::model::unit::{Space, UnitPhase};
use crate::record::Observer;
use crate::units::{Bytes, SimTime};

use super::Simulation;

/// An invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub String);

pub(super) fn hold(condition: bool, what: impl FnOnce() -> String) -> Result<(), Broken> {
    if condition { Ok(()) } else { Err(Broken(what())) }
}

impl<O: Observer> Simulation<O> {
    /// Capacity, memory, counts and power agree with what the tasks hold.
    pub(super) fn check_now(&self, now: SimTime) -> Result<(), Broken> {
        let world = &self.world;
        let mut given = vec![(0u64, 0u64); world.units.len()];
        let mut waiting = 0;
        let mut away = 0;
        let mut holders = 0;
        let mut by_user: BTreeMap<u32, u64> = BTreeMap::new();
        for (_, task) in world.tasks.iter() {
            waiting += u32::from(task.phase == Phase::Waiting);
            away += u32::from(matches!(task.phase, Phase::Uploading | Phase::CloudRunning | Phase::Downloading));
            if matches!(task.phase, Phase::Placed | Phase::Running | Phase::Saving) {
                holders += 1;
                *by_user.entry(task.spec.user).or_default() +=
                    u64::from(task.spec.units) * u64::from(task.spec.share.0);
                for unit in task.units.as_slice() {
                    given[unit.index()].0 += u64::from(task.spec.share.0);
                    given[unit.index()].1 += task.spec.memory.get();
                }
                hold(task.remaining <= task.service, || format!("task {} has more left than its service", task.seq))?;
                let swaps = world.dynamics.as_ref().is_some_and(|d| d.swapped.contains_key(&task.seq));
                let late = task.phase == Phase::Saving && task.saved_at < now && !swaps;
                hold(!late, || format!("task {} saves longer than it should", task.seq))?;
            }
        }
        hold(waiting == world.gauges.waiting, || format!("{waiting} tasks wait, {} counted", world.gauges.waiting))?;
        hold(away == world.gauges.in_cloud, || format!("{away} tasks are away, {} counted", world.gauges.in_cloud))?;
        hold(holders == world.running.len(), || format!("{holders} tasks hold units, {} listed", world.running.len()))?;
        for (user, account) in world.accounts.iter() {
            let (found, held) = (by_user.remove(&user).unwrap_or(0), account.held.units);
            hold(found == held, || format!("user {user} holds {found} millionths of a unit, the account says {held}"))?;
        }
        hold(by_user.is_empty(), || format!("users {:?} hold units and have no account", by_user.keys()))?;
        for (i, (unit, (share, memory))) in world.units.iter().zip(&given).enumerate() {
            let capacity = world.cluster.device(crate::units::UnitId(i as u32)).memory;
            let out_of_reach = world.withheld.contains(&crate::units::UnitId(i as u32));
            // What has failed has given all of itself to nobody.
            let down = matches!(unit.phase, UnitPhase::Down { .. });
            hold(!down || unit.residents.is_empty(), || format!("unit {i} is down and has tasks on it"))?;
            let withheld = if out_of_reach || down { u64::from(unit.size.places.0) } else { 0 };
            hold(u64::from(unit.free.0) + share + withheld == u64::from(unit.size.places.0), || {
                format!("unit {i}: free + given share is not what there is")
            })?;
            hold(world.dynamics.is_some() || unit.memory_used.get() >= *memory, || {
                format!("unit {i}: memory given is not counted")
            })?;
            hold(unit.memory_used <= capacity, || format!("unit {i}: more memory given than there is"))?;
            hold(unit.since <= now, || format!("unit {i}: accounted beyond now"))?;
            if let Space::Blocks(space) = &unit.space {
                space.check().map_err(|e| Broken(format!("unit {i}: {e}")))?;
                hold(space.capacity() <= capacity, || format!("unit {i}: more memory to place than there is"))?;
                let sum = space.free().get().saturating_add(unit.memory_used.get());
                hold(Bytes(sum) == space.capacity(), || format!("unit {i}: free + used memory is not the capacity"))?;
            }
        }
        world.check_memory().map_err(Broken)?;
        if let Some(wrong) = world.heat.as_ref().and_then(|h| h.out_of_bounds()) {
            return Err(Broken(wrong));
        }
        self.check_cap()?;
        let power: u64 = world.units.iter().map(|u| u.power.as_microwatts()).sum();
        let total = world.gauges.total_power().as_microwatts();
        hold(power == total, || format!("the units draw {power} uW, the sum says {total} uW"))?;
        let pools: u64 = world.pools.iter().map(|p| p.power.as_microwatts()).sum();
        hold(pools == power, || format!("the units draw {power} uW, their pools {pools} uW"))
    }

    /// Nothing has vanished; every unit's time adds up to the run.
    pub(super) fn check_end(&mut self, end: SimTime) -> Result<(), Broken> {
        let c = self.counts;
        let ended = c.completed + c.rejected + c.failed + c.killed;
        let inside = self.world.tasks.in_system() as u64;
        hold(c.submitted == ended + inside, || {
            format!("{} tasks came, {ended} ended and {inside} are in the system", c.submitted)
        })?;
        for (i, unit) in self.world.units.iter().enumerate() {
            let sum: u64 = unit.totals.time.iter().sum();
            hold(sum == end.as_nanos(), || {
                format!("unit {i}: its states last {sum} ns, the run {} ns", end.as_nanos())
            })?;
        }
        if let Some(audit) = &mut self.audit {
            audit.quiet(end, &self.world);
            audit.check(&self.world)?;
        }
        self.check_now(end)
    }
}
