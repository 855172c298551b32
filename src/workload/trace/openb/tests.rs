use super::super::testing::{adds_up, damaged, reader};
use super::*;

const HEADER: &str =
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time\n";

fn pods(rows: &str) -> Result<OpenbPods, TraceError> {
    parse_pods(reader("t.csv", format!("{HEADER}{rows}")), Durations::Listed)
}

fn nodes(rows: &str) -> Result<OpenbNodes, TraceError> {
    parse_nodes(reader("t.csv", format!("sn,cpu_milli,memory_mib,gpu,model\n{rows}")))
}

#[test]
fn a_pod_arrives_at_its_creation_and_runs_from_scheduling_to_deletion() {
    let list = pods("b,6000,12288,1,460,V100M16|V100M32,LS,Running,110,175.5,130\na,0,0,0,0,,BE,Failed,100,104,101\n");
    let list = list.unwrap();
    let expected = OpenbPod {
        name: "b".to_owned(),
        line: 2,
        arrival: SimTime::from_nanos(10_000_000_000),
        duration: SimDuration::from_nanos(45_500_000_000),
        cpu_milli: 6000,
        memory: Bytes(12 << 30),
        gpus: 1,
        gpu_milli: 460,
        gpu_models: vec!["V100M16".to_owned(), "V100M32".to_owned()],
        qos: "LS".to_owned(),
        phase: "Running".to_owned(),
    };
    assert_eq!((list.pods[0].name.as_str(), list.pods[0].arrival), ("a", SimTime::ZERO));
    assert_eq!(list.pods[1], expected);
    assert_eq!(list.first_creation.as_nanos(), 100_000_000_000);
    assert_eq!(list.report.changed.iter().map(|t| t.count).sum::<u64>(), 1);
}

#[test]
fn pods_without_a_duration_are_left_out_and_counted() {
    let list = pods(concat!(
        "a,1,1,1,1000,,LS,Pending,50,60,\n", // the first creation all the same
        "b,1,1,1,1000,,LS,Running,60,,61\n",
        "c,1,1,1,1000,,LS,Running,60,61,61\n",
        "d,1,1,1,1000,,LS,Running,60,60,61\n",
        "e,1,1,2,1000,,LS,Running,60,62,61\n",
    ))
    .unwrap();
    assert_eq!(list.pods.len(), 1);
    assert_eq!(list.pods[0].arrival.as_nanos(), 10_000_000_000);
    assert_eq!((list.report.read, list.report.kept), (5, 1));
    assert_eq!(list.report.skipped_for(skipped::PENDING), 1);
    assert_eq!(list.report.skipped_for(skipped::NO_END), 1);
    assert_eq!(list.report.skipped_for(skipped::DURATION), 2);
    // Where all run for a given time, that of the list does not matter.
    let hour = SimDuration::from_secs(3600);
    let rows = "a,1,1,1,1000,,LS,Pending,50,60,\nb,1,1,1,1000,,LS,Running,60,60,61\n";
    let list = parse_pods(reader("t.csv", format!("{HEADER}{rows}")), Durations::Each(hour)).unwrap();
    assert_eq!((list.report.kept, list.pods.iter().all(|p| p.duration == hour)), (2, true));
}

#[test]
fn impossible_pods_are_refused_by_line_and_column() {
    for (row, column, word) in [
        ("a,1,1,2,500,,LS,R,0,2,1", "gpu_milli", "1000 for a pod with several"),
        ("a,1,1,1,0,,LS,R,0,2,1", "gpu_milli", "1 to 1000"),
        ("a,1,1,1,1001,,LS,R,0,2,1", "gpu_milli", "at most 1000"),
        ("a,1,1,0,1000,,LS,R,0,2,1", "gpu_milli", "0 for a pod without"),
        ("a,-1,1,0,0,,LS,R,0,2,1", "cpu_milli", "not negative"),
        ("a,1,18446744073709551615,0,0,,LS,R,0,2,1", "memory_mib", "at most"),
        ("a,1,1,0,0,,LS,R,,2,1", "creation_time", "decimal"),
        ("a,1,1,0,0,,LS,R,-5,2,1", "creation_time", "0 or later"),
        ("a,1,1,0,0,,LS,R,0,1e400,1", "deletion_time", "decimal"),
        (",1,1,0,0,,LS,R,0,2,1", "name", "1 to 256"),
    ] {
        let error = pods(&format!("x,1,1,0,0,,LS,R,0,2,1\n{row}\n")).unwrap_err();
        assert_eq!((error.line, error.field.as_deref()), (Some(3), Some(column)), "{error}");
        assert!(error.to_string().contains(word), "{error}");
    }
    let twice = pods("a,1,1,0,0,,LS,R,0,2,1\n\na,1,1,0,0,,LS,R,0,2,1\n").unwrap_err().to_string();
    assert!(twice.starts_with("t.csv:4 (name)") && twice.contains("line 2"), "{twice}");
}

#[test]
fn lists_without_times_say_which_columns_lack() {
    let error = parse_pods(reader("t.csv", "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n"), Durations::Listed)
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("no column gpu_spec, qos, pod_phase, creation_time"), "{error}");
    assert!(pods("").unwrap_err().to_string().contains("no records"));
}

#[test]
fn nodes_have_a_model_exactly_where_they_have_gpus() {
    let list = nodes("n0,32000,262144,0,\nn1,96000,786432,8,G2\n").unwrap();
    assert_eq!((list.nodes[0].gpus, &list.nodes[0].model), (0, &None));
    assert_eq!((list.nodes[1].memory, list.nodes[1].gpus), (Bytes(768 << 30), 8));
    assert_eq!(list.nodes[1].model.as_deref(), Some("G2"));
    for wrong in ["n0,1,1,0,T4\n", "n0,1,1,1,\n"] {
        assert!(nodes(wrong).unwrap_err().to_string().contains("(model)"));
    }
}

proptest::proptest! {
    /// Any damage is an error or a list whose account adds up, never a panic.
    #[test]
    fn damaged_lists_never_panic(at in 0_usize..250, bytes in proptest::collection::vec(0_u8..=255, 0..12)) {
        let rows = "a,1,1,1,460,T4,LS,R,0,2,1\nb,1,1,0,0,,BE,P,5,,\n";
        let text = damaged(&format!("{HEADER}{rows}"), at, bytes);
        if let Ok(list) = parse_pods(reader("t.csv", text), Durations::Listed) {
            proptest::prop_assert!(adds_up(&list.report, list.pods.len()));
        }
    }
}
