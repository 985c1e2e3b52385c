//! The plot: what one call through a closed breaker takes, and one through a stack of policies, ours
//! beside the peers', as bars.

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use resilience_benches::{By, group};

use crate::Row;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const WIDTH: i32 = 860;
const LINE: i32 = 24;
const HEADING: i32 = 40;
/// Where the bars begin, and how long the longest is.
const BARS_FROM: i32 = 250;
const LONGEST_BAR: f64 = 530.0;

const OURS: RGBColor = RGBColor(0xb7, 0x41, 0x0e);
const THEIRS: RGBColor = RGBColor(0x8a, 0x94, 0x9e);
/// Readable on a light page and on a dark one.
const TEXT: RGBColor = RGBColor(0x76, 0x7e, 0x87);

/// One bar: whose, what, how much.
type Bar<'a> = (By, &'a str, f64);

/// What is plotted: a group, and what a call of it goes through.
const PLOTTED: [(&str, &str); 2] = [
    (group::CLOSED_ASYNC, "a closed breaker"),
    (group::STACK, "a stack of policies"),
];

/// Bars under a heading.
struct Panel<'a> {
    heading: String,
    bars: Vec<Bar<'a>>,
}

pub(crate) fn draw(rows: &[Row], path: &Path) -> Result<(), Box<dyn Error>> {
    let panels: Vec<_> = PLOTTED
        .iter()
        .flat_map(|(group, through)| panels(rows, group, through))
        .filter(|panel| !panel.bars.is_empty())
        .collect();
    let heights = panels
        .iter()
        .map(|panel| i32::try_from(panel.bars.len()).map(|bars| bars * LINE + HEADING))
        .collect::<Result<Vec<_>, _>>()?;
    let size = (
        WIDTH.unsigned_abs(),
        (heights.iter().sum::<i32>() + HEADING).unsigned_abs(),
    );
    let mut rest = SVGBackend::new(path, size).into_drawing_area();
    for (panel, height) in panels.iter().zip(heights) {
        let (upper, lower) = rest.split_vertically(height);
        draw_panel(&upper, panel)?;
        rest = lower;
    }
    rest.present()?;
    Ok(())
}

fn panels<'a>(rows: &'a [Row], group: &str, through: &str) -> [Panel<'a>; 2] {
    let rows: Vec<_> = rows.iter().filter(|row| row.case.group == group).collect();
    [
        Panel {
            heading: format!("nanoseconds per call through {through}, one thread (median)"),
            bars: sorted(rows.iter().map(|row| bar(row, row.times.one_thread.median))),
        },
        Panel {
            heading: format!("instructions per call through {through}"),
            bars: sorted(
                rows.iter()
                    .filter_map(|row| row.instructions.map(|count| bar(row, count))),
            ),
        },
    ]
}

fn bar(row: &Row, value: f64) -> Bar<'_> {
    (row.case.by, row.case.name, value)
}

fn sorted<'a>(bars: impl Iterator<Item = Bar<'a>>) -> Vec<Bar<'a>> {
    let mut bars: Vec<_> = bars.collect();
    bars.sort_by(|a, b| a.2.total_cmp(&b.2));
    bars
}

fn draw_panel(area: &Area<'_>, Panel { heading, bars }: &Panel<'_>) -> Result<(), Box<dyn Error>> {
    let text = ("sans-serif", 14).into_font().color(&TEXT);
    let right = text.pos(Pos::new(HPos::Right, VPos::Center));
    let left = text.pos(Pos::new(HPos::Left, VPos::Center));
    area.draw_text(heading, &left, (BARS_FROM, HEADING / 2))?;
    let longest = bars.last().map_or(1.0, |(_, _, value)| *value);
    let mut middle = HEADING + LINE / 2;
    for (by, name, value) in bars {
        #[expect(clippy::cast_possible_truncation, reason = "at most the longest bar")]
        let end = BARS_FROM + (value / longest * LONGEST_BAR) as i32;
        let corners = [(BARS_FROM, middle - LINE / 3), (end, middle + LINE / 3)];
        area.draw(&Rectangle::new(corners, color(*by).filled()))?;
        area.draw_text(name, &right, (BARS_FROM - 8, middle))?;
        area.draw_text(&format!("{value:.0}"), &left, (end + 8, middle))?;
        middle += LINE;
    }
    Ok(())
}

fn color(by: By) -> RGBColor {
    match by {
        By::Us => OURS,
        By::Peer | By::Nobody => THEIRS,
    }
}
