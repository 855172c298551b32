//! Numbers with and without units.

use super::parse;
use crate::json::{ByteCount, BytesPerSecond, Seconds, Watts, inner};
use serde_json::{Value, json};

#[test]
fn seconds_become_the_nearest_nanosecond() {
    let cases = [
        (json!(0.3), 300_000_000),
        (json!(0.1 + 0.2), 300_000_000),
        (json!("250 ms"), 250_000_000),
        (json!("0.1 ms"), 100_000),
        (json!("2h"), 7_200_000_000_000),
        (json!(86400), 86_400_000_000_000),
        (json!("1 ns"), 1),
        (json!(5e-10), 0),
        (json!(1.5e-9), 2),
        (json!(1e-320), 0),
        (json!(-0.0), 0),
        (json!(9_223_372_036_u64), 9_223_372_036_000_000_000),
    ];
    for (value, nanos) in cases {
        let seconds: Seconds = inner(value.clone()).unwrap();
        assert_eq!(seconds.duration().as_nanos(), nanos, "{value}");
        assert!(seconds.get().is_sign_positive());
    }
}

#[test]
fn bytes_are_whole_and_exact() {
    let cases = [
        (json!(9_007_199_254_740_993_u64), 9_007_199_254_740_993),
        (json!("9007199254740993"), 9_007_199_254_740_993),
        (json!(u64::MAX), u64::MAX),
        (json!("16 GiB"), 17_179_869_184),
        (json!("1.5 KiB"), 1536),
        (json!("1.1 GiB"), 1_181_116_006),
        (json!("1e3 kB"), 1_000_000),
        (json!(4.0), 4),
        (json!("0 B"), 0),
    ];
    for (value, bytes) in cases {
        assert_eq!(inner::<ByteCount>(value.clone()).map(ByteCount::get), Ok(bytes), "{value}");
    }
}

fn refusal<T: serde::de::DeserializeOwned>(value: &Value) -> String {
    let document = parse(&json!([value]).to_string()).unwrap();
    let Err(problems) = document.decode::<Vec<T>>() else { panic!("accepted {value}") };
    problems.to_string().strip_prefix("error: f.json:1:2 (/0): ").unwrap().to_owned()
}

#[test]
fn what_is_no_quantity_is_refused_in_words() {
    let seconds = refusal::<Seconds>;
    assert_eq!(seconds(&json!(-5)), "found -5, expected a duration >= 0");
    assert_eq!(seconds(&json!("-5 s")), "found \"-5 s\", expected a duration >= 0");
    let expected = "a duration: a number in seconds, or text such as \"250 ms\"";
    for text in ["12,5 s", "", "1e400", "NaN", "inf", "0x10", "−5", "1_000"] {
        assert_eq!(seconds(&json!(text)), format!("found \"{text}\", expected {expected}"));
    }
    assert_eq!(seconds(&json!(true)), format!("found true, expected {expected}"));
    assert_eq!(seconds(&json!(1e10)), "found 10000000000.0, expected a duration of at most 9.223372036e9 seconds");
    assert!(seconds(&json!("10 mins")).ends_with("did you mean `min`?"));
    assert!(seconds(&json!("5 GiB")).contains("a duration with a unit out of s, ns"));

    let bytes = refusal::<ByteCount>;
    assert_eq!(bytes(&json!(0.5)), "found 0.5, expected a whole number of bytes");
    assert_eq!(bytes(&json!("0.5 B")), "found \"0.5 B\", expected a whole number of bytes");
    assert_eq!(bytes(&json!(-1)), "found -1, expected an amount of data >= 0");
    assert!(bytes(&json!(1e30)).ends_with("expected at most 18446744073709551615 bytes"));
    assert!(bytes(&json!("99999999 TiB")).ends_with("expected at most 18446744073709551615 bytes"));
    assert!(bytes(&json!("16 gib")).ends_with("did you mean `GiB`?"));
    assert!(refusal::<Watts>(&json!("2000 GW")).contains("at most 1e12 watts"));
}

#[test]
fn written_values_read_back_the_same() {
    for text in ["250 ms", "7 s", "0.1 s", "123456789.125 s"] {
        let seconds: Seconds = inner(json!(text)).unwrap();
        assert_eq!(inner::<Seconds>(serde_json::to_value(seconds).unwrap()), Ok(seconds));
    }
    assert_eq!(serde_json::to_string(&BytesPerSecond(25e9)).unwrap(), "25000000000");
    assert_eq!(serde_json::to_string(&ByteCount(u64::MAX)).unwrap(), "18446744073709551615");
    assert_eq!(serde_json::to_string(&Seconds(0.25)).unwrap(), "0.25");
}

#[test]
fn the_schema_allows_a_number_or_text() {
    let schema = serde_json::to_value(schemars::schema_for!(Watts)).unwrap();
    assert_eq!(schema["anyOf"], json!([{"type": "number", "minimum": 0}, {"type": "string"}]));
    assert!(schema["description"].as_str().unwrap().contains("700 W"));
}
