//! `residency.csv`: how long the units of each device model were at each clock.

use std::collections::BTreeMap;

use crate::model::unit::{EnergyState, Residency};
use crate::model::world::World;
use crate::units::UnitId;

use super::row::Row;

const HEADER: &str = "kind,device,frequency_hz,state,time_s\n";

/// Sums over the units of one device model.
#[derive(Default)]
struct Model {
    /// By P-state, nanoseconds under load and without.
    clocks: Vec<(u128, u128)>,
    /// Nanoseconds asleep, on the way, and down.
    away: [u128; AWAY.len()],
}

const AWAY: [EnergyState; 3] = [EnergyState::Sleep, EnergyState::Transition, EnergyState::Down];

/// The file's text, over the whole run in unit-seconds; `None` where no device has more than one P-state, and without
/// those that have one. Device models come in the order of the cluster, clocks rising, each `busy` and `idle`; then, where
/// there was such time, `sleep`, `transition` and `down`, which have no clock.
pub fn write_residency(world: &World) -> Option<Vec<u8>> {
    let mut order = Vec::new();
    let mut models: BTreeMap<&str, Model> = BTreeMap::new();
    for (i, unit) in world.units.iter().enumerate() {
        let Some(times) = &unit.residency else { continue };
        let device = world.cluster.device(UnitId(i as u32));
        let model = models.entry(&device.name).or_insert_with(|| {
            order.push(device);
            Model { clocks: vec![(0, 0); times.len()], ..Model::default() }
        });
        for (sum, Residency { busy, idle }) in model.clocks.iter_mut().zip(times) {
            *sum = (sum.0 + u128::from(*busy), sum.1 + u128::from(*idle));
        }
        for (sum, state) in model.away.iter_mut().zip(AWAY) {
            *sum += u128::from(unit.totals.time[state as usize]);
        }
    }
    let mut row = Row::default();
    for device in &order {
        let Some(model) = models.get(&*device.name) else { continue };
        for (pstate, (busy, idle)) in device.pstates.iter().zip(&model.clocks) {
            for (state, time) in [("busy", busy), ("idle", idle)] {
                row.text(device.kind.name()).text(&device.name).real(pstate.frequency);
                row.text(state).long_nanos(*time).end();
            }
        }
        for (state, time) in AWAY.iter().zip(model.away).filter(|(_, time)| *time > 0) {
            row.text(device.kind.name()).text(&device.name).empty().text(state.as_str()).long_nanos(time).end();
        }
    }
    (!order.is_empty()).then(|| [HEADER.as_bytes(), &row.take()].concat())
}
