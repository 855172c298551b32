//! Clouds of regions: prices, links, pools, spot, failures, all worked out by hand beside each test.

use serde_json::{Value, json};

use super::support::{Run, cluster, cpus, run};

/// One unit at home; a cloud with no latency and endless links; an instance costs 3.6 USD an hour, 0.001 a second.
fn away(tasks: Value, policy: Value, instance: Value, cloud: Value) -> Value {
    let mut scenario = cpus(1, tasks);
    scenario["policies"] = json!({"cloud": policy});
    let mut one = json!({"name": "t", "price_per_hour": 3.6, "billed_at_least": 0});
    merge(&mut one, instance);
    let mut all = json!({"regions": [{"name": "r", "rtt": 0, "uplink": 1e300, "downlink": 1e300, "instances": [one]}]});
    merge(&mut all, cloud);
    scenario["cloud"] = all;
    scenario
}

fn merge(into: &mut Value, from: Value) {
    for (key, value) in from.as_object().unwrap() {
        into[key] = value.clone();
    }
}

fn region(scenario: &mut Value, words: Value) {
    merge(&mut scenario["cloud"]["regions"][0], words);
}

fn task(id: u32, arrival: f64, duration: f64) -> Value {
    json!({"id": id, "arrival": arrival, "duration": duration, "runs_on": ["cpu"]})
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1e-3), "found {found}, expected {expected}");
}

fn fingerprint(scenario: Value) -> u64 {
    run(scenario).replications[0].fingerprint
}

/// A stream of tasks with data, half of which leaves.
fn stream(cloud: Value) -> Value {
    json!({"cluster": cluster("cpu-generic", 2), "cloud": cloud,
        "policies": {"cloud": {"name": "threshold", "backlog": 2}},
        "workload": [{"source": "synthetic", "count": 300, "arrivals": {"process": "poisson", "rate": 3},
            "tasks": [{"runs_on": ["cpu"], "duration": {"dist": "exponential", "mean": 1}, "input": "3 MB",
                       "output": "1 MB"}]}]})
}

#[test]
fn the_plain_form_is_one_region_with_one_type() {
    let rtt = json!({"dist": "exponential", "mean": 0.2});
    let plain = json!({"speed": 3, "rtt": rtt, "uplink": "10 MB/s", "downlink": "5 MB/s", "price_per_hour": 2,
        "price_per_gb_out": 0.1, "billed_at_least": 2});
    let regions = json!({"regions": [{"name": "r", "rtt": rtt, "uplink": "10 MB/s", "downlink": "5 MB/s",
        "price_per_gb_out": 0.1,
        "instances": [{"name": "t", "speed": 3, "price_per_hour": 2, "billed_at_least": 2}]}]});
    let (one, two) = (run(stream(plain)), run(stream(regions)));
    assert!(one.metric("cloud.offloaded") > 50.0);
    assert_eq!(one.replications[0].fingerprint, two.replications[0].fingerprint);
    assert_eq!(one.replications[0].metrics, two.replications[0].metrics);
}

#[test]
fn what_never_happens_changes_nothing() {
    let plain = json!({"rtt": "100 ms", "uplink": "10 MB/s"});
    let mut careful = plain.clone();
    merge(
        &mut careful,
        json!({"failures": {"probability": 0}, "timeout": "1 d", "retry": {"budget": 3},
        "breaker": {"after": 1}, "hedge": {"after": "1 d"}}),
    );
    assert_eq!(fingerprint(stream(plain)), fingerprint(stream(careful)));
    // An endless link is the same, shared or not; so is one that nobody has to share.
    let region = |words: Value| {
        let mut region = json!({"name": "r", "rtt": "100 ms", "uplink": 1e300, "downlink": 1e300,
            "instances": [{"name": "t"}]});
        merge(&mut region, words);
        fingerprint(stream(json!({"regions": [region]})))
    };
    assert_eq!(region(json!({})), region(json!({"shared": true})));
    let slow = json!({"uplink": "10 MB/s", "downlink": "10 MB/s"});
    let limited = json!({"uplink": 1e300, "downlink": 1e300, "shared": true, "per_task": "10 MB/s"});
    assert_eq!(region(slow), region(limited));
    // A pool without bounds in which nothing boots is no pool.
    let pool = |words: Value| {
        let mut instance = json!({"name": "t"});
        merge(&mut instance, words);
        region(json!({"instances": [instance]}))
    };
    assert_eq!(pool(json!({})), pool(json!({"boot": 0, "limit": 100_000})));
}

