//! Lists that are mostly of one.

use crate::units::{NodeId, UnitId};

/// A list that is mostly of one; one needs no allocation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Few<T> {
    /// None.
    #[default]
    None,
    /// One.
    One(T),
    /// Several, ascending.
    Many(Vec<T>),
}

/// Units held.
pub type UnitList = Few<UnitId>;
/// Nodes whose host resources are held, one for each instance.
pub type NodeList = Few<NodeId>;

impl<T> Few<T> {
    /// The list as a slice.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::None => &[],
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl<T: Copy> From<&[T]> for Few<T> {
    fn from(list: &[T]) -> Self {
        match list {
            [] => Self::None,
            [one] => Self::One(*one),
            many => Self::Many(many.to_vec()),
        }
    }
}
