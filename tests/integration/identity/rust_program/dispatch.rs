#[inline(never)]
fn step(kind: u64, value: u64) -> u64 {
    match kind {
        0 => value.wrapping_add(11),
        1 => value.wrapping_mul(5),
        2 => value ^ 0x55,
        3 => value.rotate_left(7),
        4 => value / 3,
        5 => value.wrapping_sub(17),
        6 => value << 2,
        _ => value,
    }
}

#[inline(never)]
pub fn run(count: u64) -> u64 {
    (0..count).fold(1, |value, i| step(i % 8, value))
}
