//! The order of the layers: a file may use only what stands to the left of its own layer.

use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up. `main` and `lib` stand above all.
const ORDER: &[&str] = &[
    "units",
    "rng",
    "dist",
    "stats",
    "theory",
    "queue",
    "engine",
    "json",
    "model",
    "catalogue",
    "record",
    "policy",
    "workload",
    "calibrate",
    "sim",
    "sink",
    "scenario",
    "experiment",
    "sweep",
    "tune",
    "report",
    "verify",
    "facade",
    "cli",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && name != "tests" {
            sources(&path, found);
        } else if name.ends_with(".rs") && name != "tests.rs" && !name.ends_with("_tests.rs") {
            found.push(path);
        }
    }
}

/// The part of a file that is built without tests, line by line, without comments.
fn lines(text: &str) -> Vec<(usize, &str)> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    code.lines().enumerate().map(|(i, l)| (i + 1, l.split("//").next().unwrap_or(""))).collect()
}

/// The first names of all `crate::…` paths in a text, those within `crate::{…}` too, with the line they stand in.
fn uses(lines: &[(usize, &str)]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut group = None::<usize>;
    for (number, line) in lines {
        let mut rest = *line;
        loop {
            if let Some(depth) = group {
                // Within `crate::{`: names at depth 1 begin after `{` or `,`.
                let Some(at) = rest.find(['{', '}', ',']) else {
                    if depth == 1 && !name(rest.trim_start()).is_empty() {
                        found.push((*number, name(rest.trim_start())));
                    }
                    break;
                };
                if depth == 1 && !name(rest.trim_start()).is_empty() {
                    found.push((*number, name(rest.trim_start())));
                }
                group = match rest.as_bytes()[at] {
                    b'{' => Some(depth + 1),
                    b'}' if depth == 1 => None,
                    b'}' => Some(depth - 1),
                    _ => Some(depth),
                };
                rest = &rest[at + 1..];
            } else {
                let Some(at) = rest.find("crate::") else { break };
                let before = rest[..at].chars().next_back();
                rest = &rest[at + "crate::".len()..];
                // `$crate::` is the same crate; `my_crate::` is not.
                if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                match rest.strip_prefix('{') {
                    Some(inside) => (group, rest) = (Some(1), inside),
                    None => found.push((*number, name(rest))),
                }
            }
        }
    }
    found
}

#[test]
fn no_arrow_runs_against_the_layers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 50, "the sources are not where they were");
    let height = |layer: &str| ORDER.iter().position(|l| *l == layer);
    let mut wrong = Vec::new();
    let mut arrows = 0;
    for path in files {
        let inside = path.strip_prefix(&root).unwrap();
        let layer = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if layer == "main" || layer == "lib" {
            continue;
        }
        let shown = inside.display();
        let Some(mine) = height(&layer) else {
            wrong.push(format!("src/{shown}: `{layer}` has no place in the order of layers"));
            continue;
        };
        let text = fs::read_to_string(&path).unwrap();
        for (line, used) in uses(&lines(&text)) {
            arrows += 1;
            match height(&used) {
                Some(theirs) if theirs <= mine => {}
                Some(_) => wrong.push(format!("src/{shown}:{line}: `{layer}` uses `{used}`, which stands above it")),
                None => wrong.push(format!("src/{shown}:{line}: `crate::{used}` is in no layer")),
            }
        }
    }
    assert!(arrows > 300, "only {arrows} uses found: the reader is broken");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The reader sees plain, inline and grouped paths, and neither comments nor tests.
#[test]
fn the_reader_finds_what_it_should() {
    let text = "use crate::units::{A, B};\n//! crate::cli\nfn f() { crate::sim::g(my_crate::x) }\n\
use crate::{\n    json::{cli, C},\n    model,\n};\nuse crate::{rng, dist::D};\n\
#[cfg(test)]\nmod tests {\n use crate::cli;\n}\n";
    let found: Vec<(usize, String)> = uses(&lines(text));
    let expected = [(1, "units"), (3, "sim"), (5, "json"), (6, "model"), (8, "rng"), (8, "dist")];
    assert_eq!(found, expected.map(|(n, s)| (n, s.to_owned())));
}
