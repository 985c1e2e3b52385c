use std::fmt;
use std::hint::black_box;

/// Makes a number of calls, one after the other.
pub type Workload = Box<dyn Fn(u64) + Send + Sync>;

/// One row of the tables: a way to make a call.
pub struct Case {
    /// What is compared: rows of one group do the same thing.
    pub group: &'static str,
    /// Whose way it is.
    pub by: By,
    /// What exactly is called.
    pub name: &'static str,
    make: Box<dyn Fn(usize) -> Workload>,
}

/// Whose a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Nobody's: a floor.
    Nobody,
    /// Ours.
    Us,
    /// Another library's.
    Peer,
}

impl Case {
    /// A case whose `make` sets up the instance of a number; a number may come more than once.
    pub fn new(
        group: &'static str,
        by: By,
        name: &'static str,
        make: impl Fn(usize) -> Workload + 'static,
    ) -> Self {
        Self {
            group,
            by,
            name,
            make: Box::new(make),
        }
    }

    /// Sets up one instance of those that are to be called beside one another.
    #[must_use]
    pub fn workload(&self, instance: usize) -> Workload {
        (self.make)(instance)
    }

    /// What the case is called on the command line and in files.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}: {}", self.group, self.name)
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.id()).finish()
    }
}

/// A workload of one call after the other, each told its number.
pub fn repeat<T>(call: impl Fn(u64) -> T + Send + Sync + 'static) -> Workload {
    let call = Aligned(call);
    Box::new(move |calls| {
        let call = call.get();
        for number in 0..calls {
            black_box(call(black_box(number)));
        }
    })
}

/// What the calls of one instance use, out of the cache lines of another's.
#[repr(align(128))]
struct Aligned<T>(T);

impl<T> Aligned<T> {
    fn get(&self) -> &T {
        &self.0
    }
}
