//! Clusters that fill up with the pods of a list.

use std::path::Path;

use serde_json::{Value, json};
use xpu_manager_rust::scenario::Loader;

use super::support::{Folder, Run, data, rows, try_run};

const HEADER: &str =
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time\n";

fn fill(folder: &Path, pods: &str, cluster: Value, draw: Value, scheduler: &str) -> Result<Run, String> {
    let trace = json!({"source": "trace", "format": "openb", "path": pods, "durations": "endless", "draw": draw});
    let scenario = json!({
        "stop": {"time": "4 h"},
        "cluster": cluster,
        "workload": [trace],
        "policies": {"scheduler": scheduler, "queue_limit": 0},
    });
    try_run(scenario, &Loader { base: folder.to_owned(), allowed: Vec::new() })
}

fn two_nodes() -> Value {
    json!({"nodes": [{"name": "n", "count": 2, "units": [{"device": "T4", "count": 2}]}]})
}

/// Three pods of a GPU each, one of which never ran, on four GPUs up to 150 %: six come, a second apart, under
/// names of their own; four stay and two are turned away. No pod ends within the run.
#[test]
fn a_list_is_drawn_again_until_demand_is_reached() {
    let folder = Folder::new();
    let pods = "a,1000,1024,1,1000,,LS,Running,0,5,1\nb,1000,1024,1,1000,,LS,Running,1,9,2\nc,1000,1024,1,1000,,LS,Pending,2,,\n";
    folder.file("pods.csv", &format!("{HEADER}{pods}"));
    let run =
        |scheduler| fill(folder.path(), "pods.csv", two_nodes(), json!({"until_demand": 1.5}), scheduler).unwrap();
    let fgd = run("fgd");
    for (metric, value) in [("tasks.submitted", 6.0), ("tasks.rejected", 2.0), ("tasks.censored", 4.0)] {
        fgd.expect(metric, value);
    }
    fgd.expect("packing.arrived", 1.5);
    fgd.expect("packing.allocated", 1.0);
    assert!(!fgd.replications[0].metrics.contains_key("packing.fragmented_of_idle"));
    let table = rows(&fgd.folder.read("packing.csv"));
    assert_eq!(table.len(), 151);
    assert_eq!(["arrived", "placed", "turned_away"].map(|c| table[150].int(c)), [6, 4, 2]);
    assert_eq!(["arrived", "placed", "turned_away"].map(|c| table[74].int(c)), [2, 2, 0]);
    let turned_away: Vec<(u64, u64)> = fgd.tasks.iter().map(|t| (t.nanos("arrival_s"), t.nanos("finish_s"))).collect();
    assert_eq!(turned_away, [(4_000_000_000, 4_000_000_000), (5_000_000_000, 5_000_000_000)]);
    // Another placement sees the same pods.
    assert_eq!(run("pack").replications[0].workload, fgd.replications[0].workload);
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let folder = Folder::new();
    folder.file("cpu.csv", &format!("{HEADER}a,1000,1024,0,0,,LS,Running,0,5,1\n"));
    folder.file("tiny.csv", &format!("{HEADER}a,1000,1024,1,1,,LS,Running,0,5,1\n"));
    for (pods, draw, expected) in [
        ("cpu.csv", json!({"until_demand": 1.3}), "none of the tasks needs a unit"),
        ("tiny.csv", json!({"until_demand": 0}), "found 0, expected a number in (0, 1000]"),
        ("tiny.csv", json!({"until_demand": 1, "interval": 0}), "/draw/interval): found 0, expected a duration > 0"),
        ("tiny.csv", json!({"until": 1}), "until"),
    ] {
        let said = fill(folder.path(), pods, two_nodes(), draw, "fgd").err().unwrap_or_default();
        assert!(said.contains(expected), "{pods}: {said}");
    }
}

/// The published trace begins as its authors' results do (default list, seeds 42 to 51): 13.91 to 13.93 % of the idle
/// GPUs in fragments in the first half per cent of demand, 13.85 to 13.90 % around 1 %. Of the empty cluster it is
/// 13.9445 %, by a script of ten lines over the two lists: the 35 most common of 91 shapes, 95.3 % of 8,152 pods.
/// Shapes, popularities, their cut and the node list must all be right.
#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn the_published_cluster_begins_as_fragmented_as_its_authors_say() {
    let Some(pods) =
        data("XPUSIM_TRACES", "openb/openb_pod_list_default.csv.gz", "traces/openb/openb_pod_list_default.csv.gz")
    else {
        return;
    };
    let folder = pods.parent().unwrap();
    let cluster = json!({"nodes_from": {"format": "openb", "path": "openb_node_list_gpu_node.csv.gz"}});
    let run = fill(folder, "openb_pod_list_default.csv.gz", cluster, json!({"until_demand": 0.01}), "fgd").unwrap();
    let table = rows(&run.folder.read("packing.csv"));
    let [empty, first] = [0, 1].map(|percent: usize| 100.0 * table[percent].real("fragmented_of_idle"));
    assert!((empty - 13.9445).abs() < 1e-4, "{empty}");
    assert!((13.83..13.92).contains(&first), "{first}");
    assert_eq!((table[0].int("arrived"), table.len()), (0, 2));
}

/// The whole experiment as its authors report it (default list, ten seeds): at the end 95.27 to 95.49 % of the GPUs are
/// allocated and 97.7 to 99.5 % of the idle ones in fragments, of which half way there were 17.5 to 17.9 %. Their node
/// order and pods are drawn by another generator, so the bounds are a little wider.
#[test]
#[ignore = "half a minute in a debug build, and needs published logs"]
fn the_published_cluster_fills_up_as_its_authors_say() {
    let Some(pods) =
        data("XPUSIM_TRACES", "openb/openb_pod_list_default.csv.gz", "traces/openb/openb_pod_list_default.csv.gz")
    else {
        return;
    };
    let folder = pods.parent().unwrap();
    let cluster = json!({"nodes_from": {"format": "openb", "path": "openb_node_list_gpu_node.csv.gz"}});
    let run = fill(folder, "openb_pod_list_default.csv.gz", cluster, json!({"until_demand": 1.3}), "fgd").unwrap();
    let table = rows(&run.folder.read("packing.csv"));
    let of = |percent: usize, column| 100.0 * table[percent].real(column);
    assert!((95.0..95.7).contains(&of(130, "allocated")));
    assert!((97.5..99.7).contains(&of(130, "fragmented_of_idle")));
    assert!((17.3..18.1).contains(&of(50, "fragmented_of_idle")));
}
