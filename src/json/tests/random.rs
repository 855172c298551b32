//! Properties over random documents. proptest's own seed is random: a failure is a bug at any seed.

use crate::json::{Aim, Document, Limits, Setting, SubError, inner, locate, tagged};
use proptest::prelude::*;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

fn key() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]{1,2}", "[~/.\\\\\"01é\\u{1F600}\n]{0,3}"]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9).prop_map(Value::from),
        key().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((key(), inner), 0..5).prop_map(|m| Value::Object(Map::from_iter(m))),
        ]
    })
}

/// Every pointer of a value, with what it leads to.
fn pointers<'a>(value: &'a Value, at: String, out: &mut Vec<(String, &'a Value)>) {
    let escape = |k: &str| k.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Array(list) => list.iter().enumerate().for_each(|(i, v)| pointers(v, format!("{at}/{i}"), out)),
        Value::Object(map) => map.iter().for_each(|(k, v)| pointers(v, format!("{at}/{}", escape(k)), out)),
        _ => {}
    }
    out.push((at, value));
}

/// The bytes from a 1-based line and column on.
fn from(text: &str, (line, column): (usize, usize)) -> &str {
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let (offset, _) = text[start..].char_indices().nth(column - 1).unwrap();
    &text[start + offset..]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only decoded")]
struct Shape {
    a: Option<f64>,
    b: Option<Vec<Shape>>,
    c: Option<Box<Other>>,
    aa: Option<(u8, u8)>,
}

#[derive(Debug)]
#[expect(dead_code, reason = "only decoded")]
struct Other(Shape);

impl<'de> Deserialize<'de> for Other {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        tagged(d, "a", &["a", "b"], |name, rest| match name {
            "a" => inner(rest).map(Self),
            _ => Err(SubError::new("never")),
        })
    }
}

/// A part of a plan whose mistakes are known one by one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only decoded")]
struct Step {
    size: u8,
    label: Option<String>,
    #[serde(default)]
    span: Option<(f64, String)>,
    #[serde(default)]
    parts: Vec<Step>,
}

/// A step made with the given mistakes, and the pointers at which they must be told.
fn step(mistakes: [bool; 5], parts: &[(Value, Vec<String>)]) -> (Value, Vec<String>) {
    let [size, label, span, extra, missing] = mistakes;
    let mut wrong = Vec::new();
    let mut map = Map::new();
    let mut put = |key: &str, bad: bool, at: &str, values: (Value, Value)| {
        map.insert(key.to_owned(), if bad { values.1 } else { values.0 });
        if bad {
            wrong.push(at.to_owned());
        }
    };
    put("label", label, "/label", ("x".into(), 1.into()));
    put("span", span, "/span/0", (serde_json::json!([1, "s"]), serde_json::json!(["s", "s"])));
    put("parts", false, "", (parts.iter().map(|(v, _)| v.clone()).collect(), Value::Null));
    if !missing {
        put("size", size, "/size", (200.into(), 256.into()));
    }
    if extra {
        map.insert("quux".into(), Value::Null);
        wrong.push("/quux".into());
    }
    if missing {
        wrong.push(String::new());
    }
    for (i, (_, inner)) in parts.iter().enumerate() {
        wrong.extend(inner.iter().map(|at| format!("/parts/{i}{at}")));
    }
    (Value::Object(map), wrong)
}

fn steps() -> impl Strategy<Value = (Value, Vec<String>)> {
    let mistakes = || prop::array::uniform5(prop::bool::weighted(0.2));
    let leaf = mistakes().prop_map(|m| step(m, &[]));
    leaf.prop_recursive(3, 12, 3, move |inner| {
        (mistakes(), prop::collection::vec(inner, 0..4)).prop_map(|(m, parts)| step(m, &parts))
    })
}

proptest! {
    #[test]
    fn exactly_the_mistakes_that_were_made_are_told((value, mut wrong) in steps()) {
        let document = Document::parse("f", value.to_string().as_bytes(), &Limits::default()).unwrap();
        let mut told: Vec<String> = match document.decode::<Step>() {
            Ok(_) => Vec::new(),
            Err(problems) => problems.list().iter().map(|p| p.pointer.clone()).collect(),
        };
        told.sort();
        wrong.sort();
        if wrong.len() <= 20 {
            prop_assert_eq!(told, wrong, "{}", value);
        } else {
            prop_assert_eq!(told.len(), 20);
            prop_assert!(told.iter().all(|at| wrong.contains(at)));
        }
    }

    #[test]
    fn parsing_gives_serde_jsons_tree_and_every_pointer_is_found(value in json(), pretty: bool) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let document = Document::parse("f", text.as_bytes(), &Limits::default()).unwrap();
        prop_assert_eq!(document.value(), &value);
        let mut all = Vec::new();
        pointers(&value, String::new(), &mut all);
        for (pointer, expected) in all {
            let rest = from(&text, locate(&text, &pointer, Aim::Value).unwrap());
            let found = serde_json::Deserializer::from_str(rest).into_iter::<Value>().next().unwrap().unwrap();
            prop_assert_eq!(&found, expected);
            if let Some(key) = pointer.rsplit_once('/').map(|(_, k)| k.replace("~1", "/").replace("~0", "~")) {
                let rest = from(&text, locate(&text, &pointer, Aim::Key).unwrap());
                let found = serde_json::Deserializer::from_str(rest).into_iter::<Value>().next().unwrap().unwrap();
                prop_assert!(found.as_str() == Some(key.as_str()) || &found == expected);
            }
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(problems) = Document::parse("f", &bytes, &Limits::default()) {
            prop_assert!(problems.to_string().starts_with("error: f"));
        }
    }

    #[test]
    fn no_damaged_document_panics(value in json(), at: prop::sample::Index, with in "[\\[\\]{}\",:a1é\\\\ \n]{0,2}", cut: bool) {
        let mut text: Vec<char> = value.to_string().chars().collect();
        let at = at.index(text.len());
        if cut { text.truncate(at) } else { text.splice(at..at + 1, with.chars()).for_each(drop) }
        let text: String = text.into_iter().collect();
        if let Ok(document) = Document::parse("f", text.as_bytes(), &Limits::default()) {
            drop(document.decode::<Shape>());
        }
    }

    #[test]
    fn decoding_agrees_with_serde_and_names_places_that_exist(value in json()) {
        let document = Document::parse("f", value.to_string().as_bytes(), &Limits::default()).unwrap();
        match document.decode::<Shape>() {
            Ok(_) => prop_assert!(serde_json::from_value::<Shape>(value).is_ok()),
            Err(problems) => {
                prop_assert!(serde_json::from_value::<Shape>(value.clone()).is_err());
                prop_assert!(!problems.list().is_empty());
                for problem in problems.list() {
                    prop_assert!(value.pointer(&problem.pointer).is_some(), "{}", problem);
                }
                // Nothing is told twice.
                let mut told: Vec<String> = problems.list().iter().map(ToString::to_string).collect();
                told.sort();
                told.dedup();
                prop_assert_eq!(told.len(), problems.list().len());
            }
        }
    }

    #[test]
    fn a_setting_lands_at_its_pointer_or_leaves_all_as_it_was(value in json(), path in "[a-c01.\\\\]{1,8}", new in json()) {
        let Ok(setting) = Setting::new(&path, new.clone()) else { return Ok(()) };
        let mut changed = value.clone();
        match setting.apply(&mut changed) {
            Ok(()) => prop_assert_eq!(changed.pointer(&setting.pointer()), Some(&new)),
            Err(_) => prop_assert_eq!(changed, value),
        }
    }
}
