//! Lines at the servers: arrivals in turn, and the shortest of a few.

use super::{Steady, positive};

/// E_k/M/1: arrivals of Erlang's distribution with `phases` phases, `arrival_rate` in all.
///
/// So does each of k servers see Poisson arrivals that are dealt out in turn. With the root sigma in (0, 1) of
/// `sigma = (k lambda / (k lambda + mu (1 - sigma)))^k`, an arrival waits with probability sigma and
/// `W = 1 / (mu (1 - sigma))` (G/M/1: Kendall 1953; Kleinrock, Queueing Systems 1, 1975, section 6.4).
pub fn erlang_m1(arrival_rate: f64, phases: u32, mean_service: f64) -> Option<Steady> {
    let rho = arrival_rate * mean_service;
    if !positive(&[arrival_rate, mean_service, f64::from(phases)]) || rho >= 1.0 {
        return None;
    }
    let (k, mu) = (f64::from(phases), 1.0 / mean_service);
    // The map is monotone, and from 0 it climbs to the lower of its two roots; the other one is 1.
    let mut sigma = 0.0;
    for _ in 0..100_000 {
        let factor = k * arrival_rate / (k * arrival_rate + mu * (1.0 - sigma));
        let next = (0..phases).fold(1.0, |product, _| product * factor);
        if next == sigma {
            break;
        }
        sigma = next;
    }
    Some(Steady::new(arrival_rate, mean_service, rho, sigma, sigma * mean_service / (1.0 - sigma)))
}

/// Mean response of many M/M/1 servers of which each arrival joins the shortest of `d` drawn at random, the limit of an
/// infinite number of servers: `T = S sum over i >= 1 of load^((d^i - d) / (d - 1))`.
///
/// Sources: Vvedenskaya, Dobrushin & Karpelevich 1996; Mitzenmacher, IEEE TPDS 12(10), 2001. With one choice it is M/M/1.
pub fn shortest_of_d(load: f64, mean_service: f64, d: u32) -> Option<f64> {
    if !positive(&[load, mean_service, f64::from(d)]) || load >= 1.0 {
        return None;
    }
    // The exponents 0, d, d + d^2, ...: each term is the one before it times load^(d^i).
    let (mut term, mut step, mut sum) = (1.0, load, 0.0);
    while term > 1e-18 {
        sum += term;
        step = (0..d).fold(1.0, |product, _| product * step);
        term *= step;
    }
    Some(sum * mean_service)
}

#[cfg(test)]
mod tests {
    use super::super::{close, mm1};
    use super::*;

    /// k = 2, lambda = 1/2, mu = 1: `sigma (2 - sigma)^2 = 1`, that is `(sigma - 1)(sigma^2 - 3 sigma + 1) = 0`, so
    /// sigma = (3 - sqrt 5) / 2.
    #[test]
    fn erlang_arrivals_worked_example() {
        let q = erlang_m1(0.5, 2, 1.0).unwrap();
        let sigma = (3.0 - 5f64.sqrt()) / 2.0;
        close(q.wait_probability, sigma);
        close(q.response, 1.0 / (1.0 - sigma));
        close(erlang_m1(0.8, 1, 1.0).unwrap().response, mm1(0.8, 1.0).unwrap().response);
    }

    /// 1 + 2^-2 + 2^-6 + 2^-14 + 2^-30 + 2^-62.
    #[test]
    fn two_choices_worked_example() {
        close(shortest_of_d(0.5, 1.0, 2).unwrap(), 1.0 + 0.25 + 0.015_625 + 1.0 / 16_384.0 + 1.0 / 1_073_741_824.0);
        close(shortest_of_d(0.9, 2.0, 1).unwrap(), 20.0);
        assert_eq!((shortest_of_d(1.0, 1.0, 2), erlang_m1(1.0, 2, 1.0)), (None, None));
    }
}
