//! The tasks to plan, and what they mean for each other.

use std::collections::BTreeMap;

use crate::model::task::Phase;
use crate::policy::{ClusterView, TaskView};
use crate::units::{PoolId, SimDuration, SimTime, TaskId, UnitId};

/// Time of a task on one kind of unit.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The kind; `None` for a task that needs only its host.
    pub pool: Option<PoolId>,
    /// Its lowest unit.
    pub lowest: Option<UnitId>,
    /// How many units of it there are.
    pub units: u64,
    /// Estimated time there.
    pub time: SimDuration,
}

/// A task that another must wait for, and runs already.
#[derive(Clone, Debug)]
pub struct Begun {
    /// When it should end.
    pub finish: SimTime,
    /// Its units.
    pub on: Vec<UnitId>,
    /// Time of its data to other units.
    pub transfer: SimDuration,
}

/// A task that has not started.
#[derive(Clone, Debug)]
pub struct Node {
    /// The task.
    pub id: TaskId,
    /// Its number in order of arrival.
    pub seq: u64,
    /// Tasks of the graph that must end before it, with the time of their data to other units.
    pub parents: Vec<(usize, SimDuration)>,
    /// Tasks that wait for it, with the time of its data to other units.
    pub children: Vec<(usize, SimDuration)>,
    /// Tasks before it that run.
    pub begun: Vec<Begun>,
    /// Where it can run: the pools, fastest first.
    pub choices: Vec<Choice>,
}

impl Node {
    /// Mean over all units that the task can use, rounded down to a nanosecond.
    pub fn mean(&self, of: impl Fn(usize, &Choice) -> SimDuration) -> SimDuration {
        let weight: u128 = self.choices.iter().map(|c| u128::from(c.units)).sum();
        let sum: u128 = self
            .choices
            .iter()
            .enumerate()
            .map(|(i, c)| u128::from(c.units).saturating_mul(u128::from(of(i, c).as_nanos())))
            .fold(0, u128::saturating_add);
        SimDuration::from_nanos((sum / weight.max(1)).min(u128::from(u64::MAX)) as u64)
    }

    /// Mean time of the task.
    pub fn mean_time(&self) -> SimDuration {
        self.mean(|_, choice| choice.time)
    }
}

/// All tasks that have not started and whose predecessors are known, each after all before it.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The tasks.
    pub nodes: Vec<Node>,
}

/// Tasks of which a planner knows.
#[derive(Default)]
pub struct Known {
    tasks: BTreeMap<u64, TaskId>,
    /// Numbers in order of arrival by source and position.
    places: BTreeMap<(u16, u32), u64>,
}

impl Known {
    /// A task has arrived.
    pub fn add(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        self.tasks.insert(task.seq(), task.id());
        self.places.insert((view.source(task), task.position()), task.seq());
    }

    /// A task is over, or has gone elsewhere.
    pub fn remove(&mut self, task: TaskView<'_>, view: &ClusterView<'_>) {
        self.tasks.remove(&task.seq());
        self.places.remove(&(view.source(task), task.position()));
    }

