//! One server that sleeps after an idle timer and needs a setup to wake.

use super::{Steady, mg1, non_negative, positive};

/// M/G/1, first come first served, that goes to sleep after `timer` seconds without work, at once and
/// for free, and is woken by the next arrival, which takes a setup time D during which nobody is served.
///
/// *Response.* A busy period begins with a setup exactly when the idle gap, exponential with rate
/// lambda, outlasts the timer: with probability `p = exp(-lambda timer)`, decided before the first
/// task arrives and so independent of all that follows. Its first task then meets an exceptional
/// delay D' (D with probability p, else 0), and by Welch (Operations Research 12, 1964) the mean
/// response grows by `(2 E[D'] + lambda E[D'^2]) / (2 (1 + lambda E[D']))`, so
///
/// ```text
/// T = E[S] + lambda E[S^2] / (2 (1 - rho)) + p (2 E[D] + lambda E[D^2]) / (2 (1 + lambda p E[D]))
/// ```
///
/// *States.* A cycle, from one end of work to the next, lasts `(1/lambda + p E[D]) / (1 - rho)` on
/// average: idle `(1 - p)/lambda`, asleep `p/lambda`, in setup `p E[D]`, busy for the rest
/// (renewal-reward; Gandhi, Harchol-Balter & Adan, Performance Evaluation 67, 2010, for timers and setups).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IdleTimer {
    /// Arrivals per second.
    pub arrival_rate: f64,
    /// E\[S\] in s.
    pub mean_service: f64,
    /// E\[S^2\] in s^2.
    pub service_second_moment: f64,
    /// Idle time before sleep, in s; infinite for a server that never sleeps, 0 for one that always does.
    pub timer: f64,
    /// E\[D\] in s.
    pub mean_setup: f64,
    /// E\[D^2\] in s^2: `E[D]^2` for a constant, `2 E[D]^2` for an exponential setup.
    pub setup_second_moment: f64,
}

/// Shares of time; their sum is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StateShares {
    /// Powered, without work, timer running.
    pub idle: f64,
    /// Asleep.
    pub sleep: f64,
    /// Waking up, at least one task waiting.
    pub setup: f64,
    /// Serving: always rho.
    pub busy: f64,
}

/// Power in W drawn in each state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StatePower {
    /// Idle, in W.
    pub idle: f64,
    /// Asleep, in W.
    pub sleep: f64,
    /// In setup, in W.
    pub setup: f64,
    /// Busy, in W.
    pub busy: f64,
}

impl StateShares {
    /// Mean power in W.
    pub fn mean_power(&self, power: &StatePower) -> f64 {
        self.idle * power.idle + self.sleep * power.sleep + self.setup * power.setup + self.busy * power.busy
    }
}

impl IdleTimer {
    /// Mean response time in s; `None` without a steady state (`rho >= 1`) or for a bad parameter.
    pub fn mean_response(&self) -> Option<f64> {
        let p = self.sleep_probability()?;
        let (rate, mean, second) = (self.arrival_rate, self.mean_setup, self.setup_second_moment);
        let setup = p * (2.0 * mean + rate * second) / (2.0 * (1.0 + rate * p * mean));
        Some(self.without_setup()?.response + setup)
    }

    /// Shares of time in each state; `None` as for the response.
    pub fn shares(&self) -> Option<StateShares> {
        let p = self.sleep_probability()?;
        let rho = self.without_setup()?.utilization;
        let setup = self.arrival_rate * p * self.mean_setup;
        // Everything times lambda, over a cycle times lambda.
        let part = (1.0 - rho) / (1.0 + setup);
        Some(StateShares { idle: (1.0 - p) * part, sleep: p * part, setup: setup * part, busy: rho })
    }

    fn without_setup(&self) -> Option<Steady> {
        mg1(self.arrival_rate, self.mean_service, self.service_second_moment)
    }

