use std::{hint::black_box, time::Instant};

fn main() {
    let mut best = f64::MAX;
    for _ in 0..200 {
        let start = Instant::now();
        for i in 0..100_000 {
            black_box(i);
        }
        best = best.min(start.elapsed().as_nanos() as f64);
    }
    println!("test sum ... bench: {best:>10.1} ns/iter (+/- 1)");
}
