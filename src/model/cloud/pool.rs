//! The rented instances of one type.

use std::collections::VecDeque;

use crate::units::{SimDuration, SimTime};

/// A rented instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instance {
    /// When it was ordered: from then on it costs.
    pub since: SimTime,
    /// How long tasks have had it.
    pub held: SimDuration,
    /// Whether it has worked before.
    pub booted: bool,
    /// When it was last given back. Meaningful while it idles.
    idle_since: SimTime,
}

impl Instance {
    /// One that is ordered now.
    pub const fn ordered(now: SimTime) -> Self {
        Self { since: now, held: SimDuration::ZERO, booted: false, idle_since: now }
    }
}

/// Instances that idle, how many are rented in all, and who waits for one.
///
/// The instance that was given back last is used first; the one that has idled longest is let go first.
#[derive(Clone, Debug)]
pub struct Pool<W> {
    limit: u32,
    warm: u32,
    keep_alive: SimDuration,
    /// By the time they were given back.
    idle: VecDeque<Instance>,
    rented: u32,
    /// How many of those are spot instances.
    spot: u32,
    /// Who waits for how many, first come first served.
    waiting: VecDeque<(W, u32)>,
}

impl<W: Copy + PartialEq> Pool<W> {
    /// `warm` instances idle, of at most `limit`.
    pub fn new(limit: u32, warm: u32, keep_alive: SimDuration) -> Self {
        let warm = warm.min(limit);
        let idle = (0..warm).map(|_| Instance { booted: true, ..Instance::ordered(SimTime::ZERO) }).collect();
        Self { limit, warm, keep_alive, idle, rented: warm, spot: 0, waiting: VecDeque::new() }
    }

    /// Whether `count` are there or can be ordered; of spot instances none is ever kept.
    fn has_room(&self, count: u32, spot: bool) -> bool {
        let idle = if spot { 0 } else { self.idle.len() as u64 };
        u64::from(count) <= idle + u64::from(self.limit - self.rented)
    }

    /// Whether `count` would be there at once, and whether all of them have been booted already.
    pub fn prospect(&self, count: u32, spot: bool) -> (bool, bool) {
        let at_once = self.waiting.is_empty() && self.has_room(count, spot);
        (at_once, !spot && u64::from(count) <= self.idle.len() as u64)
    }

    /// How many instances those that wait ask for.
    pub fn backlog(&self) -> u64 {
        self.waiting.iter().map(|(_, count)| u64::from(*count)).sum()
    }

    /// Takes `count` instances, those that idle first; or puts `who` in line.
    pub fn take(&mut self, who: W, count: u32, spot: bool, now: SimTime) -> Option<Vec<Instance>> {
        if self.waiting.is_empty() && self.has_room(count, spot) {
            return Some(self.hand_out(count, spot, now));
        }
        self.waiting.push_back((who, count));
        None
    }

    fn hand_out(&mut self, count: u32, spot: bool, now: SimTime) -> Vec<Instance> {
        let mut given = Vec::new();
        while given.len() < count as usize {
            let idle = if spot { None } else { self.idle.pop_back() };
            self.rented += u32::from(idle.is_none());
            self.spot += u32::from(spot);
            given.push(idle.unwrap_or(Instance::ordered(now)));
        }
        given
    }

    /// The next in line, if there is room for it now; `is_spot` tells what it asks for.
    pub fn serve_next(&mut self, now: SimTime, is_spot: impl Fn(W) -> bool) -> Option<(W, Vec<Instance>)> {
        let &(who, count) = self.waiting.front()?;
        let spot = is_spot(who);
        if !self.has_room(count, spot) {
            return None;
        }
        self.waiting.pop_front();
        Some((who, self.hand_out(count, spot, now)))
    }

    /// `who` waits no longer.
    pub fn leave(&mut self, who: W) {
        self.waiting.retain(|(one, _)| *one != who);
    }

