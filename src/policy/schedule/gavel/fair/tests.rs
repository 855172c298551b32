use proptest::prelude::*;

use super::super::job::samples::{job, types};
use super::*;

#[track_caller]
fn allocates(rule: &mut impl Allocation, jobs: &[Job], counts: &[u32], now: f64, expected: &[&[f64]]) {
    let numbered: Vec<(u64, &Job)> = jobs.iter().enumerate().map(|(i, j)| (i as u64, j)).collect();
    let found = rule.shares(&numbered, &types(counts), now);
    let near = |a: &f64, b: &f64| (a - b).abs() < 1e-5;
    let same = found.iter().zip(expected).all(|(f, e)| f.iter().zip(*e).all(|(a, b)| near(a, b)));
    assert!(same && found.len() == expected.len(), "{found:?}, expected {expected:?}");
}

/// One unit of each of two types; job 0 does 4 or 1 steps/s, job 1 4 or 2; evenly spread 2.5 and 3. With the share `a`
/// of the first type for job 0, the relative throughputs are (1 + 3a) / 2.5 and (4 − 2a) / 3: equal, and 1, at a = 1/2.
#[test]
fn max_min_shares_out_what_both_want() {
    let jobs = [job(&[4.0, 1.0], 1, 9.0), job(&[4.0, 2.0], 1, 1.0)];
    allocates(&mut MaxMin, &jobs, &[1, 1], 0.0, &[&[0.5, 0.5], &[0.5, 0.5]]);
    // Of double weight, job 1 has twice as much relative throughput: 2.5 (4 − 2a) = 2 × 3 (1 + 3a) at a = 4/23.
    let heavy = [jobs[0].clone(), Job { weight: 2.0, ..jobs[1].clone() }];
    let a = 4.0 / 23.0;
    allocates(&mut MaxMin, &heavy, &[1, 1], 0.0, &[&[a, 1.0 - a], &[1.0 - a, a]]);
}

/// Job 0 does not care, so it has 1 of 1 however it is placed and the least cannot be more; job 1 gets all of the type
/// that it likes.
#[test]
fn what_fairness_leaves_is_used() {
    let jobs = [job(&[1.0, 1.0], 1, 1.0), job(&[3.0, 1.0], 1, 1.0)];
    allocates(&mut MaxMin, &jobs, &[1, 1], 0.0, &[&[0.0, 1.0], &[1.0, 0.0]]);
}

/// Four units. The gang of four has 4 a of relative throughput times width, the single job 1, of which it gets all:
/// the units left over, three on average, are the gang's for three quarters of the time.
#[test]
fn a_gang_is_paid_by_its_width() {
    let jobs = [job(&[8.0], 4, 1.0), job(&[1.0], 1, 1.0)];
    allocates(&mut MaxMin, &jobs, &[4], 0.0, &[&[0.75], &[1.0]]);
}

/// 10 steps each: job 0 does 1 + 2a per second, job 1 2 − a. Both are done after 6 s with a = 1/3.
#[test]
fn the_makespan_ends_all_together() {
    let jobs = [job(&[3.0, 1.0], 1, 10.0), job(&[2.0, 1.0], 1, 10.0)];
    let third = 1.0 / 3.0;
    allocates(&mut Makespan, &jobs, &[1, 1], 0.0, &[&[third, 1.0 - third], &[1.0 - third, third]]);
}

/// One unit, two jobs of 100 steps, one a second. Job 0 has waited 50 s when job 1 comes; alone on half the unit each
/// would take 200 s. With the share x for job 0, (50 + 100/x) / 200 = (100 / (1 − x)) / 200 where x² + 3x − 2 = 0.
#[test]
fn finish_time_fairness_makes_up_for_a_wait() {
    let jobs = [job(&[1.0], 1, 100.0), Job { ready: 50.0, ..job(&[1.0], 1, 100.0) }];
    let x = (17.0f64.sqrt() - 3.0) / 2.0;
    allocates(&mut FinishTime::default(), &jobs, &[1], 50.0, &[&[x], &[1.0 - x]]);
}

