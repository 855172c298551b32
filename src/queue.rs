//! The event queue: one total order of events, whatever the model.
//!
//! Events come out by (time, rank, lane, sequence). The rank orders what happens at one instant, the
//! lane orders peers of one rank (arrivals by source), the sequence makes the rest first in, first
//! out. All four stand in one 128-bit key, so a comparison is one instruction pair and never a tie.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::units::SimTime;

/// The place of an event among the events of one instant.
pub trait Ranked: Copy {
    /// Lower ranks come first.
    fn rank(&self) -> u8;

    /// Order within a rank; 0 where insertion order is meant.
    fn lane(&self) -> u16 {
        0
    }
}

const SEQUENCE_BITS: u32 = 40;

struct Entry<E> {
    key: u128,
    event: E,
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}
impl<E> Eq for Entry<E> {}
impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<E> Ord for Entry<E> {
    // Reversed: the standard heap gives the greatest, we want the earliest.
    fn cmp(&self, other: &Self) -> Ordering {
        other.key.cmp(&self.key)
    }
}

/// Future events in their total order, and the current virtual time.
pub struct EventQueue<E> {
    heap: BinaryHeap<Entry<E>>,
    scheduled: u64,
    now: SimTime,
    overflowed: bool,
}

impl<E: Ranked> Default for EventQueue<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Ranked> EventQueue<E> {
    /// An empty queue at time zero.
    pub fn new() -> Self {
        Self { heap: BinaryHeap::new(), scheduled: 0, now: SimTime::ZERO, overflowed: false }
    }

    /// Schedules `event` at `at`.
    ///
    /// An event in the past happens now: the clock never runs back. An event at
    /// [`SimTime::NEVER`] means that time arithmetic overflowed, or that 2^40 events were
    /// scheduled: it is dropped and [`EventQueue::overflowed`] tells.
    pub fn push(&mut self, at: SimTime, event: E) {
        debug_assert!(at >= self.now, "event at {at} is before now, {}", self.now);
        if at == SimTime::NEVER || self.scheduled >> SEQUENCE_BITS != 0 {
            self.overflowed = true;
            return;
        }
        let at = at.max(self.now);
        let order = u64::from(event.rank()) << 56 | u64::from(event.lane()) << SEQUENCE_BITS | self.scheduled;
        self.scheduled += 1;
        self.heap.push(Entry { key: u128::from(at.as_nanos()) << 64 | u128::from(order), event });
    }

    /// Takes the earliest event and moves the clock to it.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        let entry = self.heap.pop()?;
        self.now = time_of(entry.key);
        Some((self.now, entry.event))
    }

    /// The time of the earliest event.
    pub fn peek_time(&self) -> Option<SimTime> {
        self.heap.peek().map(|entry| time_of(entry.key))
    }

    /// The time of the last event taken.
    pub const fn now(&self) -> SimTime {
        self.now
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// True where no event waits.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// True once an event could not be given a place in time.
    pub const fn overflowed(&self) -> bool {
        self.overflowed
    }
}

const fn time_of(key: u128) -> SimTime {
    SimTime::from_nanos((key >> 64) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Tagged(u8, u16, u32);
    impl Ranked for Tagged {
        fn rank(&self) -> u8 {
            self.0
        }
        fn lane(&self) -> u16 {
            self.1
        }
    }

    proptest! {
        #[test]
        fn comes_out_as_a_stable_sort(events in prop::collection::vec((0u64..50, 0u8..3, 0u16..3), 0..200)) {
            let mut queue = EventQueue::new();
            let mut expected = Vec::new();
            for (i, (t, rank, lane)) in events.into_iter().enumerate() {
                let event = Tagged(rank, lane, i as u32);
                queue.push(SimTime::from_nanos(t), event);
                expected.push((SimTime::from_nanos(t), event));
            }
            expected.sort_by_key(|(t, e)| (*t, e.0, e.1));
            let mut seen = Vec::new();
            while let Some(next) = queue.pop() {
                seen.push(next);
            }
            prop_assert_eq!(seen, expected);
        }
    }

    #[test]
    fn an_event_that_can_never_happen_is_told() {
        let mut queue = EventQueue::new();
        queue.push(SimTime::NEVER, Tagged(0, 0, 0));
        assert!(queue.is_empty() && queue.overflowed());
    }
}
