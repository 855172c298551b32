//! Whether variants saw the same work.

use std::fmt;

use super::variant::Variant;

/// What variants may have been given to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// The same tasks as the baseline, in every replication; all else is refused.
    Same,
    /// Anything: where work differs, differences are those of independent samples.
    MayDiffer,
}

/// Two variants met different tasks under the same random numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferentWork {
    /// The baseline.
    pub baseline: String,
    /// The variant beside it.
    pub variant: String,
    /// In which replication, the first of such.
    pub replication: u32,
    /// Hashes of the tasks that came, of the baseline and the variant; `None` where one has fewer replications.
    pub hashes: [Option<u64>; 2],
}

impl fmt::Display for DifferentWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { baseline, variant, replication, hashes } = self;
        let [before, after] =
            hashes.map(|h| h.map_or("no such replication".to_owned(), |h| format!("workload hash {h:016x}")));
        write!(
            f,
            "`{variant}` and `{baseline}` did not see the same tasks in replication {replication}: {before} of \
             `{baseline}`, {after} of `{variant}`; expected the same work for all variants, so that they can be compared \
             pair by pair (does something vary that makes the tasks, such as seed, workload or a closed source that waits \
             for answers? --different-work compares the means of independent samples instead)"
        )
    }
}

/// The first pair, by replication and then in the order of variants, whose hashes differ.
///
/// `hash(variant, replication)` is `None` where there is no such run.
pub(super) fn first_difference(
    variants: &[Variant],
    replications: u32,
    hash: impl Fn(usize, u32) -> Option<u64>,
) -> Option<DifferentWork> {
    let pairs = |replication| variants.iter().enumerate().map(move |(index, variant)| (replication, index, variant));
    (0..replications).flat_map(pairs).find_map(|(replication, index, variant)| {
        let hashes = [hash(variant.baseline, replication), hash(index, replication)];
        let baseline = variants.get(variant.baseline)?.label.clone();
        (hashes[0] != hashes[1]).then(|| DifferentWork {
            baseline,
            variant: variant.label.clone(),
            replication,
            hashes,
        })
    })
}
