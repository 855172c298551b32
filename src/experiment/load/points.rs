//! What became of each load.

use crate::experiment::compare::{Comparison, VariantResult};
use crate::scenario::Plan;
use crate::sink::GROWTH_LIMIT;

/// The factor of a load sweep.
pub const LOAD: &str = "load";

/// One variant at one load.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadPoint {
    /// The variant without its load: the name of its curve.
    pub curve: String,
    /// The load that was asked for.
    pub load: f64,
    /// The offered load of the variant, where it is defined.
    pub offered: Option<f64>,
    /// Whether the system has no steady state there: its queue grows without end, and what is measured of waits depends
    /// on how long one measures.
    pub saturated: bool,
}

/// The points of a load sweep, one for each variant; empty where no load was varied.
///
/// A point is saturated where its offered load is 1 or more and all work has to be done here (no policy can serve
/// it, by [`traffic_intensity`](crate::theory::traffic_intensity)), or where the number in the system grew faster
/// than critical load explains ([`Growth`](crate::sink::Growth)) in more than half of its replications.
pub fn load_points(comparison: &Comparison, plans: &[Plan]) -> Vec<LoadPoint> {
    comparison.variants.iter().zip(plans).filter_map(|(variant, plan)| point(variant, plan)).collect()
}

fn point(variant: &VariantResult, plan: &Plan) -> Option<LoadPoint> {
    let load = variant.factors.iter().find(|f| f.name == LOAD)?.value.parse().ok()?;
    let rest: Vec<&str> = variant.factors.iter().filter(|f| f.name != LOAD).map(|f| f.value.as_str()).collect();
    let curve = if rest.is_empty() { "as documented".to_owned() } else { rest.join(" / ") };
    let offered = plan.offered_load().ok().map(|o| o.load);
    let beyond = offered.is_some_and(|o| o >= 1.0) && !plan.may_lose_work();
    let grew = variant.values("growth.excess").iter().filter(|e| **e > GROWTH_LIMIT).count();
    let saturated = beyond || 2 * grew > variant.replications.len();
    Some(LoadPoint { curve, load, offered, saturated })
}
