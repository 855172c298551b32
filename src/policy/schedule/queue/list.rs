//! A sorted list of waiting tasks, in short runs.

use std::collections::VecDeque;

use crate::policy::schedule::Key;
use crate::units::{SimDuration, TaskId};

/// A place in an order: the key, then the order of arrival.
pub type Place = (Key, u64);

/// A waiting task in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub place: Place,
    pub task: TaskId,
    /// The least time that it may take anywhere.
    pub least: SimDuration,
}

/// A run is split when it has more entries, and joined with the next one when both together have half as many.
/// Long enough that a million entries are few runs, short enough that moving half of one costs little.
const LONGEST_RUN: usize = 256;

#[derive(Clone, Debug)]
struct Run {
    entries: VecDeque<Entry>,
    /// The least of the entries' times, or less.
    least: SimDuration,
    /// How many entries with the least time have left since it was found.
    loose: u8,
}

/// After so many of them the least time of a run is found anew.
const LOOSEST: u8 = 32;

impl Run {
    fn one(entry: Entry) -> Self {
        Self { least: entry.least, entries: VecDeque::from([entry]), loose: 0 }
    }

    fn last(&self) -> Option<Place> {
        self.entries.back().map(|e| e.place)
    }

    fn position(&self, place: Place) -> usize {
        if self.entries.front().is_some_and(|e| e.place >= place) {
            return 0;
        }
        self.entries.partition_point(|e| e.place < place)
    }

    fn measure(&mut self) {
        self.least = self.entries.iter().map(|e| e.least).min().unwrap_or(SimDuration::MAX);
        self.loose = 0;
    }
}

/// Entries ascending by place. At both ends a change costs nothing; inside, a binary search and the moving of part of
/// one run. No run is empty but the last one to be left, which is kept for the next entry.
#[derive(Clone, Debug, Default)]
pub(super) struct SortedList {
    runs: VecDeque<Run>,
    len: usize,
}

impl SortedList {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn clear(&mut self) {
        self.runs.truncate(1);
        for run in &mut self.runs {
            run.entries.clear();
            run.measure();
        }
        self.len = 0;
    }

    pub fn first(&self) -> Option<Entry> {
        self.runs.front().and_then(|r| r.entries.front()).copied()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Entry> + '_ {
        self.runs.iter().flat_map(|r| r.entries.iter().copied())
    }

    pub fn insert(&mut self, entry: Entry) {
        self.len += 1;
        // The first run whose last entry comes later; else the last run.
        let found = self.run_of(entry.place).min(self.runs.len().saturating_sub(1));
        let Some(run) = self.runs.get_mut(found) else {
            self.runs.push_back(Run::one(entry));
            return;
        };
        run.least = run.least.min(entry.least);
        if run.last().is_some_and(|last| last < entry.place) {
            // What comes in order fills its runs.
            if run.entries.len() >= LONGEST_RUN {
                self.runs.push_back(Run::one(entry));
            } else {
                run.entries.push_back(entry);
            }
            return;
        }
        run.entries.insert(run.position(entry.place), entry);
        if run.entries.len() > LONGEST_RUN {
            let mut upper = Run { entries: run.entries.split_off(LONGEST_RUN / 2), least: SimDuration::MAX, loose: 0 };
            run.measure();
            upper.measure();
            self.runs.insert(found + 1, upper);
        }
    }

    pub fn remove(&mut self, place: Place) -> Option<Entry> {
        let found = self.run_of(place);
        let run = self.runs.get_mut(found)?;
        let at = run.position(place);
        let entry = run.entries.get(at).copied().filter(|e| e.place == place)?;
        run.entries.remove(at);
        self.len -= 1;
        // Nothing is less than no time.
        if run.least == entry.least && !entry.least.is_zero() {
            run.loose += 1;
        }
        if run.loose >= LOOSEST || run.entries.is_empty() {
            run.measure();
        }
        if run.entries.is_empty() && self.runs.len() > 1 {
            self.runs.remove(found);
        } else {
            self.join(found);
        }
        Some(entry)
    }

