//! Which idle model leaves a unit when room is needed, one rule per file.

mod clock;
mod fifo;
mod gdsf;
mod largest;
mod lfu;
mod lowest_priority;
mod lru;
mod opt;
mod youngest;

pub use clock::Clock;
pub use fifo::Fifo;
pub use gdsf::Gdsf;
pub use largest::Largest;
pub use lfu::Lfu;
pub use lowest_priority::LowestPriority;
pub use lru::Lru;
pub use opt::Opt;
pub use youngest::Youngest;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::memory::cache::{Cache, Eviction};
    use crate::units::SimTime;

    /// Accesses of (key, size, cost) one after the other, each let go at once; a newcomer's room is made before it comes.
    fn access(cache: &mut Cache, capacity: u64, key: u32, size: u64, cost: f64) {
        if !cache.entries().iter().any(|e| e.key == key) {
            cache.shrink(capacity.saturating_sub(size));
        }
        cache.pin(key, size, cost, f64::from(key));
        cache.load(key, SimTime::ZERO);
        cache.unpin(key);
        assert_eq!(cache.check(), Ok(()));
        assert!(cache.idle() <= capacity);
    }

    const CLASSIC: [u32; 12] = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];

    fn faults(rule: Box<dyn Eviction>, frames: u64) -> u64 {
        let mut cache = Cache::new(rule);
        for key in CLASSIC {
            access(&mut cache, frames, key, 1, 1.0);
        }
        assert_eq!(cache.counts.hits + cache.counts.misses, 12);
        cache.counts.misses
    }

    /// The reference string of Belady, Nelson & Shedler (CACM 1969): FIFO has more faults with more frames.
    #[test]
    fn faults_on_the_classic_reference_string() {
        let both = |rule: fn() -> Box<dyn Eviction>| [3, 4].map(|frames| faults(rule(), frames));
        assert_eq!(both(|| Box::new(Fifo)), [9, 10]);
        assert_eq!(both(|| Box::new(Lru)), [10, 8]);
        assert_eq!(both(|| Box::new(Opt::new(&CLASSIC))), [7, 6]);
    }

    /// CLOCK by hand, 3 frames, hand at *. 1 2 3 come marked. 4: all lose their marks, 1 goes: 4! *2 3. 1: 2 goes:
    /// 4! 1! *3. 2: 3 goes: *4! 1! 2!. 5: all lose their marks, 4 goes: 5! *1 2. 1 and 2 are there and marked again.
    /// 3: 1, 2 lose marks... the hand stands at 1!: 1, 2, then 5 lose their marks, 1 goes: 5 3! *2. 4: 2 goes:
    /// *5 3! 4!. 5 is there. Faults: 1 2 3 4 1 2 5 3 4 = 9.
    #[test]
    fn clock_by_hand() {
        assert_eq!(faults(Box::new(Clock::default()), 3), 9);
        // 1 2 3, then 1 is used: 4 takes all marks and the first place, so 1 goes although it was used last.
        let mut cache = Cache::new(Box::new(Clock::default()));
        for key in [1, 2, 3, 1, 4, 2, 5] {
            access(&mut cache, 3, key, 1, 1.0);
        }
        // Then 2 is marked again, and 5 spares it: 3 goes.
        let mut left: Vec<u32> = cache.entries().iter().map(|e| e.key).collect();
        left.sort_unstable();
        assert_eq!(left, [2, 4, 5]);
    }

    /// 10 bytes. 1 has 4 B and costs 8 (H = 2), 2 has 4 B and costs 4 (H = 1), used twice (H = 2), 3 has 2 B and
    /// costs 3 (H = 1.5). For 4 of 2 B, 3 goes and L = 1.5; 4 costs 1: H = 1.5 + 0.5 = 2. Then 5 of 4 B: 1, 2 and 4
    /// stand at 2, 1 was used least recently and goes; L = 2.
    #[test]
    fn gdsf_by_hand() {
        let mut cache = Cache::new(Box::new(Gdsf::default()));
        for (key, size, cost) in [(1, 4, 8.0), (2, 4, 4.0), (2, 4, 4.0), (3, 2, 3.0), (4, 2, 1.0)] {
            access(&mut cache, 10, key, size, cost);
        }
        let marks: Vec<(u32, f64)> = cache.entries().iter().map(|e| (e.key, e.mark)).collect();
        assert_eq!(marks, [(1, 2.0), (2, 2.0), (4, 2.0)]);
        access(&mut cache, 10, 5, 4, 2.0);
        let marks: Vec<(u32, f64)> = cache.entries().iter().map(|e| (e.key, e.mark)).collect();
        assert_eq!(marks, [(2, 2.0), (4, 2.0), (5, 2.5)]);
        assert_eq!(cache.counts.evictions, 2);
    }

    /// 1 (3 B), 2 (5 B, used twice), 3 (2 B) in 10 bytes; 4 needs 2. The priority of a key is its number.
    #[test]
    fn who_goes_by_size_age_priority_and_use() {
        let gone = |rule: Box<dyn Eviction>| {
            let mut cache = Cache::new(rule);
            for (key, size) in [(1, 3), (2, 5), (3, 2), (2, 5), (4, 2)] {
                access(&mut cache, 10, key, size, 1.0);
            }
            (1..4).find(|key| !cache.entries().iter().any(|e| e.key == *key))
        };
        assert_eq!(gone(Box::new(Largest)), Some(2));
        assert_eq!(gone(Box::new(Youngest)), Some(3));
        assert_eq!(gone(Box::new(LowestPriority)), Some(1));
        assert_eq!(gone(Box::new(Lfu)), Some(1));
        assert_eq!(gone(Box::new(Lru)), Some(1));
    }

    /// What is in use stays, whatever the rule says.
    #[test]
    fn nothing_in_use_goes() {
        let mut cache = Cache::new(Box::new(Lru));
        cache.pin(1, 6, 1.0, 0.0);
        cache.load(1, SimTime::ZERO);
        access(&mut cache, 4, 2, 4, 1.0);
        cache.shrink(0);
        assert_eq!((cache.pinned(), cache.idle(), cache.entries().len()), (6, 0, 1));
        cache.unpin(1);
        cache.shrink(0);
        assert!(cache.entries().is_empty());
    }
}
