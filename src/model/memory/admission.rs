//! How much memory the tasks of a unit may ask for together.

use crate::units::Bytes;

/// A rule beyond "what was asked for fits": a reserve for the spread of what tasks really use.
///
/// With means `μ` (the memory that tasks ask for) and standard deviations `σ`, a task is let in where
/// `Σμ + z √(Σσ²) ≤ C` holds with it: the effective size of independent footprints (Guérin, Ahmadi &
/// Naghshineh, IEEE JSAC 1991).
#[derive(Clone, Debug, PartialEq)]
pub struct Admission {
    z: f64,
    /// By unit: sum of the variances of its tasks, in bytes squared.
    variance: Vec<u128>,
}

/// The square of a standard deviation, in bytes squared.
fn square(sd: Bytes) -> u128 {
    u128::from(sd.get()) * u128::from(sd.get())
}

impl Admission {
    /// The rule for `units` empty units; `z` standard deviations are kept back.
    pub fn new(z: f64, units: usize) -> Self {
        Self { z, variance: vec![0; units] }
    }

    /// Whether a task that asks for `size` with deviation `sd` may join tasks that have asked for `used` of
    /// `capacity` on unit `unit`.
    pub fn admits(&self, unit: usize, used: Bytes, capacity: Bytes, size: Bytes, sd: Bytes) -> bool {
        if capacity == Bytes::UNBOUNDED {
            return true;
        }
        let Some(rest) = capacity.get().checked_sub(used.get()).and_then(|r| r.checked_sub(size.get())) else {
            return false;
        };
        let variance = self.variance.get(unit).copied().unwrap_or(0).saturating_add(square(sd));
        self.z * (variance as f64).sqrt() <= rest as f64
    }

    /// Whether such a task may be alone on an empty unit.
    pub fn admits_alone(&self, capacity: Bytes, size: Bytes, sd: Bytes) -> bool {
        let alone = Self::new(self.z, 0);
        alone.admits(0, Bytes::ZERO, capacity, size, sd)
    }

    /// A task with deviation `sd` has come to `unit`.
    pub fn join(&mut self, unit: usize, sd: Bytes) {
        if let Some(variance) = self.variance.get_mut(unit) {
            *variance = variance.saturating_add(square(sd));
        }
    }

    /// A task with deviation `sd` has left `unit`.
    pub fn leave(&mut self, unit: usize, sd: Bytes) {
        if let Some(variance) = self.variance.get_mut(unit) {
            *variance = variance.saturating_sub(square(sd));
        }
    }

    /// Sum of the variances of the tasks of `unit`, in bytes squared.
    pub fn variance(&self, unit: usize) -> u128 {
        self.variance.get(unit).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C = 100, z = 2. Tasks of mean 30 and deviations 3 and 4: together 60 + 2·√(9 + 16) = 70. A third one of
    /// mean 30 without spread comes to 90 + 10 = 100 and is let in; of mean 31 it is not; with deviation 12
    /// the reserve is 2·√(25 + 144) = 26, so that the mean may be 14.
    #[test]
    fn the_reserve_grows_with_the_root_of_the_variances() {
        let mut rule = Admission::new(2.0, 1);
        rule.join(0, Bytes(3));
        rule.join(0, Bytes(4));
        let admits = |size, sd| rule.admits(0, Bytes(60), Bytes(100), Bytes(size), Bytes(sd));
        assert_eq!([admits(30, 0), admits(31, 0), admits(14, 12), admits(15, 12)], [true, false, true, false]);
        rule.leave(0, Bytes(4));
        // Now 30 + 2·3: 64 more fit, 65 do not.
        assert!(rule.admits(0, Bytes(30), Bytes(100), Bytes(64), Bytes(0)));
        assert!(!rule.admits(0, Bytes(30), Bytes(100), Bytes(65), Bytes(0)));
    }
}
