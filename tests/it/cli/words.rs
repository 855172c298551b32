//! `list`, `init`, `schema`, `completions`, `help`, `verify`, `replay`.

use serde_json::Value;

use super::super::support::xpusim;
use super::home;

/// Every name that a list tells can be used, and every topic has names.
#[test]
fn every_topic_can_be_listed() {
    let home = home();
    for (topic, name) in [
        ("schedulers", "conservative"),
        ("orders", "edf"),
        ("backfills", "easy"),
        ("placements", "least-loaded"),
        ("memory", "best-fit"),
        ("power", "ondemand"),
        ("sleep", "timeout"),
        ("cloud", "deadline-aware"),
        ("adaptive", "bandit"),
        ("formula", "estimate"),
        ("devices", "l4"),
        ("formats", "swf"),
        ("distributions", "hyperexponential"),
        ("processes", "mmpp"),
    ] {
        let said = xpusim(home.path(), &["list", topic]).exits(0);
        let names: Vec<&str> = said.out.lines().filter_map(|l| l.split_whitespace().next()).collect();
        assert!(names.contains(&name), "{topic}: {names:?}");
    }
    let schedulers = xpusim(home.path(), &["list", "schedulers"]).exits(0).out;
    // Behind a blank line stand the parts from which others can be put together.
    let (presets, parts) = schedulers.split_once("\n\n").unwrap();
    for part in ["ORDERS", "BACKFILLS", "PLACEMENTS", "fair-share", "best-fit"] {
        assert!(parts.contains(part), "{parts}");
    }
    for scheduler in presets.lines().filter_map(|l| l.split_whitespace().next()) {
        let setting = format!("policies.scheduler={scheduler}");
        xpusim(home.path(), &["validate", "good.json", "--set", &setting]).exits(0);
    }
    xpusim(home.path(), &["list", "scheduler"]).exits(2).complains(&["schedulers"]);
}

#[test]
fn every_template_validates_and_runs() {
    let home = home();
    for template in ["basic", "cluster", "energy", "cloud"] {
        let said = xpusim(home.path(), &["init", template]).exits(0);
        home.file("t.json", &said.out);
        let checked = xpusim(home.path(), &["validate", "t.json"]).exits(0);
        assert_eq!(checked.err, "", "{template}");
        let few = ["--set", "workload.0.count=40", "--replications", "2", "--out", template, "--no-plots", "-q"];
        xpusim(home.path(), &[&["run", "t.json", "--check"], &few[..]].concat()).exits(0);
    }
    xpusim(home.path(), &["init", "energie"]).exits(2).complains(&["`energy`"]);
}

/// Keys of a scenario that the schema does not know, at any depth; objects that the schema leaves open may hold any.
fn unknown_keys(value: &Value, schema: &Value, root: &Value, path: &str, found: &mut Vec<String>) {
    let Some(shape) = resolve(value, schema, root) else { return };
    match value {
        Value::Object(map) => {
            for (key, inner) in map.iter().filter(|(k, _)| !k.starts_with("//")) {
                let at = format!("{path}/{key}");
                match shape.iter().find_map(|s| s["properties"].get(key)) {
                    Some(next) => unknown_keys(inner, next, root, &at, found),
                    None if shape.iter().any(|s| s["additionalProperties"] == Value::Bool(false)) => found.push(at),
                    None => {}
                }
            }
        }
        Value::Array(list) => {
            for (i, inner) in list.iter().enumerate() {
                let items = shape.iter().find_map(|s| s.get("items"));
                items.iter().for_each(|next| unknown_keys(inner, next, root, &format!("{path}/{i}"), found));
            }
        }
        _ => {}
    }
}

/// The parts of a schema that speak of `value`: references followed, the branch of a union by its tag.
fn resolve<'a>(value: &Value, schema: &'a Value, root: &'a Value) -> Option<Vec<&'a Value>> {
    let mut parts = vec![schema];
    if let Some(reference) = schema["$ref"].as_str() {
        parts.extend(resolve(value, root.pointer(reference.trim_start_matches('#'))?, root)?);
    }
    for union in ["oneOf", "anyOf"] {
        let tagged = |branch: &&Value| {
            let tag = |t: &str| branch["properties"][t]["const"] == value[t] && !value[t].is_null();
            value.is_object() && ["source", "process"].iter().any(|t| tag(t))
        };
        if let Some(branch) = schema[union].as_array().and_then(|branches| branches.iter().find(tagged)) {
            parts.extend(resolve(value, branch, root)?);
        }
    }
    Some(parts)
}

