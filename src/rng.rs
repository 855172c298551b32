//! Named random streams.
//!
//! A stream's key is a hash of (seed, replication, purpose, entity). What one entity draws never
//! depends on what another drew, so two policies see the same arrivals, sizes and latencies:
//! common random numbers without any bookkeeping.

use rand_pcg::Pcg64Mcg;

/// The generator behind every stream: PCG XSL-RR 128/64 (MCG), whose output is fixed by its
/// published definition.
pub type StreamRng = Pcg64Mcg;

/// What a stream is drawn for. The number is part of the stream's key: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Inter-arrival times of a source.
    Arrivals = 1,
    /// Everything that belongs to one task: class, demand, estimate, memory, deadline.
    Task = 2,
    /// Cloud latency of one task.
    CloudLatency = 3,
    /// A scheduler's own draws.
    Scheduler = 4,
    /// An adaptive component's own draws.
    Adaptive = 5,
    /// Think times of a closed source's client.
    Think = 6,
    /// A cloud policy's own draws.
    CloudPolicy = 7,
    /// Time until a task that was turned away comes again.
    Retry = 8,
    /// A sleep policy's own draws.
    Sleep = 9,
    /// Times to failure and to repair of one unit or node.
    Failures = 17,
    /// How long a unit takes to wake, by unit and count.
    WakeUp = 20,
    /// A sleep policy's draws for one idle period of one unit.
    IdlePeriod = 21,
    /// What happens to one attempt of a task in the cloud: latency, boot, failure, life, back-off.
    CloudAttempt = 40,
    /// Which tasks of a list a drawn source hands out, in which order.
    Draw = 24,
    /// Which candidates a search for good parameters tries.
    Tuning = 60,
}

/// Numbers in an order drawn by lot: distinct for distinct numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shuffle(u64);

impl Shuffle {
    /// The order that belongs to `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(mix(seed))
    }

    /// Where `number` comes.
    pub const fn place(self, number: u64) -> u64 {
        mix(number ^ self.0)
    }
}

/// The root of all streams of one replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    root: u64,
}

impl Streams {
    /// The streams of replication `replication` under `seed`.
    pub fn new(seed: u64, replication: u64) -> Self {
        Self { root: mix(mix(seed).wrapping_add(mix(replication ^ 0x5851_f42d_4c95_7f2d))) }
    }

    /// The generator for `purpose` of `entity`.
    pub fn stream(&self, purpose: Purpose, entity: u64) -> StreamRng {
        self.keyed(self.root_of(purpose, 0), entity)
    }

    /// The root of a family of streams, for callers that draw one per task.
    pub fn root_of(&self, purpose: Purpose, group: u64) -> u64 {
        mix(self.root ^ mix((purpose as u64) << 56 ^ group))
    }

    /// The generator for `entity` of a family made by [`Streams::root_of`].
    pub fn keyed(&self, family: u64, entity: u64) -> StreamRng {
        let low = mix(family.wrapping_add(entity.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let high = mix(low ^ family);
        StreamRng::new(u128::from(high) << 64 | u128::from(low))
    }
}

/// The finaliser of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): a bijection that spreads every bit.
/// A bijection that leaves no trace of order (the finaliser of splitmix64).
const fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;

    #[test]
    fn streams_differ_by_every_part_of_their_name() {
        let first = |s: Streams, p, e| s.stream(p, e).random::<u64>();
        let base = first(Streams::new(1, 0), Purpose::Task, 0);
        assert_eq!(base, first(Streams::new(1, 0), Purpose::Task, 0));
        for other in [
            first(Streams::new(2, 0), Purpose::Task, 0),
            first(Streams::new(1, 1), Purpose::Task, 0),
            first(Streams::new(1, 0), Purpose::Arrivals, 0),
            first(Streams::new(1, 0), Purpose::Task, 1),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn neighbouring_streams_are_uncorrelated() {
        // First uniforms of 10,000 consecutive entities: mean 0.5 with standard error 0.0029.
        let s = Streams::new(0, 0);
        let n = 10_000;
        let mean = (0..n).map(|e| s.stream(Purpose::Task, e).random::<f64>()).sum::<f64>() / n as f64;
        assert!((mean - 0.5).abs() < 4.0 * 0.0029, "{mean}");
    }
}
