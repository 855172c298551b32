//! Priorities without preemption at one server.

use super::positive;

/// Mean waits in s of M/G/1 with non-preemptive priorities, first class first.
///
/// `Wq_k = W0 / ((1 - s_(k-1)) (1 - s_k))` with `W0 = sum lambda_i E[S_i^2] / 2`, over all classes, and
/// `s_k = rho_1 + … + rho_k` (Cobham, Operations Research 2, 1954).
///
/// `classes` lists `(arrival rate, mean service, second moment of service)` from the most urgent to
/// the least. `None` where the classes together load the server fully.
pub fn cobham(classes: &[(f64, f64, f64)]) -> Option<Vec<f64>> {
    if !classes.iter().all(|&(rate, mean, second)| positive(&[rate, mean, second])) {
        return None;
    }
    let residual: f64 = classes.iter().map(|&(rate, _, second)| rate * second / 2.0).sum();
    let mut above = 0.0;
    let mut waits = Vec::with_capacity(classes.len());
    for &(rate, mean, _) in classes {
        let through = above + rate * mean;
        if !(0.0..1.0).contains(&through) {
            return None;
        }
        waits.push(residual / ((1.0 - above) * (1.0 - through)));
        above = through;
    }
    Some(waits)
}

#[cfg(test)]
mod tests {
    use super::super::{close, mg1};
    use super::*;

    #[test]
    fn worked_example() {
        // Two classes, exponential with mean 1, rates 0.3 and 0.5: W0 = 0.8;
        // W1 = 0.8/0.7, W2 = 0.8/(0.7 * 0.2).
        let w = cobham(&[(0.3, 1.0, 2.0), (0.5, 1.0, 2.0)]).unwrap();
        close(w[0], 0.8 / 0.7);
        close(w[1], 0.8 / 0.14);
    }

    #[test]
    fn priorities_move_waiting_but_do_not_create_it() {
        // Kleinrock's conservation law: sum rho_k W_k = rho W of first come first served.
        let classes = [(0.2, 1.0, 3.0), (0.1, 2.0, 4.0), (0.05, 5.0, 60.0)];
        let weighted: f64 = cobham(&classes).unwrap().iter().zip(classes).map(|(w, (l, m, _))| l * m * w).sum();
        let rate = 0.35;
        let fifo = mg1(rate, 0.65 / rate, (0.6 + 0.4 + 3.0) / rate).unwrap();
        close(weighted, 0.65 * fifo.wait);
        close(cobham(&[(0.5, 1.0, 2.0)]).unwrap()[0], mg1(0.5, 1.0, 2.0).unwrap().wait);
    }

    #[test]
    fn no_steady_state() {
        assert_eq!(cobham(&[(0.5, 1.0, 2.0), (0.5, 1.0, 2.0)]), None);
        assert_eq!(cobham(&[(0.5, f64::NAN, 2.0)]), None);
        assert_eq!(cobham(&[]), Some(vec![]));
    }
}
