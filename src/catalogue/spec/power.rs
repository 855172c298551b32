//! Power and clocks as they are written down.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::json::{Hertz, Joules, Seconds, Watts};

use super::{ClocksSpec, LawSpec, LoadSpec, Norm, is_one, one};

/// Power of a device that is awake.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PowerSpec {
    /// Without work, in W.
    pub idle: Watts,
    /// Fully busy in the highest P-state, in W; may be left out beside a `law`, from which it then follows.
    #[serde(default, skip_serializing_if = "is_absent")]
    pub active: Watts,
    /// P-states by ascending frequency; empty: one state, at `active`, or those of `law` and `clocks`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pstates: Vec<PStateSpec>,
    /// Instead of `pstates`: the power of a fully busy device by its clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<LawSpec>,
    /// With `law`: the clocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clocks: Option<ClocksSpec>,
    /// Power between idle and fully busy; default `"linear"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load: Option<LoadSpec>,
    /// Of device memory, for a task whose memory activity is 1, in W on top of the rest; default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<Watts>,
    /// Share of a task's time that scales with the clock, in [0, 1] (default 1):
    /// `t(f) = t0 (beta fmax/f + 1 - beta)` (Hsu & Kremer, PLDI 2003).
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub beta: f64,
    /// How that share and the rest combine: the p of their p-norm, `((t_c fmax/f)^p + t_m^p)^(1/p)` with
    /// `t_c : t_m = beta : 1 - beta`; default 1, the `beta` model. Operations and bytes combine by `efficiency.form`
    /// where there is an `efficiency`, else by this, else they overlap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norm: Option<Norm>,
    /// Lowest clock at which speed and power are known, in Hz: no P-state may lie below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Hertz>,
    /// From asking for a P-state to the change, in s (default 0); the old clock goes on until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<Seconds>,
    /// How long nothing works while the clock changes, in s (default 0), at the greater power of the two P-states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halt: Option<Seconds>,
    /// Energy of each change in J (default 0), on top of the power of the P-states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition_energy: Option<Joules>,
}

/// One P-state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PStateSpec {
    /// Clock in Hz.
    pub frequency: Hertz,
    /// Fully busy at that clock, in W.
    pub power: Watts,
    /// Without work at that clock, in W; default the device's `idle`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle: Option<Watts>,
    /// With the least load at that clock, in W, from which power rises with the load; default as without work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<Watts>,
}

impl PStateSpec {
    /// A P-state of which no more is said.
    pub const fn new(frequency: Hertz, power: Watts) -> Self {
        Self { frequency, power, idle: None, base: None }
    }
}

impl PowerSpec {
    /// A device of which no more is said than its idle power and its P-states, of which the last is the fastest.
    pub fn new(idle: Watts, pstates: Vec<PStateSpec>) -> Self {
        Self {
            idle,
            active: pstates.last().map_or(Watts(0.0), |s| s.power),
            pstates,
            law: None,
            clocks: None,
            load: None,
            memory: None,
            beta: 1.0,
            norm: None,
            valid_from: None,
            transition: None,
            halt: None,
            transition_energy: None,
        }
    }

    /// The P-states as written, or as the law makes them; none where there is neither.
    pub fn states(&self) -> Vec<PStateSpec> {
        let Some((law, clocks)) = self.law.as_ref().zip(self.clocks.as_ref()) else { return self.pstates.clone() };
        let base = Some(law.base()).filter(|base| *base != self.idle);
        let state = |frequency: Hertz| PStateSpec { frequency, power: law.power(frequency), idle: None, base };
        clocks.list().into_iter().map(state).collect()
    }

    /// Fully busy in the highest P-state.
    pub fn full(&self) -> Watts {
        let top = || self.states().last().map_or(self.active, |state| state.power);
        if is_absent(&self.active) { top() } else { self.active }
    }
}

fn is_absent(watts: &Watts) -> bool {
    watts.get() == 0.0
}
