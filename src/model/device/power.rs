//! Power of a device that works, where it is not simply linear in the load, and what a change of clock costs.

use std::sync::Arc;

use crate::units::{Energy, Power, Share, SimDuration};

use super::Device;

/// How the power above the base grows with the load, from 0 without load to 1 fully loaded.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum LoadLaw {
    /// `u`.
    #[default]
    Linear,
    /// `2u − u^1.4` (Fan, Weber & Barroso, ISCA 2007).
    Fan,
    /// Values at equal steps of load, the first 0 and the last 1; straight lines between them.
    Table(Arc<[f64]>),
}

impl LoadLaw {
    /// The part of the power above the base at load `u` in [0, 1].
    pub fn at(&self, u: f64) -> f64 {
        let u = u.clamp(0.0, 1.0);
        match self {
            Self::Linear => u,
            Self::Fan => 2.0 * u - libm::pow(u, 1.4),
            Self::Table(points) => {
                let steps = points.len().saturating_sub(1);
                let below = ((u * steps as f64) as usize).min(steps.saturating_sub(1));
                let along = u * steps as f64 - below as f64;
                match (points.get(below), points.get(below + 1)) {
                    (Some(low), Some(high)) => low + (high - low) * along,
                    _ => u,
                }
            }
        }
    }
}

/// Powers of a device that are more than an idle power and one active power per P-state.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PowerLaw {
    /// Awake without load, by P-state.
    pub idle: Vec<Power>,
    /// With the least load, by P-state: what the power over load starts from.
    pub base: Vec<Power>,
    /// Power over load.
    pub load: LoadLaw,
    /// Of device memory at full activity.
    pub memory: Power,
}

/// What a task makes of a device: 1 and 0 where nothing is said of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activity {
    /// Times the power above the base, in [0, 2].
    pub compute: f64,
    /// Times the memory's power, in [0, 2].
    pub memory: f64,
}

impl Activity {
    /// That of a task that says nothing.
    pub const PLAIN: Self = Self { compute: 1.0, memory: 0.0 };
}

/// What the tasks on a unit make of it together: the sums of their shares times their activities.
///
/// Whole numbers, so that it is the same whatever the order in which they came and went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drive {
    compute: u128,
    memory: u128,
}

impl Drive {
    fn of(activity: Activity, share: Share) -> Self {
        let times = |x: f64| u128::from(share.0) * (x * 1e6).round_ties_even() as u128;
        Self { compute: times(activity.compute), memory: times(activity.memory) }
    }

    /// A task begins to compute.
    pub fn add(&mut self, activity: Activity, share: Share) {
        let Self { compute, memory } = Self::of(activity, share);
        *self = Self { compute: self.compute + compute, memory: self.memory + memory };
    }

    /// A task computes no more.
    pub fn remove(&mut self, activity: Activity, share: Share) {
        let Self { compute, memory } = Self::of(activity, share);
        *self = Self { compute: self.compute.saturating_sub(compute), memory: self.memory.saturating_sub(memory) };
    }

    /// The mean over `load`, the sum of the shares.
    pub fn mean(&self, load: Share) -> Activity {
        let over = |sum: u128| sum as f64 / 1e6 / f64::from(load.0.max(1));
        Activity { compute: over(self.compute), memory: over(self.memory) }
    }
}

/// What a change of P-state takes. Absent from a device: nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockChange {
    /// From the request to the change; the old clock goes on until then.
    pub latency: SimDuration,
    /// How long nothing works while the clock changes.
    pub halt: SimDuration,
    /// Energy of each change, besides the power of the states.
    pub energy: Energy,
}

impl Device {
    /// Power of a unit of `devices` that is awake and without load, in P-state `p`.
    pub fn idle_power(&self, p: usize, devices: Share) -> Power {
        let own = self.law.as_ref().and_then(|law| law.idle.get(p).copied());
        own.unwrap_or(self.idle).scaled(devices)
    }

    /// Power of a unit of `devices` of which `busy` computes, in P-state `p`:
    /// `base + (active − base) · law(load) · compute + memory power · load · memory`.
    ///
    /// Without a law of its own the base is the idle power and the law linear (Fan, Weber & Barroso, ISCA 2007).
    /// A unit of several devices is looked at as one whole.
    pub fn busy_power(&self, p: usize, devices: Share, busy: Share, activity: Option<Activity>) -> Power {
        let active = self.pstates.get(p).map_or(self.idle, |state| state.active);
        let Some(law) = self.law.as_deref() else {
            let dynamic = active.saturating_sub(self.idle);
            let dynamic = match activity {
                None => dynamic.scaled(busy),
                Some(a) => times(dynamic, busy.as_fraction() * a.compute),
            };
            return self.idle.scaled(devices) + dynamic;
        };
        let activity = activity.unwrap_or(Activity::PLAIN);
        let base = law.base.get(p).copied().unwrap_or(self.idle);
        let load = busy.as_fraction() / devices.as_fraction();
        let dynamic = times(active.saturating_sub(base), devices.as_fraction() * law.load.at(load) * activity.compute);
        base.scaled(devices) + dynamic + times(law.memory, busy.as_fraction() * activity.memory)
    }

    /// What a task with `share` of a unit is charged in P-state `p`: its part of the unit's full power.
    pub fn task_power(&self, p: usize, share: Share, activity: Option<Activity>) -> Power {
        let active = self.pstates.get(p).map_or(self.idle, |state| state.active);
        let Some(activity) = activity else { return active.scaled(share) };
        let base = self.law.as_ref().and_then(|law| law.base.get(p).copied()).unwrap_or(self.idle);
        let memory = self.law.as_ref().map_or(Power::ZERO, |law| law.memory);
        let part = share.as_fraction();
        base.min(active).scaled(share)
            + times(active.saturating_sub(base), part * activity.compute)
            + times(memory, part * activity.memory)
    }
}

/// `power` times `factor`, to the nearest microwatt.
fn times(power: Power, factor: f64) -> Power {
    Power::try_from_watts(power.as_watts() * factor).unwrap_or(Power::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "found {found}, expected {expected}");
    }

    /// At half load the law of Fan et al. gives 1 − 2^−1.4 = 1 − 0.378929141627599…
    #[test]
    fn every_law_starts_at_nothing_and_ends_at_everything() {
        let table = LoadLaw::Table([0.0, 0.5, 0.6, 1.0].into());
        for law in [LoadLaw::Linear, LoadLaw::Fan, table.clone()] {
            close(law.at(0.0), 0.0);
            close(law.at(1.0), 1.0);
        }
        close(LoadLaw::Linear.at(0.3), 0.3);
        close(LoadLaw::Fan.at(0.5), 1.0 - 0.378_929_141_627_599_55);
        // Half way along the second of three steps.
        close(table.at(0.5), 0.55);
        close(table.at(1.0 / 3.0), 0.5);
        close(table.at(1.0 / 6.0), 0.25);
    }

    #[test]
    fn a_drive_is_empty_again_when_all_have_gone() {
        let (a, b) = (Activity { compute: 0.3, memory: 1.7 }, Activity::PLAIN);
        let mut drive = Drive::default();
        drive.add(a, Share(500_000));
        drive.add(b, Share(250_000));
        let mean = drive.mean(Share(750_000));
        // (0.5 · 0.3 + 0.25 · 1) / 0.75 and 0.5 · 1.7 / 0.75.
        close(mean.compute, 0.4 / 0.75);
        close(mean.memory, 0.85 / 0.75);
        drive.remove(a, Share(500_000));
        drive.remove(b, Share(250_000));
        assert_eq!(drive, Drive::default());
    }
}
