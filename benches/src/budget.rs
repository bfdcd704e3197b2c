//! A measured figure and its budget, and the table of them.

/// One figure.
pub(crate) struct Measure {
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    pub(crate) value: f64,
    pub(crate) goal: f64,
    pub(crate) minimum: f64,
}

impl Measure {
    /// A figure that should be small: `goal` or, at least, `minimum`.
    pub(crate) fn new(name: &str, unit: &'static str, value: f64, goal: f64, minimum: f64) -> Self {
        Self { name: name.to_owned(), unit, value, goal, minimum }
    }

    fn verdict(&self) -> &'static str {
        let more_is_better = self.goal > self.minimum;
        let reaches = |bar: f64| if more_is_better { self.value >= bar } else { self.value <= bar };
        match (reaches(self.goal), reaches(self.minimum)) {
            (true, _) => "goal",
            (false, true) => "minimum",
            (false, false) => "MISSED",
        }
    }
}

/// Prints the table in Markdown.
pub(crate) fn print(measures: &[Measure], load: &str) {
    println!("\n| budget | measured | goal / minimum | reached |\n|---|---|---|---|");
    for measure in measures {
        println!(
            "| {} | {} {} | {} / {} | {} |",
            measure.name,
            short(measure.value),
            measure.unit,
            short(measure.goal),
            short(measure.minimum),
            measure.verdict()
        );
    }
    println!("\nload average {load}");
}

fn short(value: f64) -> String {
    match value.abs() {
        large if large >= 1_000.0 => {
            let digits = format!("{value:.0}");
            let groups: Vec<&str> = digits
                .as_bytes()
                .rchunks(3)
                .rev()
                .map(|g| std::str::from_utf8(g).unwrap_or(""))
                .collect();
            groups.join(",")
        }
        middle if middle >= 10.0 => format!("{value:.0}"),
        small if small < 0.1 => format!("{value:.3}"),
        _ => format!("{value:.2}"),
    }
}
