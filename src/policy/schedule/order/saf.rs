//! Smallest area first.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};
use crate::units::Share;

/// Least area first: estimate × units × share, in whole nanoseconds of one unit. Tasks that need only their host
/// have no area and go first.
///
/// Source: Carastan-Santos, de Camargo, Trystram & Zrigui, CCGRID 2019.
#[derive(Clone, Copy, Debug, Default)]
pub struct Saf;

impl Order for Saf {
    fn key(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) -> Key {
        let area = u128::from(task.estimate().as_nanos()) * u128::from(task.demand()) / u128::from(Share::WHOLE.0);
        Key::ascending(u64::try_from(area).unwrap_or(u64::MAX))
    }
}

impl Plugin for Saf {
    const NAME: &'static str = "saf";
    const ABOUT: &'static str = "least estimate x units first (Carastan-Santos et al., CCGRID 2019)";
    type Params = NoParams;

    fn build(_: NoParams) -> Result<Self, BuildError> {
        Ok(Self)
    }
}
