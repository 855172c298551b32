//! A line of tasks at every unit.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::model::task::Phase;
use crate::model::world::Site;
use crate::policy::{ClusterView, Pass, TaskView};
use crate::units::{TaskId, UnitId};

use super::placement::FirstFit;
use super::{PoolFilter, try_start};

/// Tasks bound to units, first come first served at each. A gang stands in line at all its units and starts when it
/// is first at every one of them; a task that needs no unit starts in the first node with room.
///
/// Tasks are known by their number in order of arrival. Whoever fills the lines must see to it that there is one
/// order of all tasks that every line follows; then no two gangs wait for each other. Only lines at which something
/// has changed are looked at.
#[derive(Default)]
pub(super) struct Lines {
    at: Vec<VecDeque<u64>>,
    bound: BTreeMap<u64, (TaskId, Site)>,
    /// Those without units.
    hosted: VecDeque<u64>,
    touched: BTreeSet<UnitId>,
    /// How often units had come back into reach when this was last looked at.
    reopened: u64,
}

impl Lines {
    /// The last place in line at every unit of `site`.
    pub(super) fn join(&mut self, seq: u64, id: TaskId, site: Site) {
        for &unit in &site.units {
            self.line(unit).push_back(seq);
            self.touched.insert(unit);
        }
        if site.units.is_empty() {
            self.hosted.push_back(seq);
        }
        self.bound.insert(seq, (id, site));
    }

    /// Takes a task out; where it stood.
    pub(super) fn leave(&mut self, seq: u64) -> Option<Site> {
        let (_, site) = self.bound.remove(&seq)?;
        for &unit in &site.units {
            let line = self.line(unit);
            if let Some(place) = line.iter().position(|waiting| *waiting == seq) {
                line.remove(place);
            }
            self.touched.insert(unit);
        }
        if site.units.is_empty() {
            self.hosted.retain(|waiting| *waiting != seq);
        }
        Some(site)
    }

    /// Empties all lines.
    pub(super) fn clear(&mut self) {
        *self = Self { touched: std::mem::take(&mut self.touched), ..Self::default() };
    }

    /// Whether a task stands in line.
    pub(super) fn has(&self, seq: u64) -> bool {
        self.bound.contains_key(&seq)
    }

    /// Tasks in line at `unit`, the first one first.
    pub(super) fn waiting(&self, unit: UnitId) -> impl Iterator<Item = TaskId> + '_ {
        let line = self.at.get(unit.index()).into_iter().flatten();
        line.filter_map(|seq| self.bound.get(seq).map(|(id, _)| *id))
    }

    /// `unit` works again: whoever stands there may start.
    pub(super) fn repaired(&mut self, unit: UnitId) {
        self.touched.insert(unit);
    }

    /// A task that stood in line while it was blocked is ready.
    pub(super) fn ready(&mut self, seq: u64) {
        if let Some((_, site)) = self.bound.get(&seq) {
            self.touched.extend(&site.units);
        }
    }

    /// A task gives back what it held.
    pub(super) fn freed(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        self.touched.extend(task.held());
        // Host processors and memory serve every unit of the node.
        if view.one_node(task)
            && let Some(unit) = task.held().first()
        {
            self.touched.extend(view.node_units(view.unit(*unit).node()));
        }
    }

    /// Starts what is first everywhere and fits; `started` is told.
    pub(super) fn start(&mut self, pass: &mut Pass<'_>, mut started: impl FnMut(TaskId, &ClusterView<'_>)) {
        let reopened = pass.view().changes().reopened;
        if std::mem::replace(&mut self.reopened, reopened) != reopened {
            let lines = (0..).map(UnitId).zip(&self.at);
            self.touched.extend(lines.filter(|(_, line)| !line.is_empty()).map(|(unit, _)| unit));
        }
        let mut site = Site::default();
        for seq in std::mem::take(&mut self.hosted) {
            let Some(&(id, _)) = self.bound.get(&seq) else { continue };
            let ready = pass.view().task(id).phase() == Phase::Waiting;
            if ready && try_start(id, PoolFilter::Any, &mut FirstFit, pass, &mut site) {
                self.bound.remove(&seq);
                started(id, &pass.view());
            } else {
                self.hosted.push_back(seq);
            }
        }
        while let Some(unit) = self.touched.pop_first() {
            while let Some(seq) = self.first(unit)
                && let Some(id) = self.start_first(seq, pass)
            {
                started(id, &pass.view());
            }
        }
    }

    /// Starts a task if it is first in all its lines and fits.
    fn start_first(&mut self, seq: u64, pass: &mut Pass<'_>) -> Option<TaskId> {
        let (id, site) = self.bound.get(&seq)?;
        let (id, view) = (*id, pass.view());
        let task = view.task(id);
        if task.phase() != Phase::Waiting || site.units.iter().any(|u| self.first(*u) != Some(seq)) {
            return None;
        }
        let host_fits = site.nodes.iter().all(|node| view.node_fits(task, *node));
        if !host_fits || site.units.iter().any(|u| !view.fits(task, *u)) {
            pass.note_unplaced(id);
            return None;
        }
        let (_, site) = self.bound.remove(&seq)?;
        for &unit in &site.units {
            self.line(unit).pop_front();
            self.touched.insert(unit);
        }
        pass.start(id, &site).is_ok().then_some(id)
    }

    fn first(&self, unit: UnitId) -> Option<u64> {
        self.at.get(unit.index())?.front().copied()
    }

    fn line(&mut self, unit: UnitId) -> &mut VecDeque<u64> {
        if self.at.len() <= unit.index() {
            self.at.resize_with(unit.index() + 1, VecDeque::new);
        }
        &mut self.at[unit.index()]
    }
}