/// The schema is JSON, and knows every key of what is shipped.
#[test]
fn the_schema_knows_the_shipped_scenarios() {
    let home = home();
    let schema: Value = serde_json::from_str(&xpusim(home.path(), &["schema"]).exits(0).out).unwrap();
    assert!(schema["$schema"].is_string() && schema["properties"]["cluster"].is_object());
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut seen = 0;
    for folder in [root.clone(), root.join("templates")] {
        for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if entry.extension().is_some_and(|e| e == "json") {
                let scenario: Value = serde_json::from_str(&std::fs::read_to_string(&entry).unwrap()).unwrap();
                let mut unknown = Vec::new();
                unknown_keys(&scenario, &schema, &schema, "", &mut unknown);
                assert!(unknown.is_empty(), "{}: {unknown:?}", entry.display());
                seen += 1;
            }
        }
    }
    assert!(seen >= 5, "{seen}");
    // The walk above would see a key that is not there.
    let wrong = serde_json::json!({"name": "x", "cluster": {"nodes": [{"name": "n", "cuont": 1}]},
        "workload": [{"source": "synthetic", "arrivals": {"process": "poisson", "rat": 1}}]});
    let mut unknown = Vec::new();
    unknown_keys(&wrong, &schema, &schema, "", &mut unknown);
    assert!(unknown.contains(&"/cluster/nodes/0/cuont".to_owned()), "{unknown:?}");
}

#[test]
fn every_shell_gets_completions() {
    let home = home();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = xpusim(home.path(), &["completions", shell]).exits(0);
        assert!(said.out.contains("xpusim") && said.out.contains("compare"), "{shell}");
    }
    xpusim(home.path(), &["completions", "csh"]).exits(2);
}

#[test]
fn help_and_version_are_no_failures() {
    let home = home();
    let help = xpusim(home.path(), &["--help"]).exits(0);
    for command in
        ["run", "compare", "replay", "import", "validate", "plot", "list", "init", "schema", "completions", "verify"]
    {
        assert!(help.out.contains(&format!("\n  {command}")), "{command} is not in the help");
        xpusim(home.path(), &[command, "--help"]).exits(0);
    }
    let version = xpusim(home.path(), &["--version"]).exits(0);
    assert_eq!(version.out.trim(), format!("xpusim {}", env!("CARGO_PKG_VERSION")));
    for wrong in [&["frobnicate"][..], &["run"], &["run", "good.json", "--jobs", "0"], &["compare", "good.json"]] {
        xpusim(home.path(), wrong).exits(2);
    }
}

/// The exact law passes on one system; the rows are data.
#[test]
fn verify_one_system() {
    let home = home();
    let said = xpusim(home.path(), &["verify", "Little", "--tasks", "500", "--replications", "3", "--json"]).exits(0);
    let rows: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((rows.as_array().unwrap().len(), &rows[0]["holds"]), (1, &Value::Bool(true)));
    xpusim(home.path(), &["verify", "no such system"]).exits(2);
}

/// A log without a scenario: the header tells the machine; two jobs of two on two processors follow each other.
#[test]
fn replay_straight_from_a_log() {
    let home = home();
    let job = |id: u32, submit: u32| format!("{id} {submit} -1 5 2 -1 -1 2 5 -1 1 1 1 1 1 1 -1 -1\n");
    home.file("log.swf", &format!("; MaxProcs: 2\n{}{}", job(1, 50), job(2, 51)));
    let said = xpusim(home.path(), &["replay", "log.swf", "--json", "--no-plots"]).exits(0);
    let summary: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(summary["metrics"]["wait_s.max"]["mean"], 4.0);
    assert_eq!(summary["metrics"]["makespan_s"]["mean"], 10.0);
    let wider = xpusim(home.path(), &["replay", "log.swf", "--units", "4", "--json", "--no-plots"]).exits(0);
    let summary: Value = serde_json::from_str(&wider.out).unwrap();
    assert_eq!(summary["metrics"]["wait_s.max"]["mean"], 0.0);
}
