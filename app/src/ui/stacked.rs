//! Chart of stacked bars, one for each day, drawn as SVG with presentation attributes only, like the other charts.
//!
//! The colours of the series are classes `s1` to `s8`, and `s0` for the rest. The legend has the same order as the stack,
//! from the bottom up, so that a chart without colours can be read, too.

use super::chart::percent;
use leptos::prelude::*;
use model::{pricing::Quantity, usage::Axis};

/// Number of series with a colour of their own.
pub const COLOURS: usize = 8;

/// Returns the class of a series: `s1` to `s8`, or `s0` for the others.
pub const fn colour(position: usize) -> &'static str {
    match position {
        0 => "s1",
        1 => "s2",
        2 => "s3",
        3 => "s4",
        4 => "s5",
        5 => "s6",
        6 => "s7",
        7 => "s8",
        _ => "s0",
    }
}

/// Stacked bars of the series, oldest day first, with a labelled scale.
#[component]
pub fn StackedBars(
    /// Accessible label.
    label: String,
    /// Scale, which must cover the sum of the series of each day.
    axis: Axis,
    /// Series from the bottom up: class and quantity of each day.
    series: Vec<(&'static str, Vec<Quantity>)>,
    /// Quantity of each day of the compared range, drawn as a line above the day. Empty for none.
    before: Vec<Quantity>,
    /// Label of the first, the middle and the last day.
    ends: Vec<String>,
    /// Text of each day.
    titles: Vec<String>,
) -> impl IntoView {
    let count = titles.len().max(1);
    let scale: Vec<_> = axis.labels().into_iter().map(|label| view! { <span>{label}</span> }).collect();
    let grid: Vec<_> = (0..4)
        .map(|i| {
            let y = percent(i * 3_333);
            view! { <line class="grid" x1="0" x2="100%" y1=y.clone() y2=y></line> }
        })
        .collect();
    let edges = |at: usize| {
        let edge = |at: usize| i64::try_from(at * 10_000 / count).unwrap_or(10_000);
        (edge(at), edge(at + 1))
    };
    let mut bars: Vec<AnyView> = Vec::new();
    for (at, title) in titles.into_iter().enumerate() {
        let (x, next) = edges(at);
        let width = next - x;
        let (left, wide) = (percent(x + width * 4 / 25), percent(width * 17 / 25));
        let mut top = 10_000;
        for (class, days) in &series {
            let height = days.get(at).map_or(0, |quantity| axis.height(*quantity)).min(top);
            if height > 0 {
                top -= height;
                let (left, wide, class) = (left.clone(), wide.clone(), format!("bar {class}"));
                bars.push(
                    view! { <rect class=class x=left y=percent(top) width=wide height=percent(height)></rect> }
                        .into_any(),
                );
            }
        }
        if let Some(quantity) = before.get(at) {
            let y = percent(10_000 - axis.height(*quantity).min(10_000));
            bars.push(
                view! { <line class="before" x1=percent(x) x2=percent(next) y1=y.clone() y2=y></line> }.into_any(),
            );
        }
        bars.push(
            view! { <rect class="hit" x=percent(x) y="0" width=percent(width) height="100%"><title>{title}</title></rect> }
                .into_any(),
        );
    }
    let ends: Vec<_> = ends.into_iter().map(|end| view! { <span>{end}</span> }).collect();
    view! {
        <div class="chart stacked">
            <div class="y" aria-hidden="true">{scale}</div>
            <svg role="img" aria-label=label>{grid}{bars}</svg>
            <div class="x" aria-hidden="true">{ends}</div>
        </div>
    }
}
