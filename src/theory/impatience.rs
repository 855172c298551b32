//! Queues whose tasks or servers do not stay: patience, retrials, vacations.

use super::{Steady, mg1, positive};

/// Steady state of a queue that some leave before they are served.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Impatient {
    /// Share of the arrivals that leave unserved.
    pub abandoned: f64,
    /// Mean number in queue.
    pub in_queue: f64,
    /// Mean number in the system.
    pub in_system: f64,
}

/// M/M/c+M (Erlang A): exponential service and exponential patience of mean `mean_patience`. Stable at every load.
///
/// A birth and death chain: births `lambda`, deaths `min(n, c) mu + (n - c)+ / patience`; those who leave do so at
/// rate `Lq / patience` (Palm 1957; Garnett, Mandelbaum & Reiman, M&SOM 2002). Summed until the rest is below 1e-16.
pub fn erlang_a(arrival_rate: f64, mean_service: f64, servers: u32, mean_patience: f64) -> Option<Impatient> {
    if !positive(&[arrival_rate, mean_service, mean_patience]) || servers == 0 {
        return None;
    }
    let c = f64::from(servers);
    // From the empty system upwards, scaled on the way so that nothing overflows.
    let (mut weight, mut sum, mut in_queue, mut in_system, mut n) = (1.0, 1.0, 0.0, 0.0, 0.0f64);
    loop {
        n += 1.0;
        weight *= arrival_rate / (n.min(c) / mean_service + (n - c).max(0.0) / mean_patience);
        sum += weight;
        in_system += n * weight;
        in_queue += (n - c).max(0.0) * weight;
        if n > c && weight * n <= 1e-16 * sum {
            break;
        }
        if sum > 1e200 {
            for x in [&mut weight, &mut sum, &mut in_queue, &mut in_system] {
                *x *= 1e-200;
            }
        }
    }
    let (in_queue, in_system) = (in_queue / sum, in_system / sum);
    Some(Impatient { abandoned: in_queue / mean_patience / arrival_rate, in_queue, in_system })
}

/// M/M/1/1 with retrials: who finds the server busy comes again after an exponential time of mean `mean_retry`,
/// until it is free. `Wq = rho / (1 - rho) (E[S] + mean_retry)` (Falin & Templeton, Retrial Queues, 1997, section 1.2).
/// The time away counts as waiting.
pub fn mm11_retrial(arrival_rate: f64, mean_service: f64, mean_retry: f64) -> Option<Steady> {
    let rho = arrival_rate * mean_service;
    if !positive(&[arrival_rate, mean_service, mean_retry]) || rho >= 1.0 {
        return None;
    }
    Some(Steady::new(arrival_rate, mean_service, rho, rho, rho / (1.0 - rho) * (mean_service + mean_retry)))
}

/// M/G/1 whose idle server goes away again and again: `Wq = Wq(M/G/1) + E[V^2] / (2 E[V])`, the mean rest of an
/// absence being added (Levy & Yechiali, Management Science 22, 1975). Everybody waits, but for a set of measure zero.
pub fn mg1_vacations(
    arrival_rate: f64,
    mean_service: f64,
    service_second_moment: f64,
    mean_absence: f64,
    absence_second_moment: f64,
) -> Option<Steady> {
    let plain = mg1(arrival_rate, mean_service, service_second_moment)?;
    if !positive(&[mean_absence, absence_second_moment]) {
        return None;
    }
    let wait = plain.wait + absence_second_moment / (2.0 * mean_absence);
    Some(Steady::new(arrival_rate, mean_service, plain.utilization, 1.0, wait))
}

#[cfg(test)]
mod tests {
    use super::super::{close, mmcc};
    use super::*;

    #[test]
    fn patience_like_service_makes_an_infinite_server() {
        // With patience and service alike every task leaves at rate 1: Poisson(a), a = 2. With one server
        // Lq = E[(N - 1)+] = a - 1 + e^-a, and a share (a - 1 + e^-a) / a is never served.
        let q = erlang_a(2.0, 1.0, 1, 1.0).unwrap();
        close(q.in_system, 2.0);
        let waiting = 1.0 + (-2.0f64).exp();
        assert!((q.in_queue - waiting).abs() < 1e-12 && (q.abandoned - waiting / 2.0).abs() < 1e-12, "{q:?}");
    }

    #[test]
    fn no_patience_is_erlang_loss() {
        let q = erlang_a(4.0, 1.0, 5, 1e-9).unwrap();
        assert!((q.abandoned - mmcc(4.0, 1.0, 5).unwrap().blocking).abs() < 1e-7, "{q:?}");
        assert_eq!(erlang_a(1.0, 1.0, 0, 1.0), None);
        assert!(erlang_a(2000.0, 1.0, 1000, 1.0).unwrap().in_system.is_finite());
    }

    #[test]
    fn retrials_worked_example() {
        // rho 1/2, S 1, retry 3: Wq = 1 · (1 + 3) = 4; instant retries make M/M/1, whose Wq is 1.
        close(mm11_retrial(0.5, 1.0, 3.0).unwrap().wait, 4.0);
        assert_eq!((mm11_retrial(1.0, 1.0, 1.0), mm11_retrial(0.5, 1.0, 0.0)), (None, None));
    }

    #[test]
    fn vacations_worked_example() {
        // M/M/1 with rho 1/2, S 1 waits 1; constant absences of 2 add 4 / 4 = 1.
        close(mg1_vacations(0.5, 1.0, 2.0, 2.0, 4.0).unwrap().wait, 2.0);
        assert_eq!(mg1_vacations(0.5, 1.0, 2.0, 0.0, 4.0), None);
    }
}
