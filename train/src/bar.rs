//! The bar on a terminal.

use std::fmt;
use std::io::{IsTerminal, Write, stderr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The last line of a terminal, drawn over again while something is under way: how far it is, and how long it still takes.
///
/// It is on the standard error stream, is drawn at most 20 times a second, and goes away at its end. What is
/// [said](Bar::say) stays above it.
///
/// ```
/// use typednet_train::Bar;
///
/// let bar = Bar::on_terminal(100);
/// for _ in 0..100 {
///     // Work, and then:
///     if let Some(bar) = &bar {
///         bar.advance();
///     }
/// }
/// ```
pub struct Bar {
    state: Mutex<State>,
}

struct State {
    out: Box<dyn Write + Send>,
    title: String,
    note: String,
    total: u64,
    /// Where it was when the clock started.
    start: u64,
    position: u64,
    clock: Instant,
    drawn: Option<Instant>,
}

/// The time between two drawings.
const PAUSE: Duration = Duration::from_millis(50);

/// The number of characters of the bar itself.
const WIDTH: u64 = 32;

/// To the line's start, and away with what is in it.
const CLEAR: &str = "\r\x1b[K";

/// What goes beyond the terminal's right edge is left off, and not continued in the next line: drawing over it would leave
/// that there.
const CUT: [&str; 2] = ["\x1b[?7l", "\x1b[?7h"];

impl Bar {
    /// A bar for `total` steps, where the standard error stream is a terminal that can draw over a line: nothing in files
    /// and pipes, and where `TERM` is `dumb` or not set.
    pub fn on_terminal(total: u64) -> Option<Self> {
        (stderr().is_terminal() && draws_over(std::env::var("TERM").ok().as_deref())).then(|| Self::to(total, stderr()))
    }

    fn to(total: u64, out: impl Write + Send + 'static) -> Self {
        let (out, clock) = (Box::new(out), Instant::now());
        let (title, note, drawn) = (String::new(), String::new(), None);
        Self { state: Mutex::new(State { out, title, note, total, start: 0, position: 0, clock, drawn }) }
    }

    /// Begins anew at step `position`, under a title such as `epoch 3/10`.
    pub fn restart(&self, title: impl Into<String>, position: u64) {
        let mut state = self.lock();
        (state.title, state.start, state.position) = (title.into(), position, position);
        state.clock = Instant::now();
        state.draw_if_due();
    }

    /// One step is done; gives how many are.
    pub fn advance(&self) -> u64 {
        let mut state = self.lock();
        state.position += 1;
        state.draw_if_due();
        state.position
    }

    /// Shows a few words beside the bar from the next drawing on.
    pub fn note(&self, words: impl Into<String>) {
        self.lock().note = words.into();
    }

    /// Prints a line above the bar.
    pub fn say(&self, line: &str) {
        let mut state = self.lock();
        let bar = state.line(state.clock.elapsed());
        state.write(&format!("{CLEAR}{line}\n{bar}"));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        let mut state = self.lock();
        if state.drawn.is_some() {
            state.write(CLEAR);
        }
    }
}

impl State {
    fn draw_if_due(&mut self) {
        let now = Instant::now();
        if self.drawn.is_none_or(|drawn| now - drawn >= PAUSE) {
            let line = self.line(now - self.clock);
            self.write(&format!("{CLEAR}{line}"));
        }
    }

    /// Writes all at once, so that nobody else's text comes between. A terminal that has gone away is no reason to stop.
    fn write(&mut self, text: &str) {
        self.drawn = Some(Instant::now());
        let _ = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
    }

    /// As in `epoch 3/10  ██████░░░░  60/100  loss 0.2310  4s left`.
    fn line(&self, elapsed: Duration) -> String {
        let Self { title, note, total, start, position, .. } = self;
        let filled = if *total == 0 { WIDTH } else { (WIDTH * position.min(total)) / total };
        let bar = (0..WIDTH).map(|place| if place < filled { '█' } else { '░' }).collect();
        let left = match position.saturating_sub(*start) {
            0 => String::new(),
            done => {
                let steps = total.saturating_sub(*position) as f64;
                format!("{} left", Short(elapsed.as_secs_f64() / done as f64 * steps))
            }
        };
        let parts = [title.clone(), bar, format!("{position}/{total}"), note.clone(), left];
        let [before, behind] = CUT;
        before.to_owned() + &parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ") + behind
    }
}

/// Whether a terminal of this name can draw over a line.
fn draws_over(term: Option<&str>) -> bool {
    term.is_some_and(|term| !term.is_empty() && term != "dumb")
}

/// A time in seconds, as in `4s`, `2m05s`, `3h20m`.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[allow(clippy::cast_sign_loss, reason = "a time is not below 0, and a conversion ends at the largest number")]
        let seconds = self.0.round() as u64;
        match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
            (0, 0, seconds) => write!(f, "{seconds}s"),
            (0, minutes, seconds) => write!(f, "{minutes}m{seconds:02}s"),
            (hours, minutes, _) => write!(f, "{hours}h{minutes:02}m"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// What a terminal was sent.
    #[derive(Clone, Default)]
    struct Sent(Arc<Mutex<Vec<u8>>>);

    impl Write for Sent {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no panic").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Sent {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("no panic").clone()).expect("text")
        }
    }

    #[test]
    fn a_line_says_how_far_it_is() {
        let bar = Bar::to(100, Sent::default());
        bar.restart("epoch 3/10", 20);
        bar.note("loss 0.2310");
        for _ in 0..30 {
            bar.advance();
        }
        let line = bar.lock().line(Duration::from_mins(1));
        let half = "█".repeat(16) + &"░".repeat(16);
        assert_eq!(line, format!("{}epoch 3/10  {half}  50/100  loss 0.2310  1m40s left{}", CUT[0], CUT[1]));
    }

    #[test]
    fn a_line_needs_neither_words_nor_steps() {
        let empty = Bar::to(0, Sent::default());
        assert_eq!(empty.lock().line(Duration::ZERO), format!("{}{}  0/0{}", CUT[0], "█".repeat(32), CUT[1]));
        let more = Bar::to(1, Sent::default());
        for _ in 0..3 {
            more.advance();
        }
        assert!(more.lock().line(Duration::from_secs(3)).contains("  3/1  0s left"));
    }

    #[test]
    fn lines_stay_above_the_bar_and_the_bar_goes_away() {
        let sent = Sent::default();
        let bar = Bar::to(10, sent.clone());
        bar.advance();
        bar.say("first");
        for _ in 0..9 {
            bar.advance();
        }
        drop(bar);
        let text = sent.text();
        let parts: Vec<&str> = text.split(CLEAR).collect();
        assert!(parts.len() == 4 && parts[0].is_empty() && parts[3].is_empty(), "{parts:?}");
        assert!(parts[1].contains("  1/10") && !parts[1].contains('\n'), "{parts:?}");
        assert!(parts[2].starts_with("first\n") && parts[2].contains("  1/10"), "drawn 20 times a second: {parts:?}");
    }

    #[test]
    fn a_bar_that_was_never_drawn_leaves_nothing() {
        let sent = Sent::default();
        drop(Bar::to(10, sent.clone()));
        assert_eq!(sent.text(), "");
    }

    #[test]
    fn dumb_terminals_cannot_draw_over_a_line() {
        assert!([None, Some(""), Some("dumb")].into_iter().all(|term| !draws_over(term)));
        assert!(["xterm-256color", "linux", "screen"].into_iter().all(|term| draws_over(Some(term))));
    }

    #[test]
    fn times_are_short() {
        let text = |seconds| Short(seconds).to_string();
        assert_eq!([0.4, 59.4, 125.0, 12_000.0].map(text), ["0s", "59s", "2m05s", "3h20m"]);
        assert!(text(f64::INFINITY).ends_with('m'));
    }
}
