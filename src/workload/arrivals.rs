//! Arrival processes: when the tasks of an open source come.

use crate::dist::{Dist, DistError};
use crate::rng::StreamRng;
use crate::units::{SimDuration, SimTime};

/// Seconds in an hour: the step of a diurnal rate.
const HOUR: f64 = 3600.0;

/// An arrival process.
#[derive(Clone, Debug)]
pub enum Process {
    /// Independent times between arrivals; exponential ones make a Poisson process.
    Renewal(Dist),
    /// Equal times between arrivals, in seconds.
    Deterministic(f64),
    /// Markov-modulated Poisson process: in state `i`, arrivals at rate `rates[i]` for an exponential time
    /// of mean `sojourns[i]` seconds, then the next state in turn (Fischer & Meier-Hellstern 1993).
    Mmpp {
        /// Arrivals per second in each state.
        rates: Vec<f64>,
        /// Mean seconds in each state.
        sojourns: Vec<f64>,
    },
    /// Poisson process whose rate changes each hour, repeating after the last one.
    Diurnal {
        /// Arrivals per second in each hour.
        hourly: Vec<f64>,
    },
    /// Batches: times between them in seconds, and their sizes.
    Batch {
        /// Seconds between batches.
        between: Dist,
        /// Tasks in a batch, rounded, at least one.
        size: Dist,
    },
    /// All at one instant, in seconds.
    AtOnce(f64),
}

impl Process {
    /// The process with arrivals `factor` times as fast from the same draws. Hours and states keep their lengths: of
    /// `Diurnal` and `Mmpp` the rates are `factor` times as high.
    ///
    /// # Errors
    /// A time between arrivals would leave the range of distributions.
    pub fn faster(self, factor: f64) -> Result<Self, DistError> {
        let times = |rates: Vec<f64>| rates.into_iter().map(|r| r * factor).collect();
        Ok(match self {
            Self::Renewal(between) => Self::Renewal(between.scaled(1.0 / factor)?),
            Self::Deterministic(gap) => Self::Deterministic(gap / factor),
            Self::Mmpp { rates, sojourns } => Self::Mmpp { rates: times(rates), sojourns },
            Self::Diurnal { hourly } => Self::Diurnal { hourly: times(hourly) },
            Self::Batch { between, size } => Self::Batch { between: between.scaled(1.0 / factor)?, size },
            Self::AtOnce(at) => Self::AtOnce(at / factor),
        })
    }

    /// Mean seconds from one task to the next in the long run: the inverse of the rate. 0 where all come at once.
    pub fn mean_gap(&self) -> f64 {
        let over = |time: f64, tasks: f64| if time == 0.0 { 0.0 } else { time / tasks };
        match self {
            Self::Renewal(between) => between.mean(),
            Self::Deterministic(gap) => *gap,
            Self::Mmpp { rates, sojourns } => {
                over(sojourns.iter().sum(), rates.iter().zip(sojourns).map(|(rate, time)| rate * time).sum())
            }
            Self::Diurnal { hourly } => over(hourly.len() as f64, hourly.iter().sum()),
            // Sizes are rounded, and at least 1.
            Self::Batch { between, size: Dist::Constant(size) } => {
                over(between.mean(), Dist::Constant(*size).mean().round().max(1.0))
            }
            Self::Batch { between, size } => over(between.mean(), size.mean().max(1.0)),
            Self::AtOnce(_) => 0.0,
        }
    }
}

/// A process in motion.
#[derive(Clone, Debug)]
pub struct Arrivals {
    process: Process,
    rng: StreamRng,
    at: SimTime,
    /// State of an MMPP.
    state: usize,
    /// Tasks left in the present batch.
    in_batch: u64,
}

impl Arrivals {
    /// The process, drawing from `rng`.
    pub fn new(process: Process, rng: StreamRng) -> Self {
        Self { process, rng, at: SimTime::ZERO, state: 0, in_batch: 0 }
    }

    /// The next arrival.
    pub fn advance(&mut self) -> SimTime {
        match &self.process {
            Process::Renewal(between) => {
                let gap = between.sample(&mut self.rng);
                self.at = self.at + seconds(gap);
            }
            Process::Deterministic(gap) => self.at = self.at + seconds(*gap),
            Process::AtOnce(at) => self.at = SimTime::ZERO + seconds(*at),
            Process::Batch { between, size } => {
                if self.in_batch == 0 {
                    let gap = between.sample(&mut self.rng);
                    self.at = self.at + seconds(gap);
                    self.in_batch = size.sample(&mut self.rng).round().clamp(1.0, 1e9) as u64;
                }
                self.in_batch -= 1;
            }
            Process::Mmpp { .. } => self.advance_mmpp(),
            Process::Diurnal { .. } => self.advance_diurnal(),
        }
        self.at
    }

    /// Arrival and change of state race; both are memoryless, so the loser is drawn anew.
    fn advance_mmpp(&mut self) {
        let Process::Mmpp { rates, sojourns } = &self.process else { return };
        let mut waited = 0.0;
        for _ in 0..10_000_000 {
            let (rate, sojourn) = (rates[self.state], sojourns[self.state]);
            let stays = sojourn * unit_exponential(&mut self.rng);
            let arrives = if rate > 0.0 { unit_exponential(&mut self.rng) / rate } else { f64::INFINITY };
            if arrives <= stays {
                self.at = self.at + seconds(waited + arrives);
                return;
            }
            waited += stays;
            self.state = (self.state + 1) % rates.len();
        }
        self.at = SimTime::NEVER;
    }