/// As above, but job 0 has run alone for 50 s: 50 s of its isolated time are past. Now (50 + 50/x) / (50 + 100) =
/// (100 / (1 − x)) / 200, so 2x² + 3x − 2 = 0: x = 1/2.
#[test]
fn finish_time_fairness_remembers_what_was_done() {
    let mut rule = FinishTime::default();
    let alone = [job(&[1.0], 1, 100.0)];
    allocates(&mut rule, &alone, &[1], 0.0, &[&[1.0]]);
    let jobs = [job(&[1.0], 1, 50.0), Job { ready: 50.0, ..job(&[1.0], 1, 100.0) }];
    allocates(&mut rule, &jobs, &[1], 50.0, &[&[0.5], &[0.5]]);
}

/// Whether `shares` are an allocation, but for rounding.
fn feasible(jobs: &[Job], counts: &[u32], shares: &Shares) -> bool {
    let rows = shares.iter().all(|x| x.iter().all(|x| (0.0..=1.0).contains(x)) && x.iter().sum::<f64>() <= 1.0 + 1e-7);
    let used = |k: usize| jobs.iter().zip(shares).map(|(j, x)| f64::from(j.width) * x[k]).sum::<f64>();
    rows && counts.iter().enumerate().all(|(k, count)| used(k) <= f64::from(*count) + 1e-7)
}

prop_compose! {
    /// Throughputs over five decades, a fifth of them 0, but none where the last type cannot run it.
    fn some_job(kinds: usize, widest: u32)(
        logs in proptest::collection::vec((-2.5..2.5f64, 0..5u8), kinds), width in 1..=widest, steps in 1.0..1e6f64,
        weight in 0.1..10.0f64, ready in 0.0..900.0f64,
    ) -> Job {
        let mut throughput: Vec<f64> =
            logs.iter().map(|(log, zero)| if *zero == 0 { 0.0 } else { libm::pow(10.0, *log) }).collect();
        if let Some(last) = throughput.last_mut().filter(|t| **t == 0.0) {
            *last = 1.0;
        }
        Job { weight, ready, ..job(&throughput, width, steps) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn allocations_are_feasible_and_nobody_starves(
        counts in proptest::collection::vec(4..20u32, 3), jobs in proptest::collection::vec(some_job(3, 4), 1..30),
    ) {
        let numbered: Vec<(u64, &Job)> = jobs.iter().enumerate().map(|(i, j)| (i as u64, j)).collect();
        let rules: [Box<dyn Allocation>; 3] =
            [Box::new(MaxMin), Box::new(Makespan), Box::new(FinishTime::default())];
        for mut rule in rules {
            let shares = rule.shares(&numbered, &types(&counts), 1000.0);
            prop_assert!(feasible(&jobs, &counts, &shares), "{shares:?}");
            for (job, x) in jobs.iter().zip(&shares) {
                prop_assert!(total(&job.throughput, x) > 0.0, "{job:?} {x:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Two jobs on two types against all shares in steps of 1/20: no grid point is better, and the optimum rounded down
    /// to the grid, which loses less than a step of each share, is one of them.
    #[test]
    fn no_other_shares_have_a_greater_least(
        c in proptest::collection::vec(proptest::collection::vec(0.1..2.0f64, 2), 2),
        widths in proptest::collection::vec(1..3u32, 2), counts in proptest::collection::vec(1..3u32, 2),
    ) {
        const STEPS: usize = 20;
        let jobs: Vec<Job> = widths.iter().map(|w| job(&[1.0, 1.0], *w, 1.0)).collect();
        let (least, shares) = max_min(&c, &widths, &types(&counts)).unwrap();
        prop_assert!(feasible(&jobs, &counts, &shares), "{shares:?}");
        let mut best = 0.0f64;
        for n in 0..(STEPS + 1).pow(4) {
            let digit = |place: u32| (n / (STEPS + 1).pow(place) % (STEPS + 1)) as f64 / STEPS as f64;
            let x = vec![vec![digit(0), digit(1)], vec![digit(2), digit(3)]];
            if feasible(&jobs, &counts, &x) {
                best = best.max(total(&c[0], &x[0]).min(total(&c[1], &x[1])));
            }
        }
        let lost = c.iter().map(|row| row.iter().sum::<f64>()).fold(0.0, f64::max) / STEPS as f64;
        prop_assert!(least >= best - 1e-6 && least <= best + lost, "{least}, grid {best}");
    }
}
