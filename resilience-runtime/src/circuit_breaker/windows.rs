//! The windows of a breaker, by their numbers.
//!
//! A window's storage cannot be exchanged while calls write to it, so a change of its shape that the
//! storage has no room for takes another window, in a new era. Windows are never given up: whoever
//! still holds an earlier era finds its window there, which takes nothing from it any more. One that
//! has room is used again, and a new one has room for twice as much as the last that was too small, so
//! that there are few, however often the shape changes.

use std::sync::OnceLock;

use super::window::{Shape, Window};

/// The number of the window that a breaker is made with.
pub(super) const FIRST: u32 = 0;
/// The number of the window of the half-open rounds that it is made with.
pub(super) const PROBES: u32 = 1;
/// The first number of those that were added since.
const ADDED: u32 = 2;

/// The windows that a breaker was not made with; most have none.
///
/// There are at most seven for up to 1,023 calls, nine for more, and one for seconds.
#[derive(Debug, Default)]
pub(super) struct AddedWindows {
    next: OnceLock<Box<AddedWindow>>,
}

#[derive(Debug)]
struct AddedWindow {
    window: Window,
    further: AddedWindows,
}

impl AddedWindows {
    pub(super) fn get(&self, number: u32) -> Option<&Window> {
        self.iter().nth((number - ADDED) as usize)
    }

    /// The number of one that has room for this shape, made where there is none. Only one thread at a
    /// time may do this.
    pub(super) fn find_or_add(&self, shape: Shape, now_nanos: u64) -> u32 {
        let mut number = ADDED;
        let mut place = self;
        while let Some(added) = place.next.get() {
            if added.window.has_room_for(shape) {
                return number;
            }
            number += 1;
            place = &added.further;
        }
        // The place is free: nobody else adds one.
        place.next.get_or_init(|| {
            Box::new(AddedWindow {
                window: Window::with_room_to_grow(shape, now_nanos),
                further: Self::default(),
            })
        });
        number
    }

    fn iter(&self) -> impl Iterator<Item = &Window> {
        std::iter::successors(self.next.get(), |added| added.further.next.get())
            .map(|added| &added.window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_few_however_many_shapes_there_were() {
        let windows = AddedWindows::default();
        let sizes = 1..=resilience_settings::circuit_breaker::MAX_WINDOW_CALLS;
        for size in sizes.step_by(61) {
            for shape in [Shape::Calls(size), Shape::Seconds(size)] {
                let number = windows.find_or_add(shape, 0);
                assert!(windows.get(number).unwrap().has_room_for(shape));
            }
        }
        assert!(windows.iter().count() <= 17, "{}", windows.iter().count());
        let before = windows.iter().count();
        windows.find_or_add(Shape::Calls(500), 0);
        assert_eq!(windows.iter().count(), before);
    }
}
