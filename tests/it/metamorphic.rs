//! Relations between runs: what a change of the input must do, and what it must leave alone.
//!
//! Instances are lists of rigid tasks in whole seconds. Relations that hold for some policies only are claimed for
//! those only; the counterexamples for the others are well known.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::conserve::config;
use super::support::{Run, cpus, run, under};

/// Arrival, duration, width, priority.
pub type Tasks = Vec<(u32, u32, u32, u32)>;

pub const LISTS: [&str; 11] = [
    "fifo",
    "sjf",
    "ljf",
    "priority",
    "edf",
    "fifo-greedy",
    "sjf-greedy",
    "easy",
    "easy-sjbf",
    "conservative",
    "round-robin",
];

pub fn narrow() -> impl Strategy<Value = Tasks> {
    vec((0..30u32, 1..12u32, Just(1u32), 0..4u32), 2..9)
}

pub fn wide() -> impl Strategy<Value = Tasks> {
    vec((0..30u32, 1..12u32, 1..4u32, 0..4u32), 2..9)
}

/// On `units` units, times multiplied by `scale`. Every task has a deadline, which moves along.
pub fn scenario(tasks: &Tasks, units: u32, scale: u32, shift: u32) -> Value {
    let list: Vec<Value> = tasks
        .iter()
        .map(|(arrival, duration, width, priority)| {
            json!({"arrival": arrival * scale + shift, "duration": duration * scale, "units": width,
                   "priority": priority, "deadline": (duration * 3 + priority * 5) * scale, "runs_on": ["cpu"]})
        })
        .collect();
    cpus(units, json!(list))
}

/// Starts in nanoseconds, by task. Without an id tasks are numbered in the order of the list.
pub fn starts(scenario: Value) -> Vec<u64> {
    starts_of(&run(scenario))
}

pub fn starts_of(run: &Run) -> Vec<u64> {
    let mut all: Vec<(u64, u64)> = run.tasks.iter().map(|t| (t.int("task"), t.nanos("start_s"))).collect();
    all.sort_unstable();
    all.into_iter().map(|(_, start)| start).collect()
}

pub fn scheduled(tasks: &Tasks, units: u32, scheduler: &str) -> Vec<u64> {
    starts(under(scenario(tasks, units, 1, 0), json!(scheduler)))
}

