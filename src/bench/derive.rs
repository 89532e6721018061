//! What follows from measurements: medians, rates, speed-ups, and what makes them doubtful.

use super::{Case, Machine, Measurement, Point, Run, Series, Spread, Timed};

/// Others may use this many processors before a case is said to have run on a busy machine.
const BUSY: f64 = 0.05;
/// Seconds of others' time that the system's clock of 10 ms a tick can make up in short cases.
const CLOCK_ERROR: f64 = 0.05;
/// Relative difference of the synapses per thread beyond which weak scaling is not constant work a thread.
const EVEN: f64 = 0.1;

impl Point {
    /// From the runs of a case and what others used of the machine meanwhile (processor time and wall time).
    pub(super) fn new(case: &Case, runs: &[Measurement], others: Option<(f64, f64)>, machine: &Machine) -> Self {
        let first = &runs[0];
        let sim_seconds = Spread::of(runs.iter().map(|r| r.sim_seconds));
        let stages: Vec<(String, f64)> = (0..first.stages.len())
            .map(|k| (first.stages[k].0.clone(), Spread::of(runs.iter().map(|r| r.stages[k].1)).median))
            .collect();
        let deliver = stages.iter().find(|(name, _)| name == "deliver").map_or(0.0, |stage| stage.1);
        let ratio = |above: f64, below: f64| (below > 0.0).then(|| above / below);
        let events = first.events as f64;
        let delivery = ratio(events * first.event_bytes as f64, deliver);
        let share = delivery.and_then(|delivery| Some(delivery / machine.bandwidth(case.threads)?));
        let run = |m: &Measurement| Run {
            build_seconds: m.build_seconds,
            sim_seconds: m.sim_seconds,
            peak_memory_bytes: m.peak_memory_bytes,
            stages: m.stages.clone(),
        };
        Self {
            threads: case.threads,
            scale: case.scale,
            neurons: first.neurons,
            synapses: first.synapses,
            spikes: first.spikes,
            spike_hash: first.spike_hash.clone(),
            synaptic_events: first.events,
            bytes_per_synapse: ratio(first.synapse_bytes as f64, first.synapses as f64),
            neuron_bytes: first.neuron_bytes,
            peak_memory_bytes: runs.iter().map(|r| r.peak_memory_bytes).max().unwrap_or(0),
            build_seconds: Spread::of(runs.iter().map(|r| r.build_seconds)),
            sim_seconds,
            real_time_factor: sim_seconds.over(first.bio_seconds),
            speed_up: None,
            efficiency: 1.0,
            events_per_second: ratio(events, sim_seconds.median),
            ns_per_event: ratio(sim_seconds.median * 1e9, events),
            stages,
            delivery_bytes_per_second: delivery,
            delivery_share_of_streaming_read: share,
            others_cores: others.and_then(|(seconds, wall)| ratio(seconds, wall)),
            warnings: doubts(case, others, machine),
            runs: runs.iter().map(run).collect(),
        }
    }

    /// Share of a stage in the loop.
    pub fn share(&self, stage: usize) -> f64 {
        let all: f64 = self.stages.iter().map(|(_, seconds)| seconds).sum();
        self.stages[stage].1 / all.max(f64::MIN_POSITIVE)
    }
}

fn doubts(case: &Case, others: Option<(f64, f64)>, machine: &Machine) -> Vec<String> {
    let mut doubts = Vec::new();
    if case.threads > machine.cores {
        doubts.push(format!("more threads than the {} cores: they wait for each other", machine.cores));
    }
    if let Some((seconds, wall)) = others
        && seconds > CLOCK_ERROR.max(BUSY * wall)
    {
        doubts.push("the machine was busy with other work".into());
    }
    doubts
}

