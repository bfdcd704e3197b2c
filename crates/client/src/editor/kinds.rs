//! The types that are made by hand, and what each wants to know.

/// A type of visualization.
#[derive(Debug)]
pub struct Kind {
    /// As it is saved.
    pub id: &'static str,
    /// What people call it.
    pub words: &'static str,
    /// Its icon in the sprite.
    pub icon: &'static str,
    /// Columns and rows of a new panel.
    pub size: (u32, u32),
    /// What its buckets are for. [`Kind::roles`] has their order.
    pub buckets: &'static [BucketRole],
    /// How many metrics it shows.
    pub metrics: MetricCount,
    /// Its own settings.
    pub settings: &'static [Setting],
}

/// What a bucket is for.
#[derive(Debug)]
pub struct BucketRole {
    /// In words.
    pub words: &'static str,
    /// Bucket types that make sense, the likeliest first.
    pub types: &'static [&'static str],
    /// How it stands to the others.
    pub stands: Stands,
}

/// The type whose questions are those of its controls.
pub const CONTROLS: &str = "input_control_vis";

/// How a bucket stands to the others of its query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// There is no picture without it.
    Needed,
    /// It may follow the others.
    Inner,
    /// It may stand before all others: what it keeps is chosen over the whole range, not anew in each of their buckets.
    Outer,
}

/// How many metrics a type shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricCount {
    /// It shows records.
    None,
    /// One.
    One,
    /// One or more.
    Many,
}

/// A setting of a type.
#[derive(Debug)]
pub struct Setting {
    /// Where it is in the visualization, as a JSON pointer.
    pub at: &'static str,
    /// Its words.
    pub words: &'static str,
    /// How it is set.
    pub input: Input,
}

