//! Makes plans by a rule, and follows them.

use std::collections::BTreeSet;

use crate::model::world::Site;
use crate::policy::schedule::lines::Lines;
use crate::policy::schedule::load::free_at;
use crate::policy::{ClusterView, Pass, Scheduler, TaskView};
use crate::units::{NodeId, PoolId, SimDuration, SimTime, TaskId, UnitId};

use super::graph::{Begun, Choice, Graph, Known, Node};
use super::timetable::Timetable;
use super::{Cost, Rule};

/// A planner of task graphs.
///
/// At the instant at which tasks arrive, all tasks that have not started are planned anew: in order of the rule's
/// priority each is given the place that costs least, in the earliest hole that is long enough. Between arrivals the
/// plan stands: every unit takes its tasks in planned order, each as soon as it is ready and its units are free, so
/// times that differ from their estimates shift starts, not places.
///
/// A plan takes units wholly; where a task needs a part of one, the next in line may join it. Gangs are put behind
/// all else on the units of one pool that are free first. A plan for n tasks with e edges on p units takes
/// O(n log n + e p) steps.
#[derive(Default)]
pub struct Planner<R> {
    rule: R,
    known: Known,
    lines: Lines,
    stale: bool,
}

/// Where and when a task is to run.
struct Slot {
    site: Site,
    start: SimTime,
    finish: SimTime,
}

impl<R: Rule> Scheduler for Planner<R> {
    fn on_blocked(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.known.add(view.task(task), view);
        self.stale = true;
    }

    fn on_lost(&mut self, task: TaskId, view: &ClusterView<'_>) {
        self.on_leave(task, view);
    }

    fn on_ready(&mut self, task: TaskId, view: &ClusterView<'_>) {
        let task = view.task(task);
        if self.lines.has(task.seq()) {
            self.lines.ready(task.seq());
        } else {
            self.known.add(task, view);
            self.stale = true;
        }
    }

    fn on_end(&mut self, task: TaskId, view: &ClusterView<'_>) {
        let task = view.task(task);
        self.known.remove(task, view);
        self.lines.freed(task, view);
    }

    fn on_down(&mut self, _unit: UnitId, _view: &ClusterView<'_>) {
        self.stale = true;
    }

    fn on_up(&mut self, _unit: UnitId, _view: &ClusterView<'_>) {
        self.stale = true;
    }

    fn on_leave(&mut self, task: TaskId, view: &ClusterView<'_>) {
        let task = view.task(task);
        self.known.remove(task, view);
        self.lines.leave(task.seq());
    }

    fn pass(&mut self, pass: &mut Pass<'_>) {
        if std::mem::take(&mut self.stale) {
            self.plan(&pass.view());
        }
        self.lines.start(pass, |_, _| {});
    }
}

impl<R: Rule> Planner<R> {
    fn plan(&mut self, view: &ClusterView<'_>) {
        let graph = self.known.graph(view);
        let priorities = self.rule.priorities(&graph);
        let mut draft = Draft {
            view,
            slots: Vec::new(),
            table: Timetable::new(view.units().map(|u| free_at(u.id(), view)).collect()),
        };
        draft.slots.resize_with(graph.nodes.len(), || None);
        let mut open: Vec<usize> = graph.nodes.iter().map(|n| n.parents.len()).collect();
        let key = |i: usize| (std::cmp::Reverse(priorities[i]), graph.nodes[i].seq, i);
        let free = (0..open.len()).filter(|i| open[*i] == 0);
        let mut ready: BTreeSet<_> = free.map(key).collect();
        let mut order = Vec::with_capacity(open.len());
        while let Some((_, _, i)) = ready.pop_first() {
            if let Some(start) = draft.put(i, &graph, &self.rule) {
                order.push((start, order.len(), i));
            }
            for (child, _) in &graph.nodes[i].children {
                open[*child] -= 1;
                if open[*child] == 0 {
                    ready.insert(key(*child));
                }
            }
        }
        // Each line in the order of planned starts, in which no task comes before one that it waits for.
        order.sort_unstable();
        self.lines.clear();
        for (_, _, i) in order {
            if let Some(slot) = draft.slots[i].take() {
                self.lines.join(graph.nodes[i].seq, graph.nodes[i].id, slot.site);
            }
        }
    }
}

