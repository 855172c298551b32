//! One unit in motion: what it carries, in which state it is, what that costs.

use crate::units::{Bytes, Energy, Power, Share, SimTime, TaskId};

use super::device::{Device, Drive};
use super::memory::Allocator;

/// Whether a unit can work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitPhase {
    /// Awake, with or without load.
    Awake,
    /// Asleep.
    Sleeping,
    /// On its way to sleep; `wanted` where a task already waits for it.
    FallingAsleep {
        /// A task has been placed since.
        wanted: bool,
    },
    /// On its way back.
    Waking,
    /// It has failed, or its node has.
    Down {
        /// What each of its devices draws meanwhile.
        power: Power,
    },
}

/// What a unit's energy went into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnergyState {
    /// Awake under load.
    Active = 0,
    /// Awake without load.
    Idle = 1,
    /// Asleep.
    Sleep = 2,
    /// Falling asleep or waking.
    Transition = 3,
    /// Failed.
    Down = 4,
}

impl EnergyState {
    /// How many there are.
    pub const COUNT: usize = 5;
    /// Those of every machine, in the order of their numbers; [`EnergyState::Down`] is only of those that can fail.
    pub const ALL: [Self; 4] = [Self::Active, Self::Idle, Self::Sleep, Self::Transition];

    /// The word in metric names.
    pub const fn as_str(self) -> &'static str {
        ["active", "idle", "sleep", "transition", "down"][self as usize]
    }
}

/// Device memory: a count, or blocks under an allocator.
pub enum Space {
    /// Only the sum counts.
    Counter,
    /// Blocks at addresses.
    Blocks(Box<dyn Allocator>),
}

/// Totals of one unit, closed at every change.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UnitTotals {
    /// Nanoseconds in each [`EnergyState`].
    pub time: [u64; EnergyState::COUNT],
    /// Energy in each [`EnergyState`].
    pub energy: [Energy; EnergyState::COUNT],
    /// Load integral: millionths of the unit times nanoseconds.
    pub load: u128,
    /// Clock integral while active: hertz times seconds.
    pub cycles: f64,
}

/// How much of a unit there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitSize {
    /// Most that can be given away. More than `devices` where tasks take turns on the unit.
    pub places: Share,
    /// Most that can compute at once: one device, or as many as a pooled unit stands for.
    pub devices: Share,
}

impl UnitSize {
    /// One device, given away once.
    pub const ONE: Self = Self { places: Share::WHOLE, devices: Share::WHOLE };

    /// Whether a task may take several parts of it: devices without identities behind one name.
    pub fn is_pooled(self) -> bool {
        self.devices > Share::WHOLE
    }

    /// Whether more can be given away than can compute.
    pub fn is_time_shared(self) -> bool {
        self.places > self.devices
    }

    /// How many parts of `share` each it has for one gang: one, or as many as go into a pooled unit.
    pub fn parts(self, free: Share, share: Share) -> u32 {
        match () {
            () if self.is_pooled() => free.0 / share.0.max(1),
            () => u32::from(free >= share),
        }
    }
}

/// Who has a say in a unit's P-state: the highest that each of them allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    /// What the governor wants.
    pub asked: u8,
    /// What the power cap leaves.
    pub cap: u8,
    /// What the temperature leaves.
    pub heat: u8,
}

impl Clocks {
    /// The P-state that they leave.
    pub fn lowest(self) -> u8 {
        self.asked.min(self.cap).min(self.heat)
    }
}

/// One unit in motion.
pub struct Unit {
    /// How much of it there is.
    pub size: UnitSize,
    /// Not yet given away.
    pub free: Share,
    /// Sum of the shares of the tasks that run on it.
    pub load: Share,
    /// Tasks that hold part of it.
    pub residents: Vec<TaskId>,
    /// State.
    pub phase: UnitPhase,
    /// The sleep state in which it is, or to or from which it is on its way: 0 is the shallowest.
    pub depth: u8,
    /// Present P-state.
    pub pstate: u8,
    /// Who wants which P-state.
    pub clocks: Clocks,
    /// What keeps it from working, though it is awake: its tasks stand still while there is any.
    pub holds: u8,
    /// Guards its timers.
    pub epoch: u32,
    /// Memory given away.
    pub memory_used: Bytes,
    /// Most memory ever given away.
    pub memory_peak: Bytes,
    /// The allocator.
    pub space: Space,
    /// External fragmentation in millionths.
    pub fragmentation: u32,
    /// Tasks that have run here.
    pub served: u64,
    /// What its tasks make of it, where they say so.
    pub drive: Option<Box<Drive>>,
    /// Power since `since`.
    pub power: Power,
    /// State that `power` belongs to.
    pub state: EnergyState,
    /// When the totals were last closed.
    pub since: SimTime,
    /// Totals up to `since`.
    pub totals: UnitTotals,
    /// By P-state, nanoseconds under load and without up to `since`; absent where there is one P-state.
    pub residency: Option<Box<[Residency]>>,
}

