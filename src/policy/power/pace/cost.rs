//! The P-state in which the running tasks cost least.

use crate::policy::{ClusterView, UnitView};

/// The P-state of the first `states` with the least `cost(power in W, time)`; of equals the fastest. `None` without a
/// running task.
///
/// The time is that of a piece of work which takes one second at the top clock, as a mean over the running tasks by
/// their shares of the unit.
pub(super) fn cheapest(
    unit: UnitView<'_>,
    view: &ClusterView<'_>,
    states: usize,
    cost: impl Fn(f64, f64) -> f64,
) -> Option<usize> {
    let running: Vec<_> = unit.running(view).collect();
    let whole: f64 = running.iter().map(|t| t.share().as_fraction()).sum();
    if whole <= 0.0 {
        return None;
    }
    let time = |p: usize| {
        let of = |t: &crate::policy::TaskView<'_>| t.share().as_fraction() / view.progress(*t, unit.pool(), p);
        running.iter().map(of).sum::<f64>() / whole
    };
    let costs = unit.pstates().iter().take(states).enumerate().map(|(p, s)| (p, cost(s.active.as_watts(), time(p))));
    let best = costs.fold(None, |best: Option<(usize, f64)>, (p, cost)| match best {
        Some((_, least)) if cost > least => best,
        _ => Some((p, cost)),
    });
    best.map(|(p, _)| p)
}
