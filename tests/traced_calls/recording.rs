//! A subscriber that keeps all it is told.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

pub(crate) type Fields = BTreeMap<&'static str, String>;

/// What a subscriber was told, in the order in which it was.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recording {
    told: Arc<Mutex<Told>>,
}

#[derive(Debug, Default)]
struct Told {
    spans: Vec<Seen>,
    lines: Vec<Line>,
}

/// A span.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// In the registry, which may give it again when the span is closed.
    id: Id,
    pub(crate) name: &'static str,
    /// Its place among the spans.
    parent: Option<usize>,
    pub(crate) level: Level,
    pub(crate) fields: Fields,
    /// How often it was entered without being left.
    pub(crate) entered: i32,
    pub(crate) polls: u32,
    pub(crate) is_closed: bool,
}

/// An event.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) level: Level,
    pub(crate) span: Option<&'static str>,
    pub(crate) fields: Fields,
}

struct Reading<'a>(&'a mut Fields);

impl Visit for Reading<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        let twice = self.0.insert(field.name(), value.to_owned());
        // An exporter would have the attribute twice.
        assert_eq!(twice, None, "'{}' is recorded once", field.name());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

impl Recording {
    /// Records on this thread, until the guard goes.
    pub(crate) fn start() -> (Self, tracing::subscriber::DefaultGuard) {
        let recording = Self::default();
        let subscriber = Registry::default().with(recording.clone());
        (recording, tracing::subscriber::set_default(subscriber))
    }

    pub(crate) fn spans(&self) -> Vec<Seen> {
        self.told.lock().unwrap().spans.clone()
    }

    /// The only span of that name.
    pub(crate) fn span(&self, name: &str) -> Seen {
        let mut spans = self.spans();
        spans.retain(|span| span.name == name);
        assert_eq!(spans.len(), 1, "one span '{name}'");
        spans.remove(0)
    }

    /// The events of our own.
    pub(crate) fn lines(&self) -> Vec<Line> {
        self.told.lock().unwrap().lines.clone()
    }

    /// The spans as a tree, each with its `shown` fields, where it has them.
    pub(crate) fn tree(&self, shown: &[&str]) -> String {
        let mut tree = String::new();
        self.grow(&mut tree, None, 0, shown);
        tree
    }

    fn grow(&self, tree: &mut String, parent: Option<usize>, depth: usize, shown: &[&str]) {
        for (place, span) in self.spans().iter().enumerate() {
            if span.parent != parent {
                continue;
            }
            write!(tree, "{:1$}{2}", "", depth * 2, span.name).unwrap();
            for field in shown {
                if let Some(value) = span.fields.get(field) {
                    write!(tree, " {field}={value}").unwrap();
                }
            }
            tree.push('\n');
            self.grow(tree, Some(place), depth + 1, shown);
        }
    }

    /// That nobody is in a span, and that all are closed.
    pub(crate) fn assert_all_over(&self) {
        for span in self.spans() {
            assert_eq!(span.entered, 0, "{span:?}");
            assert!(span.is_closed, "{span:?}");
        }
    }

    /// That nobody is in a span.
    pub(crate) fn assert_none_entered(&self) {
        for span in self.spans() {
            assert_eq!(span.entered, 0, "{span:?}");
        }
    }

    fn with(&self, id: &Id, change: impl FnOnce(&mut Seen)) {
        let mut told = self.told.lock().unwrap();
        let span = told.spans.iter_mut().rev().find(|span| span.id == *id);
        change(span.unwrap());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recording {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        let mut fields = Fields::new();
        attributes.record(&mut Reading(&mut fields));
        let parent = ctx.span(id).unwrap().parent().map(|parent| parent.id());
        let mut told = self.told.lock().unwrap();
        let parent = parent.map(|parent| {
            let place = told.spans.iter().rposition(|span| span.id == parent);
            place.unwrap()
        });
        told.spans.push(Seen {
            id: id.clone(),
            name: attributes.metadata().name(),
            parent,
            level: *attributes.metadata().level(),
            fields,
            entered: 0,
            polls: 0,
            is_closed: false,
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.with(id, |span| values.record(&mut Reading(&mut span.fields)));
    }

    fn on_enter(&self, id: &Id, _: Context<'_, S>) {
        self.with(id, |span| {
            span.entered += 1;
            span.polls += 1;
        });
    }

    fn on_exit(&self, id: &Id, _: Context<'_, S>) {
        self.with(id, |span| span.entered -= 1);
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        self.with(&id, |span| span.is_closed = true);
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        if event.metadata().target() != "resilience4rs" {
            return;
        }
        let mut fields = Fields::new();
        event.record(&mut Reading(&mut fields));
        self.told.lock().unwrap().lines.push(Line {
            level: *event.metadata().level(),
            span: ctx.event_span(event).map(|span| span.name()),
            fields,
        });
    }
}
