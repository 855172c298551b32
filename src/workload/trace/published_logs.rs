//! The importers against published logs, which are not part of this repository.
//!
//! Looked for under `$XPUSIM_TRACES` (folders `swf/`, `openb/`) and `$XPUSIM_REFERENCE`, else in
//! `../shared/traces` and `../shared/reference`. Where they are absent, the tests say so and pass.

use std::path::PathBuf;

use super::gavel;
use super::openb::{self, read_openb_nodes, read_openb_pods};
use super::swf::{self, SwfOptions, read_swf};
use super::{Limits, TraceReader};
use crate::units::NANOS_PER_SEC;

fn published(variable: &str, folder: &str, name: &str) -> Option<PathBuf> {
    let root = std::env::var_os(variable)
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(folder), PathBuf::from);
    let path = root.join(name);
    if path.is_file() {
        return Some(path);
    }
    println!("absent, not tested: {}", path.display());
    None
}

fn trace(name: &str) -> Option<PathBuf> {
    published("XPUSIM_TRACES", "traces", name)
}

#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn kth_has_its_published_counts() {
    let Some(path) = trace("swf/KTH-SP2-1996-2.1-cln.swf.gz") else { return };
    let log = read_swf(&path, &SwfOptions::default()).unwrap();
    assert_eq!(log.report.read, 28_476);
    assert_eq!(log.report.skipped_for(swf::skipped::RUNTIME), 8);
    // Line of job 27313: neither field 8 nor field 5 is known.
    assert_eq!(log.report.skipped_for(swf::skipped::PROCESSORS), 1);
    assert_eq!(log.report.kept, 28_467);
    assert_eq!(log.report.changed_by(swf::changed::KILLED), 475);
    assert_eq!(log.report.changed_by(swf::changed::ESTIMATE), 0);
    assert_eq!((log.processors, log.header.unix_start_time()), (Some(100), Some(843_480_031)));
    assert_eq!(log.header.get("Acknowledge"), Some("Lars Malinowsky"));
}

#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn other_logs_have_their_published_counts() {
    // (file, data lines, run times that are not positive, machine)
    for (name, read, no_runtime, machine) in [
        ("LLNL-Atlas-2006-2.1-cln", 43_778, 7178, 9216),
        ("LANL-CM5-1994-4.1-cln", 122_060, 0, 1024),
        ("NASA-iPSC-1993-3.1-cln", 18_239, 0, 128),
        ("CEA-Curie-2011-sample29998", 29_998, 0, 93_312),
        ("lublin_256", 10_000, 0, 256),
    ] {
        let Some(path) = trace(&format!("swf/{name}.swf.gz")) else { return };
        let log = read_swf(&path, &SwfOptions::default()).unwrap();
        assert_eq!((log.report.read, log.processors), (read, Some(machine)), "{name}");
        if no_runtime > 0 {
            assert_eq!(log.report.skipped_for(swf::skipped::RUNTIME), no_runtime, "{name}");
        }
        if name.starts_with("NASA") || name.starts_with("lublin") {
            assert_eq!(log.report.changed_by(swf::changed::ESTIMATE), log.report.kept, "{name}");
        }
        if name.starts_with("LANL") {
            // The largest request is the 32 MB of a CM-5 node: a kilobyte of field 10 is 1024 bytes.
            let largest = log.jobs.iter().filter_map(|job| job.requested_memory).max();
            assert_eq!(largest.map(|bytes| bytes.get()), Some(32 << 20));
        }
    }
}

#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn the_first_thousand_kth_jobs_are_those_of_the_reference_schedule() {
    let Some(path) = trace("swf/KTH-SP2-1996-2.1-cln.swf.gz") else { return };
    let Some(reference) = published("XPUSIM_REFERENCE", "reference", "kth-cln-first1000.starts.csv.gz") else { return };
    let log = read_swf(&path, &SwfOptions::default()).unwrap();
    let mut reader = TraceReader::open(&reference, Limits::default()).unwrap();
    reader.next_line().unwrap().unwrap();
    let origin = log.first_submit.as_nanos() / NANOS_PER_SEC;
    for job in &log.jobs[..1000] {
        let line = String::from_utf8(reader.next_line().unwrap().unwrap().bytes.to_vec()).unwrap();
        let expected: Vec<u64> = line.split(',').take(5).map(|cell| cell.parse().unwrap()).collect();
        let secs = |nanos: u64| nanos / NANOS_PER_SEC;
        let [submit, run, estimate] =
            [job.submit.as_nanos(), job.runtime.as_nanos(), job.estimate.as_nanos()].map(secs);
        assert_eq!([job.id, submit + origin, run, estimate, u64::from(job.processors)], expected[..]);
    }
    assert!(reader.next_line().unwrap().is_none());
}

#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn openb_has_its_published_counts() {
    let Some(pods) = trace("openb/openb_pod_list_default.csv.gz") else { return };
    let list = read_openb_pods(&pods, Limits::default()).unwrap();
    assert_eq!(list.report.read, 8152);
    assert_eq!(list.report.skipped_for(openb::skipped::PENDING), 897);
    assert_eq!(list.report.kept, 8152 - 897);

    let Some(nodes) = trace("openb/openb_node_list_all_node.csv.gz") else { return };
    let nodes = read_openb_nodes(&nodes, Limits::default()).unwrap().nodes;
    assert_eq!(nodes.len(), 1523);
    assert_eq!(nodes.iter().map(|node| node.gpus).sum::<u32>(), 6212);

    let Some(nodes) = trace("openb/openb_node_list_gpu_node.csv.gz") else { return };
    assert_eq!(read_openb_nodes(&nodes, Limits::default()).unwrap().nodes.len(), 1213);
}

#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn gavel_has_its_published_counts() {
    let Some(table) = trace("gavel/simulation_throughputs.json.gz") else { return };
    let table = gavel::read_throughputs(&table).unwrap();
    let rows: Vec<(&str, usize)> = table.devices().filter(|(name, _)| !name.ends_with("_unconsolidated")).collect();
    assert_eq!(rows, [("k80", 83), ("p100", 83), ("v100", 83)]);
    for (name, jobs) in [("max_min_fairness", 96), ("minimize_makespan", 100)] {
        let Some(path) = trace(&format!("gavel/{name}.trace")) else { return };
        let list = gavel::read_gavel(&path, Limits::default()).unwrap();
        assert_eq!((list.report.read, list.report.kept, list.jobs.len()), (jobs, jobs, jobs as usize), "{name}");
        assert!(list.jobs.iter().all(|j| table.alone("v100", &j.job_type, j.width).is_some()), "{name}");
    }
}
