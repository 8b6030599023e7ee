//! Single values of a TOML file as the catalogue wants them; nothing where they are of another kind.

use chrono::NaiveDate;
use toml::de::DeValue;

/// A text that says something.
pub(super) fn filled(value: &DeValue<'_>) -> Option<String> {
    let text = value.as_str()?;
    (!text.trim().is_empty()).then(|| text.to_owned())
}

pub(super) fn whole(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// A date without a time of day.
pub(super) fn day(value: &DeValue<'_>) -> Option<NaiveDate> {
    let moment = value.as_datetime()?;
    if moment.time.is_some() {
        return None;
    }
    let date = moment.date?;
    NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
}
