//! Quantities with one meaning each: time, energy, power, bytes, shares, ids.
//!
//! Everything the engine adds up is an integer, so sums are exact, do not
//! depend on their order, and are equal on every machine.
//!
//! | type | unit of the integer | largest value |
//! |---|---|---|
//! | [`SimTime`], [`SimDuration`] | nanosecond | 584.5 years |
//! | [`Power`] | microwatt | 18.4 TW |
//! | [`Energy`] | femtojoule (1 µW during 1 ns) | 3.4e23 J |
//! | [`Bytes`] | byte | 16 EiB |
//! | [`Share`] | millionth of a unit | 4294 units |

mod quantity;

pub use quantity::{Dimension, QuantityError, parse_quantity};

use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};

/// Nanoseconds in a second.
pub const NANOS_PER_SEC: u64 = 1_000_000_000;

/// An instant of virtual time: nanoseconds since the start of the run.
///
/// Addition saturates at [`SimTime::NEVER`]; the event queue refuses an event
/// at `NEVER`, so an overflow stops a run by name instead of wrapping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimTime(u64);

/// A length of virtual time in nanoseconds, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimDuration(u64);

/// Rounds to the nearest integer, halves to even, without a library call for numbers below 2^52:
/// there, adding 2^52 leaves no room for a fraction and the processor's own rounding does it.
#[inline]
fn round_half_even(x: f64) -> f64 {
    const NO_FRACTION: f64 = 4_503_599_627_370_496.0;
    if (0.0..NO_FRACTION).contains(&x) { (x + NO_FRACTION) - NO_FRACTION } else { x.round_ties_even() }
}

impl SimTime {
    /// The start of every run.
    pub const ZERO: Self = Self(0);
    /// Later than every event.
    pub const NEVER: Self = Self(u64::MAX);

    /// The instant `nanos` nanoseconds after the start.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the start.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds since the start, rounded to the nearest double.
    pub fn as_secs_f64(self) -> f64 {
        SimDuration(self.0).as_secs_f64()
    }

    /// The time since `earlier`, zero if `earlier` is later.
    pub const fn since(self, earlier: Self) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }
}

impl SimDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The longest duration.
    pub const MAX: Self = Self(u64::MAX);

    /// `nanos` nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// `secs` whole seconds, or [`SimDuration::MAX`] where that overflows.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(NANOS_PER_SEC))
    }

    /// `secs` seconds rounded to the nearest nanosecond (halves to even).
    ///
    /// `None` where `secs` is negative, not finite, or longer than 2^63 ns.
    pub fn try_from_secs_f64(secs: f64) -> Option<Self> {
        let nanos = round_half_even(secs * NANOS_PER_SEC as f64);
        (0.0..9.223_372_036_854_775e18).contains(&nanos).then_some(Self(nanos as u64))
    }

    /// As [`SimDuration::try_from_secs_f64`], with values out of range clamped.
    ///
    /// For sampled values, whose distributions were checked before the run.
    pub fn from_secs_f64_clamped(secs: f64) -> Self {
        match Self::try_from_secs_f64(secs) {
            Some(d) => d,
            None if secs > 0.0 => Self::MAX,
            None => Self::ZERO,
        }
    }

    /// Length in nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Length in seconds, rounded to the nearest double.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS_PER_SEC as f64
    }

    /// True for the empty duration.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The duration scaled by `factor >= 0`, rounded to the nearest nanosecond.
    ///
    /// A factor of exactly 1 changes nothing, also above 2^53 ns.
    pub fn scaled(self, factor: f64) -> Self {
        if factor == 1.0 {
            return self;
        }
        let nanos = round_half_even(self.0 as f64 * factor);
        if nanos >= u64::MAX as f64 { Self::MAX } else { Self(nanos.max(0.0) as u64) }
    }
}

impl Add<SimDuration> for SimTime {
    type Output = Self;
    fn add(self, d: SimDuration) -> Self {
        Self(self.0.saturating_add(d.0))
    }
}

impl Sub for SimTime {
    type Output = SimDuration;
    fn sub(self, earlier: Self) -> SimDuration {
        self.since(earlier)
    }
}

