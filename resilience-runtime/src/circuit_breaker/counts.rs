use super::window::Window;
use crate::sync::atomic::AtomicU64;

/// What calls write. It has a cache line of its own: the rest of a machine is what every call reads,
/// and no writer may take that away from the others.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Counts {
    pub(super) window: Window,
    pub(super) not_permitted: AtomicU64,
    pub(super) cancelled: AtomicU64,
}

impl Counts {
    pub(super) fn new(window: Window) -> Self {
        Self {
            window,
            not_permitted: AtomicU64::new(0),
            cancelled: AtomicU64::new(0),
        }
    }
}
