//! What an idle unit takes from the line of a busy one.

use schemars::JsonSchema;
use serde::Deserialize;

/// What an idle unit takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Steal {
    /// Nothing.
    #[default]
    None,
    /// One task.
    One,
    /// Half of the tasks that it can serve, rounded up.
    Half,
}

impl Steal {
    /// How many of `found` tasks are taken.
    pub(super) const fn loot(self, found: usize) -> usize {
        match self {
            Self::None => 0,
            Self::One => {
                if found > 0 {
                    1
                } else {
                    0
                }
            }
            Self::Half => found.div_ceil(2),
        }
    }
}
