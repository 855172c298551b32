//! Every order of the queue: who runs next, worked out by hand.

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use xpu_manager_rust::scenario::Loader;

use super::conserve::config;
use super::support::{cpus, run, try_run, under};

/// Tasks with their defaults on a machine whose one host processor lets one task run at a time, however many of its
/// 600 units it takes. The first task keeps it busy while the others arrive.
fn one_at_a_time(tasks: &[Value]) -> Value {
    let filled = tasks.iter().enumerate().map(|(i, task)| {
        let mut filled = json!({"id": i + 1, "duration": 1, "runs_on": ["cpu"], "host_cpus": 1});
        for (key, value) in task.as_object().unwrap() {
            filled[key] = value.clone();
        }
        filled
    });
    let mut scenario = cpus(600, filled.collect());
    scenario["cluster"]["nodes"][0]["host_cpus"] = json!(1);
    scenario
}

/// The tasks, counted from 1, in the order in which they start.
fn order(scheduler: &Value, tasks: &[Value]) -> Vec<u64> {
    let run = run(under(one_at_a_time(tasks), scheduler.clone()));
    let mut started: Vec<(u64, u64)> = run.tasks.iter().map(|t| (t.nanos("start_s"), t.int("task"))).collect();
    started.sort_unstable();
    started.into_iter().map(|(_, task)| task).collect()
}

fn formula(text: &str) -> Value {
    json!({"order": {"formula": text}})
}

/// Asserts that all of `schedulers` start the tasks in the order `expected`.
#[track_caller]
fn agree(schedulers: &[Value], tasks: &[Value], expected: &[u64]) {
    for scheduler in schedulers {
        assert_eq!(order(scheduler, tasks), expected, "{scheduler}");
    }
}

/// Areas 20, 8, 6, 10; widths 4, 1, 2, 1.
#[test]
fn by_arrival_and_size() {
    let tasks = [
        json!({"duration": 100}),
        json!({"arrival": 10, "duration": 5, "units": 4}),
        json!({"arrival": 20, "duration": 8}),
        json!({"arrival": 30, "duration": 3, "units": 2}),
        json!({"arrival": 40, "duration": 10}),
    ];
    agree(&[json!("fifo"), formula("arrival"), formula("0 / 0")], &tasks, &[1, 2, 3, 4, 5]);
    agree(&[json!("lifo"), json!("lifo-greedy"), formula("-arrival"), formula("wait")], &tasks, &[1, 5, 4, 3, 2]);
    agree(&[json!("saf"), json!("saf-greedy"), formula("estimate * units * share")], &tasks, &[1, 4, 3, 5, 2]);
    agree(&[json!("smallest-first"), formula("units")], &tasks, &[1, 3, 5, 4, 2]);
    agree(&[json!("largest-first"), json!("largest-first-greedy"), formula("-units")], &tasks, &[1, 2, 4, 3, 5]);
    agree(&[json!("ljf"), formula("1 / estimate")], &tasks, &[1, 5, 3, 2, 4]);
}

/// What comes at one instant: the last of the list first.
#[test]
fn lifo_has_no_ties() {
    let tasks = [json!({"duration": 10}), json!({"arrival": 5}), json!({"arrival": 5}), json!({"arrival": 5})];
    agree(&[json!("lifo")], &tasks, &[1, 4, 3, 2]);
}

/// Half a unit for 10 s is less than a unit for 6 s.
#[test]
fn area_and_width_count_shares() {
    let tasks = [
        json!({"duration": 10}),
        json!({"arrival": 1, "duration": 6}),
        json!({"arrival": 2, "duration": 10, "share": 0.5}),
    ];
    agree(&[json!("saf"), json!("smallest-first"), formula("share")], &tasks, &[1, 3, 2]);
    agree(&[json!("largest-first")], &tasks, &[1, 2, 3]);
}

