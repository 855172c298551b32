use std::io::Cursor;

use super::*;

fn read_with(text: impl AsRef<[u8]>, options: &SwfOptions) -> Result<SwfLog, TraceError> {
    let bytes = Cursor::new(text.as_ref().to_vec());
    parse_swf(TraceReader::from_reader(Path::new("t.swf"), bytes, options.limits)?, options)
}

fn read(text: impl AsRef<[u8]>) -> Result<SwfLog, TraceError> {
    read_with(text, &SwfOptions::default())
}

fn message(text: impl AsRef<[u8]>) -> String {
    read(text).unwrap_err().to_string()
}

/// A data line from the fields that matter here.
fn job(id: u64, submit: &str, run: &str, allocated: i64, requested: i64, estimate: &str) -> String {
    format!("{id} {submit} -1 {run} {allocated} -1 -1 {requested} {estimate} -1 1 1 1 -1 -1 -1 -1 -1\n")
}

fn secs(seconds: u64) -> SimDuration {
    SimDuration::from_secs(seconds)
}

#[test]
fn every_field_lands_where_it_belongs() {
    let log = read(
        "; MaxProcs: 64\n  7 100 5 30.5 8 29.1 489.25 16 60 1024 1 11 12 13 14 1 -1 -1\n9 160 0 1 1 -1 -1 -1 -1 -1 0 -1 -1 -1 -1 -1 -1 -1",
    )
    .unwrap();
    let expected = SwfJob {
        id: 7,
        line: 2,
        submit: SimTime::ZERO,
        runtime: SimDuration::from_nanos(30_500_000_000),
        logged: SimDuration::from_nanos(30_500_000_000),
        estimate: secs(60),
        killed: false,
        processors: 16,
        requested_memory: Some(Bytes(1024 * 1024)),
        used_memory: Some(Bytes(500_992)), // 489.25 * 1024
        user: Some(11),
        group: Some(12),
        executable: Some(13),
        queue: Some(14),
    };
    assert_eq!(log.jobs[0], expected);
    assert_eq!(log.jobs[0].memory_per_processor(), Some(Bytes(1 << 20)));
    assert_eq!((log.jobs[1].id, log.jobs[1].submit), (9, SimTime::ZERO + secs(60)));
    assert_eq!((log.jobs[1].user, log.jobs[1].memory_per_processor()), (None, None));
    assert_eq!(log.first_submit, SimTime::ZERO + secs(100));
    assert_eq!(log.processors, Some(64));
}

#[test]
fn absent_values_fall_back_and_are_counted() {
    let text = [
        job(1, "0", "10", 4, -1, "20"),  // processors from field 5
        job(2, "0", "10", 4, 0, "20"),   // 0 is not positive either
        job(3, "0", "10", 4, 2, "-1"),   // estimate from the run time
        job(4, "0", "10", -1, 2, "0"),   // likewise
        job(5, "0", "10", 4, 2, "9.5"),  // killed
        job(6, "0", "0", 4, 2, "20"),    // no run time
        job(7, "0", "-1", -1, -1, "20"), // no run time, counted once
        job(8, "0", "5", -1, 0, "20"),   // no processors
        job(9, "-1", "5", 1, 1, "20"),   // no submit
    ]
    .concat();
    let log = read(&text).unwrap();
    let rows: Vec<_> = log.jobs.iter().map(|j| (j.id, j.processors, j.estimate, j.killed)).collect();
    let half = SimDuration::from_nanos(9_500_000_000);
    assert_eq!(
        rows,
        [
            (1, 4, secs(20), false),
            (2, 4, secs(20), false),
            (3, 2, secs(10), false),
            (4, 2, secs(10), false),
            (5, 2, half, true)
        ]
    );
    assert_eq!(log.jobs[4].runtime, half);
    let r = &log.report;
    assert_eq!((r.read, r.kept), (9, 5));
    assert_eq!(r.skipped_for(skipped::RUNTIME), 2);
    assert_eq!(r.skipped_for(skipped::PROCESSORS), 1);
    assert_eq!(r.skipped_for(skipped::SUBMIT), 1);
    assert_eq!(r.changed_by(changed::PROCESSORS), 2);
    assert_eq!(r.changed_by(changed::ESTIMATE), 2);
    assert_eq!(r.changed_by(changed::KILLED), 1);
    assert_eq!(r.read, r.kept + r.skipped.iter().map(|t| t.count).sum::<u64>());

    let run_on = read_with(&text, &SwfOptions { kill_at_estimate: false, ..Default::default() }).unwrap();
    assert_eq!((run_on.jobs[4].runtime, run_on.jobs[4].killed), (secs(10), false));
    assert_eq!(run_on.report.changed_by(changed::RAN_ON), 1);
}

