//! Every mistake once, at its place, and none that is not there.

use super::parse;
use crate::json::{Problem, Problems, Seconds, SubError, inner, keyed, named, printable, tagged};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only decoded")]
struct Scenario {
    name: String,
    seed: Option<u64>,
    #[serde(default)]
    nodes: Vec<Node>,
    #[serde(default)]
    arrivals: Vec<Process>,
    scheduler: Option<Policy>,
    #[serde(default, deserialize_with = "keyed")]
    runs_on: BTreeMap<Kind, f64>,
    plain_map: Option<BTreeMap<Kind, f64>>,
    cloud: Option<Cloud>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only decoded")]
struct Node {
    device: String,
    count: u32,
    wake: Option<Seconds>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only decoded")]
struct Cloud {
    inner: Inner,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only decoded")]
struct Inner {
    pair: (f64, String),
}

#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Cpu,
    Gpu,
}

#[derive(Debug)]
#[expect(dead_code, reason = "only decoded")]
enum Process {
    Poisson(Poisson),
    Batch(Batch),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only decoded")]
struct Poisson {
    rate: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only decoded")]
struct Batch {
    size: u32,
    of: Vec<Process>,
}

impl<'de> Deserialize<'de> for Process {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        tagged(deserializer, "process", &["poisson", "batch"], |name, rest| match name {
            "poisson" => inner(rest).map(Self::Poisson),
            _ => inner(rest).map(Self::Batch),
        })
    }
}

#[derive(Debug)]
#[expect(dead_code, reason = "only decoded")]
struct Policy(String, Option<u32>);

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Parameters {
            depth: Option<u32>,
            width: Option<u32>,
        }
        named(deserializer, "name", &["easy", "fifo"], |name, rest| {
            let p: Parameters = inner(rest)?;
            if p.depth > p.width && p.width.is_some() {
                return Err(SubError::new("`depth` must not be above `width`"));
            }
            Ok(Self(name.to_owned(), p.depth))
        })
    }
}

fn told(text: &str) -> String {
    match parse(text).unwrap().decode::<Scenario>() {
        Ok(scenario) => format!("{scenario:?}"),
        Err(problems) => problems.to_string(),
    }
}

#[test]
fn each_mistake_is_told_with_its_place() {
    let wrong = [
        (r#"{"name": 5}"#, "f.json:1:10 (/name): found 5, expected a string"),
        (r#"[]"#, "f.json:1:1: found an empty array, expected an object"),
        (r#"{"seed": 1}"#, "f.json:1:1: found an object without `name`, expected the required key `name`"),
        (r#"{"name": "", "seed": 1.5}"#, "f.json:1:22 (/seed): found 1.5, expected a whole number >= 0"),
        (
            r#"{"name": "", "arrivals": [{"process": "poison", "rate": 1}]}"#,
            "f.json:1:39 (/arrivals/0/process): found \"poison\", expected one of `poisson`, `batch`; \
             did you mean `poisson`?",
        ),
        (
            r#"{"name": "", "arrivals": [{"rate": 1}]}"#,
            "f.json:1:27 (/arrivals/0): found an object without `process`, \
             expected the required key `process`: one of `poisson`, `batch`",
        ),
        (
            r#"{"name": "", "arrivals": [{"proces": "poisson", "rate": 1}]}"#,
            "f.json:1:27 (/arrivals/0): found an object without `process`, \
             expected the required key `process`: one of `poisson`, `batch`; did you mean `process` by `proces`?",
        ),
        (
            r#"{"name": "", "arrivals": [{"process": "batch", "size": 2, "of": [{"process": "poisson", "rats": 1}]}]}"#,
            "f.json:1:89 (/arrivals/0/of/0/rats): found unknown key `rats`, expected `rate`; did you mean `rate`?",
        ),
        (
            r#"{"name": "", "scheduler": 5}"#,
            "f.json:1:27 (/scheduler): found 5, expected a name or an object with the key `name`",
        ),
        (
            r#"{"name": "", "scheduler": "Easy"}"#,
            "f.json:1:27 (/scheduler): found \"Easy\", expected one of `easy`, `fifo`; did you mean `easy`?",
        ),
        (
            r#"{"name": "", "scheduler": {"name": "easy", "depth": "x"}}"#,
            "f.json:1:53 (/scheduler/depth): found \"x\", expected a whole number from 0 to 4294967295",
        ),
        (
            r#"{"name": "", "scheduler": {"name": "easy", "depth": 3, "width": 2}}"#,
            "f.json:1:27 (/scheduler): `depth` must not be above `width`",
        ),
        (
            r#"{"name": "", "runs_on": {"gpuu": 1}}"#,
            "f.json:1:26 (/runs_on/gpuu): found the key `gpuu`, expected `cpu` or `gpu`; did you mean `gpu`?",
        ),
        (
            r#"{"name": "", "cloud": {"inner": {"pair": [1]}}}"#,
            "f.json:1:42 (/cloud/inner/pair): found an array of 1, expected an array of 2",
        ),
    ];
    for (text, expected) in wrong {
        assert_eq!(told(text), format!("error: {expected}"), "{text}");
    }
}

#[test]
fn many_mistakes_are_told_in_order_and_none_is_invented() {
    let text = r#"{
  "nam": "x",
  "seed": "many",
  "nodes": [
    {"device": "h100", "count": -1},
    {"device": "h100", "count": 1},
    {"devise": "a100", "count": 2, "wake": "soon"},
    {"count": 1, "colour": "red"},
    {"device": 7, "count": 1, "wake": -1}
  ],
  "arrivals": [{"process": "poisson", "rate": "1"}, {"process": "pois"}, {"process": "poisson"}],
  "scheduler": {"name": "easy", "depth": 9, "width": "x"},
  "runs_on": {"gpu": "fast", "tpu": 1},
  "cloud": {"inner": {"pair": ["a", "b"]}}
}"#;
    let problems = parse(text).unwrap().decode::<Scenario>().unwrap_err();
    let places: Vec<String> = problems
        .list()
        .iter()
        .map(|p| p.to_string().trim_start_matches("error: f.json:").split(':').take(2).collect::<Vec<_>>().join(":"))
        .collect();
    let expected = [
        "2:3 (/nam)",
        "3:11 (/seed)",
        "5:33 (/nodes/0/count)",
        "7:6 (/nodes/2/devise)",
        "7:44 (/nodes/2/wake)",
        "8:5 (/nodes/3)",
        "8:18 (/nodes/3/colour)",
        "9:16 (/nodes/4/device)",
        "9:39 (/nodes/4/wake)",
        "11:47 (/arrivals/0/rate)",
        "11:65 (/arrivals/1/process)",
        "11:74 (/arrivals/2)",
        "12:54 (/scheduler/width)",
        "13:22 (/runs_on/gpu)",
        "13:30 (/runs_on/tpu)",
        "14:32 (/cloud/inner/pair/0)",
    ];
    // The second half of a pair is not taken for its first, once that is gone.
    assert_eq!(places, expected, "{problems}");
}

#[test]
fn a_guessed_name_brings_no_mistakes_of_its_own() {
    // `wakes` is taken for `wake`, whose value then does not fit: only the key is told.
    let text = r#"{"name": "", "nodes": [{"device": "a", "count": 1, "wakes": [1, 2]}]}"#;
    let problems = parse(text).unwrap().decode::<Scenario>().unwrap_err();
    assert_eq!(problems.list().len(), 1, "{problems}");
    // `names` beside a good `name` is simply one too many.
    let text = r#"{"name": "", "names": 5}"#;
    assert_eq!(parse(text).unwrap().decode::<Scenario>().unwrap_err().list().len(), 1);
}

#[test]
fn a_flood_stops_at_twenty() {
    let nodes = vec![r#"{"device": 1, "count": "x"}"#; 30].join(",");
    let problems = parse(&format!(r#"{{"name": "", "nodes": [{nodes}]}}"#)).unwrap().decode::<Scenario>().unwrap_err();
    assert_eq!(problems.list().len(), 20);
    let text = problems.to_string();
    assert!(text.ends_with("there may be more: the check stopped here") && text.lines().count() == 21, "{text}");

    let list = (0..25).map(|i| Problem::sentence(format!("/{i}"), "no")).collect();
    assert!(Problems::new(list).to_string().ends_with("\nand 5 more"));
}

#[test]
fn hostile_text_reaches_no_terminal() {
    let key = "\u{1b}[31m\u{202e}`, expected one of `x`";
    let text = serde_json::json!({"name": "", key: 1, "runs_on": {"\u{e000}9:/a/b": 2}}).to_string();
    let told = told(&text);
    assert!(!told.contains(['\u{1b}', '\u{202e}', '\u{e000}']), "{told:?}");
    assert!(told.contains("\\u{1b}[31m\\u{202e}") && told.lines().count() == 2, "{told}");
    assert_eq!(printable(&"ä".repeat(61), 60), "ä".repeat(59) + "…");
    assert_eq!(printable(&"ä".repeat(60), 60), "ä".repeat(60));
}

#[test]
fn a_good_document_is_decoded() {
    let text = r#"{"name": "a", "seed": 18446744073709551615, "scheduler": {"name": "fifo"},
        "arrivals": [{"process": "batch", "size": 1, "of": [{"process": "poisson", "rate": 2}]}],
        "nodes": [{"device": "d", "count": 1, "wake": "2 min"}], "runs_on": {"cpu": 1, "gpu": 0.5}}"#;
    let scenario: Scenario = parse(text).unwrap().decode().unwrap();
    assert_eq!(scenario.seed, Some(u64::MAX));
    assert_eq!(scenario.nodes[0].wake, Some(Seconds(120.0)));
}