/// Latest starts, deadline - estimate: 200, 165, 90, none, -10. Deadlines: 210, 170, 190, none, 70.
#[test]
fn by_laxity() {
    let tasks = [
        json!({"duration": 100}),
        json!({"arrival": 10, "deadline": 200, "estimate": 10}),
        json!({"arrival": 20, "deadline": 150, "estimate": 5}),
        json!({"arrival": 30, "deadline": 160, "estimate": 100}),
        json!({"arrival": 40, "estimate": 1}),
        json!({"arrival": 50, "deadline": 20, "estimate": 80}),
    ];
    let laxity = [json!("llf"), json!("llf-greedy"), formula("deadline - remaining"), formula("slack")];
    agree(&laxity, &tasks, &[1, 6, 4, 3, 2, 5]);
    agree(&[json!("edf"), json!("edf-greedy"), formula("deadline")], &tasks, &[1, 6, 3, 4, 2, 5]);
}

/// Priorities 0, 1, 3 that came at 10, 71 and 80 min: an hour of waiting is worth one point, 61 min more than one.
#[test]
fn priority_grows_with_age() {
    let tasks = [
        json!({"duration": "2h"}),
        json!({"arrival": "10 min", "priority": 0}),
        json!({"arrival": "71 min", "priority": 1}),
        json!({"arrival": "80 min", "priority": 3}),
    ];
    let aged = [
        json!("priority-ageing"),
        json!({"name": "priority", "ageing": "1 /h"}),
        formula("-(priority + wait / 3600)"),
        formula("arrival / 3600 - priority"),
    ];
    agree(&aged, &tasks, &[1, 4, 2, 3]);
    agree(&[json!("priority"), json!("priority-greedy"), formula("-priority")], &tasks, &[1, 4, 3, 2]);
}

/// (wait / estimate)^3 x units at 100 s: 2^3 = 8, 1^3 x 4, 3^3 = 27, 1^3 x 2.
#[test]
fn wfp3() {
    let tasks = [
        json!({"duration": 100}),
        json!({"arrival": 40, "estimate": 30}),
        json!({"arrival": 50, "estimate": 50, "units": 4}),
        json!({"arrival": 70, "estimate": 10}),
        json!({"arrival": 40, "estimate": 60, "units": 2}),
    ];
    let schedulers = [json!("wfp3"), json!("wfp3-greedy"), formula("-(wait / estimate) ^ 3 * units")];
    agree(&schedulers, &tasks, &[1, 4, 2, 3, 5]);
}

/// At 100 s task 2 has (100/10)^3 and runs to 200 s. By then 3 has (200/100)^3 = 8 and 4, which was behind it, has
/// (110/20)^3 = 166.
#[test]
fn an_order_that_changes_with_time_is_sorted_anew() {
    let tasks = [
        json!({"duration": 100, "estimate": 1}),
        json!({"arrival": 0.001, "duration": 100, "estimate": 10}),
        json!({"arrival": 0.002, "estimate": 100}),
        json!({"arrival": 90, "estimate": 20}),
    ];
    agree(&[json!("wfp3"), formula("-(wait / estimate) ^ 3 * units")], &tasks, &[1, 2, 4, 3]);
}

/// wait / (log2(max(units, 2)) x estimate) at 100 s: 50/10 = 5 (one unit counts as two), 50/20 = 2.5, 80/30 = 2.67,
/// 10/1.
#[test]
fn unicef() {
    let tasks = [
        json!({"duration": 100}),
        json!({"arrival": 50, "estimate": 10}),
        json!({"arrival": 50, "estimate": 10, "units": 4}),
        json!({"arrival": 20, "estimate": 10, "units": 8}),
        json!({"arrival": 90, "estimate": 1, "units": 2}),
    ];
    let schedulers = [json!("unicef"), json!("unicef-greedy"), formula("-wait / (log2(max(units, 2)) * estimate)")];
    agree(&schedulers, &tasks, &[1, 5, 2, 4, 3]);
}

