//! Logs of other formats: their schedules by hand, and the way through our own CSV and back.

use std::path::Path;

use serde_json::{Value, json};
use xpu_manager_rust::scenario::Loader;

use super::support::{Folder, Row, Run, cluster, rows, try_run, xpusim};

/// A run of one trace on `cluster`.
fn replay(folder: &Path, cluster: &Value, scheduler: &str, mut trace: Value) -> Result<Run, String> {
    trace["source"] = json!("trace");
    let scenario = json!({"cluster": cluster, "workload": [trace], "policies": {"scheduler": scheduler}});
    try_run(scenario, &Loader { base: folder.to_owned(), allowed: Vec::new() })
}

/// What a schedule is: of each task everything but the names of its source and class.
fn schedule(tasks: &[Row]) -> Vec<Vec<String>> {
    let columns = [
        "task",
        "arrival_s",
        "start_s",
        "finish_s",
        "status",
        "units",
        "run_s",
        "memory_bytes",
        "deadline_s",
        "wait_s",
        "preemptions",
    ];
    tasks.iter().map(|t| columns.iter().map(|c| t.text(c).to_owned()).collect()).collect()
}

/// Four processors; jobs that are killed, that come together out of order, that ask for memory, and one that is
/// left out. The first submission is of the job that is left out: all others arrive behind 0.
const SWF: &str = "\
; MaxProcs: 4
6 90 -1  0 1 -1 -1  1 10 -1 1 1 1 1 1 1 -1 -1
9 100 -1  8.5 2 -1 -1  2 10 -1 1 7 1 1 1 1 -1 -1
2 100 -1 10 3 -1 -1 -1 10 64 1 2 1 1 1 1 -1 -1
3 100 -1  5 9 -1 -1  4 -1 -1 0 1 1 1 1 1 -1 -1
4 103 -1 30 1 -1 -1  1 30 -1 5 1 1 1 1 1 -1 -1
5 104.25 -1  9 2 -1 -1  2  6 -1 1 1 1 1 1 1 -1 -1
";

#[test]
fn an_imported_log_runs_as_the_log_does() {
    let folder = Folder::new();
    folder.file("log.swf", SWF);
    let said = xpusim(folder.path(), &["import", "log.swf", "--out", "log.csv"]).exits(0);
    assert_eq!(said.out, "");
    said.complains(&["6 records read, 5 kept", "run time not positive", "estimate absent"]);
    let four = cluster("cpu-generic", 4);
    for scheduler in ["fifo", "sjf", "easy", "conservative", "sjf-greedy"] {
        for kill in [true, false] {
            let log = json!({"format": "swf", "path": "log.swf", "kill_at_estimate": kill});
            let csv = json!({"format": "tasks-csv", "path": "log.csv", "kill_at_estimate": kill});
            let log = replay(folder.path(), &four, scheduler, log).unwrap();
            let csv = replay(folder.path(), &four, scheduler, csv).unwrap();
            assert_eq!(log.tasks.len(), 5);
            assert_eq!(schedule(&log.tasks), schedule(&csv.tasks), "{scheduler} {kill}");
            let killed = log.tasks.iter().filter(|t| t.text("status") == "killed").count();
            assert_eq!(killed, usize::from(kill), "{scheduler}");
        }
    }
}

#[test]
fn the_csv_stands_alone_on_stdout() {
    let folder = Folder::new();
    folder.file("log.swf", SWF);
    let said = xpusim(folder.path(), &["import", "log.swf", "--limit", "2"]).exits(0);
    let expected = "task,arrival_s,run_s,units,class,estimate_s,memory_bytes,user\n\
9,10,8.5,2,job,10,,7\n2,10,10,3,job,10,65536,2\n";
    assert_eq!(said.out, expected);
    said.complains(&["log.swf: 6 records read"]);
    let silent = xpusim(folder.path(), &["import", "log.swf", "--format", "swf", "--units", "1", "-q"]).exits(0);
    assert_eq!((rows(&silent.out).len(), silent.err.as_str()), (1, ""));
}

#[test]
fn import_does_not_write_over_other_files() {
    let folder = Folder::new();
    folder.file("log.swf", SWF);
    folder.file("out.csv", "old");
    let import = ["import", "log.swf", "--out", "out.csv"];
    xpusim(folder.path(), &import).exits(4).complains(&["out.csv", "--force"]);
    assert_eq!(folder.read("out.csv"), "old");
    xpusim(folder.path(), &[&import[..], &["--force"]].concat()).exits(0);
    assert!(folder.read("out.csv").starts_with("task,arrival_s,run_s,units"));
    // A log that cannot be read leaves nothing behind.
    folder.file("bad.swf", "1 2 3\n");
    xpusim(folder.path(), &["import", "bad.swf", "--out", "bad.csv"]).exits(3).complains(&["bad.swf:1"]);
    xpusim(folder.path(), &["import", "absent.swf", "--out", "bad.csv"]).exits(4).complains(&["absent.swf"]);
    xpusim(folder.path(), &["import", "log.swf", "--out", "no/such/folder.csv"]).exits(4);
    assert!(!folder.path().join("bad.csv").exists());
}

