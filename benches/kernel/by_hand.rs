//! The loops that one would write by hand for one model: constants in registers, all formulas in one go, whole cache
//! lines. They compute what the compiler's programs do, operation by operation, since the bits must be equal.

use bouton::kernel::{Isa, Real, exp, exprel};

use super::{NEURONS, State};

/// Conductance LIF: columns, then inputs, to columns and whether it fires. Scalars in the compiler's order.
#[inline(always)]
fn lif<T: Real>(scalars: &[T; 12], [v, ge, gi, refractory]: [T; 4], [exc, inh]: [T; 2]) -> ([T; 4], bool) {
    let [dt, middle_e, middle_i, e_inh, g_l, e_l, leak, threshold, zero, one, decay_e, _] = *scalars;
    let decay_i = middle_e;
    let slope = ((e_inh - v) * gi) * middle_i;
    let slope = (-(ge * v)).mul_add(middle_e, slope);
    let slope = (e_l - v).mul_add(g_l, slope);
    let conductance = gi.mul_add(middle_i, ge * middle_e);
    let moved = (slope * exprel((leak - conductance) * dt)).mul_add(dt, v);
    let v = if refractory != zero { v } else { moved };
    let left = refractory - one;
    let left = if left > zero { left } else { zero };
    ([v, flush(ge * decay_e) + exc, flush(gi * decay_i) + inh, left], !(left != zero) & (threshold < v))
}

/// Traub–Miles HH with the same synapses, as `lif`.
#[inline(always)]
fn hh<T: Real>(s: &[T; 35], [v, m, h, n, ge, gi, above]: [T; 7], [exc, inh]: [T; 2]) -> ([T; 7], bool) {
    let [dt_c, middle_e, middle_i, e_inh, g_l, e_l, g_k, e_k, g_na, e_na, leak, v_spike, decay_i, decay_e, dt, ..] = *s;
    let [.., minus_dt, v_bh, four, a_h, k_h, v_ah, forty, v_t, b_m, k_m, v_am, a_m, _] = *s;
    let &[half, k_bn, v_bn, one, fifth, v_an, a_n] = s[15..].first_chunk().unwrap();
    let slope = ((e_inh - v) * gi) * middle_i;
    let slope = (-(ge * v)).mul_add(middle_e, slope);
    let (m3h, n2) = (m * m * m * h, n * n);
    let n4 = n2 * n2;
    let channels = ((e_k - v) * n4).mul_add(g_k, ((e_na - v) * m3h) * g_na);
    let slope = (e_l - v).mul_add(g_l, channels) + slope;
    let conductance = gi.mul_add(middle_i, ge * middle_e);
    let jacobian = (leak - n4.mul_add(g_k, m3h * g_na)) - conductance;
    let v = (slope * exprel(jacobian * dt_c)).mul_add(dt_c, v);
    let (open, close) = (a_m / exprel((v_am - v) * k_m), b_m / exprel(((v - v_t) - forty) * fifth));
    let slope = (-close).mul_add(m, (one - m) * open);
    let m = (slope * exprel((open + close) * minus_dt)).mul_add(dt, m);
    let (open, close) = (exp((v_ah - v) * k_h), four / (exp((v_bh - v) * fifth) + one));
    let slope = (-close).mul_add(h, ((one - h) * open) * a_h);
    let h = (slope * exprel(open.mul_add(a_h, close) * minus_dt)).mul_add(dt, h);
    let (open, close) = (a_n / exprel((v_an - v) * fifth), exp((v_bn - v) * k_bn));
    let slope = (-(close * n)).mul_add(half, (one - n) * open);
    let n = (slope * exprel(close.mul_add(half, open) * minus_dt)).mul_add(dt, n);
    let now = if v_spike < v { T::ONE } else { T::ZERO };
    ([v, m, h, n, flush(ge * decay_e) + exc, flush(gi * decay_i) + inh, now], above < now)
}

#[inline(always)]
fn flush<T: Real>(x: T) -> T {
    if x.abs() < T::TINY { T::ZERO } else { x }
}

/// Loops over all neurons, one function for each instruction set. `W` lanes at a time: of 4, 8, 16 and 32 a cache line
/// of each array was best (LIF in f64 with AVX2: 2.1 ns a neuron, 2.5 with 16 lanes).
macro_rules! by_hand {
    ($name:ident, $scalars:literal scalars, columns $($c:literal)*) => {
        pub mod $name {
            use super::*;
            #[inline(always)]
            fn body<T: Real, const W: usize>(state: &mut State<T>) {
                let scalars: [T; $scalars] = std::array::from_fn(|k| state.scalars[k][0]);
                let mut columns = state.columns.chunks_exact_mut(NEURONS);
                let columns = [$($c),*].map(|_| columns.next().unwrap().as_chunks_mut::<W>().0);
                let (exc, inh) = state.inputs.split_at(NEURONS);
                let (exc, inh) = (exc.as_chunks::<W>().0, inh.as_chunks::<W>().0);
                let fired = state.fired.as_chunks_mut::<W>().0;
                for g in 0..NEURONS / W {
                    let (mut local, mut spikes) = ([$(columns[$c][g]),*], [T::ZERO; W]);
                    let (exc, inh) = (exc[g], inh[g]);
                    for l in 0..W {
                        let (new, spike) = super::$name(&scalars, [$(local[$c][l]),*], [exc[l], inh[l]]);
                        $(local[$c][l] = new[$c];)*
                        spikes[l] = if spike { T::ONE } else { T::ZERO };
                    }
                    $(columns[$c][g] = local[$c];)*
                    fired[g] = spikes;
                }
            }
            #[target_feature(enable = "avx2,fma")]
            fn avx2<T: Real, const W: usize>(state: &mut State<T>) {
                body::<T, W>(state);
            }
            #[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw")]
            fn avx512<T: Real, const W: usize>(state: &mut State<T>) {
                body::<T, W>(state);
            }
            pub fn step<T: Real, const W: usize>(isa: Isa, state: &mut State<T>) {
                match isa {
                    Isa::Baseline => body::<T, W>(state),
                    // SAFETY: this machine has the instructions, or there would be no such `Isa`.
                    Isa::Avx2(_) => unsafe { avx2::<T, W>(state) },
                    // SAFETY: as above.
                    Isa::Avx512(_) => unsafe { avx512::<T, W>(state) },
                }
            }
        }
    };
}
by_hand!(lif, 12 scalars, columns 0 1 2 3);
by_hand!(hh, 35 scalars, columns 0 1 2 3 4 5 6);
