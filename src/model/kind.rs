//! placeholder until merged
use serde::{Deserialize, Serialize};
/// The kind of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum UnitKind {
    Cpu,
    Gpu,
    Tpu,
    Npu,
    Lpu,
    Fpga,
    Vpu,
}
impl UnitKind {
    /// All.
    pub const ALL: [Self; 7] = [Self::Cpu, Self::Gpu, Self::Tpu, Self::Npu, Self::Lpu, Self::Fpga, Self::Vpu];
}