/// Two kinds of units, gangs, memory, deadlines, tasks that come together and tasks that never run: what ran, runs
/// again at the same times.
#[test]
fn a_run_replays_its_own_tasks() {
    let folder = Folder::new();
    let machine = json!({"nodes": [{"name": "n", "units": [{"device": "cpu-generic", "count": 3},
                                                            {"device": "gpu-generic", "count": 2}]}]});
    let exponential = |mean: f64| json!({"dist": "exponential", "mean": mean});
    let scenario = json!({
        "cluster": machine,
        "workload": [
            {"source": "synthetic", "name": "mixed", "count": 200, "arrivals": {"process": "poisson", "rate": 1.5},
             "tasks": [{"name": "cpu", "runs_on": ["cpu"], "duration": exponential(1.0), "memory": "64 MiB"},
                       {"name": "gang", "runs_on": ["gpu"], "units": 2, "duration": exponential(0.7), "deadline": exponential(3.0)}]},
            {"source": "synthetic", "name": "flood", "count": 12, "arrivals": {"process": "at-once", "time": 5},
             "tasks": [{"runs_on": ["cpu"], "duration": exponential(2.0)}]},
            {"source": "tasks", "name": "wide", "tasks": [
                {"id": "x", "arrival": 1, "duration": 1, "runs_on": ["gpu"], "units": {"dist": "empirical", "values": [9]}}]}],
    });
    for scheduler in ["fifo", "edf", "fifo-greedy"] {
        let mut scenario = scenario.clone();
        scenario["policies"] = json!({"scheduler": scheduler});
        let first = try_run(scenario, &Loader::default()).unwrap();
        assert_eq!(first.task("x").text("status"), "rejected");
        folder.file("tasks.csv", &first.folder.read("tasks.csv"));
        let again = json!({"format": "tasks-csv", "path": "tasks.csv"});
        let again = replay(folder.path(), &machine, scheduler, again).unwrap();
        let ran: Vec<Row> = first.tasks.iter().filter(|t| t.text("status") != "rejected").cloned().collect();
        assert_eq!(ran.len(), 212);
        assert_eq!(schedule(&ran), schedule(&again.tasks), "{scheduler}");
        let kinds = |rows: &[Row]| rows.iter().map(|t| t.text("unit_kind").to_owned()).collect::<Vec<_>>();
        assert_eq!(kinds(&ran), kinds(&again.tasks), "{scheduler}");
    }
}

const TIRESIAS: &str = "\
job_id,num_gpu,submit_time,iterations,model_name,duration,interval
0,3,100,606,vgg19,10,1
1,2,101,133,vgg11,5,1
2,1,102,157,alexnet,20,0
3,9,102,157,alexnet,20,
";

/// By hand, on 2 switches of one node of two GPUs: 0 takes three until 10; 1 waits for two until then; 2 waits behind
/// it (fifo). 3 is wider than the cluster: rejected.
#[test]
fn a_tiresias_list_on_its_cluster() {
    let folder = Folder::new();
    folder.file("jobs.csv", TIRESIAS);
    folder.file("nodes.csv", "num_switch,num_node_p_switch,num_gpu_p_node,num_cpu_p_node,mem_p_node\n2,1,2,8,64\n");
    let machine = json!({"nodes_from": {"format": "tiresias", "path": "nodes.csv"}});
    let run = replay(folder.path(), &machine, "fifo", json!({"format": "tiresias", "path": "jobs.csv"})).unwrap();
    assert_eq!(run.starts([0, 1, 2]), [0.0, 10.0, 10.0]);
    assert_eq!((run.task("1").text("class"), run.task("3").text("status")), ("vgg11", "rejected"));
    let nodes: Vec<&str> = run.units.iter().map(|u| u.text("node")).collect();
    assert_eq!(nodes.len(), 4, "{nodes:?}");
    // The same from the command line, the format by the header.
    let arguments = ["replay", "jobs.csv", "--nodes", "nodes.csv", "--out", "o", "--no-plots"];
    let said = xpusim(folder.path(), &arguments).exits(0);
    said.complains(&["jobs.csv: 4 records read, 4 kept"]);
    assert_eq!(schedule(&rows(&folder.read("o/tasks.csv"))), schedule(&run.tasks));
    let manifest: Value = serde_json::from_str(&folder.read("o/manifest.json")).unwrap();
    let account = &manifest["traces"][0];
    assert_eq!((&account["read"], &account["kept"]), (&json!(4), &json!(4)));
}

