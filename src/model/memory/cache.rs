//! Weights of models that stay on a unit: a cache whose entries have sizes, and of which some are in use.

use crate::units::SimTime;

/// What lies in the cache.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CacheEntry {
    /// What it is.
    pub key: u32,
    /// Bytes.
    pub size: u64,
    /// What bringing it back costs, in seconds.
    pub cost: f64,
    /// Higher stays longer, where a rule asks for it.
    pub priority: f64,
    /// Who uses it now: it cannot go.
    pub users: u32,
    /// Number of the access that brought it in.
    pub inserted: u64,
    /// Number of the last access.
    pub used: u64,
    /// Accesses since it came in.
    pub uses: u64,
    /// A rule's own mark: a score, or a reference bit.
    pub mark: f64,
    /// When it is all there.
    pub ready: SimTime,
}

/// Which idle entry goes when room is needed.
pub trait Eviction: Send {
    /// The entry has just been brought in, or used again; its counts are up to date.
    fn touch(&mut self, _entry: &mut CacheEntry) {}

    /// The position of the entry that goes. Those with users must stay: `None` where there is no other.
    fn victim(&mut self, entries: &mut [CacheEntry]) -> Option<usize>;
}

/// The idle entry with the least key, ties to the smaller number of the last access.
pub fn least_idle<K: PartialOrd>(entries: &[CacheEntry], key: impl Fn(&CacheEntry) -> K) -> Option<usize> {
    let idle = entries.iter().enumerate().filter(|(_, e)| e.users == 0);
    let least = idle.reduce(|a, b| {
        let ((key_a, key_b), used) = ((key(a.1), key(b.1)), b.1.used < a.1.used);
        if key_b < key_a || (key_b == key_a && used) { b } else { a }
    });
    least.map(|(at, _)| at)
}

/// How often the cache was asked, and what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheCounts {
    /// It was there.
    pub hits: u64,
    /// It had to be brought.
    pub misses: u64,
    /// It had to go.
    pub evictions: u64,
}

/// The cache of one unit. How much it may hold is told at each change: the room is shared with tasks.
pub struct Cache {
    entries: Vec<CacheEntry>,
    rule: Box<dyn Eviction>,
    accesses: u64,
    pinned: u64,
    idle: u64,
    /// What came of it so far.
    pub counts: CacheCounts,
}

impl Cache {
    /// An empty cache.
    pub fn new(rule: Box<dyn Eviction>) -> Self {
        Self { entries: Vec::new(), rule, accesses: 0, pinned: 0, idle: 0, counts: CacheCounts::default() }
    }

    /// Bytes in use.
    pub const fn pinned(&self) -> u64 {
        self.pinned
    }

    /// Bytes that nobody uses.
    pub const fn idle(&self) -> u64 {
        self.idle
    }

    /// What lies in it.
    pub fn entries(&self) -> &[CacheEntry] {
        &self.entries
    }

    /// Bytes that one more user of `key` would pin.
    pub fn would_pin(&self, key: u32, size: u64) -> u64 {
        if self.entries.iter().any(|e| e.key == key && e.users > 0) { 0 } else { size }
    }

    /// One more uses `key`; where it is not there it is brought, and is ready when [`Cache::load`] says so.
    pub fn pin(&mut self, key: u32, size: u64, cost: f64, priority: f64) {
        self.accesses += 1;
        let at = self.entries.iter().position(|e| e.key == key).unwrap_or_else(|| {
            self.counts.misses += 1;
            let (inserted, ready) = (self.accesses, SimTime::NEVER);
            let entry =
                CacheEntry { key, size, cost, priority, users: 0, inserted, used: 0, uses: 0, mark: 0.0, ready };
            self.entries.push(entry);
            self.idle += size;
            self.entries.len() - 1
        });
        let Some(entry) = self.entries.get_mut(at) else { return };
        self.counts.hits += u64::from(entry.uses > 0);
        entry.used = self.accesses;
        entry.uses += 1;
        if entry.users == 0 {
            self.pinned += entry.size;
            self.idle -= entry.size;
        }
        entry.users += 1;
        self.rule.touch(entry);
    }

    /// One less uses `key`. It stays, unless it never was brought.
    pub fn unpin(&mut self, key: u32) {
        let Some(at) = self.entries.iter().position(|e| e.key == key && e.users > 0) else { return };
        let Some(entry) = self.entries.get_mut(at) else { return };
        entry.users -= 1;
        if entry.users > 0 {
            return;
        }
        self.pinned -= entry.size;
        self.idle += entry.size;
        if entry.ready == SimTime::NEVER {
            self.remove(at);
        }
    }

    /// When `key` is all there; where nobody has begun to bring it, that takes from `now` until `ready`.
    pub fn load(&mut self, key: u32, ready: SimTime) -> SimTime {
        match self.entries.iter_mut().find(|e| e.key == key) {
            Some(entry) => {
                if entry.ready == SimTime::NEVER {
                    entry.ready = ready;
                }
                entry.ready
            }
            None => ready,
        }
    }

    /// Lets idle entries go until they hold `room` bytes at most.
    pub fn shrink(&mut self, room: u64) {
        while self.idle > room {
            let Some(at) = self.rule.victim(&mut self.entries) else { return };
            self.counts.evictions += 1;
            self.remove(at);
        }
    }

    fn remove(&mut self, at: usize) {
        if at < self.entries.len() {
            self.idle -= self.entries.remove(at).size;
        }
    }

    /// What must hold: the sums are those of the entries.
    pub fn check(&self) -> Result<(), String> {
        let sum = |used: bool| -> u64 { self.entries.iter().filter(|e| (e.users > 0) == used).map(|e| e.size).sum() };
        if (sum(true), sum(false)) == (self.pinned, self.idle) {
            return Ok(());
        }
        Err("the sums of the model cache are not those of its entries".into())
    }
}
