//! Closed sources: each client thinks, submits a task, waits for its end, and thinks again.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::dist::Dist;
use crate::model::source::Source;
use crate::model::task::{Label, Submission};
use crate::rng::{Purpose, StreamRng, Streams};
use crate::units::{SimDuration, SimTime};

use super::template::Mix;

/// A closed source. Each client has its own streams, so its thoughts and tasks do not depend on what
/// the others do.
pub struct Closed {
    think: Dist,
    mix: Mix,
    count: Option<u64>,
    issued: u64,
    clients: Vec<Client>,
    ready: BinaryHeap<Reverse<(SimTime, u32)>>,
    streams: Streams,
    family: u64,
}

struct Client {
    thoughts: StreamRng,
    tasks: u64,
}

impl Closed {
    /// `clients` clients that all begin by thinking at time zero.
    pub fn new(clients: u32, think: Dist, mix: Mix, count: Option<u64>, source: u64, streams: Streams) -> Self {
        let thinking = streams.root_of(Purpose::Think, source);
        let mut closed = Self {
            think,
            mix,
            count,
            issued: 0,
            clients: (0..clients)
                .map(|c| Client { thoughts: streams.keyed(thinking, u64::from(c)), tasks: 0 })
                .collect(),
            ready: BinaryHeap::new(),
            streams,
            family: streams.root_of(Purpose::Task, source),
        };
        for client in 0..clients {
            closed.start_thinking(client, SimTime::ZERO);
        }
        closed
    }

    fn start_thinking(&mut self, client: u32, now: SimTime) {
        if let Some(state) = self.clients.get_mut(client as usize) {
            let thought = SimDuration::from_secs_f64_clamped(self.think.sample(&mut state.thoughts));
            self.ready.push(Reverse((now + thought, client)));
        }
    }
}

impl Source for Closed {
    fn peek(&mut self) -> Option<SimTime> {
        if self.count.is_some_and(|n| self.issued >= n) {
            return None;
        }
        self.ready.peek().map(|Reverse((at, _))| *at)
    }

    fn pop(&mut self) -> Option<Submission> {
        self.peek()?;
        let Reverse((_, client)) = self.ready.pop()?;
        let state = self.clients.get_mut(client as usize)?;
        let entity = u64::from(client) << 32 | state.tasks;
        state.tasks += 1;
        self.issued += 1;
        let mut rng = self.streams.keyed(self.family, entity);
        let task = self.mix.draw(Label::Number(self.issued), &mut rng)?;
        Some(Submission { tag: client, user: client, ..task })
    }

    fn on_end(&mut self, now: SimTime, tag: u32) -> bool {
        self.start_thinking(tag, now);
        true
    }

    fn size_hint(&self) -> Option<u64> {
        self.count
    }
}
