//! How a power budget is shared out among units, one rule per file.
//!
//! A rule is a pure function of what the units claim. Powers are whole microwatts. Let `B` be the budget, `d`
//! a unit's demand and `m` its floor, the power that it may draw whatever is decided; the caller sees to
//! `m ≤ d` and `Σ m ≤ B`, and each rule to `m ≤ allotment ≤ d` and `Σ allotments ≤ B`.
//!
//! Sources: Femal & Freeh, ICAC 2005; Gandhi, Harchol-Balter, Das & Lefurgy, SIGMETRICS 2009.

mod level;
mod marginal;
mod priority;
mod proportional;
#[cfg(test)]
mod tests;
mod uniform;
mod water_filling;

pub use marginal::Marginal;
pub use priority::ByPriority;
pub use proportional::Proportional;
pub use uniform::Uniform;
pub use water_filling::WaterFilling;

/// One P-state that a unit may be given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// Its power under full load, in microwatts.
    pub power: u64,
    /// Work per second that the unit's tasks get done in it, in seconds at their reference.
    pub speed: f64,
}

/// What one unit claims of the budget.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Power that it may draw whatever is decided, in microwatts.
    pub floor: u64,
    /// Most that it has a use for, in microwatts; at least `floor`.
    pub demand: u64,
    /// The highest priority among its tasks.
    pub priority: f64,
    /// The P-states from the lowest on, for rules that look at speed.
    pub steps: Vec<Step>,
}

/// A rule that divides a budget.
pub trait CapShare: Send {
    /// Whether it looks at [`Claim::steps`]; others are spared them.
    fn looks_at_speed(&self) -> bool {
        false
    }

    /// Allots each claim at least its floor and at most its demand, together at most `budget` microwatts.
    /// The floors together are no more than that. `allotted` is as long as `claims`.
    fn share(&self, budget: u64, claims: &[Claim], allotted: &mut [u64]);
}
