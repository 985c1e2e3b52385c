//! Files that are read again whenever they change.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::{Configuration, ConfigurationError, ConfigurationLoader};
use crate::event_bus::contain_panics;
use crate::registry::{Registry, ReloadError, Reloaded};

/// How long files must have been left alone before they are read: editors and deployments write in
/// several steps.
const QUIET: Duration = Duration::from_millis(100);

/// Reads files again whenever they change, until it is dropped; see [`Registry::watch`].
#[derive(Debug)]
#[must_use = "nothing is watched any more when this is dropped"]
pub struct Watch {
    /// Gone before the thread is to end, which waits for what it says.
    _watcher: RecommendedWatcher,
    follower: Arc<Follower>,
}

/// What came of files that changed.
#[derive(Debug)]
#[non_exhaustive]
pub enum WatchEvent {
    /// Instances have other settings now.
    Reloaded(Reloaded),
    /// What the files say now cannot be taken. Nothing was changed.
    Refused(Refused),
    /// The system cannot tell any more whether the files change.
    Blind(WatchError),
}

/// What files say cannot be taken.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// They are wrong.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// They are right, and yet do not fit together with what attributes say.
    #[error(transparent)]
    Instances(#[from] ReloadError),
}

/// Files cannot be watched, or not be taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WatchError {
    /// What they say now cannot be taken.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The system does not tell whether they change.
    #[error("cannot watch {}: {source}", .directory.display())]
    Watching {
        /// The directory that they are in.
        directory: PathBuf,
        /// Why not.
        source: notify::Error,
    },
    /// The system does not give another thread.
    #[error("cannot start the thread that reads the files: {0}")]
    Thread(std::io::Error),
}

impl Registry {
    /// Takes what `loader` reads, as [`reload`](Self::reload) does, and again whenever its files
    /// change, until the returned [`Watch`] is dropped. `told` hears what came of it, on a thread of the
    /// watch. If it panics, the panic hook says so, and later changes are taken and told all the same.
    /// It must not call [`Watch::read_now`], which waits for it.
    ///
    /// The directories of the files are watched, not the files themselves: so that it goes on when one
    /// is replaced, as most editors do and Kubernetes does for a mounted `ConfigMap`, and when the file
    /// of a profile appears. Files that are wrong, or that do not fit, change nothing.
    ///
    /// # Errors
    /// When what it reads now cannot be taken, or the files cannot be watched.
    ///
    /// ```
    /// use resilience4rs::Registry;
    /// use resilience4rs::configuration::{Configuration, WatchEvent};
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("application.yml");
    /// std::fs::write(&path, "resilience4j.bulkhead.instances.payments.maxConcurrentCalls: 5").unwrap();
    /// let registry = Registry::new();
    /// let watch = registry
    ///     .watch(Configuration::loader().process_environment().file(&path), |event| match event {
    ///         WatchEvent::Reloaded(reloaded) => print!("{reloaded}"),
    ///         WatchEvent::Refused(refused) => eprintln!("the configuration stays as it is: {refused}"),
    ///         other => eprintln!("{other:?}"),
    ///     })
    ///     .unwrap();
    /// assert_eq!(registry.bulkhead("payments").config().max_concurrent_calls(), 5);
    ///
    /// std::fs::write(&path, "resilience4j.bulkhead.instances.payments.maxConcurrentCalls: 7").unwrap();
    /// watch.read_now(); // or in a moment, by itself
    /// assert_eq!(registry.bulkhead("payments").config().max_concurrent_calls(), 7);
    /// ```
    pub fn watch(
        &self,
        loader: ConfigurationLoader,
        told: impl FnMut(WatchEvent) + Send + 'static,
    ) -> Result<Watch, WatchError> {
        let (tell, changes) = mpsc::channel();
        // Before they are read, so that no change is missed.
        let watcher = watcher(loader.directories(), tell)?;
        let configuration = loader.clone().load().map_err(Refused::from)?;
        self.reload(configuration).map_err(Refused::from)?;
        let follower = Arc::new(Follower {
            registry: self.clone(),
            loader,
            state: Mutex::new(Following {
                told: Box::new(told),
                refused: None,
            }),
        });
        let follows = Arc::clone(&follower);
        thread::Builder::new()
            .name("resilience4rs-watch".to_owned())
            .spawn(move || follow(&changes, &follows))
            .map_err(WatchError::Thread)?;
        Ok(Watch {
            _watcher: watcher,
            follower,
        })
    }
}

impl Watch {
    /// Reads the files now, without waiting until the system says that they have changed, and returns
    /// when whoever is told of it has been told.
    pub fn read_now(&self) {
        self.follower.read();
    }
}

/// Who reads the files again.
struct Follower {
    registry: Registry,
    loader: ConfigurationLoader,
    state: Mutex<Following>,
}

struct Following {
    told: Box<dyn FnMut(WatchEvent) + Send>,
    /// What was wrong the last time, which is told once.
    refused: Option<Refused>,
}

impl Follower {
    fn read(&self) {
        // Held while they are read, so that the last who reads is the last who is told.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match self.take() {
            Ok(reloaded) => {
                let recovers = state.refused.take().is_some();
                if recovers || !reloaded.changes.is_empty() {
                    state.tell(WatchEvent::Reloaded(reloaded));
                }
            }
            Err(refused) => {
                if state.refused.as_ref() != Some(&refused) {
                    state.refused = Some(refused.clone());
                    state.tell(WatchEvent::Refused(refused));
                }
            }
        }
    }

    fn take(&self) -> Result<Reloaded, Refused> {
        let configuration: Configuration = self.loader.clone().load()?;
        Ok(self.registry.reload(configuration)?)
    }

    fn tell(&self, event: WatchEvent) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.tell(event);
    }
}

impl Following {
    fn tell(&mut self, event: WatchEvent) {
        // A panic must not end the thread that follows the files.
        contain_panics(|| (self.told)(event));
    }
}

impl std::fmt::Debug for Follower {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follower")
            .field("loader", &self.loader)
            .finish_non_exhaustive()
    }
}

type Change = Result<(), WatchError>;

fn watcher(
    directories: BTreeSet<PathBuf>,
    changed: Sender<Change>,
) -> Result<RecommendedWatcher, WatchError> {
    let first = directories.first().cloned().unwrap_or_default();
    let failed = move |directory: PathBuf, source| WatchError::Watching { directory, source };
    let blind = first.clone();
    let tell = move |event: notify::Result<notify::Event>| {
        let change = match event {
            // Looking at a file, as we do, is no change of it.
            Ok(event) if event.kind.is_access() => return,
            Ok(_) => Ok(()),
            Err(source) => Err(failed(blind.clone(), source)),
        };
        // Nobody listens any more when the watch is over.
        let _ = changed.send(change);
    };
    let mut watcher =
        notify::recommended_watcher(tell).map_err(|source| failed(first.clone(), source))?;
    for directory in directories {
        watcher
            .watch(&directory, RecursiveMode::NonRecursive)
            .map_err(|source| failed(directory, source))?;
    }
    Ok(watcher)
}

/// Until the watcher is gone.
fn follow(changes: &Receiver<Change>, follower: &Follower) {
    while let Ok(first) = changes.recv() {
        let mut next = Some(first);
        let is_over = loop {
            if let Some(Err(error)) = next.take() {
                follower.tell(WatchEvent::Blind(error));
            }
            match changes.recv_timeout(QUIET) {
                Ok(change) => next = Some(change),
                Err(RecvTimeoutError::Timeout) => break false,
                Err(RecvTimeoutError::Disconnected) => break true,
            }
        };
        if is_over {
            return;
        }
        follower.read();
    }
}
