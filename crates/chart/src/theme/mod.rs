//! The theme: the colour of each token, and how large type and strokes are.
//!
//! The colours are those of `assets/tokens.css`; a test keeps the table equal to that file. Which token a value gets is
//! not decided here but in `palette`.

mod tokens;

use crate::color::Color;
pub use tokens::Token;
use tokens::{DARK, LIGHT};

/// How far away the reader is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    /// At a desk or with a phone in the hand.
    #[default]
    Desk,
    /// A screen on the wall, read from 4 m: larger type, thicker lines.
    Wall,
}

/// What a chart is painted with.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    colors: [Color; Token::COUNT],
    density: Density,
}

impl Theme {
    /// The light set.
    #[must_use]
    pub const fn light() -> Self {
        Self { colors: LIGHT, density: Density::Desk }
    }

    /// The dark set.
    #[must_use]
    pub const fn dark() -> Self {
        Self { colors: DARK, density: Density::Desk }
    }

    /// The same colours for another distance.
    #[must_use]
    pub fn with_density(mut self, density: Density) -> Self {
        self.density = density;
        self
    }

    /// One token with another colour: an embedding page hands over surfaces, lines and texts.
    #[must_use]
    pub fn with_color(mut self, token: Token, color: Color) -> Self {
        self.colors[token as usize] = color;
        self
    }

    /// The colour of `token`.
    #[must_use]
    pub fn color(&self, token: Token) -> Color {
        self.colors[token as usize]
    }

    /// How far away the reader is.
    #[must_use]
    pub fn density(&self) -> Density {
        self.density
    }

    /// Size of axis text, in CSS px.
    pub(crate) fn axis_text(&self) -> f64 {
        match self.density {
            Density::Desk => 11.0,
            Density::Wall => 14.0,
        }
    }

    /// Size of the number in the middle of a donut, in CSS px.
    pub(crate) fn middle_text(&self) -> f64 {
        match self.density {
            Density::Desk => 20.0,
            Density::Wall => 28.0,
        }
    }

    /// Width of a line, in CSS px.
    pub(crate) fn line_width(&self) -> f64 {
        match self.density {
            Density::Desk => 1.6,
            Density::Wall => 2.4,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const CSS: &str = include_str!("../../../../assets/tokens.css");

    /// Name and colour of each custom property of the block that starts with `selector`.
    fn colors_of<'a>(css: &'a str, selector: &str) -> Vec<(&'a str, Color)> {
        let start = css.find(selector).expect("the block is there");
        let block = &css[start..];
        let block = &block[..block.find("\n}").expect("the block ends")];
        block
            .split(';')
            .filter_map(|declaration| declaration.rsplit_once("--")?.1.split_once(':'))
            .filter_map(|(name, value)| Some((name.trim(), Color::from_css(value)?)))
            .collect()
    }

    fn variant(name: &str) -> String {
        name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
    }

    fn rust_table(name: &str, colors: &[(&str, Color)]) -> String {
        let mut out = format!("\npub(super) const {name}: [Color; Token::COUNT] = [\n");
        for (token, Color { r, g, b, a }) in colors {
            let hex = format!("0x{r:02x}_{g:02x}_{b:02x}");
            let color = if *a == 255 {
                format!("Color::rgb({hex})")
            } else {
                format!("Color::rgba({hex}, {a})")
            };
            writeln!(out, "    {color}, // {token}").unwrap();
        }
        out + "];\n"
    }

    fn generated() -> String {
        let light = colors_of(CSS, ":root, [data-theme=\"light\"] {");
        let dark = colors_of(CSS, "[data-theme=\"dark\"] {");
        let names = |colors: &[(&'static str, Color)]| {
            colors.iter().map(|(name, _)| *name).collect::<Vec<_>>()
        };
        assert_eq!(names(&light), names(&dark), "both themes define the same tokens");
        let mut out = String::from(
            "//! Every colour of `assets/tokens.css`, light and dark. Written from that file by the test `tokens_are_those_of_the_css`\n\
             //! (`UPDATE_TOKENS=1`); not edited by hand.\n\n\
             use crate::color::Color;\n\n\
             /// A colour by what it means; `data-1` of the style sheet is [`Token::Data1`].\n\
             #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]\n\
             #[expect(missing_docs, reason = \"the style sheet says what each is for\")]\n\
             pub enum Token {\n",
        );
        for (name, _) in &light {
            writeln!(out, "    {},", variant(name)).unwrap();
        }
        out += "}\n\nimpl Token {\n    /// How many there are.\n";
        writeln!(out, "    pub const COUNT: usize = {};\n", light.len()).unwrap();
        out += "    /// All, in the order of the style sheet.\n    pub const ALL: [Self; Self::COUNT] = [\n";
        for (name, _) in &light {
            writeln!(out, "        Self::{},", variant(name)).unwrap();
        }
        out += "    ];\n\n    /// The name of its custom property, without the dashes in front.\n    #[must_use]\n    pub const fn name(self) -> &'static str {\n        NAMES[self as usize]\n    }\n}\n\nconst NAMES: [&str; Token::COUNT] = [\n";
        for (name, _) in &light {
            writeln!(out, "    {name:?},").unwrap();
        }
        out += "];\n";
        out + &rust_table("LIGHT", &light) + &rust_table("DARK", &dark)
    }

    #[test]
    fn tokens_are_those_of_the_css() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/theme/tokens.rs");
        let generated = generated();
        if std::env::var_os("UPDATE_TOKENS").is_some() {
            std::fs::write(path, &generated).unwrap();
        }
        let squeeze = |text: &str| text.split_whitespace().collect::<String>();
        let written = std::fs::read_to_string(path).unwrap();
        assert!(
            squeeze(&written) == squeeze(&generated),
            "tokens.rs is not what tokens.css says; run this test with UPDATE_TOKENS=1"
        );
    }

    #[test]
    fn the_dark_set_is_the_same_for_those_who_follow_the_system() {
        let chosen = colors_of(CSS, "[data-theme=\"dark\"] {");
        let followed = colors_of(CSS, ":root:not([data-theme]) {");
        assert_eq!(chosen, followed);
    }
}
