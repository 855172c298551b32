//! Bills: PUE, tariffs and carbon by hand. The arithmetic stands beside each test.

use std::sync::Arc;

use serde_json::{Value, json};
use xpu_manager_rust::experiment::{Outputs, RunOptions, replicate};
use xpu_manager_rust::json::Document;
use xpu_manager_rust::policy::registry::{BuildError, NoParams, Plugin, Registry};
use xpu_manager_rust::policy::{ClusterView, Pass, Scheduler};
use xpu_manager_rust::scenario::{Loader, Plan};
use xpu_manager_rust::units::TaskId;

use super::support::{cluster, run, try_run};

/// One unit, idle 100 W, busy 1000 W, which works from 0.5 h to 2.5 h.
fn scenario(facility: Value) -> Value {
    let mut machine = cluster("own", 1);
    machine["facility"] = facility;
    json!({"devices": {"own": {"kind": "cpu", "power": {"idle": 100, "active": 1000}}}, "cluster": machine,
           "workload": [{"source": "tasks", "tasks": [
               {"id": 1, "arrival": "0.5 h", "duration": "2 h", "runs_on": ["cpu"]}]}]})
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs(), "found {found}, expected {expected}");
}

/// | hours | power | PUE | USD/kWh | g/kWh | facility kWh |
/// |---|---|---|---|---|---|
/// | 0 to 0.5 | 0.1 kW | 1.2 | 0.10 | 400 | 0.06 |
/// | 0.5 to 1 | 1 kW | 1.2 | 0.10 | 400 | 0.6 |
/// | 1 to 2 | 1 kW | 1.5 | 0.30 | 400 | 1.5 |
/// | 2 to 2.5 | 1 kW | 1.5 | 0.10 | 100 | 0.75 |
///
/// Energy 2.91 kWh of 2.05; 0.066 + 0.45 + 0.075 = 0.591 USD; 264 + 600 + 75 = 939 g. Made with 876 kg for ten
/// years of 365 days: two hours of work bear 876000 · 2 / 87600 = 20 g.
#[test]
fn a_bill_over_changes_of_all_rates() {
    let run = run(scenario(json!({
        "pue": {"steps": [[0, 1.2], ["1 h", 1.5]]},
        "price": {"period": "2 h", "steps": [[0, 0.1], ["1 h", 0.3]]},
        "carbon": {"steps": [[0, 400], ["2 h", 100]]},
        "embodied": {"kg_per_device": 876, "lifetime": "3650 d"},
    })));
    near(run.metric("facility.energy_j"), 2.91 * 3.6e6);
    near(run.metric("facility.pue"), 2.91 / 2.05);
    near(run.metric("cost.energy_usd"), 0.591);
    near(run.metric("carbon.operational_g"), 939.0);
    near(run.metric("carbon.embodied_g"), 20.0);
    near(run.metric("carbon.total_g"), 959.0);
}

/// Rates that never change are the energy times them, and what is not asked for is not told.
#[test]
fn constant_rates_are_factors() {
    let run = run(scenario(json!({"price": 0.25})));
    near(run.metric("cost.energy_usd"), 2.05 * 0.25);
    near(run.metric("facility.energy_j"), run.metric("energy_j.total"));
    assert!(!run.replications[0].metrics.keys().any(|k| k.starts_with("carbon.")));
}

/// Statistics from 1 h on: the last two rows of the table above, and 1.5 h of work.
#[test]
fn the_bill_begins_after_the_warm_up() {
    let mut scenario = scenario(json!({
        "pue": {"steps": [[0, 1.2], ["1 h", 1.5]]},
        "price": {"period": "2 h", "steps": [[0, 0.1], ["1 h", 0.3]]},
        "embodied": {"kg_per_device": 876, "lifetime": "3650 d"},
    }));
    scenario["warmup"] = json!("1 h");
    let run = run(scenario);
    near(run.metric("facility.energy_j"), 2.25 * 3.6e6);
    near(run.metric("cost.energy_usd"), 0.45 + 0.075);
    near(run.metric("carbon.embodied_g"), 15.0);
}

/// A bill changes no event of the machine, only what is told of it.
#[test]
fn a_bill_leaves_the_run_as_it_is() {
    let mut plain = scenario(json!({"price": {"period": "7 min", "steps": [[0, 0.1], ["3 min", 0.3]]}}));
    let billed = run(plain.clone());
    plain["cluster"].as_object_mut().unwrap().remove("facility");
    let plain = run(plain);
    assert_eq!(billed.replications[0].fingerprint, plain.replications[0].fingerprint);
    let mut rest = billed.replications[0].metrics.clone();
    rest.retain(|name, _| !name.starts_with("facility.") && !name.starts_with("cost."));
    assert_eq!(rest, plain.replications[0].metrics);
    assert_eq!(billed.folder.read("units.csv"), plain.folder.read("units.csv"));
}

/// A scheduler that never starts anything.
struct Idler;

impl Plugin for Idler {
    const NAME: &'static str = "idler";
    const ABOUT: &'static str = "starts nothing";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}

impl Scheduler for Idler {
    fn on_ready(&mut self, _: TaskId, _: &ClusterView<'_>) {}
    fn on_leave(&mut self, _: TaskId, _: &ClusterView<'_>) {}
    fn pass(&mut self, _: &mut Pass<'_>) {}
}

/// A stuck run is told as such, though tariffs, air and epochs would go on for ever.
#[test]
fn tariffs_do_not_hide_a_stuck_run() {
    let mut stuck = scenario(json!({"price": {"period": "1 h", "steps": [[0, 0.1], ["30 min", 0.3]]}}));
    stuck["name"] = json!("stuck");
    stuck["policies"] = json!({"scheduler": "idler"});
    let mut registry = Registry::builtin();
    registry.scheduler_plugin::<Idler>();
    let registry = Arc::new(registry);
    let plan = Plan::new(&Document::from_value(stuck), &Loader::default(), &registry).unwrap();
    let options = RunOptions { check: true, max_events: 1000, stop: Arc::default(), progress: &() };
    let error = replicate(&plan, &registry, &Outputs { folder: None, events: false, ..Outputs::default() }, &options)
        .err()
        .unwrap();
    assert!(error.to_string().contains("no progress"), "{error}");
}

#[test]
fn faults_are_told_where_they_stand() {
    for (facility, words) in [
        (json!({"pue": 0.9}), "/cluster/facility/pue"),
        (json!({"price": {"steps": [[0, 0.1], ["1 h", -1]]}}), "/cluster/facility/price/steps/1/1"),
        (json!({"carbon": {"steps": [["1 h", 3]]}}), "the first step must be at 0"),
        (json!({"carbon": {"period": "1 h", "steps": [[0, 3], ["1 h", 4]]}}), "within the period"),
        (json!({"carbon": "much"}), "expected a number, or steps"),
        (json!({"embodied": {"kg_per_device": 1, "lifetime": 0}}), "/cluster/facility/embodied/lifetime"),
    ] {
        let error = try_run(scenario(facility), &Loader::default()).err().unwrap();
        assert!(error.contains(words), "{error}");
    }
}
