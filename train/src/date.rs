//! A moment as the name of a file.

/// A moment as in `2026-11-28T18-03-42.120934Z`, from the microseconds since 1970: the names of later ones come after it in
/// the order of the alphabet, and there is no colon, which some systems do not take.
///
/// A year begins in March here, so that the day that only some years have is its last (Hinnant, `civil_from_days`).
pub(crate) fn name(micros: u64) -> String {
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    // 400 years are always as long.
    let (cycle, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    let (year, hour, minute, second) = (400 * cycle + year, second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}-{minute:02}-{second:02}.{micros:06}Z")
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::name;

    #[test]
    fn moments_have_the_names_that_the_standard_gives() {
        let last = 253_402_300_799_999_999;
        let days = (0..146_097 + 11_000).map(|day| day * 86_400_000_000 + day * 7_654_321 % 86_400_000_000);
        for micros in days.chain([0, 951_782_399_999_999, 951_782_400_000_000, last]) {
            let standard = humantime::format_rfc3339_micros(UNIX_EPOCH + Duration::from_micros(micros)).to_string();
            assert_eq!(name(micros), standard.replace(':', "-"));
        }
        assert_eq!(name(last), "9999-12-31T23-59-59.999999Z");
    }
}
