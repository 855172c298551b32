//! What chance does to attempts. Each draw has a stream of its own, named by task and attempt: no policy and no
//! other task changes it.

use crate::dist::{Dist, standard_normal, unit_uniform};
use crate::rng::{Purpose, StreamRng, Streams};
use crate::units::SimDuration;

/// Tasks between two remembered values of a correlated noise.
const BLOCK: u64 = 1024;

/// What an attempt draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Latency = 0,
    Boot = 1,
    Failure = 2,
    Life = 3,
    BackOff = 4,
}

/// A task's number and its attempt's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) task: u64,
    pub(super) attempt: u32,
}

/// All draws of a cloud.
pub(super) struct Draws {
    streams: Streams,
    families: [u64; 5],
    /// Of each region, for the first attempts' latencies.
    latency: Vec<u64>,
    noise: Vec<Option<Noise>>,
}

impl Draws {
    pub(super) fn new(streams: Streams, correlations: impl Iterator<Item = f64>) -> Self {
        let family = |what: What| streams.root_of(Purpose::CloudAttempt, what as u64);
        let noise: Vec<Option<Noise>> = correlations.map(|rho| (rho > 0.0).then(|| Noise::new(rho))).collect();
        Self {
            families: [What::Latency, What::Boot, What::Failure, What::Life, What::BackOff].map(family),
            latency: (0..noise.len()).map(|region| streams.root_of(Purpose::CloudLatency, region as u64)).collect(),
            noise,
            streams,
        }
    }

    /// The stream of one attempt for one purpose.
    pub(super) fn stream(&self, what: What, key: Key) -> StreamRng {
        self.streams.keyed(self.families[what as usize], key.task << 20 ^ u64::from(key.attempt))
    }

    pub(super) fn seconds(&self, what: What, key: Key, dist: &Dist) -> SimDuration {
        SimDuration::from_secs_f64_clamped(dist.sample(&mut self.stream(what, key)))
    }

    pub(super) fn chance(&self, what: What, key: Key) -> f64 {
        unit_uniform(&mut self.stream(what, key))
    }

    /// The share of its run, at most all of it, after which a failing attempt fails.
    pub(super) fn failing_part(&self, key: Key, dist: &Dist) -> f64 {
        let mut rng = self.stream(What::Failure, key);
        // The first number decides whether it fails.
        let _ = unit_uniform(&mut rng);
        dist.sample(&mut rng).min(1.0)
    }

    /// The round-trip time of an attempt to `region`.
    ///
    /// Where times are correlated, the normal value behind that of task `n` is `x_n = ρ x_{n−1} + √(1 − ρ²) z_n`
    /// over all tasks of the run in order of arrival, whether they leave or not; that of a later attempt
    /// is correlated with its task's like a neighbour's.
    pub(super) fn rtt(&mut self, region: usize, key: Key, dist: &Dist) -> SimDuration {
        let family = self.latency[region];
        let mut own = match key.attempt {
            0 => self.streams.keyed(family, key.task),
            _ => self.streams.keyed(family ^ self.families[0], key.task << 20 ^ u64::from(key.attempt)),
        };
        let Some(noise) = &mut self.noise[region] else {
            return SimDuration::from_secs_f64_clamped(dist.sample(&mut own));
        };
        let streams = self.streams;
        let x = noise.at(key.task, |n| standard_normal(&mut streams.keyed(family, n)));
        let x = if key.attempt == 0 { x } else { noise.step(x, standard_normal(&mut own)) };
        SimDuration::from_secs_f64_clamped(dist.at_normal(x).unwrap_or(0.0))
    }
}

/// A stationary autoregressive sequence of order 1 with standard normal values.
struct Noise {
    rho: f64,
    /// The values at multiples of [`BLOCK`].
    marks: Vec<f64>,
    /// The last value asked for, and where it stands.
    last: Option<(u64, f64)>,
}

impl Noise {
    const fn new(rho: f64) -> Self {
        Self { rho, marks: Vec::new(), last: None }
    }

    fn step(&self, x: f64, z: f64) -> f64 {
        self.rho * x + (1.0 - self.rho * self.rho).sqrt() * z
    }

    /// Value number `n`, innovations given by `z`.
    fn at(&mut self, n: u64, z: impl Fn(u64) -> f64) -> f64 {
        let block = (n / BLOCK) as usize;
        let known = self.marks.len().checked_sub(1);
        let (mut at, mut x) = match (self.last, known) {
            (Some((at, x)), _) if at <= n && n - at <= BLOCK => (at, x),
            (_, Some(known)) => (known.min(block) as u64 * BLOCK, self.marks[known.min(block)]),
            _ => (0, z(0)),
        };
        if self.marks.is_empty() {
            self.marks.push(x);
        }
        while at < n {
            at += 1;
            x = self.step(x, z(at));
            if at.is_multiple_of(BLOCK) && (at / BLOCK) as usize == self.marks.len() {
                self.marks.push(x);
            }
        }
        self.last = Some((n, x));
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, from the beginning.
    fn by_definition(rho: f64, z: impl Fn(u64) -> f64, n: u64) -> f64 {
        (1..=n).fold(z(0), |x, i| rho * x + (1.0 - rho * rho).sqrt() * z(i))
    }

    #[test]
    fn values_do_not_depend_on_what_was_asked_before() {
        let streams = Streams::new(3, 0);
        let z = |n| standard_normal(&mut streams.stream(Purpose::CloudLatency, n));
        let mut noise = Noise::new(0.9);
        for n in [5000, 3, 0, 4, 2048, 2047, 2049, 9000, 8999, 1024, 1023] {
            assert_eq!(noise.at(n, z), by_definition(0.9, z, n), "{n}");
        }
    }

    #[test]
    fn the_sequence_is_stationary_with_the_given_correlation() {
        // Of 200,000 values at rho = 0.6 the variance has a standard error of about
        // sqrt(2/n (1+rho²)/(1-rho²)) = 0.0046, the correlation one below (1-rho²)/sqrt(n) + that of the variance:
        // 0.0040. Four standard errors.
        let streams = Streams::new(7, 0);
        let mut noise = Noise::new(0.6);
        let n = 200_000u64;
        let x: Vec<f64> =
            (0..n).map(|i| noise.at(i, |k| standard_normal(&mut streams.stream(Purpose::CloudLatency, k)))).collect();
        let variance = x.iter().map(|x| x * x).sum::<f64>() / n as f64;
        let lag = x.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / n as f64;
        assert!((variance - 1.0).abs() < 4.0 * 0.0046, "{variance}");
        assert!((lag / variance - 0.6).abs() < 4.0 * 0.0040, "{}", lag / variance);
    }
}
