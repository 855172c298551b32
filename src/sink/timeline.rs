//! `timeline.csv`: how the cluster's state changed over time.

use crate::model::kind::UnitKind;
use crate::model::world::{Gauges, World};
use crate::record::Observer;
use crate::units::{Bytes, SimDuration, SimTime};

use super::row::Row;

/// When a row is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// On every change, thinned so that at most 16,384 rows are kept: whenever there are that many, every
    /// second one goes and rows must lie twice as far apart.
    OnChange,
    /// At multiples of an interval.
    Every(SimDuration),
}

const MOST_ROWS: usize = 1 << 14;
/// An interval that would give more rows than this is widened.
const MOST_SAMPLES: usize = 1 << 20;

#[derive(Clone, Debug, PartialEq)]
struct State {
    gauges: Gauges,
    in_system: u32,
    /// Load and clock of each kind present: sums over its units.
    kinds: Vec<(u64, u64)>,
}

/// Keeps rows in memory until the end; how many is bounded.
pub struct Timeline {
    sampling: Sampling,
    kinds: Vec<(UnitKind, usize)>,
    pool_kind: Vec<usize>,
    capacity: u64,
    rows: Vec<(SimTime, State)>,
    last: Option<(SimTime, State)>,
    gap: SimDuration,
    next_sample: SimTime,
}

impl Timeline {
    /// A time line of `world`.
    pub fn new(world: &World, sampling: Sampling) -> Self {
        let present = world.cluster.kinds();
        let pool_kind =
            world.cluster.pools.iter().map(|p| present.iter().position(|k| *k == p.device.kind).unwrap_or(0)).collect();
        let kinds = present.into_iter().map(|k| (k, world.cluster.count(k))).collect();
        Self {
            sampling,
            kinds,
            pool_kind,
            capacity: world.memory_capacity,
            rows: Vec::new(),
            last: None,
            gap: SimDuration::ZERO,
            next_sample: SimTime::ZERO,
        }
    }

    fn state(&self, world: &World) -> State {
        let mut kinds = vec![(0, 0); self.kinds.len()];
        for (pool, kind) in world.pools.iter().zip(&self.pool_kind) {
            kinds[*kind].0 += pool.load;
            kinds[*kind].1 += pool.clock;
        }
        State { gauges: world.gauges, in_system: world.tasks.in_system() as u32, kinds }
    }

    fn keep(&mut self, at: SimTime, state: State) {
        self.rows.push((at, state));
        if self.rows.len() >= MOST_ROWS && self.sampling == Sampling::OnChange {
            let mut even = false;
            self.rows.retain(|_| {
                even = !even;
                even
            });
            let span = self.rows.last().map_or(SimDuration::ZERO, |(t, _)| *t - SimTime::ZERO);
            self.gap = SimDuration::from_nanos((span.as_nanos() / (MOST_ROWS as u64 / 2)).max(self.gap.as_nanos() * 2));
        }
    }

    /// The file's text.
    pub fn into_csv(mut self) -> Vec<u8> {
        if let Some((at, state)) = self.last.take()
            && self.rows.last().is_none_or(|(t, s)| *t != at || *s != state)
        {
            self.rows.push((at, state));
        }
        let mut row = Row::default();
        for column in [
            "time_s",
            "queue",
            "running",
            "in_system",
            "cloud_running",
            "power_w",
            "power_active_w",
            "power_idle_w",
            "power_sleep_w",
            "power_transition_w",
            "memory_used_bytes",
            "memory_capacity_bytes",
        ] {
            row.text(column);
        }
        for prefix in ["utilization", "frequency_hz"] {
            for (kind, _) in &self.kinds {
                row.text(&format!("{prefix}_{}", kind.name()));
            }
        }
        row.end();
        for (at, state) in &self.rows {
            let g = &state.gauges;
            row.time(*at).int(u64::from(g.waiting)).int(u64::from(g.running)).int(u64::from(state.in_system));
            row.int(u64::from(g.in_cloud)).real(g.total_power().as_watts());
            for power in g.power {
                row.real(power.as_watts());
            }
            row.int(g.memory_used);
            if self.capacity == Bytes::ZERO.get() {
                row.empty()
            } else {
                row.int(self.capacity)
            };
            for (i, (_, count)) in self.kinds.iter().enumerate() {
                row.real(state.kinds[i].0 as f64 / 1e6 / (*count).max(1) as f64);
            }
            for (i, (_, count)) in self.kinds.iter().enumerate() {
                row.real(state.kinds[i].1 as f64 / (*count).max(1) as f64);
            }
            row.end();
        }
        row.take()
    }
}

impl Observer for Timeline {
    fn quiet(&mut self, at: SimTime, world: &World) {
        let state = self.state(world);
        match self.sampling {
            Sampling::OnChange => {
                let changed = self.last.as_ref().is_none_or(|(_, last)| *last != state);
                let due = self.rows.last().is_none_or(|(t, _)| at - *t >= self.gap);
                if changed && due {
                    // A second settling of one instant replaces the first.
                    if self.rows.last().is_some_and(|(t, _)| *t == at) {
                        self.rows.pop();
                    }
                    self.keep(at, state.clone());
                }
            }
            Sampling::Every(interval) => {
                while self.next_sample < at && self.rows.len() < MOST_SAMPLES {
                    if let Some((_, before)) = self.last.clone() {
                        self.rows.push((self.next_sample, before));
                    }
                    self.next_sample = self.next_sample + interval;
                }
                if self.next_sample == at {
                    self.next_sample = self.next_sample + interval;
                    self.rows.push((at, state.clone()));
                }
            }
        }
        self.last = Some((at, state));
    }
}
