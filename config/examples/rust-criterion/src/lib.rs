/// The sum of the first `n` numbers, the slow way.
pub fn sum(n: u64) -> u64 {
    (0..n).fold(0, |sum, i| std::hint::black_box(sum + i))
}
