//! New arrivals for an old log: so many tasks at a time, at equal intervals.

use crate::model::task::Submission;
use crate::units::{SimDuration, SimTime};

use super::super::checks::Findings;
use super::super::schema::RetimeSpec;

/// Sorts `tasks` by (arrival, name), numbers before texts; the task at position i, from 0 on, then arrives
/// at `every` × ⌊i / `batch`⌋. Deadlines move along.
pub(super) fn apply(spec: &RetimeSpec, tasks: &mut [(SimTime, Submission)], pointer: &str, findings: &mut Findings) {
    if spec.batch == 0 {
        findings.wrong(format!("{pointer}/batch"), 0, "at least 1 task at a time");
        return;
    }
    let every = spec.every.duration();
    tasks.sort_by(|(a, x), (b, y)| (a, &x.label).cmp(&(b, &y.label)));
    let arrival = |i: usize| every.as_nanos().checked_mul(i as u64 / u64::from(spec.batch));
    let last = arrival(tasks.len().saturating_sub(1)).map(SimTime::from_nanos);
    if every == SimDuration::MAX || last.is_none_or(|at| at == SimTime::NEVER) {
        findings.broken(format!("{pointer}/every"), "the last arrivals are beyond the clock's 584 years");
        return;
    }
    for (i, (at, _)) in tasks.iter_mut().enumerate() {
        *at = arrival(i).map_or(SimTime::NEVER, SimTime::from_nanos);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Seconds;
    use crate::model::task::Label;

    fn task(id: Label, at: u64) -> (SimTime, Submission) {
        (SimTime::from_nanos(at), Submission::plain(id, 0, SimDuration::ZERO))
    }

    /// By hand: in order of (arrival, name) 9, 2, 10, a, b; two at a time every 1.5 s.
    #[test]
    fn batches_come_at_equal_intervals() {
        let text = |t: &str| Label::Text(t.into());
        let mut tasks = vec![
            task(text("b"), 7),
            task(Label::Number(9), 5),
            task(text("a"), 7),
            task(Label::Number(10), 7),
            task(Label::Number(2), 7),
        ];
        let mut findings = Findings::default();
        apply(&RetimeSpec { every: Seconds(1.5), batch: 2 }, &mut tasks, "", &mut findings);
        let found: Vec<_> = tasks.iter().map(|(at, t)| (t.label.to_string(), at.as_nanos())).collect();
        let expected = [("9", 0), ("2", 0), ("10", 1_500_000_000), ("a", 1_500_000_000), ("b", 3_000_000_000)];
        assert_eq!(found, expected.map(|(id, at)| (id.to_owned(), at)));
        assert!(findings.problems.is_empty());
    }

    #[test]
    fn what_cannot_be_is_told() {
        for (every, batch, place) in [(1.0, 0, "/r/batch"), (1e10, 1, "/r/every")] {
            let mut tasks = vec![task(Label::Number(1), 0), task(Label::Number(2), 0), task(Label::Number(3), 0)];
            let mut findings = Findings::default();
            apply(&RetimeSpec { every: Seconds(every), batch }, &mut tasks, "/r", &mut findings);
            assert_eq!(findings.problems.len(), 1, "{every} {batch}");
            assert!(findings.problems[0].to_string().contains(place), "{}", findings.problems[0]);
        }
    }
}