/// One task that came at 100 s between two that came at 0 s and count as of 1 s, whose logarithm is 0: the scores of
/// the two hold the factor of the logarithm to less than a hundredth.
fn bracketed(low: [f64; 2], high: [f64; 2]) -> [Value; 4] {
    let at_zero = |[estimate, units]: [f64; 2]| json!({"estimate": estimate, "units": units as u32});
    let first = json!({"duration": 200, "estimate": 1});
    [first, at_zero(high), at_zero(low), json!({"arrival": 100, "estimate": 1})]
}

/// F1: 577 x log10(1000) = 1731 < 870 x 2 + log10(1) = 1740 < 583 x 3 = 1749. The contract's own formula adds 1 to
/// the arrival: 870 x log10(101) = 1743.8 lies between them too.
#[test]
fn f1_and_the_same_as_a_formula() {
    let own = formula("log10(estimate) * units + 870 * log10(arrival + 1)");
    let named = json!({"order": {"name": "formula", "formula": "log10(estimate)*units + 870*log10(max(arrival, 1))"}});
    agree(&[json!("f1"), json!("f1-greedy"), own, named], &bracketed([1e3, 577.0], [1e3, 583.0]), &[1, 3, 4, 2]);
}

/// F2: sqrt(10^4) x 509 = 50,900 < 25,600 x 2 + 1 = 51,201 < 51,500.
/// F3: 10^5 x 136 = 13,600,000 < 6,860,000 x 2 + 1 < 13,800,000.
/// F4: 105,000 x sqrt(100) = 1,050,000 < 530,000 x 2 + 1 < 1,070,000.
#[test]
fn f2_to_f4() {
    for (name, low, high) in
        [("f2", [1e4, 509.0], [1e4, 515.0]), ("f3", [1e5, 136.0], [1e5, 138.0]), ("f4", [105e3, 100.0], [107e3, 100.0])]
    {
        agree(&[json!(name), json!(format!("{name}-greedy"))], &bracketed(low, high), &[1, 3, 4, 2]);
    }
}

/// Lots are kept from run to run, and change with their seed. That 20 tasks come out in order of arrival, or alike
/// under two seeds, has a chance of 1/20!.
#[test]
fn random_order() {
    let tasks: Vec<Value> = (0..21).map(|i| json!({"arrival": i, "duration": 30})).collect();
    let of = |scheduler: Value| order(&scheduler, &tasks);
    let (first, again) = (of(json!("random-order")), of(json!({"name": "random-order", "seed": 0})));
    assert_eq!(first, again);
    let other = of(json!({"order": {"name": "random", "seed": 1}}));
    let sorted: Vec<u64> = (1..=21).collect();
    assert!(first != sorted && other != sorted && first != other);
}

/// Without preemption nothing has been served: order of arrival, whatever the samples.
#[test]
fn gittins_without_preemption_is_order_of_arrival() {
    let tasks = [json!({"duration": 10}), json!({"arrival": 1, "duration": 5}), json!({"arrival": 2})];
    let sampled = json!({"name": "gittins", "samples": ["1 s", 5, 10]});
    agree(&[json!("gittins"), sampled], &tasks, &[1, 2, 3]);
}

fn of_user(user: u32, arrival: u32, duration: u32) -> Value {
    json!({"user": user, "arrival": arrival, "duration": duration})
}

/// User 1 has had 10 s at 10, so 4 runs; at 20 both have had 10, so 2 as it came first; at 30 user 2 has had less.
/// With a weight of 2.5 user 1 counts 4 at 20 and 8 at 30, against 10.
#[test]
fn fair_share_by_what_users_had() {
    let tasks = [of_user(1, 0, 10), of_user(1, 1, 10), of_user(1, 2, 10), of_user(2, 3, 10), of_user(2, 4, 5)];
    let equal = [json!("fair-share"), json!("fair-share-greedy"), formula("user_usage")];
    agree(&equal, &tasks, &[1, 4, 2, 5, 3]);
    agree(&[json!({"name": "fair-share", "weights": {"1": 2.5}})], &tasks, &[1, 4, 2, 3, 5]);
}

