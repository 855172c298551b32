//! How large the first allocation of a task should be when its peak is not known.

use crate::units::Bytes;

/// A task of which it was seen how much it used, and for how long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// Its peak.
    pub peak: Bytes,
    /// How long it ran, in s.
    pub time: f64,
    /// How long it would run until it failed, had it too little memory, in s; at most `time`.
    pub until_failure: f64,
}

/// Memory that is held and not used, in byte seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Waste {
    /// Of tasks that fit into the first allocation.
    pub unused: f64,
    /// Of first tries that fail.
    pub failed: f64,
    /// Of second tries, with all the memory.
    pub retried: f64,
}

impl Waste {
    /// All of it.
    pub fn total(self) -> f64 {
        self.unused + self.failed + self.retried
    }
}

/// A first allocation with its mean waste per task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FirstSize {
    /// How much to give at first.
    pub size: Bytes,
    /// What that wastes, on average.
    pub waste: Waste,
}

/// The mean waste where `size` is given at first, and `most` to those that fail.
fn waste_of(size: Bytes, most: Bytes, history: &[Observed]) -> Waste {
    let mut waste = Waste::default();
    for seen in history {
        if seen.peak <= size {
            waste.unused += (size.get() - seen.peak.get()) as f64 * seen.time;
        } else {
            waste.failed += size.get() as f64 * seen.until_failure;
            waste.retried += most.get().saturating_sub(seen.peak.get()) as f64 * seen.time;
        }
    }
    let n = history.len().max(1) as f64;
    Waste { unused: waste.unused / n, failed: waste.failed / n, retried: waste.retried / n }
}

/// The first allocation that minimises the expected waste, where a task that needs more fails and comes again with
/// `most`; ties go to the smallest. `None` without history. Peaks above `most` count as `most`.
///
/// `W(a) = ∫₀ᵃ (a − x) t dF + (1 − F(a)) (a t_fail + E[(M − X) t | X > a])` over the empirical distribution `F`
/// (Tovar et al., IEEE TPDS 2018). Between two peaks `W` grows with `a`, so that only peaks need to be tried.
pub fn first_allocation(history: &[Observed], most: Bytes) -> Option<FirstSize> {
    let capped: Vec<Observed> = history.iter().map(|seen| Observed { peak: seen.peak.min(most), ..*seen }).collect();
    let mut sizes: Vec<Bytes> = capped.iter().map(|seen| seen.peak).collect();
    sizes.sort_unstable();
    sizes.dedup();
    sizes
        .into_iter()
        .map(|size| FirstSize { size, waste: waste_of(size, most, &capped) })
        .reduce(|best, next| if next.waste.total() < best.waste.total() { next } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peak: u64, time: f64) -> Observed {
        Observed { peak: Bytes(peak), time, until_failure: time }
    }

    /// Peaks 2, 2, 2, 10 for 1 s each, retried with 12.
    /// a = 2: nothing is unused; one fails: 2·1, and again with 12 − 10 = 2: 4 over four tasks, 1.
    /// a = 10: three leave 8: 24 over four, 6. So 2 is best.
    #[test]
    fn a_rare_large_task_comes_again() {
        let history = [seen(2, 1.0), seen(10, 1.0), seen(2, 1.0), seen(2, 1.0)];
        let best = first_allocation(&history, Bytes(12)).unwrap();
        assert_eq!(best.size, Bytes(2));
        assert_eq!(best.waste, Waste { unused: 0.0, failed: 0.5, retried: 0.5 });
    }

    /// Peaks 2 (1 s) and 10 (9 s), retried with 10. a = 2: 2·9 = 18 for the failed try, nothing after: 9 on average.
    /// a = 10: 8·1 unused: 4. Had the large task failed after 1 s, a = 2 would waste 2·1: 1, and win.
    #[test]
    fn a_long_task_is_given_enough_at_once_unless_it_fails_early() {
        let history = [seen(2, 1.0), seen(10, 9.0)];
        let best = first_allocation(&history, Bytes(10)).unwrap();
        assert_eq!((best.size, best.waste.total()), (Bytes(10), 4.0));
        let early = [history[0], Observed { until_failure: 1.0, ..history[1] }];
        let best = first_allocation(&early, Bytes(10)).unwrap();
        assert_eq!((best.size, best.waste.total()), (Bytes(2), 1.0));
        assert_eq!(first_allocation(&[], Bytes(10)), None);
    }
}
