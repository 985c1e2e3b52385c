//! What a registry could be made of: a concurrent map from a name to a handle.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use dashmap::DashMap;
use resilience_benches::{Case, Names, Workload, group, repeat};

use super::peer;

/// As large as a handle points to.
type Handle = Arc<[u64; 8]>;

pub(super) fn cases() -> Vec<Case> {
    vec![
        peer(group::BY_NAME, "dashmap, get and clone", dashmap),
        peer(group::BY_NAME, "papaya, get and clone", papaya),
        peer(group::BY_NAME, "RwLock<HashMap>, get and clone", locked),
    ]
}

fn entries<M: FromIterator<(String, Handle)>>(names: &Names) -> M {
    let entry = |name: &str| (name.to_owned(), Handle::default());
    names.iter().map(entry).collect()
}

fn dashmap() -> Workload {
    let names = Names::new();
    let map: DashMap<_, _> = entries(&names);
    repeat(move |number| map.get(names.of(number)).map(|found| Arc::clone(&found)))
}

fn papaya() -> Workload {
    let names = Names::new();
    let map: papaya::HashMap<_, _> = entries(&names);
    repeat(move |number| map.pin().get(names.of(number)).map(Arc::clone))
}

fn locked() -> Workload {
    let names = Names::new();
    let map: RwLock<HashMap<_, _>> = RwLock::new(entries(&names));
    repeat(move |number| {
        let map = map
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        map.get(names.of(number)).map(Arc::clone)
    })
}
