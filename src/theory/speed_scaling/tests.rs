//! One instance worked by hand for every rule; the known bounds on random ones.

use proptest::prelude::*;

use super::*;
use crate::theory::close;

fn job(release: f64, deadline: f64, work: f64) -> Job {
    Job { release, deadline, work }
}

fn pieces(profile: &[Piece], expected: &[(f64, f64, f64)]) {
    assert_eq!(profile.len(), expected.len(), "{profile:?}");
    for (found, (from, to, speed)) in profile.iter().zip(expected) {
        close(found.from, *from);
        close(found.to, *to);
        close(found.speed, *speed);
    }
}

/// A: 6 in [0, 12], B: 8 in [4, 8], C: 3 in [6, 10], D: 1 in [0, 2].
fn four() -> [Job; 4] {
    [job(0.0, 12.0, 6.0), job(4.0, 8.0, 8.0), job(6.0, 10.0, 3.0), job(0.0, 2.0, 1.0)]
}

/// [4, 8] has B: 8/4 = 2, more than [4, 10] with 11/6 or [0, 12] with 18/12. Without it C has [8, 10]: 3/2, more than the
/// 10/8 of all. A and D have [0, 4] and [10, 12]: 7/6. Energy: 6 (7/6)³ + 4 · 8 + 2 (3/2)³ = 343/36 + 38.75.
#[test]
fn yds_takes_one_critical_interval_after_the_other() {
    let profile = yds(&four()).unwrap();
    let s = 7.0 / 6.0;
    pieces(&profile, &[(0.0, 4.0, s), (4.0, 8.0, 2.0), (8.0, 10.0, 1.5), (10.0, 12.0, s)]);
    close(energy(&profile, 3.0), 343.0 / 36.0 + 38.75);
}

/// At 0: D 1/2, A and D 7/12. At 4: B 2, with the 14/3 left of A 38/24. At 6: B 4/2, B and C 7/4, all 35/18. At 8: C 3/2,
/// with A 23/12. Energy: 4 (7/12)³ + 4 · 8 + 4 (23/12)³.
#[test]
fn optimal_available_plans_anew_at_each_release() {
    let profile = optimal_available(&four()).unwrap();
    let (a, b) = (7.0 / 12.0, 23.0 / 12.0);
    pieces(&profile, &[(0.0, 4.0, a), (4.0, 6.0, 2.0), (6.0, 8.0, 2.0), (8.0, 12.0, b)]);
    close(energy(&profile, 3.0), 4.0 * (343.0 + 12167.0) / 1728.0 + 32.0);
}

/// Densities: A 1/2, B 2, C 3/4, D 1/2. Cubes times 2: 2 + 0.25 + 31.25 + 68.65625 + 3.90625 + 0.25.
#[test]
fn average_rate_adds_densities() {
    let profile = average_rate(&four()).unwrap();
    let speeds: Vec<f64> = profile.iter().map(|p| p.speed).collect();
    assert_eq!(speeds, [1.0, 0.5, 2.5, 3.25, 1.25, 0.5]);
    assert!(profile.iter().all(|p| p.to - p.from == 2.0));
    close(energy(&profile, 3.0), 106.3125);
}

#[test]
fn jobs_without_meaning_are_refused() {
    for bad in [job(1.0, 1.0, 1.0), job(0.0, 1.0, -1.0), job(0.0, f64::INFINITY, 1.0), job(f64::NAN, 1.0, 1.0)] {
        assert!(yds(&[bad]).is_none() && optimal_available(&[bad]).is_none() && average_rate(&[bad]).is_none());
    }
    assert_eq!(yds(&[job(0.0, 1.0, 0.0)]), Some(Vec::new()));
    assert_eq!(yds(&[]), Some(Vec::new()));
}

/// The most work that is left at a deadline when a profile is worked off, earliest deadline first.
fn late(jobs: &[Job], profile: &[Piece]) -> f64 {
    let mut left: Vec<(f64, Job)> = jobs.iter().map(|j| (j.work, *j)).collect();
    left.sort_by(|a, b| a.1.deadline.total_cmp(&b.1.deadline));
    let mut times = instants(jobs);
    times.extend(profile.iter().flat_map(|p| [p.from, p.to]));
    times.sort_by(f64::total_cmp);
    let mut most = 0.0f64;
    for pair in times.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let middle = f64::midpoint(from, to);
        let speed = profile.iter().find(|p| p.from <= middle && middle < p.to).map_or(0.0, |p| p.speed);
        let mut room = speed * (to - from);
        for (work, _) in left.iter_mut().filter(|(_, j)| j.release <= from) {
            let part = work.min(room);
            *work -= part;
            room -= part;
        }
        most = left.iter().filter(|(_, j)| j.deadline <= to).map(|(work, _)| *work).fold(most, f64::max);
    }
    most
}

