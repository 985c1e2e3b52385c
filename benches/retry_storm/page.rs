//! The page: the figures, and what is simulated.

use crate::Scene;
use crate::storm::{CALLERS, DOWN_FROM, DOWN_UNTIL, DURATION, NORMAL, Storm};

pub(crate) fn text(scenes: &[Scene]) -> String {
    let tables: String = scenes.iter().map(table).collect();
    format!(
        "# A storm of retries\n\n\
        Simulated by `cargo bench --bench retry_storm -- --save`, on a clock moved by hand: {CALLERS} callers,\n\
        each of whom makes a call every second, for {DURATION} seconds. The backend is down from second\n\
        {DOWN_FROM} to second {DOWN_UNTIL} and refuses every request. A call is tried four times, with waits of\n\
        100, 200 and 400 ms, each at random between half and one and a half of that.\n\n\
        ![The load on the backend, second by second](retry-storm.svg)\n\n\
        Without a budget, retries multiply the load: it is four times the normal one for as long as the\n\
        outage lasts. A backend that breaks down under so much does not come back when the cause of the\n\
        outage is gone, since it is the retries now that keep it down.\n\n\
        With `budget = \"backend\"` there are, in any second, no more retries than 20 % of its calls. The load\n\
        stays within 1.2 of the normal one, wherever one lets the second begin; a test asserts it. Calls\n\
        that are refused a retry end at once with the error that they have.\n\n\
        {tables}\
        A budget is asked when a retry's wait begins, and counts in slices of 62.5 ms: calls over a second at\n\
        most, retries over a second at least. So the share is never more than the percentage, and where all\n\
        calls fail it is a little less, 19 % of 20. It bounds when retries are allowed, not when they arrive:\n\
        random waits that are much longer than a second can make some of different seconds meet.\n"
    )
}

fn table(scene: &Scene) -> String {
    let row = |name: &str, storm: &Storm| {
        let load = storm.load();
        let outage = &load[DOWN_FROM..DOWN_UNTIL];
        let mean = f64::from(outage.iter().sum::<u32>()) / outage.len() as f64;
        let after: u32 = storm.goodput()[DOWN_UNTIL..].iter().sum();
        let wanted = NORMAL as usize * (DURATION - DOWN_UNTIL);
        format!(
            "| {name} | {:.2} | {:.2} | {:.0} % |\n",
            mean / f64::from(NORMAL),
            f64::from(storm.peak()) / f64::from(NORMAL),
            f64::from(after) * 100.0 / wanted as f64,
        )
    };
    format!(
        "## {}\n\n\
        | | load in the outage, of the normal one | highest load in any second | answers after the outage, of the normal number |\n\
        |---|--:|--:|--:|\n\
        {}{}\n",
        capitalized(scene.heading),
        row("without a budget", &scene.without_budget),
        row("with a budget", &scene.with_budget),
    )
}

fn capitalized(heading: &str) -> String {
    let mut letters = heading.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
