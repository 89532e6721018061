//! The points of a sweep, and which seed each run has.

use super::Request;
use crate::{
    error::{Error, Result},
    plan::Plan,
    spec::Spec,
};

/// Runs of a sweep; more is a mistake.
const MOST: usize = 1_000_000;

/// All runs of a sweep, checked.
#[derive(Debug)]
pub struct Grid {
    /// Numbers of values of each varied key.
    pub shape: Vec<usize>,
    /// Runs of each point.
    pub repeat: usize,
    /// Seed of the first run of each point.
    pub seed: u64,
    /// The network's text as it is before anything is varied.
    pub text: String,
    /// Its one-line title.
    pub title: String,
    /// Short name of the network.
    pub name: String,
    /// Memory of the largest run, bytes.
    pub memory: f64,
    /// Memory of the machine, bytes; 0 where it cannot be told.
    pub machine: f64,
    /// Its populations, as in the file.
    pub populations: Vec<String>,
    /// What looks wrong in some of the networks, each said once.
    pub warnings: Vec<String>,
}

/// One run.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Number of the run.
    pub run: usize,
    /// Number of each key's value.
    pub values: Vec<usize>,
    /// Its seed.
    pub seed: u64,
}

impl Grid {
    /// Plans the network at every point, so that a mistake is said before anything runs.
    ///
    /// # Errors
    /// All that [`Plan::new`] refuses, at any point; points that differ in their populations.
    pub fn new(request: &Request) -> Result<Self> {
        let shape: Vec<usize> = request.vary.iter().map(|v| v.values.len()).collect();
        let repeat = request.repeat as usize;
        if repeat == 0 {
            return Err(Error::input("--repeat 0: at least one run is needed").help("use 1, or any greater number"));
        }
        if let Some(twice) =
            request.vary.iter().enumerate().find(|(k, v)| request.vary[..*k].iter().any(|o| o.key == v.key))
        {
            return Err(Error::input(format!("--vary {}: it is varied twice", twice.1.key))
                .help("give all its values at once, separated by commas"));
        }
        let runs = shape.iter().try_fold(repeat, |all, n| all.checked_mul(*n)).filter(|&n| n <= MOST);
        if runs.is_none() {
            return Err(Error::input(format!("a sweep of more than {MOST} runs")).help("vary less, or in larger steps"));
        }
        let base = Spec::load(&request.network, &request.set)?;
        let mut grid = Self {
            shape,
            repeat,
            seed: 0,
            text: base.source.text.to_string(),
            title: String::new(),
            name: base.name.clone(),
            memory: 0.0,
            machine: 0.0,
            populations: Vec::new(),
            warnings: Vec::new(),
        };
        for point in (0..grid.runs()).step_by(repeat) {
            let point = grid.point(point);
            let plan = Spec::load(&request.network, &grid.overrides(request, &point)).and_then(|spec| Plan::new(&spec));
            let plan = plan.map_err(|error| error.label(format!("here, where {}", Self::describe(request, &point))))?;
            let populations: Vec<String> = plan.populations.iter().map(|p| p.name.clone()).collect();
            if point.run == 0 {
                (grid.seed, grid.title, grid.populations) = (plan.seed, plan.title.clone(), populations);
            }
            grid.memory = grid.memory.max(plan.memory.total());
            grid.machine = plan.memory.machine;
            for warning in plan.warnings {
                if !grid.warnings.contains(&warning) {
                    grid.warnings.push(warning);
                }
            }
        }
        Ok(grid)
    }

    /// Number of runs.
    pub fn runs(&self) -> usize {
        self.shape.iter().product::<usize>() * self.repeat
    }

    /// The runs of a point follow each other; the last key varies fastest.
    pub fn point(&self, run: usize) -> Point {
        let mut rest = run / self.repeat;
        let mut values = vec![0; self.shape.len()];
        for (value, n) in values.iter_mut().zip(&self.shape).rev() {
            (*value, rest) = (rest % n, rest / n);
        }
        // Equal seeds at all points: what differs between points is what was varied, not the draw of the wiring.
        Point { run, values, seed: self.seed + (run % self.repeat) as u64 }
    }

    /// What is changed in the network for a run; each runs on one thread, since there are many of them.
    pub fn overrides(&self, request: &Request, point: &Point) -> Vec<(String, String)> {
        let varied = request.vary.iter().zip(&point.values).map(|(v, &k)| (v.key.clone(), v.values[k].clone()));
        let mut all: Vec<_> = request.set.iter().cloned().chain(varied).collect();
        if !point.run.is_multiple_of(self.repeat) {
            all.push(("run.seed".into(), point.seed.to_string()));
        }
        if !all.iter().any(|(key, _)| key == "run.threads") {
            all.push(("run.threads".into(), "1".into()));
        }
        all
    }

    /// `g = 3, eta = 1.5`
    fn describe(request: &Request, point: &Point) -> String {
        let each = request.vary.iter().zip(&point.values).map(|(v, &k)| format!("{} = {}", v.key, v.values[k]));
        each.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_key_varies_fastest_and_seeds_repeat() {
        let grid = Grid {
            shape: vec![2, 3],
            repeat: 2,
            seed: 7,
            text: String::new(),
            title: String::new(),
            name: String::new(),
            memory: 0.0,
            machine: 0.0,
            populations: Vec::new(),
            warnings: Vec::new(),
        };
        assert_eq!(grid.runs(), 12);
        assert_eq!(grid.point(0), Point { run: 0, values: vec![0, 0], seed: 7 });
        assert_eq!(grid.point(3), Point { run: 3, values: vec![0, 1], seed: 8 });
        assert_eq!(grid.point(11), Point { run: 11, values: vec![1, 2], seed: 8 });
    }
}
