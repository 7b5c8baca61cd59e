//! Why data cannot be scaled.

use std::{error, fmt};

/// Why a scaler cannot be fitted, taken from its parameters, or read from a file.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ScaleError {
    /// There is nothing to fit on.
    NoSamples,
    /// A value is infinite or not a number.
    NotFinite {
        /// The row, counted from 0.
        row: usize,
        /// The column, counted from 0.
        column: usize,
        /// The value.
        found: f64,
    },
    /// All values of a column are the same.
    ConstantColumn {
        /// The column, counted from 0.
        column: usize,
        /// The value.
        value: f64,
    },
    /// A value of an image is infinite or not a number.
    PixelNotFinite {
        /// The image, counted from 0.
        image: usize,
        /// The row of the pixel, counted from 0.
        row: usize,
        /// The column of the pixel, counted from 0.
        column: usize,
        /// The channel, counted from 0.
        channel: usize,
        /// The value.
        found: f64,
    },
    /// All values of a channel are the same.
    ConstantChannel {
        /// The channel, counted from 0.
        channel: usize,
        /// The value.
        value: f64,
    },
    /// The values of a channel are further apart than a number can say.
    ChannelTooWide {
        /// The channel, counted from 0.
        channel: usize,
    },
    /// A file holds a scaler of another number of channels.
    OtherChannels {
        /// How many channels the scaler's type has.
        expected: usize,
        /// How many the file has.
        found: usize,
    },
    /// The values of a column are further apart than a number can say.
    TooWide {
        /// The column, counted from 0.
        column: usize,
    },
    /// The range to scale to has no width.
    Range {
        /// Its lower end.
        low: f64,
        /// Its upper end.
        high: f64,
    },
    /// Saved parameters are not those of such a scaler.
    Parameters {
        /// The column, counted from 0.
        column: usize,
        /// The two parameters of the column.
        found: [f64; 2],
    },
    /// A file holds a scaler of another number of features.
    OtherFeatures {
        /// How many features the scaler's type has.
        expected: usize,
        /// How many the file has.
        found: usize,
    },
    /// A file holds numbers that do not fit together.
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
}

impl fmt::Display for ScaleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSamples => write!(f, "a scaler needs at least one training sample, found none"),
            Self::NotFinite { row, column, found } => write!(
                f,
                "row {row}, column {column} (both from 0): expected a finite number, found {found}; fill missing \
                 values first"
            ),
            Self::ConstantColumn { column, value } => write!(
                f,
                "column {column} (from 0) is {value} in all training samples and cannot be scaled; remove the column, \
                 or fit with `Constant::Shift`"
            ),
            Self::PixelNotFinite { image, row, column, channel, found } => write!(
                f,
                "image {image}, row {row}, column {column}, channel {channel} (all from 0): expected a finite number, \
                 found {found}"
            ),
            Self::ConstantChannel { channel, value } => write!(
                f,
                "channel {channel} (from 0) is {value} in all pixels of all training images and cannot be scaled; leave \
                 the channel out, or fit with `Constant::Shift`"
            ),
            Self::ChannelTooWide { channel } => {
                write!(f, "channel {channel} (from 0): the values are too far apart to be scaled")
            }
            Self::OtherChannels { expected, found } => write!(
                f,
                "expected a scaler of {expected} channels, found one of {found}; read it with the number of channels \
                 that it was fitted on, or fit it again"
            ),
            Self::TooWide { column } => {
                write!(f, "column {column} (from 0): the values are too far apart to be scaled")
            }
            Self::Range { low, high } => {
                write!(f, "expected a range from a lower to a higher number, found {low} to {high}")
            }
            Self::Parameters { column, found: [a, b] } => {
                write!(f, "column {column} (from 0): {a} and {b} are no parameters of such a scaler")
            }
            Self::OtherFeatures { expected, found } => write!(
                f,
                "expected a scaler of {expected} features, found one of {found}; read it with the number of features \
                 that it was fitted on, or fit it again"
            ),
            Self::Malformed { reason } => {
                write!(f, "this is no whole file of a scaler: {reason}; write it again from the training data")
            }
        }
    }
}

typednet_tensor::debug_as_display!(ScaleError);

impl error::Error for ScaleError {}
