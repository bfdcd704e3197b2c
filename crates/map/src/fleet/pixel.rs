//! Arithmetic of pixels, four of them at a time.

use bytemuck::cast;
use wide::{i16x8, u16x8, u32x4};

/// One pixel, multiplied by its alpha: red is its lowest byte, alpha its highest.
pub(super) type Pixel = u32;

/// Pixels that are laid over others in one go.
pub(super) const BLOCK: usize = 4;
pub(super) type Block = [Pixel; BLOCK];

/// Pixels that are laid over others again and again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Film {
    pixels: Block,
    /// How much is left of each of what is below, in parts of 2¹⁵: twice for each pixel.
    rest: [i16; 2 * BLOCK],
}

impl Film {
    pub(super) fn of(pixels: Block) -> Self {
        let rest = |pixel: Pixel| {
            let alpha = (pixel >> 24) as i32;
            // 0 under an opaque one, as much as there can be under none: rounding does the rest.
            ((256 - alpha - (alpha >> 7)) << 7).min(i16::MAX.into()) as i16
        };
        Self { pixels, rest: std::array::from_fn(|at| rest(pixels[at / 2])) }
    }

    /// Lays it over pixels.
    #[inline]
    pub(super) fn over(&self, below: Block) -> Block {
        let (even, odd) = apart(below);
        let rest = i16x8::new(self.rest);
        let left = |half: u16x8| -> u16x8 { cast(cast::<_, i16x8>(half).mul_scale_round(rest)) };
        let pixels: u16x8 = cast(self.pixels);
        cast(pixels + (left(even) | (left(odd) << 8_u32)))
    }

    /// Its pixels, each as a film of its own.
    pub(super) fn singles(&self) -> impl Iterator<Item = Self> {
        self.pixels.into_iter().map(|pixel| Self::of([pixel; BLOCK]))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// No sum runs over into the next byte, and what is laid over an opaque pixel leaves it opaque.
    #[test]
    fn an_opaque_pixel_stays_opaque_under_anything() {
        for alpha in 0..=255 {
            let above = multiplied([255, 128, 0, alpha]);
            let [pixel, ..] = Film::of([above; BLOCK]).over([Pixel::MAX; BLOCK]);
            let [red, green, blue, opacity] = pixel.to_le_bytes();
            assert_eq!((red, opacity), (255, 255), "under {alpha}");
            assert!(
                green >= 127 && blue.abs_diff(255 - alpha) <= 1,
                "under {alpha}: {green} {blue}"
            );
        }
    }

    /// Beside plain arithmetic, each byte of each pixel for itself: every alpha over every byte, another one in each place.
    #[test]
    fn four_pixels_are_laid_as_each_byte_would_be() {
        for (alpha, byte) in
            (0..=255_u8).flat_map(|alpha| (0..=255_u8).map(move |byte| (alpha, byte)))
        {
            let pixel = |at: u8| [byte, byte.wrapping_add(31 + at), byte ^ 0x5a, 255 - at];
            let below: Block = std::array::from_fn(|at| Pixel::from_le_bytes(pixel(at as u8)));
            let above: Block = std::array::from_fn(|at| {
                multiplied([200, 90, 10, alpha.wrapping_add(at as u8 * 64)])
            });
            let plain = std::array::from_fn(|at| {
                let (below, above) = (below[at].to_le_bytes(), above[at].to_le_bytes());
                let rest = 256 - i32::from(above[3]) - i32::from(above[3] >> 7);
                Pixel::from_le_bytes(std::array::from_fn(|channel| {
                    let left = (i32::from(below[channel]) * rest + 128) >> 8;
                    (i32::from(above[channel]) + left) as u8
                }))
            });
            assert_eq!(Film::of(above).over(below), plain, "alpha {alpha} over {byte}");
        }
    }

    #[test]
    fn nothing_changes_nothing() {
        for pixel in (0..=255).map(|byte| Pixel::from_le_bytes([byte, 0, byte, 255])) {
            assert_eq!(Film::of([0; BLOCK]).over([pixel; BLOCK]), [pixel; BLOCK]);
        }
    }
}