/// Four units for 10 s are as much as one unit for 40 s.
#[test]
fn fair_share_counts_units() {
    let mut tasks = vec![of_user(1, 0, 10), of_user(1, 1, 10)];
    tasks[0]["units"] = json!(4);
    tasks.extend((2..7).map(|arrival| of_user(2, arrival, 10)));
    agree(&[json!("fair-share")], &tasks, &[1, 3, 4, 5, 6, 2, 7]);
}

/// User 1 held a unit from 0 to 100, user 2 from 200 to 200 + d; half-life 30 s. With a = 30/ln 2 = 43.28 user 1
/// counts a (1 - 2^(-100/30)) 2^(-(100 + d)/30), user 2 a (1 - 2^(-d/30)).
/// d = 3: 3.609 against 2.898, so user 2 goes first. d = 4: 3.526 against 3.821.
#[test]
fn fair_share_forgets() {
    for (d, decayed) in [(3, [1, 2, 3, 4]), (4, [1, 2, 4, 3])] {
        let tasks = [of_user(1, 0, 100), of_user(2, 200, d), of_user(2, 201, 1), of_user(1, 202, 1)];
        agree(&[json!({"name": "fair-share", "half_life": 30})], &tasks, &decayed);
        agree(&[json!("fair-share")], &tasks, &[1, 2, 3, 4]);
    }
}

/// The tasks of users 1 and 2 that start at once: five of each, user 1's first, on 100 units, 9 processors and 18 GB.
fn ghodsi(scheduler: Value) -> [usize; 2] {
    let task = |user: u32| {
        let (cpus, memory) = if user == 1 { (1, "4 GB") } else { (3, "1 GB") };
        json!({"user": user, "duration": 10, "runs_on": ["cpu"], "host_cpus": cpus, "host_memory": memory})
    };
    let mut scenario = cpus(100, [1, 1, 1, 1, 1, 2, 2, 2, 2, 2].map(task).into_iter().collect());
    scenario["cluster"]["nodes"][0]["host_cpus"] = json!(9);
    scenario["cluster"]["nodes"][0]["host_memory"] = json!("18 GB");
    let run = run(under(scenario, scheduler));
    let at_once = |tasks: std::ops::RangeInclusive<u64>| {
        run.tasks.iter().filter(|t| t.nanos("start_s") == 0 && tasks.contains(&t.int("task"))).count()
    };
    [at_once(1..=5), at_once(6..=10)]
}

/// The paper's example (Ghodsi et al., NSDI 2011, figure 3): 3 tasks of user A, who needs <1 processor, 4 GB>, and
/// 2 of B, who needs <3, 1 GB>. Order of arrival gives A all the memory that it can use.
#[test]
fn dominant_resource_fairness() {
    for scheduler in ["drf", "drf-greedy"] {
        assert_eq!(ghodsi(json!(scheduler)), [3, 2], "{scheduler}");
    }
    assert_eq!(ghodsi(json!({"name": "easy", "order": "drf"})), [3, 2]);
    assert_eq!(ghodsi(json!("fifo")), [4, 0]);
    // B counts half: A 4/18, B 1/6, B 1/3, A 8/18; then it is B's turn again, which no longer fits, and blocks.
    assert_eq!(ghodsi(json!({"name": "drf", "weights": {"2": 2}})), [2, 2]);
    assert_eq!(ghodsi(json!({"name": "drf-greedy", "weights": {"2": 2}})), [3, 2]);
}

/// Each start counts at once: with four units two tasks of each user, not three of the first.
#[test]
fn what_a_user_holds_changes_within_a_pass() {
    let task = |user: u32| json!({"user": user, "duration": 10, "runs_on": ["cpu"]});
    let tasks: Value = [1, 1, 1, 2, 2, 2].map(task).into_iter().collect();
    let schedulers =
        [json!("drf"), json!("drf-greedy"), formula("user_share"), json!({"name": "easy", "order": "drf"})];
    for scheduler in schedulers {
        let run = run(under(cpus(4, tasks.clone()), scheduler.clone()));
        assert_eq!(run.starts([1, 2, 3, 4, 5, 6]), [0.0, 0.0, 10.0, 0.0, 0.0, 10.0], "{scheduler}");
    }
}

