//! How a raster is laid out: a band for each population, thinned so that marks stay apart.

/// Neurons drawn at most, all populations together.
const NEURONS: usize = 8000;
/// Spikes drawn at most, about: more would be a block of colour.
const SPIKES: usize = 20_000;
/// Of a small population, this many neurons stay in any case.
const FEW: usize = 40;
/// Height of the thinnest band.
const THIN: f64 = 15.0;
/// Between bands.
const GAP: f64 = 3.0;

/// A population's place in the raster.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    pub top: f64,
    pub height: f64,
    /// Every `stride`-th neuron is drawn.
    pub stride: u32,
}

impl Band {
    /// Where a neuron lies, if it is drawn.
    pub fn at(&self, id: u32, size: u32) -> Option<f64> {
        id.is_multiple_of(self.stride).then(|| self.top + (f64::from(id) + 0.5) / f64::from(size) * self.height)
    }

    /// Neurons drawn of a population of this size.
    pub fn drawn(&self, size: u32) -> u32 {
        size.div_ceil(self.stride)
    }
}

/// Bands for populations of these sizes with these numbers of spikes, from `top` downwards, the first one on top,
/// heights by size but none thinner than can be seen.
pub fn bands(populations: &[(u32, usize)], top: f64, height: f64) -> Vec<Band> {
    let sizes = || populations.iter().map(|(size, _)| *size as usize);
    let spikes: usize = populations.iter().map(|(_, spikes)| spikes).sum();
    let stride = sizes().sum::<usize>().div_ceil(NEURONS).max(spikes.div_ceil(SPIKES)).max(1);

    let heights = heights(&sizes().map(|size| size as f64).collect::<Vec<_>>(), height);
    let mut next = top;
    sizes()
        .zip(heights)
        .map(|(size, height)| {
            let stride = stride.min((size / FEW).max(1)) as u32;
            let band = Band { top: next, height, stride };
            next += height + GAP;
            band
        })
        .collect()
}

/// Shares of `total` in proportion to `sizes`, at least [`THIN`] each (or equal shares where even that is too much).
fn heights(sizes: &[f64], total: f64) -> Vec<f64> {
    let available = total - GAP * (sizes.len() - 1) as f64;
    let least = THIN.min(available / sizes.len() as f64);
    let mut thin = vec![false; sizes.len()];
    // Each round fixes the bands that would be too thin; what is left is shared by the others.
    loop {
        let fixed = thin.iter().filter(|&&thin| thin).count() as f64 * least;
        let rest: f64 = sizes.iter().zip(&thin).filter(|(_, thin)| !**thin).map(|(size, _)| size).sum();
        let share = |size: f64| (available - fixed) * size / rest;
        let new: Vec<bool> = sizes.iter().zip(&thin).map(|(&size, &thin)| thin || share(size) < least).collect();
        if new == thin || new.iter().all(|&thin| thin) {
            return sizes.iter().zip(&new).map(|(&size, &thin)| if thin { least } else { share(size) }).collect();
        }
        thin = new;
    }
}

/// Moves label centres apart to `distance`, as little as a pass down and a pass up need, within `low..=high`.
pub fn spread(centres: &[f64], distance: f64, low: f64, high: f64) -> Vec<f64> {
    let mut placed = centres.to_vec();
    let mut least = low;
    for centre in &mut placed {
        *centre = centre.max(least);
        least = *centre + distance;
    }
    let mut most = high;
    for centre in placed.iter_mut().rev() {
        *centre = centre.min(most);
        most = *centre - distance;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_follow_sizes_but_stay_visible() {
        let two = heights(&[3200.0, 800.0], 303.0);
        assert_eq!(two, [240.0, 60.0]);
        let tiny = heights(&[10_000.0, 10.0], 303.0);
        assert_eq!(tiny, [285.0, 15.0]);
        assert_eq!(heights(&[5.0, 5.0], 23.0), [10.0, 10.0]);
    }

    #[test]
    fn thinning_is_by_neurons_and_by_spikes_and_spares_small_populations() {
        let strides = |size: u32, spikes: usize| {
            bands(&[(size, spikes), (80, 0)], 0.0, 300.0).iter().map(|b| b.stride).collect::<Vec<_>>()
        };
        assert_eq!(strides(1000, 1000), [1, 1]);
        assert_eq!(strides(23_920, 1000), [3, 2]);
        assert_eq!(strides(1000, 100_000), [5, 2]);
        let band = Band { top: 10.0, height: 100.0, stride: 4 };
        assert_eq!((band.at(3, 50), band.at(4, 50), band.drawn(50)), (None, Some(19.0), 13));
    }

    #[test]
    fn labels_do_not_overlap_and_stay_inside() {
        assert_eq!(spread(&[10.0, 50.0, 90.0], 20.0, 0.0, 100.0), [10.0, 50.0, 90.0]);
        assert_eq!(spread(&[50.0, 51.0, 52.0], 20.0, 0.0, 60.0), [20.0, 40.0, 60.0]);
        assert_eq!(spread(&[1.0, 2.0], 20.0, 5.0, 100.0), [5.0, 25.0]);
    }
}
