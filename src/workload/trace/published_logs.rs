//! The importers against published logs, which are not part of this repository.
//!
//! Looked for under `$XPUSIM_TRACES` (a folder for each format) and `$XPUSIM_REFERENCE`, else in
//! `../shared/traces` and `../shared/reference`. Where they are absent, the tests say so and pass.

use std::path::PathBuf;

use super::gavel;
use super::helios::read_helios;
use super::openb::{self, Durations, read_openb_nodes, read_openb_pods};
use super::pai::read_pai;
use super::philly::{self, read_philly};
use super::swf::{self, SwfOptions, read_swf};
use super::tiresias::{read_tiresias, read_tiresias_cluster};
use super::{Limits, TraceReader, guess_format};
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
    let list = read_openb_pods(&pods, Limits::default(), Durations::Listed).unwrap();
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

const SECOND: u128 = NANOS_PER_SEC as u128;

#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn philly_has_its_counts_and_sums() {
    let Some(path) = trace("philly/philly_82k_jobs.csv.gz") else { return };
    assert_eq!(guess_format(&path, Limits::default()).unwrap(), Some("philly"));
    let log = read_philly(&path, None, Limits::default()).unwrap();
    assert_eq!((log.report.read, log.report.kept), (82_247, 82_247));
    // The first submission is 2017-09-04 10:30:41 UTC.
    assert_eq!(log.first_submission.as_nanos(), 1_504_521_041 * NANOS_PER_SEC);
    let gpu_time: u128 = log.jobs.iter().map(|j| u128::from(j.duration.as_nanos()) * u128::from(j.gpus)).sum();
    assert_eq!(gpu_time, 3_521_082_502 * SECOND);
    let arrivals: u128 = log.jobs.iter().map(|j| u128::from(j.arrival.as_nanos())).sum();
    assert_eq!(arrivals, 376_409_849_141 * SECOND);
    assert_eq!(log.jobs.iter().map(|j| j.tenant).max(), Some(14));
}

/// Two virtual clusters, which others have published as lists of their own: job for job the same.
#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn virtual_clusters_of_philly_are_those_of_the_tiresias_lists() {
    for (vc, count) in [("7f04ca", 723), ("ee9e8c", 1511)] {
        let Some(whole) = trace("philly/philly_82k_jobs.csv.gz") else { return };
        let Some(part) = trace(&format!("tiresias/philly_{vc}_job.csv")) else { return };
        let log = read_philly(&whole, Some(vc), Limits::default()).unwrap();
        assert_eq!(log.report.skipped_for(philly::skipped::OTHER_VC), 82_247 - count, "{vc}");
        assert_eq!(guess_format(&part, Limits::default()).unwrap(), Some("tiresias"));
        let list = read_tiresias(&part, Limits::default()).unwrap();
        let philly: Vec<_> = log.jobs.iter().map(|j| (j.arrival, j.duration, j.gpus)).collect();
        let tiresias: Vec<_> = list.jobs.iter().map(|j| (j.arrival, j.duration, j.gpus)).collect();
        assert_eq!((philly.len() as u64, philly == tiresias), (count, true), "{vc}");
    }
}

#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn helios_has_its_counts_and_sums() {
    let Some(path) = trace("helios/venus_jobs_125k_derived.csv.gz") else { return };
    assert_eq!(guess_format(&path, Limits::default()).unwrap(), Some("helios"));
    let log = read_helios(&path, Limits::default()).unwrap();
    assert_eq!((log.report.read, log.report.kept, log.report.changed.len()), (125_303, 125_303, 0));
    let gpu_time: u128 = log.jobs.iter().map(|j| u128::from(j.duration.as_nanos()) * u128::from(j.gpus)).sum();
    assert_eq!(gpu_time, 8_724_263_562 * SECOND);
    assert_eq!(log.jobs.last().map(|j| j.arrival.as_nanos()), Some(16_747_071 * NANOS_PER_SEC));
}

