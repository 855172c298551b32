//! `report.html`: what it holds, that it holds nothing else, and what a browser makes of it.

mod browser;

use std::fs;
use std::path::Path;

use super::support::{Folder, xpusim};

/// Two units, three classes, a gang, a task in the cloud, one that was rejected and never started.
const TASKS: &str = "\
task,source,class,arrival_s,start_s,finish_s,status,location,unit_kind,units,wait_s,run_s,response_s,bounded_slowdown,memory_bytes,energy_j,preemptions,deadline_s,deadline_met,cost_usd
1,w,train,0,0,40,completed,local,gpu,0;1,0,40,40,1,0,800,0,,,
2,w,infer,5,40,50.5,completed,local,gpu,0,35,10.5,45.5,4.333333333333333,1000,105,0,60,true,
3,w,infer,6,6,30,completed,cloud,,,0,20,24,1,1000,,0,60,true,0.25
4,w,huge,7,,7,rejected,local,,,,,,,9000,,0,,,
5,w,infer,8,40,52,failed,local,gpu,1,32,12,44,3.6666666666666665,1000,120,0,50,false,
";
const UNITS: &str = "unit,kind,device,node,busy_s\n0,gpu,card,n-0,50.5\n1,gpu,card,n-0,52\n";
const TIMELINE: &str = "\
time_s,queue,running,cloud_running,power_w,power_active_w,power_idle_w,utilization_gpu
0,0,1,0,20,20,0,1
5,1,1,0,20,20,0,1
6,1,1,1,20,20,0,1
40,0,2,0,20,20,0,1
50.5,0,1,0,15,10,5,0.5
52,0,0,0,10,0,10,0
";

/// A folder as a run leaves it, small enough to be looked over.
fn folder(home: &Folder) -> std::path::PathBuf {
    let dir = home.path().join("run");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("tasks.csv"), TASKS).unwrap();
    fs::write(dir.join("units.csv"), UNITS).unwrap();
    fs::write(dir.join("timeline.csv"), TIMELINE).unwrap();
    fs::write(dir.join("manifest.json"), r#"{"program": "xpusim 0", "scenario": {"name": "small"}}"#).unwrap();
    dir
}

/// Makes the page of a folder and returns its text.
fn page(dir: &Path) -> String {
    let said = xpusim(dir, &["report", "."]).exits(0);
    assert_eq!(said.out.trim(), "./report.html");
    fs::read_to_string(dir.join("report.html")).unwrap()
}

/// The page without what stands in its scripts and its style: all that is markup.
fn markup(page: &str) -> String {
    let mut out = String::new();
    let mut rest = page;
    while let Some(at) = ["<script", "<style"].iter().filter_map(|tag| rest.find(tag)).min() {
        let end = if rest[at..].starts_with("<script") { "</script>" } else { "</style>" };
        let open = at + rest[at..].find('>').unwrap() + 1;
        let close = open + rest[open..].find(end).expect("an element that does not end");
        out.push_str(&rest[..open]);
        rest = &rest[close..];
        out.push_str(&rest[..end.len()]);
        rest = &rest[end.len()..];
    }
    out + rest
}

