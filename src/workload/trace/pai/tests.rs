use super::super::testing::{adds_up, damaged, reader};
use super::*;

const HEADER: &str =
    "job_id,user,num_gpu,num_cpu,num_inst,submit_time,duration,gpu_type,user_dur,group_dur,group_gpu_dur\n";

fn read(rows: &str) -> Result<PaiLog, TraceError> {
    parse_pai(reader("t.csv", format!("{HEADER}{rows}")))
}

#[test]
fn every_column_lands_where_it_belongs() {
    let log = read("7,LS,0.32,3.15,3,9924230,40750,V100,3606.534,12.5,\n0,u6,8,0,1,9924220,5,MISC,,0,-1\n").unwrap();
    let expected = PaiJob {
        id: Label::Number(7),
        line: 2,
        user: "LS".to_owned(),
        gpu_hundredths: 32,
        cpu_hundredths: 315,
        instances: 3,
        submit: SimTime::from_nanos(10_000_000_000),
        duration: SimDuration::from_secs(40_750),
        gpu_type: Some("V100".to_owned()),
        user_duration: Some(SimDuration::from_nanos(3_606_534_000_000)),
        group_duration: Some(SimDuration::from_nanos(12_500_000_000)),
        group_gpu_duration: None,
    };
    assert_eq!(log.jobs[1], expected);
    let first = &log.jobs[0];
    assert_eq!((first.gpu_hundredths, first.cpu_hundredths, &first.gpu_type), (800, 0, &None));
    // Predictions that are not positive are none.
    assert_eq!((first.user_duration, first.group_duration, first.group_gpu_duration), (None, None, None));
    assert_eq!(log.first_submission.as_nanos(), 9_924_220_000_000_000);
}

#[test]
fn predictions_need_not_be_there() {
    let text = "duration,submit_time,gpu_type,num_inst,num_cpu,num_gpu,user,job_id,more\n5,0,T4,1,0,1,u,a,b\n";
    let job = &parse_pai(reader("t.csv", text)).unwrap().jobs[0];
    assert_eq!((job.gpu_hundredths, job.gpu_type.as_deref(), job.user_duration), (100, Some("T4"), None));
}

#[test]
fn finer_parts_go_to_the_nearest_hundredth_halves_to_even() {
    let rows =
        "a,u,0.125,0,1,0,5,T4,,,\nb,u,0.135,1.995,1,0,5,T4,,,\nc,u,0.33,0.5,1,0,5,T4,,,\nd,u,0.004,0,1,0,5,T4,,,\n";
    let log = read(rows).unwrap();
    let parts: Vec<_> = log.jobs.iter().map(|j| (j.gpu_hundredths, j.cpu_hundredths)).collect();
    assert_eq!(parts, [(12, 0), (14, 200), (33, 50)]);
    assert_eq!(log.report.changed_by(changed::ROUNDED), 2);
    // What rounds to nothing asks for nothing.
    assert_eq!(log.report.skipped_for(skipped::NOTHING), 1);
}

#[test]
fn jobs_that_did_nothing_are_left_out_and_counted() {
    let rows = "a,u,1,0,1,0,0,T4,,,\nb,u,1,0,1,1,,T4,,,\nc,u,1,0,0,1,5,T4,,,\nd,u,0,0,1,1,5,T4,,,\ne,u,0,1,1,2,5,,,,\n";
    let log = read(rows).unwrap();
    assert_eq!((log.jobs.len(), log.jobs[0].submit.as_nanos(), &log.jobs[0].gpu_type), (1, 2_000_000_000, &None));
    assert_eq!(log.report.skipped_for(skipped::DURATION), 2);
    assert_eq!(log.report.skipped_for(skipped::NO_INSTANCE), 1);
    assert_eq!(log.report.skipped_for(skipped::NOTHING), 1);
    assert!(adds_up(&log.report, 1));
}

#[test]
fn impossible_values_are_told_by_line_and_column() {
    for (row, column, word) in [
        ("a,u,1,0,1,,5,T4,,,", "submit_time", "decimal"),
        ("a,u,1,0,1,-1,5,T4,,,", "submit_time", "0 or later"),
        ("a,u,-0.5,0,1,0,5,T4,,,", "num_gpu", "not negative"),
        ("a,u,x,0,1,0,5,T4,,,", "num_gpu", "decimal"),
        ("a,u,1048576.01,0,1,0,5,T4,,,", "num_gpu", "at most 1048576"),
        ("a,u,1,,1,0,5,T4,,,", "num_cpu", "decimal"),
        ("a,u,1,0,1.5,0,5,T4,,,", "num_inst", "whole"),
        ("a,u,1,0,1,0,5 s,T4,,,", "duration", "decimal"),
        ("a,u,1,0,1,0,5,T4,,,soon", "group_gpu_dur", "decimal"),
        ("x,u,1,0,1,0,5,T4,,,", "job_id", "line 2"),
    ] {
        let error = read(&format!("x,u,1,0,1,0,5,T4,,,\n{row}\n")).unwrap_err();
        assert_eq!((error.line, error.field.as_deref()), (Some(3), Some(column)), "{error}");
        assert!(error.to_string().contains(word), "{error}");
    }
    assert!(read("").unwrap_err().to_string().contains("no records"));
    // Each legal, their sum beyond the clock.
    let beyond = read("x,u,1,0,1,0,5,T4,,,\na,u,1,0,1,300000000,5,T4,18300000000,,\n").unwrap_err().to_string();
    assert!(beyond.starts_with("t.csv:3") && beyond.contains("overflows"), "{beyond}");
}

proptest::proptest! {
    /// Any damage is an error or a log whose account adds up, never a panic.
    #[test]
    fn damaged_lists_never_panic(at in 0_usize..180, bytes in proptest::collection::vec(0_u8..=255, 0..9)) {
        let text = damaged(&format!("{HEADER}0,u,0.5,1,1,0,374,MISC,4917.167,4.5,5\n1,u,2,0,1,5,0,T4,,,\n"), at, bytes);
        if let Ok(log) = parse_pai(reader("t.csv", text)) {
            proptest::prop_assert!(adds_up(&log.report, log.jobs.len()));
        }
    }
}
