//! Where panels stand: 48 columns, no two over each other, each as high as it can stand, as OSD lays out its boards.

use hailstream_protocol::saved_object::GridData;

/// Columns of the grid.
pub const COLUMNS: u32 = 48;
/// The least a panel may be wide, in columns.
pub const MIN_WIDTH: u32 = 4;
/// The least a panel may be high, in rows.
pub const MIN_HEIGHT: u32 = 3;
/// The most a panel may be high, in rows.
const MAX_HEIGHT: u32 = 400;

/// A panel and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// `panelIndex` of the panel.
    pub id: String,
    /// Its place.
    pub grid: GridData,
}

/// The nearest place that is on the grid and large enough to be read.
#[must_use]
pub fn within(grid: GridData) -> GridData {
    let w = grid.w.clamp(MIN_WIDTH, COLUMNS);
    let h = grid.h.clamp(MIN_HEIGHT, MAX_HEIGHT);
    GridData { x: grid.x.min(COLUMNS - w), y: grid.y, w, h }
}

/// Lets every panel rise as far as it can, in reading order. The panel named `first` goes before others that begin in its row,
/// so that the one somebody moves takes its place and the others make room below it.
pub fn settle(panels: &mut [Placed], first: Option<&str>) {
    let mut order: Vec<usize> = (0..panels.len()).collect();
    order.sort_by_key(|&at| {
        let panel = &panels[at];
        (panel.grid.y, first != Some(panel.id.as_str()), panel.grid.x)
    });
    let mut settled: Vec<GridData> = Vec::with_capacity(panels.len());
    for at in order {
        let mut grid = within(panels[at].grid);
        // Just below the lowest of those that stand in its columns, whatever gaps there are between them.
        let in_its_columns = settled.iter().filter(|other| shares_columns(&grid, other));
        grid.y = in_its_columns.map(|other| other.y + other.h).max().unwrap_or(0);
        panels[at].grid = grid;
        settled.push(grid);
    }
}

/// Moves a panel by a column, or past what stands above or below it; the others make room.
pub fn nudge(panels: &mut [Placed], id: &str, right: i32, down: i32) {
    let Some(at) = panels.iter().position(|panel| panel.id == id) else { return };
    let grid = panels[at].grid;
    let in_its_columns = |other: &&Placed| other.id != id && shares_columns(&grid, &other.grid);
    let y = match down {
        0 => grid.y,
        1.. => {
            let below = panels.iter().filter(in_its_columns).map(|other| other.grid.y);
            below.filter(|y| *y >= grid.y + grid.h).min().map_or(grid.y, |y| y + 1)
        }
        _ => {
            let above = panels.iter().filter(in_its_columns).map(|other| other.grid.y);
            above.filter(|y| *y < grid.y).max().unwrap_or(0)
        }
    };
    panels[at].grid = within(GridData { x: grid.x.saturating_add_signed(right), y, ..grid });
    settle(panels, Some(id));
}

/// Makes a panel wider and higher by so many columns and rows; the others make room.
pub fn stretch(panels: &mut [Placed], id: &str, right: i32, down: i32) {
    let Some(panel) = panels.iter_mut().find(|panel| panel.id == id) else { return };
    let GridData { x, y, w, h } = panel.grid;
    let w = w.saturating_add_signed(right).min(COLUMNS.saturating_sub(x));
    panel.grid = within(GridData { x, y, w, h: h.saturating_add_signed(down) });
    settle(panels, Some(id));
}

/// The place nearest the top left where a panel of `w` × `h` fits without moving another.
#[must_use]
pub fn open_place(panels: &[Placed], w: u32, h: u32) -> GridData {
    let wanted = within(GridData { x: 0, y: 0, w, h });
    // What is highest is either the top or right below a panel.
    let mut rows: Vec<u32> = panels.iter().map(|panel| panel.grid.y + panel.grid.h).collect();
    rows.push(0);
    rows.sort_unstable();
    let places = rows.into_iter().flat_map(|y| (0..=COLUMNS - wanted.w).map(move |x| (x, y)));
    let mut places = places.map(|(x, y)| GridData { x, y, ..wanted });
    let is_free = |place: &GridData| !panels.iter().any(|panel| overlap(place, &panel.grid));
    // Below all others it always fits.
    places.find(is_free).unwrap_or(wanted)
}

fn shares_columns(one: &GridData, other: &GridData) -> bool {
    one.x < other.x + other.w && other.x < one.x + one.w
}

