use super::super::testing::{adds_up, damaged, reader};
use super::*;

const HEADER: &str = "job_id,num_gpu,submit_time,iterations,model_name,duration,interval\n";

fn read(rows: &str) -> Result<TiresiasLog, TraceError> {
    parse_jobs(reader("t.csv", format!("{HEADER}{rows}")))
}

fn cluster(rows: &str) -> Result<TiresiasCluster, TraceError> {
    parse_cluster(reader(
        "c.csv",
        format!("num_switch,num_node_p_switch,num_gpu_p_node,num_cpu_p_node,mem_p_node\n{rows}"),
    ))
}

#[test]
fn every_column_lands_where_it_belongs() {
    let log = read("1,8,30,133,vgg11,147,23\n0,1,10,606,vgg19,164.0,30\n").unwrap();
    let expected = TiresiasJob {
        id: Label::Number(1),
        line: 2,
        arrival: SimTime::from_nanos(20_000_000_000),
        duration: SimDuration::from_secs(147),
        gpus: 8,
        model: "vgg11".to_owned(),
        iterations: Some(133),
    };
    assert_eq!((&log.jobs[1], log.jobs[0].arrival), (&expected, SimTime::ZERO));
    assert_eq!(log.first_submission.as_nanos(), 10_000_000_000);
    let task = expected.task();
    assert_eq!((task.id, task.class.as_deref(), task.units), (Label::Number(1), Some("vgg11"), 8));
}

/// ElasticFlow's lists have deadlines and batch sizes, and no `interval`.
#[test]
fn more_and_fewer_columns_are_no_matter() {
    let text = "job_id,submit_time,real_iteration,model_name,ddl,batch_size,num_gpu,real_duration,duration,iteration\n\
0,5,1282877,vgg16,771220,256,2,976570,976570,1282877\n";
    let log = parse_jobs(reader("t.csv", text)).unwrap();
    let job = &log.jobs[0];
    assert_eq!((job.gpus, job.model.as_str(), job.iterations), (2, "vgg16", None));
    assert_eq!(job.duration, SimDuration::from_secs(976_570));
}

#[test]
fn jobs_that_did_nothing_are_left_out_and_counted() {
    let log = read("0,1,0,1,a,0,1\n1,1,1,1,a,,1\n2,1,1,1,a,-1,1\n3,0,1,1,a,5,1\n4,2,3,,a,5,\n").unwrap();
    assert_eq!(
        (log.jobs.len(), &log.jobs[0].id, log.jobs[0].arrival.as_nanos()),
        (1, &Label::Number(4), 3_000_000_000)
    );
    assert_eq!(log.report.skipped_for(skipped::DURATION), 3);
    assert_eq!(log.report.skipped_for(skipped::NO_GPU), 1);
    assert!(adds_up(&log.report, 1));
}

#[test]
fn impossible_values_are_told_by_line_and_column() {
    for (row, column, word) in [
        ("1,1,0.5,1,a,5,1", "submit_time", "whole"),
        ("1,1,,1,a,5,1", "submit_time", "whole"),
        ("1,1,-1,1,a,5,1", "submit_time", "not negative"),
        ("1,1,18446744074,1,a,5,1", "submit_time", "at most 18446744073"),
        ("1,1,0,1,a,5.5,1", "duration", "whole"),
        ("1,one,0,1,a,5,1", "num_gpu", "whole"),
        ("1,1,0,x,a,5,1", "iterations", "whole"),
        ("0,1,0,1,a,5,1", "job_id", "line 2"),
        (",1,0,1,a,5,1", "job_id", "1 to 256"),
    ] {
        let error = read(&format!("0,1,0,1,a,5,1\n{row}\n")).unwrap_err();
        assert_eq!((error.line, error.field.as_deref()), (Some(3), Some(column)), "{error}");
        assert!(error.to_string().contains(word), "{error}");
    }
    assert!(read("").unwrap_err().to_string().contains("no records"));
}

#[test]
fn a_cluster_is_one_line() {
    let four = cluster("4,32,8,128,256\n").unwrap();
    assert_eq!((four.switches, four.nodes_per_switch, four.gpus_per_node, four.cpus_per_node), (4, 32, 8, 128));
    assert_eq!(four.memory_per_node, Bytes(256 << 30));
    for (rows, word) in [
        ("", "no records"),
        ("0,32,8,128,256\n", "(num_switch): `0`, expected at least 1"),
        ("4,32,0,128,256\n", "(num_gpu_p_node)"),
        ("4,32,8,128,17179869184\n", "(mem_p_node)"),
        ("4,32,8,128,256\n4,32,8,128,256\n", "c.csv:3: a second line"),
    ] {
        let error = cluster(rows).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}

proptest::proptest! {
    /// Any damage is an error or a log whose account adds up, never a panic.
    #[test]
    fn damaged_lists_never_panic(at in 0_usize..110, bytes in proptest::collection::vec(0_u8..=255, 0..9)) {
        let text = damaged(&format!("{HEADER}0,1,0,606,vgg19,164,30\n1,8,30,133,vgg11,0,23\n"), at, bytes);
        drop(parse_cluster(reader("t.csv", &text)));
        if let Ok(log) = parse_jobs(reader("t.csv", text)) {
            proptest::prop_assert!(adds_up(&log.report, log.jobs.len()));
        }
    }
}
