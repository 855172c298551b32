//! Greedy dual size frequency.

use crate::model::memory::cache::{CacheEntry, Eviction, least_idle};
use crate::policy::registry::{BuildError, NoParams, Plugin};

/// The one of least `H = L + cost × uses / size`, `L` being the `H` of the last one that went (Cherkasova 1998;
/// Cao & Irani, USITS 1997).
#[derive(Clone, Copy, Debug, Default)]
pub struct Gdsf {
    inflation: f64,
}

impl Eviction for Gdsf {
    fn touch(&mut self, entry: &mut CacheEntry) {
        entry.mark = self.inflation + entry.cost * entry.uses as f64 / entry.size.max(1) as f64;
    }

    fn victim(&mut self, entries: &mut [CacheEntry]) -> Option<usize> {
        let at = least_idle(entries, |e| e.mark)?;
        self.inflation = entries.get(at).map_or(self.inflation, |e| e.mark);
        Some(at)
    }
}

impl Plugin for Gdsf {
    const NAME: &'static str = "gdsf";
    const ABOUT: &'static str = "the idle model of least L + cost x uses / size goes (Cherkasova 1998)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self::default())
    }
}
