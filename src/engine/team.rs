//! A team of threads that alternates a parallel stage over blocks with a serial stage.
//!
//! The pool is entered once for the whole run. Threads wait for each other by spinning: at one step an epoch they meet 10,000 times a
//! biological second, and waking a sleeping thread costs more than a small network's whole step. A round ends when all blocks are
//! done, not when all threads have come: where the system has given a thread's core to somebody else, the others do its blocks.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    thread,
};

/// Runs `parallel` on every block, then `serial` on all of them, until `serial` returns false.
///
/// A thread takes blocks `b` with `b % threads` its own number first, which keeps them in its cache, then those that nobody has begun.
/// With one thread this is a plain loop, the safe twin of the rest.
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
    let rounds = &Rounds::new(blocks.len());
    let parallel = &parallel;
    pool.broadcast(move |context| {
        let me = context.index();
        if me >= threads {
            return;
        }
        let _poison = Poison(rounds);
        let own = (me..stage.len).step_by(threads);
        let others = (0..stage.len).filter(|b| b % threads != me);
        let mut round = 0;
        loop {
            for b in own.clone().chain(others.clone()) {
                if !rounds.claim(b, round) {
                    continue;
                }
                // SAFETY: a block is claimed once a round, so nobody else touches it, and nobody writes `shared` before all are done.
                unsafe { parallel(&mut *stage.blocks.add(b), &*stage.shared) };
                if rounds.was_last() {
                    // SAFETY: all blocks of this round are done, and those of the next cannot be claimed before it is opened: this
                    // thread alone touches blocks, `shared` and `serial`.
                    let (blocks, shared, serial) = unsafe {
                        let blocks = std::slice::from_raw_parts_mut(stage.blocks, stage.len);
                        (blocks, &mut *stage.shared, &mut *stage.serial)
                    };
                    let goes_on = serial(blocks, shared);
                    rounds.open_next(round, goes_on);
                }
            }
            match rounds.wait_for_next(round) {
                Some(next) => round = next,
                None => return,
            }
        }
    });
}

/// The borrowed data of a run, handed between threads by claims and rounds.
struct Stage<B, S, F> {
    blocks: *mut B,
    len: usize,
    shared: *mut S,
    serial: *mut F,
}

// SAFETY: the pointers come from exclusive borrows that outlive the broadcast, what they point at is Send, and the
// acquire-release pairs of `Rounds` order every hand-over.
unsafe impl<B: Send, S: Send + Sync, F: Send> Sync for Stage<B, S, F> {}
// SAFETY: as above.
unsafe impl<B: Send, S: Send + Sync, F: Send> Send for Stage<B, S, F> {}

/// On a cache line of its own (two, as they are fetched in pairs).
#[repr(align(128))]
struct Padded<T>(T);

/// Which round runs, who has which block, and how many are done.
struct Rounds {
    /// The round that runs; only this line is watched by those who wait.
    round: Padded<AtomicU64>,
    /// The round in which each block is to be claimed next.
    unclaimed: Vec<Padded<AtomicU64>>,
    done: Padded<AtomicUsize>,
    over: AtomicBool,
    poisoned: AtomicBool,
}

impl Rounds {
    /// Spins before yielding, some 10 us: longer than a small network's step, shorter than what a busy machine takes from us.
    const SPINS: u32 = 1_000;

    fn new(blocks: usize) -> Self {
        Self {
            round: Padded(AtomicU64::new(0)),
            unclaimed: (0..blocks).map(|_| Padded(AtomicU64::new(0))).collect(),
            done: Padded(AtomicUsize::new(0)),
            over: AtomicBool::new(false),
            poisoned: AtomicBool::new(false),
        }
    }

    /// Takes a block for this thread, if nobody has taken it in this round. What was done in the round before is seen.
    fn claim(&self, block: usize, round: u64) -> bool {
        let unclaimed = &self.unclaimed[block].0;
        unclaimed.load(Ordering::Relaxed) == round
            && unclaimed.compare_exchange(round, round + 1, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    /// Says that a block is done; whether it was the last of its round, whose work is seen then.
    fn was_last(&self) -> bool {
        self.done.0.fetch_add(1, Ordering::AcqRel) + 1 == self.unclaimed.len()
    }

    fn open_next(&self, round: u64, goes_on: bool) {
        self.done.0.store(0, Ordering::Relaxed);
        self.over.store(!goes_on, Ordering::Relaxed);
        self.round.0.store(round + 1, Ordering::Release);
    }

    /// The number of the next round, or none when the last is over.
    fn wait_for_next(&self, round: u64) -> Option<u64> {
        let mut spins = 0;
        loop {
            let now = self.round.0.load(Ordering::Acquire);
            if now != round {
                return (!self.over.load(Ordering::Relaxed)).then_some(now);
            }
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

/// Frees the others from waiting when its thread unwinds.
struct Poison<'a>(&'a Rounds);

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

    #[test]
    fn blocks_of_a_late_thread_are_done_by_the_others() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        // Whoever takes block 0 waits until the others are done, which would never end if they were for this thread to do.
        let done = AtomicUsize::new(0);
        let mut blocks: Vec<usize> = (0..5).collect();
        let parallel = |block: &mut usize, _: &()| {
            while *block == 0 && done.load(Ordering::Relaxed) < 4 {
                thread::yield_now();
            }
            done.fetch_add(1, Ordering::Relaxed);
        };
        run(&pool, &mut blocks, &mut (), parallel, |_, ()| false);
        assert_eq!(done.into_inner(), 5);
    }
}
