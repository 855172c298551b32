//! From a device as it is written down to the device that the simulation runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::{MOST_PSTATES, MOST_SLEEP_STATES, is_efficiency, is_positive};
use super::{DeviceSpec, EfficiencySpec, Precision, RooflineForm, SleepSpec, WakeTime};
use crate::json::Watts;
use crate::model::device::{Device, PState};
use crate::model::sleep::SleepState;
use crate::units::{Bytes, Power, SimDuration};

impl DeviceSpec {
    /// The device of this spec for the simulation, by the name of `id`.
    ///
    /// | here | there |
    /// |---|---|
    /// | no `memory` | [`Bytes::UNBOUNDED`] |
    /// | no `pstates` | one, at `active`, with a clock of 0 |
    /// | `peak` and `efficiency.compute` | `peaks` = peak × efficiency, in FLOP/s; fp16 and bf16 stand in for each other |
    /// | `memory_bandwidth` and `efficiency.memory` | `bandwidth` = bandwidth × efficiency, in B/s |
    /// | no `efficiency` | both factors 1, the two times overlap |
    /// | `efficiency` without `memory` | no `bandwidth`: the fit has memory traffic cost no time |
    /// | no `sleep.entry_power` | `sleep.wake_power`: power of both ways, falling asleep and waking |
    ///
    /// Made for specs in which [`check`](super::check()) finds no error. With others it does not fail either: a
    /// value that is out of range is moved into it, or left out where that means nothing.
    pub fn build(&self, id: &str) -> Device {
        let states = self.states();
        Device {
            name: Arc::from(id),
            kind: self.kind,
            speed: if is_positive(self.speed) { self.speed } else { 1.0 },
            memory: self.memory.map_or(Bytes::UNBOUNDED, Bytes::from),
            idle: power(self.power.idle),
            thermal: super::thermal::build(self, &states),
            pstates: states,
            beta: if self.power.beta.is_nan() { 1.0 } else { self.power.beta.clamp(0.0, 1.0) },
            sleep: self.sleep.iter().flat_map(|s| s.states().iter().map(sleep)).take(MOST_SLEEP_STATES).collect(),
            peaks: self.effective_peaks(),
            bandwidth: self.effective_bandwidth(),
            additive_roofline: self.efficiency.as_ref().is_some_and(|e| e.form == RooflineForm::Add),
        }
    }

    /// P-states by ascending clock, at least one; of too many, the fastest.
    fn states(&self) -> Vec<PState> {
        let state = |hertz, watts| PState { frequency: hertz, active: power(watts) };
        let all = self.power.pstates.iter().map(|s| state(s.frequency.get(), s.power));
        let mut states: Vec<PState> = all.filter(|s| is_positive(s.frequency)).collect();
        states.sort_by(|a, b| a.frequency.total_cmp(&b.frequency));
        states.dedup_by_key(|s| s.frequency);
        states.drain(..states.len().saturating_sub(MOST_PSTATES));
        if states.is_empty() {
            states.push(state(0.0, self.power.active));
        }
        states
    }

    /// Effective rates by precision in the order of their names.
    fn effective_peaks(&self) -> Vec<(Arc<str>, f64)> {
        let share = self.efficiency.as_ref().map_or(1.0, |e| e.compute);
        let rate = |p: Precision| Some((p.name(), effective(self.peak_for(p)?.get(), share)?));
        let by_name: BTreeMap<&str, f64> = Precision::ALL.into_iter().filter_map(rate).collect();
        by_name.into_iter().map(|(name, rate)| (Arc::from(name), rate)).collect()
    }

    fn effective_bandwidth(&self) -> Option<f64> {
        let share = match &self.efficiency {
            None => 1.0,
            Some(EfficiencySpec { memory, .. }) => (*memory)?,
        };
        effective(self.memory_bandwidth?.get(), share)
    }
}

/// The reached part of a rate: above 0 and finite, as something is divided by it.
fn effective(rate: f64, share: f64) -> Option<f64> {
    let share = if is_efficiency(share) { share } else { 1.0 };
    is_positive(rate).then(|| (rate * share).clamp(f64::MIN_POSITIVE, f64::MAX))
}

