//! `--set PATH=VALUE`.

use super::parse;
use crate::json::{Place, Setting};
use serde_json::{Value, json};

fn base() -> Value {
    json!({"name": "n", "cluster": {"nodes": [{"units": [{"count": 1}]}]}, "policies": {"scheduler": "fifo"}})
}

#[test]
fn values_are_json_where_they_read_as_json() {
    let cases = [
        ("a=8", json!(8)),
        ("a=18446744073709551615", json!(u64::MAX)),
        ("a=easy", json!("easy")),
        ("a=2h", json!("2h")),
        ("a=true", json!(true)),
        ("a=", json!("")),
        ("a=x=y", json!("x=y")),
        ("a=\"8\"", json!("8")),
        ("a={\"name\": \"easy\", \"n\": [1]}", json!({"name": "easy", "n": [1]})),
    ];
    for (text, value) in cases {
        assert_eq!(text.parse::<Setting>().unwrap().value(), &value, "{text}");
    }
    for text in ["a=[1, 2", "a={\"b\": 1, \"b\": 2}", "a=\"x"] {
        let message = text.parse::<Setting>().unwrap_err().to_string();
        assert!(message.contains("not JSON"), "{message}");
    }
    for text in ["a", "=1", "a..b=1", ".a=1", "a.=1"] {
        assert!(text.parse::<Setting>().is_err(), "{text}");
    }
}

#[test]
fn paths_lead_through_objects_and_arrays() {
    let cases = [
        ("cluster.nodes.0.units.0.count=8", "/cluster/nodes/0/units/0/count", json!(8)),
        ("policies.scheduler=easy", "/policies/scheduler", json!("easy")),
        ("policies.power=none", "/policies/power", json!("none")),
        ("stop.time=2h", "/stop/time", json!("2h")),
        ("cluster.nodes.1.name=b", "/cluster/nodes", json!([{"units": [{"count": 1}]}, {"name": "b"}])),
        ("workload.0.count=5", "/workload", json!([{"count": 5}])),
        (r"a\.b\\.c=1", r"/a.b\/c", json!(1)),
    ];
    for (text, pointer, expected) in cases {
        let mut value = base();
        text.parse::<Setting>().unwrap().apply(&mut value).unwrap();
        assert_eq!(value.pointer(pointer), Some(&expected), "{text}");
    }
}

#[test]
fn a_path_that_leads_nowhere_says_where_it_ends_and_changes_nothing() {
    let cases = [
        ("cluster.nodes.2.name=x", "(/cluster/nodes/2): found 2, expected an index from 0 to 0, or 1 to append"),
        ("cluster.nodes.first.name=x", "found `first`, expected an index"),
        ("cluster.nodes.-1=x", "found `-1`, expected an index"),
        ("policies.scheduler.name=x", "(/policies/scheduler): found \"fifo\", which has no `name` inside"),
        ("cluster.node.3.count=x", "found index 3 of an array that is not there"),
        ("name.x=1", "--set name.x (/name): found \"n\", which has no `x` inside, expected an object"),
        ("cluster.node.3.count=x", "did you mean `nodes`?"),
        ("new.nodes.3.count=x", "found index 3 of an array that is not there"),
    ];
    for (text, expected) in cases {
        let mut value = base();
        let problems = text.parse::<Setting>().unwrap().apply(&mut value).unwrap_err();
        assert!(problems.to_string().contains(expected), "{text}: {problems}");
        assert!(matches!(problems.list()[0].place, Place::Setting(_)));
        assert_eq!(value, base(), "{text}");
    }
}

#[test]
fn settings_cannot_nest_without_bound() {
    let deep = format!("{}a=1", "a.".repeat(100_000));
    assert!(deep.parse::<Setting>().is_err());
    let value = format!("a={}1{}", "[".repeat(64), "]".repeat(64));
    assert!(value.parse::<Setting>().is_err());
}

#[test]
fn problems_with_a_set_value_are_told_by_its_path() {
    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only decoded")]
    struct Top {
        rate: f64,
        count: Option<u32>,
    }
    let mut document = parse("{\"rate\": 1,\n \"count\": -1}").unwrap();
    for text in ["rate=fast", "cuont.x=1"] {
        document.set(&text.parse().unwrap()).unwrap();
    }
    assert_eq!(
        document.decode::<Top>().unwrap_err().to_string(),
        "error: f.json:2:11 (/count): found -1, expected a whole number from 0 to 4294967295\n\
         error: --set cuont.x (/cuont): found unknown key `cuont`, expected `rate` or `count`; did you mean `count`?\n\
         error: --set rate (/rate): found \"fast\", expected a number"
    );
}

#[test]
fn only_what_was_typed_as_set_is_told_as_set() {
    let problem = |setting: Setting| setting.apply(&mut base()).unwrap_err().to_string();
    assert!(problem("name.x=1".parse().unwrap()).starts_with("error: --set name.x (/name): "));
    assert!(problem(Setting::new("name.x", json!(1)).unwrap()).starts_with("error: command line (/name): "));
}
