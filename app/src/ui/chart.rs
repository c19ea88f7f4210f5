//! Charts, drawn as SVG with presentation attributes only, because the content security policy forbids style
//! attributes. Coordinates are integers in hundredths, because formatting of floats adds 6 kB to the program.

use leptos::prelude::*;
use model::money::grouped;

/// Sparkline of the values, oldest first. Hidden from assistive technology; the figure beside it has the value.
#[component]
pub fn Spark(
    /// Values, oldest first.
    values: Vec<i64>,
) -> impl IntoView {
    let (low, high) = (values.iter().copied().min().unwrap_or(0), values.iter().copied().max().unwrap_or(0));
    let (span, last) = ((high - low).max(1), values.len().max(2) - 1);
    let path: String = values
        .iter()
        .enumerate()
        .map(|(i, value)| {
            let (x, y) = (i * 10_000 / last, 2_200 - share(value - low, span, 2_000));
            format!("{}{} {}", if i == 0 { 'M' } else { 'L' }, hundredths(x as i64), hundredths(y))
        })
        .collect();
    view! { <svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true"><path d=path></path></svg> }
}

/// Bar chart of the values, oldest first, with a labelled scale. `days` gives the label of each bar.
#[component]
pub fn BarChart(
    /// Accessible label.
    label: String,
    /// Values, oldest first.
    values: Vec<i64>,
    /// Label of each bar.
    days: Vec<String>,
    /// Unit of the values.
    unit: &'static str,
) -> impl IntoView {
    let top = nice_ceiling(values.iter().copied().max().unwrap_or(0));
    let count = values.len().max(1);
    let scale: Vec<_> = (0..4).rev().map(|i| view! { <span>{short(top * i / 3)}</span> }).collect();
    let grid: Vec<_> = (0..4)
        .map(|i| {
            let y = percent(i * 3_333);
            view! { <line class="grid" x1="0" x2="100%" y1=y.clone() y2=y></line> }
        })
        .collect();
    let ends = (days.first().cloned().unwrap_or_default(), days.last().cloned().unwrap_or_default());
    let bars: Vec<_> = values
        .iter()
        .zip(days)
        .enumerate()
        .map(|(i, (value, day))| {
            let height = share(*value, top, 10_000);
            let (x, next) = ((i * 10_000 / count) as i64, ((i + 1) * 10_000 / count) as i64);
            let width = next - x;
            view! {
                <rect class="bar" x=percent(x + width * 4 / 25) y=percent(10_000 - height)
                    width=percent(width * 17 / 25) height=percent(height) rx="1.5"></rect>
                <rect class="hit" x=percent(x) y="0" width=percent(width) height="100%">
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

/// Line of a [`PriceCurve`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurveLine {
    /// Name of the line, for its label.
    pub label: &'static str,
    /// Points from left to right in a square of [`CURVE_SIZE`], whose origin is at the top left.
    pub points: Vec<(u32, u32)>,
}

/// Width and height of the square that a curve is drawn in, before it is scaled to its element.
pub const CURVE_SIZE: u32 = 1_000;

/// Curves of amounts over quantities, both from zero. The first line is drawn solid, all others dashed.
#[component]
pub fn PriceCurve(
    /// Accessible label, which says what the figures in the text beside it are.
    label: String,
    /// Lines.
    lines: Vec<CurveLine>,
    /// Largest quantity, at the end of the horizontal scale.
    end: String,
    /// Largest amount, at the top of the vertical scale.
    top: String,
) -> impl IntoView {
    let grid: Vec<_> = (0..4)
        .map(|i| {
            let y = (i * CURVE_SIZE / 3).to_string();
            view! { <line class="grid" x1="0" x2=CURVE_SIZE.to_string() y1=y.clone() y2=y></line> }
        })
        .collect();
    let key = (lines.len() > 1).then(|| {
        let names = lines.iter().enumerate().map(|(i, line)| {
            let class = if i == 0 { "solid" } else { "dashed" };
            view! { <span class=class>{line.label}</span> }
        });
        view! { <div class="key" aria-hidden="true">{names.collect_view()}</div> }
    });
    let drawn: Vec<_> = lines
        .into_iter()
        .enumerate()
        .map(|(i, line)| {
            let class = if i == 0 { "line" } else { "line other" };
            view! { <path class=class d=path_of(&line.points)></path> }
        })
        .collect();
    view! {
        <div class="chart curve">
            <div class="y" aria-hidden="true"><span>{top}</span><span>"0"</span></div>
            <svg role="img" aria-label=label viewBox="0 0 1000 1000" preserveAspectRatio="none">{grid}{drawn}</svg>
            <div class="x" aria-hidden="true"><span>"0"</span><span>{end}</span></div>
            {key}
        </div>
    }
}

fn path_of(points: &[(u32, u32)]) -> String {
    let step = |(i, (x, y)): (usize, &(u32, u32))| format!("{}{x} {y}", if i == 0 { 'M' } else { 'L' });
    points.iter().enumerate().map(step).collect()
}

/// Returns the least number of the form 3, 6, 9, 15 or 21 times a power of ten that is not below `value`. It is
/// divisible by three, the number of grid steps.
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
        _ => format!("{}.{}M", value / 1_000_000, value / 100_000 % 10),
    }
}

/// Returns `value / of`, scaled to `parts`, without overflow of the product.
fn share(value: i64, of: i64, parts: i64) -> i64 {
    value.checked_mul(parts).map_or_else(|| value / (of / parts).max(1), |product| product / of.max(1))
}

/// Formats a non-negative number of hundredths as a decimal.
fn hundredths(value: i64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

/// Formats hundredths of a percent, at least 0, for an attribute of an SVG element: `33.33%`.
pub fn percent(hundredths_of: i64) -> String {
    hundredths(hundredths_of) + "%"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_covers_its_values_and_is_divisible_by_three() {
        for value in [0, 1, 3, 4, 29, 30, 31, 999, 123_456, 9_999_999] {
            let top = nice_ceiling(value);
            assert!(top >= value && top % 3 == 0, "{value} -> {top}");
        }
    }

    #[test]
    fn shares_of_large_numbers_do_not_overflow() {
        assert_eq!((share(0, 9, 10_000), share(9, 9, 10_000), share(1, 3, 10_000)), (0, 10_000, 3_333));
        let near = share(i64::MAX / 2, i64::MAX, 10_000);
        assert!((4_999..=5_001).contains(&near), "{near}");
        assert_eq!(percent(3_333), "33.33%");
        assert_eq!(hundredths(5), "0.05");
    }

    #[test]
    fn a_curve_is_a_path_through_its_points() {
        assert_eq!(path_of(&[(0, 1_000), (500, 750), (1_000, 0)]), "M0 1000L500 750L1000 0");
    }
}
