//! Time zones: their UTC offsets at any moment.
//!
//! All offsets come from PostgreSQL's time zone database, so that comparisons in SQL and the text of a page, a file or
//! an API response agree on the day. The offset changes of a zone are read once and cached.

use crate::error::StoreError;
use model::moment::Moment;
use sqlx::PgConnection;
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};
use time::{OffsetDateTime, UtcOffset};

/// Time zone. The offset is constant before the first and after the last known change.
#[derive(Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    first: UtcOffset,
    /// Start of each offset, as a Unix timestamp in seconds, and the offset. Ascending.
    changes: Vec<(i64, UtcOffset)>,
}

static KNOWN: LazyLock<Mutex<HashMap<String, Arc<Zone>>>> = LazyLock::new(Mutex::default);

impl Zone {
    /// Returns the zone of UTC.
    pub(crate) fn utc() -> Self {
        Self { name: "UTC".to_owned(), first: UtcOffset::UTC, changes: Vec::new() }
    }

    /// Returns the zone's name in the time zone database.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Converts a moment to the offset of this zone.
    pub fn at(&self, moment: OffsetDateTime) -> OffsetDateTime {
        let passed = self.changes.partition_point(|(from, _)| *from <= moment.unix_timestamp());
        let offset = passed.checked_sub(1).and_then(|last| self.changes.get(last)).map_or(self.first, |(_, to)| *to);
        // `None` only within a day of the earliest or latest representable moment.
        moment.checked_to_offset(offset).unwrap_or(moment)
    }

    /// Like [`at`](Self::at), but returns the type that pages use.
    pub fn local(&self, moment: OffsetDateTime) -> Moment {
        Moment::new(self.at(moment))
    }

    /// Returns the zone with that name, which must exist in the database. Cached in memory.
    pub(crate) async fn named(connection: &mut PgConnection, name: &str) -> Result<Arc<Self>, StoreError> {
        if name == "UTC" {
            return Ok(Arc::new(Self::utc()));
        }
        let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some(zone) = known {
            return Ok(zone);
        }
        let zone = Arc::new(Self::read(connection, name).await?);
        KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), Arc::clone(&zone));
        Ok(zone)
    }

    /// Reads the offset changes from 1970 to 2070. Each step between two different offsets is bisected to the second of
    /// the change. A step is four days, because no zone has changed twice within a week.
    async fn read(connection: &mut PgConnection, name: &str) -> Result<Self, StoreError> {
        let rows = sqlx::query!(
            r#"with recursive steps as (
                select at, extract(epoch from (at at time zone $1) - (at at time zone 'UTC'))::int as shift
                from generate_series(timestamptz '1970-01-01 00:00Z', timestamptz '2070-01-01 00:00Z', interval '96 hours') at
            ), pairs as (
                select at, shift, lead(at) over (order by at) as next, lead(shift) over (order by at) as next_shift from steps
            ), halved (low, shift, high, next_shift) as (
                select at, shift, next, next_shift from pairs where shift <> next_shift
                union all
                select case when m.shift = h.shift then m.at else h.low end, h.shift,
                    case when m.shift = h.shift then h.high else m.at end,
                    case when m.shift = h.shift then h.next_shift else m.shift end
                from halved h, lateral (
                    select at, extract(epoch from (at at time zone $1) - (at at time zone 'UTC'))::int as shift
                    from (select date_trunc('second', h.low + (h.high - h.low) / 2) as at) middle
                ) m
                where h.high - h.low > interval '1 second'
            )
            select extract(epoch from at)::bigint as "at!", shift as "shift!" from steps where at = '1970-01-01 00:00Z'
            union all
            select extract(epoch from high)::bigint, next_shift from halved where high - low <= interval '1 second'
            order by 1"#,
            name,
        )
        .fetch_all(connection)
        .await?;
        let offset = |seconds| {
            UtcOffset::from_whole_seconds(seconds)
                .map_err(|_| StoreError::Inconsistent(format!("an offset of {seconds} s in {name:?}")))
        };
        let mut changes = Vec::with_capacity(rows.len());
        for row in rows {
            changes.push((row.at, offset(row.shift)?));
        }
        let first = changes.first().map_or(UtcOffset::UTC, |(_, offset)| *offset);
        Ok(Self { name: name.to_owned(), first, changes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{datetime, offset};

    #[test]
    fn a_moment_gets_the_offset_that_was_in_force() {
        let spring = datetime!(2026-03-08 10:00 UTC);
        let zone = Zone {
            name: "America/Los_Angeles".to_owned(),
            first: offset!(-8),
            changes: vec![(0, offset!(-8)), (spring.unix_timestamp(), offset!(-7))],
        };
        assert_eq!(zone.at(datetime!(2026-03-08 09:59:59 UTC)).to_string(), "2026-03-08 1:59:59.0 -08:00:00");
        assert_eq!(zone.at(spring).to_string(), "2026-03-08 3:00:00.0 -07:00:00");
        assert_eq!(zone.at(datetime!(1950-01-01 0:00 UTC)).offset(), offset!(-8));
        assert_eq!(zone.at(OffsetDateTime::UNIX_EPOCH).offset(), offset!(-8));
    }
}