    /// Inverts the cumulated rate: exact for a rate that is constant within each hour.
    fn advance_diurnal(&mut self) {
        let Process::Diurnal { hourly } = &self.process else { return };
        let mut need = unit_exponential(&mut self.rng);
        let mut t = self.at.as_secs_f64();
        let cycle: f64 = hourly.iter().sum::<f64>() * HOUR;
        // Whole cycles first, so that a low rate costs no long walk.
        let cycles = (need / cycle).floor();
        need -= cycles * cycle;
        t += cycles * HOUR * hourly.len() as f64;
        for _ in 0..=hourly.len() + 1 {
            let hour = (t / HOUR).floor();
            let rate = hourly[(hour % hourly.len() as f64) as usize];
            let left = (hour + 1.0) * HOUR - t;
            if rate * left > need {
                t += need / rate;
                break;
            }
            need -= rate * left;
            t = (hour + 1.0) * HOUR;
        }
        // Rounding must not turn the clock back.
        self.at = self.at.max(SimTime::ZERO + seconds(t));
    }
}

fn seconds(s: f64) -> SimDuration {
    SimDuration::from_secs_f64_clamped(s)
}

fn unit_exponential(rng: &mut StreamRng) -> f64 {
    crate::dist::unit_exponential(rng)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Streams};

    fn times(process: Process, n: usize) -> Vec<f64> {
        let mut arrivals = Arrivals::new(process, Streams::new(3, 0).stream(Purpose::Arrivals, 0));
        (0..n).map(|_| arrivals.advance().as_secs_f64()).collect()
    }

    #[test]
    fn plain_processes_keep_their_clock() {
        assert_eq!(times(Process::Deterministic(0.5), 3), [0.5, 1.0, 1.5]);
        assert_eq!(times(Process::AtOnce(2.0), 3), [2.0, 2.0, 2.0]);
        let batch = Process::Batch { between: Dist::constant(3.0).unwrap(), size: Dist::constant(2.0).unwrap() };
        assert_eq!(times(batch, 5), [3.0, 3.0, 6.0, 6.0, 9.0]);
    }

    /// The same draws, twice as fast: every Poisson arrival at half its time, up to the rounding of each gap to a
    /// nanosecond, which may add up.
    #[test]
    fn a_faster_process_is_the_same_process_squeezed() {
        let poisson = Process::Renewal(Dist::exponential(1.5).unwrap());
        let slow = times(poisson.clone(), 1000);
        for (k, (slow, fast)) in slow.iter().zip(times(poisson.faster(2.0).unwrap(), 1000)).enumerate() {
            assert!((fast - slow / 2.0).abs() <= 1e-9 * (k + 1) as f64, "{k}: {fast}, {slow}");
        }
        let batch = Process::Batch { between: Dist::constant(3.0).unwrap(), size: Dist::constant(2.0).unwrap() };
        assert_eq!(times(batch.faster(1.5).unwrap(), 3), [2.0, 2.0, 4.0]);
        // An hour stays an hour: nothing comes in even ones.
        let day = Process::Diurnal { hourly: vec![0.0, 0.1] }.faster(3.0).unwrap();
        assert!(times(day, 2000).iter().all(|x| (x / HOUR) as usize % 2 == 1));
    }

    /// By hand: 10 s at rate 1 and 30 s at 3 make 100 tasks in 40 s; hours at 0.1 and 0.3 are 0.2 a second; batches of
    /// 2.4, that is 2, every 3 s.
    #[test]
    fn mean_gaps_are_inverse_rates() {
        let batch = Process::Batch { between: Dist::constant(3.0).unwrap(), size: Dist::constant(2.4).unwrap() };
        for (process, gap) in [
            (Process::Renewal(Dist::exponential(1.25).unwrap()), 1.25),
            (Process::Deterministic(0.5), 0.5),
            (Process::Mmpp { rates: vec![1.0, 3.0], sojourns: vec![10.0, 30.0] }, 0.4),
            (Process::Diurnal { hourly: vec![0.1, 0.3] }, 5.0),
            (batch, 1.5),
            (Process::AtOnce(7.0), 0.0),
        ] {
            assert!((process.mean_gap() - gap).abs() < 1e-12, "{process:?}");
        }
    }

    /// Two states of equal mean length at rates 1 and 9 give 5 arrivals per second in the long run. The
    /// number in T = 20,000 s has variance about T (5 + 2·4²·½·10/2·…) < 2e6: four deviations are 6 %.
    #[test]
    fn mmpp_has_the_mean_rate_of_its_states() {
        let n = 100_000;
        let t = times(Process::Mmpp { rates: vec![1.0, 9.0], sojourns: vec![10.0, 10.0] }, n);
        let rate = n as f64 / t[n - 1];
        assert!((rate / 5.0 - 1.0).abs() < 0.06, "{rate}");
    }

    /// Hours at rates 0 and 0.1 alternate: nothing comes in even hours, and the counts of odd ones are
    /// Poisson(360): the mean of 100 of them lies within 4 · sqrt(360/100) = 7.6.
    #[test]
    fn diurnal_follows_its_hours() {
        let t = times(Process::Diurnal { hourly: vec![0.0, 0.1] }, 40_000);
        let hours = 200;
        let mut counts = vec![0.0; hours];
        for x in t {
            let hour = (x / HOUR) as usize;
            assert_eq!(hour % 2, 1, "{x}");
            if hour < hours {
                counts[hour] += 1.0;
            }
        }
        let mean = counts.iter().sum::<f64>() / 100.0;
        assert!((mean - 360.0).abs() < 7.6, "{mean}");
    }
}