    /// `exp(-lambda timer)`: the share of idle gaps that end in sleep.
    fn sleep_probability(&self) -> Option<f64> {
        let proper = positive(&[self.arrival_rate])
            && self.timer >= 0.0
            && non_negative(&[self.mean_setup, self.setup_second_moment])
            && self.setup_second_moment >= self.mean_setup * self.mean_setup * (1.0 - 1e-12);
        proper.then(|| libm::exp(-self.arrival_rate * self.timer))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{close, mm1};
    use super::*;
    use rand::{RngExt, SeedableRng};

    const fn example(timer: f64, setup_second_moment: f64) -> IdleTimer {
        IdleTimer {
            arrival_rate: 0.5,
            mean_service: 1.0,
            service_second_moment: 2.0,
            timer,
            mean_setup: 4.0,
            setup_second_moment,
        }
    }

    #[test]
    fn worked_example() {
        // lambda 1/2, S exponential 1, D constant 4, timer 2 ln 2 (so p = 1/2): T = 2 + (8 + 8)/2 / (2 * 2) = 4.
        let server = example(2.0 * 2f64.ln(), 16.0);
        close(server.mean_response().unwrap(), 4.0);
        // Cycle (2 + 2)/(1/2) = 8: idle 1, sleep 1, setup 2, busy 4.
        let shares = server.shares().unwrap();
        close(shares.idle, 0.125);
        close(shares.sleep, 0.125);
        close(shares.setup, 0.25);
        close(shares.busy, 0.5);
        // 0.125 * 60 + 0.125 * 10 + 0.25 * 100 + 0.5 * 300.
        close(shares.mean_power(&StatePower { idle: 60.0, sleep: 10.0, setup: 100.0, busy: 300.0 }), 183.75);
    }

    #[test]
    fn limits() {
        // A timer that never ends: M/M/1. No timer and an exponential setup: T_MM1 + E[D] (Welch; Gandhi et al. 2010).
        close(example(f64::INFINITY, 16.0).mean_response().unwrap(), mm1(0.5, 1.0).unwrap().response);
        close(example(0.0, 32.0).mean_response().unwrap(), 2.0 + 4.0);
        assert_eq!(example(f64::INFINITY, 16.0).shares().unwrap().sleep, 0.0);
    }

    #[test]
    fn refusals() {
        let good = example(1.0, 16.0);
        for bad in [
            IdleTimer { arrival_rate: 1.0, ..good },
            IdleTimer { arrival_rate: f64::NAN, ..good },
            IdleTimer { timer: -1.0, ..good },
            IdleTimer { timer: f64::NAN, ..good },
            IdleTimer { mean_setup: -1.0, ..good },
            IdleTimer { setup_second_moment: 1.0, ..good },
        ] {
            assert_eq!((bad.mean_response(), bad.shares()), (None, None));
        }
    }

    type Run = (f64, [f64; 4]);

    /// Mean response, and time idle, asleep, in setup and busy, of one run of `tasks` tasks.
    fn simulate(server: &IdleTimer, exponential_setup: bool, tasks: u32, seed: u64) -> Run {
        let mut rng = rand_pcg::Pcg64Mcg::seed_from_u64(seed);
        let mut exponential = |mean: f64| -mean * (1.0 - rng.random::<f64>()).ln();
        let (mut now, mut free, mut total) = (0.0, 0.0, 0.0);
        let mut time = [0.0; 4];
        for _ in 0..tasks {
            now += exponential(1.0 / server.arrival_rate);
            let gap = f64::max(now - free, 0.0);
            let slept = now > free && gap > server.timer;
            let setup = match (slept, exponential_setup) {
                (false, _) => 0.0,
                (true, false) => server.mean_setup,
                (true, true) => exponential(server.mean_setup),
            };
            let service = exponential(server.mean_service);
            free = now.max(free) + setup + service;
            total += free - now;
            time[0] += gap.min(server.timer);
            time[1] += f64::max(gap - server.timer, 0.0);
            time[2] += setup;
            time[3] += service;
        }
        (total / f64::from(tasks), time.map(|t| t / free))
    }

    #[test]
    fn a_brute_force_simulation_agrees() {
        // 20 independent runs of 50,000 tasks; 5 standard errors with 19 degrees of freedom: each of the
        // 15 comparisons would fail with probability 8e-5 under new seeds, the set with 0.12 %.
        for (timer, exponential_setup, second) in [(1.0, false, 16.0), (1.0, true, 32.0), (0.0, false, 16.0)] {
            let server = example(timer, second);
            let runs: Vec<_> = (0..20).map(|seed| simulate(&server, exponential_setup, 50_000, seed)).collect();
            let check = |expected: f64, found: &dyn Fn(&Run) -> f64| {
                let mean = runs.iter().map(found).sum::<f64>() / 20.0;
                let variance = runs.iter().map(|r| (found(r) - mean).powi(2)).sum::<f64>() / 19.0;
                let error = (variance / 20.0).sqrt();
                assert!((mean - expected).abs() <= 5.0 * error + 1e-4, "{mean}, not {expected} (error {error})");
            };
            check(server.mean_response().unwrap(), &|r| r.0);
            let s = server.shares().unwrap();
            for (i, expected) in [s.idle, s.sleep, s.setup, s.busy].into_iter().enumerate() {
                check(expected, &|r| r.1[i]);
            }
        }
    }
}
