//! What several examples share: pictures, and a data set of two moons.

pub(crate) mod moons;
pub(crate) mod picture;
