//! One decision: who holds units from now on.

use crate::model::task::Phase;
use crate::model::world::Site;
use crate::policy::schedule::placement::FirstFit;
use crate::policy::schedule::{PoolFilter, try_start};
use crate::policy::{ClusterView, Pass, TaskView};
use crate::units::{PoolId, TaskId};

/// Gives units to the first of `order` for whom enough are left, by number; takes them from the others.
///
/// A task that runs keeps its units; pools are counted one by one, a waiting task counts in the fastest with room. One
/// that still saves its state is passed over, as is one whose units are enough in number but cannot be had now.
pub(super) fn assign(order: impl Iterator<Item = TaskId>, pass: &mut Pass<'_>) {
    let view = pass.view();
    let whole = |p: usize| view.available(PoolId(p as u16));
    let mut left: Vec<u64> = (0..view.pool_count()).map(whole).collect();
    let mut to_stop = Vec::new();
    let mut to_start = Vec::new();
    let mut holders = view.running_count();
    for task in order.map(|id| view.task(id)) {
        if holders == 0 && left.iter().all(|left| *left == 0) {
            break;
        }
        holders -= usize::from(task.phase() != Phase::Waiting).min(holders);
        match task.phase() {
            Phase::Waiting => to_start.extend(take_any(task, &view, &mut left).map(|pool| (task.id(), pool))),
            Phase::Running if !take(task, task.pool(), &mut left) => to_stop.push(task.id()),
            // It cannot be stopped before its units are awake.
            Phase::Placed if !take(task, task.pool(), &mut left) => {
                if let Some(left) = left.get_mut(task.pool().index()) {
                    *left = 0;
                }
            }
            _ => {}
        }
    }
    for task in to_stop {
        if pass.preempt(task).is_err() {
            return;
        }
    }
    let mut site = Site::default();
    for (task, pool) in to_start {
        try_start(task, PoolFilter::Only(pool), &mut FirstFit, pass, &mut site);
    }
}

fn take(task: TaskView<'_>, pool: PoolId, left: &mut [u64]) -> bool {
    match left.get_mut(pool.index()) {
        Some(left) if *left >= task.demand() => {
            *left -= task.demand();
            true
        }
        _ => false,
    }
}

fn take_any(task: TaskView<'_>, view: &ClusterView<'_>, left: &mut [u64]) -> Option<PoolId> {
    view.possible(task).map(|option| option.pool).find(|pool| take(task, *pool, left))
}
