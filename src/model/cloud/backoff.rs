//! How long to stay away after a failure.

/// How much of a back-off is left to chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// Nothing: `min(cap, base · 2^k)`.
    None,
    /// All: uniform from 0 to that.
    Full,
    /// Half: half of that, and uniform from 0 to the other half.
    Equal,
    /// Uniform from the base to three times the last one, at most the cap.
    Decorrelated,
}

/// Exponential back-off with jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog 2015).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BackOff {
    /// Seconds after the first failure.
    pub base: f64,
    /// Most seconds.
    pub cap: f64,
    /// What chance does.
    pub jitter: Jitter,
}

impl BackOff {
    /// Seconds to stay away after failure number `failure` (from 0 on), the last time having been `previous`
    /// (the base before the first), with `chance` uniform in (0, 1).
    pub fn delay(&self, failure: u32, previous: f64, chance: f64) -> f64 {
        let whole = self.cap.min(self.base * libm::exp2(f64::from(failure.min(1000))));
        match self.jitter {
            Jitter::None => whole,
            Jitter::Full => chance * whole,
            Jitter::Equal => whole / 2.0 + chance * whole / 2.0,
            Jitter::Decorrelated => {
                let most = (3.0 * previous).max(self.base);
                self.cap.min(self.base + chance * (most - self.base))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_rules_by_hand() {
        let with = |jitter| BackOff { base: 0.5, cap: 3.0, jitter };
        let none: Vec<f64> = (0..5).map(|k| with(Jitter::None).delay(k, 0.5, 0.25)).collect();
        assert_eq!(none, [0.5, 1.0, 2.0, 3.0, 3.0]);
        assert_eq!(with(Jitter::Full).delay(2, 0.5, 0.25), 0.5);
        assert_eq!(with(Jitter::Equal).delay(2, 0.5, 0.25), 1.25);
        // From 0.5 to 3 · 0.8 = 2.4, a quarter of the way; then the cap.
        assert!((with(Jitter::Decorrelated).delay(2, 0.8, 0.25) - 0.975).abs() < 1e-15);
        assert_eq!(with(Jitter::Decorrelated).delay(2, 10.0, 0.5), 3.0);
        assert_eq!(with(Jitter::None).delay(u32::MAX, 0.5, 0.5), 3.0);
    }
}
