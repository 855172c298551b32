//! One server at home with an overflow into a cloud; work that starts anew when its instance is taken.

use super::{mm1k, positive};

/// Steady state of a server whose overflow leaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overflow {
    /// Share of the tasks that leave.
    pub share: f64,
    /// Mean response over all tasks, in s.
    pub response: f64,
    /// Mean number of tasks at home.
    pub at_home: f64,
}

/// M/M/1 with room for `places` tasks, including the one in service; those who find it full leave for a place
/// where they take `away` seconds on average.
///
/// At home it is M/M/1/K, the cloud is an infinite server: by Little's law the mean response is the mean number of
/// tasks at both over the arrival rate, `(1 − B) R_K + B · away`, `B` being the blocking of M/M/1/K.
pub fn threshold_offload(arrival_rate: f64, mean_service: f64, places: u32, away: f64) -> Option<Overflow> {
    let home = mm1k(arrival_rate, mean_service, places)?;
    let share = home.blocking;
    let response = (1.0 - share) * home.response + share * away;
    positive(&[away]).then_some(Overflow { share, response, at_home: home.in_system })
}

/// Mean seconds until `run` seconds of work are done in one piece, if they are broken off at rate `1 / mean_life` and
/// start anew at once: `(e^{r / m} − 1) m`, the mean time to a first run of that length in a Poisson process (Feller,
/// An Introduction to Probability Theory 2, 1971, section XI.3).
pub fn restarted_run(run: f64, mean_life: f64) -> Option<f64> {
    positive(&[run, mean_life]).then(|| mean_life * libm::expm1(run / mean_life))
}

#[cfg(test)]
mod tests {
    use super::super::close;
    use super::*;

    #[test]
    fn worked_examples() {
        // rho 1/2, K 2: blocking 1/7, response 2/3 at home; 3 s away: 6/7 · 2/3 + 1/7 · 3 = 1.
        let q = threshold_offload(1.0, 0.5, 2, 3.0).unwrap();
        close(q.share, 1.0 / 7.0);
        close(q.response, 1.0);
        close(q.at_home, 4.0 / 7.0);
        assert_eq!(threshold_offload(1.0, 0.5, 0, 3.0), None);
        // A run as long as the mean life: e - 1 lives.
        close(restarted_run(2.0, 2.0).unwrap(), 2.0 * (std::f64::consts::E - 1.0));
        assert_eq!(restarted_run(0.0, 1.0), None);
    }
}
