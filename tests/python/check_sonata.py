"""Opens a result file with the readers that the field uses: h5py, libsonata, neo with Elephant.

    pip install h5py libsonata neo elephant
    bouton run vogels_abbott -o results.h5 --gdf spikes.gdf
    python tests/python/check_sonata.py results.h5 [spikes.gdf]

Exits with an assertion error where two readers disagree. Run by hand: cargo's tests need no Python.
"""

import sys

import elephant
import h5py
import libsonata
import neo
import numpy as np
import quantities as pq


def check_spikes(path, file):
    """libsonata and h5py see the same spikes, in order of time."""
    reader = libsonata.SpikeReader(path)
    assert sorted(reader.get_population_names()) == sorted(file["spikes"])
    for name in reader.get_population_names():
        population = reader[name]
        assert population.sorting == "by_time", population.sorting
        assert population.time_units == "ms", population.time_units
        spikes = population.get_dict()
        group = file["spikes"][name]
        assert np.array_equal(spikes["timestamps"], group["timestamps"][()])
        assert np.array_equal(spikes["node_ids"], group["node_ids"][()])
        assert np.all(np.diff(spikes["timestamps"]) >= 0)
        print(f"  spikes of {name}: {len(spikes['timestamps'])}")


def check_reports(path, file):
    """libsonata and h5py see the same traces."""
    if "report" not in file:
        return
    reader = libsonata.ElementReportReader(path)
    assert sorted(reader.get_population_names()) == sorted(file["report"])
    for name in reader.get_population_names():
        population, group = reader[name], file["report"][name]
        start, stop, step = group["mapping/time"][()]
        assert np.allclose(population.times, (start, stop, step))
        assert population.time_units == "ms" and population.data_units == group["data"].attrs["units"]
        frame = population.get()
        assert frame.data.shape == group["data"].shape, (frame.data.shape, group["data"].shape)
        order = np.argsort(group["mapping/node_ids"][()], kind="stable")
        assert np.array_equal(frame.data, group["data"][()][:, order])
        assert np.allclose(frame.times, start + step * np.arange(len(frame.times)))
        print(f"  report {name}: {frame.data.shape[0]} times x {frame.data.shape[1]} neurons, {population.data_units}")


def check_edges(path, file):
    """libsonata and h5py see the same edges."""
    if "edges" not in file:
        return
    storage = libsonata.EdgeStorage(path)
    for name in storage.population_names:
        edges, group = storage.open_population(name), file["edges"][name]
        everything = libsonata.Selection([(0, edges.size)])
        assert np.array_equal(edges.source_nodes(everything), group["source_node_id"][()])
        assert np.array_equal(edges.target_nodes(everything), group["target_node_id"][()])
        for attribute in edges.attribute_names:
            assert np.array_equal(edges.get_attribute(attribute, everything), group["0"][attribute][()])
        print(f"  edges {name}: {edges.size} from {edges.source} to {edges.target}, {sorted(edges.attribute_names)}")


def check_text(path, file):
    """neo reads the text spikes; Elephant's CV agrees with the one computed here from the HDF5 file."""
    table = file["bouton/populations"]
    # neo leaves out spikes at t_stop itself, where the last step's spikes lie.
    stop = (file["bouton"].attrs["duration_ms"] + file["bouton"].attrs["dt_ms"]) * pq.ms
    for name, first, size in zip(table["name"].asstr()[()], table["first_gid"][()], table["size"][()]):
        if name not in file["spikes"]:
            continue
        ids = list(range(int(first), int(first + size)))
        trains = neo.io.NestIO(path).read_segment(gid_list=ids, t_start=0 * pq.ms, t_stop=stop).spiketrains
        times, nodes = file["spikes"][name]["timestamps"][()], file["spikes"][name]["node_ids"][()]
        assert sum(len(train) for train in trains) == len(times)
        cvs = [elephant.statistics.cv(elephant.statistics.isi(train)) for train in trains if len(train) >= 3]
        mine = []
        for node in np.unique(nodes):
            intervals = np.diff(times[nodes == node])
            if len(intervals) >= 2:
                mine.append(intervals.std() / intervals.mean())
        assert np.isclose(np.mean(cvs), np.mean(mine), rtol=1e-6), (np.mean(cvs), np.mean(mine))
        print(f"  text spikes of {name}: {len(times)}, mean CV of ISI {np.mean(cvs):.4f}")


def main():
    path = sys.argv[1]
    with h5py.File(path) as file:
        assert file.attrs["magic"] == 0x0A7A and list(file.attrs["version"]) == [0, 1]
        print(f"{path}: {file['bouton'].attrs['title']} ({file['bouton'].attrs['status']})")
        check_spikes(path, file)
        check_reports(path, file)
        check_edges(path, file)
        if len(sys.argv) > 2:
            check_text(sys.argv[2], file)
    print("all readers agree")


if __name__ == "__main__":
    main()