fn sleep(spec: &SleepSpec) -> SleepState {
    let (wake, drawn) = match &spec.wake {
        WakeTime::Fixed(seconds) => (seconds.duration(), None),
        WakeTime::Drawn(random) => {
            (SimDuration::from_secs_f64_clamped(random.dist().mean()), Some(Arc::new(random.dist().clone())))
        }
    };
    SleepState {
        power: power(spec.power),
        entry: spec.entry.duration(),
        wake,
        entry_power: power(spec.entry_power.unwrap_or(spec.wake_power)),
        wake_power: power(spec.wake_power),
        drawn,
    }
}

fn power(watts: Watts) -> Power {
    Power::try_from_watts(watts.get().clamp(0.0, 1e12)).unwrap_or(Power::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Catalogue, PStateSpec, PowerSpec, SleepStates, check};
    use crate::json::{ByteCount, BytesPerSecond, FlopsPerSecond, Hertz, Seconds};
    use crate::model::kind::UnitKind;
    use crate::units::SimDuration;

    fn built(name: &str) -> Device {
        Catalogue::builtin().unwrap().get(name).unwrap().build(name)
    }

    fn peak(device: &Device, name: &str) -> Option<f64> {
        device.peaks.iter().find(|(known, _)| &**known == name).map(|(_, rate)| *rate)
    }

    fn near(actual: Option<f64>, expected: f64) -> bool {
        actual.is_some_and(|a| (a / expected - 1.0).abs() < 1e-12)
    }

    #[test]
    fn an_h100_has_the_figures_of_its_row() {
        let h100 = built("h100-sxm");
        assert_eq!((&*h100.name, h100.kind, h100.speed, h100.beta), ("h100-sxm", UnitKind::Gpu, 1.0, 1.0));
        // 989e12 * 0.77 FLOP/s, 1979e12 * 0.77 OP/s and 3350e9 * 1.2 B/s.
        assert!(near(peak(&h100, "bf16"), 761.53e12));
        assert!(near(peak(&h100, "fp16"), 761.53e12));
        assert!(near(peak(&h100, "int8"), 1523.83e12));
        assert_eq!(peak(&h100, "fp64"), None);
        let names: Vec<&str> = h100.peaks.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["bf16", "fp16", "int8"]);
        assert!(near(h100.bandwidth, 4.02e12));
        assert!(h100.additive_roofline);
        assert_eq!(h100.memory, Bytes(80_000_000_000));

        let microwatts: Vec<u64> = h100.pstates.iter().map(|s| s.active.as_microwatts()).collect();
        assert_eq!(microwatts, [341_000_000, 432_900_000, 700_000_000]);
        assert_eq!(h100.pstates.last().unwrap().frequency, 1.83e9);
        assert_eq!(h100.idle.as_watts(), 105.0);
        let [asleep] = h100.sleep.as_slice() else { panic!("{:?}", h100.sleep) };
        let watts = [asleep.power, asleep.entry_power, asleep.wake_power].map(Power::as_watts);
        assert_eq!(watts, [21.0, 700.0, 700.0]);
        assert_eq!((asleep.entry.as_nanos(), asleep.wake.as_nanos()), (100_000_000, 1_000_000_000));
    }

    #[test]
    fn the_roofline_takes_the_form_of_the_fit() {
        // Compute 76.153e12 / 761.53e12 = 0.1 s, memory 0.804e12 / 4.02e12 = 0.2 s: one after the other.
        let seconds = |device: &Device| device.roofline("bf16").seconds(76.153e12, 0.804e12);
        assert!((seconds(&built("h100-sxm")) - 0.3).abs() < 1e-8);
        // No fit: peaks in full and overlapped. TPU v5p: 76.153 / 459 = 0.1659 s, 804 / 2765 = 0.2908 s.
        let tpu = built("tpu-v5p");
        assert!(!tpu.additive_roofline);
        assert!((seconds(&tpu) - 804.0 / 2765.0).abs() < 1e-8);
        // A fit without memory term: compute alone, 918e12 * 1.09 FLOP/s.
        let tpu = built("tpu-v6e");
        assert_eq!(tpu.bandwidth, None);
        assert!((seconds(&tpu) - 76.153 / (918.0 * 1.09)).abs() < 1e-8);
    }

    #[test]
    fn a_neutral_device_has_one_p_state_and_memory_that_never_binds() {
        let cpu = built("cpu-generic");
        let only = PState { frequency: 0.0, active: Power::try_from_watts(100.0).unwrap() };
        assert_eq!((cpu.pstates.as_slice(), cpu.top(), cpu.rate(0, 1.0)), (&[only][..], 0, 1.0));
        assert_eq!((cpu.memory, cpu.bandwidth, cpu.peaks.len()), (Bytes::UNBOUNDED, None, 0));
        assert_eq!(cpu.sleep[0].entry, SimDuration::ZERO);
    }

    #[test]
    fn every_device_of_the_catalogue_is_fit_to_run() {
        for (id, spec) in Catalogue::builtin().unwrap().devices() {
            assert_sound(&spec.build(id));
        }
    }

    /// What the simulation takes for granted.
    fn assert_sound(device: &Device) {
        assert!(is_positive(device.speed) && (0.0..=1.0).contains(&device.beta), "{device:?}");
        assert!(device.peaks.iter().all(|(_, rate)| is_positive(*rate)), "{device:?}");
        assert!(device.peaks.is_sorted_by(|a, b| a.0 < b.0), "{device:?}");
        assert!(device.bandwidth.is_none_or(is_positive), "{device:?}");
        assert!(device.pstates.is_sorted_by(|a, b| a.frequency < b.frequency), "{device:?}");
        assert_eq!(usize::from(device.top()) + 1, device.pstates.len(), "{device:?}");
    }

    #[test]
    fn figures_out_of_range_still_build() {
        let wrong = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 5e-324, f64::MAX];
        for x in wrong {
            let pstate = |hertz| PStateSpec { frequency: Hertz(hertz), power: Watts(x) };
            let mut pstates: Vec<PStateSpec> = (0..400).map(|i| pstate(f64::from(i % 300))).collect();
            pstates.push(pstate(x));
            let spec = DeviceSpec {
                kind: UnitKind::Fpga,
                name: String::new(),
                aliases: Vec::new(),
                memory: Some(ByteCount(0)),
                memory_bandwidth: Some(BytesPerSecond(x)),
                peak: [(Precision::Fp8, FlopsPerSecond(x)), (Precision::Bf16, FlopsPerSecond(f64::MAX))].into(),
                efficiency: Some(EfficiencySpec { compute: x, memory: Some(x), form: RooflineForm::Max }),
                tdp: None,
                power: PowerSpec { idle: Watts(x), active: Watts(x), pstates, beta: x, transition: Some(Seconds(x)) },
                sleep: Some(SleepStates::One(SleepSpec {
                    power: Watts(x),
                    entry: Seconds(x),
                    wake: WakeTime::Fixed(Seconds(x)),
                    entry_power: Some(Watts(x)),
                    wake_power: Watts(x),
                })),
                thermal: None,
                host_link: None,
                interconnect: None,
                price_per_hour: None,
                speed: x,
                calibration: None,
                note: String::new(),
                provenance: Vec::new(),
            };
            assert!(!check(&spec).is_empty());
            assert_sound(&spec.build("broken"));
        }
    }

    #[test]
    fn the_largest_and_smallest_rates_that_pass_stay_usable() {
        for (rate, share) in [(f64::MAX, 2.0), (5e-324, 0.1)] {
            let mut spec = Catalogue::builtin().unwrap().get("h100").unwrap().clone();
            spec.peak = [(Precision::Int4, FlopsPerSecond(rate))].into();
            spec.memory_bandwidth = Some(BytesPerSecond(rate));
            spec.efficiency = Some(EfficiencySpec { compute: share, memory: Some(share), form: RooflineForm::Add });
            assert_eq!(check(&spec), []);
            let device = spec.build("extreme");
            assert_sound(&device);
            assert!(device.bandwidth.is_some() && device.peaks.len() == 1);
        }
    }
}
