//! Time zones available to workspaces.

use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use tokio::sync::OnceCell;

/// Former zone names, which the time zone database keeps for old data (file `backward`), with their current names. A
/// place with its own entry in `zone.tab` is not an alias. Sorted for binary search.
#[rustfmt::skip]
const ALIASES: &[(&str, &str)] = &[
    ("Africa/Asmera", "Africa/Asmara"), ("Africa/Timbuktu", "Africa/Bamako"),
    ("America/Argentina/ComodRivadavia", "America/Argentina/Catamarca"), ("America/Atka", "America/Adak"),
    ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"), ("America/Catamarca", "America/Argentina/Catamarca"),
    ("America/Coral_Harbour", "America/Atikokan"), ("America/Cordoba", "America/Argentina/Cordoba"),
    ("America/Ensenada", "America/Tijuana"), ("America/Fort_Wayne", "America/Indiana/Indianapolis"),
    ("America/Godthab", "America/Nuuk"), ("America/Indianapolis", "America/Indiana/Indianapolis"),
    ("America/Jujuy", "America/Argentina/Jujuy"), ("America/Knox_IN", "America/Indiana/Knox"),
    ("America/Louisville", "America/Kentucky/Louisville"), ("America/Mendoza", "America/Argentina/Mendoza"),
    ("America/Montreal", "America/Toronto"), ("America/Nipigon", "America/Toronto"),
    ("America/Pangnirtung", "America/Iqaluit"), ("America/Porto_Acre", "America/Rio_Branco"),
    ("America/Rainy_River", "America/Winnipeg"), ("America/Rosario", "America/Argentina/Cordoba"),
    ("America/Santa_Isabel", "America/Tijuana"), ("America/Shiprock", "America/Denver"),
    ("America/Thunder_Bay", "America/Toronto"), ("America/Virgin", "America/St_Thomas"),
    ("America/Yellowknife", "America/Edmonton"), ("Antarctica/South_Pole", "Pacific/Auckland"),
    ("Asia/Ashkhabad", "Asia/Ashgabat"), ("Asia/Calcutta", "Asia/Kolkata"), ("Asia/Choibalsan", "Asia/Ulaanbaatar"),
    ("Asia/Chongqing", "Asia/Shanghai"), ("Asia/Chungking", "Asia/Shanghai"), ("Asia/Dacca", "Asia/Dhaka"),
    ("Asia/Harbin", "Asia/Shanghai"), ("Asia/Istanbul", "Europe/Istanbul"), ("Asia/Kashgar", "Asia/Urumqi"),
    ("Asia/Katmandu", "Asia/Kathmandu"), ("Asia/Macao", "Asia/Macau"), ("Asia/Rangoon", "Asia/Yangon"),
    ("Asia/Saigon", "Asia/Ho_Chi_Minh"), ("Asia/Tel_Aviv", "Asia/Jerusalem"), ("Asia/Thimbu", "Asia/Thimphu"),
    ("Asia/Ujung_Pandang", "Asia/Makassar"), ("Asia/Ulan_Bator", "Asia/Ulaanbaatar"),
    ("Atlantic/Faeroe", "Atlantic/Faroe"), ("Atlantic/Jan_Mayen", "Europe/Berlin"),
    ("Australia/ACT", "Australia/Sydney"), ("Australia/Canberra", "Australia/Sydney"),
    ("Australia/Currie", "Australia/Hobart"), ("Australia/LHI", "Australia/Lord_Howe"),
    ("Australia/NSW", "Australia/Sydney"), ("Australia/North", "Australia/Darwin"),
    ("Australia/Queensland", "Australia/Brisbane"), ("Australia/South", "Australia/Adelaide"),
    ("Australia/Tasmania", "Australia/Hobart"), ("Australia/Victoria", "Australia/Melbourne"),
    ("Australia/West", "Australia/Perth"), ("Australia/Yancowinna", "Australia/Broken_Hill"),
    ("Europe/Belfast", "Europe/London"), ("Europe/Kiev", "Europe/Kyiv"), ("Europe/Nicosia", "Asia/Nicosia"),
    ("Europe/Tiraspol", "Europe/Chisinau"), ("Europe/Uzhgorod", "Europe/Kyiv"), ("Europe/Zaporozhye", "Europe/Kyiv"),
    ("Pacific/Enderbury", "Pacific/Kanton"), ("Pacific/Johnston", "Pacific/Honolulu"),
    ("Pacific/Ponape", "Pacific/Pohnpei"), ("Pacific/Samoa", "Pacific/Pago_Pago"), ("Pacific/Truk", "Pacific/Chuuk"),
    ("Pacific/Yap", "Pacific/Chuuk"),
];

/// Returns the current name of a zone.
pub(super) fn present(zone: &str) -> &str {
    let alias = ALIASES.binary_search_by_key(&zone, |(alias, _)| alias).ok().and_then(|at| ALIASES.get(at));
    alias.map_or(zone, |(_, present)| present)
}

/// Returns the names of all time zones in the database without aliases, `UTC` first. Cached, because PostgreSQL reads a
/// file for each zone.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.time_zones.time_zones", skip_all)]
pub async fn time_zones<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<&'static [String], StoreError> {
    static ZONES: OnceCell<Vec<String>> = OnceCell::const_new();
    let zones = ZONES.get_or_try_init(async || {
        let mut zones = sqlx::query_scalar!(
            r#"select name as "name!" from pg_timezone_names
            where name ~ '^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/' or name = 'UTC'
            order by name <> 'UTC', name"#
        )
        .fetch_all(tx.connection())
        .await?;
        zones.retain(|zone| present(zone) == zone);
        Ok::<_, StoreError>(zones)
    });
    Ok(zones.await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alias_maps_to_a_canonical_name() {
        assert!(ALIASES.is_sorted(), "bisection needs order");
        for (alias, zone) in ALIASES {
            assert_eq!(present(zone), *zone, "{alias} leads to another alias");
        }
        assert_eq!((present("Asia/Calcutta"), present("Europe/Kiev")), ("Asia/Kolkata", "Europe/Kyiv"));
        assert_eq!((present("Europe/Oslo"), present("UTC")), ("Europe/Oslo", "UTC"));
    }
}
