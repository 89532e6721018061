//! Numbers with units. Inside Bouton: ms, mV, pA, pF, nS, um, mM, which are coherent (pA/pF = mV/ms).

/// A dimension: exponents of kg, m, s, A, K, mol, in halves (noise has ms^-1/2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Dim(pub [i8; 6]);

/// A number in internal units with its dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// In internal units.
    pub value: f64,
    /// Its dimension.
    pub dim: Dim,
}
