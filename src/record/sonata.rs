//! SONATA spikes of any program: `/spikes/<population>/{timestamps, node_ids}`.

use std::path::Path;

use hdf5::{
    Attribute, File, Group, H5Type,
    types::{FixedAscii, FixedUnicode, VarLenAscii, VarLenUnicode},
};

use super::{Spikes, h5, spike_file::on_grid};
use crate::{
    error::{Error, Result},
    quantity::{Dim, unit},
};

/// Opens an HDF5 file for reading.
///
/// # Errors
/// A file that is not there, or not HDF5.
pub fn open(path: &Path) -> Result<File> {
    std::fs::File::open(path).map_err(|e| Error::io(format!("cannot open \"{}\": {e}", path.display())))?;
    File::open(path).map_err(|error| {
        h5::failed("open", path, &error).help("is it a result file (HDF5), and is no run writing to it right now?")
    })
}

/// The spikes of each population, in order of names. Whatever `@sorting` says, they are sorted where they are not. Files from before
/// SONATA had populations (`/spikes/timestamps` and `gids`) hold one, "spikes".
///
/// # Errors
/// No spikes, a population without times or ids, numbers that cannot be.
pub fn spikes(path: &Path, file: &File) -> Result<Vec<(String, Spikes)>> {
    let unread = |error: hdf5::Error| h5::failed("read spikes from", path, &error);
    let missing = |what: &str| {
        Error::io(format!("\"{}\" {what}", path.display())).help(
            "SONATA spikes are /spikes/<population>/timestamps and node_ids; \
             text of lines \"id<TAB>milliseconds\" is read from files that end in .gdf, .dat or .txt",
        )
    };
    if !file.link_exists("spikes") {
        return Err(missing("holds no spikes: it has no group /spikes"));
    }
    let parent = file.group("spikes").map_err(unread)?;
    if parent.link_exists("timestamps") {
        return Ok(vec![("spikes".into(), population(path, &parent, "spikes")?)]);
    }
    let names = parent.member_names().map_err(unread)?;
    if names.is_empty() {
        return Err(missing("holds no spikes: /spikes is empty"));
    }
    let one = |name: String| {
        let group = parent.group(&name).map_err(unread)?;
        let spikes = population(path, &group, &name)?;
        Ok((name, spikes))
    };
    names.into_iter().map(one).collect()
}

fn population(path: &Path, group: &Group, name: &str) -> Result<Spikes> {
    let wrong = |what: String| Error::io(format!("spikes of \"{name}\" in \"{}\": {what}", path.display()));
    let list = |names: &[&str]| {
        let found = names.iter().find(|name| group.link_exists(name)).and_then(|name| group.dataset(name).ok());
        found.ok_or_else(|| wrong(format!("the list {} is missing", names[0])))
    };
    let unread = |error: hdf5::Error| wrong(format!("cannot be read: {error}"));
    let (times, ids) = (list(&["timestamps"])?, list(&["node_ids", "gids"])?);
    let factor = match times.attr("units") {
        Err(_) => 1.0,
        Ok(attribute) => {
            let name = text(&attribute).ok_or_else(|| wrong("timestamps@units is no text".into()))?;
            let (scale, _) = unit(&name)
                .filter(|(_, dim)| *dim == Dim::TIME)
                .ok_or_else(|| wrong(format!("timestamps@units is \"{name}\", which is no unit of time such as ms")))?;
            scale.factor()
        }
    };
    let times = times.read_raw::<f64>().map_err(unread)?;
    let ids = ids.read_raw::<u64>().map_err(unread)?;
    if times.len() != ids.len() {
        return Err(wrong(format!("there are {} timestamps but {} node_ids", times.len(), ids.len())));
    }
    on_grid(times.iter().map(|time| time * factor), &ids).map_err(wrong)
}

