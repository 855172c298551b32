//! A class of tasks to draw from.

use std::sync::Arc;

use rand::RngExt;

use crate::dist::{Dist, DistError};
use crate::model::elastic::Elastic;
use crate::model::task::{Label, Submission, Work};
use crate::rng::StreamRng;
use crate::units::{Bytes, Share, SimDuration};

/// True work of a drawn task.
#[derive(Clone, Debug)]
pub enum WorkDist {
    /// Reference time in seconds.
    Time(Dist),
    /// Operations and bytes.
    Roofline {
        /// Floating-point operations.
        flops: Dist,
        /// Bytes to and from device memory.
        bytes: Dist,
    },
}

/// A whole number: most are fixed, and then cost no draw.
#[derive(Clone, Debug)]
pub enum Amount {
    /// Always the same.
    Fixed(u64),
    /// Drawn and rounded.
    Drawn(Dist),
}

impl Amount {
    /// Whole values of `dist`.
    pub fn new(dist: Dist) -> Self {
        match dist {
            Dist::Constant(_) => Self::Fixed((dist.mean() + 0.5) as u64),
            drawn => Self::Drawn(drawn),
        }
    }

    #[inline]
    fn draw(&self, rng: &mut StreamRng) -> u64 {
        match self {
            Self::Fixed(n) => *n,
            // The cast saturates, and samples are never negative or NaN.
            Self::Drawn(dist) => (dist.sample(rng) + 0.5) as u64,
        }
    }
}

/// How the user's estimate comes about.
#[derive(Clone, Debug)]
pub enum Estimate {
    /// The truth.
    Exact,
    /// The truth times a factor.
    Factor(f64),
    /// A value of its own, in seconds.
    Drawn(Dist),
}

/// One class of tasks.
#[derive(Clone, Debug)]
pub struct Template {
    /// Class index in the run.
    pub class: u32,
    /// Relative frequency among the classes of the source.
    pub weight: f64,
    /// Work.
    pub work: WorkDist,
    /// Estimate.
    pub estimate: Estimate,
    /// Whether it is killed at its estimate.
    pub kill_at_estimate: bool,
    /// Gang width, rounded; 0 only where the class needs no units.
    pub units: Amount,
    /// Parts that may be in different nodes; divides the width.
    pub instances: u32,
    /// Other widths that a scheduler may choose.
    pub elastic: Option<Arc<Elastic>>,
    /// Part of each unit.
    pub share: Share,
    /// Bytes per unit.
    pub memory: Amount,
    /// Standard deviation of what it uses of them.
    pub memory_sd: Bytes,
    /// Host processors in thousandths.
    pub host_cpus: u64,
    /// Host memory.
    pub host_memory: Bytes,
    /// State per unit that preemption saves; `None` is its memory.
    pub checkpoint: Option<Bytes>,
    /// Priority.
    pub priority: f64,
    /// Seconds from arrival to deadline.
    pub deadline: Option<Dist>,
    /// Seconds in the queue before it leaves.
    pub patience: Option<Dist>,
    /// Who submits it.
    pub user: u32,
    /// Bytes to the cloud.
    pub input: Amount,
    /// Bytes from the cloud.
    pub output: Amount,
}

impl Template {
    /// The class with work `factor` times as large, and what users say of it, from the same draws.
    ///
    /// # Errors
    /// A distribution would leave its range.
    pub fn resized(mut self, factor: f64) -> Result<Self, DistError> {
        self.work = match self.work {
            WorkDist::Time(time) => WorkDist::Time(time.scaled(factor)?),
            WorkDist::Roofline { flops, bytes } => {
                WorkDist::Roofline { flops: flops.scaled(factor)?, bytes: bytes.scaled(factor)? }
            }
        };
        if let Estimate::Drawn(time) = self.estimate {
            self.estimate = Estimate::Drawn(time.scaled(factor)?);
        }
        Ok(self)
    }

    /// Draws a task. The order of the draws is fixed, and each task has a generator of its own.
    pub fn draw(&self, label: Label, rng: &mut StreamRng) -> Submission {
        let span = |d: &Dist, rng: &mut StreamRng| SimDuration::from_secs_f64_clamped(d.sample(rng));
        let work = match &self.work {
            WorkDist::Time(d) => {
                let seconds = d.sample(rng);
                let drawn = SimDuration::from_secs_f64_clamped(seconds);
                // Positive work takes time, however small it is.
                Work::Time(drawn.max(SimDuration::from_nanos(u64::from(seconds > 0.0))))
            }
            WorkDist::Roofline { flops, bytes } => {
                Work::Roofline { flops: flops.sample(rng), bytes: bytes.sample(rng) }
            }
        };
        let units = match &self.units {
            Amount::Fixed(n) => *n,
            drawn => drawn.draw(rng).max(1),
        };
        let units = units.min(u64::from(u32::MAX)) as u32;
        let memory = Bytes(self.memory.draw(rng));
        let deadline = self.deadline.as_ref().map(|d| span(d, rng));
        let input = Bytes(self.input.draw(rng));
        let output = Bytes(self.output.draw(rng));
        let patience = self.patience.as_ref().map(|d| span(d, rng));
        let estimate = match (&self.estimate, &work) {
            (Estimate::Exact, _) => None,
            (Estimate::Factor(f), Work::Time(t)) => Some(t.scaled(*f)),
            // A roofline task's reference is the time that the cluster gives it.
            (Estimate::Factor(_), Work::Roofline { .. }) => None,
            (Estimate::Drawn(d), _) => Some(span(d, rng)),
        };
        Submission {
            label,
            class: self.class,
            work,
            estimate,
            kill_at_estimate: self.kill_at_estimate,
            units,
            instances: self.instances,
            elastic: self.elastic.clone(),
            share: self.share,
            memory,
            memory_sd: self.memory_sd,
            host_cpus: self.host_cpus,
            host_memory: self.host_memory,
            checkpoint: self.checkpoint,
            priority: self.priority,
            deadline,
            patience,
            user: self.user,
            forecasts: None,
            input,
            output,
            after: Vec::new(),
            needs: Vec::new(),
            tag: 0,
        }
    }
}

/// Classes with their relative frequencies.
#[derive(Clone, Debug)]
pub struct Mix {
    templates: Vec<Template>,
    total: f64,
}

impl Mix {
    /// A mix of at least one template.
    pub fn new(templates: Vec<Template>) -> Self {
        let total = templates.iter().map(|t| t.weight).sum();
        Self { templates, total }
    }

    /// Its classes, each with its part of the tasks.
    pub fn parts(&self) -> impl Iterator<Item = (&Template, f64)> {
        self.templates.iter().map(|t| (t, t.weight / self.total))
    }

    /// Draws a task of a class drawn by weight.
    pub fn draw(&self, label: Label, rng: &mut StreamRng) -> Option<Submission> {
        let (last, rest) = self.templates.split_last()?;
        if rest.is_empty() {
            return Some(last.draw(label, rng));
        }
        let mut at = rng.random::<f64>() * self.total;
        for template in rest {
            at -= template.weight;
            if at < 0.0 {
                return Some(template.draw(label, rng));
            }
        }
        Some(last.draw(label, rng))
    }
}