impl Add for SimDuration {
    type Output = Self;
    fn add(self, d: Self) -> Self {
        Self(self.0.saturating_add(d.0))
    }
}

impl AddAssign for SimDuration {
    fn add_assign(&mut self, d: Self) {
        *self = *self + d;
    }
}

impl Sub for SimDuration {
    type Output = Self;
    fn sub(self, d: Self) -> Self {
        Self(self.0.saturating_sub(d.0))
    }
}

/// Writes nanoseconds as seconds with nine digits, trailing zeros cut.
fn fmt_nanos(nanos: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (secs, frac) = (nanos / NANOS_PER_SEC, nanos % NANOS_PER_SEC);
    if frac == 0 {
        return write!(f, "{secs}");
    }
    let digits = format!("{frac:09}");
    write!(f, "{secs}.{}", digits.trim_end_matches('0'))
}

impl fmt::Display for SimTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_nanos(self.0, f)
    }
}

impl fmt::Display for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_nanos(self.0, f)
    }
}

/// Electrical power in microwatts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Power(u64);

impl Power {
    /// No power.
    pub const ZERO: Self = Self(0);

    /// `watts` rounded to the nearest microwatt; `None` if negative, not finite, or above 1e12 W.
    pub fn try_from_watts(watts: f64) -> Option<Self> {
        (0.0..=1e12).contains(&watts).then(|| Self((watts * 1e6).round_ties_even() as u64))
    }

    /// `microwatts` as power.
    pub const fn from_microwatts(microwatts: u64) -> Self {
        Self(microwatts)
    }

