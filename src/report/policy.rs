//! A policy in a few words.

use serde_json::Value;

/// The name of a chosen policy with its parameters, or a scheduler's parts.
pub fn in_short(chosen: &Value) -> String {
    let word = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let Value::Object(parts) = chosen else { return word(chosen) };
    if let Some(name) = parts.get("name") {
        let rest: Vec<String> =
            parts.iter().filter(|(k, _)| *k != "name").map(|(k, v)| format!("{k} {}", word(v))).collect();
        return if rest.is_empty() { word(name) } else { format!("{} ({})", word(name), rest.join(", ")) };
    }
    let order = ["order", "backfill", "placement"];
    order.iter().filter_map(|k| parts.get(*k)).map(word).collect::<Vec<_>>().join(" + ")
}

#[cfg(test)]
mod tests {
    use super::in_short;
    use serde_json::json;

    #[test]
    fn a_policy_is_told_in_short() {
        for (chosen, text) in [
            (json!("easy"), "easy"),
            (json!({"name": "timeout", "after": "10 s"}), "timeout (after 10 s)"),
            (json!({"backfill": "easy", "order": "sjf", "placement": "best-fit"}), "sjf + easy + best-fit"),
            (json!({"order": {"formula": "units"}}), "{\"formula\":\"units\"}"),
        ] {
            assert_eq!(in_short(&chosen), text);
        }
    }
}