#[test]
fn without_latency_and_with_endless_links_the_cloud_is_home() {
    let there = run({
        let mut s = stream(json!({"rtt": 0, "uplink": 1e300, "downlink": 1e300}));
        s["policies"] = json!({"cloud": "always"});
        s
    });
    let here = run({
        let mut s = stream(json!({"rtt": 0}));
        s["policies"] = json!({"cloud": "never"});
        s["cluster"] = cluster("cpu-generic", 60);
        s
    });
    for id in 1..=300 {
        let (a, b) = (there.task(&id.to_string()), here.task(&id.to_string()));
        for column in ["arrival_s", "start_s", "finish_s", "run_s", "response_s"] {
            assert_eq!(a.text(column), b.text(column), "{id} {column}");
        }
    }
}

/// 61.2 s: 62 s by the second; 120 by the minute; 90 and then 120 with a minimum of 90; two units twice that. 2 GB out
/// at 0.1 are 0.2 USD.
#[test]
fn prices_have_a_minimum_and_a_granularity_and_egress() {
    let price = |instance: Value, units: u32| {
        let mut one = task(1, 0.0, 61.2);
        one["units"] = json!(units);
        one["output"] = json!("2 GB");
        let mut scenario = away(json!([one]), json!("always"), instance, json!({}));
        scenario["cluster"] = cluster("cpu-generic", 2);
        region(&mut scenario, json!({"price_per_gb_out": 0.1}));
        let run = run(scenario);
        near(run.metric("cloud.cost_usd"), run.task("1").real("cost_usd"));
        run.metric("cloud.cost_usd")
    };
    near(price(json!({}), 1), 0.262);
    near(price(json!({"granularity": 60}), 1), 0.32);
    near(price(json!({"billed_at_least": 90}), 1), 0.29);
    near(price(json!({"billed_at_least": 90, "granularity": 60}), 2), 0.44);
    // The same from a pool in which nothing is kept.
    near(price(json!({"limit": 2, "granularity": 60}), 2), 0.44);
}

/// 100 B/s. From 0 to 1 the first alone moves 100 of its 300; from 1 to 2 two move 50 each; from 2 three share: the
/// third is done at 5, the first at 6, the second at 7. Round trips of 0.5 s come before. At 1000 B/s down each output
/// of 1000 B has the link for itself.
#[test]
fn three_uploads_share_a_link() {
    let sent = |id, arrival, bytes: u32| json!({"id": id, "arrival": arrival, "duration": 1, "input": bytes, "output": 1000, "runs_on": ["cpu"]});
    let tasks = json!([sent(1, 0, 300), sent(2, 1, 300), sent(3, 2, 100)]);
    let mut scenario = away(tasks, json!("always"), json!({}), json!({}));
    region(&mut scenario, json!({"shared": true, "uplink": 100, "downlink": 2000, "rtt": 0.5}));
    let run = run(scenario);
    assert_eq!(run.starts([1, 2, 3]), [6.5, 7.5, 5.5]);
    // Back: the third from 6.5; the first from 7.5, the second from 8.5: half a second each.
    let ends = ["1", "2", "3"].map(|id| run.task(id).real("finish_s"));
    assert_eq!(ends, [8.0, 9.0, 7.0]);
}

/// Boot 10 s, upload 4 s: one after the other 14, at the same time 10.
#[test]
fn booting_may_overlap_the_upload() {
    for (early, start, cost) in [(false, 14.0, 0.011), (true, 10.0, 0.011)] {
        let mut one = task(1, 0.0, 1.0);
        one["input"] = json!(400);
        let instance = json!({"boot": 10, "boot_during_upload": early});
        let mut scenario = away(json!([one]), json!("always"), instance, json!({}));
        region(&mut scenario, json!({"uplink": 100}));
        let run = run(scenario);
        assert_eq!(run.starts([1]), [start]);
        run.expect("cloud.boot_s.mean", 10.0);
        near(run.metric("cloud.cost_usd"), cost);
    }
}

