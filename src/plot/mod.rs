//! Pictures of files of spikes: raster, rates over time, traces, synapses, and what is computed of spikes; PNG or SVG.
//!
//! A figure is drawn once, as SVG. PNG is the same drawing rasterised with the embedded font, so both look alike on
//! any machine, with or without fonts installed.
pub(crate) mod axes;
pub mod chart;
mod figure;
mod measures;
pub(crate) mod palette;
mod panels;
mod png;
mod raster;
pub(crate) mod svg;
mod synapses;

use std::path::Path;

pub use measures::{Choice, Neurons, Show};

use crate::{
    error::{Error, Result},
    record::SpikeFile,
};

/// Draws a file of spikes into `out`, whose extension (`.png` or `.svg`) says what it becomes: raster, rates, and what else a result file holds.
///
/// # Errors
/// Another extension, a file without anything to draw, a path that cannot be written.
pub fn plot(file: &SpikeFile, out: &Path) -> Result<()> {
    drawable(out)?;
    save(&figure::draw(file)?, out)
}

/// Draws what is computed of the spikes of a file, as [`plot`] does.
///
/// # Errors
/// As [`plot`], and options that do not fit the file.
pub fn plot_measures(file: &SpikeFile, choice: &Choice, out: &Path) -> Result<()> {
    drawable(out)?;
    save(&measures::draw(file, choice)?, out)
}

/// Is this the name of a picture?
fn drawable(out: &Path) -> Result<()> {
    let extension = out.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if extension != "png" && extension != "svg" {
        return Err(Error::input(format!("cannot draw \"{}\": its extension is not .png or .svg", out.display()))
            .help("write for example -o figure.png"));
    }
    Ok(())
}

