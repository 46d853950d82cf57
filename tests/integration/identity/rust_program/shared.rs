use std::sync::atomic::{AtomicU64, Ordering};

#[repr(align(64))]
struct Apart(AtomicU64);

static ROUNDS: AtomicU64 = AtomicU64::new(300);
static FIRST: Apart = Apart(AtomicU64::new(0));
static SECOND: Apart = Apart(AtomicU64::new(0));
static WEIGHTS: [u64; 8] = [3, 1, 4, 1, 5, 9, 2, 6];

#[inline(never)]
pub fn counted(count: u64) -> u64 {
    let rounds = ROUNDS.load(Ordering::Relaxed);
    for i in 0..rounds.min(count) {
        FIRST.0.fetch_add(WEIGHTS[(i % 8) as usize], Ordering::Relaxed);
        SECOND.0.fetch_add(1, Ordering::Relaxed);
    }
    FIRST.0.load(Ordering::Relaxed) + SECOND.0.load(Ordering::Relaxed)
}