/// Boot 10 s, kept for 30 s. Task 1 boots one and runs from 10 to 15; 2 finds it warm at 20; it is let go at 55, so 3
/// boots another at 60, which the end of the run finds at 75. Paid: 55 + 15 s, of which 35 nobody used. One that is
/// always warm serves all three at once, and is paid for until the end at 65.
#[test]
fn instances_are_kept_warm_and_paid_for() {
    let tasks = json!([task(1, 0.0, 5.0), task(2, 20.0, 5.0), task(3, 60.0, 5.0)]);
    let kept = run(away(tasks.clone(), json!("always"), json!({"boot": 10, "keep_alive": 30}), json!({})));
    assert_eq!(kept.starts([1, 2, 3]), [10.0, 20.0, 70.0]);
    near(kept.metric("cloud.cost_usd"), 0.070);
    near(kept.metric("cloud.idle_usd"), 0.035);
    kept.expect("cloud.boots", 2.0);
    let costs = ["1", "2", "3"].map(|id| kept.task(id).real("cost_usd"));
    for (found, expected) in costs.into_iter().zip([0.015, 0.005, 0.015]) {
        near(found, expected);
    }
    let warm = run(away(tasks, json!("always"), json!({"boot": 10, "warm": 1}), json!({})));
    assert_eq!(warm.starts([1, 2, 3]), [0.0, 20.0, 60.0]);
    near(warm.metric("cloud.cost_usd"), 0.065);
}

/// Two instances at most: 3 waits for 1, 4 for 2, 5 for 3; nothing overtakes. A task of three units never fits: home.
#[test]
fn beyond_the_limit_tasks_wait_in_line() {
    let mut wide = task(6, 3.0, 1.0);
    wide["units"] = json!(3);
    let tasks =
        json!([task(1, 0.0, 4.0), task(2, 1.0, 4.0), task(3, 2.0, 4.0), task(4, 2.0, 1.0), task(5, 2.5, 1.0), wide]);
    let mut scenario = away(tasks, json!("always"), json!({"limit": 2}), json!({}));
    scenario["cluster"] = cluster("cpu-generic", 3);
    let run = run(scenario);
    assert_eq!(run.starts([1, 2, 3, 4, 5, 6]), [0.0, 1.0, 4.0, 5.0, 6.0, 3.0]);
    assert_eq!(run.task("6").text("location"), "local");
}

/// 100 W for 36 s are 1 Wh; at 500 g/kWh that is 0.5 g.
#[test]
fn carbon_is_power_times_time_times_intensity() {
    let mut scenario = away(json!([task(1, 0.0, 36.0)]), json!("always"), json!({"power": 100}), json!({}));
    region(&mut scenario, json!({"carbon": 500}));
    near(run(scenario).metric("cloud.carbon_g"), 0.5);
}

fn spot_run(spot: Value, margin: u32) -> Run {
    let mut one = task(1, 0.0, 10.0);
    one["deadline"] = json!(20);
    let mut terms = json!({"factor": 0.3, "life": 4});
    merge(&mut terms, spot);
    let policy = json!({"name": "spot-then-on-demand", "margin": margin});
    run(away(json!([one]), policy, json!({"spot": terms}), json!({})))
}

/// 10 s of work, 20 s of time, a margin of 5: spot at 0 (20 > 15), taken at 4, again (16 > 15), taken at 8, now on demand
/// (12 < 15) until 18. Paid: 2 × 4 s at 0.3, 10 s in full. With states saved every 3 s and lives of 4.5 s: 3 s of work
/// are kept at 4.5 and at 9, the last 4 end at 13; paid 5 + 5 + 4 s, lost 2 × 1.5. With a notice all 4 s are kept.
#[test]
fn spot_instances_are_lost_and_work_goes_on_elsewhere() {
    let lost = spot_run(json!({}), 5);
    assert_eq!(lost.task("1").real("finish_s"), 18.0);
    lost.expect("cloud.spot_preemptions", 2.0);
    lost.expect("preemption.lost_s", 8.0);
    near(lost.metric("cloud.cost_usd"), 0.0124);
    let saved = spot_run(json!({"life": 4.5, "checkpoint": 3}), 5);
    assert_eq!(saved.task("1").real("finish_s"), 13.0);
    assert_eq!(saved.task("1").real("run_s"), 10.0);
    saved.expect("preemption.lost_s", 3.0);
    near(saved.metric("cloud.cost_usd"), 0.0042);
    let told = spot_run(json!({"checkpoint": 3, "notice": 1}), 5);
    assert_eq!(told.task("1").real("finish_s"), 10.0);
    told.expect("cloud.spot_preemptions", 2.0);
    // No slack: on demand from the start.
    assert!(!spot_run(json!({}), 15).replications[0].metrics.contains_key("cloud.spot_preemptions"));
}

