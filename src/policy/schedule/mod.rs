//! Schedulers. Most are put together from three independent parts:
//! an [`Order`] of the queue, a [`Backfill`] rule for what may overtake a blocked head, and a
//! [`Placement`] that picks the units.

pub mod backfill;
mod carbon_aware;
mod composed;
pub mod dag;
pub mod dispatch;
mod elastic;
pub mod formula;
mod gavel;
pub mod gittins;
mod lines;
mod load;
pub mod mapper;
pub mod order;
pub mod placement;
pub mod preemptive;
mod queue;
pub mod tiresias;

pub use carbon_aware::CarbonAware;
pub use composed::Composed;
pub use elastic::ElasticWidths;
pub use gavel::{Gavel, GavelFifoPerf, GavelFinishTime, GavelMakespan, GavelMaxMin};
pub use queue::{OrderedQueue, Place, Sequence, Starter, Try};

use crate::model::world::Site;
use crate::rng::StreamRng;
use crate::units::{PoolId, TaskId};

use super::{ClusterView, Pass, TaskView};

/// A sort key: lower goes first. Ties go by order of arrival.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(u64);

impl Key {
    /// All the same: order of arrival.
    pub const EQUAL: Self = Self(0);

    /// Ascending in whole numbers.
    pub const fn ascending(x: u64) -> Self {
        Self(x)
    }

    /// Descending in whole numbers.
    pub const fn descending(x: u64) -> Self {
        Self(u64::MAX - x)
    }

    /// Ascending in whole numbers of either sign.
    pub const fn ascending_signed(x: i64) -> Self {
        Self(x.cast_unsigned() ^ 1 << 63)
    }

    /// Ascending in real numbers; NaN goes last.
    pub fn ascending_real(x: f64) -> Self {
        if x.is_nan() {
            return Self(u64::MAX);
        }
        // Adding zero makes -0 equal to 0; the rest maps the order of floats to that of integers.
        let bits = (x + 0.0).to_bits();
        Self(if bits >> 63 == 1 { !bits } else { bits | 1 << 63 })
    }

    /// Descending in real numbers; NaN goes last.
    pub fn descending_real(x: f64) -> Self {
        Self::ascending_real(-x)
    }
}

/// Which waiting task is next.
pub trait Order: Send {
    /// The key of `task`, asked when it joins the queue, and again where keys change.
    fn key(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) -> Key;

    /// Whether keys change while tasks wait, so that each pass must sort anew.
    fn changes_with_time(&self) -> bool {
        false
    }

    /// Whether keys change when another task is given its units, so that each start must sort anew.
    fn changes_with_starts(&self) -> bool {
        false
    }

    /// A pass begins, whether or not tasks wait. What users hold is constant between two calls.
    fn look(&mut self, _view: &ClusterView<'_>) {}
}

/// What may start when.
pub trait Backfill: Send {
    /// `task` joined the queue.
    fn on_ready(&mut self, _task: TaskId, _view: &ClusterView<'_>) {}

    /// `task` has given its units back.
    fn on_end(&mut self, _task: TaskId, _view: &ClusterView<'_>) {}

    /// `task` leaves the queue without having been started.
    fn on_leave(&mut self, _task: TaskId, _view: &ClusterView<'_>) {}

    /// Starts what should start now.
    fn pass(&mut self, queue: &mut OrderedQueue, placement: &mut dyn Placement, pass: &mut Pass<'_>);
}

/// The pools among which a placement may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolFilter {
    /// All that the task can use.
    Any,
    /// All but one.
    Not(PoolId),
    /// One.
    Only(PoolId),
}

impl PoolFilter {
    /// Whether `pool` may be chosen.
    pub fn allows(self, pool: PoolId) -> bool {
        match self {
            Self::Any => true,
            Self::Not(p) => p != pool,
            Self::Only(p) => p == pool,
        }
    }
}

/// Which units a task gets.
pub trait Placement: Send {
    /// Fills `site` with units on which `task` fits now, within `pools`; `false` where there are none.
    fn place(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        view: &ClusterView<'_>,
        rng: &mut StreamRng,
        site: &mut Site,
    ) -> bool;

    /// The same for a gang of several instances, each within a node: nodes are filled in turn, in the order that the
    /// placement prefers; by number where it has no preference.
    fn place_instances(
        &mut self,
        task: TaskView<'_>,
        pools: PoolFilter,
        view: &ClusterView<'_>,
        site: &mut Site,
    ) -> bool {
        placement::fill(task, pools, view.nodes(), view, site)
    }

    /// Whether a task that finds no place finds none until something is given back, nor does another one of its shape.
    /// So it is where a place is found whenever there is one; not where the answer hangs on the time, on the queue, or
    /// on whose task it is. Of a steady placement what must fail is not asked, and a refusal leaves no trace in it.
    fn is_steady(&self) -> bool {
        false
    }
}

/// Places and starts `task` if it fits somewhere within `pools`.
pub fn try_start(
    task: TaskId,
    pools: PoolFilter,
    placement: &mut dyn Placement,
    pass: &mut Pass<'_>,
    site: &mut Site,
) -> bool {
    if !find(task, pools, placement, pass, site) {
        pass.note_unplaced(task);
        return false;
    }
    pass.start(task, site).is_ok()
}

/// Looks for a site for `task` within `pools`, without starting it.
pub fn find(
    task: TaskId,
    pools: PoolFilter,
    placement: &mut dyn Placement,
    pass: &mut Pass<'_>,
    site: &mut Site,
) -> bool {
    site.units.clear();
    site.nodes.clear();
    let (view, rng) = pass.parts();
    let task = view.task(task);
    if task.instances() > 1 {
        return placement.place_instances(task, pools, &view, site);
    }
    placement.place(task, pools, &view, rng, site)
}

#[cfg(test)]
mod tests {
    use super::Key;
    use proptest::prelude::*;

    #[test]
    fn signed_keys_cross_zero() {
        let sorted = [i64::MIN, -2, -1, 0, 1, i64::MAX].map(Key::ascending_signed);
        assert!(sorted.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn what_is_no_number_goes_last_both_ways() {
        for key in [Key::ascending_real(f64::NAN), Key::descending_real(f64::NAN)] {
            assert!(key > Key::ascending_real(f64::INFINITY) && key > Key::descending_real(f64::NEG_INFINITY));
        }
    }

    proptest! {
        #[test]
        fn keys_keep_the_order_of_reals(a in any::<f64>(), b in any::<f64>()) {
            prop_assume!(!a.is_nan() && !b.is_nan());
            prop_assert_eq!(Key::ascending_real(a).cmp(&Key::ascending_real(b)), a.partial_cmp(&b).unwrap());
            prop_assert_eq!(Key::descending_real(a).cmp(&Key::descending_real(b)), b.partial_cmp(&a).unwrap());
        }
    }
}
