//! A subscriber as services have it, but for where its lines go.

use std::io;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;

pub(super) fn subscribe(level: LevelFilter) {
    let lines = fmt::layer().with_ansi(false).with_writer(io::sink);
    let subscriber = tracing_subscriber::registry().with(level).with(lines);
    let set = tracing::subscriber::set_global_default(subscriber);
    assert!(set.is_ok(), "{set:?}");
}
