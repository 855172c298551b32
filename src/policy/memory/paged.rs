//! Pages that may lie anywhere.

use schemars::JsonSchema;
use serde::Deserialize;

use super::contiguous::positive;
use crate::json::ByteCount;
use crate::model::memory::{Allocator, Block};
use crate::policy::MemoryPolicy;
use crate::policy::registry::{BuildError, Plugin};
use crate::units::Bytes;

/// A request takes `ceil(bytes / page)` pages, wherever they are: no external fragmentation, and half a page of
/// internal on average (Kwon et al., SOSP 2023). Only how many are free counts, so an operation takes O(1).
#[derive(Clone, Copy, Debug)]
pub struct Pages {
    page: u64,
    count: u64,
    free: u64,
}

impl Pages {
    /// All of `capacity` free, in pages of `page` bytes; what is less than a page is not used.
    pub fn new(capacity: Bytes, page: u64) -> Self {
        let page = page.max(1);
        let count = capacity.get() / page;
        Self { page, count, free: count }
    }
}

impl Allocator for Pages {
    fn fits(&self, size: Bytes) -> bool {
        size.get().div_ceil(self.page) <= self.free
    }

    fn allocate(&mut self, size: Bytes) -> Option<Block> {
        let pages = size.get().div_ceil(self.page);
        self.free = self.free.checked_sub(pages)?;
        Some(Block { id: 0, length: pages * self.page })
    }

    fn release(&mut self, block: Block) {
        self.free += block.length / self.page;
    }

    fn capacity(&self) -> Bytes {
        Bytes(self.count * self.page)
    }

    fn free(&self) -> Bytes {
        Bytes(self.free * self.page)
    }

    fn largest_free(&self) -> Bytes {
        self.free()
    }

    fn address(&self, _block: Block) -> Option<u64> {
        None
    }

    fn check(&self) -> Result<(), String> {
        if self.free <= self.count { Ok(()) } else { Err("more pages are free than there are".into()) }
    }
}

/// Pages of one size.
#[derive(Clone, Copy, Debug)]
pub struct Paged {
    page: u64,
}

/// Parameters of [`Paged`].
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Size of a page. Default 2 MiB, the large page of current devices.
    pub page: Option<ByteCount>,
}

impl MemoryPolicy for Paged {
    fn allocator(&self, capacity: Bytes) -> Option<Box<dyn Allocator>> {
        Some(Box::new(Pages::new(capacity, self.page)))
    }
}

impl Plugin for Paged {
    const NAME: &'static str = "paged";
    const ABOUT: &'static str = "whole pages, wherever they lie (as of a KV cache: Kwon et al., SOSP 2023)";
    type Params = Params;

    fn build(params: Params) -> Result<Self, BuildError> {
        Ok(Self { page: positive(params.page, 2 << 20, "page")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 105 bytes are ten pages of 10. 25 take three, 1 takes one, 60 six; then none is left. The three come back, and 30
    /// fit though they lie apart.
    #[test]
    fn counts_whole_pages() {
        let mut s = Pages::new(Bytes(105), 10);
        let blocks = [25, 1, 60].map(|size| s.allocate(Bytes(size)).unwrap());
        assert_eq!(blocks.map(|b| b.length), [30, 10, 60]);
        assert!(!s.fits(Bytes(1)) && s.allocate(Bytes(1)).is_none());
        s.release(blocks[0]);
        assert_eq!((s.free(), s.largest_free(), s.check()), (Bytes(30), Bytes(30), Ok(())));
        assert!(s.fits(Bytes(30)) && !s.fits(Bytes(31)));
    }
}
