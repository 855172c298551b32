//! A device as it is written down, in the catalogue and in scenarios.

mod calibration;
mod law;
mod power;
mod sleep;
mod thermal;

pub use calibration::*;
pub use law::*;
pub use power::*;
pub use sleep::*;
pub use thermal::*;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::json::{ByteCount, BytesPerSecond, Dollars, FlopsPerSecond, Watts, keyed};
use crate::model::kind::UnitKind;

/// One device model. Only `kind` and `power` are required.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceSpec {
    /// Kind of unit.
    pub kind: UnitKind,
    /// Full name, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Other names that find this device.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Device memory in bytes; absent: memory that never binds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<ByteCount>,
    /// Peak bandwidth of that memory in B/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bandwidth: Option<BytesPerSecond>,
    /// Peak dense rate in FLOP/s (OP/s for integers) by precision, at the highest clock.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "keyed")]
    pub peak: BTreeMap<Precision, FlopsPerSecond>,
    /// How much of the peaks a well-tuned task reaches; absent: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub efficiency: Option<EfficiencySpec>,
    /// Thermal design power in W.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tdp: Option<Watts>,
    /// Power while awake.
    pub power: PowerSpec,
    /// The sleep state, or a list of them from shallow to deep; absent: it cannot sleep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sleep: Option<SleepStates>,
    /// Temperature; absent: it is not modelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thermal: Option<ThermalSpec>,
    /// Bandwidth to the host in B/s, each direction; absent: transfers take no time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_link: Option<BytesPerSecond>,
    /// Bandwidth to other devices in B/s, each direction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interconnect: Option<BytesPerSecond>,
    /// Rent in a public cloud, USD per hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_per_hour: Option<Dollars>,
    /// Speed at the highest P-state relative to a task's reference duration (default 1).
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub speed: f64,
    /// How well a fit to measurements reproduces them; absent: nothing was fitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<CalibrationSpec>,
    /// Remarks on the whole row.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Where the figures come from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provenance: Vec<Provenance>,
}

/// Arithmetic precision of a peak rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// IEEE double.
    Fp64,
    /// IEEE single.
    Fp32,
    /// 19-bit tensor format.
    Tf32,
    /// bfloat16.
    Bf16,
    /// IEEE half.
    Fp16,
    /// 8-bit floating point.
    Fp8,
    /// 8-bit integers.
    Int8,
    /// 4-bit floating point.
    Fp4,
    /// 4-bit integers.
    Int4,
}

/// Reached share of the peaks in the roofline of a task.
///
/// `compute` scales the peak rate and `memory` the bandwidth. Fits of the `add` form can exceed 1,
/// because that form counts compute and memory time as if they never overlapped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EfficiencySpec {
    /// Of the peak rate, in (0, 2].
    pub compute: f64,
    /// Of the memory bandwidth, in (0, 2]; absent: the fit has no memory term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<f64>,
    /// How the two times combine.
    pub form: RooflineForm,
}

/// How compute and memory time of a task combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RooflineForm {
    /// One after the other: `t_c + t_m`.
    Add,
    /// Overlapped: `max(t_c, t_m)` (Williams, Waterman & Patterson, CACM 2009).
    Max,
}

/// How far a figure can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A plausible value to run with; not a fact about the device.
    Example,
    /// From memory, derived, or in conflict with another source.
    Low,
    /// One source, or a fit to measurements on part of the range.
    Medium,
    /// Data sheet, or several sources that agree.
    High,
}

/// The source of some figures of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Dotted names of the figures; a name covers what lies below it, as `peak` covers `peak.int8`.
    pub of: Vec<String>,
    /// Publication, data sheet or rule.
    pub source: String,
    /// How far to trust it.
    pub confidence: Confidence,
}

impl DeviceSpec {
    /// The peak rate for `precision`; fp16 and bf16 stand in for each other, as their dense peaks agree
    /// on the devices that have both.
    pub fn peak_for(&self, precision: Precision) -> Option<FlopsPerSecond> {
        let twin = match precision {
            Precision::Fp16 => Some(Precision::Bf16),
            Precision::Bf16 => Some(Precision::Fp16),
            _ => None,
        };
        self.peak.get(&precision).or_else(|| self.peak.get(&twin?)).copied()
    }

    /// Dotted names of all figures that this row states.
    pub fn figures(&self) -> Vec<String> {
        let stated = [
            ("memory", self.memory.is_some()),
            ("memory_bandwidth", self.memory_bandwidth.is_some()),
            ("efficiency", self.efficiency.is_some()),
            ("tdp", self.tdp.is_some()),
            ("power.idle", true),
            ("power.active", self.power.active.get() > 0.0),
            ("power.pstates", !self.power.pstates.is_empty()),
            ("power.law", self.power.law.is_some()),
            ("power.clocks", self.power.clocks.is_some()),
            ("power.load", self.power.load.is_some()),
            ("power.memory", self.power.memory.is_some()),
            ("power.beta", !is_one(&self.power.beta)),
            ("power.norm", self.power.norm.is_some()),
            ("power.valid_from", self.power.valid_from.is_some()),
            ("power.transition", self.power.transition.is_some()),
            ("power.halt", self.power.halt.is_some()),
            ("power.transition_energy", self.power.transition_energy.is_some()),
            ("sleep", self.sleep.is_some()),
            ("thermal", self.thermal.is_some()),
            ("host_link", self.host_link.is_some()),
            ("interconnect", self.interconnect.is_some()),
            ("price_per_hour", self.price_per_hour.is_some()),
            ("speed", !is_one(&self.speed)),
        ];
        let peaks = self.peak.keys().map(|precision| format!("peak.{}", precision.name()));
        stated.iter().filter(|(_, is)| *is).map(|(name, _)| (*name).to_owned()).chain(peaks).collect()
    }

    /// The source of a figure: that of its own name, else of the nearest name above it.
    pub fn provenance_of(&self, figure: &str) -> Option<&Provenance> {
        let mut name = Some(figure);
        while let Some(wanted) = name {
            let found = self.provenance.iter().find(|p| p.of.iter().any(|of| of == wanted));
            if found.is_some() {
                return found;
            }
            name = wanted.rsplit_once('.').map(|(above, _)| above);
        }
        None
    }
}

impl Precision {
    /// All of them.
    pub const ALL: [Self; 9] =
        [Self::Fp64, Self::Fp32, Self::Tf32, Self::Bf16, Self::Fp16, Self::Fp8, Self::Int8, Self::Fp4, Self::Int4];

    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fp64 => "fp64",
            Self::Fp32 => "fp32",
            Self::Tf32 => "tf32",
            Self::Bf16 => "bf16",
            Self::Fp16 => "fp16",
            Self::Fp8 => "fp8",
            Self::Int8 => "int8",
            Self::Fp4 => "fp4",
            Self::Int4 => "int4",
        }
    }
}

fn one() -> f64 {
    1.0
}

fn is_one(value: &f64) -> bool {
    *value == 1.0
}