#[test]
fn a_replay_says_what_it_lacks() {
    let folder = Folder::new();
    folder.file("jobs.csv", TIRESIAS);
    folder.file("philly.csv", "timestamp,duration,num_gpus,cluster\n2017-10-09 07:01:55,5,1,a\n");
    folder.file("other.csv", "a,b\n1,2\n");
    let replay = |arguments: &[&str]| xpusim(folder.path(), &[&["replay"], arguments, &["--no-plots"]].concat());
    replay(&["jobs.csv"]).exits(2).complains(&["--units N", "--nodes FILE"]);
    replay(&["philly.csv"]).exits(2).complains(&["philly.csv", "--units N"]);
    replay(&["philly.csv", "--nodes", "jobs.csv"]).exits(2).complains(&["--nodes", "openb or tiresias"]);
    replay(&["other.csv"]).exits(2).complains(&["--format", "philly", "helios", "tiresias", "tasks-csv"]);
    replay(&["philly.csv", "--format", "phily", "--units", "1"]).exits(2).complains(&["`philly`", "tasks-csv"]);
    replay(&["philly.csv", "--units", "1", "--vc", "b"]).exits(3).complains(&["virtual cluster `b`", "one of `a`"]);
    replay(&["jobs.csv", "--units", "1", "--vc", "b"]).exits(3).complains(&["/vc", "philly"]);
    xpusim(folder.path(), &["import", "jobs.csv", "--vc", "b"]).exits(2).complains(&["--vc"]);
    replay(&["philly.csv", "--units", "1"]).exits(0);
}

/// By hand: the two jobs of the virtual cluster b begin at its own first; one GPU, one after the other.
#[test]
fn one_virtual_cluster_of_philly() {
    let folder = Folder::new();
    folder.file(
        "philly.csv",
        "timestamp,duration,num_gpus,gpu_time,cluster\n2017-10-09 00:00:09,4,1,4,b\n2017-10-08 23:59:00,50,1,50,a\n\
2017-10-09 00:00:07,5.5,1,5.5,b\n",
    );
    let trace = json!({"format": "philly", "path": "philly.csv", "vc": "b"});
    let run = replay(folder.path(), &cluster("gpu-generic", 1), "fifo", trace).unwrap();
    assert_eq!(run.starts([3, 1]), [0.0, 5.5]);
    assert_eq!(run.tasks.len(), 2);
}

/// By hand, by (arrival, name): 5, 20, 3 a, two every 10 s.
#[test]
fn retimed_jobs_come_in_batches() {
    let folder = Folder::new();
    folder.file("jobs.csv", "job_id,arrival_s,service_sec,gpu_count\na,7,1,1\n20,7,1,1\n3,9,1,1\n5,0,1,1\n");
    let trace = |retime: Value| json!({"format": "helios", "path": "jobs.csv", "retime": retime});
    let four = cluster("gpu-generic", 4);
    let run = replay(folder.path(), &four, "fifo", trace(json!({"every": "10 s", "batch": 2}))).unwrap();
    let arrivals = ["5", "20", "a", "3"].map(|id| run.task(id).text("arrival_s").to_owned());
    assert_eq!(arrivals, ["0", "0", "10", "10"]);
    for (retime, place) in [(json!({"every": 1, "batch": 0}), "/retime/batch"), (json!({"every": 1}), "/retime")] {
        let error = replay(folder.path(), &four, "fifo", trace(retime)).err().unwrap();
        assert!(error.contains(place), "{error}");
    }
}

const PODS: &str = "\
name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
p0,4000,1024,1,1000,T4,LS,Running,10,20,10
p1,4000,1024,1,500,T4|P100,LS,Running,11,21,11
p2,4000,1024,1,500,,LS,Running,12,22,12
p3,5500,1024,0,0,,BE,Running,13,33,13
p4,1000,1024,1,1000,V100M16,BE,Running,14,15,14
p5,1000,1024,1,1000,,BE,Pending,14,,
";

