//! Pictures of result files: raster, rates over time, traces; PNG or SVG.
//!
//! A figure is drawn once, as SVG. PNG is the same drawing rasterised with the embedded font, so both look alike on
//! any machine, with or without fonts installed.
mod axes;
mod figure;
mod palette;
mod panels;
mod png;
mod raster;
mod svg;

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
    let svg = figure::draw(results)?;
    let bytes = if extension == "svg" { svg.into_bytes() } else { png::rasterise(&svg) };
    std::fs::write(out, bytes).map_err(|e| {
        Error::io(format!("cannot write \"{}\": {e}", out.display())).help("its folder must exist and be writable")
    })
}
