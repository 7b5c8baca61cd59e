//! What launchers tell the processes that they start.

mod node_list;
mod slurm;

use std::{env, fs};

use typednet_train::RanksError;

/// Where rank 0 is met, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) rank: usize,
    pub(crate) size: usize,
    /// Rank 0 is on one of these, nearly always there is but one.
    pub(crate) hosts: Vec<String>,
    pub(crate) port: u16,
}

/// What a variable of the environment says, by its name.
type Value<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The port where nothing says another one: that of `PyTorch`.
const PORT: u64 = 29_500;

impl Place {
    /// What the environment says; `None` where it says nothing.
    pub(crate) fn from_env() -> Result<Option<Self>, RanksError> {
        // A batch script has the variables of the step that its job was submitted from.
        let is_stale = slurm::is_batch_script(&|file| fs::read_to_string(file).ok());
        Self::from(&|name| env::var(name).ok().filter(|_| !is_stale || !name.starts_with("SLURM_STEP_")))
    }

    /// Whether there can be such a rank.
    pub(crate) fn check(&self) -> Result<(), RanksError> {
        check(self.rank, self.size)
    }

    fn from(value: Value<'_>) -> Result<Option<Self>, RanksError> {
        let (rank, size) = match (value("RANK"), value("WORLD_SIZE")) {
            (Some(rank), Some(size)) => (number("RANK", &rank)?, number("WORLD_SIZE", &size)?),
            (Some(_), None) => return Err(missing("RANK", "WORLD_SIZE")),
            // Batch scripts say it for programs that ask Slurm for their rank alone.
            (None, Some(size)) => match slurm::step(value)? {
                Some((rank, tasks)) if number("WORLD_SIZE", &size) == Ok(tasks) => (rank, tasks),
                Some((_, tasks)) => return Err(slurm::other_size(&size, tasks)),
                None => return Err(missing("WORLD_SIZE", "RANK")),
            },
            (None, None) => match slurm::job(value)? {
                Some(place) => place,
                None => return Ok(None),
            },
        };
        check(rank, size)?;
        let hosts = match (value("MASTER_ADDR"), slurm::hosts(value)) {
            (Some(host), _) => vec![host],
            (None, Some(hosts)) => hosts,
            (None, None) if size == 1 => vec!["localhost".to_owned()],
            (None, None) => return Err(missing("RANK", "MASTER_ADDR")),
        };
        let mut port = match value("MASTER_PORT") {
            Some(port) => number("MASTER_PORT", &port)?,
            None => slurm::port(value)?.unwrap_or(PORT),
        };
        // `torchrun` listens there itself; the next port is as likely to be free as that one was.
        if value("TORCHELASTIC_USE_AGENT_STORE").is_some_and(|uses| uses == "True") {
            port += 1;
        }
        let port = u16::try_from(port).map_err(|_| RanksError::Start {
            reason: format!("rank 0 is to be met at port {port}, but there is none above 65535; set MASTER_PORT"),
        })?;
        Ok(Some(Self { rank, size, hosts, port }))
    }
}

/// The most ranks: more than any rank could have connections to is a mistake.
const MOST: usize = 1 << 16;

fn check(rank: usize, size: usize) -> Result<(), RanksError> {
    let reason = match size {
        0 => "0 ranks were asked for, but there is at least one, of number 0".to_owned(),
        1..=MOST if rank < size => return Ok(()),
        1..=MOST => format!("this is rank {rank} of {size}, but ranks are numbered from 0 to {}", size - 1),
        _ => format!("{size} ranks were asked for, but there are at most {MOST}"),
    };
    Err(RanksError::Start { reason })
}

fn missing(there: &str, missing: &str) -> RanksError {
    RanksError::Start {
        reason: format!(
            "the environment has `{there}` but no `{missing}`: set RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT, or start the \
             program with `torchrun --no-python` or `srun`"
        ),
    }
}

fn number<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, RanksError> {
    let reason = || format!("the environment says that `{name}` is `{text}`, but it must be a number from 0");
    text.trim().parse().map_err(|_| RanksError::Start { reason: reason() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is made of an environment, a name and its value in each line.
    pub(super) fn place(environment: &str) -> Result<Option<Place>, String> {
        let lines = || environment.lines().filter_map(|line| line.trim().split_once('='));
        let value = |name: &str| lines().find(|(other, _)| *other == name).map(|(_, value)| value.to_owned());
        Place::from(&value).map_err(|error| error.to_string())
    }

    pub(super) fn at(rank: usize, size: usize, hosts: &[&str], port: u16) -> Place {
        Place { rank, size, hosts: hosts.iter().map(|host| (*host).to_owned()).collect(), port }
    }

    #[test]
    fn launchers_are_understood() {
        assert_eq!(place(""), Ok(None));
        let torch = "RANK=3\nWORLD_SIZE=4\nMASTER_ADDR=10.0.0.1\nMASTER_PORT=1234";
        assert_eq!(place(torch), Ok(Some(at(3, 4, &["10.0.0.1"], 1234))));
        let by_agent = format!("{torch}\nTORCHELASTIC_USE_AGENT_STORE=True");
        assert_eq!(place(&by_agent), Ok(Some(at(3, 4, &["10.0.0.1"], 1235))));
        assert_eq!(place("RANK=0\nWORLD_SIZE=1"), Ok(Some(at(0, 1, &["localhost"], 29_500))));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (environment, says) in [
            ("RANK=1", "has `RANK` but no `WORLD_SIZE`"),
            ("WORLD_SIZE=1", "has `WORLD_SIZE` but no `RANK`"),
            ("RANK=1\nWORLD_SIZE=2", "has `RANK` but no `MASTER_ADDR`"),
            ("RANK=2\nWORLD_SIZE=2", "this is rank 2 of 2, but ranks are numbered from 0 to 1"),
            ("RANK=0\nWORLD_SIZE=0", "0 ranks were asked for"),
            ("RANK=0\nWORLD_SIZE=1000000000000", "1000000000000 ranks were asked for, but there are at most 65536"),
            ("RANK=-1\nWORLD_SIZE=2", "`RANK` is `-1`"),
            ("RANK=0\nWORLD_SIZE=2\nMASTER_ADDR=a\nMASTER_PORT=70000", "none above 65535"),
        ] {
            let said = place(environment).expect_err("refused");
            assert!(said.contains(says), "{said}");
        }
    }
}
