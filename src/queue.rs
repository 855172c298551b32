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

#[derive(Clone, Copy)]
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

/// Most events in the near tier.
const NEAR: usize = 32;
/// How many events move from the far tier when the near one is empty.
const REFILL: usize = 16;

/// Future events in their total order, and the current virtual time.
///
/// Two tiers: the earliest few events lie sorted in an array, the others in a heap. With few pending
/// events the heap is never touched; with many, an event costs one heap operation each way as ever.
pub struct EventQueue<E> {
    /// The earliest events, latest first, so that the next one is at the end.
    near: Vec<Entry<E>>,
    /// All others; none is earlier than any in `near`.
    far: BinaryHeap<Entry<E>>,
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
        Self {
            near: Vec::with_capacity(NEAR + 1),
            far: BinaryHeap::new(),
            scheduled: 0,
            now: SimTime::ZERO,
            overflowed: false,
        }
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
        self.insert(Entry { key: u128::from(at.as_nanos()) << 64 | u128::from(order), event });
    }

    #[inline]
    fn insert(&mut self, entry: Entry<E>) {
        // Later than everything near, while there are others far: its place is far.
        let beyond = self.near.first().is_none_or(|latest| entry.key > latest.key);
        if beyond && !self.far.is_empty() {
            self.far.push(entry);
            return;
        }
        let place = self.near.iter().rposition(|e| e.key > entry.key).map_or(0, |i| i + 1);
        self.near.insert(place, entry);
        if self.near.len() > NEAR {
            let latest = self.near.remove(0);
            self.far.push(latest);
        }
    }

    /// Takes the earliest event and moves the clock to it.
    #[inline]
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        if self.near.is_empty() {
            self.refill();
        }
        let entry = self.near.pop()?;
        self.now = time_of(entry.key);
        Some((self.now, entry.event))
    }

    fn refill(&mut self) {
        for _ in 0..REFILL {
            let Some(entry) = self.far.pop() else { break };
            self.near.push(entry);
        }
        self.near.reverse();
    }

    /// The time of the earliest event.
    #[inline]
    pub fn peek_time(&self) -> Option<SimTime> {
        // Between two calls the near tier may be empty while the far one is not.
        let next = self.near.last().or_else(|| self.far.peek())?;
        Some(time_of(next.key))
    }

    /// The time of the last event taken.
    pub const fn now(&self) -> SimTime {
        self.now
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.near.len() + self.far.len()
    }

    /// True where no event waits.
    pub fn is_empty(&self) -> bool {
        self.near.is_empty() && self.far.is_empty()
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
        fn comes_out_as_a_stable_sort(events in prop::collection::vec((0u64..50, 0u8..3, 0u16..3), 0..300)) {
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

    proptest! {
        /// Pushes and pops by turns, against a list that is searched for its least element.
        #[test]
        fn keeps_its_order_while_it_is_used(moves in prop::collection::vec((0u64..40, 0usize..3), 1..400)) {
            let mut queue = EventQueue::new();
            let mut plain: Vec<(SimTime, u32)> = Vec::new();
            for (i, (ahead, pops)) in moves.into_iter().enumerate() {
                let at = queue.now() + crate::units::SimDuration::from_nanos(ahead);
                queue.push(at, Tagged(0, 0, i as u32));
                plain.push((at, i as u32));
                for _ in 0..pops {
                    let least = plain.iter().enumerate().min_by_key(|(_, e)| **e).map(|(at, _)| at);
                    let expected = least.map(|at| plain.remove(at));
                    prop_assert_eq!(queue.peek_time(), expected.map(|(t, _)| t));
                    prop_assert_eq!(queue.pop().map(|(t, e)| (t, e.2)), expected);
                }
                prop_assert_eq!(queue.len(), plain.len());
            }
        }
    }

    #[test]
    fn an_event_that_can_never_happen_is_told() {
        let mut queue = EventQueue::new();
        queue.push(SimTime::NEVER, Tagged(0, 0, 0));
        assert!(queue.is_empty() && queue.overflowed());
    }
}
