//! Servers that fail, and jobs that save their state.

use super::{Steady, mg1, non_negative, positive};

/// Mean and second moment of a time.
pub type Moments = (f64, f64);

/// Mean and second moment of the time from the first start of a service to its end, where the server fails at `rate`
/// while it serves, is down for a repair, and goes on where it was (preemptive resume).
///
/// The number of failures of a service of length s is Poisson with mean ξs, so
/// `E[C] = E[S](1 + ξE[R])` and `E[C²] = E[S²](1 + ξE[R])² + E[S] ξ E[R²]`
/// (White & Christie, Operations Research 6, 1958; Avi-Itzhak & Naor, Operations Research 11, 1963).
pub fn completion_time(service: Moments, rate: f64, repair: Moments) -> Option<Moments> {
    if !(positive(&[service.0, service.1]) && non_negative(&[rate, repair.0, repair.1])) {
        return None;
    }
    let stretch = 1.0 + rate * repair.0;
    Some((service.0 * stretch, service.1 * stretch * stretch + service.0 * rate * repair.1))
}

/// M/G/1 whose server fails at `rate` while it serves: M/G/1 with completion times for service times. The wait is
/// that before the first start.
pub fn mg1_breakdowns(arrival_rate: f64, service: Moments, rate: f64, repair: Moments) -> Option<Steady> {
    let (mean, second) = completion_time(service, rate, repair)?;
    mg1(arrival_rate, mean, second)
}

/// Mean number in an M/M/1 whose server fails whether it serves or not: exponential times up with mean `up`, down with
/// mean `down`, ξ and η their rates:
/// `L = λ((ξ + η)² + ξμ) / ((ξ + η)(η(μ − λ) − ξλ))` (White & Christie, Operations Research 6, 1958).
pub fn mm1_failing(arrival_rate: f64, mean_service: f64, up: f64, down: f64) -> Option<f64> {
    if !positive(&[arrival_rate, mean_service, up, down]) {
        return None;
    }
    let (mu, xi, eta) = (1.0 / mean_service, 1.0 / up, 1.0 / down);
    let spare = eta * (mu - arrival_rate) - xi * arrival_rate;
    let both = xi + eta;
    (spare > 0.0).then(|| arrival_rate * (both * both + xi * mu) / (both * spare))
}

/// A job that saves its state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Checkpointed {
    /// All its work, s.
    pub work: f64,
    /// Work between two checkpoints, s.
    pub interval: f64,
    /// Time of a checkpoint, s.
    pub cost: f64,
    /// Time before work goes on after a failure, s.
    pub restart: f64,
    /// Failures per second while the job is on its units: in work, checkpoint and restart.
    pub rate: f64,
    /// Mean time down after a failure, s.
    pub down: f64,
}

impl Checkpointed {
    /// Mean time from the start to the end of the job, with exponential times between failures and no checkpoint at
    /// the end.
    ///
    /// A stretch of a seconds that must pass without failure takes `e^{λR}(1/λ + D)(e^{λa} − 1)` (Daly, FGCS 22,
    /// 2006, eq. 13, with the mean time down added). `None` without failures.
    pub fn mean_time(&self) -> Option<f64> {
        let Self { work, interval, cost, restart, rate, down } = *self;
        if !(positive(&[work, interval, rate]) && non_negative(&[cost, restart, down])) {
            return None;
        }
        let stretch = |a: f64| libm::exp(rate * restart) * (1.0 / rate + down) * libm::expm1(rate * a);
        let whole = (work / interval).ceil() - 1.0;
        Some(whole * stretch(interval + cost) + stretch(work - whole * interval))
    }
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    /// E[S] = 1, E[S²] = 2, ξ = 1/2, R = 1: E[C] = 1.5, E[C²] = 2·2.25 + 1/2 = 5; λ = 0.4: Wq = 0.4·5 / (2·0.4) = 2.5.
    #[test]
    fn breakdowns_in_service_worked_example() {
        let (mean, second) = completion_time((1.0, 2.0), 0.5, (1.0, 1.0)).unwrap();
        close(mean, 1.5);
        close(second, 5.0);
        let queue = mg1_breakdowns(0.4, (1.0, 2.0), 0.5, (1.0, 1.0)).unwrap();
        close(queue.wait, 2.5);
        close(queue.response, 4.0);
        assert_eq!(mg1_breakdowns(0.7, (1.0, 2.0), 0.5, (1.0, 1.0)), None);
    }

    /// The chain of (number, up or down), cut at 150, by repeated steps of its uniformised form.
    #[test]
    fn failing_at_any_time_agrees_with_its_markov_chain() {
        let (lambda, mu, xi, eta) = (0.3, 1.0, 0.2, 0.5);
        const MOST: usize = 150;
        let mut p = vec![[0.0f64; 2]; MOST + 1];
        p[0][0] = 1.0;
        for _ in 0..6000 {
            let mut next = p.clone();
            for n in 0..=MOST {
                let mut go = |from: (usize, usize), to: (usize, usize), rate: f64| {
                    let flow = p[from.0][from.1] * rate / 2.0;
                    next[from.0][from.1] -= flow;
                    next[to.0][to.1] += flow;
                };
                for state in 0..2 {
                    if n < MOST {
                        go((n, state), (n + 1, state), lambda);
                    }
                }
                if n > 0 {
                    go((n, 0), (n - 1, 0), mu);
                }
                go((n, 0), (n, 1), xi);
                go((n, 1), (n, 0), eta);
            }
            p = next;
        }
        let chain: f64 = p.iter().enumerate().map(|(n, q)| n as f64 * (q[0] + q[1])).sum();
        let formula = mm1_failing(lambda, 1.0 / mu, 1.0 / xi, 1.0 / eta).unwrap();
        assert!((chain - formula).abs() < 1e-9, "{chain} {formula}");
        // 0.3·(0.49 + 0.2) / (0.7·(0.35 − 0.06)) = 0.207 / 0.203
        close(formula, 0.207 / 0.203);
        assert_eq!(mm1_failing(0.8, 1.0, 5.0, 2.0), None);
    }

    /// λ = 1, two stretches of ln 3 of work with a checkpoint of ln 2 between, restart ln 2, nothing down: the first
    /// stretch is ln 3 + ln 2 = ln 6 long.
    #[test]
    fn checkpoints_worked_example() {
        let (ln2, ln3) = (libm::log(2.0), libm::log(3.0));
        let job = Checkpointed { work: ln3 * 2.0, interval: ln3, cost: ln2, restart: ln2, rate: 1.0, down: 0.0 };
        // 2·(6 − 1) + 2·(3 − 1) = 14; with a mean of 1 down all of it twice.
        close(job.mean_time().unwrap(), 14.0);
        close(Checkpointed { down: 1.0, ..job }.mean_time().unwrap(), 28.0);
        assert_eq!(Checkpointed { rate: 0.0, ..job }.mean_time(), None);
    }

    /// Without failures in sight a job takes its work and its checkpoints: 10 + 3·0.5.
    #[test]
    fn rare_failures_cost_nothing() {
        let job = Checkpointed { work: 10.0, interval: 2.5, cost: 0.5, restart: 1.0, rate: 1e-9, down: 1.0 };
        assert!((job.mean_time().unwrap() - 11.5).abs() < 1e-6);
    }
}
