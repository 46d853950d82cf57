#[inline(never)]
fn checked(value: u64) -> Result<u64, String> {
    if value == u64::MAX {
        return Err(format!("{value} is too large"));
    }
    Ok(value + 1)
}

#[inline(never)]
fn at(values: &[u64], index: usize) -> u64 {
    values[index]
}

#[inline(never)]
pub fn total(count: u64) -> u64 {
    let values: Vec<u64> = (0..16).collect();
    (0..count).map(|i| checked(at(&values, (i % 16) as usize)).unwrap()).sum()
}
