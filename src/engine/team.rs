//! A team of threads that alternates a parallel stage over blocks with a serial stage on one thread.
//!
//! The pool is entered once for the whole run. Threads meet at a barrier that spins: at one step an epoch they meet 20,000 times a
//! biological second, and waking a sleeping thread costs more than a small network's whole step.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

/// Runs `parallel` on every block, then `serial` on all of them, until `serial` returns false.
///
/// Block `b` always runs on thread `b % threads`. With one thread this is a plain loop, the safe twin of the rest.
pub fn run<B: Send, S: Send + Sync>(
    pool: &rayon::ThreadPool,
    blocks: &mut [B],
    shared: &mut S,
    parallel: impl Fn(&mut B, &S) + Sync,
    mut serial: impl FnMut(&mut [B], &mut S) -> bool + Send,
) {
    let threads = pool.current_num_threads().min(blocks.len()).max(1);
    if threads == 1 {
        loop {
            blocks.iter_mut().for_each(|b| parallel(b, shared));
            if !serial(blocks, shared) {
                return;
            }
        }
    }
    let stage = Stage { blocks: blocks.as_mut_ptr(), len: blocks.len(), shared, serial: &mut serial };
    let stage = &stage;
    let barrier = &Barrier::new(threads);
    let goes_on = &AtomicBool::new(true);
    let parallel = &parallel;
    pool.broadcast(move |context| {
        let me = context.index();
        if me >= threads {
            return;
        }
        let _poison = Poison(barrier);
        while goes_on.load(Ordering::Acquire) {
            for b in (me..stage.len).step_by(threads) {
                // SAFETY: between two barriers block b is touched by thread b % threads alone, and nobody writes `shared`.
                unsafe { parallel(&mut *stage.blocks.add(b), &*stage.shared) };
            }
            barrier.wait();
            if me == 0 {
                // SAFETY: all other threads wait at the next barrier; this one alone touches blocks, `shared` and `serial`.
                let (blocks, shared, serial) = unsafe {
                    let blocks = std::slice::from_raw_parts_mut(stage.blocks, stage.len);
                    (blocks, &mut *stage.shared, &mut *stage.serial)
                };
                goes_on.store(serial(blocks, shared), Ordering::Release);
            }
            barrier.wait();
        }
    });
}

/// The borrowed data of a run, handed between threads by the barrier.
struct Stage<B, S, F> {
    blocks: *mut B,
    len: usize,
    shared: *mut S,
    serial: *mut F,
}

// SAFETY: the pointers come from exclusive borrows that outlive the broadcast, what they point at is Send, and the barrier's
// acquire-release pairs order every hand-over.
unsafe impl<B: Send, S: Send + Sync, F: Send> Sync for Stage<B, S, F> {}
// SAFETY: as above.
unsafe impl<B: Send, S: Send + Sync, F: Send> Send for Stage<B, S, F> {}

/// A barrier that spins, and yields its core when the others are long in coming.
struct Barrier {
    threads: usize,
    arrived: AtomicUsize,
    round: AtomicUsize,
    poisoned: AtomicBool,
}

impl Barrier {
    /// Spins before yielding, some 10 us: longer than a small network's step, shorter than what a busy machine takes from us.
    const SPINS: u32 = 1_000;

    fn new(threads: usize) -> Self {
        Self { threads, arrived: AtomicUsize::new(0), round: AtomicUsize::new(0), poisoned: AtomicBool::new(false) }
    }

    fn wait(&self) {
        let round = self.round.load(Ordering::Acquire);
        if self.arrived.fetch_add(1, Ordering::AcqRel) + 1 == self.threads {
            self.arrived.store(0, Ordering::Relaxed);
            self.round.store(round + 1, Ordering::Release);
            return;
        }
        let mut spins = 0;
        while self.round.load(Ordering::Acquire) == round {
            assert!(!self.poisoned.load(Ordering::Relaxed), "another thread of the team panicked");
            spins += 1;
            if spins < Self::SPINS {
                std::hint::spin_loop();
            } else {
                thread::yield_now();
            }
        }
    }
}

/// Frees the others from the barrier when its thread unwinds.
struct Poison<'a>(&'a Barrier);

impl Drop for Poison<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.poisoned.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each block sums the rounds it has seen; the serial stage checks that all are in step.
    fn sums(threads: usize, blocks: usize) -> Vec<u64> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut data = vec![0u64; blocks];
        let mut round = 1u64;
        run(
            &pool,
            &mut data,
            &mut round,
            |block, round| *block += round,
            |blocks, round| {
                assert!(blocks.iter().all(|&b| b == *round * (*round + 1) / 2));
                *round += 1;
                *round <= 1000
            },
        );
        data
    }

    #[test]
    fn stages_alternate_on_any_number_of_threads() {
        for threads in [1, 2, 3, 8] {
            for blocks in [1, 2, 5, 8] {
                assert_eq!(sums(threads, blocks), vec![500_500; blocks]);
            }
        }
    }

    #[test]
    fn a_panic_in_one_block_frees_the_others() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut blocks = [0, 1];
            run(&pool, &mut blocks, &mut (), |b, ()| assert_eq!(*b, 0, "block 1 fails"), |_, ()| true);
        }));
        assert!(result.is_err());
    }
}
