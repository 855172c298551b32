//! F1 to F4: priorities that regression has learned from simulations.

use crate::policy::registry::{BuildError, NoParams, Plugin};
use crate::policy::schedule::{Key, Order};
use crate::policy::{ClusterView, TaskView};
use crate::units::Share;

/// The estimate in seconds, 1 ns at least, so that one can divide by it and take its logarithm.
pub(super) fn reference_seconds(task: TaskView<'_>) -> f64 {
    task.estimate().as_nanos().max(1) as f64 / 1e9
}

/// Units times their shares.
pub(super) fn width(task: TaskView<'_>) -> f64 {
    task.demand() as f64 / f64::from(Share::WHOLE.0)
}

/// The logarithm of the arrival in seconds since the start of the run, 1 s at least.
fn log_arrival(task: TaskView<'_>) -> f64 {
    libm::log10(task.arrival().as_secs_f64().max(1.0))
}

macro_rules! learned {
    ($($type:ident, $name:literal, $formula:literal: |$r:ident, $n:ident, $log_s:ident| $score:expr;)*) => {$(
        #[doc = concat!("Least `", $formula, "` first, with r the estimate (s), n the units with their shares and s the ")]
        /// arrival (s since the start, 1 at least).
        ///
        /// Learned on synthetic loads of 256 processors, and dependent on when a trace begins: a baseline, not a
        /// truth. Source: Carastan-Santos & de Camargo, SC 2017.
        #[derive(Clone, Copy, Debug, Default)]
        pub struct $type;

        impl Order for $type {
            fn key(&mut self, task: TaskView<'_>, _view: &ClusterView<'_>) -> Key {
                let ($r, $n, $log_s) = (reference_seconds(task), width(task), log_arrival(task));
                Key::ascending_real($score)
            }
        }

        impl Plugin for $type {
            const NAME: &'static str = $name;
            const ABOUT: &'static str = concat!("least ", $formula, " first (Carastan-Santos & de Camargo, SC 2017)");
            type Params = NoParams;

            fn build(_: NoParams) -> Result<Self, BuildError> {
                Ok(Self)
            }
        }
    )*};
}

learned! {
    F1, "f1", "log10(r) n + 870 log10(s)": |r, n, log_s| libm::log10(r) * n + 870.0 * log_s;
    F2, "f2", "sqrt(r) n + 25600 log10(s)": |r, n, log_s| r.sqrt() * n + 25_600.0 * log_s;
    F3, "f3", "r n + 6860000 log10(s)": |r, n, log_s| r * n + 6_860_000.0 * log_s;
    F4, "f4", "r sqrt(n) + 530000 log10(s)": |r, n, log_s| r * n.sqrt() + 530_000.0 * log_s;
}
