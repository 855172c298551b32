use super::super::testing::{adds_up, damaged, reader};
use super::*;

fn read(text: impl AsRef<[u8]>) -> Result<TasksLog, TraceError> {
    parse_tasks_csv(reader("t.csv", text))
}

fn secs(seconds: u64) -> SimDuration {
    SimDuration::from_secs(seconds)
}

/// Columns of a run's own file that matter here, among others.
const RUN: &str = "task,source,class,arrival_s,start_s,status,location,unit_kind,units,run_s,memory_bytes,deadline_s\n";

#[test]
fn four_columns_are_enough() {
    let log = read("units,run_s,task,arrival_s,note\n2,0.5,b,7,x\n1,0,a,3.000000001,y\n").unwrap();
    let a = TraceTask::plain(Label::Text("a".into()), SimTime::from_nanos(3_000_000_001), SimDuration::ZERO);
    let b = TraceTask::plain(Label::Text("b".into()), SimTime::from_nanos(7_000_000_000), secs(0));
    let b = TraceTask { units: 2, run: SimDuration::from_nanos(500_000_000), ..b };
    // Times stay as they stand: the first arrival is not taken for the beginning.
    assert_eq!(log.tasks, [a, b]);
    assert!(adds_up(&log.report, 2));
}

#[test]
fn every_column_lands_where_it_belongs() {
    let text = "task,arrival_s,run_s,units,instances,class,estimate_s,share,memory_bytes,host_cpus,host_memory_bytes,priority,\
deadline_s,user,runs_on,device,one_node\n\
5,10,20,0,2,c,25.5,0.25,1024,1.5,2048,-0.1,100,7,gpu | npu,T4|V100,true\n6,10,20,1,,,,,,,,,,,,,false\n";
    let log = read(text).unwrap();
    let expected = TraceTask {
        id: Label::Number(5),
        class: Some("c".to_owned()),
        arrival: SimTime::from_nanos(10_000_000_000),
        run: secs(20),
        estimate: Some(SimDuration::from_nanos(25_500_000_000)),
        units: 0,
        instances: 2,
        share: Share(250_000),
        memory: Bytes(1024),
        host_cpus: 1500,
        host_memory: Bytes(2048),
        priority: -0.1,
        deadline: Some(secs(90)),
        user: 7,
        runs_on: vec!["gpu".to_owned(), "npu".to_owned()],
        devices: vec!["T4".to_owned(), "V100".to_owned()],
        one_node: true,
    };
    assert_eq!(log.tasks[0], expected);
    assert_eq!(log.tasks[1], TraceTask::plain(Label::Number(6), SimTime::from_nanos(10_000_000_000), secs(20)));
}

#[test]
fn equal_arrivals_keep_the_order_of_lines() {
    let log = read("task,arrival_s,run_s,units\n9,5,1,1\n3,5,1,1\n1,4,1,1\nx,,1,1\n").unwrap_err();
    assert_eq!((log.line, log.field.as_deref()), (Some(5), Some("arrival_s")));
    let log = read("task,arrival_s,run_s,units\n9,5,1,1\n3,5,1,1\n1,4,1,1\n2,4,,1\n").unwrap();
    let ids: Vec<String> = log.tasks.iter().map(|t| t.id.to_string()).collect();
    assert_eq!(ids, ["1", "9", "3"]);
    assert_eq!(log.report.skipped_for(skipped::RUN), 1);
    assert_eq!(log.report.changed.iter().map(|t| t.count).sum::<u64>(), 1);
}

#[test]
fn the_tasks_of_a_run_are_those_that_ran_here() {
    let text = format!(
        "{RUN}\
3,s,c,2,2,completed,local,gpu,3;4;5,5,64,9.5\n\
10,s,c,1,1,killed,local,cpu,7,6,0,\n\
2,s,c,1,1,completed,local,cpu,0,7,0,\n\
b,s,c,1,1,completed,local,,,4,0,\n\
4,s,c,1,,rejected,local,,,,0,\n\
5,s,c,1,,failed,local,,,,0,\n\
6,s,c,1,2,completed,cloud,,,3,0,\n\
2,other,c,0.5,1,completed,local,cpu,1,1,0,\n"
    );
    let log = read(&text).unwrap();
    // Lines are in order of ends; tasks by (arrival, name), numbers by value and before texts.
    let rows: Vec<_> = log.tasks.iter().map(|t| (t.id.to_string(), t.units, t.run, t.runs_on.join("|"))).collect();
    let row = |id: &str, units, run, kind: &str| (id.to_owned(), units, secs(run), kind.to_owned());
    let expected = [
        row("2", 1, 1, "cpu"),
        row("2", 1, 7, "cpu"),
        row("10", 1, 6, "cpu"),
        row("b", 0, 4, ""),
        row("3", 3, 5, "gpu"),
    ];
    assert_eq!(rows, expected);
    let last = &log.tasks[4];
    assert_eq!((last.memory, last.deadline), (Bytes(64), Some(SimDuration::from_nanos(7_500_000_000))));
    let r = &log.report;
    for (what, count) in [(skipped::REJECTED, 1), (skipped::FAILED, 1), (skipped::CLOUD, 1)] {
        assert_eq!(r.skipped_for(what), count, "{what}");
    }
    assert_eq!((r.changed_by(changed::KILLED), r.changed_by(changed::HOST_ONLY), r.changed.len()), (1, 1, 2));
    assert!(adds_up(r, 5));
}