/// Every attempt is refused at once. Back-off 1, 2, min(3, 4): attempts at 0, 1, 3 and 6; then the budget is used up.
#[test]
fn failures_are_tried_again_until_the_budget_is_used_up() {
    let cloud =
        |then: &str| json!({"failures": {"probability": 1}, "retry": {"budget": 3, "base": 1, "cap": 3, "then": then}});
    let failed = run(away(json!([task(1, 0.0, 4.0)]), json!("always"), json!({}), cloud("fail")));
    let row = failed.task("1");
    assert_eq!((row.text("status"), row.real("finish_s")), ("failed", 6.0));
    failed.expect("cloud.failures", 4.0);
    failed.expect("cloud.retries", 3.0);
    let home = run(away(json!([task(1, 0.0, 4.0)]), json!("always"), json!({}), cloud("local")));
    let row = home.task("1");
    assert_eq!((row.text("status"), row.text("location")), ("completed", "local"));
    assert_eq!((row.real("start_s"), row.real("finish_s")), (6.0, 10.0));
    home.expect("cloud.came_home", 1.0);
    // Half of the run is done, paid for, and lost each time: 0 to 2, 3 to 5, 7 to 9, 12 to 14.
    let mut later = cloud("fail");
    later["failures"]["at"] = json!(0.5);
    let later = run(away(json!([task(1, 0.0, 4.0)]), json!("always"), json!({}), later));
    assert_eq!(later.task("1").real("finish_s"), 14.0);
    near(later.metric("cloud.cost_usd"), 0.008);
}

/// Planners of graphs take back what comes home.
#[test]
fn what_comes_home_is_planned_again() {
    let mut second = task(2, 0.0, 1.0);
    second["after"] = json!([1]);
    let cloud = json!({"failures": {"probability": 1}, "retry": {"budget": 1, "then": "local"}});
    let mut scenario = away(json!([task(1, 0.0, 4.0), second]), json!("always"), json!({}), cloud);
    for scheduler in ["heft", "fifo", "easy", "work-stealing"] {
        scenario["policies"]["scheduler"] = json!(scheduler);
        let run = run(scenario.clone());
        assert_eq!(run.starts([1, 2]), [1.0, 6.0], "{scheduler}");
    }
}

/// Attempts of more than 5 s fail: 1 at 5, 2 at 6, which opens the breaker until 16. 3 stays at home; 4 is let through at
/// 20 and succeeds at 21; open for 15 s. 5 leaves again.
#[test]
fn a_breaker_opens_probes_and_closes() {
    let tasks =
        json!([task(1, 0.0, 9.0), task(2, 1.0, 9.0), task(3, 10.0, 1.0), task(4, 20.0, 1.0), task(5, 22.0, 1.0)]);
    let cloud = json!({"timeout": 5, "breaker": {"after": 2, "probe_after": 10}});
    let run = run(away(tasks, json!("always"), json!({}), cloud));
    let places = ["1", "2", "3", "4", "5"].map(|id| run.task(id).text("location").to_owned());
    assert_eq!(places, ["cloud", "cloud", "local", "cloud", "cloud"]);
    assert_eq!(run.task("2").real("finish_s"), 6.0);
    run.expect("cloud.breaker_open_s", 15.0);
    run.expect("tasks.failed", 2.0);
}

/// The second copy leaves at 3 and would be done at 13; the first is at 10. Both are paid for: 10 + 7 s.
#[test]
fn the_first_copy_to_come_back_wins_and_both_are_paid_for() {
    let run = run(away(json!([task(1, 0.0, 10.0)]), json!("always"), json!({}), json!({"hedge": {"after": 3}})));
    assert_eq!(run.task("1").real("finish_s"), 10.0);
    run.expect("cloud.hedges", 1.0);
    near(run.metric("cloud.cost_usd"), 0.017);
}

