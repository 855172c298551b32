//! Sleep states, and when it pays to be in which.

use std::sync::Arc;

use crate::dist::Dist;
use crate::units::{Power, SimDuration};

use super::device::Device;

/// One sleep state of a device.
#[derive(Clone, Debug, PartialEq)]
pub struct SleepState {
    /// Power while asleep.
    pub power: Power,
    /// How long falling asleep takes, from being awake or from a shallower state; it cannot be cut short.
    pub entry: SimDuration,
    /// How long waking takes, or its mean where it is drawn.
    pub wake: SimDuration,
    /// Power while falling asleep.
    pub entry_power: Power,
    /// Power while waking.
    pub wake_power: Power,
    /// The distribution of the wake-up time in s, where it is random.
    pub drawn: Option<Arc<Dist>>,
}

/// A step down: into which sleep state, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descent {
    /// The state, 0 the shallowest.
    pub state: u8,
    /// How long after the unit has become idle.
    pub after: SimDuration,
}

/// The energy of an idle period as a function of its length: `rise` in femtojoules, `slope` in microwatts.
#[derive(Clone, Copy, Debug)]
struct Line {
    rise: i128,
    slope: i128,
}

impl Line {
    /// From when on `other`, which is flatter, is no higher: in nanoseconds, rounded up; `None` where it is not flatter.
    fn crossing(self, other: Self) -> Option<u64> {
        let steeper = self.slope - other.slope;
        if steeper <= 0 {
            return None;
        }
        let ahead = (other.rise - self.rise).max(0);
        let whole = ahead / steeper + i128::from(ahead % steeper != 0);
        Some(u64::try_from(whole).unwrap_or(u64::MAX))
    }
}

impl SleepState {
    /// Time of entering and waking together.
    pub fn round_trip(&self) -> SimDuration {
        SimDuration::from_nanos(self.entry.as_nanos().saturating_add(self.wake.as_nanos()))
    }

    /// `E_d + E_u + P (T − t_d − t_u)` of an idle period of length T that is spent in this state.
    fn line(&self) -> Line {
        let energy = |power: Power, time: SimDuration| i128::from(power.as_microwatts()) * i128::from(time.as_nanos());
        let transitions = energy(self.entry_power, self.entry).saturating_add(energy(self.wake_power, self.wake));
        let asleep = energy(self.power, self.entry).saturating_add(energy(self.power, self.wake));
        Line { rise: transitions.saturating_sub(asleep), slope: i128::from(self.power.as_microwatts()) }
    }
}

impl Device {
    /// The break-even time of sleep state `state`, also called its target residency: the shortest idle period for which
    /// the state costs no more energy than being awake,
    ///
    /// ```text
    /// T_be = max(t_d + t_u, (E_d + E_u − P (t_d + t_u)) / (P_idle − P))
    /// ```
    ///
    /// rounded up to a nanosecond. `None` where there is no such state, or where it draws no less than an idle device.
    /// A drawn wake-up time counts with its mean. Source: Benini, Bogliolo & De Micheli, IEEE TVLSI 8(3), 2000.
    pub fn break_even(&self, state: u8) -> Option<SimDuration> {
        self.descent(self.awake_line(), state).map(|d| d.after)
    }

    /// The next step down the lower envelope of the energies `E + P t` of being awake and of the sleep states: from
    /// being awake (`None`), or from the state `from`, to the deeper state that is first to cost no more, at the length of
    /// the idle period at which it does; of two that do at once, to the deeper one. Never before `t_d + t_u` of that
    /// state. `None` where no deeper state ever pays.
    ///
    /// Whoever follows the steps pays at most twice what the best choice in hindsight would, where entering costs nothing
    /// that waking does not (Irani, Shukla & Gupta, ACM TECS 2(3), 2003). From being awake with a single state this is
    /// its break-even time.
    pub fn next_descent(&self, from: Option<u8>) -> Option<Descent> {
        let (line, first) = match from {
            None => (self.awake_line(), 0),
            Some(state) => (self.sleep.get(usize::from(state))?.line(), state.checked_add(1)?),
        };
        let deeper = (first..=u8::MAX).take(self.sleep.len().saturating_sub(usize::from(first)));
        deeper.filter_map(|state| self.descent(line, state)).min_by_key(|d| (d.after, u8::MAX - d.state))
    }

    /// The deepest sleep state; `None` where there is none.
    pub fn deepest(&self) -> Option<u8> {
        self.sleep.len().checked_sub(1).map(|last| last.min(255) as u8)
    }

    fn awake_line(&self) -> Line {
        Line { rise: 0, slope: i128::from(self.idle.as_microwatts()) }
    }

    fn descent(&self, from: Line, state: u8) -> Option<Descent> {
        let to = self.sleep.get(usize::from(state))?;
        let crossing = from.crossing(to.line())?;
        Some(Descent { state, after: SimDuration::from_nanos(crossing).max(to.round_trip()) })
    }
}

#[cfg(test)]
mod tests;
