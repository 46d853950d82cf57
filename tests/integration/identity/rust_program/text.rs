static NAMES: [&str; 5] = ["zero", "one", "two", "three", "four"];

pub fn name_of(kind: u64) -> &'static str {
    NAMES.get(kind as usize).copied().unwrap_or("a number without a name")
}

#[inline(never)]
pub fn parse(text: &str) -> u64 {
    text.split(';').filter_map(|word| word.parse::<u64>().ok()).map(|value| value * 3).sum()
}
