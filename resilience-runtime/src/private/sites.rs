//! The records that the attributes leave, and how they come together.

use crate::policy::Policy;

/// A function, and the attributes that guard it, the outermost first.
#[derive(Debug)]
pub struct GuardedFunction {
    pub module: &'static str,
    pub name: &'static str,
    pub attributes: &'static [AttributeRecord],
}

/// An attribute as it is written.
#[derive(Debug)]
pub struct AttributeRecord {
    pub policy: Policy,
    /// A text, or the tokens of an expression.
    pub name: &'static str,
    pub is_expression: bool,
    pub config: Option<&'static str>,
    pub registry: Option<&'static str>,
    pub settings: &'static [(&'static str, &'static str)],
    pub fallbacks: &'static [&'static str],
    pub file: &'static str,
    pub line: u32,
}

impl AttributeRecord {
    /// One that says nothing: what an attribute does not have it takes from here.
    pub const BARE: Self = Self {
        policy: Policy::Timer,
        name: "",
        is_expression: false,
        config: None,
        registry: None,
        settings: &[],
        fallbacks: &[],
        file: "",
        line: 0,
    };
}

#[cfg(feature = "sites")]
mod collected {
    use super::GuardedFunction;

    inventory::collect!(GuardedFunction);

    // Its arrival is the proof that this target collects records at all.
    inventory::submit! {
        GuardedFunction {
            module: module_path!(),
            name: "",
            attributes: &[],
        }
    }

    /// Every record of the program, one of them without attributes.
    pub(crate) fn guarded_functions() -> impl Iterator<Item = &'static GuardedFunction> {
        inventory::iter::<GuardedFunction>.into_iter()
    }
}

#[cfg(not(feature = "sites"))]
mod collected {
    use super::GuardedFunction;

    /// None.
    pub(crate) fn guarded_functions() -> impl Iterator<Item = &'static GuardedFunction> {
        std::iter::empty()
    }
}

pub(crate) use collected::guarded_functions;

/// Leaves the record of a function, as an item. It is a macro of this crate, so that whether there
/// are records is decided here, and so that what they are made of is found where nobody but this
/// crate depends on it.
#[cfg(feature = "sites")]
#[doc(hidden)]
#[macro_export]
macro_rules! __leave_record {
    ($record:expr) => {
        $crate::__private::inventory::submit! { $record }
    };
}

/// Leaves nothing.
#[cfg(not(feature = "sites"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __leave_record {
    ($record:expr) => {};
}

#[doc(hidden)]
pub use crate::__leave_record as leave_record;
