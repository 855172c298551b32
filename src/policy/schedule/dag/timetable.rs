//! When each unit is taken, by plan.

use crate::units::{SimDuration, SimTime, UnitId};

/// Planned times of every unit. Tasks may be put into holes.
pub struct Timetable {
    /// When what runs there now should have ended.
    base: Vec<SimTime>,
    /// Ascending, without overlap.
    taken: Vec<Vec<(SimTime, SimTime)>>,
}

impl Timetable {
    /// Units that are free from `base` on.
    pub fn new(base: Vec<SimTime>) -> Self {
        Self { taken: vec![Vec::new(); base.len()], base }
    }

    /// The earliest start, not before `from`, of a hole of `length` on `unit`.
    pub fn earliest(&self, unit: UnitId, from: SimTime, length: SimDuration) -> SimTime {
        let mut start = from.max(self.base[unit.index()]);
        let taken = &self.taken[unit.index()];
        // What ends before the start is in nobody's way.
        for &(begin, end) in &taken[taken.partition_point(|(_, end)| *end <= start)..] {
            if start + length <= begin {
                break;
            }
            start = start.max(end);
        }
        start
    }

    /// When the last planned task of `unit` ends.
    pub fn end(&self, unit: UnitId) -> SimTime {
        self.taken[unit.index()].last().map_or(self.base[unit.index()], |(_, end)| *end)
    }

    /// Takes a hole.
    pub fn take(&mut self, unit: UnitId, start: SimTime, end: SimTime) {
        if start < end {
            let taken = &mut self.taken[unit.index()];
            let place = taken.partition_point(|(begin, _)| *begin < start);
            taken.insert(place, (start, end));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Free from 5; taken 10–20 and 25–30.
    #[test]
    fn holes_are_found_in_order() {
        let (at, long) = (SimTime::from_nanos, SimDuration::from_nanos);
        let unit = UnitId(0);
        let mut table = Timetable::new(vec![at(5)]);
        table.take(unit, at(25), at(30));
        table.take(unit, at(10), at(20));
        for (from, length, start) in
            [(0, 5, 5), (0, 6, 30), (6, 4, 6), (6, 5, 20), (12, 5, 20), (21, 4, 21), (21, 5, 30)]
        {
            assert_eq!(table.earliest(unit, at(from), long(length)), at(start), "{from} {length}");
        }
        assert_eq!(table.end(unit), at(30));
    }
}
