//! What launchers tell the processes that they start.

use std::env;

use typednet_train::RanksError;

/// Where rank 0 is met, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) rank: usize,
    pub(crate) size: usize,
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// The port where nothing says another one: that of `PyTorch`.
const PORT: u16 = 29_500;

impl Place {
    /// What the environment says; `None` where it says nothing.
    pub(crate) fn from_env() -> Result<Option<Self>, RanksError> {
        Self::from(&|name| env::var(name).ok())
    }

    /// Whether there can be such a rank.
    pub(crate) fn check(&self) -> Result<(), RanksError> {
        check(self.rank, self.size)
    }

    fn from(value: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>, RanksError> {
        let (rank, size) = match (value("RANK"), value("WORLD_SIZE"), value("SLURM_PROCID"), value("SLURM_NTASKS")) {
            (Some(rank), Some(size), ..) => (number("RANK", &rank)?, number("WORLD_SIZE", &size)?),
            (Some(_), None, ..) => return Err(missing("RANK", "WORLD_SIZE")),
            (None, Some(_), ..) => return Err(missing("WORLD_SIZE", "RANK")),
            (None, None, Some(rank), Some(size)) => (number("SLURM_PROCID", &rank)?, number("SLURM_NTASKS", &size)?),
            _ => return Ok(None),
        };
        check(rank, size)?;
        // A step of a job may have some of its nodes, and its rank 0 is on the first of those.
        let nodes = value("SLURM_STEP_NODELIST").or_else(|| value("SLURM_JOB_NODELIST"));
        let host = match (value("MASTER_ADDR"), nodes) {
            (Some(host), _) => host,
            (None, Some(nodes)) => first_node(&nodes),
            (None, None) if size == 1 => "localhost".to_owned(),
            (None, None) => return Err(missing("RANK", "MASTER_ADDR")),
        };
        let mut port = match (value("MASTER_PORT"), value("SLURM_JOB_ID")) {
            (Some(port), _) => number("MASTER_PORT", &port)?,
            // Two jobs on one node have different ports, and all processes of one find the same.
            (None, Some(job)) => 10_000 + number::<u64>("SLURM_JOB_ID", &job)? % 20_000,
            (None, None) => u64::from(PORT),
        };
        // `torchrun` listens there itself; the next port is as likely to be free as that one was.
        if value("TORCHELASTIC_USE_AGENT_STORE").is_some_and(|uses| uses == "True") {
            port += 1;
        }
        let port = u16::try_from(port).map_err(|_| RanksError::Start {
            reason: format!("rank 0 is to be met at port {port}, but there is none above 65535; set MASTER_PORT"),
        })?;
        Ok(Some(Self { rank, size, host, port }))
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

/// The first host of a list of Slurm's, such as `gpu` or `node[07-09,12],login`.
fn first_node(nodes: &str) -> String {
    let first = |text: &str| text.split(',').next().unwrap_or_default().to_owned();
    match nodes.split_once('[') {
        Some((prefix, rest)) if !prefix.contains(',') => {
            let (numbers, rest) = rest.split_once(']').unwrap_or((rest, ""));
            let number = numbers.split([',', '-']).next().unwrap_or_default();
            format!("{prefix}{number}{}", first(rest))
        }
        _ => first(nodes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(names: &[(&str, &str)]) -> Result<Option<Place>, String> {
        let value = |name: &str| names.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
        Place::from(&value).map_err(|error| error.to_string())
    }

    fn at(rank: usize, size: usize, host: &str, port: u16) -> Place {
        Place { rank, size, host: host.to_owned(), port }
    }

    #[test]
    fn launchers_are_understood() {
        assert_eq!(place(&[]), Ok(None));
        let torch = [("RANK", "3"), ("WORLD_SIZE", "4"), ("MASTER_ADDR", "10.0.0.1"), ("MASTER_PORT", "1234")];
        assert_eq!(place(&torch), Ok(Some(at(3, 4, "10.0.0.1", 1234))));
        let by_agent = [&torch[..], &[("TORCHELASTIC_USE_AGENT_STORE", "True")]].concat();
        assert_eq!(place(&by_agent), Ok(Some(at(3, 4, "10.0.0.1", 1235))));
        for (nodes, first) in [
            ("node7", "node7"),
            ("a,b", "a"),
            ("node[07-09,12],login", "node07"),
            ("n[3,5]", "n3"),
            ("login,node[1-2]", "login"),
            ("r[1-2]-ib", "r1-ib"),
            ("r[1-2]-ib,x", "r1-ib"),
        ] {
            let slurm = [
                ("SLURM_PROCID", "1"),
                ("SLURM_NTASKS", "2"),
                ("SLURM_JOB_NODELIST", nodes),
                ("SLURM_JOB_ID", "41234567"),
            ];
            assert_eq!(place(&slurm), Ok(Some(at(1, 2, first, 24_567))), "{nodes}");
        }
        let step = [
            ("SLURM_PROCID", "0"),
            ("SLURM_NTASKS", "2"),
            ("SLURM_JOB_NODELIST", "n[1-4]"),
            ("SLURM_STEP_NODELIST", "n[3-4]"),
        ];
        assert_eq!(place(&step), Ok(Some(at(0, 2, "n3", PORT))), "a step on some of the job's nodes");
        assert_eq!(place(&[("RANK", "0"), ("WORLD_SIZE", "1")]), Ok(Some(at(0, 1, "localhost", PORT))));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (names, says) in [
            (&[("RANK", "1")][..], "has `RANK` but no `WORLD_SIZE`"),
            (&[("WORLD_SIZE", "1")], "has `WORLD_SIZE` but no `RANK`"),
            (&[("RANK", "1"), ("WORLD_SIZE", "2")], "has `RANK` but no `MASTER_ADDR`"),
            (&[("RANK", "2"), ("WORLD_SIZE", "2")], "this is rank 2 of 2, but ranks are numbered from 0 to 1"),
            (&[("RANK", "0"), ("WORLD_SIZE", "0")], "0 ranks were asked for"),
            (
                &[("RANK", "0"), ("WORLD_SIZE", "1000000000000")],
                "1000000000000 ranks were asked for, but there are at most 65536",
            ),
            (&[("RANK", "-1"), ("WORLD_SIZE", "2")], "`RANK` is `-1`"),
            (&[("RANK", "0"), ("WORLD_SIZE", "2"), ("MASTER_ADDR", "a"), ("MASTER_PORT", "70000")], "none above 65535"),
        ] {
            let said = place(names).expect_err("refused");
            assert!(said.contains(says), "{said}");
        }
    }
}
