//! A forecast of a real series: the carbon dioxide over Mauna Loa a year ahead, by a recurrent network that reads the three years
//! before, against the two forecasts that cost nothing.
//!
//! ```text
//! cargo run --release -p typednet-course --example forecast
//! ```

use typednet::data::series::{self, Windows};
use typednet::data::{DataError, split, tabular};
use typednet::optim::schedule::Cosine;
use typednet::prelude::*;
use typednet_plot::{Chart, Figure};

use crate::{Claims, Failed, Lesson, Notes, say};

/// The lesson: time series.
pub const LESSON: Lesson =
    Lesson { name: "forecast", title: "A year ahead", section: "Recurrent networks", run: lesson };

/// How many months are read.
const SEEN: usize = 36;

/// How many months are forecast.
const AHEAD: usize = 12;

/// How often the training walks over the windows.
const EPOCHS: usize = 150;

/// A level in parts per million, or how far it is from another.
type Level = [f32; 1];

network! {
    /// 36 months in, the 12 months after them out.
    pub struct Forecaster: [SEEN, 1] => Gru<24> => Last => Dense<AHEAD> => Reshape<[AHEAD, 1]> -> [AHEAD, 1]
}

/// The mean of each month from April 1958 on; a month without a value has that of the month before.
///
/// # Errors
/// If the table cannot be read.
pub fn months() -> Result<Vec<Level>, DataError> {
    let mut table = tabular::carbon_dioxide()?;
    table.drop_missing(["co2"])?;
    let weeks: Vec<[f64; 2]> = table.samples(["date", "co2"])?;
    let month = |date: f64| (date / 100.0).floor();
    let first = month(19_580_400.0);
    let mut months: Vec<Level> = Vec::new();
    for year in 1958..=2001 {
        for number in (1..=12).map(|month| f64::from(100 * year + month)).filter(|number| *number >= first) {
            let of_month = || weeks.iter().filter(|week| month(week[0]).total_cmp(&number).is_eq()).map(|week| week[1]);
            let (sum, count) = (of_month().sum::<f64>(), of_month().count());
            months.push(if count > 0 { [(sum / count as f64) as f32] } else { months[months.len() - 1] });
        }
    }
    Ok(months)
}

/// Levels as the distance from the last one that is seen: so a level that was never reached before is no news.
fn from_last(windows: &Windows<f32, 1, SEEN, AHEAD>) -> Result<Windows<f32, 1, SEEN, AHEAD>, DataError> {
    let (mut samples, mut targets) = (windows.samples().to_vec(), windows.targets().to_vec());
    for (sample, target) in samples.iter_mut().zip(&mut targets) {
        let [last] = sample[SEEN - 1];
        sample.iter_mut().chain(target).for_each(|[level]| *level -= last);
    }
    Dataset::new(samples, targets)
}

/// The mean absolute error of forecasts in parts per million, for each month ahead.
fn errors(forecasts: &[[Level; AHEAD]], truth: &[[Level; AHEAD]]) -> [f64; AHEAD] {
    std::array::from_fn(|month| {
        let of = |(a, b): (&[Level; AHEAD], &[Level; AHEAD])| f64::from((a[month][0] - b[month][0]).abs());
        forecasts.iter().zip(truth).map(of).sum::<f64>() / forecasts.len() as f64
    })
}

fn mean(errors: &[f64; AHEAD]) -> f64 {
    errors.iter().sum::<f64>() / AHEAD as f64
}

