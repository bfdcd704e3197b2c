//! How large vehicles are drawn: by the zoom, and smaller where so many are in view that they would hide one another.

use crate::map_view::MapView;

/// Arrows below this zoom would say less than they cover.
const ARROWS_FROM: f64 = 12.0;
/// From here on vehicles are large and named.
const NAMES_FROM: f64 = 14.5;
/// Glyphs may cover so much of a view, were none above another; once they are smaller, they stay so until it is this much less.
const COVERED: f64 = 1.2;
const UNTIL: f64 = 0.9;

/// See the module's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// Dots of 3.
    Specks,
    /// Dots of 5.
    Dots,
    /// Arrows of 10 × 11.
    Arrows,
    /// Arrows of 16, with names.
    Named,
}

impl Size {
    const ALL: [Self; 4] = [Self::Specks, Self::Dots, Self::Arrows, Self::Named];

    /// That of a view with so many vehicles in it; `was` is the last one, where there is one.
    #[must_use]
    pub fn of(view: &MapView, in_view: usize, was: Option<Self>) -> Self {
        let largest = Self::at(view.zoom());
        let (width, height) = view.size();
        let has_room = |size: &&Self| {
            let limit = if was.is_some_and(|was| was < **size) { COVERED * UNTIL } else { COVERED };
            in_view as f64 * size.area() <= limit * width * height
        };
        let sizes = Self::ALL.iter().filter(|size| **size <= largest);
        sizes.rev().find(has_room).copied().unwrap_or(Self::Specks)
    }

    fn at(zoom: f64) -> Self {
        if zoom < ARROWS_FROM {
            Self::Dots
        } else if zoom < NAMES_FROM {
            Self::Arrows
        } else {
            Self::Named
        }
    }

    /// What a vehicle covers, CSS px², its casing and most of its name included.
    fn area(self) -> f64 {
        match self {
            Self::Specks => 16.0,
            Self::Dots => 45.0,
            Self::Arrows => 80.0,
            Self::Named => 300.0,
        }
    }

    /// The unit of the arrow's outline, CSS px: it is 1.84 wide and 2.25 high.
    #[must_use]
    pub fn unit(self) -> f64 {
        match self {
            Self::Specks | Self::Dots => 4.0,
            Self::Arrows => 5.0,
            Self::Named => 7.2,
        }
    }

    /// Radius of a dot, CSS px, without its casing.
    #[must_use]
    pub fn radius(self) -> f64 {
        match self {
            Self::Specks => 1.6,
            Self::Dots => 2.5,
            Self::Arrows | Self::Named => self.unit() * 0.62,
        }
    }

    /// How far a casing reaches out, CSS px.
    #[must_use]
    pub fn casing(self) -> f64 {
        if self == Self::Specks { 0.6 } else { 1.3 }
    }

    /// Whether headings are seen.
    #[must_use]
    pub fn has_arrows(self) -> bool {
        self >= Self::Arrows
    }
}

#[cfg(test)]
mod tests {
    use hailstream_geo::LonLat;

    use super::*;

    fn view(zoom: f64) -> MapView {
        MapView::new(LonLat::new(-122.42, 37.77).unwrap(), zoom, 1_000.0, 400.0)
    }

    #[test]
    fn a_few_are_as_large_as_the_zoom_lets_them() {
        let of = |zoom| Size::of(&view(zoom), 500, None);
        assert_eq!([11.0, 13.0, 15.0].map(of), [Size::Dots, Size::Arrows, Size::Named]);
    }

    #[test]
    fn many_are_smaller_and_stay_so_until_there_is_room() {
        let of = |in_view, was| Size::of(&view(13.0), in_view, was);
        assert_eq!(
            [5_000, 8_000, 20_000, 900_000].map(|in_view| of(in_view, None)),
            [Size::Arrows, Size::Dots, Size::Specks, Size::Specks]
        );
        assert_eq!(of(5_700, Some(Size::Arrows)), Size::Arrows);
        assert_eq!(of(5_700, Some(Size::Dots)), Size::Dots, "they had not enough room just now");
        assert_eq!(of(5_300, Some(Size::Dots)), Size::Arrows);
        assert_eq!(Size::of(&view(11.0), 10, Some(Size::Arrows)), Size::Dots, "from further away");
    }
}