fn overlap(one: &GridData, other: &GridData) -> bool {
    shares_columns(one, other) && one.y < other.y + other.h && other.y < one.y + one.h
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn placed(places: &[(u32, u32, u32, u32)]) -> Vec<Placed> {
        let panel = |(at, &(x, y, w, h)): (usize, &(u32, u32, u32, u32))| Placed {
            id: at.to_string(),
            grid: GridData { x, y, w, h },
        };
        places.iter().enumerate().map(panel).collect()
    }

    fn rows(panels: &[Placed]) -> Vec<(u32, u32)> {
        panels.iter().map(|panel| (panel.grid.x, panel.grid.y)).collect()
    }

    #[test]
    fn a_panel_that_is_moved_down_lets_the_one_below_rise() {
        let mut panels = placed(&[(0, 9, 24, 8), (0, 8, 24, 8)]);
        settle(&mut panels, Some("0"));
        assert_eq!(rows(&panels), [(0, 8), (0, 0)]);
    }

    #[test]
    fn a_panel_that_is_moved_up_takes_the_row() {
        let mut panels = placed(&[(0, 0, 24, 8), (0, 0, 24, 8), (24, 0, 24, 8)]);
        settle(&mut panels, Some("1"));
        assert_eq!(rows(&panels), [(0, 8), (0, 0), (24, 0)]);
    }

    #[test]
    fn a_new_panel_takes_the_first_gap_it_fits_into() {
        let panels = placed(&[(0, 0, 20, 8), (36, 0, 12, 8), (0, 8, 48, 4)]);
        assert_eq!(open_place(&panels, 16, 8), GridData { x: 20, y: 0, w: 16, h: 8 });
        assert_eq!(open_place(&panels, 24, 8), GridData { x: 0, y: 12, w: 24, h: 8 });
        assert_eq!(open_place(&[], 24, 8), GridData { x: 0, y: 0, w: 24, h: 8 });
    }

    #[test]
    fn a_nudge_goes_past_a_neighbour_and_stops_at_the_edge() {
        let mut panels = placed(&[(0, 0, 24, 8), (0, 8, 24, 12), (24, 0, 24, 4)]);
        nudge(&mut panels, "0", 0, 1);
        assert_eq!(rows(&panels), [(0, 12), (0, 0), (24, 0)]);
        nudge(&mut panels, "0", 0, 1);
        assert_eq!(rows(&panels)[0], (0, 12), "there is nothing below");
        nudge(&mut panels, "0", 0, -1);
        assert_eq!(rows(&panels), [(0, 0), (0, 8), (24, 0)]);
        nudge(&mut panels, "0", -1, 0);
        assert_eq!(rows(&panels)[0], (0, 0));
        nudge(&mut panels, "2", 1, 0);
        assert_eq!(rows(&panels)[2], (24, 0), "it is at the edge");
    }

    #[test]
    fn a_stretched_panel_stays_on_the_grid() {
        let mut panels = placed(&[(30, 0, 18, 8), (0, 8, 48, 4)]);
        stretch(&mut panels, "0", 5, 2);
        assert_eq!(panels[0].grid, GridData { x: 30, y: 0, w: 18, h: 10 });
        assert_eq!(panels[1].grid.y, 10);
        stretch(&mut panels, "0", -40, -40);
        assert_eq!(panels[0].grid, GridData { x: 30, y: 0, w: MIN_WIDTH, h: MIN_HEIGHT });
    }

    #[test]
    fn no_place_is_off_the_grid() {
        let grid = within(GridData { x: 47, y: 3, w: 90, h: 0 });
        assert_eq!(grid, GridData { x: 0, y: 3, w: 48, h: MIN_HEIGHT });
    }

    fn any_panels() -> impl Strategy<Value = Vec<Placed>> {
        let place = (0..60_u32, 0..60_u32, 0..60_u32, 0..20_u32);
        proptest::collection::vec(place, 1..20).prop_map(|places| placed(&places))
    }

    proptest! {
        #[test]
        fn no_two_stand_over_each_other_and_none_could_rise(mut panels in any_panels()) {
            settle(&mut panels, Some("0"));
            for (at, panel) in panels.iter().enumerate() {
                prop_assert!(panel.grid.x + panel.grid.w <= COLUMNS);
                for other in &panels[at + 1..] {
                    prop_assert!(!overlap(&panel.grid, &other.grid), "{panel:?} {other:?}");
                }
                let rests = panel.grid.y == 0 || panels.iter().any(|other| {
                    other.grid.y + other.grid.h == panel.grid.y && shares_columns(&panel.grid, &other.grid)
                });
                prop_assert!(rests, "{panel:?} hangs");
            }
            let settled = panels.clone();
            settle(&mut panels, None);
            prop_assert_eq!(settled, panels, "what is settled stays");
        }

        #[test]
        fn a_new_panel_moves_no_other(mut panels in any_panels(), w in 0..60_u32, h in 0..20_u32) {
            settle(&mut panels, None);
            let place = open_place(&panels, w, h);
            prop_assert!(!panels.iter().any(|panel| overlap(&place, &panel.grid)));
        }
    }
}