fn lesson(notes: &mut Notes) -> Result<(), Failed> {
    let months = months()?;
    // In the order of time: nothing of the later part is seen before it is asked for.
    let [train, test] = split::in_order(months.len(), [0.75, 0.25])?;
    let cut = |part| series::windows::<_, 1, SEEN, AHEAD>(&months, part, 1);
    let (train, seen) = (from_last(&cut(train)?)?, cut(test.clone())?);
    // One factor for what is read and what is asked.
    let rows: Vec<Level> = train.samples().as_flattened().to_vec();
    let deviation = (rows.iter().map(|[x]| f64::from(x * x)).sum::<f64>() / rows.len() as f64).sqrt() as f32;
    let scaled = |windows: &Windows<f32, 1, SEEN, AHEAD>| {
        let by = |levels: &[Level]| levels.iter().map(|[x]| [x / deviation]).collect::<Vec<_>>();
        let samples: Vec<[Level; SEEN]> = by(windows.samples().as_flattened()).as_chunks().0.to_vec();
        let targets: Vec<[Level; AHEAD]> = by(windows.targets().as_flattened()).as_chunks().0.to_vec();
        Dataset::new(samples, targets)
    };
    let (train, test_windows) = (scaled(&train)?, scaled(&from_last(&seen)?)?);

    let mut trainer = Trainer::new(Forecaster::seeded(0), SquaredError::Mean, Adam::new(0.005))
        .batch(32)
        .epochs(EPOCHS)
        .schedule_by_epoch(Cosine::new(EPOCHS as u64))
        .quiet();
    trainer.fit(&train)?;
    let mut forecasts = trainer.model().predict_many(test_windows.samples());
    for (forecast, seen) in forecasts.iter_mut().zip(seen.samples()) {
        for [level] in forecast {
            *level = *level * deviation + seen[SEEN - 1][0];
        }
    }
    let naive: Vec<_> = seen.samples().iter().map(series::naive).collect();
    let seasonal: Vec<_> = seen.samples().iter().map(series::seasonal_naive::<12, _, 1, SEEN, AHEAD>).collect();
    let drifting: Vec<[Level; AHEAD]> = seen
        .samples()
        .iter()
        .zip(&seasonal)
        .map(|(seen, year)| {
            let growth = seen[SEEN - 1][0] - seen[SEEN - 13][0];
            year.map(|[level]| [level + growth])
        })
        .collect();
    let of = |forecasts: &[[Level; AHEAD]]| errors(forecasts, seen.targets());
    let found = [of(&forecasts), of(&seasonal), of(&naive), of(&drifting)];
    let names =
        ["network", "seasonal naive: as a year before", "naive: as last seen", "as a year before, with its growth"];
    for (name, errors) in names.iter().zip(&found) {
        say!(notes, "{name}: {:.2} ppm off on average over {} forecasts", mean(errors), forecasts.len());
    }

    // Forecasts that begin every 12 months, as far as they were made.
    let year = |month: usize| 1958.25 + month as f64 / 12.0;
    let starts: Vec<usize> = (0..forecasts.len()).step_by(AHEAD).collect();
    let joined = |of: &[[Level; AHEAD]]| -> Vec<(f64, f64)> {
        let months = starts.iter().flat_map(|start| (0..AHEAD).map(move |month| (*start, month)));
        months.map(|(start, month)| (year(test.start + start + month), f64::from(of[start][month][0]))).collect()
    };
    let truth = test.clone().take(forecasts.len() + AHEAD - 1).map(|month| (year(month), f64::from(months[month][0])));
    let series_chart = Chart::new("every forecast made at one time of the year", "year", "CO₂, ppm")
        .line("measured", truth)
        .line("network, a year ahead", joined(&forecasts))
        .line("as a year before", joined(&seasonal));
    let by_month = |errors: &[f64; AHEAD]| {
        errors.iter().enumerate().map(|(month, error)| (month as f64 + 1.0, *error)).collect::<Vec<_>>()
    };
    let mut error_chart = Chart::new("how far off", "months ahead", "mean error, ppm").whole_x().from_zero();
    for (name, errors) in names.iter().zip(&found) {
        error_chart = error_chart.line(*name, by_month(errors));
    }
    let figure = Figure::new("Carbon dioxide over Mauna Loa, forecast a year ahead", 1, [series_chart, error_chart])
        .panel(760, 340)
        .note("The network learnt from the years before, 1958 to 1990; each forecast reads the 36 months before it.");
    let [network, seasonal, naive, _] = found.each_ref().map(mean);
    notes.claim(
        Claims::new()
            .hold(
                network < 0.6 * seasonal,
                "the network's error is less than 0.6 of the seasonal naive forecast's",
                format!("{network:.2} and {seasonal:.2} ppm"),
            )
            .hold(
                network < 0.4 * naive,
                "and less than 0.4 of the naive forecast's",
                format!("{network:.2} and {naive:.2} ppm"),
            )
            .hold(
                (0..AHEAD).all(|month| found[0][month] < found[1][month]),
                "it is better in each of the twelve months ahead than the seasonal naive one",
                format!("{:.2} and {:.2} ppm twelve months ahead", found[0][AHEAD - 1], found[1][AHEAD - 1]),
            ),
    );
    notes.draw("forecast", &figure)
}
