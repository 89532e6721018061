//! Instruction sets: which ones the kernel is compiled for, and which this machine has.

/// An instruction set that the kernel is compiled for, and that this machine has: there is no other way to one than to ask. All give
/// the same bits; they differ in speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Isa {
    /// What every machine of the architecture has (SSE2 on x86-64). Fused multiply-add may go through a slow function.
    Baseline,
    /// 256-bit vectors with FMA (x86-64-v3).
    Avx2(Found),
    /// 512-bit vectors (x86-64-v4).
    Avx512(Found),
}

/// Proof that the machine has been asked: nobody else makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    vbmi2: bool,
}

impl Found {
    /// Whether the machine compresses words of 16 bits too (AVX-512 VBMI2).
    pub fn has_vbmi2(self) -> bool {
        self.vbmi2
    }
}

impl Isa {
    /// The widest instruction set of this machine.
    pub fn detect() -> Self {
        Self::available().pop().expect("every machine has the baseline")
    }

    /// All instruction sets of this machine that the kernel is compiled for, narrowest first.
    pub fn available() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        let (avx2, avx512, vbmi2) = {
            let avx2 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("popcnt");
            let avx512 = avx2
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512bw");
            (avx2, avx512, is_x86_feature_detected!("avx512vbmi2"))
        };
        #[cfg(not(target_arch = "x86_64"))]
        let (avx2, avx512, vbmi2) = (false, false, false);
        let wider = [(avx2, Isa::Avx2(Found { vbmi2 })), (avx512, Isa::Avx512(Found { vbmi2 }))];
        std::iter::once(Isa::Baseline).chain(wider.into_iter().filter(|w| w.0).map(|w| w.1)).collect()
    }

    /// Its name, as shown to people.
    pub fn name(self) -> &'static str {
        match self {
            Isa::Baseline => "baseline",
            Isa::Avx2(_) => "avx2",
            Isa::Avx512(_) => "avx512",
        }
    }
}

/// Compiles one generic body for each instruction set and calls the one asked for. The body must be `#[inline(always)]`,
/// and so must all it calls in its loops: only what is inlined is compiled with the wider vectors.
macro_rules! dispatch {
    ($isa:expr, $body:ident$(<$T:ident>)?($($arg:ident: $type:ty),*) -> $out:ty) => {{
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        fn avx2$(<$T: Real>)?($($arg: $type),*) -> $out {
            $body($($arg),*)
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512dq,avx512bw")]
        fn avx512$(<$T: Real>)?($($arg: $type),*) -> $out {
            $body($($arg),*)
        }
        match $isa {
            Isa::Baseline => $body$(::<$T>)?($($arg),*),
            // SAFETY: this machine has the instructions, or there would be no such `Isa`.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2(_) => unsafe { avx2$(::<$T>)?($($arg),*) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512(_) => unsafe { avx512$(::<$T>)?($($arg),*) },
            #[cfg(not(target_arch = "x86_64"))]
            _ => unreachable!("not available on this architecture"),
        }
    }};
}
pub(super) use dispatch;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detected_set_is_the_widest_available() {
        let all = Isa::available();
        assert_eq!(all[0], Isa::Baseline);
        assert_eq!(*all.last().unwrap(), Isa::detect());
        assert!(all.is_sorted());
    }
}
