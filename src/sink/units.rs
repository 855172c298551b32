//! `units.csv`: the totals of each unit.

use crate::model::unit::EnergyState;
use crate::model::world::World;
use crate::units::{Bytes, Energy, UnitId};

use super::row::Row;

const HEADER: &str = "unit,kind,device,node,busy_s,idle_s,sleep_s,transition_s,energy_j,tasks,\
memory_capacity_bytes,memory_peak_bytes,mean_frequency_hz";

/// Further columns where temperatures are modelled; empty for units without.
const HEAT_HEADER: &str = ",temperature_max_c,throttle_s";

/// A further column where units can fail: the time for which they were down.
const DOWN_HEADER: &str = ",down_s";

/// The file's text, over the whole run. The mean frequency is over the time under load.
pub fn write_units(world: &World) -> Vec<u8> {
    let mut bytes = HEADER.as_bytes().to_vec();
    if world.heat.is_some() {
        bytes.extend(HEAT_HEADER.as_bytes());
    }
    if world.outages.is_some() {
        bytes.extend(DOWN_HEADER.as_bytes());
    }
    bytes.push(b'\n');
    let mut row = Row::default();
    for (i, unit) in world.units.iter().enumerate() {
        let id = UnitId(i as u32);
        let device = world.cluster.device(id);
        let node = &world.cluster.nodes[world.cluster.units[i].node.index()];
        row.int(i as u64).text(device.kind.name()).text(&device.name).text(&node.name);
        for state in EnergyState::ALL {
            row.nanos(unit.totals.time[state as usize]);
        }
        let energy: Energy = unit.totals.energy.into_iter().sum();
        row.real(energy.as_joules()).int(unit.served);
        if device.memory == Bytes::UNBOUNDED {
            row.empty()
        } else {
            row.int(device.memory.get())
        };
        row.int(unit.memory_peak.get());
        let busy = unit.totals.time[EnergyState::Active as usize] as f64 / 1e9;
        if busy > 0.0 && unit.totals.cycles > 0.0 {
            row.real(unit.totals.cycles / busy)
        } else {
            row.empty()
        };
        if let Some(heat) = &world.heat {
            match heat.node(id) {
                Some(node) => row.real(node.totals.peak).nanos(node.totals.throttled.as_nanos()),
                None => row.empty().empty(),
            };
        }
        if world.outages.is_some() {
            row.nanos(unit.totals.time[EnergyState::Down as usize]);
        }
        row.end();
    }
    bytes.extend(row.take());
    bytes
}
