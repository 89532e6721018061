//! Pictures of result files: raster, rates over time, traces; PNG or SVG.
//!
//! A figure is drawn once, as SVG. PNG is the same drawing rasterised with the embedded font, so both look alike on
//! any machine, with or without fonts installed.
pub(crate) mod axes;
mod figure;
pub(crate) mod palette;
mod panels;
mod png;
mod raster;
pub(crate) mod svg;

use std::path::Path;

use crate::{
    error::{Error, Result},
    record::Results,
};

/// Draws a result file into `out`, whose extension (`.png` or `.svg`) says what it becomes.
///
/// # Errors
/// Another extension, a file without spikes and traces, a path that cannot be written.
pub fn plot(results: &Results, out: &Path) -> Result<()> {
    let extension = out.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if extension != "png" && extension != "svg" {
        return Err(Error::input(format!("cannot draw \"{}\": its extension is not .png or .svg", out.display()))
            .help("write for example -o figure.png"));
    }
    save(&figure::draw(results)?, out)
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
        record::{Meta, PopulationMeta, Recorder, TraceMeta},
    };

    /// Two populations for 20 ms, one trace.
    fn results(dir: &Path, spikes: bool, traces: bool) -> Results {
        let path = dir.join("net.h5");
        let population =
            |name: &str, first_gid| PopulationMeta { name: name.into(), first_gid, size: 4, record_spikes: spikes };
        let trace = TraceMeta {
            population: "E".into(),
            ids: vec![2],
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
        Results::open(&path).expect("opened")
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

    #[test]
    fn what_cannot_be_drawn_is_said() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let results = results(dir.path(), false, false);
        let error = |out: &str| plot(&results, &dir.path().join(out)).expect_err("refused").report();
        assert!(error("net.pdf").contains(".png or .svg"));
        assert!(error("net").contains(".png or .svg"));
        assert!(error("net.png").contains("neither spikes nor traces"));
        assert!(!dir.path().join("net.png").exists());
    }
}