/// A text attribute, in any of the ways HDF5 has to store it.
fn text(attribute: &Attribute) -> Option<String> {
    fn read<T: H5Type + ToString>(attribute: &Attribute) -> Option<String> {
        attribute.read_scalar::<T>().ok().map(|text| text.to_string())
    }
    read::<VarLenUnicode>(attribute)
        .or_else(|| read::<VarLenAscii>(attribute))
        .or_else(|| read::<FixedAscii<64>>(attribute))
        .or_else(|| read::<FixedUnicode<64>>(attribute))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{SpikeFile, Told};

    fn file(fill: impl Fn(&File)) -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("spikes.h5");
        fill(&File::create(&path).expect("created"));
        (dir, path)
    }

    fn population(file: &File, at: &str, times: &[f64], ids: &[u64]) -> hdf5::Dataset {
        let group = file.create_group(at).expect("group");
        h5::fixed(&group, "node_ids", ids).expect("ids");
        h5::fixed(&group, "timestamps", times).expect("times")
    }

    fn refused(fill: impl Fn(&File)) -> String {
        let (_dir, path) = file(fill);
        SpikeFile::open(&path, &Told::default()).expect_err("refused").message().to_owned()
    }

    #[test]
    fn unsorted_spikes_in_other_units_and_kinds_of_text_are_read() {
        let (_dir, path) = file(|file| {
            let times = population(file, "spikes/E", &[0.3, 0.1, 0.1], &[1, 7, 2]);
            let seconds = FixedAscii::<1>::from_ascii(b"s").expect("ascii");
            times.new_attr::<FixedAscii<1>>().create("units").expect("attribute").write_scalar(&seconds).expect("s");
            population(file, "spikes/I", &[12.5], &[0]);
        });
        let spikes = SpikeFile::open(&path, &Told::default()).expect("opened");
        let sizes: Vec<_> = spikes.populations.iter().map(|p| (p.name.as_str(), p.size)).collect();
        assert_eq!(sizes, [("E", 8), ("I", 1)]);
        assert_eq!(spikes.duration_ms(), 300.0);
        let e = spikes.spikes(0).expect("read");
        assert_eq!((e.steps, e.ids), (vec![100_000_000, 100_000_000, 300_000_000], vec![2, 7, 1]));
        // Integers and single precision are as good.
        let (_dir, path) = file(|file| {
            let group = file.create_group("spikes/E").expect("group");
            h5::fixed(&group, "timestamps", &[2.5_f32, 10.0]).expect("times");
            h5::fixed(&group, "node_ids", &[3_i32, 3]).expect("ids");
        });
        let spikes = SpikeFile::open(&path, &Told::default()).expect("opened").spikes(0).expect("read");
        assert_eq!(spikes.steps, [2_500_000, 10_000_000]);
    }

    #[test]
    fn files_from_before_populations_hold_one() {
        let (_dir, path) = file(|file| {
            let group = file.create_group("spikes").expect("group");
            h5::fixed(&group, "timestamps", &[2.0, 1.0]).expect("times");
            h5::fixed(&group, "gids", &[5_u64, 6]).expect("ids");
        });
        let spikes = SpikeFile::open(&path, &Told::default()).expect("opened");
        assert_eq!((spikes.populations[0].name.as_str(), spikes.populations[0].size), ("spikes", 7));
    }

    #[test]
    fn damage_is_named() {
        assert!(refused(|_| ()).contains("it has no group /spikes"));
        assert!(refused(|file| drop(file.create_group("spikes"))).contains("/spikes is empty"));
        assert!(refused(|file| drop(file.create_group("spikes/E"))).contains("\"E\" in"));
        let message = refused(|file| drop(population(file, "spikes/E", &[1.0, 2.0], &[1])));
        assert!(message.contains("there are 2 timestamps but 1 node_ids"), "{message}");
        let message = refused(|file| drop(population(file, "spikes/E", &[1.0, f64::NAN], &[1, 1])));
        assert!(message.contains("spike 1 is at NaN ms"), "{message}");
        let message = refused(|file| drop(population(file, "spikes/E", &[1.0, -2.0], &[1, 1])));
        assert!(message.contains("spike 1 is at -2 ms"), "{message}");
        let message = refused(|file| drop(population(file, "spikes/E", &[1.0], &[1 << 40])));
        assert!(message.contains("neuron 1099511627776"), "{message}");
        let message = refused(|file| {
            h5::set_text(&population(file, "spikes/E", &[1.0], &[1]), "units", "mV").expect("set");
        });
        assert!(message.contains("\"mV\", which is no unit of time"), "{message}");
        assert!(refused(|file| drop(population(file, "spikes/E", &[], &[]))).contains("no spikes after 0 ms"));
    }
}