#[test]
fn impossible_values_are_told_by_line_and_column() {
    let columns =
        "task,arrival_s,run_s,units,estimate_s,share,memory_bytes,host_cpus,priority,deadline_s,user,one_node";
    for (row, column, word) in [
        ("x,0,1,1,,,,,,,,", "task", "line 2"),
        (",0,1,1,,,,,,,,", "task", "1 to 256"),
        ("a,-1,1,1,,,,,,,,", "arrival_s", "0 or later"),
        ("a,0,-1,1,,,,,,,,", "run_s", "0 or later"),
        ("a,0,1 s,1,,,,,,,,", "run_s", "decimal"),
        ("a,0,1,3;4,,,,,,,,", "units", "status"),
        ("a,0,1,,,,,,,,,", "units", "whole"),
        ("a,0,1,1.5,,,,,,,,", "units", "whole"),
        ("a,0,1,16777217,,,,,,,,", "units", "at most"),
        ("a,0,1,1,0,,,,,,,", "estimate_s", "above 0"),
        ("a,0,1,1,,4001,,,,,,", "share", "at most 4000"),
        ("a,0,1,1,,0.0000001,,,,,,", "share", "above 0"),
        ("a,0,1,1,,50%,,,,,,", "share", "decimal"),
        ("a,0,1,1,,,1 GiB,,,,,", "memory_bytes", "whole"),
        ("a,0,1,1,,,,-1,,,,", "host_cpus", "not negative"),
        ("a,0,1,1,,,,,1e3,,,", "priority", "decimal"),
        ("a,0,1,1,,,,,1100000000000000,,,", "priority", "1e15"),
        ("a,5,1,1,,,,,,4.9,,", "deadline_s", "not before the arrival"),
        ("a,0,1,1,,,,,,,joe,", "user", "whole"),
        ("a,0,1,1,,,,,,,4294967296,", "user", "at most"),
        ("a,0,1,1,,,,,,,,yes", "one_node", "true or false"),
    ] {
        let error = read(format!("{columns}\nx,0,1,1,,,,,,,,\n{row}\n")).unwrap_err();
        assert_eq!((error.line, error.field.as_deref()), (Some(3), Some(column)), "{error}");
        assert!(error.to_string().contains(word), "{error}");
    }
    for (row, column) in
        [("1,s,c,0,0,done,local,cpu,1,1,0,", "status"), ("1,s,c,0,0,killed,local,cpu,gpu0,1,0,", "units")]
    {
        let error = read(format!("{RUN}{row}\n")).unwrap_err();
        assert_eq!((error.line, error.field.as_deref()), (Some(2), Some(column)), "{error}");
    }
    assert!(read("task,arrival_s,run_s,units\n").unwrap_err().to_string().contains("no records"));
}

#[test]
fn only_columns_that_say_something_are_written() {
    let plain =
        |id, at| TraceTask::plain(Label::Number(id), SimTime::from_nanos(at), SimDuration::from_nanos(1_500_000_000));
    let two = [plain(1, 0), TraceTask { user: 3, share: Share(250_000), ..plain(2, 1_000_000_001) }];
    let text = String::from_utf8(write_tasks(&two)).unwrap();
    assert_eq!(text, "task,arrival_s,run_s,units,share,user\n1,0,1.5,1,,\n2,1.000000001,1.5,1,0.25,3\n");
    assert_eq!(write_tasks(&[]), b"task,arrival_s,run_s,units\n");
}

proptest::proptest! {
    /// What is written reads back the same.
    #[test]
    fn tasks_survive_the_file(
        rows in proptest::collection::vec(
            ((0_u64..1 << 50, 0_u64..1 << 50, 0_u32..9, 1_u32..=1_000_000, 0_u64..u64::MAX), (0_u64..1 << 40, -1e6..1e6_f64, 0_u64..1 << 50, 0_u32..9, 0_usize..16)),
            1..9,
        ),
    ) {
        let tasks: Vec<TraceTask> = rows.iter().enumerate().map(|(i, ((at, run, units, share, memory), (cpus, priority, allowed, user, bits)))| {
            let bit = |n: usize| bits >> n & 1 == 1;
            TraceTask {
                class: bit(0).then(|| "a, \"b\"".to_owned()),
                estimate: bit(1).then(|| SimDuration::from_nanos(run + 1)),
                units: *units,
                share: Share(*share),
                memory: Bytes(*memory),
                host_cpus: *cpus,
                host_memory: Bytes(memory / 3),
                priority: *priority,
                deadline: bit(2).then(|| SimDuration::from_nanos(*allowed)),
                user: *user,
                runs_on: if bit(3) { vec!["gpu".to_owned(), "npu".to_owned()] } else { Vec::new() },
                devices: if bit(0) { vec!["T4".to_owned()] } else { Vec::new() },
                one_node: bit(1),
                ..TraceTask::plain(Label::Number(i as u64), SimTime::from_nanos(*at), SimDuration::from_nanos(*run))
            }
        }).collect();
        let mut sorted = tasks.clone();
        sorted.sort_by_key(|task| task.arrival);
        proptest::prop_assert_eq!(read(write_tasks(&tasks)).unwrap().tasks, sorted);
    }

    /// Any damage is an error or a log whose account adds up, never a panic.
    #[test]
    fn damaged_files_never_panic(at in 0_usize..180, bytes in proptest::collection::vec(0_u8..=255, 0..9)) {
        let text = damaged(&format!("{RUN}1,s,c,0,0,completed,local,cpu,1;2,1,0,5\n"), at, bytes);
        if let Ok(log) = read(text) {
            proptest::prop_assert!(adds_up(&log.report, log.tasks.len()));
        }
    }
}
