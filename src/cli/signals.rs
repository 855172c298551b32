//! Stopping on request: the first signal asks, the second one kills.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[cfg(unix)]
use signal_hook::consts::{SIGHUP, SIGXFSZ};
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
        let asking = [
            SIGINT,
            SIGTERM,
            #[cfg(unix)]
            SIGHUP,
        ];
        for signal in asking {
            // In this order: the default action must see the flag of an earlier signal only.
            let _ = flag::register_conditional_default(signal, Arc::clone(&stop.asked));
            let _ = flag::register_usize(signal, Arc::clone(&stop.signal), signal as usize);
            let _ = flag::register(signal, Arc::clone(&stop.asked));
        }
        // Where file sizes are limited, the write then fails like any other and can be told of.
        #[cfg(unix)]
        let _ = flag::register(SIGXFSZ, Arc::default());
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
