//! From a device as it is written down to the device that the simulation runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::{MOST_PSTATES, MOST_SLEEP_STATES, is_efficiency, is_positive};
use super::{DeviceSpec, EfficiencySpec, LoadSpec, LoadWord, PStateSpec, Precision, RooflineForm, SleepSpec, WakeTime};
use crate::json::{Hertz, Seconds, Watts};
use crate::model::device::{ClockChange, Device, LoadLaw, PState, PowerLaw};
use crate::model::sleep::SleepState;
use crate::units::{Bytes, Energy, Power, SimDuration};

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
    /// | `law` and `clocks` | the P-states that they give |
    /// | neither `base` nor `idle` of P-states, no `load`, no `memory` power | no [`PowerLaw`] |
    /// | no `transition`, `halt` or `transition_energy` above 0 | no [`ClockChange`] |
    ///
    /// Made for specs in which [`check`](super::check()) finds no error. With others it does not fail either: a
    /// value that is out of range is moved into it, or left out where that means nothing.
    pub fn build(&self, id: &str) -> Device {
        let states = self.states();
        let pstates: Vec<PState> = states.iter().map(|(state, _)| *state).collect();
        Device {
            name: Arc::from(id),
            kind: self.kind,
            speed: if is_positive(self.speed) { self.speed } else { 1.0 },
            memory: self.memory.map_or(Bytes::UNBOUNDED, Bytes::from),
            idle: power(self.power.idle),
            thermal: super::thermal::build(self, &pstates),
            pstates,
            beta: if self.power.beta.is_nan() { 1.0 } else { self.power.beta.clamp(0.0, 1.0) },
            norm: self.power.norm.map_or(1.0, |norm| norm.get().max(1.0)),
            law: self.law(&states),
            change: self.change(),
            sleep: self.sleep.iter().flat_map(|s| s.states().iter().map(sleep)).take(MOST_SLEEP_STATES).collect(),
            peaks: self.effective_peaks(),
            bandwidth: self.effective_bandwidth(),
            roofline_norm: self.roofline_norm(),
        }
    }

    /// P-states by ascending clock, at least one, with what is written of them; of too many, the fastest.
    fn states(&self) -> Vec<(PState, PStateSpec)> {
        let state = |s: PStateSpec| (PState { frequency: s.frequency.get(), active: power(s.power) }, s);
        let all = self.power.states().into_iter().map(state);
        let mut states: Vec<_> = all.filter(|(s, _)| is_positive(s.frequency)).collect();
        states.sort_by(|(a, _), (b, _)| a.frequency.total_cmp(&b.frequency));
        states.dedup_by_key(|(s, _)| s.frequency);
        states.drain(..states.len().saturating_sub(MOST_PSTATES));
        if states.is_empty() {
            let only = PStateSpec::new(Hertz(0.0), self.power.active);
            states.push(state(only));
        }
        states
    }

    /// What there is to say beyond one idle power and one active power by P-state.
    fn law(&self, states: &[(PState, PStateSpec)]) -> Option<Box<PowerLaw>> {
        let idle = |s: &PStateSpec| power(s.idle.unwrap_or(self.power.idle));
        let base = |s: &PStateSpec| power(s.base.or(s.idle).unwrap_or(self.power.idle));
        let law = PowerLaw {
            idle: states.iter().map(|(_, s)| idle(s)).collect(),
            base: states.iter().map(|(_, s)| base(s)).collect(),
            load: self.power.load.as_ref().map_or(LoadLaw::Linear, load_law),
            memory: self.power.memory.map_or(Power::ZERO, power),
        };
        let plain = power(self.power.idle);
        let same = law.idle.iter().chain(&law.base).all(|p| *p == plain);
        (!same || law.load != LoadLaw::Linear || law.memory != Power::ZERO).then(|| Box::new(law))
    }

    fn change(&self) -> Option<ClockChange> {
        let span = |s: Option<Seconds>| s.map_or(SimDuration::ZERO, Seconds::duration);
        let joules = self.power.transition_energy.map_or(0.0, |e| e.get());
        let energy = power(Watts(joules)).during(SimDuration::from_secs(1));
        let change = ClockChange { latency: span(self.power.transition), halt: span(self.power.halt), energy };
        let free = change.latency.is_zero() && change.halt.is_zero() && energy == Energy::ZERO;
        (!free).then_some(change)
    }

    /// How compute and memory time of operations and bytes combine: as the fit of the efficiency has it, else by the
    /// norm of the device, else overlapped.
    fn roofline_norm(&self) -> f64 {
        match (&self.efficiency, self.power.norm) {
            (Some(EfficiencySpec { form: RooflineForm::Add, .. }), _) => 1.0,
            (Some(EfficiencySpec { form: RooflineForm::Max, .. }), _) | (None, None) => f64::INFINITY,
            (None, Some(norm)) => norm.get().max(1.0),
        }
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

/// Points become parts of the way from the first to the last.
fn load_law(spec: &LoadSpec) -> LoadLaw {
    match spec {
        LoadSpec::Word(LoadWord::Linear) => LoadLaw::Linear,
        LoadSpec::Word(LoadWord::Fan) => LoadLaw::Fan,
        LoadSpec::Points(points) => {
            let watts: Vec<f64> = points.iter().map(|p| p.get()).collect();
            let (first, last) = (watts.first().copied().unwrap_or(0.0), watts.last().copied().unwrap_or(0.0));
            let part = |w: &f64| ((w - first) / (last - first)).clamp(0.0, 1.0);
            if last > first { LoadLaw::Table(watts.iter().map(part).collect()) } else { LoadLaw::Linear }
        }
    }
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
    use crate::catalogue::{Catalogue, Norm, PowerSpec, SleepStates, check};
    use crate::json::{ByteCount, BytesPerSecond, FlopsPerSecond, Joules};
    use crate::model::device::Scaling;
    use crate::model::kind::UnitKind;

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
        assert_eq!(h100.roofline_norm, 1.0);
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
        assert_eq!(tpu.roofline_norm, f64::INFINITY);
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
        assert_eq!(
            (cpu.pstates.as_slice(), cpu.top(), cpu.rate(0, Scaling { beta: 1.0, norm: 1.0, counts: false })),
            (&[only][..], 0, 1.0)
        );
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
            let own = Some(Watts(x));
            let pstate = |hertz| PStateSpec { frequency: Hertz(hertz), power: Watts(x), idle: own, base: own };
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
                power: PowerSpec {
                    active: Watts(x),
                    load: Some(LoadSpec::Points(vec![Watts(x), Watts(1.0), Watts(x)])),
                    memory: Some(Watts(x)),
                    beta: x,
                    norm: Some(Norm(x)),
                    valid_from: Some(Hertz(x)),
                    transition: Some(Seconds(x)),
                    halt: Some(Seconds(x)),
                    transition_energy: Some(Joules(x)),
                    ..PowerSpec::new(Watts(x), pstates)
                },
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
