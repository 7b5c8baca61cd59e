//! A server as its clients see it: over a socket, byte by byte.

mod client;
mod end;
mod guard;
mod limits;
mod metrics;
mod predictions;
mod process;
mod refusals;
mod reload;
mod running;