    /// The first entry behind `place`, or the first of all, that may take `most` or less.
    pub fn next(&self, place: Option<Place>, most: SimDuration) -> Option<Entry> {
        let mut first = place.map_or(0, |p| self.run_of(p));
        if let Some(place) = place
            && let Some(run) = self.runs.get(first)
        {
            let from = run.entries.partition_point(|e| e.place <= place);
            if let Some(found) = run.entries.range(from..).find(|e| e.least <= most) {
                return Some(*found);
            }
            first += 1;
        }
        // A run may promise less time than any of its entries takes.
        let rest = self.runs.range(first.min(self.runs.len())..).filter(|r| r.least <= most);
        rest.flat_map(|r| &r.entries).find(|e| e.least <= most).copied()
    }

    /// The index of the first run whose last entry is not before `place`.
    fn run_of(&self, place: Place) -> usize {
        self.runs.partition_point(|r| r.last() < Some(place))
    }

    /// Joins run `at` with the next one where both are short.
    fn join(&mut self, at: usize) {
        let (Some(here), Some(next)) = (self.runs.get(at), self.runs.get(at + 1)) else { return };
        if here.entries.len() + next.entries.len() > LONGEST_RUN / 2 {
            return;
        }
        if let Some(next) = self.runs.remove(at + 1)
            && let Some(here) = self.runs.get_mut(at)
        {
            here.entries.extend(next.entries);
            here.least = here.least.min(next.least);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn agrees_with_a_tree(
            moves in prop::collection::vec((0u8..4, 0u64..9, 0u64..50), 0..1500),
            from in prop::option::of((0u64..9, 0u64..1500)), most in 0u64..50,
        ) {
            let mut list = SortedList::default();
            let mut plain = BTreeMap::new();
            for (seq, (what, key, least)) in (0u64..).zip(moves) {
                let entry = |place| Entry { place, task: TaskId(seq as u32), least: SimDuration::from_nanos(least) };
                let place = (Key::ascending(key), seq);
                if what > 0 {
                    list.insert(entry(place));
                    plain.insert(place, entry(place));
                } else if let Some((&victim, _)) = plain.range(place..).next().or(plain.iter().next()) {
                    prop_assert_eq!(list.remove(victim), plain.remove(&victim));
                }
            }
            prop_assert_eq!(list.remove((Key::ascending(100), 0)), None);
            prop_assert_eq!(list.len(), plain.len());
            prop_assert_eq!(list.first(), plain.values().next().copied());
            prop_assert_eq!(list.iter().collect::<Vec<_>>(), plain.values().copied().collect::<Vec<_>>());
            let from = from.map(|(key, seq)| (Key::ascending(key), seq));
            let most = SimDuration::from_nanos(most);
            let behind = plain.iter().find(|(p, e)| from.is_none_or(|f| **p > f) && e.least <= most);
            prop_assert_eq!(list.next(from, most), behind.map(|(_, e)| *e));
        }
    }

    /// The quick task of the first run leaves; the next quick one stands three runs further on.
    #[test]
    fn a_run_that_promises_too_much_hides_nothing() {
        let time = |n: u64| SimDuration::from_nanos(if n == 0 || n == 900 { 5 } else { 100 });
        let place = |n| (Key::EQUAL, n);
        let mut list = SortedList::default();
        for n in 0..1000 {
            list.insert(Entry { place: place(n), task: TaskId(n as u32), least: time(n) });
        }
        assert!(list.remove(place(0)).is_some());
        for from in [None, Some(place(3)), Some(place(899))] {
            assert_eq!(list.next(from, SimDuration::from_nanos(10)).map(|e| e.place), Some(place(900)));
        }
        assert_eq!(list.next(Some(place(900)), SimDuration::from_nanos(10)), None);
    }
}
