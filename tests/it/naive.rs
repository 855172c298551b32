//! Schedulers against ones written plainly: at each instant everything is looked at again.
//!
//! Nothing of the simulator is used here but the scenario's words. The schedulers there skip what cannot have changed;
//! here nothing is skipped. Every start, and every note that memory keeps a task waiting, must be the same.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::run;

const SECOND: u64 = 1_000_000_000;
const WHOLE: u64 = 1_000_000;
/// Memory of the two devices in GB; times on the second one are twice as long.
const MEMORY: [u64; 2] = [40, 20];
const HOST_CPUS: u64 = 4;

#[derive(Clone, Debug)]
struct Job {
    arrival: u64,
    run: u64,
    estimate: u64,
    width: usize,
    share: u64,
    memory: u64,
    cpus: u64,
    one_node: bool,
    /// Ascending, so fastest first.
    pools: Vec<usize>,
}

impl Job {
    fn in_node(&self) -> bool {
        self.one_node || self.cpus > 0
    }

    fn demand(&self) -> u64 {
        self.width as u64 * self.share
    }

    fn ran(&self, pool: usize) -> u64 {
        self.run * SECOND * (pool as u64 + 1)
    }

    fn expected(&self, pool: usize) -> u64 {
        self.estimate * SECOND * (pool as u64 + 1)
    }
}

/// Nodes that are all alike: so many units of each device.
#[derive(Clone, Copy, Debug)]
struct Cluster {
    nodes: usize,
    units: [usize; 2],
}

impl Cluster {
    fn size(&self, pool: usize) -> usize {
        self.nodes * self.units[pool]
    }

    /// The pools that could hold `job` if they were empty.
    fn possible(&self, job: &Job) -> Vec<usize> {
        let room = |p: usize| if job.in_node() { self.units[p] } else { self.size(p) };
        job.pools.iter().copied().filter(|p| job.memory <= MEMORY[*p] && job.width <= room(*p)).collect()
    }
}

struct Unit {
    pool: usize,
    node: usize,
    free: u64,
    memory: u64,
}

#[derive(Clone, Debug)]
struct Site {
    units: Vec<usize>,
    node: Option<usize>,
}

struct Running {
    job: usize,
    pool: Option<usize>,
    site: Site,
    start: u64,
    end: u64,
}

/// A stretch of a pool promised to a job.
#[derive(Clone, Copy)]
struct Promise {
    pool: usize,
    start: u64,
    end: u64,
    demand: u64,
}

struct State<'a> {
    jobs: &'a [Job],
    cluster: Cluster,
    now: u64,
    units: Vec<Unit>,
    cpus: Vec<u64>,
    queue: Vec<usize>,
    running: Vec<Running>,
    starts: BTreeMap<usize, u64>,
    noted: BTreeSet<usize>,
    promises: BTreeMap<usize, Promise>,
    compress: bool,
}

