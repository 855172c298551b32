//! CLOCK: a second chance for what was used since the hand last came by.

use crate::model::memory::cache::{CacheEntry, Eviction};
use crate::policy::registry::{BuildError, NoParams, Plugin};

/// The hand goes round the entries: one that was used since it last came by loses its mark and stays, the first
/// without a mark goes (Corbató 1969). An entry is marked when it comes in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// Places that have been given away: what the hand passes goes to the end of the round.
    round: u64,
}

impl Eviction for Clock {
    fn touch(&mut self, entry: &mut CacheEntry) {
        entry.mark = 1.0;
        if entry.uses == 1 {
            self.round += 1;
            entry.inserted = self.round;
        }
    }

    fn victim(&mut self, entries: &mut [CacheEntry]) -> Option<usize> {
        loop {
            let idle = entries.iter_mut().enumerate().filter(|(_, e)| e.users == 0);
            let (at, entry) = idle.min_by_key(|(_, e)| e.inserted)?;
            if entry.mark == 0.0 {
                return Some(at);
            }
            self.round += 1;
            (entry.mark, entry.inserted) = (0.0, self.round);
        }
    }
}

impl Plugin for Clock {
    const NAME: &'static str = "clock";
    const ABOUT: &'static str =
        "second chance: the first idle model not used since the hand last came by goes (Corbato 1969)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
