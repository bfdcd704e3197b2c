//! The list of dashboards: what is told of each, which of them are looked for, and which a person starred or opened lately. Read
//! by hand from `GET /api/dashboards`; what the server does not tell is not known rather than nothing.

use serde_json::Value as Json;

/// Opened lately: so many are remembered.
pub const RECENT: usize = 8;

/// A dashboard in the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BoardRow {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// How many panels.
    pub panels: u64,
    /// Titles of its panels.
    pub panel_titles: Vec<String>,
    /// Whether it comes from a file.
    pub is_read_only: bool,
    /// Whether it was imported and not edited since.
    pub is_imported: bool,
    /// Panels that are kept and not drawn.
    pub kept_panels: u64,
    /// Streams that its panels ask.
    pub streams: Option<Vec<String>>,
    /// When it was last changed, epoch ms.
    pub changed_ms: Option<i64>,
    /// Viewers who have it open.
    pub watchers: Option<u64>,
    /// The server's work for it, µs per second.
    pub cpu_us_s: Option<u64>,
}

/// Part of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    #[default]
    All,
    /// Those with a star.
    Starred,
    /// Those people saved, not those of files.
    Saved,
    /// Those that came from another program.
    Imported,
}

impl Part {
    /// All parts, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::All, Self::Starred, Self::Saved, Self::Imported];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Starred => "Starred",
            Self::Saved => "Saved",
            Self::Imported => "Imported",
        }
    }
}

/// Reads the server's answer.
#[must_use]
pub fn rows(list: &Json) -> Vec<BoardRow> {
    let row = |board: &Json| {
        let text = |key: &str| Some(board.get(key)?.as_str()?.to_owned());
        let count = |key: &str| board.get(key).and_then(Json::as_u64);
        let flag = |key: &str| board.get(key).and_then(Json::as_bool).unwrap_or(false);
        let words = |key: &str| {
            let items = board.get(key)?.as_array()?;
            Some(items.iter().filter_map(|item| Some(item.as_str()?.to_owned())).collect())
        };
        Some(BoardRow {
            id: text("id")?,
            title: text("title")?,
            description: text("description").unwrap_or_default(),
            panels: count("panels").unwrap_or(0),
            panel_titles: words("panel_titles").unwrap_or_default(),
            is_read_only: flag("read_only"),
            is_imported: flag("imported"),
            kept_panels: count("kept_panels").unwrap_or(0),
            streams: words("streams"),
            changed_ms: board.get("changed_ms").and_then(Json::as_i64),
            watchers: count("watchers"),
            cpu_us_s: count("cpu_us_s"),
        })
    };
    list.as_array().into_iter().flatten().filter_map(row).collect()
}

/// The rows of a part that have all words of `find` in their title, their description, a panel's title or a stream's name. By
/// title, ties by id; those that have them in their title come first.
#[must_use]
pub fn listed<'a>(
    rows: &'a [BoardRow],
    part: Part,
    starred: &[String],
    find: &str,
) -> Vec<&'a BoardRow> {
    let find = find.to_lowercase();
    let words: Vec<&str> = find.split_whitespace().collect();
    let is_in_part = |row: &&BoardRow| match part {
        Part::All => true,
        Part::Starred => starred.contains(&row.id),
        Part::Saved => !row.is_read_only,
        Part::Imported => row.is_imported,
    };
    let has_all = |text: &str| {
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    let mut found: Vec<(bool, String, &BoardRow)> = Vec::new();
    for row in rows.iter().filter(is_in_part) {
        let in_title = has_all(&row.title);
        let streams = row.streams.iter().flatten();
        let parts =
            [&row.title, &row.description].into_iter().chain(&row.panel_titles).chain(streams);
        let all: Vec<&str> = parts.map(String::as_str).collect();
        if in_title || has_all(&all.join("\n")) {
            found.push((!in_title, row.title.to_lowercase(), row));
        }
    }
    found.sort_by(|a, b| (a.0, &a.1, &a.2.id).cmp(&(b.0, &b.1, &b.2.id)));
    found.into_iter().map(|(.., row)| row).collect()
}

