//! More relations between runs: names and order of the input, time cut off or repeated, machines changed.
//!
//! What holds for some policies only is claimed for those only.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::conserve::config;
use super::metamorphic::{LISTS, Tasks, narrow, scenario, scheduled, starts, starts_of, wide};
use super::support::{Folder, run, under, xpusim};

const SECOND: u64 = 1_000_000_000;

/// The same tasks with arrivals that differ: no tie is left to the order of the list.
fn apart(tasks: &Tasks) -> Tasks {
    let mut tasks = tasks.clone();
    tasks.sort_by_key(|t| t.0);
    let mut last = None;
    for task in &mut tasks {
        let next = last.map_or(task.0, |l: u32| task.0.max(l + 1));
        (task.0, last) = (next, Some(next));
    }
    tasks
}

/// The scenario's list, each task with the id that `name` gives its position.
fn named(mut scenario: Value, name: impl Fn(usize) -> u32) -> Value {
    for (i, task) in scenario["workload"][0]["tasks"].as_array_mut().unwrap().iter_mut().enumerate() {
        task["id"] = json!(name(i));
    }
    scenario
}

proptest! {
    #![proptest_config(config(30))]

    /// T3: where no two tasks arrive together, the order of the list means nothing.
    #[test]
    fn the_order_of_the_file_means_nothing(tasks in wide(), turn in 0..8usize, which in 0..LISTS.len()) {
        let plain = named(under(scenario(&apart(&tasks), 4, 1, 0), json!(LISTS[which])), |i| i as u32);
        let mut turned = plain.clone();
        let list = turned["workload"][0]["tasks"].as_array_mut().unwrap();
        let by = turn % list.len();
        list.rotate_left(by);
        list.reverse();
        prop_assert_eq!(starts(turned), starts(plain));
    }

    /// T4: names mean nothing.
    #[test]
    fn names_mean_nothing(tasks in wide(), which in 0..LISTS.len()) {
        let tasks = apart(&tasks);
        let plain = under(scenario(&tasks, 4, 1, 0), json!(LISTS[which]));
        let mut renamed = starts(named(plain.clone(), |i| 1000 - 7 * i as u32));
        renamed.reverse();
        prop_assert_eq!(renamed, starts(plain));
    }

    /// T5: once all is done the same workload goes the same way. Not where the turn goes on, as round-robin's does.
    #[test]
    fn after_all_is_done_history_repeats_itself(tasks in wide(), which in 0..LISTS.len() - 1) {
        let later = 1000;
        let again = tasks.iter().map(|t| (t.0 + later, t.1, t.2, t.3));
        let twice: Tasks = tasks.iter().copied().chain(again).collect();
        let found = scheduled(&twice, 4, LISTS[which]);
        let (first, second) = found.split_at(tasks.len());
        let moved: Vec<u64> = first.iter().map(|s| s + u64::from(later) * SECOND).collect();
        prop_assert_eq!(second, moved);
    }

    /// T7: a run that is cut off is the beginning of the whole one.
    #[test]
    fn a_cut_run_is_a_beginning(tasks in wide(), until in 1..40u32, which in 0..LISTS.len()) {
        let whole = under(scenario(&tasks, 4, 1, 0), json!(LISTS[which]));
        let mut cut = whole.clone();
        cut["stop"] = json!({"time": until});
        let rows = |scenario| run(scenario).tasks;
        let ended: Vec<_> =
            rows(whole).into_iter().filter(|t| t.nanos("finish_s") <= u64::from(until) * SECOND).collect();
        prop_assert_eq!(rows(cut), ended);
    }

    /// M1: for tasks of one unit, one more unit does not add to the sum of waits.
    #[test]
    fn one_more_unit_does_not_add_to_waiting(tasks in narrow(), units in 1..4u32) {
        for scheduler in ["fifo", "fifo-greedy", "easy", "conservative", "ljf", "priority"] {
            let sum = |units| scheduled(&tasks, units, scheduler).iter().sum::<u64>();
            prop_assert!(sum(units + 1) <= sum(units), "{}", scheduler);
        }
    }

    /// M5: a task that takes no time is in nobody's way, where all are one unit wide.
    #[test]
    fn a_task_of_no_length_is_in_nobodys_way(tasks in narrow(), at in 0..30u32, which in 0..LISTS.len()) {
        // In the machine's last place among equals, so that turns and numbers of the others stay as they are.
        if LISTS[which] == "round-robin" {
            return Ok(());
        }
        let mut more = tasks.clone();
        more.push((at, 0, 1, 0));
        let mut found = scheduled(&more, 2, LISTS[which]);
        found.pop();
        prop_assert_eq!(found, scheduled(&tasks, 2, LISTS[which]));
    }

    /// H5: units of different speeds may be listed in any order, where the fastest or the soonest is taken.
    #[test]
    fn the_order_of_the_machine_means_nothing(tasks in narrow(), turn in 0..3usize) {
        for scheduler in [json!("met"), json!("fifo"), json!({"order": "fifo", "placement": "fastest-finish"})] {
            let on = |order: [usize; 3]| {
                let mut scenario = under(scenario(&tasks, 1, 1, 0), scheduler.clone());
                let device = |speed: f64| json!({"kind": "cpu", "speed": speed, "power": {"idle": 1, "active": 2}});
                scenario["devices"] = json!({"a": device(1.0), "b": device(2.0), "c": device(4.0)});
                let names = ["a", "b", "c"];
                let units = order.map(|i| json!({"device": names[i]}));
                scenario["cluster"]["nodes"][0]["units"] = json!(units);
                starts(scenario)
            };
            let mut order = [0, 1, 2];
            order.rotate_left(turn);
            prop_assert_eq!(on(order), on([2, 1, 0]), "{}", scheduler);
        }
    }

    /// K2: how often the time line is sampled changes no task and no metric.
    #[test]
    fn looking_changes_nothing(tasks in wide(), interval in 1..20u32, which in 0..LISTS.len()) {
        let plain = under(scenario(&tasks, 4, 1, 0), json!(LISTS[which]));
        let mut sampled = plain.clone();
        sampled["output"] = json!({"interval": format!("{interval} s")});
        let (plain, sampled) = (run(plain), run(sampled));
        prop_assert_eq!(starts_of(&plain), starts_of(&sampled));
        prop_assert_eq!(&plain.replications[0].metrics, &sampled.replications[0].metrics);
    }
}

/// K3: nor does writing down every event, or drawing.
#[test]
fn writing_changes_nothing() {
    let folder = Folder::new();
    let tasks: Tasks = (0..40).map(|i| (i * 3 % 29, 1 + i * 7 % 11, 1 + i % 3, i % 4)).collect();
    let mut scenario = under(scenario(&tasks, 4, 1, 0), json!("easy"));
    scenario["name"] = json!("written");
    folder.file("written.json", &scenario.to_string());
    xpusim(folder.path(), &["run", "written.json", "--out", "bare", "--no-plots", "--quiet"]).exits(0);
    xpusim(folder.path(), &["run", "written.json", "--out", "all", "--events", "--png", "--check"]).exits(0);
    for file in ["summary.json", "tasks.csv", "units.csv", "timeline.csv"] {
        assert_eq!(folder.read(&format!("all/{file}")), folder.read(&format!("bare/{file}")), "{file}");
    }
    assert!(folder.read("all/events.csv").lines().count() > 40 * 4);
}