proptest! {
    /// All deadlines are met; no more work is done than there is; least energy ≤ that of the online rules ≤ their bounds.
    #[test]
    fn the_known_bounds_hold(
        raw in prop::collection::vec((0u32..20, 1u32..15, 1u32..10), 1..8),
        alpha in 1.5f64..3.5,
    ) {
        let make = |(release, length, work): &(u32, u32, u32)| {
            job(f64::from(*release), f64::from(release + length), f64::from(*work))
        };
        let jobs: Vec<Job> = raw.iter().map(make).collect();
        let (best, oa, avr) = (yds(&jobs).unwrap(), optimal_available(&jobs).unwrap(), average_rate(&jobs).unwrap());
        let work: f64 = jobs.iter().map(|j| j.work).sum();
        for profile in [&best, &oa, &avr] {
            prop_assert!(late(&jobs, profile) < 1e-9, "{profile:?}");
            let done: f64 = profile.iter().map(|p| p.speed * (p.to - p.from)).sum();
            prop_assert!((done - work).abs() < 1e-9 * work);
        }
        let [best, oa, avr] = [best, oa, avr].map(|p| energy(&p, alpha));
        let tower = libm::pow(alpha, alpha);
        prop_assert!(best <= oa * (1.0 + 1e-12) && best <= avr * (1.0 + 1e-12));
        prop_assert!(oa <= tower * best && avr <= libm::pow(2.0, alpha - 1.0) * tower * best);
    }

    /// Where all is there from the start, Optimal Available is optimal.
    #[test]
    fn without_surprises_online_is_optimal(raw in prop::collection::vec((1u32..15, 1u32..10), 1..8)) {
        let jobs: Vec<Job> = raw.iter().map(|(d, w)| job(0.0, f64::from(*d), f64::from(*w))).collect();
        let [best, oa] = [yds(&jobs).unwrap(), optimal_available(&jobs).unwrap()].map(|p| energy(&p, 3.0));
        prop_assert!((best - oa).abs() <= 1e-9 * best);
    }
}

/// 16 + f³ W up to f = 4, 16 W idle; 1 W asleep, 30 J and 2 s there and back.
fn processor() -> Tradeoff {
    let sleep = Some(SleepCost { power: 1.0, energy: 30.0, time: 2.0 });
    Tradeoff { fixed: 16.0, dynamic: 1.0, alpha: 3.0, top: 4.0, idle: 16.0, sleep }
}

/// f* = (16 / 2)^(1/3) = 2; break-even at max(2, 28 / 15) = 2 s. 20 of work in 20 s: race 80 W · 5 s + 30 + 13; pace
/// 17 W · 20 s; critical 24 W · 10 s + 30 + 8.
#[test]
fn with_time_to_spare_the_critical_speed_wins() {
    close(processor().critical_clock().unwrap(), 2.0);
    assert_eq!(processor().break_even(), 2.0);
    let found = processor().finish(20.0, 20.0).unwrap();
    for (energy, expected) in [(found.race, 443.0), (found.pace, 340.0), (found.critical, 278.0)] {
        close(energy, expected);
    }
}

/// 20 of work in 11 s: after 10 s at f* a gap of 1 s, too short to sleep: 240 + 16. Pace: (16 + (20/11)³) · 11. Race:
/// 400 + 30 + 4.
#[test]
fn a_gap_too_short_for_sleep_is_better_filled() {
    let found = processor().finish(20.0, 11.0).unwrap();
    for (energy, expected) in [(found.race, 434.0), (found.pace, 176.0 + 8000.0 / 121.0), (found.critical, 256.0)] {
        close(energy, expected);
    }
    assert!(found.pace < found.critical);
}

/// Power that hardly rises with the clock, 100 + f²/10 W: as fast as it can.
#[test]
fn racing_wins_where_slowness_saves_little() {
    let flat = Tradeoff { fixed: 100.0, dynamic: 0.1, alpha: 2.0, ..processor() };
    let found = flat.finish(20.0, 20.0).unwrap();
    // P(4) = 100 + 0.1 · 16; P(1) = 100.1. The critical clock, √1000, is above the top.
    close(found.race, 101.6 * 5.0 + 43.0);
    close(found.pace, 100.1 * 20.0);
    close(found.critical, found.race);
}

#[test]
fn what_cannot_be_done_has_no_energy() {
    assert_eq!(processor().finish(20.0, 4.9), None);
    assert_eq!(processor().finish(0.0, 1.0), None);
    assert_eq!(Tradeoff { alpha: 1.0, ..processor() }.finish(1.0, 1.0), None);
}

/// 0.875 between 0.75 at 29 W and 1 at 60 W: half of the time in each, 44.5 W.
#[test]
fn two_neighbours_make_a_speed_between() {
    let states = [(0.5, 20.0), (0.75, 29.0), (1.0, 60.0)];
    assert_eq!(emulate(&states, 0.875), Some(Emulated { slower: 1, faster: 2, share: 0.5, power: 44.5 }));
    assert_eq!(emulate(&states, 0.75).map(|e| (e.faster, e.share, e.power)), Some((1, 1.0, 29.0)));
    assert_eq!((emulate(&states, 0.4), emulate(&states, 1.1)), (None, None));
}

proptest! {
    /// Where power is convex no two P-states make the speed with less power than the neighbours.
    #[test]
    fn neighbours_are_best_on_a_convex_table(part in 0.0f64..1.0, count in 2u32..7, alpha in 1.0f64..3.0) {
        let states: Vec<(f64, f64)> = (1..=count).map(|s| (f64::from(s), libm::pow(f64::from(s), alpha))).collect();
        let speed = 1.0 + part * f64::from(count - 1);
        let best = emulate(&states, speed).unwrap().power;
        for low in states.iter().filter(|s| s.0 <= speed) {
            for high in states.iter().filter(|s| s.0 > speed) {
                prop_assert!(emulate(&[*low, *high], speed).unwrap().power >= best - 1e-9 * best);
            }
        }
    }
}
