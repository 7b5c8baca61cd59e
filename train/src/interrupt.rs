//! The request to end a training after its step.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A request that trainings end after the step they are in, with a checkpoint where those are kept.
///
/// A clone is another handle to the same request: one goes to [`Trainer::stop_on`](crate::Trainer::stop_on), the other is
/// asked from another thread, such as that of a window with a button. [`on_signals`](Interrupt::on_signals) is the request
/// of Ctrl-C and of a batch system:
///
/// ```
/// use typednet_data::Dataset;
/// use typednet_layers::{Dense, Linear, Network, loss::SquaredError};
/// use typednet_optim::Adam;
/// use typednet_train::{Interrupt, TrainError, Trainer};
///
/// let interrupt = Interrupt::on_signals()?;
/// let mut trainer = Trainer::new(Dense::<1, 1, Linear>::seeded(0), SquaredError::Mean, Adam::new(0.1))
///     .stop_on(interrupt.clone())
///     .quiet();
/// # interrupt.ask();
/// let data = Dataset::new([[0.0_f32], [1.0]], [[1.0_f32], [3.0]])?;
/// match trainer.fit(&data) {
///     Ok(history) => println!("{history}"),
///     // The steps until here are kept, and so is the best model, where one was noted.
///     Err(error @ TrainError::Interrupted(_)) => println!("{error}; {} steps were made", trainer.steps()),
///     Err(error) => return Err(error.into()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It stays asked, so that a program's further trainings end too, until it is [cleared](Interrupt::clear).
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// 0, or who has asked, as [`By`] numbers them.
    by: Arc<AtomicUsize>,
    /// Whether the next signal ends the program.
    armed: Arc<AtomicBool>,
}

/// Who has asked for the end of a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum By {
    /// The program itself, by [`Interrupt::ask`].
    Program = 1,
    /// SIGINT: Ctrl-C in a terminal.
    Interrupt = 2,
    /// SIGTERM: the system, or a batch system at the end of its time.
    Terminate = 3,
}

impl Interrupt {
    /// A request that nobody has made yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The request that SIGINT (Ctrl-C) and SIGTERM make, one for the whole program. The second such signal ends the program
    /// at once, as the first would do without this.
    ///
    /// # Errors
    /// If the system does not let the signals be listened to.
    #[cfg(feature = "signals")]
    pub fn on_signals() -> std::io::Result<Self> {
        signals::listen()
    }

    /// Makes the request.
    pub fn ask(&self) {
        self.0.by.store(By::Program as usize, Ordering::Release);
    }

    /// Takes the request back, so that trainings go on.
    pub fn clear(&self) {
        self.0.by.store(0, Ordering::Release);
        self.0.armed.store(false, Ordering::SeqCst);
    }

    /// Who has made the request, if anybody has.
    pub fn asked(&self) -> Option<By> {
        By::of(self.0.by.load(Ordering::Acquire) as u64)
    }
}

impl By {
    /// Who has the number `code`; nobody has 0.
    pub(crate) fn of(code: u64) -> Option<Self> {
        match code {
            0 => None,
            2 => Some(Self::Interrupt),
            3 => Some(Self::Terminate),
            _ => Some(Self::Program),
        }
    }

    /// The bit of who has asked, for a byte in which several can say so; none where nobody has.
    pub(crate) fn bit(by: Option<Self>) -> u8 {
        by.map_or(0, |by| 1 << by as u8)
    }

    /// Who has asked, of those whose bits are set: the one of the highest number, as where numbers are compared.
    pub(crate) fn highest(bits: u8) -> Option<Self> {
        Self::of(u64::from(bits.checked_ilog2().unwrap_or(0)))
    }
}

#[cfg(feature = "signals")]
mod signals {
    use std::io;
    use std::sync::{Arc, Mutex, PoisonError};

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::flag;

    use super::{By, Interrupt};

    static LISTENING: Mutex<Option<Interrupt>> = Mutex::new(None);

    pub(super) fn listen() -> io::Result<Interrupt> {
        let mut listening = LISTENING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(interrupt) = &*listening {
            return Ok(interrupt.clone());
        }
        let interrupt = Interrupt::new();
        for (signal, by) in [(SIGINT, By::Interrupt), (SIGTERM, By::Terminate)] {
            // In this order: the first signal finds the end of the program not yet armed, and arms it.
            flag::register_conditional_default(signal, Arc::clone(&interrupt.0.armed))?;
            flag::register(signal, Arc::clone(&interrupt.0.armed))?;
            flag::register_usize(signal, Arc::clone(&interrupt.0.by), by as usize)?;
        }
        *listening = Some(interrupt.clone());
        Ok(interrupt)
    }
}

/// As in `Ctrl-C (SIGINT)`.
impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Program => "the program",
            Self::Interrupt => "Ctrl-C (SIGINT)",
            Self::Terminate => "SIGTERM",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::By;

    #[test]
    fn of_several_who_ask_one_of_them_is_named() {
        let all = [By::Program, By::Interrupt, By::Terminate];
        assert_eq!(By::highest(By::bit(None)), None);
        for (place, one) in all.into_iter().enumerate() {
            assert_eq!(By::highest(By::bit(Some(one)) | By::bit(None)), Some(one));
            for other in &all[..=place] {
                assert_eq!(By::highest(By::bit(Some(one)) | By::bit(Some(*other))), Some(one), "{one} and {other}");
            }
        }
    }
}
