//! What can be done without knowing the future.

use super::{Job, Piece, instants, sound};

/// The optimal speeds from `now` on for work that is all there: pairs of work left and deadline, in order of the
/// deadlines, all after `now`. Each piece has the greatest work per time up to some deadline, and ends there.
pub fn available_plan(now: f64, present: &[(f64, f64)]) -> Vec<Piece> {
    let mut plan = Vec::new();
    let (mut at, mut rest) = (now, present);
    while !rest.is_empty() {
        let mut work = 0.0;
        let mut best = (0, f64::NEG_INFINITY);
        for (i, (left, deadline)) in rest.iter().enumerate() {
            work += left;
            let speed = work / (deadline - at);
            // Of equals the last: it takes in the others.
            if speed >= best.1 {
                best = (i, speed);
            }
        }
        let Some(((_, to), after)) = rest.get(best.0).zip(rest.get(best.0 + 1..)) else { break };
        plan.push(Piece { from: at, to: *to, speed: best.1 });
        (at, rest) = (*to, after);
    }
    plan
}

/// Optimal Available (Yao, Demers & Shenker, FOCS 1995): at each release the optimal speeds for what is there. `None`
/// where a job is not sound.
pub fn optimal_available(jobs: &[Job]) -> Option<Vec<Piece>> {
    if !sound(jobs) {
        return None;
    }
    let mut releases: Vec<f64> = jobs.iter().map(|j| j.release).collect();
    releases.sort_by(f64::total_cmp);
    releases.dedup();
    let mut left: Vec<(f64, Job)> = jobs.iter().map(|j| (j.work, *j)).collect();
    left.sort_by(|a, b| a.1.deadline.total_cmp(&b.1.deadline));
    let mut profile = Vec::new();
    for (i, now) in releases.iter().enumerate() {
        let until = releases.get(i + 1).copied().unwrap_or(f64::INFINITY);
        let is_here = |(work, job): &&(f64, Job)| *work > 0.0 && job.release <= *now && job.deadline > *now;
        let present: Vec<(f64, f64)> = left.iter().filter(is_here).map(|(work, job)| (*work, job.deadline)).collect();
        for piece in available_plan(*now, &present) {
            if piece.from >= until {
                break;
            }
            let piece = Piece { to: piece.to.min(until), ..piece };
            let mut done = piece.speed * (piece.to - piece.from);
            for (work, _) in left.iter_mut().filter(|(_, job)| job.release <= *now) {
                let part = work.min(done);
                *work -= part;
                done -= part;
            }
            profile.push(piece);
        }
    }
    Some(profile)
}

/// Average Rate (Yao, Demers & Shenker, FOCS 1995): at each instant the sum of `work / (deadline − release)` over the
/// jobs whose time it is, done or not. `None` where a job is not sound.
pub fn average_rate(jobs: &[Job]) -> Option<Vec<Piece>> {
    if !sound(jobs) {
        return None;
    }
    let times = instants(jobs);
    let pieces = times.iter().zip(times.iter().skip(1)).map(|(from, to)| {
        let now = jobs.iter().filter(|j| j.release <= *from && j.deadline >= *to);
        let speed = now.map(|j| j.work / (j.deadline - j.release)).sum();
        Piece { from: *from, to: *to, speed }
    });
    Some(pieces.filter(|p| p.speed > 0.0).collect())
}
