//! Speed scaling with deadlines: which speed, when, for least energy.
//!
//! One processor of any speed, jobs that can be interrupted, earliest deadline first. Power is `s^α` with `α > 1`.
//!
//! | file | rule | energy, at most times the least |
//! |---|---|---|
//! | `yds.rs` | the least, all jobs known beforehand (Yao, Demers & Shenker, FOCS 1995) | 1 |
//! | `online.rs` | Optimal Available | `α^α` (Bansal, Kimbrel & Pruhs, J. ACM 2007) |
//! | `online.rs` | Average Rate | `2^(α−1) α^α` (Yao, Demers & Shenker, FOCS 1995) |
//! | `race.rs` | one job: race, pace or critical speed | |
//! | `emulate.rs` | a speed between two P-states (Ishihara & Yasuura, ISLPED 1998) | |

mod emulate;
mod online;
mod race;
#[cfg(test)]
mod tests;
mod yds;

pub use emulate::{Emulated, emulate};
pub use online::{available_plan, average_rate, optimal_available};
pub use race::{Finish, SleepCost, Tradeoff};
pub use yds::yds;

/// A job: it may run from its release and must be done by its deadline. Times in s, work in speed times s.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Job {
    /// When it may start.
    pub release: f64,
    /// When it must be done.
    pub deadline: f64,
    /// How much there is to do.
    pub work: f64,
}

/// A stretch of time at one speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// Its start in s.
    pub from: f64,
    /// Its end in s.
    pub to: f64,
    /// Work per s.
    pub speed: f64,
}

/// Whether all are finite, with work of at least 0 and a deadline after the release.
fn sound(jobs: &[Job]) -> bool {
    let finite = |j: &Job| j.release.is_finite() && j.deadline.is_finite() && j.work.is_finite();
    jobs.iter().all(|j| finite(j) && j.work >= 0.0 && j.deadline > j.release)
}

/// Energy of a profile where power is `speed^alpha`.
pub fn energy(profile: &[Piece], alpha: f64) -> f64 {
    profile.iter().map(|p| libm::pow(p.speed, alpha) * (p.to - p.from)).sum()
}

/// All releases and deadlines, ascending, each once.
fn instants(jobs: &[Job]) -> Vec<f64> {
    let mut all: Vec<f64> = jobs.iter().flat_map(|j| [j.release, j.deadline]).collect();
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}