#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn tiresias_has_its_counts_and_sums() {
    // (file, jobs, GPU seconds, last submission, networks)
    for (name, jobs, gpu_time, last, models) in [
        ("tiresias/60_job.csv", 60, 26_624, 1779, 10),
        ("tiresias/philly_7f04ca_job.csv", 723, 593_750_354, 9_387_747, 1),
        ("tiresias/philly_ee9e8c_job.csv", 1511, 922_003_842, 7_929_136, 1),
        ("philly/elasticflow_philly_103959_ddl.csv.gz", 876, 154_137_879, 7_910_536, 6),
    ] {
        let Some(path) = trace(name) else { return };
        let log = read_tiresias(&path, Limits::default()).unwrap();
        assert_eq!((log.report.read, log.report.kept), (jobs, jobs), "{name}");
        let sum: u128 = log.jobs.iter().map(|j| u128::from(j.duration.as_nanos()) * u128::from(j.gpus)).sum();
        assert_eq!(sum, gpu_time * SECOND, "{name}");
        assert_eq!(log.jobs.last().map(|j| j.arrival.as_nanos()), Some(last * NANOS_PER_SEC), "{name}");
        let distinct: std::collections::BTreeSet<_> = log.jobs.iter().map(|j| j.model.as_str()).collect();
        assert_eq!(distinct.len(), models, "{name}");
    }
    let Some(path) = trace("tiresias/n16g8.csv") else { return };
    let cluster = read_tiresias_cluster(&path, Limits::default()).unwrap();
    assert_eq!((cluster.switches, cluster.nodes_per_switch, cluster.gpus_per_node), (1, 16, 8));
}

#[test]
#[cfg_attr(not(published_logs), ignore = "no published logs: set XPUSIM_TRACES")]
fn pai_has_its_counts_and_sums() {
    // (file, jobs, hundredths of GPUs of all instances, of CPUs, seconds, last submission, jobs for any GPU,
    // thousandths of the predicted durations)
    for (name, jobs, gpu, cpu, seconds, last, any, predicted) in [
        ("p1_pai3000", 3000, 1_572_200, 0, 18_756_973, 307_136, 3000, [18_756_973_089, 18_756_973_089, 18_756_973_082]),
        (
            "p2_openb_default",
            2000,
            142_920,
            1_770_470,
            6_041_233,
            878_782,
            2000,
            [6_041_232_366, 6_041_232_366, 6_041_232_608],
        ),
        (
            "p3_openb_gpuspec33",
            2000,
            142_920,
            1_770_470,
            6_041_233,
            878_782,
            1602,
            [6_041_232_366, 6_041_232_366, 6_041_232_608],
        ),
        (
            "p4_pai3000_gang",
            3000,
            1_740_000,
            0,
            18_756_973,
            307_136,
            3000,
            [18_756_973_089, 18_756_972_856, 18_756_973_080],
        ),
    ] {
        let Some(path) = trace(&format!("pai/{name}.csv.gz")) else { return };
        assert_eq!(guess_format(&path, Limits::default()).unwrap(), Some("pai"));
        let log = read_pai(&path, Limits::default()).unwrap();
        assert_eq!((log.report.read, log.report.kept, log.report.changed.len()), (jobs, jobs, 0), "{name}");
        let sum = |of: &dyn Fn(&super::pai::PaiJob) -> u64| log.jobs.iter().map(of).sum::<u64>();
        assert_eq!(sum(&|j| u64::from(j.gpu_hundredths) * u64::from(j.instances)), gpu, "{name}");
        assert_eq!(sum(&|j| u64::from(j.cpu_hundredths)), cpu, "{name}");
        assert_eq!(sum(&|j| j.duration.as_nanos() / NANOS_PER_SEC), seconds, "{name}");
        assert_eq!(log.jobs.last().map(|j| j.submit.as_nanos()), Some(last * NANOS_PER_SEC), "{name}");
        assert_eq!(sum(&|j| u64::from(j.gpu_type.is_none())), any, "{name}");
        let millis = |d: Option<crate::units::SimDuration>| d.map_or(0, |d| d.as_nanos() / 1_000_000);
        let sums = [
            sum(&|j| millis(j.user_duration)),
            sum(&|j| millis(j.group_duration)),
            sum(&|j| millis(j.group_gpu_duration)),
        ];
        assert_eq!(sums, predicted, "{name}");
    }
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
