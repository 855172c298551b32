use super::super::testing::{adds_up, damaged, reader};
use super::*;

const HEADER: &str = "job_id,arrival_s,service_sec,gpu_count\n";

fn read(rows: &str) -> Result<HeliosLog, TraceError> {
    parse_helios(reader("t.csv", format!("{HEADER}{rows}")))
}

#[test]
fn jobs_come_in_order_of_arrival_from_the_first_on() {
    let log = read("b#1,110.25,5,8\n7,100,0.5,1\nc,110.25,9,2\n").unwrap();
    let expected = HeliosJob {
        id: Label::Text("b#1".into()),
        line: 2,
        arrival: SimTime::from_nanos(10_250_000_000),
        duration: SimDuration::from_secs(5),
        gpus: 8,
    };
    assert_eq!(log.jobs[1], expected);
    let ids: Vec<String> = log.jobs.iter().map(|job| job.id.to_string()).collect();
    assert_eq!(ids, ["7", "b#1", "c"]);
    assert_eq!((&log.jobs[0].id, log.jobs[0].arrival), (&Label::Number(7), SimTime::ZERO));
    assert_eq!(log.first_arrival.as_nanos(), 100_000_000_000);
    assert_eq!(log.report.changed.iter().map(|t| t.count).sum::<u64>(), 1);
}

#[test]
fn jobs_that_did_nothing_are_left_out_and_counted() {
    // The first arrival is of a job that is left out; columns in another order, and one more.
    let text =
        "gpu_count,job_id,state,service_sec,arrival_s\n1,a,x,0,50\n1,b,x,,60\n1,c,x,-3,60\n0,d,x,5,60\n2,e,x,5,70\n";
    let log = parse_helios(reader("t.csv", text)).unwrap();
    assert_eq!((log.jobs.len(), log.jobs[0].gpus, log.jobs[0].arrival.as_nanos()), (1, 2, 20_000_000_000));
    assert_eq!((log.report.read, log.report.kept), (5, 1));
    assert_eq!(log.report.skipped_for(skipped::DURATION), 3);
    assert_eq!(log.report.skipped_for(skipped::NO_GPU), 1);
}

#[test]
fn impossible_values_are_told_by_line_and_column() {
    for (row, column, word) in [
        ("a,,5,1", "arrival_s", "decimal"),
        ("a,-1,5,1", "arrival_s", "0 or later"),
        ("a,1e3,5,1", "arrival_s", "decimal"),
        ("a,1,NaN,1", "service_sec", "decimal"),
        ("a,1,5,1.5", "gpu_count", "whole"),
        ("a,1,5,-1", "gpu_count", "not negative"),
        ("a,1,5,1048577", "gpu_count", "at most 1048576"),
        ("a,1690000000000,5,1", "arrival_s", "584 years"),
        ("x,1,5,1", "job_id", "line 2"),
    ] {
        let error = read(&format!("x,1,5,1\n{row}\n")).unwrap_err();
        assert_eq!((error.line, error.field.as_deref()), (Some(3), Some(column)), "{error}");
        assert!(error.to_string().contains(word), "{error}");
    }
    assert!(read("").unwrap_err().to_string().contains("no records"));
    assert!(read("a,1,5\n").unwrap_err().to_string().contains("3 fields"));
    let no_column = parse_helios(reader("t.csv", "job_id,arrival_s,service_sec\n")).unwrap_err().to_string();
    assert!(no_column.contains("no column gpu_count"), "{no_column}");
}

proptest::proptest! {
    /// Any damage is an error or a log whose account adds up, never a panic.
    #[test]
    fn damaged_lists_never_panic(at in 0_usize..80, bytes in proptest::collection::vec(0_u8..=255, 0..9)) {
        let text = damaged(&format!("{HEADER}a,0,10,1\nb,5.5,0,2\n"), at, bytes);
        if let Ok(log) = parse_helios(reader("t.csv", text)) {
            proptest::prop_assert!(adds_up(&log.report, log.jobs.len()));
        }
    }
}
