//! The windows of a breaker, by their numbers.
//!
//! A window's storage cannot be exchanged while calls write to it, so a change of its shape that the
//! storage has no room for takes another window, in a new era. Windows are never given up: whoever
//! still holds an earlier era finds its window there, which takes nothing from it any more. One that
//! has room is used again, and a new one has room for twice as much as the last that was too small, so
//! that there are few, however often the shape changes.

use std::sync::OnceLock;

use super::set_aside::SetAside;
use super::window::{Recorded, Shape, Window};

/// The number of the window that a breaker is made with.
pub(super) const FIRST: u32 = 0;
/// The number of the window of the half-open rounds that it is made with.
pub(super) const PROBES: u32 = 1;
/// The first number of those that were added since.
const ADDED: u32 = 2;

/// What a breaker needs whose windows come to have other shapes; most never do.
#[derive(Debug, Default)]
pub(super) struct OtherShapes(OnceLock<Box<Reshaped>>);

#[derive(Debug)]
struct Reshaped {
    windows: AddedWindows,
    /// For the next window, while one is exchanged.
    set_aside: SetAside,
}

impl OtherShapes {
    pub(super) fn window(&self, number: u32) -> Option<&Window> {
        self.0.get()?.windows.get(number)
    }

    /// As [`AddedWindows::find_or_add`].
    pub(super) fn find_or_add(&self, shape: Shape, now_nanos: u64) -> u32 {
        self.get_or_make().windows.find_or_add(shape, now_nanos)
    }

    /// That, made where there is none yet.
    pub(super) fn set_aside(&self) -> &SetAside {
        &self.get_or_make().set_aside
    }

    /// Whether the outcome is set aside for that era; not where nothing ever was.
    pub(super) fn sets_aside(&self, era: u64, outcome: Recorded) -> bool {
        let reshaped = self.0.get();
        reshaped.is_some_and(|reshaped| reshaped.set_aside.add(era, outcome))
    }

    fn get_or_make(&self) -> &Reshaped {
        self.0.get_or_init(|| {
            Box::new(Reshaped {
                windows: AddedWindows::default(),
                set_aside: SetAside::new(),
            })
        })
    }
}

/// The windows that a breaker was not made with.
///
/// There are at most seven for up to 1,023 calls, nine for more, and one for seconds.
#[derive(Debug, Default)]
struct AddedWindows {
    next: OnceLock<Box<AddedWindow>>,
}

#[derive(Debug)]
struct AddedWindow {
    window: Window,
    further: AddedWindows,
}

impl AddedWindows {
    fn get(&self, number: u32) -> Option<&Window> {
        self.iter().nth((number - ADDED) as usize)
    }

    /// The number of one that has room for this shape, made where there is none. Only one thread at a
    /// time may do this.
    fn find_or_add(&self, shape: Shape, now_nanos: u64) -> u32 {
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
