//! Comparisons: what may be compared, with what, what is found and where it is written.

mod families;
mod files;
mod refusals;
mod selection;

use super::support::Folder;

/// Sixty exponential tasks on two CPUs.
const RANDOM: &str = r#"{
  "name": "random",
  "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic", "count": 2}]}]},
  "workload": [{"source": "synthetic", "count": 60, "arrivals": {"process": "poisson", "rate": 1.5},
    "tasks": [{"runs_on": ["cpu"], "duration": {"dist": "exponential", "mean": 1}}]}]
}"#;

/// Two tasks of ten seconds that come at once to one CPU: they wait 0 and 10 s, on average 5 s; on two CPUs none waits.
const WRITTEN: &str = r#"{
  "name": "written", "replications": 3,
  "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic", "count": 1}]}]},
  "workload": [{"source": "tasks", "tasks": [
    {"runs_on": ["cpu"], "duration": 10}, {"runs_on": ["cpu"], "duration": 10}]}]
}"#;

/// Three clients who think for a second and wait for their answer: who waits longer asks less often.
const CLOSED: &str = r#"{
  "name": "closed", "replications": 3, "stop": {"time": 60},
  "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic", "count": 1}]}]},
  "workload": [{"source": "synthetic",
    "arrivals": {"process": "closed", "clients": 3, "think_time": {"dist": "exponential", "mean": 1}},
    "tasks": [{"runs_on": ["cpu"], "duration": {"dist": "exponential", "mean": 1}}]}]
}"#;

fn home() -> Folder {
    let home = Folder::new();
    for (name, text) in [("random.json", RANDOM), ("written.json", WRITTEN), ("closed.json", CLOSED)] {
        home.file(name, text);
    }
    home
}