/// Asserts that every element ends where it should.
fn assert_well_formed(page: &str) {
    const VOID: [&str; 6] = ["meta", "input", "img", "br", "link", "hr"];
    let text = markup(page);
    let mut open: Vec<String> = Vec::new();
    let mut rest = text.strip_prefix("<!doctype html>").expect("a document type");
    while let Some(at) = rest.find('<') {
        // A quoted value may hold any character but the quote; we write no `>` into one either.
        let end = at + rest[at..].find('>').expect("a tag that does not end");
        let tag = &rest[at + 1..end];
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        assert!(!name.is_empty(), "`<` that opens nothing: {}", &rest[at..(at + 60).min(rest.len())]);
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_ref(), Some(&name), "</{name}> closes another element");
        } else if !VOID.contains(&name.as_str()) {
            open.push(name);
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

/// Asserts that the page refers to nothing outside itself: addresses are names of its own places, or data.
fn assert_self_contained(page: &str) {
    for attribute in ["src=\"", "href=\"", "action=\"", "poster=\"", "srcset=\""] {
        for (at, _) in page.match_indices(attribute) {
            let value = &page[at + attribute.len()..];
            assert!(
                value.starts_with('#') || value.starts_with("data:"),
                "refers to {}",
                &value[..60.min(value.len())]
            );
        }
    }
    // An SVG names its language by an address that nobody opens.
    let named = page.replace("http://www.w3.org/", "");
    for word in ["http:", "https:", "@import", "url(", "fetch(", "XMLHttpRequest", "WebSocket", "import("] {
        assert!(!named.contains(word), "`{word}` in the page");
    }
}

#[test]
fn a_run_writes_its_page_where_it_is_asked_to() {
    let home = Folder::new();
    let scenario = r#"{"name": "good", "seed": 3,
  "cluster": {"nodes": [{"name": "n", "units": [{"device": "cpu-generic", "count": 2}]}]},
  "workload": [{"source": "synthetic", "count": 40, "arrivals": {"process": "poisson", "rate": 1.5},
    "tasks": [{"runs_on": ["cpu"], "duration": {"dist": "exponential", "mean": 1}}]}]}"#;
    home.file("good.json", scenario);
    xpusim(home.path(), &["run", "good.json", "-q"]).exits(0);
    assert!(!home.path().join("results/good/report.html").exists(), "nobody asked for it");
    xpusim(home.path(), &["run", "good.json", "-q", "--report", "--replications", "2"]).exits(0);
    let first = home.read("results/good/report.html");
    assert_well_formed(&first);
    assert_self_contained(&first);
    for part in
        ["<h1>good</h1>", "mean wait", "95 % interval", "id=\"data-tasks\"", "id=\"data-series\"", "manifest.json"]
    {
        assert!(first.contains(part), "{part} is missing");
    }
    // The same files give the same bytes, wherever the folder and the page are.
    let said = xpusim(home.path(), &["report", "results/good", "--out", "page.html"]).exits(0);
    assert_eq!(said.out.trim(), "page.html");
    assert_eq!(home.read("page.html"), first);
    fs::rename(home.path().join("results/good"), home.path().join("elsewhere")).unwrap();
    assert_eq!(page(&home.path().join("elsewhere")), first);
    // A comparison has its page too, and a run into a folder takes the page of the one before away.
    let vary = ["compare", "good.json", "--vary", "policies.scheduler=fifo,sjf", "--replications", "3", "--out", "c"];
    xpusim(home.path(), &[&vary[..], &["-q", "--report"]].concat()).exits(0);
    let compared = home.read("c/report.html");
    assert_well_formed(&compared);
    assert_self_contained(&compared);
    for part in
        ["2 variants, 3 replications each", "<th class=\"n\">sjf</th>", "Differences from fifo", "<img alt=\"Chart:"]
    {
        assert!(compared.contains(part), "{part} is missing");
    }
    xpusim(home.path(), &[&vary[..], &["-q"]].concat()).exits(0);
    assert!(!home.path().join("c/report.html").exists(), "a page of another run stayed");
}

/// Names that try to become markup, to end the script, to hide or to turn text around.
#[test]
fn whatever_a_folder_holds_stays_text() {
    let home = Folder::new();
    let dir = folder(&home);
    let evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>'&amp;\\u0000\\u202e";
    let raw = evil.replace("\\u0000", "\0").replace("\\u202e", "\u{202e}");
    let manifest = format!(
        r#"{{"program": "{evil}", "command": ["x", "{evil}"], "warnings": ["{evil}"], "status": "{evil}",
        "traces": [{{"source": "{evil}", "path": "{evil}", "skipped": [{{"what": "{evil}", "count": 1}}]}}],
        "scenario": {{"name": "{evil}", "description": "{evil}", "policies": {{"{evil}": "{evil}"}},
        "cluster": {{"nodes": [{{"name": "{evil}", "units": [{{"device": "{evil}"}}]}}]}},
        "workload": [{{"name": "{evil}", "source": "{evil}", "tasks": [{{"name": "{evil}"}}]}}]}}}}"#
    );
    fs::write(dir.join("manifest.json"), manifest).unwrap();
    let summary = format!(
        r#"{{"scenario": "{evil}", "metrics": {{"wait_s.mean": {{"mean": 1, "ci95": null, "values": [1]}},
        "utilization.{evil}": {{"mean": 1, "ci95": null, "values": [1]}}}}}}"#
    );
    fs::write(dir.join("summary.json"), summary).unwrap();
    let row = format!("\"{raw}\",\"{raw}\",\"{raw}\",0,0,1,completed,local,\"{raw}\",0,0,1,1,1,0,1,0,,,\n");
    fs::write(dir.join("tasks.csv"), TASKS.to_owned() + &row).unwrap();
    fs::write(dir.join("units.csv"), format!("unit,kind,device,node\n0,\"{raw}\",\"{raw}\",\"{raw}\"\n")).unwrap();
    fs::write(dir.join("timeline.csv"), format!("time_s,queue,\"{raw}\"\n0,1,1\n9,0,2\n")).unwrap();
    fs::write(
        dir.join("comparison.csv"),
        format!(
            "variant,metric,mean,verdict\na,wait_s.mean,2,\n\"{raw}\",wait_s.mean,1,\"{raw}\"\n\"{raw}\",\"{raw}\",1,\n"
        ),
    )
    .unwrap();
    fs::write(dir.join("tuning.csv"), format!("\"{raw}\",n\n\"{raw}\",1\n")).unwrap();
    fs::write(dir.join("<b>&'.csv"), "a,b\n1\n").unwrap();
    fs::create_dir(dir.join("plots")).unwrap();
    fs::write(
        dir.join("plots/<i>\"'.svg"),
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\"><script>{raw}</script></svg>"),
    )
    .unwrap();
    let page = page(&dir);
    assert_well_formed(&page);
    assert_self_contained(&page);
    let seen = markup(&page);
    for bad in ["<script>alert", "<img src=x", "<b>&'", "<i>"] {
        assert!(!page.contains(bad), "{bad}");
    }
    assert!(!page.contains(['\0', '\u{202e}']), "characters that hide");
    assert!(seen.contains("&lt;/script&gt;&lt;script&gt;alert(1)"), "shown as it is");
    // One script, and data: nothing else runs.
    let scripts: Vec<&str> = seen.match_indices("<script").map(|(at, _)| &seen[at..at + 14]).collect();
    assert_eq!(scripts.iter().filter(|tag| **tag == "<script></scri").count(), 1, "{scripts:?}");
    assert!(scripts.iter().all(|tag| *tag == "<script></scri" || *tag == "<script type=\""), "{scripts:?}");
    for (at, _) in page.match_indices("type=\"application/json\"") {
        let text = &page[at + page[at..].find('>').unwrap() + 1..];
        let json = &text[..text.find("</script>").unwrap()];
        serde_json::from_str::<serde_json::Value>(json).expect("data is JSON");
    }
    // A table of other origin that cannot be read is named and keeps nothing else from being shown.
    assert!(seen.contains("Not shown: &lt;b&gt;&amp;&#39;.csv, line 2: expected 2 fields, found 1"), "{seen}");
}

