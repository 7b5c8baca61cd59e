//! The course: what four lectures on neural networks say, shown by programs.
//!
//! Each module is a [`Lesson`]: it says something in the lectures' symbols, draws it, and claims what is to be seen. Each
//! is an example of its own, and `cargo run --release -p typednet-course --example course` runs them all and writes one page with every
//! picture, what is claimed of it, and whether it held.
#![forbid(unsafe_code)]

pub mod activation_swap;
pub mod activations;
pub mod breast_cancer;
pub mod characters;
mod claim;
pub mod data;
pub mod dates;
pub mod deep;
pub mod denoising;
pub mod digits;
mod drawn;
pub mod forecast;
pub mod gan;
pub mod govern;
pub mod gradient_descent;
pub mod initialisation;
pub mod lenet;
mod lesson;
pub mod moons;
pub mod names;
pub mod optimisers;
pub mod overfitting;
pub mod page;
pub mod perceptron;
pub mod rate_too_high;
pub mod remember;
pub mod rows;
pub mod schedules;
pub mod search;
pub mod transfer;
pub mod tutor;
pub mod universal;
pub mod vae;
pub mod vanishing;
pub mod watched;
pub mod xor;

pub use claim::{Claim, Claims};
pub use lesson::{Failed, Lesson, Notes, Picture};

/// All lessons, in the order of the lectures.
pub const LESSONS: [Lesson; 31] = [
    perceptron::LESSON,
    xor::LESSON,
    universal::LESSON,
    activations::LESSON,
    tutor::LESSON,
    initialisation::LESSON,
    gradient_descent::LESSON,
    optimisers::LESSON,
    schedules::LESSON,
    digits::LESSON,
    overfitting::LESSON,
    deep::LESSON,
    data::LESSON,
    vanishing::LESSON,
    watched::LESSON,
    search::LESSON,
    govern::LESSON,
    activation_swap::LESSON,
    rate_too_high::LESSON,
    breast_cancer::LESSON,
    lenet::LESSON,
    transfer::LESSON,
    rows::LESSON,
    remember::LESSON,
    forecast::LESSON,
    names::LESSON,
    dates::LESSON,
    characters::LESSON,
    denoising::LESSON,
    vae::LESSON,
    gan::LESSON,
];
