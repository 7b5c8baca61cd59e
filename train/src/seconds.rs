//! Times for people.

use std::fmt;

/// A time in seconds, as a person reads it: `12.50 s`, `3.20 ms`, `41.0 µs`.
///
/// The alternate form (`{:#}`) is a number of seconds without its unit, for a column of a table: `12.50`, `0.00320`.
///
/// ```
/// use typednet_train::Seconds;
///
/// assert_eq!([12.5, 0.0032, 41e-6].map(|time| Seconds(time).to_string()), ["12.50 s", "3.20 ms", "41.0 µs"]);
/// assert_eq!(format!("{:#} {:>9}", Seconds(0.0032), Seconds(0.5)), "0.00320    0.50 s");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Seconds(pub f64);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(seconds) = *self;
        // The time that is rounded to 0.01 is 0.01.
        let is_short = seconds > 0.0 && seconds < 0.009_995;
        let text = match f.alternate() {
            true if is_short => {
                // Three digits that say something.
                let (mut scaled, mut digits) = (100.0 * seconds, 2);
                while scaled < 99.95 && digits < 12 {
                    (scaled, digits) = (10.0 * scaled, digits + 1);
                }
                format!("{seconds:.digits$}")
            }
            true => format!("{seconds:.2}"),
            false if is_short && seconds < 0.000_999_5 => format!("{:.1} µs", seconds * 1e6),
            false if is_short => format!("{:.2} ms", seconds * 1e3),
            false => format!("{seconds:.2} s"),
        };
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_has_digits_that_say_something() {
        let said = |seconds: f64| [format!("{}", Seconds(seconds)), format!("{:#}", Seconds(seconds))];
        assert_eq!(said(0.0), ["0.00 s", "0.00"]);
        assert_eq!(said(1234.5), ["1234.50 s", "1234.50"]);
        assert_eq!(said(0.01), ["0.01 s", "0.01"]);
        assert_eq!(said(0.009_999), ["0.01 s", "0.01"]);
        assert_eq!(said(0.009_99), ["9.99 ms", "0.00999"]);
        assert_eq!(said(0.001), ["1.00 ms", "0.00100"]);
        assert_eq!(said(0.000_123_4), ["123.4 µs", "0.000123"]);
        assert_eq!(said(2e-7), ["0.2 µs", "0.000000200"]);
        assert_eq!(format!("[{:>9}][{:<8}]", Seconds(0.5), Seconds(0.004)), "[   0.50 s][4.00 ms ]");
    }
}
