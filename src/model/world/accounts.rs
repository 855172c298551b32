//! What each user holds and has used.

use std::collections::BTreeMap;

use crate::units::{Bytes, SimTime};

use super::super::cluster::{Cluster, Node};
use super::super::task::Submission;

/// An amount of what the machine has to give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// Units, in millionths of a unit.
    pub units: u64,
    /// Host processors in thousandths.
    pub host_cpus: u64,
    /// Host memory.
    pub host_memory: Bytes,
}

impl Holding {
    /// What a task holds while it has its units.
    fn of(spec: &Submission) -> Self {
        let units = u64::from(spec.units) * u64::from(spec.share.0);
        let n = u64::from(spec.instances);
        let host_memory = Bytes(spec.host_memory.get().saturating_mul(n));
        Self { units, host_cpus: spec.host_cpus.saturating_mul(n), host_memory }
    }

    /// Both together. Saturates, as hosts that never bind have the largest number of everything.
    fn plus(self, other: Self) -> Self {
        Self {
            units: self.units.saturating_add(other.units),
            host_cpus: self.host_cpus.saturating_add(other.host_cpus),
            host_memory: Bytes(self.host_memory.get().saturating_add(other.host_memory.get())),
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            units: self.units.saturating_sub(other.units),
            host_cpus: self.host_cpus.saturating_sub(other.host_cpus),
            host_memory: Bytes(self.host_memory.get().saturating_sub(other.host_memory.get())),
        }
    }
}

/// One user's account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Held now.
    pub held: Holding,
    /// Unit time up to `since`, in millionths of a unit times nanoseconds.
    used: u128,
    /// When `held` last changed.
    since: SimTime,
}

impl Account {
    /// Unit time up to `now`, in millionths of a unit times nanoseconds. Units count from the instant at which
    /// they are given, so the time in which they wake counts too.
    pub fn used(&self, now: SimTime) -> u128 {
        self.used + u128::from(self.held.units) * u128::from((now - self.since).as_nanos())
    }

    fn change(&mut self, held: Holding, now: SimTime) {
        (self.used, self.since, self.held) = (self.used(now), now, held);
    }
}

/// The accounts of all users who ever held something, and what there is to hold.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    /// All that the machine has.
    pub capacity: Holding,
    users: BTreeMap<u32, Account>,
}

impl Accounts {
    /// Empty accounts for the users of `cluster`.
    pub fn new(cluster: &Cluster) -> Self {
        let units = Holding { units: cluster.pools.iter().map(|p| p.devices).sum(), ..Holding::default() };
        let host = |n: &Node| Holding { units: 0, host_cpus: n.host_cpus, host_memory: n.host_memory };
        Self { capacity: cluster.nodes.iter().map(host).fold(units, Holding::plus), users: BTreeMap::new() }
    }

    /// The account of `user`, if the user ever held something.
    pub fn get(&self, user: u32) -> Option<&Account> {
        self.users.get(&user)
    }

    /// All accounts, by user.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Account)> {
        self.users.iter().map(|(user, account)| (*user, account))
    }

    /// A task is given its units.
    pub(super) fn give(&mut self, spec: &Submission, now: SimTime) {
        let account = self.users.entry(spec.user).or_default();
        account.change(account.held.plus(Holding::of(spec)), now);
    }

    /// A task gives its units back.
    pub(super) fn take_back(&mut self, spec: &Submission, now: SimTime) {
        if let Some(account) = self.users.get_mut(&spec.user) {
            account.change(account.held.minus(Holding::of(spec)), now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::task::Label;
    use crate::units::{Share, SimDuration};

    /// Two units from 0 to 10 s and half a unit from 4 s to 6 s: by 5 s 10 + 0.5 unit seconds, in the end 20 + 1.
    #[test]
    fn unit_time_adds_up_over_what_is_held() {
        let at = |s: u64| SimTime::ZERO + SimDuration::from_secs(s);
        let mut wide = Submission::plain(Label::Number(1), 0, SimDuration::from_secs(1));
        let mut half = wide.clone();
        (wide.units, half.share) = (2, Share(500_000));
        (wide.user, half.user) = (7, 7);
        let mut accounts = Accounts::default();
        accounts.give(&wide, at(0));
        accounts.give(&half, at(4));
        let seconds = |a: &Accounts, s: u64| a.get(7).unwrap().used(at(s)) as f64 / 1e15;
        assert_eq!(seconds(&accounts, 5), 10.5);
        accounts.take_back(&half, at(6));
        accounts.take_back(&wide, at(10));
        assert_eq!(seconds(&accounts, 10), 21.0);
        assert_eq!(seconds(&accounts, 99), 21.0);
        assert_eq!(accounts.get(7).unwrap().held, Holding::default());
        assert!(accounts.get(0).is_none());
    }
}
