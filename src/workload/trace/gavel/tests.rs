use std::io::Cursor;
use std::path::Path;

use super::throughputs::parse_throughputs;
use super::*;

fn reader(text: &str) -> TraceReader {
    TraceReader::from_reader(Path::new("t"), Cursor::new(text.to_owned().into_bytes()), Limits::default()).unwrap()
}

fn line(kind: &str, steps: &str, width: &str, weight: &str, arrival: &str) -> String {
    format!("{kind}\tpython3 a.py --x 1\ta/b\t-n\t1\t{steps}\t{width}\t{weight}\t-1.000000\t{arrival}\n")
}

#[test]
fn a_job_is_a_line() {
    let text = [line("A (batch size 5)", "7", "2", "1", "0"), line("B", "9", "1", "2.5", "1.25")].concat();
    let trace = parse_gavel(reader(&text)).unwrap();
    let b = GavelJob {
        id: 1,
        line: 2,
        arrival: SimTime::from_nanos(1_250_000_000),
        job_type: "B".into(),
        steps: 9,
        width: 1,
        priority: 2.5,
    };
    assert_eq!((trace.jobs[0].id, trace.jobs[0].steps, trace.jobs[0].width), (0, 7, 2));
    assert_eq!(trace.jobs[1], b);
    assert_eq!((trace.report.read, trace.report.kept), (2, 2));
}

/// Numbers are those of the lines, whatever is left out and whatever the order.
#[test]
fn what_has_no_steps_is_counted_and_what_comes_early_is_sorted() {
    let text = [line("A", "0", "1", "1", "5"), line("A", "1", "1", "1", "5"), line("A", "1", "1", "1", "3")].concat();
    let trace = parse_gavel(reader(&text)).unwrap();
    let order: Vec<u64> = trace.jobs.iter().map(|j| j.id).collect();
    assert_eq!(order, [2, 1]);
    assert_eq!((trace.report.kept, trace.report.skipped_for(skipped::STEPS)), (2, 1));
}

#[test]
fn what_is_wrong_with_a_line_is_named() {
    let cases = [
        ("A\tb\n".to_owned(), "t:1: 2 fields, expected 10 fields"),
        (line("A", "1.5", "1", "1", "0"), "t:1 (6 total steps): `1.5`, expected a whole number"),
        (line("A", "-1", "1", "1", "0"), "t:1 (6 total steps): `-1`, expected a number that is not negative"),
        (line("A", "99999999999", "1", "1", "0"), "(6 total steps)"),
        (line("A", "1", "0", "1", "0"), "t:1 (7 scale factor): `0`, expected at least 1"),
        (line("A", "1", "1", "0", "0"), "(8 priority weight): `0`, expected a positive number"),
        (line("A", "1", "1", "1", "soon"), "(10 arrival): `soon`"),
        (line("A", "1", "1", "1", "-1"), "(10 arrival): `-1`, expected a time of 0 or later"),
        (line("", "1", "1", "1", "0"), "(1 job type)"),
        ("\n \n".to_owned(), "no records"),
    ];
    for (text, expected) in cases {
        let said = parse_gavel(reader(&text)).unwrap_err().to_string();
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_table_says_how_fast_a_job_is_alone() {
    let text = r#"{"v100": {"('A (batch size 5)', 1)": {"null": 0.1, "('B', 1)": [1, 2]}, "('B', 4)": {"null": 0.0}},
                   "k80": {"(\"B's\", 2)": {"null": 3}, "('C', 1)": {}}}"#;
    let table = parse_throughputs(reader(text)).unwrap();
    assert_eq!(table.devices().collect::<Vec<_>>(), [("k80", 1), ("v100", 2)]);
    assert_eq!(table.alone("v100", "A (batch size 5)", 1), Some(0.1));
    assert_eq!(table.alone("k80", "B's", 2), Some(3.0));
    // Zero, another width, a row without `null`, another device.
    for (device, job_type, width) in [("v100", "B", 4), ("v100", "B", 1), ("k80", "C", 1), ("p100", "B", 4)] {
        assert_eq!(table.alone(device, job_type, width), None, "{device} {job_type} {width}");
    }
}

#[test]
fn what_is_wrong_with_a_table_is_named() {
    let cases = [
        ("{\n\"v100\": 3}", "t:2: invalid type"),
        ("{\"v100\": {\"A\": {\"null\": 1}}}", "expected keys like"),
        ("{\"v100\": {\"('A', 1)\": {\"null\": -1}}}", "`-1`, expected 0, or a number from 1e-9 to 1e9"),
        ("{\"v100\": {\"('A', 1)\": {\"null\": 1e-300}}}", "expected 0, or a number"),
        ("{\"v100\": {\"('A', 1)\": {\"null\": [1]}}}", "expected 0, or a number"),
        ("{", "expected JSON"),
    ];
    for (text, expected) in cases {
        let said = parse_throughputs(reader(text)).unwrap_err().to_string();
        assert!(said.contains(expected), "{said}");
    }
}
