//! `timeline.csv`: how the cluster's state changed over time.

use crate::model::kind::UnitKind;
use crate::model::unit::EnergyState;
use crate::model::world::{Gauges, World};
use crate::record::Observer;
use crate::units::{Bytes, Power, SimDuration, SimTime};

use super::row::Row;

/// When a row is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// On every change, thinned so that at most 16,384 rows are kept: whenever there are that many, every
    /// second one goes and rows must lie twice as far apart.
    OnChange,
    /// At multiples of an interval, thinned in the same way at 1,048,576 rows: the interval then doubles.
    Every(SimDuration),
}

const MOST_ROWS: usize = 1 << 14;
const MOST_SAMPLES: usize = 1 << 20;

#[derive(Clone, Debug, PartialEq)]
struct State {
    gauges: Gauges,
    in_system: u32,
    units_down: u32,
    /// Of each kind present.
    kinds: Vec<KindState>,
}

/// Sums over the units of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct KindState {
    load: u64,
    clock: u64,
    power: Power,
}

/// What a row says.
#[derive(Clone, Debug, PartialEq)]
struct Sample {
    state: State,
    /// In °C; empty where heat is not modelled. No change of it alone makes a row.
    hottest: Option<f64>,
}

/// Columns that only some scenarios have.
#[derive(Clone, Copy, Debug)]
struct Extras {
    fragmentation: bool,
    outages: bool,
    heat: bool,
}

/// Keeps rows in memory until the end; how many is bounded.
pub struct Timeline {
    sampling: Sampling,
    /// Each kind with its units and its devices.
    kinds: Vec<(UnitKind, usize, f64)>,
    pool_kind: Vec<usize>,
    capacity: u64,
    units: usize,
    extras: Extras,
    rows: Vec<(SimTime, Sample)>,
    last: Option<(SimTime, State)>,
    /// Least distance of rows on change, or the distance of samples.
    gap: SimDuration,
    next_sample: SimTime,
}

impl Timeline {
    /// A time line of `world`.
    pub fn new(world: &World, sampling: Sampling) -> Self {
        let present = world.cluster.kinds();
        let pool_kind =
            world.cluster.pools.iter().map(|p| present.iter().position(|k| *k == p.device.kind).unwrap_or(0)).collect();
        let kinds = present.into_iter().map(|k| (k, world.cluster.count(k), world.cluster.devices(k))).collect();
        let gap = match sampling {
            Sampling::OnChange => SimDuration::ZERO,
            Sampling::Every(interval) => interval.max(SimDuration::from_nanos(1)),
        };
        let mut timeline = Self {
            sampling,
            kinds,
            pool_kind,
            capacity: world.memory_capacity,
            units: world.units.len(),
            extras: Extras {
                fragmentation: world.has_blocks,
                outages: world.outages.is_some(),
                heat: world.heat.is_some(),
            },
            rows: Vec::new(),
            last: None,
            gap,
            next_sample: SimTime::ZERO + gap,
        };
        // The line begins where the run does, whenever the first event is.
        let before = (SimTime::ZERO, timeline.state(world));
        timeline.rows.push((before.0, timeline.sampled(before.0, before.1.clone(), world)));
        timeline.last = Some(before);
        timeline
    }

    fn state(&self, world: &World) -> State {
        let mut kinds = vec![KindState::default(); self.kinds.len()];
        for (pool, kind) in world.pools.iter().zip(&self.pool_kind) {
            kinds[*kind].load += pool.load;
            kinds[*kind].clock += pool.clock;
            kinds[*kind].power += pool.power;
        }
        State {
            gauges: world.gauges,
            in_system: world.tasks.in_system() as u32,
            units_down: world.outages.as_ref().map_or(0, |o| o.units_down()),
            kinds,
        }
    }

    /// The state with what is read only for rows that are kept.
    fn sampled(&self, at: SimTime, state: State, world: &World) -> Sample {
        Sample { state, hottest: world.heat.as_ref().map(|heat| heat.hottest(at)) }
    }

    fn keep(&mut self, at: SimTime, sample: Sample) {
        self.rows.push((at, sample));
        if self.rows.len() >= MOST_ROWS {
            self.thin();
            let span = self.rows.last().map_or(SimDuration::ZERO, |(t, _)| *t - SimTime::ZERO);
            self.gap = SimDuration::from_nanos((span.as_nanos() / (MOST_ROWS as u64 / 2)).max(self.gap.as_nanos() * 2));
        }
    }

    /// Takes every second row out.
    fn thin(&mut self) {
        let mut even = false;
        self.rows.retain(|_| {
            even = !even;
            even
        });
    }

    /// Writes the sample that is due and sets the time of the next one.
    fn sample(&mut self, sample: Sample) {
        self.rows.push((self.next_sample, sample));
        if self.rows.len() >= MOST_SAMPLES {
            self.thin();
            self.gap = SimDuration::from_nanos(self.gap.as_nanos().saturating_mul(2));
        }
        // Rows stay multiples of the interval, because the first one stands at zero.
        self.next_sample = self.rows.last().map_or(self.next_sample, |(t, _)| *t) + self.gap;
    }

