//! Several servers behind one queue: Erlang C and M/M/c.

use super::loss::erlang_b;
use super::{Steady, positive};

/// Erlang C: the probability that an arrival at M/M/c has to wait, `C = B / (1 - rho (1 - B))`.
///
/// From Erlang B, whose recursion is stable for any number of servers (Erlang 1917; Cooper, Introduction
/// to Queueing Theory, 1981, section 3.5). `offered_load = lambda E[S]`; `None` from `servers` up.
pub fn erlang_c(servers: u32, offered_load: f64) -> Option<f64> {
    let rho = offered_load / f64::from(servers);
    if !(0.0..1.0).contains(&rho) {
        return None;
    }
    let b = erlang_b(servers, offered_load)?;
    Some(b / (1.0 - rho * (1.0 - b)))
}

/// M/M/c: `Wq = C / (c mu - lambda)` (Kleinrock 1975, section 3.5).
pub fn mmc(arrival_rate: f64, mean_service: f64, servers: u32) -> Option<Steady> {
    if !positive(&[arrival_rate, mean_service]) {
        return None;
    }
    let load = arrival_rate * mean_service;
    let waits = erlang_c(servers, load)?;
    let wait = waits * mean_service / (f64::from(servers) - load);
    Some(Steady::new(arrival_rate, mean_service, load / f64::from(servers), waits, wait))
}

#[cfg(test)]
mod tests {
    use super::super::{close, mm1};
    use super::*;

    #[test]
    fn worked_examples() {
        // c 2, a 1: B = 1/5, C = (1/5)/(1 - 0.4) = 1/3; with S = 1: Wq = 1/3.
        close(erlang_c(2, 1.0).unwrap(), 1.0 / 3.0);
        let q = mmc(1.0, 1.0, 2).unwrap();
        close(q.wait, 1.0 / 3.0);
        close(q.response, 4.0 / 3.0);
        close(q.utilization, 0.5);
        // c 3, a 2: sum 1 + 2 + 2 = 5, last term (8/6) * 3 = 4: C = 4/9.
        close(erlang_c(3, 2.0).unwrap(), 4.0 / 9.0);
    }

    #[test]
    fn one_server_is_mm1() {
        let (one, other) = (mmc(3.0, 0.25, 1).unwrap(), mm1(3.0, 0.25).unwrap());
        close(one.wait, other.wait);
        close(one.in_system, other.in_system);
        close(one.wait_probability, other.wait_probability);
    }

    #[test]
    fn ten_thousand_servers_stay_a_probability() {
        // Halfin-Whitt: with a = c - b sqrt c, C -> 1/(1 + b Phi(b)/phi(b)); b = 1: 0.2234.
        let c = erlang_c(10_000, 9_900.0).unwrap();
        let limit = 1.0 / (1.0 + 0.841_344_746_068_543 / 0.241_970_724_519_143);
        assert!((c - limit).abs() < 0.003, "{c}");
    }

    #[test]
    fn no_steady_state() {
        assert_eq!((erlang_c(2, 2.0), erlang_c(0, 0.0), erlang_c(0, 1.0)), (None, None, None));
        assert_eq!((mmc(1.0, 1.0, 0), mmc(f64::NAN, 1.0, 2), erlang_c(2, f64::NAN)), (None, None, None));
    }
}