#[test]
fn the_machine_is_the_option_then_maxprocs_then_maxnodes() {
    let jobs = [job(1, "0", "1", 8, 8, "1"), job(2, "0", "1", 9, 9, "1")].concat();
    let left = |header: &str, option| {
        let options = SwfOptions { max_processors: option, ..Default::default() };
        let log = read_with(format!("{header}{jobs}"), &options).unwrap();
        (log.processors, log.report.skipped_for(skipped::TOO_LARGE))
    };
    assert_eq!(left("", None), (None, 0));
    assert_eq!(left("; MaxNodes: 8\n", None), (Some(8), 1));
    assert_eq!(left("; MaxNodes: 8\n; MaxProcs: 9 (hyper-threads)\n", None), (Some(9), 0));
    assert_eq!(left("; MaxNodes: 8\n; MaxProcs: -1\n", None), (Some(8), 1));
    assert_eq!(left("; MaxProcs: 9\n", Some(7)), (Some(7), 2));
}

#[test]
fn arrivals_are_relative_and_sorted_by_submit_then_line() {
    // The first submit belongs to a job that is left out; the file is not in order.
    let text = [
        job(3, "120", "1", 1, 1, "1"),
        job(1, "110.25", "1", 1, 1, "1"),
        job(9, "100", "0", 1, 1, "1"),
        job(2, "110.25", "1", 1, 1, "1"),
    ]
    .concat();
    let log = read(&text).unwrap();
    let order: Vec<_> = log.jobs.iter().map(|j| (j.id, j.submit.as_nanos())).collect();
    assert_eq!(order, [(1, 10_250_000_000), (2, 10_250_000_000), (3, 20_000_000_000)]);
    assert_eq!(log.report.changed.iter().map(|t| t.count).sum::<u64>(), 2);
}

#[test]
fn epoch_times_give_the_same_waits_as_zero_based_ones() {
    let at = |base: u64| [job(1, &base.to_string(), "1", 1, 1, "1"), job(2, &(base + 7).to_string(), "1", 1, 1, "1")];
    assert_eq!(read(at(0).concat()).unwrap().jobs, read(at(843_480_031).concat()).unwrap().jobs);
}

#[test]
fn headers_are_read_also_where_they_are_latin_1() {
    let mut text =
        b"; Version: 2.2\n;Computer:  IBM SP2\n; Installation: Ume\xe5\n; UnixStartTime: 843480031\n".to_vec();
    text.extend_from_slice(b";          http://example.org/\n; Note: first\n;   more\n; Note: second\n;\n;;;\n");
    text.extend_from_slice(job(1, "0", "1", 1, 1, "1").as_bytes());
    let header = read(text).unwrap().header;
    assert_eq!(header.get("computer"), Some("IBM SP2"));
    assert_eq!(header.get("Installation"), Some("Umeå"));
    assert_eq!(header.unix_start_time(), Some(843_480_031));
    assert_eq!(header.entries().len(), 6);
    assert_eq!(header.processors(), None);
}

#[test]
fn the_same_log_in_other_clothes_reads_the_same() {
    let plain = ["; MaxProcs: 4\n".to_owned(), job(1, "0", "1", 1, 1, "1"), job(2, "3", "1", 2, 2, "1")].concat();
    let expected = read(&plain).unwrap();
    for text in [
        plain.replace('\n', "\r\n"),
        plain.replace(' ', " \t  "),
        plain.trim_end().to_owned(),
        format!("\u{feff}{plain}\n\n"),
    ] {
        let log = read(&text).unwrap();
        assert_eq!((&log.jobs, &log.report), (&expected.jobs, &expected.report), "{text:?}");
    }
}

