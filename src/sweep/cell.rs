//! The file of a finished cell: one line of JSON whose last field is the hash of all before it.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::experiment::Replication;
use crate::sim::Counts;
use crate::units::SimTime;

use super::hash::sha256;

/// What stands before the checksum and behind it.
const BEFORE: &str = ",\"sha256\":\"";
const BEHIND: &str = "\"}\n";
const DIGITS: usize = 64;

/// A finished cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellFile {
    /// Its number in the plan.
    pub cell: u64,
    /// Hash of the plan.
    pub plan_sha256: String,
    /// Hash of the variant's scenario.
    pub scenario_sha256: String,
    /// Program and version that ran it.
    pub program: String,
    /// Number of its replication.
    pub replication: u32,
    /// Hash of all that happened.
    #[serde(with = "hexadecimal")]
    fingerprint: u64,
    /// Hash of the tasks that came.
    #[serde(with = "hexadecimal")]
    workload_hash: u64,
    events: u64,
    end_ns: u64,
    measured: u64,
    counts: Tasks,
    #[serde(serialize_with = "write_metrics", deserialize_with = "read_metrics")]
    metrics: BTreeMap<String, f64>,
}

/// Tasks by fate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tasks {
    submitted: u64,
    completed: u64,
    rejected: u64,
    failed: u64,
    killed: u64,
}

/// What a cell's file is worth.
#[derive(Clone, Debug, PartialEq)]
pub enum CellState {
    /// Whole, and of this plan.
    Done(Box<CellFile>),
    /// Cut off or changed.
    Broken,
    /// Whole, but of another plan or scenario.
    Foreign,
    /// There is no file.
    Missing,
}

/// What a cell must be to count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub cell: u64,
    pub plan: &'a str,
    pub scenario: &'a str,
    pub replication: u32,
}

impl CellFile {
    pub(super) fn new(expected: &Expected<'_>, program: &str, brought: Replication) -> Self {
        // Batches are means within one replication that was asked for alone; whole distributions would outweigh the rest.
        let Replication { metrics, fingerprint, workload, events, end, counts, measured, batches: _, distributions: _ } =
            brought;
        let Counts { submitted, completed, rejected, failed, killed } = counts;
        Self {
            cell: expected.cell,
            plan_sha256: expected.plan.to_owned(),
            scenario_sha256: expected.scenario.to_owned(),
            program: program.to_owned(),
            replication: expected.replication,
            fingerprint,
            workload_hash: workload,
            events,
            end_ns: end.as_nanos(),
            measured,
            counts: Tasks { submitted, completed, rejected, failed, killed },
            metrics,
        }
    }

    /// The replication that it holds, to the last bit.
    pub fn into_replication(self) -> Replication {
        let Tasks { submitted, completed, rejected, failed, killed } = self.counts;
        Replication {
            metrics: self.metrics,
            fingerprint: self.fingerprint,
            workload: self.workload_hash,
            events: self.events,
            end: SimTime::from_nanos(self.end_ns),
            counts: Counts { submitted, completed, rejected, failed, killed },
            measured: self.measured,
            batches: Vec::new(),
            distributions: Default::default(),
        }
    }

    /// The file's text.
    pub(super) fn encode(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        // The closing brace comes back behind the checksum.
        text.pop();
        let sum = sha256(text.as_bytes());
        text + BEFORE + &sum + BEHIND
    }

    /// Reads a file's bytes; `None` where they are not all there, or not what was written.
    fn decode(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?.strip_suffix(BEHIND)?;
        let (rest, sum) = text.split_at_checked(text.len().checked_sub(DIGITS)?)?;
        let body = rest.strip_suffix(BEFORE)?;
        if sha256(body.as_bytes()) != sum {
            return None;
        }
        serde_json::from_str(&format!("{body}}}")).ok()
    }
}