    /// An instance comes back: it is kept, for the next in line too; or, where it is returned, let go.
    pub fn give_back(&mut self, instance: Instance, now: SimTime) -> Option<Instance> {
        if self.keep_alive.is_zero() && self.has_spare() && self.waiting.is_empty() {
            self.rented -= 1;
            return Some(instance);
        }
        self.idle.push_back(Instance { idle_since: now, booted: true, ..instance });
        None
    }

    /// An instance is gone.
    pub fn let_go(&mut self, spot: bool) {
        self.rented = self.rented.saturating_sub(1);
        self.spot = self.spot.saturating_sub(u32::from(spot));
    }

    /// Whether one less on demand would still be enough.
    const fn has_spare(&self) -> bool {
        self.rented - self.spot > self.warm
    }

    /// When the next instance will have idled long enough, if nothing happens before.
    pub fn next_expiry(&self) -> Option<SimTime> {
        let first = self.idle.front()?;
        self.has_spare().then(|| first.idle_since + self.keep_alive)
    }

    /// An instance that has idled long enough by now is let go.
    pub fn expire(&mut self, now: SimTime) -> Option<Instance> {
        if self.next_expiry()? > now {
            return None;
        }
        self.rented -= 1;
        self.idle.pop_front()
    }

    /// All that idle: what the end of the run finds.
    pub fn idle(&self) -> impl Iterator<Item = &Instance> {
        self.idle.iter()
    }

    /// How many are rented.
    pub const fn rented(&self) -> u32 {
        self.rented
    }

    /// Most that can be rented.
    pub const fn limit(&self) -> u32 {
        self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(s)
    }

    #[test]
    fn the_last_given_back_is_used_first_and_the_first_is_let_go() {
        let mut pool = Pool::new(3, 0, SimDuration::from_secs(10));
        let first = pool.take('a', 1, false, at(0)).unwrap();
        let second = pool.take('b', 1, false, at(1)).unwrap();
        assert_eq!(pool.give_back(first[0], at(5)), None);
        assert_eq!(pool.give_back(second[0], at(6)), None);
        assert_eq!(pool.next_expiry(), Some(at(15)));
        // The one of b, ordered at 1.
        assert_eq!(pool.take('c', 1, false, at(7)).unwrap()[0].since, at(1));
        assert_eq!(pool.expire(at(14)), None);
        assert_eq!(pool.expire(at(15)).unwrap().since, at(0));
        assert_eq!((pool.rented(), pool.next_expiry()), (1, None));
    }

    #[test]
    fn those_beyond_the_limit_wait_in_line() {
        let mut pool = Pool::new(2, 0, SimDuration::ZERO);
        let held = pool.take('a', 2, false, at(0)).unwrap();
        assert_eq!(pool.take('b', 2, false, at(1)), None);
        // It would fit, but another was first.
        assert_eq!(pool.give_back(held[0], at(2)), None);
        assert_eq!(pool.take('c', 1, false, at(2)), None);
        assert_eq!(pool.serve_next(at(2), |_| false), None);
        pool.leave('b');
        let (who, given) = pool.serve_next(at(3), |_| false).unwrap();
        assert_eq!((who, given[0].since, given[0].booted), ('c', at(0), true));
        assert_eq!((pool.backlog(), pool.rented()), (0, 2));
    }

    #[test]
    fn warm_instances_stay() {
        let mut pool = Pool::<char>::new(5, 1, SimDuration::ZERO);
        let warm = pool.take('a', 1, false, at(9)).unwrap();
        assert_eq!(warm[0].since, at(0));
        let cold = pool.take('b', 1, false, at(9)).unwrap();
        assert_eq!(cold[0].since, at(9));
        assert!(pool.give_back(warm[0], at(10)).is_some());
        assert!(pool.give_back(cold[0], at(11)).is_none());
        assert_eq!((pool.next_expiry(), pool.rented()), (None, 1));
    }
}