impl State<'_> {
    fn fits(&self, job: &Job, unit: usize) -> bool {
        self.units[unit].free >= job.share && self.units[unit].memory >= job.memory
    }

    /// The first units that fit, in the first pool that has room.
    fn place(&self, job: &Job, allowed: impl Fn(usize) -> bool) -> Option<Site> {
        let host = |n: &usize| self.cpus[*n] >= job.cpus;
        if job.width == 0 {
            return (0..self.cluster.nodes).find(host).map(|n| Site { units: Vec::new(), node: Some(n) });
        }
        let first = |pool: usize, node: Option<usize>| -> Option<Site> {
            let here = |u: &usize| {
                self.units[*u].pool == pool && node.is_none_or(|n| self.units[*u].node == n) && self.fits(job, *u)
            };
            let units: Vec<usize> = (0..self.units.len()).filter(here).take(job.width).collect();
            (units.len() == job.width).then_some(Site { units, node })
        };
        let pools = || job.pools.iter().copied().filter(|p| allowed(*p));
        if job.in_node() {
            pools().find_map(|p| (0..self.cluster.nodes).filter(host).find_map(|n| first(p, Some(n))))
        } else {
            pools().find_map(|p| first(p, None))
        }
    }

    fn start(&mut self, id: usize, site: Site) {
        let job = &self.jobs[id];
        for unit in &site.units {
            self.units[*unit].free -= job.share;
            self.units[*unit].memory -= job.memory;
        }
        if let Some(node) = site.node {
            self.cpus[node] -= job.cpus;
        }
        let pool = site.units.first().map(|u| self.units[*u].pool);
        let end = self.now + pool.map_or(job.run * SECOND, |p| job.ran(p));
        self.starts.insert(id, self.now);
        self.queue.retain(|q| *q != id);
        self.running.push(Running { job: id, pool, site, start: self.now, end });
    }

    fn end(&mut self, index: usize) {
        let over = self.running.remove(index);
        let job = &self.jobs[over.job];
        for unit in &over.site.units {
            self.units[*unit].free += job.share;
            self.units[*unit].memory += job.memory;
        }
        if let Some(node) = over.site.node {
            self.cpus[node] += job.cpus;
        }
        self.promises.remove(&over.job);
        self.compress = true;
    }

    fn free_share(&self, pool: usize) -> u64 {
        self.units.iter().filter(|u| u.pool == pool).map(|u| u.free).sum()
    }

    /// Notes that memory alone keeps a job waiting: there are shares enough, but not where there is memory.
    fn note(&mut self, id: usize) {
        let job = &self.jobs[id];
        let count = |pool: usize, right: &dyn Fn(usize) -> bool| {
            (0..self.units.len()).filter(|u| self.units[*u].pool == pool && right(*u)).count() >= job.width
        };
        let shared = |p: usize| count(p, &|u| self.units[u].free >= job.share);
        let whole = |p: usize| count(p, &|u| self.fits(job, u));
        let enough: Vec<usize> = job.pools.iter().copied().filter(|p| shared(*p)).collect();
        if job.memory > 0 && !enough.is_empty() && !enough.iter().any(|p| whole(*p)) {
            self.noted.insert(id);
        }
    }

    fn try_start(&mut self, id: usize, allowed: impl Fn(usize) -> bool) -> bool {
        match self.place(&self.jobs[id], allowed) {
            Some(site) => self.start(id, site),
            None => {
                self.note(id);
                return false;
            }
        }
        true
    }

    fn greedy(&mut self) {
        for id in self.queue.clone() {
            self.try_start(id, |_| true);
        }
    }

    /// The head, after those that could start from it.
    fn strict(&mut self) -> Option<usize> {
        loop {
            let head = *self.queue.first()?;
            if !self.try_start(head, |_| true) {
                return Some(head);
            }
        }
    }

    /// Shadow time and extra share of `head` in `pool`.
    fn shadow(&self, head: &Job, pool: usize) -> Option<(u64, u64)> {
        let mut ends: Vec<(u64, u64)> = self
            .running
            .iter()
            .filter(|r| r.pool == Some(pool))
            .map(|r| {
                let job = &self.jobs[r.job];
                ((r.start + job.expected(pool)).max(self.now + 1), job.demand())
            })
            .collect();
        ends.sort_unstable();
        let free_at = |t: u64| {
            let given: u64 = ends.iter().filter(|(end, _)| *end <= t).map(|(_, demand)| demand).sum();
            self.free_share(pool) + given
        };
        let shadow = ends.iter().map(|(end, _)| *end).find(|t| free_at(*t) >= head.demand())?;
        Some((shadow, free_at(shadow) - head.demand()))
    }

    fn easy(&mut self, shortest: bool) {
        let Some(head) = self.strict() else { return };
        // With nothing free at all no pass is made, not even for tasks that need only a host.
        if (0..2).all(|p| self.free_share(p) == 0) {
            return;
        }
        let job = &self.jobs[head];
        let mut held = None;
        for pool in self.cluster.possible(job).into_iter().filter(|_| job.width > 0) {
            if let Some((shadow, extra)) = self.shadow(job, pool)
                && held.is_none_or(|(_, s, _)| shadow < s)
            {
                held = Some((pool, shadow, extra));
            }
        }
        let mut candidates: Vec<usize> = self.queue.iter().copied().filter(|q| *q != head).collect();
        if shortest {
            candidates.sort_by_key(|q| (self.jobs[*q].estimate, *q));
        }
        for id in candidates {
            let job = &self.jobs[id];
            let Some(site) = self.place(job, |_| true) else {
                self.note(id);
                continue;
            };
            let pool = site.units.first().map(|u| self.units[*u].pool);
            match held {
                Some((reserved, shadow, extra))
                    if pool == Some(reserved) && self.now + job.expected(reserved) > shadow =>
                {
                    if job.demand() <= extra {
                        held = Some((reserved, shadow, extra - job.demand()));
                        self.start(id, site);
                    } else {
                        self.try_start(id, |p| p != reserved);
                    }
                }
                _ => self.start(id, site),
            }
        }
    }

    /// Free share of `pool` at `at` by the plan; after a late end it may be less than nothing.
    fn planned(&self, pool: usize, at: u64) -> i64 {
        let taken: u64 =
            self.promises.values().filter(|r| r.pool == pool && r.start <= at && at < r.end).map(|r| r.demand).sum();
        self.cluster.size(pool) as i64 * WHOLE as i64 - taken as i64
    }

    fn book(&mut self, id: usize) {
        let job = &self.jobs[id];
        let mut best: Option<Promise> = None;
        for pool in self.cluster.possible(job) {
            let (length, demand) = (job.expected(pool), job.demand());
            let mut times: Vec<u64> = self.promises.values().flat_map(|r| [r.start, r.end]).collect();
            times.push(self.now);
            times.retain(|t| *t >= self.now);
            times.sort_unstable();
            let hole = |s: u64| {
                let within = times.iter().copied().filter(|t| (s..s + length).contains(t));
                within.chain([s]).all(|t| self.planned(pool, t) >= demand as i64)
            };
            let start = times.iter().copied().find(|s| hole(*s)).unwrap();
            if best.is_none_or(|b| start < b.start) {
                best = Some(Promise { pool, start, end: start + length, demand });
            }
        }
        if let Some(found) = best.filter(|_| job.width > 0) {
            self.promises.insert(id, found);
        }
    }

    fn conservative(&mut self, arrived: &[usize]) {
        if std::mem::take(&mut self.compress) {
            for id in self.queue.clone() {
                if self.promises.remove(&id).is_some() {
                    self.book(id);
                }
            }
        }
        for id in arrived {
            self.book(*id);
        }
        for id in self.queue.clone() {
            let held = self.promises.get(&id).copied();
            if held.is_some_and(|r| r.start > self.now) {
                continue;
            }
            if self.try_start(id, |p| held.is_none_or(|r| r.pool == p))
                && let Some(late) = held.filter(|r| r.start < self.now)
            {
                let end = self.now + self.jobs[id].expected(late.pool);
                self.promises.insert(id, Promise { start: self.now, end, ..late });
            }
        }
    }
}

