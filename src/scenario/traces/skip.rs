//! A log without its beginning.

use crate::model::task::Submission;
use crate::units::SimTime;

use super::super::checks::Findings;

/// Leaves the first `count` of `tasks`, which are in order of arrival, out. The first that is left arrives at 0, the others
/// as long after it as in the log.
pub(super) fn apply(count: u64, tasks: &mut Vec<(SimTime, Submission)>, pointer: &str, findings: &mut Findings) {
    let jobs = tasks.len();
    let count = usize::try_from(count).unwrap_or(usize::MAX).min(jobs);
    tasks.drain(..count);
    let Some(&(first, _)) = tasks.first() else {
        if jobs > 0 {
            findings.broken(pointer, format!("the log has {jobs} usable jobs: none of them is left"));
        }
        return;
    };
    for (at, _) in tasks {
        *at = SimTime::ZERO + at.since(first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::task::Label;
    use crate::units::SimDuration;

    fn tasks() -> Vec<(SimTime, Submission)> {
        let task =
            |(i, at): (u64, u64)| (SimTime::from_nanos(at), Submission::plain(Label::Number(i), 0, SimDuration::ZERO));
        [(1, 0), (2, 10), (3, 10), (4, 25)].map(task).to_vec()
    }

    fn left(count: u64) -> (Vec<(u64, String)>, usize) {
        let (mut tasks, mut findings) = (tasks(), Findings::default());
        apply(count, &mut tasks, "/workload/0/skip", &mut findings);
        let named = tasks.iter().map(|(at, task)| (at.as_nanos(), task.label.to_string())).collect();
        (named, findings.problems.len())
    }

    /// By hand: without the first two, jobs 3 and 4 arrive at 10 − 10 and 25 − 10.
    #[test]
    fn times_begin_at_the_first_that_is_left() {
        let named = |pairs: &[(u64, &str)]| pairs.iter().map(|(at, n)| (*at, (*n).to_owned())).collect::<Vec<_>>();
        assert_eq!(left(2), (named(&[(0, "3"), (15, "4")]), 0));
        assert_eq!(left(1), (named(&[(0, "2"), (0, "3"), (15, "4")]), 0));
        assert_eq!(left(4), (Vec::new(), 1));
    }
}