/// Puts a board at the front of those opened lately.
pub fn remember(recent: &mut Vec<String>, id: &str) {
    recent.retain(|known| known != id);
    recent.insert(0, id.to_owned());
    recent.truncate(RECENT);
}

/// Gives a board a star, or takes it.
pub fn toggle_star(starred: &mut Vec<String>, id: &str) {
    match starred.iter().position(|known| known == id) {
        Some(place) => drop(starred.remove(place)),
        None => starred.push(id.to_owned()),
    }
}

/// Server work as people read it: `3.1 ms/s`, `0` where there is none.
#[must_use]
pub fn cost_words(cpu_us_s: u64) -> String {
    match cpu_us_s {
        0 => "0".to_owned(),
        1..100 => "< 0.1 ms/s".to_owned(),
        100..100_000 => format!("{}.{} ms/s", cpu_us_s / 1_000, cpu_us_s % 1_000 / 100),
        _ => format!("{} ms/s", cpu_us_s / 1_000),
    }
}

/// How long ago: `just now`, `4 min ago`, `2 h ago`, `yesterday`, `6 days ago`.
#[must_use]
pub fn ago_words(ago_ms: i64) -> String {
    let minutes = ago_ms.max(0) / 60_000;
    match minutes {
        0 => "just now".to_owned(),
        1..60 => format!("{minutes} min ago"),
        60..1_440 => format!("{} h ago", minutes / 60),
        1_440..2_880 => "yesterday".to_owned(),
        _ => format!("{} days ago", minutes / 1_440),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn boards() -> Vec<BoardRow> {
        rows(&json!([
            {"id": "b", "title": "Taxis live", "description": "Every cab", "panels": 13, "read_only": true,
             "panel_titles": ["Fares"], "streams": ["trips"], "watchers": 2, "cpu_us_s": 3_140, "changed_ms": null},
            {"id": "a", "title": "fares", "description": "", "panels": 1, "imported": true},
            {"id": "c", "title": "Apples", "panels": 0},
            {"id": 7},
        ]))
    }

    #[test]
    fn what_is_not_told_is_not_known() {
        let boards = boards();
        assert_eq!(boards.len(), 3);
        assert_eq!((boards[0].watchers, boards[1].watchers), (Some(2), None));
        assert_eq!(boards[0].streams.as_deref(), Some(&["trips".to_owned()][..]));
        assert_eq!(boards[1].streams, None);
    }

    #[test]
    fn a_board_is_found_by_its_title_first() {
        let boards = boards();
        let starred = ["b".to_owned()];
        let found = |part, find: &str| {
            let rows = listed(&boards, part, &starred, find);
            rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>().join("")
        };
        assert_eq!(found(Part::All, ""), "cab");
        assert_eq!(found(Part::All, "FARES"), "ab");
        assert_eq!(found(Part::All, "cab trips"), "b");
        assert_eq!(found(Part::All, "cab nothing"), "");
        assert_eq!(found(Part::Starred, ""), "b");
        assert_eq!(found(Part::Saved, ""), "ca");
        assert_eq!(found(Part::Imported, ""), "a");
    }

    #[test]
    fn lately_is_short_and_newest_first() {
        let mut recent = Vec::new();
        for id in ["a", "b", "c", "a", "d", "e", "f", "g", "h", "i"] {
            remember(&mut recent, id);
        }
        assert_eq!(recent.join(""), "ihgfedac");
        let mut starred = Vec::new();
        for id in ["a", "b", "a"] {
            toggle_star(&mut starred, id);
        }
        assert_eq!(starred, ["b"]);
    }

    #[test]
    fn ages_and_costs_are_short() {
        assert_eq!(
            [0, 40, 3_140, 250_000].map(cost_words),
            ["0", "< 0.1 ms/s", "3.1 ms/s", "250 ms/s"]
        );
        let ago = [0, 240_000, 7_300_000, 100_000_000, 600_000_000].map(ago_words);
        assert_eq!(ago, ["just now", "4 min ago", "2 h ago", "yesterday", "6 days ago"]);
    }
}