/// A mistake is told where it stands, with what could stand there.
#[test]
fn formulas_with_mistakes() {
    for (text, words) in [
        ("estimat * units", ["found `estimat` at character 1", "estimate (s)", "log10", "did you mean `estimate`?"]),
        ("estimate * ", ["at character 12", "found the end", "expected", "a variable"]),
        ("log10(estimate", ["at character 15", "found the end", "expected", "`)`"]),
        ("lg(units)", ["found `lg` at character 1", "user_usage (unit seconds)", "or a function", "sqrt"]),
    ] {
        let text = under(cpus(1, json!([{"duration": 1, "runs_on": ["cpu"]}])), formula(text));
        let Err(error) = try_run(text, &Loader::default()) else { panic!("accepted") };
        for word in words.iter().chain(&["/policies/scheduler/order/formula"]) {
            assert!(error.contains(word), "`{word}` is not in:\n{error}");
        }
    }
}

/// Arrival, duration, width, user and deadline of tasks on four units.
fn tasks() -> impl Strategy<Value = Vec<Value>> {
    let task = (0..30u32, 1..12u32, 1..4u32, 0..3u32, 1..40u32);
    let told = task.prop_map(|(arrival, duration, units, user, deadline)| {
        json!({"arrival": arrival, "duration": duration, "units": units, "user": user, "deadline": deadline,
               "runs_on": ["cpu"]})
    });
    vec(told, 2..12)
}

fn starts(tasks: &[Value], order: &Value, backfill: &str) -> Vec<(u64, u64)> {
    let run = run(under(cpus(4, json!(tasks)), json!({"order": order, "backfill": backfill})));
    let mut all: Vec<(u64, u64)> = run.tasks.iter().map(|t| (t.int("task"), t.nanos("start_s"))).collect();
    all.sort_unstable();
    all
}

const BACKFILLS: [&str; 4] = ["none", "greedy", "easy", "conservative"];

/// Orders and what they are as formulas, in the same steps of arithmetic.
const AS_FORMULAS: [(&str, &str); 13] = [
    ("fifo", "priority"),
    ("sjf", "estimate"),
    ("ljf", "-estimate"),
    ("edf", "deadline"),
    ("llf", "deadline - remaining"),
    ("saf", "estimate * units"),
    ("smallest-first", "units"),
    ("largest-first", "-units"),
    ("wfp3", "-((wait / estimate) * (wait / estimate) * (wait / estimate) * units)"),
    ("unicef", "-(wait / (log2(max(units, 2)) * estimate))"),
    ("f2", "sqrt(estimate) * units + 25600 * log10(max(arrival, 1))"),
    ("fair-share", "user_usage"),
    ("drf", "user_share"),
];

proptest! {
    #![proptest_config(config(60))]

    /// Two ways to say the same give the same schedule.
    #[test]
    fn an_order_and_its_formula_agree(tasks in tasks(), which in 0..AS_FORMULAS.len(), backfill in 0..BACKFILLS.len()) {
        let ((name, text), backfill) = (AS_FORMULAS[which], BACKFILLS[backfill]);
        let own = starts(&tasks, &json!({"formula": text}), backfill);
        prop_assert_eq!(own, starts(&tasks, &json!(name), backfill), "{} {}", name, backfill);
    }

    /// Who shares with nobody is served in order of arrival.
    #[test]
    fn a_single_user_notices_no_fairness(mut tasks in tasks(), backfill in 0..BACKFILLS.len()) {
        tasks.iter_mut().for_each(|task| task["user"] = json!(7));
        let plain = starts(&tasks, &json!("fifo"), BACKFILLS[backfill]);
        for fair in [json!("drf"), json!("fair-share"), json!({"name": "fair-share", "half_life": 5})] {
            prop_assert_eq!(&starts(&tasks, &fair, BACKFILLS[backfill]), &plain, "{}", fair);
        }
    }
}
