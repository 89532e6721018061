//! Synchrony of membrane potentials.

/// Golomb's index chi: the standard deviation over time of the mean of the traces, over the root mean square of the standard deviations of the traces
/// (Golomb 2007, Scholarpedia 2(1):1347, doi:10.4249/scholarpedia.1347): 1 where all are equal, about 1/sqrt(N) where N are independent.
/// All traces have the same length. `None` with fewer than two traces, or where none changes.
pub fn chi(traces: &[&[f32]]) -> Option<f64> {
    let neurons = traces.len() as f64;
    let length = traces.first().map_or(0, |trace| trace.len());
    let mean = |row: usize| traces.iter().map(|trace| f64::from(trace[row])).sum::<f64>() / neurons;
    let together = variance(length, mean);
    let each = traces.iter().map(|trace| variance(length, |row| f64::from(trace[row]))).sum::<f64>() / neurons;
    (traces.len() >= 2 && each > 0.0).then(|| (together / each).sqrt())
}

/// Variance (divided by n) of `length` values.
fn variance(length: usize, value: impl Fn(usize) -> f64) -> f64 {
    let n = length as f64;
    let mean = (0..length).map(&value).sum::<f64>() / n;
    (0..length).map(|row| (value(row) - mean).powi(2)).sum::<f64>() / n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_opposite_and_orthogonal_traces() {
        let near = |found: Option<f64>, expected: f64| {
            assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?} is not {expected}");
        };
        let (a, b, c) = ([1.0, 1.0, -1.0, -1.0], [1.0, -1.0, 1.0, -1.0], [-1.0, -1.0, 1.0, 1.0]);
        near(chi(&[&a, &a, &a]), 1.0);
        near(chi(&[&a, &c]), 0.0);
        near(chi(&[&a, &b]), 0.5_f64.sqrt());
        assert_eq!((chi(&[&a]), chi(&[&[2.0, 2.0], &[3.0, 3.0]]), chi(&[])), (None, None, None));
    }
}
