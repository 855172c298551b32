//! The kinds of processing units.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Kind of a processing unit. What a unit can do is data of its device, not of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UnitKind {
    /// Processor socket.
    Cpu,
    /// Graphics processor.
    Gpu,
    /// Tensor processor.
    Tpu,
    /// Neural processor.
    Npu,
    /// Language processor.
    Lpu,
    /// Programmable gate array.
    Fpga,
    /// Vision processor.
    Vpu,
}

impl UnitKind {
    /// All kinds, in the order of every table.
    pub const ALL: [Self; 7] = [Self::Cpu, Self::Gpu, Self::Tpu, Self::Npu, Self::Lpu, Self::Fpga, Self::Vpu];

    /// The name in scenarios and results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Gpu => "gpu",
            Self::Tpu => "tpu",
            Self::Npu => "npu",
            Self::Lpu => "lpu",
            Self::Fpga => "fpga",
            Self::Vpu => "vpu",
        }
    }
}

impl fmt::Display for UnitKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text names no kind of unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no kind of unit: expected cpu, gpu, tpu, npu, lpu, fpga or vpu", .0.escape_debug())]
pub struct ParseUnitKindError(String);

impl FromStr for UnitKind {
    type Err = ParseUnitKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let kind = Self::ALL.into_iter().find(|kind| text.eq_ignore_ascii_case(kind.name()));
        kind.ok_or_else(|| ParseUnitKindError(text.chars().take(60).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_there_and_back() {
        for kind in UnitKind::ALL {
            assert_eq!(kind.to_string().to_uppercase().parse(), Ok(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
        }
        assert!("xpu".parse::<UnitKind>().is_err());
    }
}