proptest! {
    #![proptest_config(config(30))]

    /// T1: all times seven times as long, all starts seven times as late.
    #[test]
    fn scaling_time_scales_the_schedule(tasks in wide(), which in 0..LISTS.len()) {
        let long = under(scenario(&tasks, 4, 7, 0), json!(LISTS[which]));
        let expected: Vec<u64> = scheduled(&tasks, 4, LISTS[which]).iter().map(|t| t * 7).collect();
        prop_assert_eq!(starts(long), expected);
    }

    /// T2: all a thousand seconds later, and nothing else.
    #[test]
    fn shifting_arrivals_shifts_the_schedule(tasks in wide(), which in 0..LISTS.len()) {
        let later = under(scenario(&tasks, 4, 1, 1000), json!(LISTS[which]));
        let expected: Vec<u64> = scheduled(&tasks, 4, LISTS[which]).iter().map(|t| t + 1000 * 1_000_000_000).collect();
        prop_assert_eq!(starts(later), expected);
    }

    /// T6: who starts by 15 does not depend on who comes after 15. Nobody sees the future.
    #[test]
    fn decisions_do_not_see_later_arrivals(tasks in wide(), which in 0..LISTS.len()) {
        // In order of arrival, so that numbers stay when the late ones go.
        let mut all = tasks;
        all.sort_unstable();
        let early: Tasks = all.iter().copied().filter(|t| t.0 <= 15).collect();
        prop_assume!(!early.is_empty());
        let before = |starts: Vec<u64>| -> Vec<u64> {
            starts.into_iter().take(early.len()).map(|s| if s <= 15_000_000_000 { s } else { u64::MAX }).collect()
        };
        prop_assert_eq!(before(scheduled(&all, 4, LISTS[which])), before(scheduled(&early, 4, LISTS[which])));
    }

    /// E1: with tasks of one unit there is nothing to backfill.
    #[test]
    fn narrow_tasks_leave_no_holes(tasks in narrow(), units in 1..4u32) {
        let fifo = scheduled(&tasks, units, "fifo");
        for other in ["fifo-greedy", "easy", "easy-sjbf", "conservative", "least-loaded", "round-robin"] {
            prop_assert_eq!(&scheduled(&tasks, units, other), &fifo, "{}", other);
        }
    }

    /// E2, E3: equal keys are order of arrival.
    #[test]
    fn equal_keys_are_order_of_arrival(tasks in wide()) {
        let same_priority: Tasks = tasks.iter().map(|t| (t.0, t.1, t.2, 1)).collect();
        prop_assert_eq!(scheduled(&same_priority, 4, "priority"), scheduled(&same_priority, 4, "fifo"));
        let same_duration: Tasks = tasks.iter().map(|t| (t.0, 6, t.2, t.3)).collect();
        for order in ["sjf", "ljf"] {
            prop_assert_eq!(scheduled(&same_duration, 4, order), scheduled(&same_duration, 4, "fifo"), "{}", order);
        }
        prop_assert_eq!(scheduled(&same_duration, 4, "easy-sjbf"), scheduled(&same_duration, 4, "easy"));
    }

    /// M1, M2: under strict order of arrival one more unit makes nobody later; nor does a task that is gone.
    #[test]
    fn first_come_first_served_has_no_anomalies(tasks in wide(), gone in 0..8usize) {
        let base = scheduled(&tasks, 3, "fifo");
        let more = scheduled(&tasks, 4, "fifo");
        prop_assert!(more.iter().zip(&base).all(|(m, b)| m <= b), "{:?} {:?}", more, base);
        let gone = gone % tasks.len();
        let mut fewer = tasks.clone();
        fewer.remove(gone);
        let mut rest = base;
        rest.remove(gone);
        let freed = scheduled(&fewer, 3, "fifo");
        prop_assert!(freed.iter().zip(&rest).all(|(f, b)| f <= b), "{:?} {:?}", freed, rest);
    }

    /// O1: with exact estimates no task is later under conservative backfilling than in strict order of arrival.
    #[test]
    fn conservative_delays_nobody(tasks in wide()) {
        let (backfilled, strict) = (scheduled(&tasks, 4, "conservative"), scheduled(&tasks, 4, "fifo"));
        prop_assert!(backfilled.iter().zip(&strict).all(|(c, f)| c <= f), "{:?} {:?}", backfilled, strict);
    }

    /// O5: all at once and one unit each, shortest first has the least total wait.
    #[test]
    fn shortest_first_waits_least(tasks in narrow(), units in 1..4u32) {
        let together: Tasks = tasks.iter().map(|t| (0, t.1, 1, t.3)).collect();
        let total = |scheduler| scheduled(&together, units, scheduler).iter().sum::<u64>();
        let least = total("sjf");
        for other in ["fifo", "ljf", "priority", "edf"] {
            prop_assert!(least <= total(other), "{}", other);
        }
    }

    /// P1: on one unit, the shortest remaining time first has the least total response (Schrage 1968).
    #[test]
    fn shortest_remaining_first_responds_fastest(tasks in narrow()) {
        let total = |scheduler: &str| -> u64 {
            let run = run(under(scenario(&tasks, 1, 1, 0), json!(scheduler)));
            run.tasks.iter().map(|t| t.nanos("response_s")).sum()
        };
        let least = total("srpt");
        for other in ["fifo", "sjf", "ljf", "edf"] {
            prop_assert!(least <= total(other), "{}", other);
        }
    }

    /// H7: k times the work on units k times as fast is the same schedule.
    #[test]
    fn more_work_on_faster_units_is_the_same(tasks in wide(), k in 2..9u32, which in 0..LISTS.len()) {
        let on = |k: u32| {
            let mut scenario = under(scenario(&tasks, 4, 1, 0), json!(LISTS[which]));
            scenario["devices"] = json!({"fast": {"kind": "cpu", "speed": k, "power": {"idle": 50, "active": 100}}});
            scenario["cluster"]["nodes"][0]["units"][0]["device"] = json!("fast");
            for task in scenario["workload"][0]["tasks"].as_array_mut().unwrap() {
                task["duration"] = json!(task["duration"].as_u64().unwrap() * u64::from(k));
            }
            starts(scenario)
        };
        prop_assert_eq!(on(k), on(1));
    }

    /// K1: k times the power, k times the energy, and no other schedule.
    #[test]
    fn energy_is_linear_in_power(tasks in wide(), k in 2..9u32) {
        let on = |k: u32| {
            let mut scenario = scenario(&tasks, 4, 1, 0);
            scenario["devices"] = json!({"own": {"kind": "cpu", "power": {"idle": 3 * k, "active": 7 * k},
                "sleep": {"power": k, "entry": 0.5, "wake": 1.5, "wake_power": 5 * k}}});
            scenario["cluster"]["nodes"][0]["units"][0]["device"] = json!("own");
            scenario["policies"] = json!({"sleep": {"name": "timeout", "after": 2}});
            run(scenario)
        };
        let (one, many) = (on(1), on(k));
        prop_assert_eq!(starts_of(&one), starts_of(&many));
        for part in ["total", "active", "idle", "sleep", "transition"] {
            let metric = format!("energy_j.{part}");
            let (single, multiple) = (one.metric(&metric), many.metric(&metric));
            prop_assert!((multiple - single * f64::from(k)).abs() <= 1e-9 * multiple, "{}", metric);
        }
    }

    /// E4: what makes no difference makes none: one P-state under any governor, sleep that never comes, a cloud that
    /// is never used, memory without end. The fingerprint is of everything that happens.
    #[test]
    fn features_that_are_off_change_nothing(tasks in wide(), which in 0..LISTS.len()) {
        let plain = under(scenario(&tasks, 4, 1, 0), json!(LISTS[which]));
        let fingerprint = run(plain.clone()).replications[0].fingerprint;
        for (slot, choice) in [
            ("power", json!("ondemand")),
            ("power", json!("powersave")),
            ("memory", json!("best-fit")),
            ("sleep", json!({"name": "timeout", "after": 100_000})),
            ("adaptive", json!("none")),
            ("queue_limit", json!(1000)),
        ] {
            let mut with = plain.clone();
            with["policies"][slot] = choice;
            with["cloud"] = json!({"rtt": {"dist": "exponential", "mean": 1}});
            prop_assert_eq!(run(with).replications[0].fingerprint, fingerprint, "{}", slot);
        }
    }

    /// K4: two clusters that share nothing, run as one, do what each does alone.
    #[test]
    fn disjoint_clusters_do_not_meet(a in wide(), b in wide(), which in 5..7usize) {
        // Greedy schedulers only: the head of a strict queue would block the other half.
        let half = |tasks: &Tasks, kind: &str, first: u32| -> Vec<Value> {
            let task = |(i, t): (u32, &(u32, u32, u32, u32))| json!({"id": first + i, "arrival": t.0, "duration": t.1,
                "units": t.2, "runs_on": [kind]});
            (0..).zip(tasks).map(task).collect()
        };
        let alone = |tasks: Vec<Value>| json!([{"source": "tasks", "tasks": tasks}]);
        let both = json!([{"source": "tasks", "name": "a", "tasks": half(&a, "cpu", 0)},
                          {"source": "tasks", "name": "b", "tasks": half(&b, "gpu", 100)}]);
        let on = |workload: Value| starts(json!({
            "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic", "count": 3},
                                                          {"device": "gpu-generic", "count": 3}]}]},
            "workload": workload, "policies": {"scheduler": LISTS[which]}}));
        let mut apart = on(alone(half(&a, "cpu", 0)));
        apart.extend(on(alone(half(&b, "gpu", 100))));
        prop_assert_eq!(on(both), apart);
    }
}