/// Devices, shares, host processors and memory all go through the CSV: the pods start as they do from their list.
#[test]
fn imported_pods_stay_bound() {
    let folder = Folder::new();
    folder.file("openb_pod.csv", PODS);
    folder.file("nodes.csv", "sn,cpu_milli,memory_mib,gpu,model\nn0,8000,4096,1,T4\nn1,8000,4096,1,P100\n");
    xpusim(folder.path(), &["import", "openb_pod.csv", "--out", "pods.csv"]).exits(0).complains(&["never started"]);
    let written = rows(&folder.read("pods.csv"));
    let bound: Vec<&str> = written.iter().map(|r| r.text("device")).collect();
    assert_eq!(bound, ["T4", "T4|P100", "", "", "V100M16"]);
    let kinds: Vec<&str> = written.iter().map(|r| r.text("runs_on")).collect();
    assert_eq!(kinds, ["gpu", "gpu", "gpu", "", "gpu"]);
    let machine = json!({"nodes_from": {"format": "openb", "path": "nodes.csv"}});
    for scheduler in ["fifo", "fifo-greedy"] {
        let pods = json!({"format": "openb", "path": "openb_pod.csv"});
        let csv = json!({"format": "tasks-csv", "path": "pods.csv"});
        let pods = replay(folder.path(), &machine, scheduler, pods).unwrap();
        let csv = replay(folder.path(), &machine, scheduler, csv).unwrap();
        assert_eq!(schedule(&pods.tasks), schedule(&csv.tasks), "{scheduler}");
        // By hand: p0 has the T4 from 0 on, p1 and p2 half of the P100 each, 8 of its 8 processors; p3 needs 5.5
        // processors, of which n0 has 4 until 10. Nothing is a V100.
        let starts = ["p0", "p1", "p2", "p3"].map(|id| csv.task(id).real("start_s"));
        assert_eq!((starts, csv.task("p4").text("status")), ([0.0, 1.0, 2.0, 10.0], "rejected"), "{scheduler}");
    }
}

/// Names in a file that mean nothing are found before the run.
#[test]
fn unknown_kinds_in_a_file_are_told() {
    let folder = Folder::new();
    folder.file("tasks.csv", "task,arrival_s,run_s,units,runs_on\n1,0,1,1,gpuu\n");
    let trace = json!({"format": "tasks-csv", "path": "tasks.csv"});
    let one = cluster("gpu-generic", 1);
    let error = replay(folder.path(), &one, "fifo", trace).err().unwrap();
    assert!(error.contains("gpuu") && error.contains("did you mean `gpu`"), "{error}");
    // A log for a kind that the cluster lacks, and of which nothing is left for that reason.
    folder.file("log.swf", SWF);
    let error = replay(folder.path(), &one, "fifo", json!({"format": "swf", "path": "log.swf"})).err().unwrap();
    assert!(error.contains("/workload/0/runs_on") && error.contains("no unit of cpu"), "{error}");
    // The scenario's own word counts before the file's.
    let trace = json!({"format": "tasks-csv", "path": "tasks.csv", "runs_on": ["gpu"]});
    assert_eq!(replay(folder.path(), &one, "fifo", trace).unwrap().task("1").text("status"), "completed");
}

/// Gangs of instances with parts of pooled units: an imported PAI list gives the schedule of the list itself.
#[test]
fn instances_survive_an_import() {
    let folder = Folder::new();
    let header = "job_id,user,num_gpu,num_cpu,num_inst,submit_time,duration,gpu_type,user_dur,group_dur,group_gpu_dur";
    let jobs = "0,a,1.5,1,2,0,10,MISC,9,9,9\n1,b,0.5,2,3,1,6,MISC,3,8,7\n2,a,0,3,1,2,4,MISC,5,2,8\n";
    folder.file("jobs.csv", &format!("{header}\n{jobs}"));
    xpusim(folder.path(), &["import", "jobs.csv", "--format", "pai", "--out", "rows.csv", "--quiet"]).exits(0);
    for (name, format, path) in [("direct", "pai", "jobs.csv"), ("imported", "tasks-csv", "rows.csv")] {
        let node = json!({"name": "n", "count": 2, "host_cpus": 4,
                          "units": [{"device": "gpu-generic", "count": 2, "pooled": true}]});
        let scenario = json!({"name": name, "cluster": {"nodes": [node]}, "policies": {"scheduler": "pai-fifo"},
                              "workload": [{"source": "trace", "format": format, "path": path}]});
        folder.file(&format!("{name}.json"), &scenario.to_string());
        xpusim(folder.path(), &["run", &format!("{name}.json"), "--out", name, "--no-plots", "--quiet"]).exits(0);
    }
    let starts = |name: &str| -> Vec<(String, String, String)> {
        let text = |row: &Row, column| row.text(column).to_owned();
        let rows = rows(&folder.read(&format!("{name}/tasks.csv")));
        rows.iter().map(|r| (text(r, "task"), text(r, "start_s"), text(r, "units"))).collect()
    };
    // Job 0 takes 1.5 of each node; of the half left in each, job 1 has two of its three instances.
    assert_eq!(starts("direct")[0], ("2".to_owned(), "2".to_owned(), String::new()));
    assert_eq!(starts("direct"), starts("imported"));
}