/// Writes a drawing; it becomes PNG unless the extension is `.svg`.
pub(crate) fn save(svg: &str, out: &Path) -> Result<()> {
    let is_svg = out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svg"));
    let bytes = if is_svg { svg.as_bytes().to_vec() } else { png::rasterise(svg) };
    std::fs::write(out, bytes).map_err(|e| {
        Error::io(format!("cannot write \"{}\": {e}", out.display())).help("its folder must exist and be writable")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        engine::observer::Observer,
        plan::Which,
        record::{Meta, PopulationMeta, Recorder, Results, SynapseMeta, TraceMeta},
    };

    /// Two populations for 20 ms, one trace.
    fn results(dir: &Path, spikes: bool, traces: bool) -> SpikeFile {
        let path = dir.join("net.h5");
        let population =
            |name: &str, first_gid| PopulationMeta { name: name.into(), first_gid, size: 4, record_spikes: spikes };
        let trace = TraceMeta {
            population: "E".into(),
            ids: vec![2],
            places: Vec::new(),
            variables: vec![("v".into(), "mV".into())],
            interval_steps: 1,
        };
        let meta = Meta {
            dt_ms: 0.1,
            duration_ms: 20.0,
            populations: vec![population("E", 0), population("I", 4)],
            traces: if traces { vec![trace] } else { vec![] },
            ..Meta::default()
        };
        let mut recorder = Recorder::create(&path, &meta, None).expect("created");
        for step in 1..=200 {
            recorder.spikes(step, &[step as u32 % 8]);
            if traces {
                recorder.trace(0, step, &[-60.0 + (step as f64 * 0.1).sin()]);
            }
            recorder.reached(step);
        }
        recorder.finish("complete", &[], &[]).expect("finished");
        SpikeFile::of(Results::open(&path).expect("opened")).expect("holds time")
    }

    #[test]
    fn a_run_becomes_svg_and_png() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let results = results(dir.path(), true, true);
        let (svg, png) = (dir.path().join("net.svg"), dir.path().join("net.PNG"));
        plot(&results, &svg).expect("drawn");
        plot(&results, &png).expect("drawn");
        let svg = std::fs::read_to_string(svg).expect("read");
        for part in
            [">net<", ">4 neurons, 1250.0 Hz<", "1 ms bins", ">v (mV)<", ">neuron 2<", ">time (ms)<", "8 neurons"]
        {
            assert!(svg.contains(part), "{part} is not in the figure");
        }
        // 25 spikes of each neuron, each a mark.
        assert_eq!(svg.matches('M').count() - svg.matches("MS").count(), 200);
        let png = std::fs::read(png).expect("read");
        assert_eq!(&png[1..4], b"PNG");
        assert_eq!(u32::from_be_bytes([png[16], png[17], png[18], png[19]]), 1800);
    }

    #[test]
    fn traces_alone_are_drawn_without_the_other_panels() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let out = dir.path().join("net.svg");
        plot(&results(dir.path(), false, true), &out).expect("drawn");
        let svg = std::fs::read_to_string(out).expect("read");
        assert!(svg.contains(">v (mV)<") && svg.contains(">time (ms)<"));
        assert!(!svg.contains("rate (Hz)") && !svg.contains("neurons"));
    }

    /// The figure of a run, as SVG.
    fn drawn(meta: &Meta, fill: impl FnOnce(&mut Recorder)) -> String {
        let dir = tempfile::tempdir().expect("temporary folder");
        let (path, out) = (dir.path().join("net.h5"), dir.path().join("net.svg"));
        let mut recorder = Recorder::create(&path, meta, None).expect("created");
        fill(&mut recorder);
        recorder.finish("complete", &[], &[]).expect("finished");
        plot(&SpikeFile::of(Results::open(&path).expect("opened")).expect("holds time"), &out).expect("drawn");
        std::fs::read_to_string(out).expect("read")
    }

    #[test]
    fn traces_that_find_no_room_are_told() {
        let trace = |_| TraceMeta {
            population: "E".into(),
            ids: vec![0],
            places: Vec::new(),
            variables: vec![("x".into(), "1".into())],
            interval_steps: 1,
        };
        let population = PopulationMeta { name: "E".into(), first_gid: 0, size: 1, record_spikes: false };
        let (populations, traces) = (vec![population], (0..9).map(trace).collect());
        let meta = Meta { dt_ms: 0.1, duration_ms: 1.0, populations, traces, ..Meta::default() };
        let svg = drawn(&meta, |recorder| {
            for step in 1..=10 {
                (0..9).for_each(|trace| recorder.trace(trace, step, &[1e-5 * step as f64]));
                recorder.reached(step);
            }
        });
        assert!(svg.contains("the first 8 of 9 traces"), "{svg}");
        assert_eq!((svg.matches(">x<").count(), svg.matches("(1)").count()), (8, 0));
    }

    /// 1000 weights that part into two groups within 100 s: histograms, samples of two sizes, and the end.
    fn learning(dir: &Path, times: u64) -> SpikeFile {
        let path = dir.join("learning.h5");
        let record = |which| SynapseMeta {
            from: "input".into(),
            to: "E".into(),
            receptor: "exc".into(),
            variables: vec![("w".into(), "nS".into())],
            which,
            times,
        };
        let histogram = Which::Histogram { low: 0.0, high: 1.0, bins: 50 };
        let synapses =
            vec![record(Which::Sample(40)), record(Which::Pairs(vec![])), record(histogram.clone()), record(histogram)];
        let meta = Meta { dt_ms: 0.1, duration_ms: 1e5, synapses, ..Meta::default() };
        let mut recorder = Recorder::create(&path, &meta, None).expect("created");
        recorder.synapses_are(0, &(0..40).collect::<Vec<_>>(), &[0; 40]);
        recorder.synapses_are(1, &[3, 14, 15], &[0; 3]);
        let weight = |k: usize, t: f64| {
            let (start, end) = (k as f64 / 1000.0, if (k / 25 * 3 + k) % 10 < 4 { 0.95 } else { 0.03 });
            let noise = 0.02 * ((k * 7919 % 1000) as f64 / 500.0 - 1.0) + 0.01 * (t * 40.0 + k as f64).sin();
            (end + (start - end) * (-3.0 * t).exp() + noise).clamp(0.0, 1.0)
        };
        for row in 0..times {
            let t = row as f64 / (times - 1) as f64;
            let step = row * 1_000_000 / (times - 1);
            recorder.synapses(0, step, &(0..40).map(|k| weight(25 * k, t)).collect::<Vec<_>>());
            recorder.synapses(1, step, &[weight(30, t), weight(500, t), weight(900, t)]);
            let mut counts = vec![0.0; 50];
            (0..1000).for_each(|k| counts[((weight(k, t) * 50.0) as usize).min(49)] += 1.0);
            recorder.synapses(2, step, &counts);
            if row == 0 || row + 1 == times {
                recorder.synapses(3, step, &counts);
            }
        }
        recorder.reached(1_000_000);
        recorder.finish("complete", &[], &[]).expect("finished");
        SpikeFile::of(Results::open(&path).expect("opened")).expect("holds time")
    }

    #[test]
    fn synapses_that_find_no_room_are_told() {
        let record = |_| SynapseMeta {
            from: "E".into(),
            to: "E".into(),
            receptor: "exc".into(),
            variables: vec![("w".into(), "nS".into())],
            which: Which::Histogram { low: 0.0, high: 1.0, bins: 2 },
            times: 1,
        };
        let synapses = (0..7).map(record).collect();
        let meta = Meta { dt_ms: 0.1, duration_ms: 1.0, synapses, ..Meta::default() };
        let svg = drawn(&meta, |recorder| {
            (0..7).for_each(|number| recorder.synapses(number, 0, &[3.0, 4.0]));
            recorder.reached(10);
        });
        assert!(svg.contains("the first 6 of 7 panels of synapses"), "{svg}");
        assert_eq!(svg.matches(">at 0 ms<").count(), 6);
    }

    #[test]
    fn learning_synapses_are_lines_maps_and_distributions() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let results = learning(dir.path(), 1001);
        let out = dir.path().join("learning.svg");
        plot(&results, &out).expect("drawn");
        let svg = std::fs::read_to_string(out).expect("read");
        for part in [
            ">input-&gt;E exc<",
            ">20 of 40 synapses<",
            ">3 \u{2192} 0<",
            ">synapses per bin<",
            ">w (nS)<",
            ">synapses<",
            ">at 100 s<",
            ">time (s)<",
        ] {
            assert!(svg.contains(part), "{part} is not in the figure");
        }
    }

    #[test]
    fn what_cannot_be_drawn_is_said() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let results = results(dir.path(), false, false);
        let error = |out: &str| plot(&results, &dir.path().join(out)).expect_err("refused").report();
        assert!(error("net.pdf").contains(".png or .svg"));
        assert!(error("net").contains(".png or .svg"));
        assert!(error("net.png").contains("nothing to draw"));
        assert!(!dir.path().join("net.png").exists());
    }
}
