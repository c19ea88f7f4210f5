//! Charts of the usage page.

use super::{
    event::Health,
    measure::Measure,
    query::{Days, UsageQuery},
    subtract,
};
use crate::pricing::Quantity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use time::Date;
use uuid::Uuid;

/// Number of series that a chart lists by name. The others are one series.
pub const SERIES_LISTED: usize = 20;
/// Number of movers of a chart.
const MOVERS: usize = 5;

/// A series of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// ID of the meter, product or customer. `None` for the others, and for a chart without groups.
    pub id: Option<Uuid>,
    /// Name.
    pub name: String,
    /// Quantity of each day, oldest first.
    pub days: Vec<Quantity>,
    /// Quantity of all days.
    pub total: Quantity,
    /// Quantity of the days before.
    pub before: Quantity,
}

/// A group whose usage changed much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mover {
    /// ID of the meter, product or customer.
    pub id: Option<Uuid>,
    /// Name.
    pub name: String,
    /// Quantity of the days of the report.
    pub total: Quantity,
    /// Quantity of the days before.
    pub before: Quantity,
}

/// Chart of the quantities in one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageChart {
    /// How the quantities were computed.
    pub measure: Measure,
    /// Title.
    pub title: String,
    /// Name of one unit.
    pub unit: String,
    /// All groups: quantity of each day, of all days and of the days before.
    pub all: Series,
    /// All groups on each of the days before, oldest first.
    pub before: Vec<Quantity>,
    /// Groups, the largest first, at most [`SERIES_LISTED`].
    pub series: Vec<Series>,
    /// The other groups together.
    pub rest: Option<Series>,
    /// Groups that changed most against the days before, at most 5.
    pub movers: Vec<Mover>,
}

/// Data of the usage page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageReport {
    /// The query.
    pub query: UsageQuery,
    /// Days of the report.
    pub days: Days,
    /// Days that they are compared with.
    pub before: Days,
    /// Current day in the workspace's time zone.
    pub today: Date,
    /// Name of that time zone.
    pub time_zone: String,
    /// Charts with usage.
    pub charts: Vec<UsageChart>,
    /// Number of charts with usage that are left out.
    pub more: i64,
    /// `true` if the workspace has received an event, on any day.
    pub has_events: bool,
    /// State of the ingestion. `None` for guests.
    pub health: Option<Health>,
}

/// Heading of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartHead {
    /// How the quantities are computed.
    pub measure: Measure,
    /// Title.
    pub title: String,
    /// Name of one unit.
    pub unit: String,
}

/// Quantity of a group on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Position of the chart.
    pub chart: usize,
    /// Meter, product or customer. `None` for groups that were put together.
    pub group: Option<Uuid>,
    /// Day of the usage.
    pub day: Date,
    /// The quantity.
    pub quantity: Quantity,
}

/// Quantities by day.
type Values = Vec<Quantity>;

/// Returns a chart of each heading that has usage on one of the days or the days before. `name` names a group.
pub fn charts(
    heads: Vec<ChartHead>,
    points: &[Point],
    (days, before): (Days, Days),
    name: impl Fn(Uuid) -> String,
) -> Vec<UsageChart> {
    let mut groups: BTreeMap<(usize, Option<Uuid>), (Values, Values)> = BTreeMap::new();
    let blank = |days: Days| vec![Quantity::ZERO; usize::try_from(days.count()).unwrap_or_default()];
    for point in points {
        let Some(head) = heads.get(point.chart) else { continue };
        let key = (point.chart, point.group);
        let (now, then) = groups.entry(key).or_insert_with(|| (blank(days), blank(before)));
        let slot = match (days.position(point.day), before.position(point.day)) {
            (Some(at), _) => now.get_mut(at),
            (None, Some(at)) => then.get_mut(at),
            (None, None) => None,
        };
        if let Some(slot) = slot {
            *slot = head.measure.over_groups(*slot, point.quantity);
        }
    }
    let mut all: BTreeMap<usize, Vec<Group>> = BTreeMap::new();
    for ((chart, id), (now, before)) in groups {
        all.entry(chart).or_default().push(Group { id, now, before });
    }
    let drawn = heads.into_iter().enumerate().filter_map(|(at, head)| Some(chart(head, all.remove(&at)?, &name)));
    drawn.filter(|chart| chart.all.total != Quantity::ZERO || chart.all.before != Quantity::ZERO).collect()
}

/// A group of a chart, on the days and the days before.
struct Group {
    id: Option<Uuid>,
    now: Vec<Quantity>,
    before: Vec<Quantity>,
}

fn chart(head: ChartHead, groups: Vec<Group>, name: &impl Fn(Uuid) -> String) -> UsageChart {
    let ChartHead { measure, title, unit } = head;
    let mut all: Option<Group> = None;
    for group in &groups {
        match &mut all {
            Some(all) => {
                measure.join(&mut all.now, &group.now);
                measure.join(&mut all.before, &group.before);
            }
            None => all = Some(Group { id: None, now: group.now.clone(), before: group.before.clone() }),
        }
    }
    let all = all.unwrap_or(Group { id: None, now: Vec::new(), before: Vec::new() });
    let series = |group: Group, name: String| Series {
        id: group.id,
        name,
        total: measure.over_days(&group.now),
        before: measure.over_days(&group.before),
        days: group.now,
    };
    let before = all.before.clone();
    let all = series(all, "All".to_owned());
    let mut rest: Option<Group> = None;
    let mut named: Vec<(Series, Vec<Quantity>)> = Vec::new();
    let put_together = |rest: &mut Option<Group>, group: Group| match rest {
        Some(all) => {
            measure.join(&mut all.now, &group.now);
            measure.join(&mut all.before, &group.before);
        }
        None => *rest = Some(Group { id: None, ..group }),
    };
    for group in groups {
        match group.id {
            Some(id) => {
                let before = group.before.clone();
                named.push((series(group, name(id)), before));
            }
            None => put_together(&mut rest, group),
        }
    }
    named.sort_by(|(a, _), (b, _)| b.total.cmp(&a.total).then_with(|| a.name.cmp(&b.name)));
    let movers = movers(named.iter().map(|(series, _)| series));
    // Groups that are known for their change only.
    named.retain(|(series, _)| series.total != Quantity::ZERO || series.before != Quantity::ZERO);
    for (series, before) in named.split_off(named.len().min(SERIES_LISTED)) {
        put_together(&mut rest, Group { id: None, now: series.days, before });
    }
    let rest = rest.map(|group| series(group, "All others".to_owned()));
    let rest = rest.filter(|rest| rest.total != Quantity::ZERO || rest.before != Quantity::ZERO);
    let series = named.into_iter().map(|(series, _)| series).collect();
    UsageChart { measure, title, unit, all, before, series, rest, movers }
}