/// Nanoseconds awake in one P-state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Residency {
    /// Under load.
    pub busy: u64,
    /// Without.
    pub idle: u64,
}

impl Unit {
    /// An awake, empty unit in the P-state `asked` for, or in the highest that a power cap leaves.
    pub fn new(device: &Device, size: UnitSize, asked: u8, ceiling: u8, space: Space) -> Self {
        let pstate = asked.min(ceiling);
        Self {
            size,
            free: size.places,
            load: Share::ZERO,
            residents: Vec::new(),
            phase: UnitPhase::Awake,
            depth: 0,
            pstate,
            clocks: Clocks { asked, cap: ceiling, heat: u8::MAX },
            holds: 0,
            epoch: 0,
            memory_used: Bytes::ZERO,
            memory_peak: Bytes::ZERO,
            space,
            fragmentation: 0,
            served: 0,
            drive: None,
            power: device.idle_power(usize::from(pstate), size.devices),
            state: EnergyState::Idle,
            since: SimTime::ZERO,
            totals: UnitTotals::default(),
            residency: (device.pstates.len() > 1).then(|| vec![Residency::default(); device.pstates.len()].into()),
        }
    }

    /// Share that is computing now.
    pub fn busy(&self) -> Share {
        self.load.min(self.size.devices)
    }

    /// The part of its speed that each task gets: all of it, or an equal part where tasks take turns, or none
    /// while it is held.
    pub fn turn(&self) -> f64 {
        if self.holds > 0 {
            return 0.0;
        }
        if self.load <= self.size.devices { 1.0 } else { f64::from(self.size.devices.0) / f64::from(self.load.0) }
    }

    /// Whether `size` more bytes would fit into `capacity`.
    pub fn memory_fits(&self, size: Bytes, capacity: Bytes) -> bool {
        if size.is_zero() {
            return true;
        }
        match &self.space {
            Space::Counter => size.get() <= capacity.get() - self.memory_used.get().min(capacity.get()),
            Space::Blocks(space) => space.fits(size),
        }
    }

    /// Adds what has passed since the last change to the totals.
    pub fn close(&mut self, now: SimTime, device: &Device) {
        let passed = now - self.since;
        if passed.is_zero() {
            return;
        }
        self.since = now;
        let state = self.state as usize;
        self.totals.time[state] += passed.as_nanos();
        self.totals.energy[state] += self.power.during(passed);
        if let Some(at) = self.residency.as_mut().and_then(|r| r.get_mut(usize::from(self.pstate))) {
            match self.state {
                EnergyState::Active => at.busy += passed.as_nanos(),
                EnergyState::Idle => at.idle += passed.as_nanos(),
                EnergyState::Sleep | EnergyState::Transition | EnergyState::Down => {}
            }
        }
        if self.load > Share::ZERO {
            self.totals.load += u128::from(self.busy().0) * u128::from(passed.as_nanos());
            if let Some(p) = device.pstates.get(usize::from(self.pstate))
                && p.frequency > 0.0
            {
                self.totals.cycles += p.frequency * passed.as_secs_f64();
            }
        }
    }

    /// Time in `state` up to `now`.
    pub fn time_in(&self, state: EnergyState, now: SimTime) -> u64 {
        let unclosed = if self.state == state { (now - self.since).as_nanos() } else { 0 };
        self.totals.time[state as usize] + unclosed
    }

    /// Power and state that follow from what the unit does now.
    ///
    /// Awake: what the device draws at its P-state without load, or with what computes on it.
    pub fn demand(&self, device: &Device) -> (Power, EnergyState) {
        let devices = self.size.devices;
        match (self.phase, device.sleep.get(usize::from(self.depth))) {
            (UnitPhase::Down { power }, _) => (power.scaled(devices), EnergyState::Down),
            (UnitPhase::Sleeping, Some(sleep)) => (sleep.power.scaled(devices), EnergyState::Sleep),
            (UnitPhase::FallingAsleep { .. }, Some(sleep)) => {
                (sleep.entry_power.scaled(devices), EnergyState::Transition)
            }
            (UnitPhase::Waking, Some(sleep)) => (sleep.wake_power.scaled(devices), EnergyState::Transition),
            _ if self.load == Share::ZERO => (device.idle_power(usize::from(self.pstate), devices), EnergyState::Idle),
            _ => {
                let activity = self.drive.as_ref().map(|drive| drive.mean(self.load));
                (device.busy_power(usize::from(self.pstate), devices, self.busy(), activity), EnergyState::Active)
            }
        }
    }
}