/// Round trips take 0.5 or 50 s: with a hedge at 3, responses are 1.5 (1/2), 4.5 (1/4) and 51 s (1/4). Of 400 tasks the
/// third kind has a standard deviation of 8.7: four of them.
#[test]
fn a_hedge_is_a_minimum_of_two() {
    let mut scenario = away(json!([task(1, 0.0, 1.0)]), json!("always"), json!({}), json!({"hedge": {"after": 3}}));
    region(&mut scenario, json!({"rtt": {"dist": "empirical", "values": [0.5, 50]}}));
    scenario["workload"] = json!([{"source": "synthetic", "count": 400, "arrivals": {"process": "poisson", "rate": 1},
        "tasks": [{"runs_on": ["cpu"], "duration": 1}]}]);
    let run = run(scenario);
    let count = |response: &str| run.tasks.iter().filter(|t| t.text("response_s") == response).count();
    let (fast, hedged, slow) = (count("1.5"), count("4.5"), count("51"));
    assert_eq!(fast + hedged + slow, 400);
    assert!((slow as f64 - 100.0).abs() < 35.0 && (fast as f64 - 200.0).abs() < 40.0, "{fast} {hedged} {slow}");
    run.expect("cloud.hedges", (hedged + slow) as f64);
}

/// A kind of instance takes what has such a unit at home, at that unit's speed times its own: 8 s of reference work at
/// 4 times the speed of a gpu at home are 2 s.
#[test]
fn a_kind_of_instance_runs_what_that_kind_runs() {
    let tasks =
        json!([{"id": 1, "duration": 8, "runs_on": ["gpu", "cpu"]}, {"id": 2, "duration": 8, "runs_on": ["cpu"]}]);
    let mut scenario = away(tasks, json!("always"), json!({"kind": "gpu", "speed": 4}), json!({}));
    scenario["devices"] = json!({"g": {"kind": "gpu", "power": {"idle": 1, "active": 2}}});
    scenario["cluster"]["nodes"][0]["units"] =
        json!([{"device": "cpu-generic", "count": 1}, {"device": "g", "count": 1}]);
    let run = run(scenario);
    assert_eq!((run.task("1").text("location"), run.task("1").real("finish_s")), ("cloud", 2.0));
    assert_eq!((run.task("2").text("location"), run.task("2").real("finish_s")), ("local", 8.0));
}

/// A task's round-trip time is its own: it does not depend on which others leave, correlated or not.
#[test]
fn latencies_do_not_depend_on_the_policy() {
    for correlation in [0.0, 0.8] {
        let waits = |policy: Value| {
            let mut scenario = stream(json!({"regions": [{"name": "r", "correlation": correlation,
                "rtt": {"dist": "shifted-lognormal", "shift": 0.1, "mean": 0.2, "cv": 1}, "instances": [{"name": "t"}]}]}));
            scenario["policies"] = json!({"cloud": policy});
            let gone = |t: &&super::support::Row| t.text("location") == "cloud";
            let wait = |t: &super::support::Row| (t.text("task").to_owned(), t.text("wait_s").to_owned());
            run(scenario).tasks.iter().filter(gone).map(wait).collect::<std::collections::BTreeMap<_, _>>()
        };
        let all = waits(json!("always"));
        let some = waits(json!({"name": "probabilistic", "p": 0.5}));
        assert!(all.len() == 300 && (100..200).contains(&some.len()));
        assert!(some.iter().all(|(task, wait)| all[task] == *wait));
    }
}

#[test]
fn wrong_words_are_told_with_their_place() {
    let complaint = |instance: Value, cloud: Value| {
        let scenario = away(json!([task(1, 0.0, 1.0)]), json!("always"), instance, cloud);
        super::support::try_run(scenario, &Default::default()).map(|_| ()).unwrap_err()
    };
    for (instance, cloud, words) in [
        (json!({"kind": "gpux"}), json!({}), "/cloud/regions/0/instances/0/kind"),
        (json!({"kind": "gpu"}), json!({}), "no unit at home is a gpu"),
        (json!({"limit": 0}), json!({}), "/cloud/regions/0/instances/0/limit"),
        (json!({"spot": {"factor": 2, "life": 1}}), json!({}), "spot/factor"),
        (json!({"spot": {"factor": 0.5, "life": 0}}), json!({}), "spot/life"),
        (json!({"granularity": 0}), json!({}), "granularity"),
        (json!({}), json!({"speed": 2}), "stands in the regions"),
        (json!({}), json!({"failures": {"probability": 1.5}}), "a probability in [0, 1]"),
        (json!({}), json!({"hedge": {}}), "found neither or both"),
        (json!({}), json!({"breaker": {"after": 0}}), "/cloud/breaker/after"),
    ] {
        let found = complaint(instance, cloud);
        assert!(found.contains(words), "{words}: {found}");
    }
}
