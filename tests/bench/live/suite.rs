// Five kernels with a harness of their own that prints as libtest does. PLANTED: percent by which `hash` does more.
use std::{collections::BTreeMap, hint::black_box, time::Instant};

const PLANTED: u64 = 0;
const ROUNDS: u64 = 1000 + 10 * PLANTED;

fn numbers(count: usize) -> Vec<u32> {
    let mut state = 1u64;
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as u32
        })
        .collect()
}

#[inline(never)]
fn hash() {
    let mut h = 14695981039346656037u64;
    for round in 0..black_box(ROUNDS) {
        for byte in 0..16 {
            h = (h ^ (byte + round)).wrapping_mul(1099511628211);
        }
    }
    black_box(h);
}

#[inline(never)]
fn sort(input: &[u32]) {
    let mut copy = input.to_vec();
    copy.sort_unstable();
    black_box(copy);
}

#[inline(never)]
fn tree(input: &[u32]) {
    let mut map = BTreeMap::new();
    for one in input {
        *map.entry(*one).or_insert(0) += 1;
    }
    black_box(map.len());
}

#[inline(never)]
fn parse(text: &str) {
    let (mut sum, mut value) = (0u64, 0u64);
    for c in text.bytes() {
        if c.is_ascii_digit() {
            value = value.wrapping_mul(10).wrapping_add(u64::from(c - b'0'));
        } else {
            sum = sum.wrapping_add(std::mem::take(&mut value));
        }
    }
    black_box(sum);
}

#[inline(never)]
fn strings() {
    black_box((0..200).map(|i| "x".repeat(40 + i % 7)).collect::<Vec<_>>());
}

/// The median of five batches of about a millisecond.
fn time(name: &str, work: impl Fn()) {
    let start = Instant::now();
    work();
    let calls = 1 + 1_000_000 / (1 + start.elapsed().as_nanos() as u64);
    let mut batches: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..calls {
                work();
            }
            start.elapsed().as_nanos() as f64 / calls as f64
        })
        .collect();
    batches.sort_by(f64::total_cmp);
    println!("test {name} ... bench: {:>12.2} ns/iter (+/- 1)", batches[2]);
}

fn main() {
    let input = numbers(2000);
    let text: String = input.iter().map(|one| format!("key{}={one};", one % 997)).collect();
    time("hash", hash);
    time("sort", || sort(&input));
    time("tree", || tree(&input[..300]));
    time("parse", || parse(&text));
    time("strings", strings);
}
