//! What a tie decides, and how much hangs on it.

use serde_json::{Value, json};

use super::support::{Folder, cpus, run, under, xpusim};

/// Twelve tasks of two seconds at once on one unit.
fn alike() -> Value {
    let task = |id: u32| json!({"id": id, "duration": 2, "runs_on": ["cpu"]});
    under(cpus(1, (0..12).map(task).collect()), json!("sjf"))
}

fn order(scenario: Value) -> Vec<String> {
    run(scenario).tasks.iter().map(|t| t.text("task").to_owned()).collect()
}

#[test]
fn by_lot_is_another_order_that_a_seed_fixes() {
    let documented: Vec<String> = (0..12).map(|n| n.to_string()).collect();
    assert_eq!(order(alike()), documented);
    let shuffled = |seed: u32| {
        let mut scenario = alike();
        scenario["policies"]["shuffle_ties"] = json!(seed);
        order(scenario)
    };
    // Twelve tasks keep their order by lot once in 479 million.
    assert_ne!(shuffled(1), documented);
    assert_ne!(shuffled(1), shuffled(2));
    assert_eq!(shuffled(1), shuffled(1));
    let mut sorted = shuffled(1);
    sorted.sort_by_key(|t| t.parse::<u32>().unwrap());
    assert_eq!(sorted, documented);
}

/// What no tie decides stays: arrivals and lengths all differ.
#[test]
fn without_ties_nothing_moves() {
    let task = |id: u32| json!({"id": id, "arrival": id, "duration": 40 - id, "runs_on": ["cpu"]});
    for scheduler in ["fifo", "sjf", "ljf"] {
        let plain = under(cpus(1, (0..12).map(task).collect()), json!(scheduler));
        let mut shuffled = plain.clone();
        shuffled["policies"]["shuffle_ties"] = json!(7);
        assert_eq!(order(shuffled), order(plain), "{scheduler}");
    }
}

/// Two tasks of 1 s and 3 s with equal priority: the documented order waits 0 and 1 s, the other one 0 and 3 s.
#[test]
fn a_sweep_tells_how_far_metrics_move() {
    let folder = Folder::new();
    let tasks = json!([{"duration": 1, "runs_on": ["cpu"]}, {"duration": 3, "runs_on": ["cpu"]}]);
    let mut scenario = under(cpus(1, tasks), json!("priority"));
    scenario["name"] = json!("two");
    folder.file("two.json", &scenario.to_string());
    // All eight shuffles alike: once in 256. The seeds are fixed.
    let said =
        xpusim(folder.path(), &["compare", "two.json", "--tie-sweep", "8", "--out", "out", "--no-plots"]).exits(0);
    assert!(said.out.contains("ties by lot move"), "{}", said.out);
    let ties = folder.read("out/ties.csv");
    assert!(ties.contains("as documented,wait_s.mean,0.5,0.5,1.5,2\n"), "{ties}");
    assert!(ties.contains("as documented,makespan_s,4,4,4,0\n"), "{ties}");
    let shuffled = ["run", "two.json", "--shuffle-ties", "1", "--out", "run", "--no-plots", "--quiet"];
    xpusim(folder.path(), &shuffled).exits(0);
    assert!(folder.read("run/manifest.json").contains("\"shuffle_ties\": 1"));
}
