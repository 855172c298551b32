use super::super::testing::{adds_up, damaged, reader};
use super::*;

const HEADER: &str = "timestamp,duration,num_gpus,gpu_time,cluster\n";
const ROWS: &str = "\
2017-10-09 07:01:55,66.5,1,66.5,beta
2017-10-09 06:13:03,2951.0,4,0,alpha
2017-10-08 23:59:59,10,2,20,gamma
2017-10-09 06:13:03,7,8,56,beta
";

fn read(rows: &str, vc: Option<&str>) -> Result<PhillyLog, TraceError> {
    parse_philly(reader("t.csv", format!("{HEADER}{rows}")), vc)
}

#[test]
fn jobs_are_numbered_by_record_and_sorted_by_submission() {
    let log = read(ROWS, None).unwrap();
    // From 23:59:59 to 06:13:03 are 22,384 s, to 07:01:55 another 2,932.
    let rows: Vec<_> = log.jobs.iter().map(|j| (j.number, j.arrival.as_nanos() / 1_000_000_000, j.gpus)).collect();
    assert_eq!(rows, [(3, 0, 2), (2, 22_384, 4), (4, 22_384, 8), (1, 25_316, 1)]);
    assert_eq!(log.jobs[3].duration, SimDuration::from_nanos(66_500_000_000));
    assert_eq!(log.first_submission.as_nanos(), 1_507_507_199_000_000_000);
    // Tenants by name: alpha, beta, gamma.
    let tenants: Vec<_> = log.jobs.iter().map(|j| (j.vc.as_str(), j.tenant)).collect();
    assert_eq!(tenants, [("gamma", 2), ("alpha", 0), ("beta", 1), ("beta", 1)]);
    let task = log.jobs[2].task();
    assert_eq!((task.id, task.class.as_deref(), task.units, task.user), (Label::Number(4), Some("beta"), 8, 1));
}

#[test]
fn one_virtual_cluster_begins_with_its_own_first_job() {
    let log = read(ROWS, Some("beta")).unwrap();
    let rows: Vec<_> = log.jobs.iter().map(|j| (j.number, j.arrival.as_nanos(), j.tenant)).collect();
    assert_eq!(rows, [(4, 0, 0), (1, 2_932_000_000_000, 0)]);
    assert_eq!(log.report.skipped_for(skipped::OTHER_VC), 2);
    let error = read(ROWS, Some("bete")).unwrap_err().to_string();
    assert!(error.contains("`bete`, expected one of `alpha`, `beta`, `gamma`; is `beta` meant?"), "{error}");
}

#[test]
fn jobs_that_did_nothing_are_left_out_and_counted() {
    let rows = "\
2017-10-09 00:00:00,0,1,0,a
2017-10-09 00:00:01,,1,0,a
2017-10-09 00:00:02,5,0,0,a
2017-10-09 00:00:03,5,1,0,a
";
    let log = read(rows, None).unwrap();
    assert_eq!((log.jobs.len(), log.jobs[0].number, log.jobs[0].arrival.as_nanos()), (1, 4, 3_000_000_000));
    assert_eq!(log.report.skipped_for(skipped::DURATION), 2);
    assert_eq!(log.report.skipped_for(skipped::NO_GPU), 1);
    assert!(adds_up(&log.report, 1));
}

#[test]
fn impossible_values_are_told_by_line_and_column() {
    for (row, column, word) in [
        ("2017-10-09,5,1,0,a", "timestamp", "YYYY-MM-DD HH:MM:SS"),
        (",5,1,0,a", "timestamp", "YYYY-MM-DD"),
        ("2017-02-29 00:00:00,5,1,0,a", "timestamp", "YYYY-MM-DD"),
        ("9999-01-01 00:00:00,5,1,0,a", "timestamp", "2553"),
        ("2017-10-09 00:00:00,five,1,0,a", "duration", "decimal"),
        ("2017-10-09 00:00:00,5,0.5,0,a", "num_gpus", "whole"),
    ] {
        // Also of a virtual cluster that is not asked for.
        for vc in [None, Some("z")] {
            let error = read(&format!("2017-10-09 00:00:00,5,1,0,z\n{row}\n"), vc).unwrap_err();
            assert_eq!((error.line, error.field.as_deref()), (Some(3), Some(column)), "{error}");
            assert!(error.to_string().contains(word), "{error}");
        }
    }
    assert!(read("", None).unwrap_err().to_string().contains("no records"));
}

proptest::proptest! {
    /// Any damage is an error or a log whose account adds up, never a panic.
    #[test]
    fn damaged_lists_never_panic(at in 0_usize..180, bytes in proptest::collection::vec(0_u8..=255, 0..9)) {
        let text = damaged(&format!("{HEADER}{ROWS}"), at, bytes);
        if let Ok(log) = parse_philly(reader("t.csv", text), None) {
            proptest::prop_assert!(adds_up(&log.report, log.jobs.len()));
        }
    }
}