#[test]
fn mistakes_are_told_with_file_and_line() {
    let home = Folder::new();
    let dir = folder(&home);
    let run = || xpusim(&dir, &["report", "."]);
    fs::write(dir.join("tasks.csv"), TASKS.replace("0;1,0", "0;x,0")).unwrap();
    run().exits(3).complains(&["tasks.csv, line 2", "`units`", "expected unit numbers"]);
    fs::write(dir.join("tasks.csv"), &TASKS[..TASKS.len() - 20]).unwrap();
    run().exits(3).complains(&["tasks.csv, line 6", "expected 20 fields"]);
    fs::write(dir.join("tasks.csv"), TASKS).unwrap();
    fs::write(dir.join("timeline.csv"), "time_s,queue\n5,0\n4,0\n").unwrap();
    run().exits(3).complains(&["timeline.csv, line 3", "time runs backwards"]);
    fs::remove_file(dir.join("timeline.csv")).unwrap();
    fs::write(dir.join("manifest.json"), "{\n\"a\": }").unwrap();
    run().exits(3).complains(&["manifest.json, line 2"]);
    fs::write(dir.join("manifest.json"), "{}").unwrap();
    fs::write(dir.join("intervals.csv"), "what,task,units,from_s,to_s\nrun,1,0,5,4\n").unwrap();
    run().exits(3).complains(&["intervals.csv, line 2", "ends before it begins"]);
    assert!(!dir.join("report.html").exists(), "no half page");
    let empty = Folder::new();
    xpusim(empty.path(), &["report", "."]).exits(3).complains(&["no results"]);
    xpusim(empty.path(), &["report", "absent"]).exits(4).complains(&["absent", "not a results folder"]);
}

/// A search leaves tables that the page knows nothing of; a summary alone is enough too.
#[test]
fn folders_of_other_commands_have_a_page() {
    let home = Folder::new();
    home.file("tuning.csv", "trial,ageing,objective\n0,0.1,12\n1,0.5,9\n");
    let page = page(home.path());
    assert_well_formed(&page);
    assert!(page.contains("\"file\":\"tuning.csv\"") && page.contains("Further tables"), "{page}");
    let other = Folder::new();
    other.file(
        "summary.json",
        r#"{"scenario": "s", "metrics": {"wait_s.mean": {"mean": 2, "ci95": [1, 3], "values": [1, 3]}}}"#,
    );
    let text = self::page(other.path());
    assert!(text.contains("1 s to 3 s") && text.contains("1 · 3"), "{text}");
}

/// Of more than two megabytes of charts the page takes what fits, and names the rest.
#[test]
fn charts_that_do_not_fit_are_named() {
    let home = Folder::new();
    let dir = folder(&home);
    fs::create_dir(dir.join("plots")).unwrap();
    fs::write(dir.join("plots/extra.svg"), "<svg width=\"504pt\" xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
    fs::write(dir.join("plots/gantt.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
    fs::write(dir.join("plots/huge.svg"), vec![b' '; 4_000_000]).unwrap();
    let page = page(&dir);
    assert!(page.contains("<figure class=\"wide\"><img alt=\"Chart: extra\""), "{}", markup(&page));
    assert!(page.contains("unreadable: plots/huge.svg."));
    assert!(!page.contains("Chart: gantt"), "the page draws it itself");
}