    /// The file's text; `world` is as it was at the last instant.
    pub fn into_csv(mut self, world: &World) -> Vec<u8> {
        if let Some((at, state)) = self.last.take()
            && self.rows.last().is_none_or(|(t, s)| *t != at || s.state != state)
        {
            let last = self.sampled(at, state, world);
            self.rows.push((at, last));
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
        for (prefix, unit) in [("utilization_", ""), ("frequency_hz_", ""), ("power_", "_w")] {
            for (kind, _, _) in &self.kinds {
                row.text(&format!("{prefix}{}{unit}", kind.name()));
            }
        }
        let Extras { fragmentation, outages, heat } = self.extras;
        let extras = [(fragmentation, "memory_fragmentation"), (outages, "units_down"), (heat, "temperature_max_c")];
        for (_, column) in extras.iter().filter(|(there, _)| *there) {
            row.text(column);
        }
        row.end();
        for (at, Sample { state, hottest }) in &self.rows {
            let g = &state.gauges;
            row.time(*at).int(u64::from(g.waiting)).int(u64::from(g.running)).int(u64::from(state.in_system));
            row.int(u64::from(g.in_cloud)).real(g.total_power().as_watts());
            // A failed unit draws nothing: its state has no column.
            for power in g.power.iter().take(EnergyState::ALL.len()) {
                row.real(power.as_watts());
            }
            row.int(g.memory_used);
            if self.capacity == Bytes::ZERO.get() {
                row.empty()
            } else {
                row.int(self.capacity)
            };
            for (i, (_, _, devices)) in self.kinds.iter().enumerate() {
                row.real(state.kinds[i].load as f64 / 1e6 / devices.max(1.0));
            }
            for (i, (_, count, _)) in self.kinds.iter().enumerate() {
                row.real(state.kinds[i].clock as f64 / (*count).max(1) as f64);
            }
            for kind in &state.kinds {
                row.real(kind.power.as_watts());
            }
            if fragmentation {
                row.real(g.fragmentation as f64 / (self.units.max(1) as f64 * 1e6));
            }
            if outages {
                row.int(u64::from(state.units_down));
            }
            if let Some(celsius) = hottest {
                row.real(*celsius);
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
                let due = self.rows.last().is_none_or(|(t, _)| *t == at || at - *t >= self.gap);
                if changed && due {
                    // A second settling of one instant replaces the first.
                    if self.rows.last().is_some_and(|(t, _)| *t == at) {
                        self.rows.pop();
                    }
                    let sample = self.sampled(at, state.clone(), world);
                    self.keep(at, sample);
                }
            }
            Sampling::Every(_) => {
                while self.next_sample < at
                    && let Some((_, before)) = self.last.clone()
                {
                    let sample = self.sampled(self.next_sample, before, world);
                    self.sample(sample);
                }
                let replaces = self.rows.last().is_some_and(|(t, _)| *t == at);
                if replaces || self.next_sample == at {
                    let sample = self.sampled(at, state.clone(), world);
                    match self.rows.last_mut().filter(|_| replaces) {
                        // A second settling of one instant replaces the first.
                        Some((_, seen)) => *seen = sample,
                        None => self.sample(sample),
                    }
                }
            }
        }
        self.last = Some((at, state));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::cluster::Cluster;
    use crate::model::unit::Space;

    /// Times of the rows of a time line that sees changes of the queue at `changes` (ns).
    fn rows(sampling: Sampling, changes: &[u64]) -> Vec<(u64, u32)> {
        let mut world = World::new(Cluster::default(), Vec::new(), None, |_| Space::Counter, |_| 0);
        let mut timeline = Timeline::new(&world, sampling);
        for (i, at) in changes.iter().enumerate() {
            world.gauges.waiting = i as u32 + 1;
            timeline.quiet(SimTime::from_nanos(*at), &world);
        }
        timeline.rows.iter().map(|(t, s)| (t.as_nanos(), s.state.gauges.waiting)).collect()
    }

    #[test]
    fn samples_stand_at_multiples_from_zero_and_show_the_last_settling() {
        let every = Sampling::Every(SimDuration::from_nanos(10));
        assert_eq!(rows(every, &[5, 20, 20, 41]), [(0, 0), (10, 1), (20, 3), (30, 3), (40, 3)]);
        assert_eq!(rows(every, &[0, 0]), [(0, 2)]);
    }

    #[test]
    fn changes_are_told_from_the_start() {
        assert_eq!(rows(Sampling::OnChange, &[5, 7, 7]), [(0, 0), (5, 1), (7, 3)]);
        assert_eq!(rows(Sampling::OnChange, &[0, 4]), [(0, 1), (4, 2)]);
    }

    /// Nanoseconds over a hundred years: 3e18 samples were asked for.
    #[test]
    fn too_fine_an_interval_is_widened() {
        let found =
            rows(Sampling::Every(SimDuration::from_nanos(1)), &[3_000_000_000_000_000_000, 3_100_000_000_000_000_000]);
        assert!((MOST_SAMPLES / 4..MOST_SAMPLES).contains(&found.len()), "{}", found.len());
        let gap = found[1].0;
        assert!(gap.is_power_of_two() && found.windows(2).all(|w| w[1].0 - w[0].0 == gap));
        assert!(found.last().unwrap().0 + gap >= 3_100_000_000_000_000_000);
    }
}
