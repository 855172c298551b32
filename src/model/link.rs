//! A link that transfers share equally, each up to a rate of its own limit.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::units::{Bytes, SimDuration, SimTime};

/// Parts of a byte that are counted: 2^-32 of it.
const SCALE: f64 = 4_294_967_296.0;

/// Processor sharing of a bandwidth: with `n` transfers under way each gets `min(limit, bandwidth / n)`.
///
/// All go equally fast at any time, so one counter of what each has moved serves all: a transfer that starts when the
/// counter stands at `v` is done at `v + bytes`. Starting and ending take `O(log n)`. The time of a transfer is exact
/// to a nanosecond, upwards.
#[derive(Clone, Debug)]
pub struct SharedLink<T> {
    /// Bytes per second of the whole link.
    bandwidth: f64,
    /// Most bytes per second of one transfer.
    limit: f64,
    /// What each transfer has moved since the beginning of time, up to `since`, in parts of a byte.
    moved: u128,
    since: SimTime,
    /// By the counter's value at which they are done, then by order of their start.
    under_way: BinaryHeap<Reverse<(u128, u64, T)>>,
    started: u64,
    epoch: u32,
}

impl<T: Ord + Copy> SharedLink<T> {
    /// An idle link. A bandwidth or limit of infinity takes no time; both must be above 0.
    pub const fn new(bandwidth: f64, limit: f64) -> Self {
        Self { bandwidth, limit, moved: 0, since: SimTime::ZERO, under_way: BinaryHeap::new(), started: 0, epoch: 0 }
    }

    /// How many transfers are under way.
    pub fn len(&self) -> usize {
        self.under_way.len()
    }

    /// Whether nothing is under way.
    pub fn is_empty(&self) -> bool {
        self.under_way.is_empty()
    }

    /// Changes with every start and every end: a timer with an older one is stale.
    pub const fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Bytes per second of each transfer now.
    pub fn rate(&self) -> f64 {
        self.limit.min(self.bandwidth / self.under_way.len().max(1) as f64)
    }

    /// Seconds that `bytes` more would take if nothing else came or went.
    pub fn expected(&self, bytes: Bytes) -> f64 {
        bytes.get() as f64 / self.limit.min(self.bandwidth / (self.under_way.len() + 1) as f64)
    }

    /// `what` begins to move `bytes`.
    pub fn start(&mut self, now: SimTime, what: T, bytes: Bytes) {
        self.advance(now);
        let done = self.moved + (u128::from(bytes.get()) << 32);
        self.under_way.push(Reverse((done, self.started, what)));
        self.started += 1;
        self.epoch = self.epoch.wrapping_add(1);
    }

    /// Takes `what` off the link, wherever it stands.
    pub fn cancel(&mut self, now: SimTime, what: T) {
        self.advance(now);
        self.under_way.retain(|Reverse((_, _, one))| *one != what);
        self.epoch = self.epoch.wrapping_add(1);
    }

    /// When the next transfer is done, if nothing comes or goes before.
    pub fn next_done(&self) -> Option<SimTime> {
        let Reverse((done, _, _)) = self.under_way.peek()?;
        let left = done.saturating_sub(self.moved) as f64 / SCALE;
        if left == 0.0 {
            return Some(self.since);
        }
        let seconds = left / self.rate();
        let wait = SimDuration::from_secs_f64_clamped(seconds);
        // Rounded up, so that it is done then.
        let wait = if wait.as_secs_f64() < seconds { wait + SimDuration::from_nanos(1) } else { wait };
        Some(self.since + wait)
    }

    /// The next transfer that is done by `now`.
    pub fn pop_done(&mut self, now: SimTime) -> Option<T> {
        let due = self.next_done().is_some_and(|at| at <= now);
        self.advance(now);
        if !due {
            return None;
        }
        let Reverse((done, _, what)) = self.under_way.pop()?;
        // What rounding of times has left of it counts as moved.
        self.moved = self.moved.max(done);
        self.epoch = self.epoch.wrapping_add(1);
        Some(what)
    }

    fn advance(&mut self, now: SimTime) {
        let passed = now - self.since;
        self.since = self.since.max(now);
        if self.under_way.is_empty() || passed.is_zero() {
            return;
        }
        let parts = self.rate() * passed.as_secs_f64() * SCALE;
        let most = self.under_way.peek().map_or(0, |Reverse((done, _, _))| done.saturating_sub(self.moved));
        self.moved += (parts as u128).min(most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ends of transfers that start at given seconds with given bytes.
    fn ends(bandwidth: f64, limit: f64, transfers: &[(f64, u64)]) -> Vec<f64> {
        let mut link = SharedLink::new(bandwidth, limit);
        let mut ends = vec![0.0; transfers.len()];
        let mut take = |link: &mut SharedLink<usize>, until: SimTime| {
            while let Some(at) = link.next_done().filter(|at| *at <= until) {
                while let Some(which) = link.pop_done(at) {
                    ends[which] = at.as_secs_f64();
                }
            }
        };
        for (i, &(start, bytes)) in transfers.iter().enumerate() {
            let start = SimTime::ZERO + SimDuration::from_secs_f64_clamped(start);
            take(&mut link, start);
            link.start(start, i, Bytes(bytes));
        }
        take(&mut link, SimTime::NEVER);
        ends
    }

    #[test]
    fn three_transfers_share_a_link() {
        // 100 B/s. From 0 to 1 the first alone moves 100 of its 300; from 1 to 2 two move 50 each; from 2 three share:
        // left are 150, 250 and 100. At 33.3 B/s the third is done after 3 s, at 5; the first then has 50 left and the
        // second 150, at 50 B/s: 6, and 100 left of the second alone: 7.
        assert_eq!(ends(100.0, f64::INFINITY, &[(0.0, 300), (1.0, 300), (2.0, 100)]), [6.0, 7.0, 5.0]);
    }

    #[test]
    fn a_limit_binds_while_the_link_has_room() {
        // 40 B/s each at most: two need 80 of the 100, and are done after 100/40 and 200/40 s.
        assert_eq!(ends(100.0, 40.0, &[(0.0, 100), (0.0, 200)]), [2.5, 5.0]);
    }

    #[test]
    fn nothing_and_infinity_take_no_time() {
        assert_eq!(ends(10.0, 10.0, &[(3.0, 0)]), [3.0]);
        assert_eq!(ends(f64::INFINITY, f64::INFINITY, &[(3.0, 1 << 60), (3.0, 5)]), [3.0, 3.0]);
    }

    #[test]
    fn what_is_cancelled_leaves_its_part_to_the_others() {
        let mut link = SharedLink::new(100.0, f64::INFINITY);
        let at = |s| SimTime::ZERO + SimDuration::from_secs(s);
        link.start(at(0), 'a', Bytes(200));
        link.start(at(0), 'b', Bytes(200));
        link.cancel(at(2), 'b');
        // 100 of a's 200 are moved; the others alone take 1 s.
        assert_eq!((link.next_done(), link.len()), (Some(at(3)), 1));
    }
}
