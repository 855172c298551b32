//! Lines in turn.

use crate::model::world::Site;
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::UnitId;

use super::{Choose, Load, gather, pools};

/// The next unit, by number, after the one that was chosen last; after the highest comes the lowest. A gang takes the
/// next units of the next unit's pool.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoundRobin {
    next: u32,
}

impl Choose for RoundRobin {
    fn choose(
        &mut self,
        task: TaskView<'_>,
        _load: &mut Load,
        view: &ClusterView<'_>,
        _rng: &mut StreamRng,
    ) -> Option<Site> {
        let next = UnitId(self.next);
        // By pool: units from the next one on, then those before it.
        let turn = pools(task, view).into_iter().map(|pool| {
            let units = view.pool_units(pool);
            let (before, from) = units.split_at(units.partition_point(|u| *u < next));
            (from, before)
        });
        let in_turn =
            |(from, before): &(&[UnitId], &[UnitId])| (from.is_empty(), from.first().or(before.first()).copied());
        let (from, before) = turn.min_by_key(in_turn)?;
        let mut last = next;
        let site = gather(task, view, from.iter().chain(before).copied().inspect(|u| last = *u))?;
        self.next = last.0.saturating_add(1);
        Some(site)
    }
}
