#[inline(never)]
fn helper(value: u64) -> u64 {
    value.wrapping_mul(31).wrapping_add(7)
}

#[inline(never)]
fn spread(value: u64, width: u32) -> u64 {
    let mut sum = 0u64;
    for i in 0..width {
        sum = sum.wrapping_add(value >> (i & 31));
    }
    sum
}

#[inline(never)]
pub fn hot(count: u64) -> u64 {
    let mut sum = 0u64;
    for i in 0..count {
        sum = sum.wrapping_add(helper(i)).wrapping_add(spread(i, 64));
    }
    sum
}
