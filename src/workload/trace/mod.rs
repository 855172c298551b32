//! Importers of published logs: a file becomes plain rows, in order of arrival.
//!
//! ```text
//! open    file or gzip  → physical lines, limits, SHA-256
//! table   lines         → CSV records with columns by name
//! swf     lines         → SwfLog
//! openb   records       → OpenbNodes, OpenbPods
//! gavel   lines, JSON   → GavelJobs, Throughputs
//! pai, philly, helios, tiresias, tasks_csv likewise
//! read    rows          → TraceTask, one form for all whose jobs fit it
//! ```
//!
//! An importer reads everything or fails: there is no partial result. What it leaves out or changes
//! by rule is counted in a [`CleaningReport`]; what it cannot read is one [`TraceError`].

mod arrival;
mod cell;
mod decimal;
mod error;
mod guess;
mod names;
mod open;
mod read;
mod report;
mod sniff;
pub(crate) mod table;
mod task;
mod timestamp;

pub mod gavel;
pub mod helios;
pub mod openb;
pub mod pai;
pub mod philly;
pub mod swf;
pub mod tasks_csv;
pub mod tiresias;

#[cfg(test)]
mod published_logs;
#[cfg(test)]
mod testing;

pub use error::{TraceError, TraceErrorKind};
pub use guess::guess_format;
pub use open::{Limits, Line, TraceReader};
pub use read::{ReadOptions, Reader, TraceLog, default_kind, reader_of};
pub use report::{CleaningReport, Tally};
pub use task::TraceTask;

/// Trace formats by name, with what each is.
pub const FORMATS: &[(&str, &str)] = &[
    ("swf", "Standard Workload Format v2.2, 18 fields (Chapin et al., JSSPP 1999); plain or gzip"),
    ("openb", "Alibaba cluster-trace-gpu-v2023 pod and node lists (Weng et al., USENIX ATC 2023); CSV, plain or gzip"),
    ("pai", "job lists of the PAI simulator: gangs of instances with parts of GPUs (Weng et al., USENIX NSDI 2022)"),
    ("gavel", "training jobs of Gavel with their table of throughputs (Narayanan et al., OSDI 2020); plain or gzip"),
    ("philly", "Microsoft Philly jobs as CSV: timestamp, duration, num_gpus, cluster (Jeon et al., USENIX ATC 2019)"),
    ("helios", "SenseTime Helios jobs as CSV: job_id, arrival_s, service_sec, gpu_count (Hu et al., SC 2021)"),
    (
        "tiresias",
        "job lists and cluster files of the Tiresias simulator (Gu et al., NSDI 2019); also ElasticFlow's lists",
    ),
    (
        "tasks-csv",
        "our own: task, arrival_s, run_s, units and more by name, as `import` writes; or the tasks.csv of a run",
    ),
];