/// How a setting is set.
#[derive(Debug)]
pub enum Input {
    /// On or off; whether it is on where nothing is said.
    Switch(bool),
    /// One of several; the first where nothing is said.
    Choice(&'static [Choice]),
    /// Words; what stands there while it is empty.
    Text(&'static str),
    /// A number; the same.
    Number(&'static str),
    /// A field of one of these types.
    Field(&'static [&'static str]),
    /// Several fields, in their order.
    Fields,
    /// The same, each with a control of its own.
    Controls,
    /// Neighbouring ranges, as their bounds.
    Ranges,
    /// Text of several lines.
    Lines,
}

/// One of several.
#[derive(Debug)]
pub struct Choice {
    /// As it is saved.
    pub value: &'static str,
    /// In words.
    pub words: &'static str,
}

const ANY_BUCKET: &[&str] = &["terms", "date_histogram", "histogram", "range", "filters"];
const AXIS: &[&str] = &["date_histogram", "terms", "histogram", "range", "filters"];
const WORDS: &[&str] = &["terms", "filters", "range"];

const FORMATS: Setting = Setting {
    at: "/params/format/kind",
    words: "Number format",
    input: Input::Choice(&[
        Choice { value: "number", words: "Number" },
        Choice { value: "percent", words: "Percent" },
        Choice { value: "usd", words: "US dollars" },
        Choice { value: "duration", words: "Duration" },
        Choice { value: "bytes", words: "Bytes" },
    ]),
};
const UNIT: Setting =
    Setting { at: "/params/format/unit", words: "Unit", input: Input::Text("none") };
const DECIMALS: Setting =
    Setting { at: "/params/format/decimals", words: "Decimals", input: Input::Number("as needed") };
const XY_AXES: &[BucketRole] = &[
    BucketRole { words: "X axis", types: AXIS, stands: Stands::Needed },
    BucketRole { words: "Split by", types: WORDS, stands: Stands::Outer },
];
const THRESHOLD: Setting =
    Setting { at: "/params/threshold/value", words: "Threshold at", input: Input::Number("none") };
const THRESHOLD_WORDS: Setting = Setting {
    at: "/params/threshold/label",
    words: "Words on the threshold",
    input: Input::Text("e.g. alert at 10 min"),
};
const LEGEND: Setting = Setting {
    at: "/params/legend",
    words: "Legend",
    input: Input::Choice(&[
        Choice { value: "top", words: "Above" },
        Choice { value: "right", words: "At the right" },
        Choice { value: "bottom", words: "Below" },
        Choice { value: "left", words: "At the left" },
        Choice { value: "hidden", words: "None" },
    ]),
};
const GAUGE_RANGES: Setting =
    Setting { at: "/params/ranges", words: "Ranges, from low to high", input: Input::Ranges };
const SUB_TEXT: Setting =
    Setting { at: "/params/sub_text", words: "Words under the number", input: Input::Text("none") };
const SUBTITLE: Setting = Setting {
    at: "/subtitle",
    words: "Small words beside the title",
    input: Input::Text("e.g. per 30 s, by zone"),
};

const BAR_MODE: Setting = Setting {
    at: "/params/mode",
    words: "Split bars stand",
    input: Input::Choice(&[
        Choice { value: "stacked", words: "On each other" },
        Choice { value: "normal", words: "Side by side" },
        Choice { value: "percent", words: "As shares of a whole" },
    ]),
};
const AREA_MODES: &[Choice] = &[
    Choice { value: "stacked", words: "On each other" },
    Choice { value: "normal", words: "Over each other" },
    Choice { value: "percent", words: "As shares of a whole" },
];

/// All types, in the order they are offered.
pub const KINDS: &[Kind] = &[
    Kind {
        id: "histogram",
        words: "Bars",
        icon: "bars",
        size: (24, 8),
        buckets: &[
            BucketRole { words: "X axis", types: AXIS, stands: Stands::Needed },
            BucketRole { words: "Split bars by", types: WORDS, stands: Stands::Outer },
        ],
        metrics: MetricCount::One,
        settings: &[
            SUBTITLE,
            BAR_MODE,
            LEGEND,
            THRESHOLD,
            THRESHOLD_WORDS,
            FORMATS,
            UNIT,
            DECIMALS,
        ],
    },
    Kind {
        id: "line",
        words: "Lines",
        icon: "line",
        size: (24, 8),
        buckets: &[
            BucketRole { words: "X axis", types: &["date_histogram"], stands: Stands::Needed },
            BucketRole { words: "A line for each", types: WORDS, stands: Stands::Outer },
        ],
        metrics: MetricCount::Many,
        settings: &[SUBTITLE, LEGEND, THRESHOLD, THRESHOLD_WORDS, FORMATS, UNIT, DECIMALS],
    },
    Kind {
        id: "area",
        words: "Areas",
        icon: "area",
        size: (24, 8),
        buckets: XY_AXES,
        metrics: MetricCount::Many,
        settings: &[
            SUBTITLE,
            Setting { at: "/params/mode", words: "Areas stand", input: Input::Choice(AREA_MODES) },
            LEGEND,
            THRESHOLD,
            THRESHOLD_WORDS,
            FORMATS,
            UNIT,
            DECIMALS,
        ],
    },
    Kind {
        id: "horizontal_bar",
        words: "Lying bars",
        icon: "hbars",
        size: (16, 8),
        buckets: &[
            BucketRole { words: "A bar for each", types: ANY_BUCKET, stands: Stands::Needed },
            BucketRole { words: "Split bars by", types: WORDS, stands: Stands::Outer },
        ],
        metrics: MetricCount::One,
        settings: &[SUBTITLE, BAR_MODE, LEGEND, FORMATS, UNIT, DECIMALS],
    },
    Kind {
        id: "pie",
        words: "Pie",
        icon: "pie",
        size: (12, 8),
        buckets: &[BucketRole { words: "A slice for each", types: WORDS, stands: Stands::Needed }],
        metrics: MetricCount::One,
        settings: &[
            SUBTITLE,
            Setting { at: "/params/donut", words: "As a ring", input: Input::Switch(true) },
            Setting {
                at: "/params/label",
                words: "Word under the sum",
                input: Input::Text("e.g. cabs"),
            },
            FORMATS,
            UNIT,
            DECIMALS,
        ],
    },
    Kind {
        id: "heatmap",
        words: "Heat map",
        icon: "heat",
        size: (24, 8),
        buckets: &[
            BucketRole { words: "Columns", types: AXIS, stands: Stands::Needed },
            BucketRole { words: "Rows", types: ANY_BUCKET, stands: Stands::Needed },
        ],
        metrics: MetricCount::One,
        settings: &[SUBTITLE, FORMATS, UNIT, DECIMALS],
    },
    Kind {
        id: "table",
        words: "Table",
        icon: "table",
        size: (16, 8),
        buckets: &[
            BucketRole { words: "A row for each", types: ANY_BUCKET, stands: Stands::Needed },
            BucketRole { words: "and each", types: ANY_BUCKET, stands: Stands::Inner },
            BucketRole { words: "and each", types: ANY_BUCKET, stands: Stands::Inner },
        ],
        metrics: MetricCount::Many,
        settings: &[
            SUBTITLE,
            Setting { at: "/params/rank", words: "Number the rows", input: Input::Switch(false) },
        ],
    },
    Kind {
        id: "metric",
        words: "Metric",
        icon: "number",
        size: (8, 4),
        buckets: &[],
        metrics: MetricCount::One,
        settings: &[
            Setting {
                at: "/params/note",
                words: "Words under the number",
                input: Input::Text("none"),
            },
            FORMATS,
            UNIT,
            DECIMALS,
        ],
    },
    Kind {
        id: "gauge",
        words: "Gauge",
        icon: "gauge",
        size: (8, 8),
        buckets: &[BucketRole { words: "A gauge for each", types: WORDS, stands: Stands::Inner }],
        metrics: MetricCount::Many,
        settings: &[
            SUBTITLE,
            Setting {
                at: "/params/shape",
                words: "Shape",
                input: Input::Choice(&[
                    Choice { value: "arc", words: "Arc" },
                    Choice { value: "circle", words: "Circle" },
                ]),
            },
            GAUGE_RANGES,
            SUB_TEXT,
            FORMATS,
            UNIT,
            DECIMALS,
        ],
    },
    Kind {
        id: "goal",
        words: "Goal",
        icon: "goal",
        size: (8, 8),
        buckets: &[BucketRole { words: "A goal for each", types: WORDS, stands: Stands::Inner }],
        metrics: MetricCount::Many,
        settings: &[SUBTITLE, GAUGE_RANGES, SUB_TEXT, FORMATS, UNIT, DECIMALS],
    },
    Kind {
        id: "tagcloud",
        words: "Tag cloud",
        icon: "cloud",
        size: (16, 8),
        buckets: &[BucketRole {
            words: "A word for each",
            types: &["terms"],
            stands: Stands::Needed,
        }],
        metrics: MetricCount::One,
        settings: &[
            SUBTITLE,
            Setting {
                at: "/params/min_font_size",
                words: "Smallest letters, px",
                input: Input::Number("18"),
            },
            Setting {
                at: "/params/max_font_size",
                words: "Largest letters, px",
                input: Input::Number("72"),
            },
        ],
    },
    Kind {
        id: "search",
        words: "Records",
        icon: "list",
        size: (16, 8),
        buckets: &[],
        metrics: MetricCount::None,
        settings: &[
            SUBTITLE,
            Setting { at: "/query/hits/fields", words: "Fields", input: Input::Fields },
            Setting { at: "/query/hits/size", words: "How many", input: Input::Number("100") },
        ],
    },
    Kind {
        id: "map",
        words: "Live map",
        icon: "map",
        size: (24, 16),
        buckets: &[],
        metrics: MetricCount::None,
        settings: &[
            Setting {
                at: "/params/position",
                words: "Position",
                input: Input::Field(&["geo_point"]),
            },
            Setting {
                at: "/params/heading",
                words: "Heading, degrees",
                input: Input::Field(&["double", "long"]),
            },
            Setting {
                at: "/params/status",
                words: "Coloured by",
                input: Input::Field(&["keyword", "boolean"]),
            },
        ],
    },
    Kind {
        id: CONTROLS,
        words: "Controls",
        icon: "settings",
        size: (24, 4),
        buckets: &[],
        metrics: MetricCount::None,
        settings: &[
            Setting {
                at: "/params/controls",
                words: "Choose by the fields",
                input: Input::Controls,
            },
            Setting {
                at: "/params/update_filters_on_change",
                words: "Choices count at once",
                input: Input::Switch(false),
            },
            Setting {
                at: "/params/pin_filters",
                words: "They go along to other boards",
                input: Input::Switch(false),
            },
        ],
    },
    Kind {
        id: "markdown",
        words: "Text",
        icon: "text",
        size: (16, 6),
        buckets: &[],
        metrics: MetricCount::None,
        settings: &[Setting { at: "/params/markdown", words: "Markdown", input: Input::Lines }],
    },
];

impl Kind {
    /// What so many buckets are for, in their order.
    #[must_use]
    pub fn roles(&self, count: usize) -> Vec<&'static BucketRole> {
        let (outer, others): (Vec<_>, Vec<_>) =
            self.buckets.iter().partition(|role| role.stands == Stands::Outer);
        let has_outer = count > self.needed();
        outer.into_iter().filter(|_| has_outer).chain(others).take(count).collect()
    }

    /// What a further bucket would be for; `None` where there is no use for one.
    #[must_use]
    pub fn next_role(&self, count: usize) -> Option<&'static BucketRole> {
        let (before, after) = (self.roles(count), self.roles(count + 1));
        after.into_iter().find(|role| !before.iter().any(|known| std::ptr::eq(*known, *role)))
    }

    /// Whether it has a main question.
    #[must_use]
    pub fn asks(&self) -> bool {
        !["markdown", CONTROLS].contains(&self.id)
    }

    /// How many buckets there must be.
    #[must_use]
    pub fn needed(&self) -> usize {
        self.buckets.iter().filter(|role| role.stands == Stands::Needed).count()
    }
}

/// The type of an id; `None` for one that is not made by hand.
#[must_use]
pub fn kind_of(id: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.id == id)
}
