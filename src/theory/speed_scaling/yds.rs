//! The least energy, with all jobs known beforehand.

use super::{Job, Piece, sound};

/// The optimal speeds of Yao, Demers & Shenker (FOCS 1995), in order of time; none where nothing is to be done.
///
/// The critical interval has the most work per time among the jobs that lie within it: its jobs run there, at that
/// speed. It is then cut out of time, the windows of the other jobs shrink accordingly, and so on. The same for every
/// convex power. `O(n³)`. `None` where a job is not sound: times or work not finite, no time to run, work below 0.
pub fn yds(jobs: &[Job]) -> Option<Vec<Piece>> {
    if !sound(jobs) {
        return None;
    }
    let mut open: Vec<Job> = jobs.iter().copied().filter(|j| j.work > 0.0).collect();
    let mut taken: Vec<Piece> = Vec::new();
    while let Some((from, to, speed)) = critical(&open, &taken) {
        open.retain(|j| j.release < from || j.deadline > to);
        for (from, to) in free(&taken, from, to) {
            taken.push(Piece { from, to, speed });
        }
        taken.sort_by(|a, b| a.from.total_cmp(&b.from));
        for job in &mut open {
            if job.release >= from && job.release < to {
                job.release = to;
            }
            if job.deadline > from && job.deadline <= to {
                job.deadline = from;
            }
        }
    }
    Some(taken)
}

/// The interval with the most work per free time, and that speed.
fn critical(open: &[Job], taken: &[Piece]) -> Option<(f64, f64, f64)> {
    let mut by_deadline: Vec<&Job> = open.iter().collect();
    by_deadline.sort_by(|a, b| a.deadline.total_cmp(&b.deadline));
    let mut best: Option<(f64, f64, f64)> = None;
    for start in open {
        let from = start.release;
        let mut work = 0.0;
        for job in by_deadline.iter().filter(|j| j.release >= from) {
            work += job.work;
            let room: f64 = free(taken, from, job.deadline).iter().map(|(a, b)| b - a).sum();
            let speed = work / room;
            if best.is_none_or(|(_, _, most)| speed > most) {
                best = Some((from, job.deadline, speed));
            }
        }
    }
    best
}

/// What is left of `[from, to]` beside the taken pieces, which are in order of time.
fn free(taken: &[Piece], from: f64, to: f64) -> Vec<(f64, f64)> {
    let mut gaps = Vec::new();
    let mut at = from;
    for piece in taken.iter().filter(|p| p.to > from && p.from < to) {
        if piece.from > at {
            gaps.push((at, piece.from));
        }
        at = at.max(piece.to);
    }
    if to > at {
        gaps.push((at, to));
    }
    gaps
}
