//! What would mix or hide results is refused.

use std::fs;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::support::{Folder, command, rows, xpusim};
use super::{GRID, cells, home, plan, same_results, scenario};

#[test]
fn a_shard_is_one_of_those_there_are() {
    let home = home(5);
    plan(&home, "g");
    let run = |more: &[&str]| xpusim(home.path(), &[&["sweep", "run", "g"], more].concat());
    run(&["--shard", "3", "--of", "3"]).exits(2).complains(&["from 0 to 2", "found 3"]);
    run(&["--shard", "0", "--of", "0"]).exits(2);
    run(&["--shard", "0"]).exits(2).complains(&["--of"]);
    run(&["--of", "3"]).exits(2).complains(&["--shard"]);
    assert!(cells(&home.path().join("g")).is_empty());
    // More shards than cells: the last ones have nothing to do.
    let said = run(&["--shard", "30", "--of", "40"]).exits(0);
    assert!(said.out.contains("0 of 0 cells of shard 30 of 40"), "{}", said.out);
}

#[test]
fn another_plan_does_not_get_the_cells_of_the_first() {
    let home = home(20);
    plan(&home, "g");
    xpusim(home.path(), &["sweep", "run", "g", "-q"]).exits(0);
    let again = |more: &[&str]| xpusim(home.path(), &[&["sweep", "plan", "s.json", "--out", "g"], GRID, more].concat());
    again(&["--seed", "6"]).exits(3).complains(&["another plan", "`seed` of `grid`", "--force"]);
    again(&["--set", "workload.0.count=21"]).exits(3).complains(&["`workload` of `grid`"]);
    again(&["--vary", "warmup=0,1"]).exits(3).complains(&["variants of `grid`"]);
    again(&["--different-work"]).exits(3);
    // Forced, the plan is replaced, and no cell of the old one counts.
    again(&["--seed", "6", "--force"]).exits(0);
    let status = xpusim(home.path(), &["sweep", "status", "g"]).exits(0);
    assert!(status.out.contains("0 of 20 cells done, 20 damaged"), "{}", status.out);
    xpusim(home.path(), &["sweep", "collect", "g"]).exits(3).complains(&["0 of 20 cells done"]);
    // Nor does a plan that somebody edited.
    let text = home.read("g/sweep.json");
    home.file("g/sweep.json", &text.replace("\"seed\": 6", "\"seed\": 7"));
    xpusim(home.path(), &["sweep", "run", "g"]).exits(3).complains(&["not edited but made anew"]);
}

#[test]
fn other_folders_are_left_alone() {
    let home = home(5);
    fs::create_dir(home.path().join("thesis")).unwrap();
    home.file("thesis/chapter.tex", "mine");
    xpusim(home.path(), &["sweep", "plan", "s.json", "--out", "thesis"]).exits(4).complains(&["--force"]);
    xpusim(home.path(), &["sweep", "run", "thesis"]).exits(3).complains(&["no plan", "xpusim sweep plan"]);
    xpusim(home.path(), &["sweep", "run", "nowhere"]).exits(3);
    plan(&home, "g");
    xpusim(home.path(), &["sweep", "run", "g", "-q"]).exits(0);
    xpusim(home.path(), &["sweep", "collect", "g", "--out", "thesis"]).exits(4).complains(&["thesis"]);
    assert_eq!(home.read("thesis/chapter.tex"), "mine");
}

#[test]
fn a_variant_that_is_wrong_is_told_before_anything_runs() {
    let home = home(5);
    let plan = |more: &[&str]| xpusim(home.path(), &[&["sweep", "plan", "s.json", "--out", "g"], more].concat());
    plan(&["--vary", "policies.scheduler=fifo,esay"]).exits(3).complains(&["variant `esay`", "`easy`"]);
    plan(&["--vary", "policies.scheduler=fifo,fifo"]).exits(2).complains(&["`fifo`"]);
    plan(&["--vary", "replications=1,2"]).exits(3).complains(&["number of replications"]);
    assert!(!home.path().join("g/sweep.json").exists());
}

