//! Sleep after a random idle time.

use rand::RngExt;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::policy::registry::{BuildError, Plugin};
use crate::policy::{SleepPolicy, UnitView};

use super::{Descent, IdlePeriod, chosen};

/// A unit sleeps once it has been idle for a time drawn for each idle period, of density `e^(x/T) / (T (e − 1))` on
/// \[0, T\], T being the break-even time of the sleep state: on average at most e/(e − 1) = 1.582 times what the best choice
/// in hindsight would cost, whatever the idle period; no rule does better. Where the state never pays the unit stays awake.
///
/// Source: Karlin, Manasse, McGeoch & Owicki, Algorithmica 11, 1994.
#[derive(Clone, Copy, Debug)]
pub struct RandomTimeout {
    state: Option<u8>,
}

/// Parameters of [`RandomTimeout`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Which sleep state, 0 the shallowest; default: the deepest that the device has.
    pub state: Option<u8>,
}

/// The share of the break-even time after which `u`, uniform on \[0, 1), has it sleep: `ln(1 + u (e − 1))`, the inverse of
/// the distribution function `(e^x − 1) / (e − 1)`.
fn share(u: f64) -> f64 {
    libm::log1p(u * (std::f64::consts::E - 1.0))
}

impl SleepPolicy for RandomTimeout {
    fn descend(&mut self, unit: UnitView<'_>, period: IdlePeriod) -> Option<Descent> {
        let state = chosen(self.state, unit)?;
        let longest = unit.break_even(state)?;
        Some(Descent { state, after: longest.scaled(share(period.stream().random::<f64>())) })
    }
}

impl Plugin for RandomTimeout {
    const NAME: &'static str = "random-timeout";
    const ABOUT: &'static str = "sleep after a random part of the break-even time (Karlin et al. 1994)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { state: params.state })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(e^x − 1) / (e − 1)` is 1/2 at ln((e + 1)/2) = 0.6201145.
    #[test]
    fn the_drawn_share_inverts_the_distribution_function() {
        assert_eq!(share(0.0), 0.0);
        assert!((share(1.0) - 1.0).abs() < 1e-15);
        assert!((share(0.5) - 0.620_114_506_958_278).abs() < 1e-12);
    }
}
