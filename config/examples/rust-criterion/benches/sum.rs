use criterion::{criterion_group, criterion_main, Criterion};

fn bench_sum(c: &mut Criterion) {
    c.bench_function("sum", |b| b.iter(|| demo::sum(100_000)));
}

criterion_group!(benches, bench_sum);
criterion_main!(benches);
