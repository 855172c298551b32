//! Importers of published logs: a file becomes plain rows, in order of arrival.
//!
//! ```text
//! open    file or gzip  → physical lines, limits, SHA-256
//! table   lines         → CSV records with columns by name
//! swf     lines         → SwfLog
//! openb   records       → OpenbNodes, OpenbPods
//! gavel   lines, JSON   → GavelJobs, Throughputs
//! ```
//!
//! An importer reads everything or fails: there is no partial result. What it leaves out or changes
//! by rule is counted in a [`CleaningReport`]; what it cannot read is one [`TraceError`].

mod arrival;
mod cell;
mod decimal;
mod error;
mod open;
mod report;
mod sniff;
mod table;

pub mod gavel;
pub mod openb;
pub mod swf;

#[cfg(test)]
mod published_logs;

pub use error::{TraceError, TraceErrorKind};
pub use open::{Limits, Line, TraceReader};
pub use report::{CleaningReport, Tally};

/// Trace formats by name, with what each is.
pub const FORMATS: &[(&str, &str)] = &[
    ("swf", "Standard Workload Format v2.2, 18 fields (Chapin et al., JSSPP 1999); plain or gzip"),
    ("openb", "Alibaba cluster-trace-gpu-v2023 pod and node lists (Weng et al., USENIX ATC 2023); CSV, plain or gzip"),
    ("gavel", "training jobs of Gavel with their table of throughputs (Narayanan et al., OSDI 2020); plain or gzip"),
];
