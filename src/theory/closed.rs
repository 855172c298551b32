//! A fixed number of clients: think, submit, wait for the answer, think again.

use super::{non_negative, positive};

/// Steady state of a closed system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closed {
    /// Requests answered per second.
    pub throughput: f64,
    /// Mean time from request to answer, in s.
    pub response: f64,
    /// Mean number of requests at the server.
    pub in_system: f64,
    /// Share of time that the server is busy, at most 1.
    pub utilization: f64,
}

/// M/M/1 with a finite population: `clients` clients think for `mean_think` (any distribution), then
/// queue at one exponential server. The machine-repair model.
///
/// Mean value analysis (Reiser & Lavenberg, J.ACM 27, 1980): an arrival finds the queue of the system
/// with one client less, so `R_n = S (1 + Q_(n-1))`, `X_n = n / (Z + R_n)`, `Q_n = X_n R_n`. Exact,
/// stable at every load. Takes time proportional to `clients`.
pub fn finite_population(clients: u32, mean_think: f64, mean_service: f64) -> Option<Closed> {
    if clients == 0 || !positive(&[mean_service]) || !non_negative(&[mean_think]) {
        return None;
    }
    let (mut throughput, mut response, mut in_system) = (0.0, 0.0, 0.0);
    for n in 1..=clients {
        response = mean_service * (1.0 + in_system);
        throughput = f64::from(n) / (mean_think + response);
        in_system = throughput * response;
    }
    Some(Closed { throughput, response, in_system, utilization: (throughput * mean_service).min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    #[test]
    fn worked_example() {
        // Z 1, S 1. One client: X = 1/2. Two: R = 3/2, X = 4/5, Q = 6/5.
        close(finite_population(1, 1.0, 1.0).unwrap().throughput, 0.5);
        let two = finite_population(2, 1.0, 1.0).unwrap();
        close(two.response, 1.5);
        close(two.throughput, 0.8);
        close(two.in_system, 1.2);
    }

    #[test]
    fn equals_the_birth_death_chain() {
        // P(k at the server) is proportional to N!/(N-k)! (S/Z)^k (Palm 1943): N 5, S 2, Z 10.
        let ratio = 0.2;
        let terms: Vec<f64> =
            (0..=5).scan(1.0, |t, k| Some(std::mem::replace(t, *t * f64::from(5 - k) * ratio))).collect();
        let busy = 1.0 - terms[0] / terms.iter().sum::<f64>();
        let found = finite_population(5, 10.0, 2.0).unwrap();
        close(found.utilization, busy);
        close(found.throughput, busy / 2.0);
    }

    #[test]
    fn limits_and_refusals() {
        // Many clients saturate the server: X -> 1/S and R -> N S - Z.
        let many = finite_population(1000, 10.0, 1.0).unwrap();
        close(many.throughput, 1.0);
        close(many.response, 990.0);
        assert_eq!(finite_population(0, 1.0, 1.0), None);
        assert_eq!(finite_population(1, f64::NAN, 1.0), None);
        assert_eq!(finite_population(1, 1.0, 0.0), None);
    }
}
