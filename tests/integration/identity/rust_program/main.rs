mod dispatch;
mod guarded;
mod hot;
mod shapes;
mod shared;
mod text;

fn main() {
    let count: u64 = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(1000);
    let mut sum = hot::hot(count);
    sum = sum.wrapping_add(text::parse("12;34;567;x;89"));
    sum = sum.wrapping_add(shapes::areas(count) as u64);
    sum = sum.wrapping_add(dispatch::run(count));
    sum = sum.wrapping_add(guarded::total(count));
    sum = sum.wrapping_add(shared::counted(count));
    println!("{sum} {}", text::name_of(sum % 6));
}