/// Returns the series that changed most. One series alone is no ranking.
fn movers<'a>(series: impl Iterator<Item = &'a Series>) -> Vec<Mover> {
    let mut all: Vec<&Series> = series.collect();
    if all.len() < 2 {
        return Vec::new();
    }
    let moved = |series: &Series| {
        let difference = subtract(series.total, series.before);
        difference.max(subtract(Quantity::ZERO, difference))
    };
    all.retain(|series| moved(series) != Quantity::ZERO);
    all.sort_by(|a, b| moved(b).cmp(&moved(a)).then_with(|| a.name.cmp(&b.name)));
    all.truncate(MOVERS);
    all.into_iter()
        .map(|series| Mover { id: series.id, name: series.name.clone(), total: series.total, before: series.before })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::add, *};
    use proptest::prelude::*;
    use time::{Duration, macros::date};

    const FROM: Date = date!(2026 - 03 - 11);

    fn ranges() -> (Days, Days) {
        let days = Days { from: FROM, until: FROM + Duration::days(10) };
        (days, Days { from: FROM - Duration::days(10), until: FROM })
    }

    fn head(measure: Measure) -> ChartHead {
        ChartHead { measure, title: "Tokens".to_owned(), unit: "token".to_owned() }
    }

    fn whole(number: i64) -> Quantity {
        Quantity::parse(&number.to_string()).unwrap()
    }

    fn point(group: u128, day: i64, quantity: i64) -> Point {
        Point {
            chart: 0,
            group: (group > 0).then(|| Uuid::from_u128(group)),
            day: FROM + Duration::days(day),
            quantity: whole(quantity),
        }
    }

    proptest! {
        /// Nothing is lost or counted twice by putting groups together, and days outside are ignored.
        #[test]
        fn series_and_rest_add_up_to_the_sum_of_the_points(
            points in prop::collection::vec((0u128..40, -15i64..15, 0i64..1_000), 1..200),
        ) {
            let all: Vec<Point> = points.iter().map(|(group, day, quantity)| point(*group, *day, *quantity)).collect();
            let charts = charts(vec![head(Measure::Sum)], &all, ranges(), |id| id.to_string());
            let sum = |from: i64, until: i64| {
                points.iter().filter(|(_, day, _)| (from..until).contains(day)).map(|(_, _, quantity)| quantity).sum::<i64>()
            };
            let (now, then) = (sum(0, 10), sum(-10, 0));
            prop_assert_eq!(charts.is_empty(), now == 0 && then == 0);
            for chart in &charts {
                prop_assert_eq!(chart.all.total, whole(now));
                prop_assert_eq!(chart.all.before, whole(then));
                prop_assert!(chart.series.len() <= SERIES_LISTED && chart.movers.len() <= MOVERS);
                for at in 0..10 {
                    let parts = chart.series.iter().chain(&chart.rest).map(|series| series.days[at]);
                    prop_assert_eq!(parts.fold(Quantity::ZERO, add), chart.all.days[at]);
                }
                let parts = chart.series.iter().chain(&chart.rest);
                prop_assert_eq!(parts.map(|series| series.total).fold(Quantity::ZERO, add), chart.all.total);
                prop_assert!(chart.series.is_sorted_by(|a, b| a.total >= b.total));
            }
        }
    }

    #[test]
    fn peaks_are_never_added_up() {
        let points = [point(1, 0, 5), point(1, 1, 7), point(2, 1, 6), point(1, -3, 9)];
        let charts = charts(vec![head(Measure::Peak)], &points, ranges(), |id| id.to_string());
        assert_eq!((charts[0].all.total, charts[0].all.days[1], charts[0].all.before), (whole(7), whole(7), whole(9)));
    }

    #[test]
    fn distinct_values_are_added_up_over_customers_and_not_over_days() {
        let points = [point(1, 0, 5), point(2, 0, 2), point(1, 1, 5)];
        let charts = charts(vec![head(Measure::Unique)], &points, ranges(), |id| id.to_string());
        assert_eq!((charts[0].all.days[0], charts[0].all.total), (whole(7), whole(7)));
    }

    #[test]
    fn a_group_that_stopped_is_a_mover() {
        let points = [point(1, 0, 50), point(1, -1, 50), point(2, -1, 30), point(3, 0, 10)];
        let charts = charts(vec![head(Measure::Sum)], &points, ranges(), |id| id.as_u128().to_string());
        let moved: Vec<_> = charts[0].movers.iter().map(|mover| mover.name.as_str()).collect();
        assert_eq!(moved, ["2", "3"], "the one that did not change is none");
    }
}
