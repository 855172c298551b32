//! Sleep when the energy spent awake has paid for it.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::{SleepPolicy, UnitView};

use super::{Descent, IdlePeriod};

/// A unit with one sleep state sleeps once it has been idle for the break-even time. One with several follows the lower
/// envelope of their energies `E + P t`, from state to state at the crossings: at each instant it is in the state in which
/// it would have been best to spend all of the idle period so far.
///
/// Costs at most twice what the best choice in hindsight would. Sources: Karlin, Manasse, McGeoch & Owicki, Algorithmica
/// 11, 1994; Irani, Shukla & Gupta, ACM TECS 2(3), 2003.
#[derive(Clone, Copy, Debug, Default)]
pub struct BreakEven;

impl SleepPolicy for BreakEven {
    fn descend(&mut self, unit: UnitView<'_>, _period: IdlePeriod) -> Option<Descent> {
        unit.next_descent(None)
    }

    fn deepen(&mut self, unit: UnitView<'_>) -> Option<Descent> {
        unit.next_descent(Some(unit.depth()))
    }
}

impl Plugin for BreakEven {
    const NAME: &'static str = "break-even";
    const ABOUT: &'static str = "down the lower envelope of the sleep states' energies (Irani, Shukla & Gupta 2003)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
