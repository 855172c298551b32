//! Tasks drawn from a list until their demand reaches a bound: what arrives at a cluster that fills up.
//!
//! Weng et al. (USENIX ATC 2023) measure placements in this way.

use std::collections::BTreeMap;
use std::sync::Arc;

use rand::RngExt;

use crate::model::task::{Label, Submission};
use crate::rng::StreamRng;
use crate::units::{SimDuration, SimTime};

/// All tasks of `list` once in random order, then tasks drawn with replacement, up to the first that would take the
/// sum of their demands over `demand` (millionths of a unit). They arrive `interval` apart from time 0 on; a task
/// that comes again has `#2`, `#3` and so on after its name, and depends on nothing.
///
/// A list without demand is handed out once.
pub fn draw(
    list: &[(SimTime, Submission)],
    demand: u64,
    interval: SimDuration,
    rng: &mut StreamRng,
) -> Vec<(SimTime, Submission)> {
    let mut order: Vec<usize> = (0..list.len()).collect();
    // Fisher and Yates, as Durstenfeld does it (CACM 1964).
    for last in (1..order.len()).rev() {
        order.swap(last, rng.random_range(0..=last));
    }
    let endless = list.iter().any(|(_, task)| task.demand() > 0);
    let again = std::iter::repeat_with(|| rng.random_range(0..list.len().max(1))).take_while(|_| endless);
    let (mut arrived, mut at) = (0u64, SimTime::ZERO);
    let mut seen: BTreeMap<usize, u32> = BTreeMap::new();
    let mut tasks = Vec::new();
    for index in order.into_iter().chain(again) {
        let Some((_, task)) = list.get(index) else { break };
        arrived = arrived.saturating_add(task.demand());
        if arrived > demand {
            break;
        }
        let count = seen.entry(index).or_insert(0);
        *count += 1;
        let label = match *count {
            1 => task.label.clone(),
            n => Label::Text(Arc::from(format!("{}#{n}", task.label))),
        };
        tasks.push((at, Submission { label, after: Vec::new(), ..task.clone() }));
        at = at + interval;
    }
    tasks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Streams};
    use crate::units::Share;

    fn task(name: u64, units: u32, milli: u32) -> (SimTime, Submission) {
        let plain = Submission::plain(Label::Number(name), 0, SimDuration::from_secs(1));
        (SimTime::ZERO, Submission { units, share: Share(milli * 1000), ..plain })
    }

    fn drawn(list: &[(SimTime, Submission)], demand: u64, seed: u64) -> Vec<(u64, String)> {
        let mut rng = Streams::new(seed, 0).stream(Purpose::Draw, 0);
        let tasks = draw(list, demand, SimDuration::from_secs(2), &mut rng);
        tasks.iter().map(|(at, t)| (at.as_nanos() / 1_000_000_000, t.label.to_string())).collect()
    }

    /// Demands 0.5, 2 and 0 make 2.5. Up to 2.5 each comes once; what follows is drawn from all, until a demand
    /// would pass the bound; those without demand never do.
    #[test]
    fn first_each_once_then_any_again() {
        let list = [task(1, 1, 500), task(2, 2, 1000), task(3, 0, 1000)];
        for seed in 0..20 {
            let tasks = drawn(&list, 10_000_000, seed);
            let mut first: Vec<&str> = tasks.iter().take(3).map(|(_, name)| name.as_str()).collect();
            first.sort_unstable();
            assert_eq!(first, ["1", "2", "3"], "{seed}");
            assert!(tasks.iter().enumerate().all(|(i, (at, _))| *at == 2 * i as u64));
            let of = |name: &str| match name.split('#').next() {
                Some("1") => 500_000,
                Some("2") => 2_000_000,
                _ => 0,
            };
            let sum: u64 = tasks.iter().map(|(_, name)| of(name)).sum();
            assert!((8_000_001..=10_000_000).contains(&sum), "{seed}: {sum}");
            let mut names: Vec<&String> = tasks.iter().map(|(_, name)| name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), tasks.len(), "{seed}: a name comes twice");
        }
        assert_ne!(drawn(&list, 100_000_000, 1), drawn(&list, 100_000_000, 2));
    }

    #[test]
    fn a_bound_below_the_list_cuts_it() {
        let list: Vec<_> = (0..10).map(|n| task(n, 1, 1000)).collect();
        assert_eq!(drawn(&list, 4_500_000, 0).len(), 4);
        assert_eq!(drawn(&list, 999_999, 0).len(), 0);
        assert_eq!(drawn(&[task(1, 0, 1000)], 1, 0).len(), 1);
        assert!(drawn(&[], 1, 0).is_empty());
    }
}