#[test]
fn wrong_field_counts_name_the_line_and_both_counts() {
    let good = job(1, "0", "1", 1, 1, "1");
    let seventeen = format!("; c\n\n{good}2 0 -1 1 1 -1 -1 1 1 -1 1 1 1 -1 -1 -1 -1\n");
    assert_eq!(message(&seventeen), "t.swf:4: 17 fields, expected 18 fields");
    let nineteen = good.replace('\n', " 5\n");
    assert_eq!(message(&nineteen), "t.swf:1: 19 fields, expected 18 fields");
    assert!(message(format!("{good}2 0 -1 1")).contains("4 fields, expected 18 fields; the last line has no line end"));
    for nothing in ["", "\n \n", "; MaxProcs: 4\n"] {
        assert!(message(nothing).contains("no records"));
    }
}

#[test]
fn texts_that_are_no_numbers_are_refused_in_every_field() {
    for bad in ["12,5", "1'000", "0x10", "1_000", "NaN", "inf", "1e3", "−5", "５", "?"] {
        for at in 0..18 {
            let line = job(1, "0", "1", 1, 1, "1");
            let mut words: Vec<_> = line.split_whitespace().collect();
            words[at] = bad;
            let error = read(words.join(" ")).unwrap_err();
            assert_eq!(error.line, Some(1));
            assert_eq!(error.field.as_deref(), Some(FIELDS[at]));
            assert!(error.to_string().contains(bad), "{error}");
        }
    }
}

#[test]
fn numbers_out_of_range_are_refused_not_wrapped() {
    for (line, word) in [
        (job(1, "0", "1", 1, 4_294_967_297, "1"), "4294967295"),
        (job(1, "1690000000000", "1", 1, 1, "1"), "milliseconds"),
        (job(1, "0", "18446744074", 1, 1, "1"), "584 years"),
        (job(1, "0", "1", 1, 1, "1").replacen('1', "-1", 1), "not negative"),
        (job(1, "0", "1", 1, 1, "1").replacen('1', "1.5", 1), "whole number"),
    ] {
        assert!(message(&line).contains(word), "{}", message(&line));
    }
    // Each legal, their sum beyond the clock.
    let sum = [job(1, "0", "1", 1, 1, "1"), job(2, "300000000", "18300000000", 1, 1, "-1")].concat();
    assert!(message(&sum).contains("overflows"), "{}", message(&sum));
}

#[test]
fn a_gap_of_decades_is_a_unit_mistake() {
    let mixed = [job(1, "0", "1", 1, 1, "1"), job(2, "843480031", "1", 1, 1, "1")].concat();
    let text = message(&mixed);
    assert!(text.starts_with("t.swf:2: arrives 26 years after") && text.contains("mixed"), "{text}");
}

#[test]
fn a_job_number_is_one_job() {
    let whole = job(1, "0", "10", 1, 1, "20");
    let burst = whole.replace(" -1 1 1 1 -1 ", " -1 3 1 1 -1 ");
    let log = read(format!("{whole}{burst}")).unwrap();
    assert_eq!((log.jobs.len(), log.report.skipped_for(skipped::BURST)), (1, 1));
    let text = message(format!("{whole}; comment\n{whole}"));
    assert!(text.starts_with("t.swf:3 (1 job number)") && text.contains("line 1 has"), "{text}");
}

#[test]
fn the_record_limit_is_named() {
    let text: String = (1..=4).map(|id| job(id, "0", "1", 1, 1, "1")).collect();
    let limits = |records| SwfOptions { limits: Limits { records, ..Default::default() }, ..Default::default() };
    assert_eq!(read_with(&text, &limits(4)).unwrap().jobs.len(), 4);
    let error = read_with(format!("; comment\n{text}"), &limits(3)).unwrap_err().to_string();
    assert_eq!(error, "t.swf:5: more records, expected at most 3 records");
}

proptest::proptest! {
    /// Any damage is an error or a log whose account adds up, never a panic.
    #[test]
    fn damaged_logs_never_panic(at in 0_usize..200, bytes in proptest::collection::vec(0_u8..=255, 0..12)) {
        let mut text = ["; MaxProcs: 4\n".to_owned(), job(1, "0", "1.5", 1, 1, "1"), job(2, "3", "1", 2, 2, "-1")]
            .concat()
            .into_bytes();
        let at = at.min(text.len());
        text.splice(at..(at + bytes.len()).min(text.len()), bytes);
        if let Ok(log) = read(text) {
            let skipped: u64 = log.report.skipped.iter().map(|tally| tally.count).sum();
            proptest::prop_assert_eq!(log.report.read, log.jobs.len() as u64 + skipped);
        }
    }
}
