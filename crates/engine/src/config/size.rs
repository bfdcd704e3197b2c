//! Sizes as files write them.

/// Bytes of a size such as `512MiB`, `1GiB` or `4096`.
///
/// # Errors
/// What is no such size.
pub fn bytes_of(text: &str) -> Result<u64, String> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let scale = match unit.trim() {
        "" | "B" => Some(1),
        "KiB" => Some(1 << 10),
        "MiB" => Some(1 << 20),
        "GiB" => Some(1 << 30),
        _ => None,
    };
    let bytes = number
        .parse()
        .ok()
        .zip(scale)
        .and_then(|(number, scale): (u64, u64)| number.checked_mul(scale));
    bytes.ok_or_else(|| format!("\"{text}\" is not a size such as 512MiB, 1GiB"))
}
