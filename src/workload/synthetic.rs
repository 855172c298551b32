//! Open sources: tasks come whatever becomes of them.

use crate::model::source::Source;
use crate::model::task::{Label, Submission};
use crate::rng::{Purpose, Streams};
use crate::units::SimTime;

use super::arrivals::{Arrivals, Process};
use super::template::Mix;

/// A generated source.
pub struct Synthetic {
    arrivals: Arrivals,
    mix: Mix,
    count: Option<u64>,
    issued: u64,
    next: Option<SimTime>,
    streams: Streams,
    family: u64,
}

impl Synthetic {
    /// `count` tasks (`None`: without end) of source number `source`.
    pub fn new(process: Process, mix: Mix, count: Option<u64>, source: u64, streams: Streams) -> Self {
        let mut arrivals = Arrivals::new(process, streams.stream(Purpose::Arrivals, source));
        let next = (count != Some(0)).then(|| arrivals.advance());
        Self { arrivals, mix, count, issued: 0, next, streams, family: streams.root_of(Purpose::Task, source) }
    }
}

impl Source for Synthetic {
    fn peek(&mut self) -> Option<SimTime> {
        self.next
    }

    fn pop(&mut self) -> Option<Submission> {
        self.next?;
        let mut rng = self.streams.keyed(self.family, self.issued);
        self.issued += 1;
        let more = self.count.is_none_or(|n| self.issued < n);
        self.next = more.then(|| self.arrivals.advance());
        self.mix.draw(Label::Number(self.issued), &mut rng)
    }

    fn size_hint(&self) -> Option<u64> {
        self.count
    }
}
