//! The PAI presets: whole small schedules by hand, and the public lists to the end.

use serde_json::{Value, json};
use xpu_manager_rust::scenario::Loader;

use super::support::{Folder, Run, command, data, rows, try_run};

const HEADER: &str =
    "job_id,user,num_gpu,num_cpu,num_inst,submit_time,duration,gpu_type,user_dur,group_dur,group_gpu_dur\n";

fn replay(folder: &Folder, nodes: Value, source: Value, scheduler: Value) -> Run {
    let mut trace = json!({"source": "trace", "format": "pai", "path": "jobs.csv"});
    trace.as_object_mut().unwrap().extend(source.as_object().unwrap().clone());
    let device = json!({"kind": "gpu", "power": {"idle": 1, "active": 2}});
    let scenario = json!({"devices": {"V100": device, "MISC": device}, "cluster": {"nodes": nodes},
                          "workload": [trace], "policies": {"scheduler": scheduler}});
    let loader = Loader { base: folder.path().to_owned(), allowed: Vec::new() };
    try_run(scenario, &loader).unwrap_or_else(|e| panic!("{e}"))
}

fn node(name: &str, device: &str, gpus: u32, cpus: u32) -> Value {
    json!({"name": name, "host_cpus": cpus, "units": [{"device": device, "count": gpus, "pooled": true}]})
}

/// One node of two GPUs and four processors; user, group and group-GPU means stand behind each job.
///
/// | job | GPUs | CPUs | submit | duration | user | group | group and GPUs |
/// |---|---|---|---|---|---|---|---|
/// | 0 | 1.5 | 1 | 0 | 10 | 9 | 9 | 9 |
/// | 1 | 1 | 1 | 1 | 6 | 3 | 8 | 7 |
/// | 2 | 1 | 1 | 2 | 4 | 5 | 2 | 8 |
/// | 3 | 0.5 | 2 | 3 | 20 | 1 | 1 | 1 |
/// | 4 | 1 | 1 | 4 | 5 | 4 | 3 | 2 |
const JOBS: &str = "\
0,a,1.5,1,1,0,10,MISC,9,9,9
1,a,1,1,1,1,6,MISC,3,8,7
2,b,1,1,1,2,4,MISC,5,2,8
3,b,0.5,2,1,3,20,MISC,1,1,1
4,c,1,1,1,4,5,MISC,4,3,2
";

/// Job 0 leaves half a GPU, in which 3 starts at 3; at 10 there are 1.5 free, so one of 1, 2 and 4 starts, at its end
/// the next, and so on until 3 ends at 23.
#[test]
fn keys_by_hand() {
    let folder = Folder::new();
    folder.file("jobs.csv", &format!("{HEADER}{JOBS}"));
    for (scheduler, starts) in [
        // Submission: 1 (6 s), 2 (4 s), 4.
        ("pai-fifo", [0, 10, 16, 3, 20]),
        // Duration: 2, 4 (5 s), 1.
        ("pai-sjf", [0, 19, 10, 3, 14]),
        // The user's mean: 1 (3), 4 (4), 2 (5).
        ("pai-sju", [0, 10, 21, 3, 16]),
        // The group's: 2 (2), 4 (3), 1 (8).
        ("pai-sjg", [0, 19, 10, 3, 14]),
        // Group and GPUs: 4 (2), 1 (7), 2 (8).
        ("pai-sjgg", [0, 15, 21, 3, 10]),
    ] {
        let run = replay(&folder, json!([node("n", "MISC", 2, 4)]), json!({}), json!(scheduler));
        assert_eq!(run.starts([0, 1, 2, 3, 4]), starts.map(f64::from), "{scheduler}");
    }
}

/// Two arrive every 10 s, in order of (submission, id), whatever the list says.
#[test]
fn arrivals_in_batches() {
    let folder = Folder::new();
    folder.file("jobs.csv", &format!("{HEADER}{JOBS}"));
    let retime = json!({"retime": {"every": "10 s", "batch": 2}});
    let run = replay(&folder, json!([node("n", "MISC", 9, 99)]), retime, json!("pai-fifo"));
    assert_eq!(run.starts([0, 1, 2, 3, 4]), [0.0, 0.0, 10.0, 10.0, 20.0]);
}

/// Requests in hundredths, halves to even: 0.125 is 12, so that eight take 96 of a GPU and a ninth would take 108. A
/// request for more than the cluster has is cut to what it has: job 9 waits for the whole GPU.
#[test]
fn hundredths_and_caps() {
    let folder = Folder::new();
    let small: String = (0..9).map(|i| format!("{i},a,0.125,0,1,{i},100,MISC,1,1,1\n")).collect();
    folder.file("jobs.csv", &format!("{HEADER}{small}9,b,5,0,1,20,1,MISC,1,1,1\n"));
    let run = replay(&folder, json!([node("n", "MISC", 1, 4)]), json!({}), json!("pai-fifo"));
    assert_eq!(run.starts([0, 7, 8, 9]), [0.0, 7.0, 100.0, 200.0]);
}

/// Nodes of 2 MISC, 2 MISC and 4 V100 GPUs. Job 0 is bound to V100s and goes to the third node; job 1 is not and
/// takes the first; three instances of job 2 fill the second node, one GPU being left in the first: 1 + 2, in order.
#[test]
fn types_and_gangs() {
    let folder = Folder::new();
    let jobs = "0,a,1,1,1,0,50,V100,1,1,1\n1,a,1,1,1,1,50,MISC,1,1,1\n2,b,1,1,3,2,10,T4,1,1,1\n";
    folder.file("jobs.csv", &format!("{HEADER}{jobs}"));
    let nodes = json!([node("a", "MISC", 2, 9), node("b", "MISC", 2, 9), node("c", "V100", 4, 9)]);
    let bound = json!({"bound_to": ["V100"]});
    let run = replay(&folder, nodes.clone(), bound.clone(), json!("pai-fifo"));
    assert_eq!(["0", "1", "2"].map(|t| run.task(t).list("units")), [vec![2], vec![0], vec![0, 1, 1]]);
    run.expect("instance.response_s.mean", (50.0 + 50.0 + 3.0 * 10.0) / 5.0);

    // By use: GPU 1 of 4 and CPU 1 of 9 make 18 % on c, so that job 1 goes to a; job 2 then finds b empty (0 %), c at
    // 18 % and a at 31 %: two on b, and, a gang being of one model, the third on a.
    let by_use = json!({"name": "pai-fifo", "placement": {"name": "fill-nodes", "nodes": "least-used"}});
    let run = replay(&folder, nodes, bound, by_use);
    assert_eq!(["0", "1", "2"].map(|t| run.task(t).list("units")), [vec![2], vec![0], vec![0, 1, 1]]);
}

#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn the_public_lists_run_to_the_end() {
    let list = "pai/p1_pai3000.csv.gz";
    let Some(found) = data("XPUSIM_TRACES", list, &format!("traces/{list}")) else { return };
    let folder = Folder::new();
    let scenarios = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    for (name, jobs) in [("p1", 3000), ("p2", 2000), ("p3-least-used", 2000), ("p4", 3000)] {
        let scenario = format!("{scenarios}/pai-{name}.json");
        let mut run = command(folder.path(), &["run", &scenario, "--out", name, "--no-plots", "--quiet"]);
        let output = run.env("XPUSIM_TRACES", found.ancestors().nth(2).unwrap()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let tasks = rows(&folder.read(&format!("{name}/tasks.csv")));
        assert_eq!(tasks.iter().filter(|t| t.text("status") == "completed").count(), jobs, "{name}");
    }
}
