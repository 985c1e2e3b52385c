//! Settings that may also be absent, such as a bound.

/// What a builder was given of a setting that may be absent: that it is, is something to give, which
/// takes the place of what a lesser layer says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Optional<T> {
    #[default]
    NotGiven,
    Absent,
    Is(T),
}

impl<T> Optional<T> {
    pub(crate) fn as_ref(&self) -> Optional<&T> {
        match self {
            Self::NotGiven => Optional::NotGiven,
            Self::Absent => Optional::Absent,
            Self::Is(value) => Optional::Is(value),
        }
    }

    /// What it comes to where nobody says more.
    pub(crate) fn settled(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            Self::NotGiven | Self::Absent => None,
        }
    }

    pub(crate) fn is_given(&self) -> bool {
        !matches!(self, Self::NotGiven)
    }
}

impl<T: Clone> Optional<T> {
    /// This, or what `base` was given.
    pub(crate) fn over(self, base: &Self) -> Self {
        if self.is_given() { self } else { base.clone() }
    }
}

/// Of a configuration, in which nothing is open any more.
impl<T> From<Option<T>> for Optional<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Is)
    }
}