    /// The known ones among the open predecessors of `task`, with the time of their data.
    fn parents<'a>(
        &'a self,
        task: TaskView<'a>,
        view: &'a ClusterView<'a>,
    ) -> impl Iterator<Item = (u64, TaskView<'a>, SimDuration)> {
        let source = view.source(task);
        task.after().iter().filter_map(move |position| {
            let seq = self.places.get(&(source, *position))?;
            let id = self.tasks.get(seq)?;
            Some((*seq, view.task(*id), view.transfer_time(task.bytes_from(*position))))
        })
    }

    /// The graph of what is to be planned. A task is left out while one before it has not even arrived, or is out of
    /// sight (in the cloud); then also all that wait for it.
    ///
    /// O(n log n) in tasks and edges (Kahn 1962).
    pub fn graph(&self, view: &ClusterView<'_>) -> Graph {
        let unstarted = |t: TaskView<'_>| matches!(t.phase(), Phase::Blocked | Phase::Waiting);
        // Open predecessors that are to be planned before.
        let mut before: BTreeMap<u64, usize> = BTreeMap::new();
        let mut children: BTreeMap<u64, Vec<(u64, SimDuration)>> = BTreeMap::new();
        let mut free: Vec<u64> = Vec::new();
        for (&seq, &id) in &self.tasks {
            let task = view.task(id);
            if !unstarted(task) {
                continue;
            }
            if (self.parents(task, view).count() as u64) < u64::from(task.open_parents()) {
                continue;
            }
            let mut count = 0;
            for (parent, _, transfer) in self.parents(task, view).filter(|(_, p, _)| unstarted(*p)) {
                children.entry(parent).or_default().push((seq, transfer));
                count += 1;
            }
            before.insert(seq, count);
            if count == 0 {
                free.push(seq);
            }
        }
        let mut graph = Graph::default();
        let mut index: BTreeMap<u64, usize> = BTreeMap::new();
        while let Some(seq) = free.pop() {
            let Some(&id) = self.tasks.get(&seq) else { continue };
            index.insert(seq, graph.nodes.len());
            graph.nodes.push(self.node(view.task(id), view));
            for (child, _) in children.get(&seq).into_iter().flatten() {
                if let Some(count) = before.get_mut(child) {
                    *count -= 1;
                    if *count == 0 {
                        free.push(*child);
                    }
                }
            }
        }
        for (parent, edges) in children {
            let Some(&from) = index.get(&parent) else { continue };
            for (child, transfer) in edges {
                let Some(&to) = index.get(&child) else { continue };
                graph.nodes[from].children.push((to, transfer));
                graph.nodes[to].parents.push((from, transfer));
            }
        }
        graph
    }

    /// A task without its edges within the graph.
    fn node(&self, task: TaskView<'_>, view: &ClusterView<'_>) -> Node {
        let holds = |p: &TaskView<'_>| matches!(p.phase(), Phase::Placed | Phase::Running);
        let begun = self.parents(task, view).filter(|(_, p, _)| holds(p)).map(|(_, parent, transfer)| Begun {
            finish: view.expected_end(parent),
            on: parent.held().to_vec(),
            transfer,
        });
        let mut choices: Vec<Choice> = view
            .possible(task)
            .map(|o| Choice {
                pool: Some(o.pool),
                lowest: view.pool_units(o.pool).first().copied(),
                units: view.pool_units(o.pool).len() as u64,
                time: view.estimated_remaining(task, o.pool),
            })
            .collect();
        if task.units() == 0 {
            choices = vec![Choice { pool: None, lowest: None, units: 1, time: task.estimate() }];
        }
        Node {
            id: task.id(),
            seq: task.seq(),
            parents: Vec::new(),
            children: Vec::new(),
            begun: begun.collect(),
            choices,
        }
    }
}

impl Graph {
    /// `rank_u(i) = mean time of i + max over children j (transfer(i, j) + rank_u(j))`: the length of the longest way
    /// from the beginning of a task to the end of the graph, in mean times.
    pub fn upward(&self) -> Vec<SimDuration> {
        let mut rank = vec![SimDuration::ZERO; self.nodes.len()];
        for (i, node) in self.nodes.iter().enumerate().rev() {
            let rest = node.children.iter().map(|(j, transfer)| *transfer + rank[*j]).max().unwrap_or_default();
            rank[i] = node.mean_time() + rest;
        }
        rank
    }

    /// `rank_d(i) = max over parents j (rank_d(j) + mean time of j + transfer(j, i))`: the length of the longest way
    /// from the beginning of the graph to the beginning of a task, in mean times.
    pub fn downward(&self) -> Vec<SimDuration> {
        let mut rank = vec![SimDuration::ZERO; self.nodes.len()];
        for (i, node) in self.nodes.iter().enumerate() {
            let way = |(j, transfer): &(usize, SimDuration)| rank[*j] + self.nodes[*j].mean_time() + *transfer;
            rank[i] = node.parents.iter().map(way).max().unwrap_or_default();
        }
        rank
    }
}
