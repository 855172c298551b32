//! A progress bar on stderr, where stderr is a terminal.

use std::io::IsTerminal;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::experiment::Progress;

/// Steps of one replication.
const STEPS: f64 = 1000.0;

/// Progress over all replications.
pub(super) struct Bar {
    bar: ProgressBar,
    seen: Mutex<Vec<u64>>,
}

impl Bar {
    /// A bar for `replications`, named `what`.
    pub(super) fn new(what: &str, replications: u32, quiet: bool) -> Self {
        let shown = !quiet && std::io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(u64::from(replications) * STEPS as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {percent:>3} % {eta} left") {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(what.to_owned());
        Self { bar, seen: Mutex::new(vec![0; replications as usize]) }
    }

    /// Takes the bar away.
    pub(super) fn done(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn at(&self, number: u32, fraction: f64) {
        let Ok(mut seen) = self.seen.lock() else { return };
        let Some(before) = seen.get_mut(number as usize) else { return };
        let now = (fraction * STEPS) as u64;
        self.bar.inc(now.saturating_sub(*before));
        *before = now.max(*before);
    }
}
