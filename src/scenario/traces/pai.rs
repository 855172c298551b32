//! From PAI's jobs to gangs of instances.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::task::{Class, Forecasts, PoolOption, Submission};
use crate::units::{Share, SimDuration, SimTime};
use crate::workload::trace::pai::PaiJob;

use super::submissions::Target;

/// Millionths in a hundredth of a device, thousandths in a hundredth of a processor.
const DEVICE: u64 = 10_000;
const CPU: u64 = 10;

impl Target<'_, '_> {
    /// Each instance takes its part of a unit, pooled or not, and its host processors, in one node. What one instance
    /// asks for is capped at what the whole cluster has, as the simulator of the study does; jobs of a model in
    /// `bound_to` need that model, all others run on any device.
    pub(super) fn pai(&mut self, jobs: &[PaiJob]) -> Vec<(SimTime, Submission)> {
        let any = self.options_of(&[]);
        let devices: u64 = any.iter().map(|o| self.classes.cluster.pools[o.pool.index()].devices).sum();
        let cpus = self.classes.cluster.nodes.iter().fold(0u64, |sum, n| sum.saturating_add(n.host_cpus));
        let mut users: BTreeMap<&str, u32> = BTreeMap::new();
        let mut known: BTreeMap<Option<&str>, u32> = BTreeMap::new();
        let mut tasks = Vec::with_capacity(jobs.len());
        for job in jobs {
            let bound = job.gpu_type.as_deref().filter(|model| self.spec.bound_to.iter().any(|b| b == model));
            let on_host = job.gpu_hundredths == 0;
            let class = if on_host { Some("cpu only") } else { bound };
            let class = *known.entry(class).or_insert_with(|| match (on_host, bound) {
                (true, _) => self.pai_class("cpu only", Vec::new()),
                (false, None) => self.pai_class("any gpu", any.clone()),
                (false, Some(model)) => {
                    let narrowed: Vec<PoolOption> = self.narrowed(&any, &[model.to_owned()]);
                    self.pai_class(model, narrowed)
                }
            });
            let next = users.len() as u32;
            let share = (u64::from(job.gpu_hundredths) * DEVICE).min(devices).min(u64::from(u32::MAX)) as u32;
            let forecasts = job.user_duration.map(|user| {
                let group = job.group_duration.unwrap_or(user);
                Arc::new(Forecasts { user, group, group_devices: job.group_gpu_duration.unwrap_or(group) })
            });
            let task = Submission {
                units: if on_host { 0 } else { job.instances },
                instances: job.instances,
                share: if on_host { Share::WHOLE } else { Share(share) },
                host_cpus: (u64::from(job.cpu_hundredths) * CPU).min(cpus),
                user: *users.entry(job.user.as_str()).or_insert(next),
                forecasts,
                ..Submission::plain(job.id.clone(), class, job.duration)
            };
            tasks.push((job.submit, task));
        }
        tasks
    }

    /// Its jobs are of this cluster: they never leave for a cloud.
    fn pai_class(&mut self, name: &str, options: Vec<PoolOption>) -> u32 {
        let source = self.source;
        self.classes.add(Class {
            name: Arc::from(name),
            source,
            options,
            one_node: false,
            cloud_factor: None,
            activity: None,
            deferrable: SimDuration::ZERO,
        })
    }
}
