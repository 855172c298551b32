//! Makes a plan at each pass, as far as it matters now.

use std::collections::BTreeSet;

use crate::model::world::Site;
use crate::policy::schedule::lines::Lines;
use crate::policy::schedule::load::Load;
use crate::policy::{ClusterView, Pass, Scheduler, TaskView};
use crate::units::{PoolId, TaskId, UnitId};

use super::{Ready, Rule};

/// A mapper.
///
/// Its rule maps one waiting task after another to the units of a pool that are ready first, a gang to as many as it is
/// wide. A task starts at once if its units have room and nothing is mapped to any of them before it. Mapping stops when
/// no unit with a free share is left that a task could have and none is promised: what comes later could not start now. A plan takes units
/// wholly, whatever the share of a task; whether it fits is decided at its start.
///
/// Ready times are kept sorted by pool, so units that are not needed are not looked at: with k tasks mapped in a pass,
/// its cost is k times that of the rule's choice, plus O(k log n) for n units. Tasks that must stay in one node cost
/// O(n).
#[derive(Default)]
pub struct Mapper<R> {
    rule: R,
    load: Load,
    /// By pool, how many of the rule's tasks it could hold.
    wanted: Vec<u64>,
    /// Tasks that need no unit.
    hosted: Lines,
}

impl<R: Rule> Scheduler for Mapper<R> {
    fn on_ready(&mut self, task: TaskId, view: &ClusterView<'_>) {
        let task = view.task(task);
        match task.units() {
            0 => self.hosted.join(task.seq(), task.id(), Site::default()),
            _ => self.add(task, view),
        }
    }

    fn on_end(&mut self, task: TaskId, view: &ClusterView<'_>) {
        if self.load.knows_cluster() {
            for &unit in view.task(task).held() {
                self.load.end(unit, view);
            }
        }
    }

    fn on_leave(&mut self, task: TaskId, view: &ClusterView<'_>) {
        let task = view.task(task);
        if self.hosted.leave(task.seq()).is_none() {
            self.remove(task, view);
        }
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        if !self.load.knows_cluster() {
            self.load.see_cluster(&pass.view());
        }
        self.hosted.start(pass, |_, _| {});
        let started = self.map(pass);
        let view = pass.view();
        for unit in started {
            self.load.begin(unit, &view);
        }
    }
}

impl<R: Rule> Mapper<R> {
    fn add(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        self.wanted.resize(view.pool_count(), 0);
        for option in view.possible(task) {
            self.wanted[option.pool.index()] += 1;
        }
        self.rule.add(task, view);
    }

    fn remove(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        for option in view.possible(task) {
            if let Some(wanted) = self.wanted.get_mut(option.pool.index()) {
                *wanted = wanted.saturating_sub(1);
            }
        }
        self.rule.remove(task, view);
    }

    /// Maps and starts; the units on which a task was started.
    fn map(&mut self, pass: &mut Pass<'_>) -> Vec<UnitId> {
        let load = std::mem::take(&mut self.load);
        let mut ready = Ready::new(&load, &pass.view());
        let mut promised = Promised::new(pass.view().pool_count());
        let (mut started, mut mapped) = (Vec::new(), Vec::new());
        while promised.leaves_room(&self.wanted, &pass.view()) {
            let next = self.rule.next(&mut ready, &pass.view());
            if next.is_empty() {
                break;
            }
            for assignment in next {
                let id = assignment.id;
                self.remove(pass.view().task(id), &pass.view());
                ready.take(&assignment);
                if promised.allows(&assignment.site) && starts(id, &assignment.site, pass) {
                    started.extend(assignment.site.units);
                } else {
                    promised.add(&assignment.site, &pass.view());
                    mapped.push(id);
                }
            }
        }
        drop(ready);
        self.load = load;
        for id in mapped {
            self.add(pass.view().task(id), &pass.view());
        }
        started
    }
}

/// Starts a task if it fits.
fn starts(id: TaskId, site: &Site, pass: &mut Pass<'_>) -> bool {
    let view = pass.view();
    let task = view.task(id);
    let fits = site.units.iter().all(|u| view.fits(task, *u)) && site.nodes.iter().all(|n| view.node_fits(task, *n));
    if !fits {
        pass.note_unplaced(id);
        return false;
    }
    pass.start(id, site).is_ok()
}

/// Units for which a mapped task waits, with the free shares that nobody else may have.
struct Promised {
    units: BTreeSet<UnitId>,
    shares: Vec<u64>,
}

impl Promised {
    fn new(pools: usize) -> Self {
        Self { units: BTreeSet::new(), shares: vec![0; pools] }
    }

    fn allows(&self, site: &Site) -> bool {
        !site.units.iter().any(|unit| self.units.contains(unit))
    }

    fn add(&mut self, site: &Site, view: &ClusterView<'_>) {
        for &unit in &site.units {
            if self.units.insert(unit) {
                let at = view.unit(unit);
                self.shares[at.pool().index()] += u64::from(at.free().0);
            }
        }
    }

    /// Whether a pool that a task could still have has a free share that is not promised.
    fn leaves_room(&self, wanted: &[u64], view: &ClusterView<'_>) -> bool {
        let free = |pool: usize| view.free_share(PoolId(pool as u16));
        self.shares.iter().zip(wanted).enumerate().any(|(p, (promised, wanted))| *wanted > 0 && free(p) > *promised)
    }
}
