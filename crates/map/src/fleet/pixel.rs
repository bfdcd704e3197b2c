//! Arithmetic of pixels, four of them at a time.

use bytemuck::cast;
use wide::{u16x8, u32x4};

/// One pixel, multiplied by its alpha: red is its lowest byte, alpha its highest.
pub(super) type Pixel = u32;

/// Pixels that are laid over others in one go.
pub(super) const BLOCK: usize = 4;
pub(super) type Block = [Pixel; BLOCK];

/// Lays pixels over others.
#[inline]
pub(super) fn over(below: Block, above: Block) -> Block {
    let alpha = u32x4::new(above) >> 24_u32;
    let rest = u32x4::splat(256) - (alpha + (alpha >> 7_u32)); // 0 under an opaque one, 256 under none
    let (even, odd) = apart(below);
    let half = u16x8::splat(128);
    let rest: u16x8 = cast(rest | (rest << 16_u32));
    together(cast(above), even * rest + half, odd * rest + half)
}

/// Between pixels: `shares` of 256 of the second ones.
#[inline]
pub(super) fn between(first: Block, second: Block, shares: [u32; BLOCK]) -> Block {
    let shares = u32x4::new(shares);
    let shares: u16x8 = cast(shares | (shares << 16_u32));
    let rest = u16x8::splat(256) - shares;
    let ((first_even, first_odd), (even, odd)) = (apart(first), apart(second));
    together(u16x8::splat(0), first_even * rest + even * shares, first_odd * rest + odd * shares)
}

/// The bytes as numbers of 16 bits, which have room for a product: red and blue, green and alpha.
#[inline]
fn apart(pixels: Block) -> (u16x8, u16x8) {
    let pixels: u16x8 = cast(pixels);
    (pixels & u16x8::splat(0xff), pixels >> 8_u32)
}

/// The upper bytes of products, added to pixels.
#[inline]
fn together(pixels: u16x8, even: u16x8, odd: u16x8) -> Block {
    cast(pixels + ((even >> 8_u32) | (odd & u16x8::splat(0xff00))))
}

/// A pixel as the browser gives it, multiplied.
pub(super) fn multiplied([red, green, blue, alpha]: [u8; 4]) -> Pixel {
    let by_alpha = |color: u8| ((u32::from(color) * u32::from(alpha) + 127) / 255) as u8;
    Pixel::from_le_bytes([by_alpha(red), by_alpha(green), by_alpha(blue), alpha])
}
