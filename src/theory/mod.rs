//! Queueing theory in closed form: what a correct simulation must come to.
//!
//! Pure functions of numbers that use nothing else of this crate, so that the judge cannot share a
//! mistake with the judged. Arrivals are Poisson with `arrival_rate` in 1/s, service times in s.
//! Every function gives `None` where the system has no steady state (load of 1 or more) or a
//! parameter is not a number, negative, or zero where that has no meaning.

mod breakdowns;
mod closed;
mod cloud;
mod dispatch;
mod impatience;
mod knapsack;
mod loss;
mod multi;
mod n_policy;
mod preemptive;
mod priority;
mod setup;
pub(crate) mod simplex;
mod single;
pub mod speed_scaling;
mod thermal;
mod traffic;

pub use breakdowns::{Checkpointed, completion_time, mg1_breakdowns, mm1_failing};
pub use closed::{Closed, finite_population};
pub use cloud::{Overflow, restarted_run, threshold_offload};
pub use dispatch::{erlang_m1, shortest_of_d};
pub use impatience::{Impatient, erlang_a, mg1_vacations, mm11_retrial};
pub use knapsack::kaufman_roberts;
pub use loss::{InfiniteServer, Limited, erlang_b, infinite_server, mm1k, mmcc};
pub use multi::{erlang_c, mmc};
pub use n_policy::NPolicy;
pub use preemptive::{Phases, least_attained, preemptive_priorities, processor_sharing, psjf, srpt};
pub use priority::cobham;
pub use setup::{IdleTimer, StatePower, StateShares};
pub use single::{md1, mg1, mm1};
pub use thermal::{ThrottleCycle, leaky_steady_state};
pub use traffic::{Flow, Share, traffic_intensity};

/// The steady state of a queue without loss. Its lengths follow from its times by Little's law
/// (Little, Operations Research 9, 1961).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steady {
    /// Share of time that a server is busy, in [0, 1).
    pub utilization: f64,
    /// Probability that an arrival has to wait.
    pub wait_probability: f64,
    /// Mean time in queue, Wq, in s.
    pub wait: f64,
    /// Mean time in the system, W, in s.
    pub response: f64,
    /// Mean number in queue, Lq.
    pub in_queue: f64,
    /// Mean number in the system, L.
    pub in_system: f64,
}

impl Steady {
    fn new(arrival_rate: f64, mean_service: f64, utilization: f64, wait_probability: f64, wait: f64) -> Self {
        let response = wait + mean_service;
        let (in_queue, in_system) = (arrival_rate * wait, arrival_rate * response);
        Self { utilization, wait_probability, wait, response, in_queue, in_system }
    }
}

/// True where each number is finite and more than 0.
fn positive(numbers: &[f64]) -> bool {
    numbers.iter().all(|x| x.is_finite() && *x > 0.0)
}

/// True where each number is finite and at least 0.
fn non_negative(numbers: &[f64]) -> bool {
    numbers.iter().all(|x| x.is_finite() && *x >= 0.0)
}

/// Asserts that two numbers agree to 12 digits.
#[cfg(test)]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1e-300), "found {found}, expected {expected}");
}
