//! The shortest of a few lines drawn by lot.

use crate::model::world::Site;
use crate::policy::{ClusterView, TaskView};
use crate::rng::StreamRng;
use crate::units::UnitId;

use super::jsq::shortest;
use super::random::{Lots, draw_pool};
use super::{Choose, Load, gather, pools};

/// Of `d` different units drawn at random the one with the fewest tasks in line and in service; ties are random. For a
/// gang of width w, w + d − 1 units of one pool are drawn.
///
/// Sources: Vvedenskaya, Dobrushin & Karpelevich, Problems of Information Transmission 32, 1996; Mitzenmacher, IEEE TPDS
/// 12(10), 2001.
#[derive(Clone, Copy, Debug)]
pub struct PowerOfD {
    /// How many are drawn, at least 1.
    pub d: u32,
}

impl Choose for PowerOfD {
    fn choose(
        &mut self,
        task: TaskView<'_>,
        load: &mut Load,
        view: &ClusterView<'_>,
        rng: &mut StreamRng,
    ) -> Option<Site> {
        let mut from = pools(task, view);
        if task.units() > 1 {
            from = draw_pool(&from, view, rng).into_iter().collect();
        }
        let count = (task.units() as usize).saturating_add(self.d as usize).saturating_sub(1);
        let mut drawn: Vec<UnitId> = Lots::new(&from, view, rng).take(count).collect();
        // Stable: the order of the draw is the tie.
        drawn.sort_by_key(|unit| load.length(*unit));
        // Where none of the few has the node that the task needs, all are looked at.
        gather(task, view, drawn.into_iter()).or_else(|| shortest(task, load, view))
    }
}
