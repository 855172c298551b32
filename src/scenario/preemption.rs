//! The price of preemption, from words to the model.

use crate::model::preemption::{CheckpointTime, Preemption, Work};

use super::checks::{Findings, number};
use super::schema::{CheckpointSpec, PreemptionSpec, WorkFate};

impl CheckpointSpec {
    pub(super) fn time(self) -> CheckpointTime {
        match self {
            Self::Time(seconds) => CheckpointTime::Fixed(seconds.duration()),
            Self::Memory(link) => CheckpointTime::Bandwidth(link.bandwidth.get()),
        }
    }
}

impl CheckpointSpec {
    /// Whether it comes to an end.
    pub(super) fn check(self, pointer: &str, findings: &mut Findings) {
        if let Self::Memory(link) = self {
            let rate = link.bandwidth.get();
            let pointer = format!("{pointer}/bandwidth");
            findings.require(rate >= 1.0, pointer, number(rate), "at least 1 B/s: a checkpoint must end");
        }
    }
}

impl PreemptionSpec {
    /// As the model sees it.
    pub(super) fn price(&self) -> Preemption {
        let work = match self.work {
            WorkFate::Kept => Work::Kept,
            WorkFate::Lost => Work::Lost,
        };
        Preemption { save: self.save.time(), restore: self.restore.time(), work }
    }

    /// Whether every checkpoint comes to an end.
    pub(super) fn check(&self, findings: &mut Findings) {
        for (name, spec) in [("save", self.save), ("restore", self.restore)] {
            spec.check(&format!("/policies/preemption/{name}"), findings);
        }
    }
}
