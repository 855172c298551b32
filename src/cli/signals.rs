//! Stopping on request: the first signal asks, the second one kills.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// What has been asked from outside.
#[derive(Clone, Debug, Default)]
pub(super) struct Stop {
    asked: Arc<AtomicBool>,
    signal: Arc<AtomicUsize>,
}

impl Stop {
    /// Listens from now on. Where the system lets nobody listen, signals kill as ever.
    pub(super) fn listen() -> Self {
        let stop = Self::default();
        for signal in [SIGINT, SIGTERM] {
            // In this order: the default action must see the flag of an earlier signal only.
            let _ = flag::register_conditional_default(signal, Arc::clone(&stop.asked));
            let _ = flag::register_usize(signal, Arc::clone(&stop.signal), signal as usize);
            let _ = flag::register(signal, Arc::clone(&stop.asked));
        }
        stop
    }

    /// The flag that running simulations look at.
    pub(super) fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.asked)
    }

    /// Exit code 128 + signal, if one came.
    pub(super) fn code(&self) -> Option<u8> {
        match self.signal.load(Ordering::Relaxed) {
            0 => None,
            signal => Some(128u8.saturating_add(signal as u8)),
        }
    }
}
