//! One server, first come first served: M/M/1, M/D/1, M/G/1.

use super::{Steady, positive};

/// M/G/1 by Pollaczek-Khinchine: `Wq = lambda E[S^2] / (2 (1 - rho))`, `rho = lambda E[S]`.
///
/// From the first two moments of the service time (Pollaczek 1930, Khinchine 1932; Kleinrock, Queueing
/// Systems 1, 1975, section 5.6). Arrivals see time averages, so one waits with probability rho. `None` also where
/// `second_moment < mean_service^2`, which no distribution has; an infinite second moment gives an
/// infinite wait.
pub fn mg1(arrival_rate: f64, mean_service: f64, second_moment: f64) -> Option<Steady> {
    let rho = arrival_rate * mean_service;
    // A constant's second moment may have been rounded down.
    let possible = second_moment >= mean_service * mean_service * (1.0 - 1e-12);
    if !(positive(&[arrival_rate, mean_service]) && possible && rho < 1.0) {
        return None;
    }
    let wait = arrival_rate * second_moment / (2.0 * (1.0 - rho));
    Some(Steady::new(arrival_rate, mean_service, rho, rho, wait))
}

/// M/M/1: `W = 1 / (mu - lambda)` (Kleinrock 1975, section 3.2). Exponential service has `E[S^2] = 2 E[S]^2`.
pub fn mm1(arrival_rate: f64, mean_service: f64) -> Option<Steady> {
    mg1(arrival_rate, mean_service, 2.0 * mean_service * mean_service)
}

/// M/D/1: `Wq = rho E[S] / (2 (1 - rho))`, half of M/M/1 (Erlang 1909). Constant service has `E[S^2] = E[S]^2`.
pub fn md1(arrival_rate: f64, service: f64) -> Option<Steady> {
    mg1(arrival_rate, service, service * service)
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    #[test]
    fn mm1_worked_example() {
        // lambda 3, mu 4: W = 1, Wq = 3/4, L = 3, Lq = 9/4.
        let q = mm1(3.0, 0.25).unwrap();
        close(q.response, 1.0);
        close(q.wait, 0.75);
        close(q.in_system, 3.0);
        close(q.in_queue, 2.25);
        close(q.wait_probability, 0.75);
        close(q.utilization, 0.75);
    }

    #[test]
    fn md1_worked_example() {
        // rho 0.8, S 1: Wq = 0.8 / 0.4 = 2.
        close(md1(0.8, 1.0).unwrap().wait, 2.0);
        close(md1(0.8, 1.0).unwrap().wait * 2.0, mm1(0.8, 1.0).unwrap().wait);
    }

    #[test]
    fn mg1_worked_example() {
        // Service 1 or 9 s, evenly: E[S] 5, E[S^2] 41; lambda 0.1: Wq = 4.1 / (2 * 0.5) = 4.1.
        let q = mg1(0.1, 5.0, 41.0).unwrap();
        close(q.wait, 4.1);
        close(q.response, 9.1);
        assert_eq!(mg1(0.1, 1.0, f64::INFINITY).unwrap().wait, f64::INFINITY);
    }

    #[test]
    fn no_steady_state() {
        assert_eq!(mm1(1.0, 1.0), None);
        assert_eq!(mm1(2.0, 1.0), None);
        for bad in [f64::NAN, -1.0, 0.0, f64::INFINITY] {
            assert_eq!((mm1(bad, 1.0), mm1(0.5, bad)), (None, None));
        }
        assert_eq!((mg1(0.5, 1.0, 0.5), mg1(0.5, 1.0, f64::NAN)), (None, None));
    }
}
