//! Oversubscription: what a footprint larger than device memory costs.

/// How a task goes through its memory; decides which share of its traffic misses the device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Access {
    /// Over and over from end to end, the oldest going first: all misses as soon as it does not fit (the LRU cliff).
    Cyclic,
    /// Every byte equally often: what is not there misses, `1 − C/F`.
    Uniform,
    /// Page `i` with a probability in proportion to `i^-s`, least recently used going first (Che's approximation).
    Zipf(f64),
}

/// Pages into which Che's approximation cuts a footprint.
const PAGES: u32 = 128;
/// Newton steps at most; few are needed, as each doubles the digits.
const STEPS: u32 = 64;

impl Access {
    /// Share of the traffic that misses the device, in [0, 1], of `footprint` bytes in `capacity`; 0 where all fits.
    pub fn miss_share(self, footprint: u64, capacity: u64) -> f64 {
        if footprint <= capacity {
            return 0.0;
        }
        let held = capacity as f64 / footprint as f64;
        match self {
            Self::Cyclic => 1.0,
            Self::Uniform => 1.0 - held,
            Self::Zipf(exponent) => zipf_misses(exponent, held),
        }
    }
}

/// Che's approximation of LRU under independent references (Che, Tung & Wang, IEEE JSAC 2002): with `T` such that
/// `Σ (1 − e^(−p T))` is the cache's size, a reference to page `i` misses with probability `e^(−p_i T)`.
fn zipf_misses(exponent: f64, held: f64) -> f64 {
    let weights: Vec<f64> = (1..=PAGES).map(|i| libm::pow(f64::from(i), -exponent)).collect();
    let sum: f64 = weights.iter().sum();
    let size = held * f64::from(PAGES);
    // What the cache holds is concave in `T`, so Newton's steps from 0 come near from below, and the slope is the
    // share of misses.
    let (mut time, mut misses) = (0.0, 1.0);
    for _ in 0..STEPS {
        let (mut filled, mut slope) = (0.0, 0.0);
        for weight in &weights {
            let p = weight / sum;
            let gone = libm::exp(-p * time);
            filled += 1.0 - gone;
            slope += p * gone;
        }
        misses = slope;
        let lacking = size - filled;
        if slope <= 0.0 || lacking <= 1e-12 * size {
            break;
        }
        time += lacking / slope;
    }
    misses
}

/// Whether a task computes while it waits for what is on the host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlap {
    /// It waits: the times add up.
    #[default]
    Serial,
    /// It goes on: the longer time counts.
    Full,
}

impl Overlap {
    /// Progress per second where it would be `rate` without misses and each second of full-speed progress has `stall`
    /// seconds of traffic over the link: `1 / (1/rate + stall)`, or with overlap `1 / max(1/rate, stall)`.
    pub fn slowed(self, rate: f64, stall: f64) -> f64 {
        if stall == 0.0 || rate <= 0.0 {
            return rate;
        }
        match self {
            Self::Serial => 1.0 / (1.0 / rate + stall),
            Self::Full => rate.min(1.0 / stall),
        }
    }
}

/// Who shares a host link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkScope {
    /// Each unit has one of its own; its tasks share it.
    #[default]
    Unit,
    /// One of the same bandwidth serves all units of the node.
    Node,
}

/// Spilling to the host.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spill {
    /// Footprints on a unit add up to this multiple of its memory at most; at least 1.
    pub limit: f64,
    /// How tasks go through their memory.
    pub access: Access,
    /// Whether they compute meanwhile.
    pub overlap: Overlap,
    /// Who shares a link.
    pub link: LinkScope,
    /// Traffic of a task that states none, as a share of its device's memory bandwidth.
    pub traffic: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_misses_while_all_fits() {
        for access in [Access::Cyclic, Access::Uniform, Access::Zipf(0.9)] {
            assert_eq!(access.miss_share(80, 80), 0.0);
        }
        assert_eq!(Access::Cyclic.miss_share(81, 80), 1.0);
        assert_eq!(Access::Uniform.miss_share(100, 80), 1.0 - 0.8);
    }

    /// With exponent 0 every page is alike: `e^(−T/N) = 1 − C/F` for each, which is the uniform law.
    #[test]
    fn che_without_preference_is_uniform() {
        for (footprint, capacity) in [(100, 80), (100, 50), (1000, 1)] {
            let (che, uniform) = (Access::Zipf(0.0), Access::Uniform);
            let difference = che.miss_share(footprint, capacity) - uniform.miss_share(footprint, capacity);
            assert!(difference.abs() < 1e-9, "{footprint} in {capacity}: {difference}");
        }
    }

    /// An independent LRU stack fed with Zipf references (a multiplicative generator of its own): 200 000 references
    /// to 128 pages, 64 held. The standard error of the share is below 0.001; Che's own error is of that order.
    #[test]
    fn che_agrees_with_a_simulated_lru() {
        let weights: Vec<f64> = (1..=128).map(|i| 1.0 / f64::from(i)).collect();
        let sum: f64 = weights.iter().sum();
        let mut state: u64 = 88_172_645_463_325_252;
        let (mut stack, mut misses): (Vec<usize>, u32) = (Vec::new(), 0);
        for n in 0..220_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let mut at = (state >> 11) as f64 / (1u64 << 53) as f64 * sum;
            let page = weights
                .iter()
                .position(|w| {
                    at -= w;
                    at < 0.0
                })
                .unwrap_or(127);
            match stack.iter().position(|p| *p == page) {
                Some(i) => drop(stack.remove(i)),
                None => {
                    misses += u32::from(n >= 20_000);
                    stack.truncate(63);
                }
            }
            stack.insert(0, page);
        }
        let found = f64::from(misses) / 200_000.0;
        let che = Access::Zipf(1.0).miss_share(128, 64);
        assert!((found - che).abs() < 0.005, "simulated {found}, approximated {che}");
    }

    /// Half speed and 3 s on the link for each second of work: 2 + 3 = 5 s, or max(2, 3) = 3 s.
    #[test]
    fn serial_adds_and_overlap_hides() {
        assert_eq!(Overlap::Serial.slowed(0.5, 3.0), 0.2);
        assert_eq!(Overlap::Full.slowed(0.5, 3.0), 1.0 / 3.0);
        assert_eq!(Overlap::Full.slowed(0.5, 1.5), 0.5);
        assert_eq!(Overlap::Serial.slowed(0.5, 0.0), 0.5);
    }
}