/// Starts, and how many jobs it was noted of that memory kept them waiting.
fn plainly(jobs: &[Job], cluster: Cluster, order: &str, backfill: &str) -> (BTreeMap<usize, u64>, usize) {
    let mut units = Vec::new();
    for node in 0..cluster.nodes {
        for (pool, memory) in MEMORY.into_iter().enumerate() {
            units.extend((0..cluster.units[pool]).map(|_| Unit { pool, node, free: WHOLE, memory }));
        }
    }
    let mut state = State {
        jobs,
        cluster,
        now: 0,
        units,
        cpus: vec![HOST_CPUS; cluster.nodes],
        queue: Vec::new(),
        running: Vec::new(),
        starts: BTreeMap::new(),
        noted: BTreeSet::new(),
        promises: BTreeMap::new(),
        compress: false,
    };
    let mut next = Some(0);
    while let Some(now) = next {
        state.now = now;
        while let Some(over) = state.running.iter().position(|r| r.end == now) {
            state.end(over);
        }
        let arrived: Vec<usize> = (0..jobs.len()).filter(|j| jobs[*j].arrival * SECOND == now).collect();
        state.queue.extend(&arrived);
        state.queue.sort_by_key(|j| if order == "sjf" { (jobs[*j].estimate, *j) } else { (0, *j) });
        match backfill {
            "none" => drop(state.strict()),
            "greedy" => state.greedy(),
            "easy" => state.easy(false),
            "easy-sjbf" => state.easy(true),
            _ => state.conservative(&arrived),
        }
        let arrivals = jobs.iter().map(|j| j.arrival * SECOND);
        let events =
            arrivals.chain(state.running.iter().map(|r| r.end)).chain(state.promises.values().map(|r| r.start));
        next = events.filter(|t| *t > now).min();
    }
    (state.starts, state.noted.len())
}