impl Expected<'_> {
    /// What the bytes of a cell's file are worth.
    pub(super) fn judge(&self, bytes: Option<&[u8]>) -> CellState {
        let Some(bytes) = bytes else { return CellState::Missing };
        let Some(file) = CellFile::decode(bytes) else { return CellState::Broken };
        let found = (file.cell, file.plan_sha256.as_str(), file.scenario_sha256.as_str(), file.replication);
        if found == (self.cell, self.plan, self.scenario, self.replication) {
            CellState::Done(Box::new(file))
        } else {
            CellState::Foreign
        }
    }
}

/// Hashes of 64 bits: JSON numbers of other programs hold only 53.
mod hexadecimal {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(hash: &u64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{hash:016x}"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        let text = String::deserialize(from)?;
        u64::from_str_radix(&text, 16).map_err(D::Error::custom)
    }
}

/// A number as JSON, or the words `inf`, `-inf`, `NaN`, for which JSON has no number.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Measure {
    Finite(f64),
    Word(String),
}

fn write_metrics<S: Serializer>(metrics: &BTreeMap<String, f64>, to: S) -> Result<S::Ok, S::Error> {
    let word = |x: f64| if x.is_finite() { Measure::Finite(x) } else { Measure::Word(x.to_string()) };
    to.collect_map(metrics.iter().map(|(name, x)| (name, word(*x))))
}

fn read_metrics<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, f64>, D::Error> {
    let read = BTreeMap::<String, Measure>::deserialize(from)?;
    let number = |measure| match measure {
        Measure::Finite(x) => Ok(x),
        Measure::Word(word) => word.parse().map_err(serde::de::Error::custom),
    };
    read.into_iter().map(|(name, measure)| Ok((name, number(measure)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPECTED: Expected<'_> = Expected { cell: 7, plan: "p", scenario: "s", replication: 3 };

    fn replication() -> Replication {
        let values = [0.1 + 0.2, 1e-310, -0.0, f64::MAX, 1e300 / 3.0, f64::INFINITY, 5.0];
        let metrics = values.iter().enumerate().map(|(i, x)| (format!("m{i}"), *x)).collect();
        Replication {
            metrics,
            fingerprint: u64::MAX - 1,
            workload: 0x0123_4567_89ab_cdef,
            events: 12,
            end: SimTime::from_nanos(u64::MAX - 5),
            counts: Counts { submitted: 5, completed: 1, rejected: 1, failed: 1, killed: 2 },
            measured: 3,
            batches: Vec::new(),
            distributions: Default::default(),
        }
    }

    #[test]
    fn a_cell_comes_back_to_the_last_bit() {
        let text = CellFile::new(&EXPECTED, "x", replication()).encode();
        let CellState::Done(file) = EXPECTED.judge(Some(text.as_bytes())) else { panic!("{text}") };
        let back = file.into_replication();
        let bits = |r: &Replication| r.metrics.values().map(|x| x.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&back), bits(&replication()));
        assert_eq!(back, replication());
    }

    /// Cut anywhere, or with any byte changed, it does not count; nor as a cell of something else.
    #[test]
    fn a_damaged_cell_is_recognised() {
        let text = CellFile::new(&EXPECTED, "x", replication()).encode();
        for cut in 0..text.len() {
            assert_eq!(EXPECTED.judge(Some(&text.as_bytes()[..cut])), CellState::Broken, "{cut}");
        }
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] ^= 1;
            assert_eq!(EXPECTED.judge(Some(&changed)), CellState::Broken, "{at}");
        }
        for other in [
            Expected { cell: 8, ..EXPECTED },
            Expected { plan: "q", ..EXPECTED },
            Expected { scenario: "t", ..EXPECTED },
            Expected { replication: 2, ..EXPECTED },
        ] {
            assert_eq!(other.judge(Some(text.as_bytes())), CellState::Foreign);
        }
        assert_eq!(EXPECTED.judge(None), CellState::Missing);
    }
}
