//! A power budget: how much there is and how much of it is given away.

use crate::units::{Power, Share};

use super::device::Device;
use super::unit::{Unit, UnitPhase};

/// The budget of the machine and what is allotted of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CapLevel {
    /// Most power of all units together.
    pub budget: Power,
    /// What the units have been allotted: at most the budget, where the lowest P-states allow it.
    pub allotted: Power,
}

/// Power of a unit of so many `devices` at full load in P-state `p`; idle power where that is more.
pub fn full_power(device: &Device, devices: Share, p: u8) -> Power {
    let active = device.pstates.get(usize::from(p)).map_or(device.idle, |s| s.active);
    active.max(device.idle).scaled(devices)
}

/// The fastest P-state up to which every one keeps to `limit` for each device at full load; `None` where the lowest
/// does not.
///
/// A governor may ask for less than what it is left, so those below count too.
pub fn fastest_within(device: &Device, devices: Share, limit: Power) -> Option<u8> {
    let within = device.pstates.iter().take_while(|s| s.active.scaled(devices) <= limit).count();
    within.checked_sub(1).map(|p| p.min(255) as u8)
}

/// Power that a unit may draw whatever a cap decides: its lowest P-state under full load; on its way to or from
/// sleep that way's power, and failed what it then draws, where that is more.
pub fn floor_power(unit: &Unit, device: &Device) -> Power {
    let devices = unit.size.devices;
    let lowest = full_power(device, devices, 0);
    match unit.phase {
        UnitPhase::FallingAsleep { .. } | UnitPhase::Waking | UnitPhase::Down { .. } => {
            lowest.max(unit.demand(device).0)
        }
        _ => lowest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::device::PState;
    use crate::model::kind::UnitKind;
    use crate::units::Bytes;
    use std::sync::Arc;

    fn watts(w: f64) -> Power {
        Power::try_from_watts(w).unwrap()
    }

    fn device(active: &[f64]) -> Device {
        let state = |(i, w): (usize, &f64)| PState { frequency: (i + 1) as f64 * 1e9, active: watts(*w) };
        Device {
            name: Arc::from("own"),
            kind: UnitKind::Gpu,
            speed: 1.0,
            memory: Bytes::UNBOUNDED,
            idle: watts(10.0),
            pstates: active.iter().enumerate().map(state).collect(),
            beta: 1.0,
            norm: 1.0,
            law: None,
            change: None,
            sleep: Vec::new(),
            thermal: None,
            peaks: Vec::new(),
            bandwidth: None,
            roofline_norm: f64::INFINITY,
        }
    }

    #[test]
    fn the_fastest_state_within_a_limit_is_the_last_before_one_above_it() {
        let d = device(&[20.0, 30.0, 40.0]);
        let at = |w| fastest_within(&d, Share::WHOLE, watts(w));
        assert_eq!([at(19.9), at(20.0), at(39.9), at(40.0), at(99.0)], [None, Some(0), Some(1), Some(2), Some(2)]);
        // A table that is not in order: 35 W would hold the third, but not the second, to which one may fall.
        let d = device(&[20.0, 40.0, 30.0]);
        assert_eq!(fastest_within(&d, Share::WHOLE, watts(35.0)), Some(0));
    }

    #[test]
    fn a_pooled_unit_counts_all_its_devices() {
        let d = device(&[20.0, 30.0]);
        let four = Share(4_000_000);
        assert_eq!(full_power(&d, four, 1), watts(120.0));
        assert_eq!(
            [fastest_within(&d, four, watts(119.0)), fastest_within(&d, four, watts(120.0))],
            [Some(0), Some(1)]
        );
    }
}