/// Without replication 1 of one variant and 3 of another, 0, 2 and 4 are left to compare.
#[test]
fn holes_are_refused_or_told() {
    let home = home(30);
    plan(&home, "g");
    xpusim(home.path(), &["sweep", "run", "g", "-q"]).exits(0);
    xpusim(home.path(), &["sweep", "collect", "g", "--out", "whole", "--no-plots", "-q"]).exits(0);
    for cell in [1, 8] {
        fs::remove_file(home.path().join(format!("g/cells/00000/{cell:08}.json"))).unwrap();
    }
    let refused = xpusim(home.path(), &["sweep", "collect", "g"]).exits(3);
    let refused = refused.complains(&["18 of 20 cells done, 2 not", "cell 1 (variant `fifo / 1`, replication 1)"]);
    refused.complains(&["cell 8 (variant `fifo / 2`, replication 3)", "xpusim sweep run g", "--partial"]);
    let told = xpusim(home.path(), &["sweep", "collect", "g", "--partial", "--out", "part"]).exits(0);
    assert!(told.out.contains("PARTIAL: 18 of 20 cells are done, 3 of 5 replications"), "{}", told.out);
    let read = |file: &str| serde_json::from_str::<Value>(&home.read(file)).unwrap();
    let (whole, part) = (read("whole/comparison.json"), read("part/comparison.json"));
    let counted = |key: &str| part["partial"][key].as_u64().unwrap();
    assert_eq!(["cells", "of", "replications", "of_replications"].map(counted), [18, 20, 3, 5]);
    assert!(whole.get("partial").is_none());
    for variant in 0..4 {
        let values = |from: &Value| from["variants"][variant]["metrics"]["wait_s.mean"]["values"].clone();
        let all = values(&whole);
        assert_eq!(values(&part), serde_json::json!([all[0], all[2], all[4]]), "{variant}");
    }
    // All that is there stands in the tidy table.
    let waits = |r: &&super::super::support::Row| r.text("metric") == "wait_s.mean";
    assert_eq!(rows(&home.read("part/cells.csv")).iter().filter(waits).count(), 18);
    assert!(!home.path().join("part/plots").exists(), "a chart would not say that it is partial");
    xpusim(home.path(), &["sweep", "run", "g", "-q"]).exits(0);
    xpusim(home.path(), &["sweep", "collect", "g", "--out", "part", "-q"]).exits(0);
    same_results(&home.path().join("whole"), &home.path().join("part"));
}

/// Gives a file of one line another program, with a checksum that holds.
fn run_by_another_version(home: &Folder, file: &str) {
    let text = home.read(file);
    let (body, _) = text.rsplit_once(",\"sha256\"").unwrap();
    let body = body.replace("\"program\":\"xpusim ", "\"program\":\"xpusim 0.0.");
    let sum: String = Sha256::digest(&body).iter().map(|b| format!("{b:02x}")).collect();
    home.file(file, &format!("{body},\"sha256\":\"{sum}\"}}\n"));
}

#[test]
fn versions_are_not_mixed_unless_told() {
    let home = home(10);
    plan(&home, "g");
    xpusim(home.path(), &["sweep", "run", "g", "-q"]).exits(0);
    run_by_another_version(&home, "g/cells/00000/00000004.json");
    let refused = xpusim(home.path(), &["sweep", "collect", "g"]).exits(3);
    refused.complains(&["1 by xpusim 0.0.", "19 by", "--mixed"]);
    xpusim(home.path(), &["sweep", "collect", "g", "--mixed", "--no-plots", "-q"]).exits(0);
    let manifest: Value = serde_json::from_str(&home.read("g/collected/manifest.json")).unwrap();
    assert_eq!(manifest["sweep"]["programs"].as_object().unwrap().len(), 2, "{manifest}");
}

/// Other tasks in a variant: refused as `compare` does, or allowed in the plan.
#[test]
fn variants_see_the_same_work() {
    let home = home(10);
    let vary = ["--vary", "workload.0.arrivals.rate=1,2", "--replications", "2"];
    let all = |folder: &str, more: &[&str]| {
        xpusim(home.path(), &[&["sweep", "plan", "s.json", "--out", folder, "-q"], &vary[..], more].concat()).exits(0);
        xpusim(home.path(), &["sweep", "run", folder, "-q"]).exits(0);
        xpusim(home.path(), &["sweep", "collect", folder, "--no-plots", "-q"])
    };
    let refused = all("same", &[]);
    let compared = [&["compare", "s.json", "--out", "c", "--no-plots", "-q"], &vary[..]].concat();
    let also = xpusim(home.path(), &compared);
    assert_eq!((refused.code, also.code != 0), (also.code, true));
    refused.complains(&["did not see the same tasks"]);
    all("other", &["--different-work"]).exits(0);
    xpusim(home.path(), &[&compared[..], &["--different-work"]].concat()).exits(0);
    same_results(&home.path().join("c"), &home.path().join("other/collected"));
}

/// The script stays where nobody can take it.
#[test]
fn without_slurm_the_script_is_written_and_the_way_told() {
    let home = Folder::new();
    home.file("s.json", &scenario("it's a grid", 5));
    plan(&home, "my sweep");
    let submit = ["sweep", "submit", "my sweep", "--slurm", "--shards", "4", "--time", "1:00:00"];
    let output = command(home.path(), &submit).env("PATH", home.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(4));
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("no sbatch") && err.contains("sweep.sbatch"), "{err}");
    let script = home.read("my sweep/sweep.sbatch");
    for line in ["#SBATCH --array=0-3", "#SBATCH --requeue", "#SBATCH --open-mode=append", "#SBATCH --time=1:00:00"] {
        assert!(script.lines().any(|l| l == line), "{line}\n{script}");
    }
    // What Slurm would do, for shard 2 of 4: cells 2, 6, 10, 14 and 18.
    if cfg!(unix) {
        let run = std::process::Command::new("bash")
            .arg(home.path().join("my sweep/sweep.sbatch"))
            .env("SLURM_ARRAY_TASK_ID", "2")
            .status();
        assert!(run.unwrap().success());
        let names: Vec<String> = cells(&home.path().join("my sweep")).into_keys().collect();
        assert_eq!(names, [2, 6, 10, 14, 18].map(|cell| format!("{cell:08}.json")));
    }
    xpusim(home.path(), &["sweep", "submit", "my sweep"]).exits(2).complains(&["--slurm"]);
}
