//! Whole distributions of a run, as quantiles on a fixed grid.

use std::collections::BTreeMap;

use super::{Fold, Mean, SLOWDOWN_SCALE};
use crate::stats::nearest_rank;

/// Quantiles on [`grid`] by name: `wait_s`, `response_s` and `bounded_slowdown` over tasks, and `user_slowdown` over
/// users: the mean bounded slowdown of each, where there are several.
pub type Distributions = BTreeMap<&'static str, Vec<f64>>;

/// The shares at which quantiles are taken: every half per cent, and finer in the tail.
pub fn grid() -> Vec<f64> {
    let even = (0..200).map(|k| f64::from(k) / 200.0);
    even.chain([0.996, 0.997, 0.998, 0.999, 0.9995, 0.9999, 1.0]).collect()
}

impl Fold {
    /// The distributions of the run so far; without tasks there are none.
    pub fn distributions(&mut self) -> Distributions {
        self.put_user_back();
        let grid = grid();
        let mut found = Distributions::new();
        for (name, sketch, scale) in [
            ("wait_s", &self.wait.sketch, 1e9),
            ("response_s", &self.response.sketch, 1e9),
            ("bounded_slowdown", &self.slowdown_sketch, SLOWDOWN_SCALE),
        ] {
            let quantiles = sketch.quantiles(&grid);
            if !quantiles.is_empty() {
                found.insert(name, quantiles.into_iter().map(|x| x as f64 / scale).collect());
            }
        }
        let mut users: Vec<f64> = self.by_user.values().filter_map(Mean::get).collect();
        if users.len() > 1 {
            users.sort_unstable_by(f64::total_cmp);
            let rank = |q: &f64| nearest_rank(*q, users.len() as u64).and_then(|k| users.get(k as usize - 1).copied());
            found.insert("user_slowdown", grid.iter().filter_map(rank).collect());
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_rises_from_0_to_1() {
        let grid = grid();
        assert_eq!((grid.first(), grid.last(), grid.len()), (Some(&0.0), Some(&1.0), 207));
        assert!(grid.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!((grid[1], grid[100], grid[199]), (0.005, 0.5, 0.995));
    }

    #[test]
    fn users_are_counted_once_each() {
        // Means 1 and 3: the first for shares up to a half, then the second.
        let mut fold = Fold::new();
        for (user, slowdown) in [(1, 1.0), (2, 2.0), (2, 4.0), (1, 1.0), (1, 1.0)] {
            fold.user_slowdown(user, slowdown);
        }
        let users = &fold.distributions()["user_slowdown"];
        assert_eq!((users[0], users[100], users[101], users[206]), (1.0, 1.0, 3.0, 3.0));
        // One user is nothing to compare, and no task has no distribution.
        let mut alone = Fold::new();
        alone.user_slowdown(7, 2.0);
        assert!(alone.distributions().is_empty());
    }
}