fn scenario(jobs: &[Job], cluster: Cluster, order: &str, backfill: &str) -> Value {
    let device = |kind: &str, memory: u64| json!({"kind": kind, "memory": format!("{memory} GB"), "power": {"idle": 1, "active": 2}});
    let task = |(id, j): (usize, &Job)| {
        let mut task =
            json!({"id": id, "arrival": j.arrival, "duration": j.run, "estimate": j.estimate, "units": j.width});
        if j.width > 0 {
            let speeds = [("gpu", 1.0), ("cpu", 0.5)];
            task["runs_on"] = j.pools.iter().map(|p| (speeds[*p].0.to_owned(), json!(speeds[*p].1))).collect();
            task["share"] = json!(j.share as f64 / WHOLE as f64);
            task["memory"] = json!(format!("{} GB", j.memory));
            task["one_node"] = json!(j.one_node);
        }
        if j.cpus > 0 {
            task["host_cpus"] = json!(j.cpus);
        }
        task
    };
    let backfill = match backfill {
        "easy-sjbf" => json!({"name": "easy", "candidates": "shortest"}),
        plain => json!(plain),
    };
    json!({
        "devices": {"quick": device("gpu", MEMORY[0]), "slow": device("cpu", MEMORY[1])},
        "cluster": {"nodes": [{"name": "n", "count": cluster.nodes, "host_cpus": HOST_CPUS, "units": [
            {"device": "quick", "count": cluster.units[0]}, {"device": "slow", "count": cluster.units[1]}]}]},
        "workload": [{"source": "tasks", "tasks": jobs.iter().enumerate().map(task).collect::<Vec<Value>>()}],
        "policies": {"scheduler": {"order": order, "backfill": backfill}, "memory": "counter"},
    })
}

/// Small numbers: few shapes and times that often coincide are what the shortcuts live on.
fn jobs() -> impl Strategy<Value = (Cluster, Vec<Job>)> {
    let cluster = (1usize..4, 1usize..4, 1usize..3).prop_map(|(nodes, a, b)| Cluster { nodes, units: [a, b] });
    let size = (0usize..6, 0usize..5, 0usize..8, 0usize..8, any::<bool>(), 1usize..4);
    let job = (0u64..25, 1u64..13, 1u64..13, size).prop_map(|(arrival, run, estimate, size)| {
        let (width, share, memory, cpus, one_node, pools) = size;
        let share = if width == 0 { WHOLE } else { [WHOLE, WHOLE, 500_000, 250_000, 300_000][share] };
        let memory = if width == 0 { 0 } else { [0, 0, 0, 5, 10, 20, 25, 40][memory] };
        let cpus = [0, 0, 0, 0, 0, 1, 2, 3][cpus].max(u64::from(width == 0));
        let pools = (0..2).filter(|p| pools >> p & 1 == 1).collect();
        Job { arrival, run, estimate, width, share, memory, cpus, one_node: one_node && memory < 20, pools }
    });
    (cluster, vec(job, 1..60)).prop_map(|(cluster, mut jobs)| {
        jobs.retain(|j| j.width == 0 || !cluster.possible(j).is_empty());
        jobs.sort_by_key(|j| j.arrival);
        (cluster, jobs)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shortcuts_change_nothing(
        (cluster, jobs) in jobs(),
        order in prop::sample::select(vec!["fifo", "sjf"]),
        backfill in prop::sample::select(vec!["none", "greedy", "easy", "easy-sjbf", "conservative"]),
    ) {
        prop_assume!(!jobs.is_empty());
        let (expected, noted) = plainly(&jobs, cluster, order, backfill);
        let run = run(scenario(&jobs, cluster, order, backfill));
        let found: BTreeMap<usize, u64> =
            run.tasks.iter().map(|t| (t.int("task") as usize, t.nanos("start_s"))).collect();
        prop_assert_eq!(found, expected, "{} {}", order, backfill);
        prop_assert_eq!(run.metric("memory.oom_waits"), noted as f64);
    }
}