/// A plan in the making.
struct Draft<'a> {
    view: &'a ClusterView<'a>,
    /// By node of the graph; `None` while a task is not placed.
    slots: Vec<Option<Slot>>,
    table: Timetable,
}

impl Draft<'_> {
    /// Places a task where it costs least; when it is to start. `None` where nothing can hold it.
    fn put(&mut self, i: usize, graph: &Graph, rule: &impl Rule) -> Option<SimTime> {
        let node = &graph.nodes[i];
        let task = self.view.task(node.id);
        let mut best: Option<(Cost, Slot)> = None;
        let mut consider = |pool: Option<PoolId>, slot: Slot| {
            let cost = rule.cost(i, pool, slot.site.units.first().copied(), slot.finish);
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, slot));
            }
        };
        for choice in &node.choices {
            for site in self.sites(task, choice) {
                consider(choice.pool, self.slot(node, site, choice.time));
            }
        }
        let (_, slot) = best?;
        for &unit in &slot.site.units {
            self.table.take(unit, slot.start, slot.finish);
        }
        let start = slot.start;
        self.slots[i] = Some(slot);
        Some(start)
    }

    /// The places of one kind that a task may be given: every unit; for a gang the units that are free first, in the
    /// whole pool or in each node.
    fn sites(&self, task: TaskView<'_>, choice: &Choice) -> Vec<Site> {
        let Some(pool) = choice.pool else { return vec![Site::default()] };
        let one_node = self.view.one_node(task);
        let node_of = |unit: UnitId| self.view.unit(unit).node();
        let hosts = |node: NodeId| !one_node || self.view.node_could_hold(task, node);
        let units = self.view.pool_units(pool).iter().copied().filter(|u| hosts(node_of(*u)));
        if task.units() == 1 {
            return units.map(|u| Site::new(vec![u], one_node.then(|| node_of(u)))).collect();
        }
        let mut groups: Vec<(Option<NodeId>, Vec<UnitId>)> = Vec::new();
        for unit in units {
            let node = one_node.then(|| node_of(unit));
            match groups.last_mut() {
                Some((last, group)) if *last == node => group.push(unit),
                _ => groups.push((node, vec![unit])),
            }
        }
        let width = task.units() as usize;
        let gang = |(node, mut units): (Option<NodeId>, Vec<UnitId>)| {
            units.sort_by_key(|u| (self.table.end(*u), *u));
            units.truncate(width);
            units.sort_unstable();
            Site::new(units, node)
        };
        groups.into_iter().filter(|(_, units)| units.len() >= width).map(gang).collect()
    }

    /// The earliest time for `node` at `site`.
    fn slot(&self, node: &Node, site: Site, length: SimDuration) -> Slot {
        let data = self.data_at(node, &site.units);
        let start = match site.units.as_slice() {
            [] => data,
            [unit] => self.table.earliest(*unit, data, length),
            gang => gang.iter().map(|u| self.table.end(*u)).max().map_or(data, |free| free.max(data)),
        };
        Slot { site, start, finish: start + length }
    }

    /// When all that `node` waits for has ended, and its data is on `units`.
    fn data_at(&self, node: &Node, units: &[UnitId]) -> SimTime {
        let shares = |on: &[UnitId]| on.iter().any(|u| units.contains(u));
        let arrival = |finish: SimTime, on: &[UnitId], transfer: SimDuration| {
            if shares(on) { finish } else { finish + transfer }
        };
        let planned = node.parents.iter().filter_map(|(parent, transfer)| {
            let slot = self.slots[*parent].as_ref()?;
            Some(arrival(slot.finish, &slot.site.units, *transfer))
        });
        let begun = node.begun.iter().map(|Begun { finish, on, transfer }| arrival(*finish, on, *transfer));
        let here = self.view.input_at(self.view.task(node.id), units).max(self.view.now());
        planned.chain(begun).fold(here, SimTime::max)
    }
}
