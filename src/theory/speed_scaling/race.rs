//! One job with a deadline: at top speed and then to sleep, as slowly as it may, or at the critical speed.

use crate::theory::{non_negative, positive};

/// What sleeping costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SleepCost {
    /// Power asleep, in W.
    pub power: f64,
    /// Energy of falling asleep and waking, in J.
    pub energy: f64,
    /// Time of both, in s.
    pub time: f64,
}

/// A processor whose power at clock `f` is `fixed + dynamic f^alpha`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tradeoff {
    /// Power under load that does not fall with the clock, in W.
    pub fixed: f64,
    /// Factor of the rest.
    pub dynamic: f64,
    /// Exponent, more than 1.
    pub alpha: f64,
    /// Highest clock: work per s.
    pub top: f64,
    /// Power awake without load, in W.
    pub idle: f64,
    /// Sleep, if it can.
    pub sleep: Option<SleepCost>,
}

/// The three ways to do one job, and the energy of each up to the deadline, in J.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finish {
    /// At the top clock, then idle or asleep.
    pub race: f64,
    /// As slowly as the deadline allows.
    pub pace: f64,
    /// At the critical clock, or faster where the deadline asks for it; then idle or asleep.
    pub critical: f64,
}

impl Tradeoff {
    fn sound(&self) -> bool {
        let sleep = self.sleep.is_none_or(|s| non_negative(&[s.power, s.energy, s.time]) && s.power <= self.idle);
        positive(&[self.dynamic, self.top]) && non_negative(&[self.fixed, self.idle]) && self.alpha > 1.0 && sleep
    }

    fn power(&self, clock: f64) -> f64 {
        self.fixed + self.dynamic * libm::pow(clock, self.alpha)
    }

    /// The clock with the least energy for each piece of work, `(fixed / ((α − 1) dynamic))^(1/α)`, at most the top one:
    /// slower costs more, whatever the deadline (Irani, Shukla & Gupta, ACM Transactions on Algorithms 2007).
    /// It takes it that nothing is drawn after the work. `None` for parameters without meaning.
    pub fn critical_clock(&self) -> Option<f64> {
        let critical = libm::pow(self.fixed / ((self.alpha - 1.0) * self.dynamic), 1.0 / self.alpha);
        self.sound().then_some(critical.min(self.top))
    }

    /// The shortest gap that is worth sleeping in, `max(t, (E − P_sleep t) / (P_idle − P_sleep))` in s (Benini, Bogliolo
    /// & De Micheli, IEEE TVLSI 2000); infinite where sleep saves nothing.
    pub fn break_even(&self) -> f64 {
        let Some(sleep) = self.sleep else { return f64::INFINITY };
        let saved = self.idle - sleep.power;
        if saved > 0.0 { sleep.time.max((sleep.energy - sleep.power * sleep.time) / saved) } else { f64::INFINITY }
    }

    /// Energy of a time without work: asleep where that is worth it, else idle.
    fn rest(&self, gap: f64) -> f64 {
        match self.sleep {
            Some(sleep) if gap >= self.break_even() => sleep.energy + sleep.power * (gap - sleep.time),
            _ => self.idle * gap,
        }
    }

    /// `E_race = P(top) W / top + rest`, `E_pace = P(W / D) D`, and the same at the greater of critical clock and `W / D`,
    /// for `work` that is due in `deadline` seconds. `None` where it cannot be done or parameters have no meaning.
    pub fn finish(&self, work: f64, deadline: f64) -> Option<Finish> {
        let slowest = work / deadline;
        if !positive(&[work, deadline]) || slowest > self.top {
            return None;
        }
        let critical = self.critical_clock()?.max(slowest);
        let at = |clock: f64| {
            let time = work / clock;
            self.power(clock) * time + self.rest((deadline - time).max(0.0))
        };
        Some(Finish { race: at(self.top), pace: self.power(slowest) * deadline, critical: at(critical) })
    }
}
