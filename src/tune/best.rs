//! The winning scenario as a file of its own, in another folder than the one it came from.

use std::path::{Component, Path, PathBuf};

use serde_json::Value;

/// The scenario `value` as it must stand in a file in the folder `to` instead of the folder `from`: the paths in it that
/// lead from its own folder are written anew. Those found elsewhere (absolute, below `$XPUSIM_TRACES`) stay as they are.
/// With it, whether a path now leads out of the folder.
pub fn moved(value: &Value, from: &Path, to: &Path) -> (Value, bool) {
    let mut value = value.clone();
    let (Ok(from), Ok(to)) = (from.canonicalize(), to.canonicalize()) else { return (value, false) };
    let mut left = false;
    for pointer in paths(&value) {
        let Some(Value::String(path)) = value.pointer_mut(&pointer) else { continue };
        let file = from.join(&*path);
        if Path::new(path).is_relative() && file.exists() {
            let anew = relative(&normal(&file), &to);
            left |= anew.starts_with("..");
            *path = anew.to_string_lossy().into_owned();
        }
    }
    (value, left)
}

/// Pointers of everything in a scenario that is the path of a file.
fn paths(scenario: &Value) -> Vec<String> {
    let sources = scenario.get("workload").and_then(Value::as_array).map_or(0, Vec::len);
    let of_sources = (0..sources).flat_map(|i| ["path", "throughputs"].map(|key| format!("/workload/{i}/{key}")));
    of_sources.chain(["/cluster/nodes_from/path", "/failures/trace"].map(str::to_owned)).collect()
}

/// Without `.` and `..`, as the words say; links are not followed.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The way from the folder `to` to `file`, both absolute.
fn relative(file: &Path, to: &Path) -> PathBuf {
    let common = file.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = to.components().skip(common).map(|_| Component::ParentDir);
    up.chain(file.components().skip(common)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ways_between_folders() {
        let way =
            |file: &str, to: &str| relative(&normal(Path::new(file)), Path::new(to)).to_string_lossy().into_owned();
        assert_eq!(way("/a/b/t.swf", "/a/results/x"), "../../b/t.swf");
        assert_eq!(way("/a/b/../logs/./t.swf", "/a"), "logs/t.swf");
        assert_eq!(way("/a/t.swf", "/a"), "t.swf");
    }

    #[test]
    fn only_files_beside_the_scenario_are_written_anew() {
        let root = std::env::temp_dir().join(format!("xpusim-best-{}", std::process::id()));
        std::fs::create_dir_all(root.join("scenarios/logs")).unwrap();
        std::fs::create_dir_all(root.join("out")).unwrap();
        std::fs::write(root.join("scenarios/logs/a.swf"), "").unwrap();
        let scenario = json!({"name": "x", "workload": [
            {"source": "trace", "path": "logs/a.swf"},
            {"source": "trace", "path": "elsewhere.swf"},
            {"source": "trace", "path": "/absolute.swf"},
        ], "failures": {"trace": [{"unit": 1}]}});
        let (found, left) = moved(&scenario, &root.join("scenarios"), &root.join("out"));
        std::fs::remove_dir_all(&root).unwrap();
        let path = |i: usize| found["workload"][i]["path"].as_str().unwrap().to_owned();
        assert_eq!([path(0), path(1), path(2)], ["../scenarios/logs/a.swf", "elsewhere.swf", "/absolute.swf"]);
        assert!(left);
        assert_eq!(found["failures"], scenario["failures"]);
    }
}
