//! Charts, drawn as SVG with presentation attributes only: the content security policy allows no style attributes.

use leptos::prelude::*;
use model::money::grouped;

/// A sparkline of the values, oldest first. Says nothing by itself: the figure beside it does.
#[component]
pub fn Spark(
    /// The values.
    values: Vec<i64>,
) -> impl IntoView {
    let (low, high) = (values.iter().copied().min().unwrap_or(0), values.iter().copied().max().unwrap_or(0));
    let span = (high - low).max(1) as f64;
    let step = 100.0 / (values.len().max(2) - 1) as f64;
    let path: String = values
        .iter()
        .enumerate()
        .map(|(i, value)| {
            let (x, y) = (i as f64 * step, 22.0 - (value - low) as f64 / span * 20.0);
            format!("{}{x:.1} {y:.1}", if i == 0 { 'M' } else { 'L' })
        })
        .collect();
    view! { <svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true"><path d=path></path></svg> }
}

/// A bar for each value, oldest first, with a labelled scale. `days` names each bar.
#[component]
pub fn BarChart(
    /// What it shows, for those who don't see it.
    label: String,
    /// The values.
    values: Vec<i64>,
    /// What each is of.
    days: Vec<String>,
    /// What is counted.
    unit: &'static str,
) -> impl IntoView {
    let top = nice_ceiling(values.iter().copied().max().unwrap_or(0));
    let width = 100.0 / values.len().max(1) as f64;
    let scale: Vec<_> = (0..4).rev().map(|i| view! { <span>{short(top * i / 3)}</span> }).collect();
    let grid: Vec<_> = (0..4)
        .map(|i| {
            let y = format!("{:.2}%", f64::from(i) * 33.33);
            view! { <line class="grid" x1="0" x2="100%" y1=y.clone() y2=y></line> }
        })
        .collect();
    let ends = (days.first().cloned().unwrap_or_default(), days.last().cloned().unwrap_or_default());
    let bars: Vec<_> = values
        .iter()
        .zip(days)
        .enumerate()
        .map(|(i, (value, day))| {
            let height = *value as f64 / top as f64 * 100.0;
            let x = i as f64 * width;
            view! {
                <rect class="bar" x=format!("{:.2}%", x + width * 0.16) y=format!("{:.2}%", 100.0 - height)
                    width=format!("{:.2}%", width * 0.68) height=format!("{height:.2}%") rx="1.5"></rect>
                <rect class="hit" x=format!("{x:.2}%") y="0" width=format!("{width:.2}%") height="100%">
                    <title>{format!("{day}: {} {unit}", grouped(value.unsigned_abs()))}</title>
                </rect>
            }
        })
        .collect();
    view! {
        <div class="chart">
            <div class="y" aria-hidden="true">{scale}</div>
            <svg role="img" aria-label=label>{grid}{bars}</svg>
            <div class="x" aria-hidden="true"><span>{ends.0}</span><span>{ends.1}</span></div>
        </div>
    }
}

/// The least number of the form 3, 6, 9 or 15 times a power of ten that is not below `value`: it divides by three.
fn nice_ceiling(value: i64) -> i64 {
    let mut unit = 1;
    loop {
        for factor in [3, 6, 9, 15, 21] {
            if factor * unit >= value {
                return factor * unit;
            }
        }
        unit *= 10;
    }
}

fn short(value: i64) -> String {
    match value {
        0..10_000 => grouped(value.unsigned_abs()),
        10_000..1_000_000 => format!("{}k", value / 1_000),
        _ => format!("{:.1}M", value as f64 / 1_000_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_holds_its_values_and_divides_by_three() {
        for value in [0, 1, 3, 4, 29, 30, 31, 999, 123_456, 9_999_999] {
            let top = nice_ceiling(value);
            assert!(top >= value && top % 3 == 0, "{value} -> {top}");
        }
    }
}
