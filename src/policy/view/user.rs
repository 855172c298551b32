//! A user as a policy sees one.

use crate::model::world::{Account, Holding};
use crate::units::{Bytes, SimTime};

/// What one user holds now and has used so far. A user who never held anything has an empty account.
#[derive(Clone, Copy)]
pub struct UserView<'a> {
    pub(super) account: Option<&'a Account>,
    pub(super) capacity: Holding,
    pub(super) now: SimTime,
}

/// The part that `held` is of `capacity`; of what the cluster lacks nobody holds a part.
fn part(held: u64, capacity: u64) -> f64 {
    if capacity == 0 { 0.0 } else { held as f64 / capacity as f64 }
}

impl UserView<'_> {
    fn held(&self) -> Holding {
        self.account.map_or_else(Holding::default, |a| a.held)
    }

    /// Held units times their shares, in millionths of a unit.
    pub fn demand(&self) -> u64 {
        self.held().units
    }

    /// Held host processors in thousandths.
    pub fn host_cpus(&self) -> u64 {
        self.held().host_cpus
    }

    /// Held host memory.
    pub fn host_memory(&self) -> Bytes {
        self.held().host_memory
    }

    /// Held part of the cluster's units, in [0, 1].
    pub fn share(&self) -> f64 {
        part(self.held().units, self.capacity.units)
    }

    /// The largest part of the cluster's units, host processors or host memory that is held, in [0, 1]
    /// (Ghodsi et al., NSDI 2011).
    pub fn dominant_share(&self) -> f64 {
        let (held, all) = (self.held(), self.capacity);
        let host = part(held.host_cpus, all.host_cpus).max(part(held.host_memory.get(), all.host_memory.get()));
        self.share().max(host)
    }

    /// Unit seconds held so far, waking included: units × share × seconds.
    pub fn usage(&self) -> f64 {
        self.account.map_or(0.0, |a| a.used(self.now) as f64 / 1e15)
    }
}