    /// Power in watts.
    pub fn as_watts(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// Power in microwatts.
    pub const fn as_microwatts(self) -> u64 {
        self.0
    }

    /// The part of this power that belongs to `share` of a unit, rounded down to a microwatt.
    pub fn scaled(self, share: Share) -> Self {
        if share == Share::WHOLE {
            return self;
        }
        Self((self.0 as u128 * share.0 as u128 / Share::WHOLE.0 as u128) as u64)
    }

    /// `part / whole` of this power, rounded down to a microwatt; all of it for an empty whole.
    pub fn portion(self, part: Share, whole: Share) -> Self {
        let (part, whole) = (u128::from(part.0), u128::from(whole.0));
        Self((u128::from(self.0) * part).checked_div(whole).map_or(self.0, |p| p as u64))
    }

    /// The energy of this power during `d`, exact.
    pub fn during(self, d: SimDuration) -> Energy {
        Energy(self.0 as u128 * d.0 as u128)
    }

    /// The difference, or zero.
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Add for Power {
    type Output = Self;
    fn add(self, p: Self) -> Self {
        Self(self.0.saturating_add(p.0))
    }
}

impl AddAssign for Power {
    fn add_assign(&mut self, p: Self) {
        *self = *self + p;
    }
}

impl SubAssign for Power {
    fn sub_assign(&mut self, p: Self) {
        *self = self.saturating_sub(p);
    }
}

/// Energy in femtojoules, so that power times time is exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Energy(u128);

impl Energy {
    /// No energy.
    pub const ZERO: Self = Self(0);

    /// Energy in joules, rounded to the nearest double.
    pub fn as_joules(self) -> f64 {
        self.0 as f64 / 1e15
    }

    /// Femtojoules.
    pub const fn as_femtojoules(self) -> u128 {
        self.0
    }

    /// `part / whole` of this energy, rounded down to a femtojoule; all of it for an empty whole.
    pub fn portion(self, part: u128, whole: u128) -> Self {
        Self(self.0.saturating_mul(part).checked_div(whole).unwrap_or(self.0))
    }

    /// This energy and `joules` more, or less where that is negative, to the nearest femtojoule; never below zero.
    pub fn adjusted(self, joules: f64) -> Self {
        let femtojoules = (joules.abs() * 1e15).round_ties_even() as u128;
        Self(if joules < 0.0 { self.0.saturating_sub(femtojoules) } else { self.0.saturating_add(femtojoules) })
    }
}

impl Add for Energy {
    type Output = Self;
    fn add(self, e: Self) -> Self {
        Self(self.0.saturating_add(e.0))
    }
}

impl AddAssign for Energy {
    fn add_assign(&mut self, e: Self) {
        *self = *self + e;
    }
}

impl Sub for Energy {
    type Output = Self;
    fn sub(self, e: Self) -> Self {
        Self(self.0.saturating_sub(e.0))
    }
}

impl std::iter::Sum for Energy {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

/// An amount of memory or data in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub u64);

impl Bytes {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// More than any device has: memory that never binds.
    pub const UNBOUNDED: Self = Self(u64::MAX);

    /// True for zero bytes.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The number of bytes.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// Part of one unit, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(pub u32);

impl Share {
    /// Nothing of a unit.
    pub const ZERO: Self = Self(0);
    /// All of a unit.
    pub const WHOLE: Self = Self(1_000_000);

    /// The nearest millionth of `x`; `None` outside (0, 1] or where it rounds to nothing.
    pub fn try_from_fraction(x: f64) -> Option<Self> {
        Self::try_from_devices(x).filter(|share| *share <= Self::WHOLE)
    }

    /// The nearest millionth of `x` devices; `None` outside (0, 4000] or where it rounds to nothing.
    pub fn try_from_devices(x: f64) -> Option<Self> {
        if !(x > 0.0 && x <= 4000.0) {
            return None;
        }
        let millionths = (x * 1e6).round_ties_even() as u32;
        (millionths > 0).then_some(Self(millionths))
    }

    /// The share as a fraction of one.
    pub fn as_fraction(self) -> f64 {
        f64::from(self.0) / 1e6
    }
}

/// Declares a dense index type: an id is a position in a table.
macro_rules! index_type {
    ($(#[$doc:meta])* $name:ident($int:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $int);

        impl $name {
            /// The position in its table.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index_type!(
    /// A processing unit of the cluster, counted from 0 in the order of the scenario.
    UnitId(u32)
);
index_type!(
    /// A node of the cluster, counted from 0 in the order of the scenario.
    NodeId(u32)
);
index_type!(
    /// A pool: all units of one device model.
    PoolId(u16)
);
index_type!(
    /// The slot of a task that is in the system; slots of ended tasks are used again.
    TaskId(u32)
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_saturates_and_never_wraps() {
        assert_eq!(SimTime::from_nanos(5) + SimDuration::MAX, SimTime::NEVER);
        assert_eq!(SimTime::from_nanos(5) - SimTime::from_nanos(7), SimDuration::ZERO);
    }

    #[test]
    fn decimal_sums_meet_on_the_same_tick() {
        let sum = SimDuration::try_from_secs_f64(0.1).unwrap() + SimDuration::try_from_secs_f64(0.2).unwrap();
        assert_eq!(Some(sum), SimDuration::try_from_secs_f64(0.3));
    }

    #[test]
    fn rounding_is_that_of_the_standard_library() {
        for x in [0.0, 0.49, 0.5, 1.5, 2.5, 3.500_000_1, 1e15 + 0.5, 4_503_599_627_370_495.5, 1e17, -0.5, -3.2] {
            assert_eq!(round_half_even(x), x.round_ties_even(), "{x}");
        }
    }

    #[test]
    fn durations_out_of_range_are_refused() {
        for bad in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
            assert_eq!(SimDuration::try_from_secs_f64(bad), None);
        }
    }

    #[test]
    fn display_keeps_every_nanosecond() {
        assert_eq!(SimTime::from_nanos(1_500_000_001).to_string(), "1.500000001");
        assert_eq!(SimTime::from_nanos(2_000_000_000).to_string(), "2");
        assert_eq!(SimTime::from_nanos(1).to_string(), "0.000000001");
    }

    #[test]
    fn energy_is_exact() {
        let p = Power::try_from_watts(93.33).unwrap();
        assert_eq!(p.during(SimDuration::from_secs(4)).as_femtojoules(), 93_330_000 * 4_000_000_000);
    }
}