impl Timed {
    /// Relates the points of a series to the first one.
    pub(super) fn new(series: &Series, (dt_ms, bio_seconds): (f64, f64), mut points: Vec<Point>, weak: bool) -> Self {
        let (threads, seconds) = (points[0].threads as f64, points[0].sim_seconds.median);
        let per_thread = |p: &Point| p.synapses as f64 / p.threads as f64;
        let work = per_thread(&points[0]);
        let mut warnings = Vec::new();
        for point in &mut points {
            let faster = seconds / point.sim_seconds.median;
            (point.speed_up, point.efficiency) = match weak {
                true => (None, faster),
                false => (Some(faster), faster * threads / point.threads as f64),
            };
        }
        if weak && points.iter().any(|p| (per_thread(p) / work - 1.0).abs() > EVEN) {
            warnings.push("synapses per thread are not constant: `scale` changes the inputs of a neuron too".into());
        }
        Self {
            label: series.label.clone(),
            network: series.name.clone(),
            title: series.title.clone(),
            scale: series.scale,
            precision: series.precision,
            dt_ms,
            bio_seconds,
            points,
            warnings,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::bench::{Report, StreamingRead};

    /// A run on some threads, with an event per microsecond of the loop on one thread.
    pub fn measurement(sim_seconds: f64) -> Measurement {
        Measurement {
            neurons: 4000,
            synapses: 320_000,
            synapse_bytes: 832_000,
            event_bytes: 2,
            neuron_bytes: 1000,
            dt_ms: 0.1,
            bio_seconds: 2.0,
            events: 1_000_000,
            spikes: 12_500,
            spike_hash: "00ff".into(),
            build_seconds: 0.1,
            sim_seconds,
            peak_memory_bytes: 52_000_000,
            stages: vec![("deliver".into(), sim_seconds / 4.0), ("integrate".into(), sim_seconds * 0.75)],
        }
    }

    pub fn machine() -> Machine {
        let mut machine =
            Machine { cpu: "Processor".into(), cores: 2, memory_bytes: 25_000_000_000, ..Machine::default() };
        machine.streaming_read = [(1, 1e10), (2, 1.6e10)]
            .map(|(threads, bytes_per_second)| StreamingRead { threads, bytes_per_second })
            .to_vec();
        machine
    }

    pub fn report(weak: bool) -> Report {
        let machine = machine();
        let case = |threads| Case { network: "n".into(), set: vec![], threads, scale: None };
        let series = Series {
            label: "net, f64".into(),
            name: "net".into(),
            title: "A network".into(),
            scale: None,
            precision: "f64",
            cases: vec![case(1), case(2), case(4)],
        };
        let times = [[1.0, 1.2, 0.8], [0.5, 0.625, 0.7], [0.5, 0.5, 0.5]];
        let point =
            |(case, times): (&Case, [f64; 3])| Point::new(case, &times.map(measurement), Some((0.01, 3.0)), &machine);
        let points = series.cases.iter().zip(times).map(point).collect();
        let timed = Timed::new(&series, (0.1, 2.0), points, weak);
        let scaling = if weak { "weak" } else { "strong" };
        Report { bouton: "0.1.0", machine, scaling, repeat: 3, series: vec![timed], errors: vec![] }
    }

    #[test]
    fn rates_follow_from_the_median_run() {
        let report = report(false);
        let [one, two, four] = &report.series[0].points[..] else { panic!("three points") };
        assert_eq!(one.real_time_factor, Spread { median: 0.5, min: 0.4, max: 0.6 });
        assert_eq!((one.events_per_second, one.ns_per_event), (Some(1e6), Some(1000.0)));
        assert_eq!(one.bytes_per_synapse, Some(2.6));
        // 2 MB in a quarter of a second.
        assert_eq!(one.delivery_bytes_per_second, Some(8e6));
        assert!((one.delivery_share_of_streaming_read.unwrap() / 8e-4 - 1.0).abs() < 1e-12);
        assert_eq!((one.share(0), one.share(1)), (0.25, 0.75));
        assert_eq!((two.speed_up, two.efficiency), (Some(1.6), 0.8));
        assert_eq!((four.speed_up, four.efficiency, four.delivery_share_of_streaming_read), (Some(2.0), 0.5, None));
        assert_eq!(one.runs.len(), 3);
    }

    #[test]
    fn weak_scaling_holds_times_against_each_other_and_notes_uneven_work() {
        let report = report(true);
        let series = &report.series[0];
        assert_eq!((series.points[1].speed_up, series.points[1].efficiency), (None, 1.6));
        assert!(series.warnings[0].contains("not constant"));
    }

    #[test]
    fn a_busy_machine_and_too_many_threads_are_noted() {
        let case = Case { network: "n".into(), set: vec![], threads: 4, scale: None };
        let doubts = |others| doubts(&case, others, &machine()).join("; ");
        assert_eq!(doubts(None), "more threads than the 2 cores: they wait for each other");
        assert!(!doubts(Some((0.04, 0.1))).contains("busy"), "the clock's error");
        assert!(!doubts(Some((0.4, 10.0))).contains("busy"), "4 % of a core");
        assert!(doubts(Some((0.6, 10.0))).contains("the machine was busy"));
    }
}
