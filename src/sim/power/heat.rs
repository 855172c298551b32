//! Heat: when a temperature crosses a threshold, and what the clock does then.

use crate::model::event::Event;
use crate::model::heat::Node;
use crate::model::thermal::Throttle;
use crate::queue::EventQueue;
use crate::record::{Observer, Record};
use crate::sim::Simulation;
use crate::units::{SimDuration, SimTime, UnitId};

/// What heat does to a unit's clock next.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Move {
    at: SimTime,
    /// Down, or up again.
    down: bool,
    /// The threshold, where the temperature crosses it at that instant; else it is compared once more.
    crosses: Option<f64>,
}

/// When heat has something to do with a unit. One event is enough: it is set anew when it rings too early.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::sim) struct HeatTimer {
    epoch: u32,
    /// Time of the unit's event in the queue.
    pending: Option<SimTime>,
    due: Option<Move>,
    /// The last change of what heat forces.
    moved: SimTime,
}

/// The next move of `node`, which has been closed at `now` and moved last at `moved`.
fn next_move(node: &Node, throttle: &Throttle, moved: SimTime, now: SimTime) -> Option<Move> {
    let segment = node.segment();
    let ready = match (node.level, throttle.step) {
        (Some(_), Some(period)) => (moved + period).max(now),
        _ => now,
    };
    let may_go_down = match node.level {
        None => true,
        Some(level) => throttle.step.is_some() && level > throttle.floor,
    };
    let may_go_up = node.level.is_some();
    let beyond = |down| Some(Move { at: ready, down, crosses: None });
    if may_go_down && segment.start >= throttle.above {
        return beyond(true);
    }
    if may_go_up && segment.start <= throttle.below {
        return beyond(false);
    }
    let crossing = |to: f64, down| {
        let at = now + up(segment.reaches(to)?)?;
        Some(Move { at: at.max(ready), down, crosses: (at >= ready).then_some(to) })
    };
    let going_down = may_go_down.then(|| crossing(throttle.above, true)).flatten();
    going_down.or_else(|| may_go_up.then(|| crossing(throttle.below, false)).flatten())
}

/// Seconds rounded up to a nanosecond; `None` beyond all time.
fn up(seconds: f64) -> Option<SimDuration> {
    SimDuration::try_from_secs_f64((seconds * 1e9).ceil() / 1e9)
}

impl<O: Observer> Simulation<O> {
    /// Sets the events of all units whose power, or air, has changed at this instant.
    pub(in crate::sim) fn follow_heat(&mut self, now: SimTime, queue: &mut EventQueue<Event>) {
        while let Some(unit) = self.world.heat.as_mut().and_then(|h| h.take_changed()) {
            self.world.close_heat(unit, now);
            self.arm_heat(unit, now, queue);
        }
    }

    fn arm_heat(&mut self, unit: UnitId, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(node) = self.world.heat.as_ref().and_then(|h| h.node(unit)) else { return };
        let Some(throttle) = node.thermal.throttle else { return };
        let Some(timer) = self.heat_timers.get_mut(unit.index()) else { return };
        timer.due = next_move(node, &throttle, timer.moved, now);
        let Some(due) = timer.due else { return };
        if timer.pending.is_none_or(|pending| due.at < pending) {
            timer.epoch = timer.epoch.wrapping_add(1);
            timer.pending = Some(due.at);
            queue.push(due.at, Event::Heat { unit, epoch: timer.epoch });
        }
    }

    /// A unit may have come to a threshold.
    pub(in crate::sim) fn heat_rings(&mut self, unit: UnitId, epoch: u32, now: SimTime, queue: &mut EventQueue<Event>) {
        let Some(timer) = self.heat_timers.get_mut(unit.index()).filter(|t| t.epoch == epoch) else { return };
        timer.pending = None;
        let due = timer.due.filter(|due| due.at <= now);
        if let Some(due) = due {
            self.heat_moves(unit, due, now, queue);
        }
        // Too early, or not beyond the threshold any more, or more to come.
        if let Some(heat) = &mut self.world.heat {
            heat.list(unit);
        }
    }

    fn heat_moves(&mut self, unit: UnitId, due: Move, now: SimTime, queue: &mut EventQueue<Event>) {
        self.world.close_heat(unit, now);
        let Some(node) = self.world.heat.as_ref().and_then(|h| h.node(unit)) else { return };
        let (Some(throttle), start) = (node.thermal.throttle, node.segment().start) else { return };
        let there = if due.down { start >= throttle.above } else { start <= throttle.below };
        if !there && due.crosses.is_none() {
            return;
        }
        let top = self.world.cluster.device(unit).top();
        let level = match (due.down, throttle.step) {
            (true, None) => Some(throttle.floor),
            (true, Some(_)) => {
                let present = self.world.units[unit.index()].clocks.lowest().min(top);
                Some(present.saturating_sub(1).max(throttle.floor))
            }
            (false, None) => None,
            (false, Some(_)) => node.level.map(|l| l.saturating_add(1)).filter(|l| *l < top),
        };
        if let Some(heat) = &mut self.world.heat {
            heat.force(unit, level, due.crosses);
        }
        if let Some(timer) = self.heat_timers.get_mut(unit.index()) {
            timer.moved = now;
        }
        self.world.units[unit.index()].clocks.heat = level.unwrap_or(u8::MAX);
        self.observer.on(now, &Record::Heat(unit, level));
        self.reclock(unit, now, queue);
    }
}
