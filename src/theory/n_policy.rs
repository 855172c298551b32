//! One server that sleeps until several tasks wait.

use super::{StateShares, mg1, non_negative, positive};

/// M/G/1, first come first served, that goes to sleep when it is empty, at once and for free, is woken by the N-th arrival
/// after that, and then takes a setup time D.
///
/// *Response.* When work begins, `Q = N + A(D)` tasks wait, A(D) being the arrivals of the setup. The number in the system
/// is that of M/G/1 plus one that is independent of it (Fuhrmann & Cooper, Operations Research 33, 1985), of mean
/// `E[Q (Q − 1)] / (2 E[Q])`, so with `E[Q] = N + lambda E[D]`
///
/// ```text
/// L = L_MG1 + (N (N − 1) + 2 N lambda E[D] + lambda^2 E[D^2]) / (2 (N + lambda E[D])),   T = L / lambda
/// ```
///
/// Without setup that is `L_MG1 + (N − 1)/2` (Yadin & Naor, Operational Research Quarterly 14, 1963); with N = 1 it is
/// Welch's formula.
///
/// *States.* A cycle lasts `(N/lambda + E[D]) / (1 − rho)` on average: asleep `N/lambda`, in setup `E[D]`, busy for the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NPolicy {
    /// Arrivals per second.
    pub arrival_rate: f64,
    /// E\[S\] in s.
    pub mean_service: f64,
    /// E\[S^2\] in s^2.
    pub service_second_moment: f64,
    /// Tasks that must wait, at least 1.
    pub tasks: u32,
    /// E\[D\] in s.
    pub mean_setup: f64,
    /// E\[D^2\] in s^2.
    pub setup_second_moment: f64,
}

impl NPolicy {
    /// Mean number in the system; `None` without a steady state (`rho >= 1`) or for a bad parameter.
    pub fn in_system(&self) -> Option<f64> {
        let steady = mg1(self.arrival_rate, self.mean_service, self.service_second_moment)?;
        self.is_proper().then(|| {
            let (n, rate) = (f64::from(self.tasks), self.arrival_rate);
            let begun = n * (n - 1.0) + 2.0 * n * rate * self.mean_setup + rate * rate * self.setup_second_moment;
            steady.in_system + begun / (2.0 * (n + rate * self.mean_setup))
        })
    }

    /// Mean response time in s; `None` as for the number.
    pub fn mean_response(&self) -> Option<f64> {
        Some(self.in_system()? / self.arrival_rate)
    }

    /// Shares of time in each state, of which idle is 0; `None` as for the number.
    pub fn shares(&self) -> Option<StateShares> {
        let rho = mg1(self.arrival_rate, self.mean_service, self.service_second_moment)?.utilization;
        self.is_proper().then(|| {
            let (sleep, setup) = (f64::from(self.tasks) / self.arrival_rate, self.mean_setup);
            let part = (1.0 - rho) / (sleep + setup);
            StateShares { idle: 0.0, sleep: sleep * part, setup: setup * part, busy: rho }
        })
    }

    fn is_proper(&self) -> bool {
        positive(&[self.arrival_rate])
            && self.tasks >= 1
            && non_negative(&[self.mean_setup, self.setup_second_moment])
            && self.setup_second_moment >= self.mean_setup * self.mean_setup * (1.0 - 1e-12)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{IdleTimer, StatePower, close, mm1};
    use super::*;

    const fn example(tasks: u32, mean_setup: f64, setup_second_moment: f64) -> NPolicy {
        NPolicy {
            arrival_rate: 0.5,
            mean_service: 1.0,
            service_second_moment: 2.0,
            tasks,
            mean_setup,
            setup_second_moment,
        }
    }

    #[test]
    fn worked_example() {
        // lambda 1/2, S exponential 1: L = 1. N = 3, D constant 4, so lambda E[D] = 2: (6 + 12 + 4) / (2 * 5) = 2.2.
        let server = example(3, 4.0, 16.0);
        close(server.in_system().unwrap(), 3.2);
        close(server.mean_response().unwrap(), 6.4);
        // Cycle (6 + 4)/(1/2) = 20: asleep 6, setup 4, busy 10. 0.3 * 10 + 0.2 * 100 + 0.5 * 300 = 173.
        let shares = server.shares().unwrap();
        close(shares.sleep, 0.3);
        close(shares.setup, 0.2);
        close(shares.busy, 0.5);
        close(shares.mean_power(&StatePower { idle: 60.0, sleep: 10.0, setup: 100.0, busy: 300.0 }), 173.0);
    }

    #[test]
    fn limits() {
        // Without setup: M/M/1 plus (N - 1)/2. With N = 1: Welch's formula.
        for tasks in 1..6 {
            let expected = mm1(0.5, 1.0).unwrap().in_system + (f64::from(tasks) - 1.0) / 2.0;
            close(example(tasks, 0.0, 0.0).in_system().unwrap(), expected);
        }
        let welch = IdleTimer {
            arrival_rate: 0.5,
            mean_service: 1.0,
            service_second_moment: 2.0,
            timer: 0.0,
            mean_setup: 4.0,
            setup_second_moment: 32.0,
        };
        close(example(1, 4.0, 32.0).mean_response().unwrap(), welch.mean_response().unwrap());
        assert_eq!(example(1, 4.0, 32.0).shares(), welch.shares());
    }

    #[test]
    fn refusals() {
        for bad in [
            NPolicy { tasks: 0, ..example(2, 4.0, 16.0) },
            NPolicy { arrival_rate: 1.0, ..example(2, 4.0, 16.0) },
            example(2, -1.0, 16.0),
            example(2, 4.0, 1.0),
            example(2, f64::NAN, 16.0),
        ] {
            assert_eq!((bad.in_system(), bad.mean_response(), bad.shares()), (None, None, None));
        }
    }
}
