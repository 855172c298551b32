//! Systems that never queue, or not for ever: Erlang B, M/M/c/c, M/M/1/K, M/G/infinity.

use super::{non_negative, positive};

/// Steady state of a system that turns arrivals away when it is full.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limited {
    /// Probability that an arrival is lost.
    pub blocking: f64,
    /// Arrivals let in per second.
    pub throughput: f64,
    /// Mean number in the system.
    pub in_system: f64,
    /// Mean time in the system of those let in, in s.
    pub response: f64,
}

/// Erlang B: the share of Poisson arrivals lost by `servers` servers without a queue, for an offered
/// load `a = lambda E[S]`.
///
/// `B(0) = 1`, `B(c) = a B(c-1) / (c + a B(c-1))`: no factorial, no overflow, error not growing with c
/// (Erlang 1917; recursion as in Jagerman, Bell System Technical Journal 53, 1974). Insensitive to the
/// service distribution beyond its mean.
pub fn erlang_b(servers: u32, offered_load: f64) -> Option<f64> {
    if !non_negative(&[offered_load]) {
        return None;
    }
    let blocking = (1..=servers).fold(1.0, |b, c| offered_load * b / (f64::from(c) + offered_load * b));
    Some(blocking)
}

/// M/M/c/c (and M/G/c/c): Erlang's loss system. Stable at every load.
pub fn mmcc(arrival_rate: f64, mean_service: f64, servers: u32) -> Option<Limited> {
    if !positive(&[arrival_rate, mean_service]) || servers == 0 {
        return None;
    }
    let blocking = erlang_b(servers, arrival_rate * mean_service)?;
    let throughput = arrival_rate * (1.0 - blocking);
    Some(Limited { blocking, throughput, in_system: throughput * mean_service, response: mean_service })
}

/// M/M/1/K: one server, room for `places` tasks including the one in service. Stable at every load.
///
/// `p_K = (1 - rho) rho^K / (1 - rho^(K+1))` by the recursion `p_k = rho p_(k-1) / (1 + rho p_(k-1))` over
/// growing systems, so that rho = 1 needs no case of its own; the mean number is updated alongside
/// (Gross, Shortle, Thompson & Harris, Fundamentals of Queueing Theory, section 3.5).
pub fn mm1k(arrival_rate: f64, mean_service: f64, places: u32) -> Option<Limited> {
    let rho = arrival_rate * mean_service;
    if !positive(&[arrival_rate, mean_service, rho]) || places == 0 {
        return None;
    }
    let (mut blocking, mut in_system) = (1.0, 0.0);
    for k in 1..=places {
        blocking = rho * blocking / (1.0 + rho * blocking);
        // One more state, with probability `blocking`; the others keep their proportions.
        in_system = in_system * (1.0 - blocking) + f64::from(k) * blocking;
    }
    let throughput = arrival_rate * (1.0 - blocking);
    Some(Limited { blocking, throughput, in_system, response: in_system / throughput })
}

/// Steady state of M/G/infinity: the number present is Poisson.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InfiniteServer {
    /// Mean number present, `lambda E[S]`, and also its variance.
    pub in_system: f64,
    /// Mean time in the system: the mean service, in s.
    pub response: f64,
    /// Probability that nobody is present.
    pub empty: f64,
}

impl InfiniteServer {
    /// Probability that exactly `count` are present: `e^-a a^n / n!`.
    pub fn probability(&self, count: u32) -> f64 {
        let (a, n) = (self.in_system, f64::from(count));
        libm::exp(n * libm::log(a) - a - libm::lgamma(n + 1.0))
    }
}

/// M/G/infinity: nobody waits (Takacs, Introduction to the Theory of Queues, 1962). Stable at every load.
pub fn infinite_server(arrival_rate: f64, mean_service: f64) -> Option<InfiniteServer> {
    let in_system = arrival_rate * mean_service;
    let proper = positive(&[arrival_rate, mean_service, in_system]);
    proper.then(|| InfiniteServer { in_system, response: mean_service, empty: libm::exp(-in_system) })
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    #[test]
    fn erlang_b_worked_examples() {
        // One server: a/(1+a). Two servers, a = 1: (1/2)/(1 + 1 + 1/2) = 1/5. Ten, a = 5: tables, 0.0184.
        close(erlang_b(1, 3.0).unwrap(), 0.75);
        close(erlang_b(2, 1.0).unwrap(), 0.2);
        assert!((erlang_b(10, 5.0).unwrap() - 0.018_385).abs() < 1e-6);
        assert_eq!(erlang_b(0, 3.0), Some(1.0));
        assert_eq!(erlang_b(3, 0.0), Some(0.0));
        assert_eq!(erlang_b(3, f64::NAN), None);
        // Critically loaded: B(c, c) -> sqrt(2/(pi c)) (Jagerman 1974), next term of order 1/c.
        let b = erlang_b(10_000, 10_000.0).unwrap();
        assert!((b / (2.0 / (std::f64::consts::PI * 1e4)).sqrt() - 1.0).abs() < 0.01);
    }

    #[test]
    fn mmcc_worked_example() {
        // lambda 2, S 0.5, c 2: a = 1, B = 1/5; 1.6 let in per second, 0.8 present.
        let q = mmcc(2.0, 0.5, 2).unwrap();
        close(q.blocking, 0.2);
        close(q.throughput, 1.6);
        close(q.in_system, 0.8);
        close(q.response, 0.5);
        assert_eq!(mmcc(2.0, 0.5, 0), None);
    }

    #[test]
    fn mm1k_worked_examples() {
        // rho 1/2, K 2: probabilities 4/7, 2/7, 1/7; L = 4/7. rho 1, K 4: all 1/5; L = 2. rho 2, K 2: 1/7, 2/7, 4/7.
        let q = mm1k(1.0, 0.5, 2).unwrap();
        close(q.blocking, 1.0 / 7.0);
        close(q.in_system, 4.0 / 7.0);
        close(q.response, 2.0 / 3.0);
        let q = mm1k(1.0, 1.0, 4).unwrap();
        close(q.blocking, 0.2);
        close(q.in_system, 2.0);
        close(mm1k(2.0, 1.0, 2).unwrap().blocking, 4.0 / 7.0);
        // Much room and little load: M/M/1.
        close(mm1k(3.0, 0.25, 1000).unwrap().response, 1.0);
        assert_eq!(mm1k(1.0, 1.0, 0), None);
    }

    #[test]
    fn infinite_server_worked_example() {
        // a = 2: P(0) = e^-2, P(3) = 8/6 e^-2.
        let q = infinite_server(4.0, 0.5).unwrap();
        close(q.in_system, 2.0);
        close(q.empty, (-2f64).exp());
        close(q.probability(3), 4.0 / 3.0 * (-2f64).exp());
        assert_eq!(infinite_server(-1.0, 1.0), None);
    }
}
