//! The plot: the load on the backend, second by second, a panel for each backend.

use std::error::Error;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::Scene;
use crate::storm::{DOWN_FROM, DOWN_UNTIL, DURATION, NORMAL, Storm};

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const SIZE: (u32, u32) = (860, 640);

const WITH: RGBColor = RGBColor(0xb7, 0x41, 0x0e);
const WITHOUT: RGBColor = RGBColor(0x8a, 0x94, 0x9e);
/// Readable on a light page and on a dark one.
const TEXT: RGBColor = RGBColor(0x76, 0x7e, 0x87);

pub(crate) fn draw(scenes: &[Scene], path: &Path) -> Result<(), Box<dyn Error>> {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    for (area, scene) in root.split_evenly((scenes.len(), 1)).iter().zip(scenes) {
        panel(area, scene)?;
    }
    root.present()?;
    Ok(())
}

fn panel(area: &Area<'_>, scene: &Scene) -> Result<(), Box<dyn Error>> {
    let text = ("sans-serif", 14).into_font().color(&TEXT);
    let heading = ("sans-serif", 15).into_font().color(&TEXT);
    let mut chart = ChartBuilder::on(area)
        .caption(scene.heading, heading)
        .margin(10)
        .margin_right(24)
        .x_label_area_size(36)
        .y_label_area_size(52)
        .build_cartesian_2d(0.0..DURATION as f64, 0.0..4.5)?;
    let outage = [(DOWN_FROM as f64, 0.0), (DOWN_UNTIL as f64, 4.5)];
    chart.draw_series([Rectangle::new(outage, TEXT.mix(0.15).filled())])?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(TEXT.mix(0.25))
        .light_line_style(TRANSPARENT)
        .axis_style(TEXT)
        .label_style(text.clone())
        .y_labels(5)
        .y_label_formatter(&|times| format!("{times:.0} x"))
        .x_label_formatter(&|second| format!("{second:.0}"))
        .x_desc("seconds; the backend is down in the shaded ones")
        .y_desc("load, of the normal one")
        .draw()?;
    let lines = [
        ("without a budget", WITHOUT, &scene.without_budget),
        ("with a budget of 20 %", WITH, &scene.with_budget),
    ];
    for (name, color, storm) in lines {
        let style = color.stroke_width(2);
        chart
            .draw_series(LineSeries::new(steps(storm), style))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .border_style(TRANSPARENT)
        .label_font(text)
        .draw()?;
    Ok(())
}

/// The load of each second from its beginning to its end.
fn steps(storm: &Storm) -> impl Iterator<Item = (f64, f64)> {
    storm
        .load()
        .into_iter()
        .enumerate()
        .flat_map(|(second, requests)| {
            let load = f64::from(requests) / f64::from(NORMAL);
            [(second as f64, load), (second as f64 + 1.0, load)]
        })
}
