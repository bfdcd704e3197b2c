//! The newest records as a table: a tail that goes on, or the newest some hundred in the order of a field. Whoever reads makes it
//! stand still: an opened record, a table scrolled down, a pointer that moves over the rows.

use hailstream_client::discover::columns::{Direction, Sort};
use hailstream_client::discover::record::Place;
use hailstream_client::discover::tail::Waiting;
use hailstream_client::freshness::count_words;
use hailstream_client::stream_fields::StreamField;
use hailstream_protocol::{Row, Value};
use leptos::html;
use leptos::prelude::*;
use serde_json::json;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::calm::{Seen, calm};
use super::download::download;
use super::record::{event_ms, record, words};
use super::{Discover, histogram, panel};
use crate::chrome::Icon;
use crate::dom;
use crate::live::{live, live_text};
use crate::panel::{Chip, PanelContext, State, unframed};

/// Rows of the tail.
const TAIL: u32 = 100;
/// Rows that are put in order.
const SORTED: u32 = 500;
/// The tail moves no more often than this, ms; rows in order even less, or none could be read.
const TAIL_EVERY_MS: i64 = 250;
const SORTED_EVERY_MS: i64 = 2_000;
/// After the pointer rests for so long, nobody is taken for reading, ms.
const RESTING_MS: i64 = 2_500;

/// What the parts of the table share.
#[derive(Clone)]
struct Table {
    discover: Discover,
    /// The answer that is shown.
    shown: Memo<Option<Seen>>,
    opened: RwSignal<Option<Place>>,
    /// Row that the keyboard is at.
    current: RwSignal<usize>,
}

/// How many records came while one read, in words.
fn waiting(shown: Option<Seen>, arrived: Option<Seen>) -> Option<String> {
    let places = |seen: Option<Seen>| -> Vec<Place> {
        seen.map(|seen| seen.0.rows.iter().map(Place::of).collect()).unwrap_or_default()
    };
    Waiting::of(&places(shown), &places(arrived)).words()
}

/// Asks anew about the records of a stream: the question of the table.
fn question(discover: &Discover, size: u32) -> Option<PanelContext> {
    let stream = discover.stream.with_untracked(|stream| stream.stream.clone());
    let query = json!({"stream": stream, "hits": {"size": size}});
    let asked = json!({"title": "Records", "type": "search", "query": query});
    panel(&discover.context, "records", &asked)
}

/// What is asked now is not what was read.
fn when_asked_anew(discover: &Discover, go_on: impl Fn() + 'static) {
    let asked = discover.context.clone();
    Effect::new(move |before: Option<()>| {
        asked.filters.track();
        asked.range.track();
        if before.is_some() {
            go_on();
        }
    });
}

/// The table. `again` is called when records have a field that the stream is not known to have.
pub(super) fn records(
    discover: &Discover,
    histogram: Option<PanelContext>,
    is_sorted: bool,
    again: Callback<()>,
) -> AnyView {
    let (size, every_ms) =
        if is_sorted { (SORTED, SORTED_EVERY_MS) } else { (TAIL, TAIL_EVERY_MS) };
    let Some(context) = question(discover, size) else { return ().into_any() };
    let arrived = calm(&context, every_ms);
    ask_again(discover, arrived, again);
    let opened = RwSignal::new(None);
    let (is_scrolled, is_pointed) = (RwSignal::new(false), RwSignal::new(false));
    let is_reading =
        Memo::new(move |_| opened.with(Option::is_some) || is_scrolled.get() || is_pointed.get());
    let shown = Memo::new(move |before: Option<&Option<Seen>>| match before {
        Some(Some(before)) if is_reading.get() => Some(before.clone()),
        _ => arrived.get(),
    });
    let scroller = NodeRef::<html::Div>::new();
    let go_on = move || {
        opened.set(None);
        is_pointed.set(false);
        is_scrolled.set(false);
        if let Some(scroller) = scroller.get_untracked() {
            scroller.set_scroll_top(0);
        }
    };
    when_asked_anew(discover, go_on);
    let table = Table { discover: discover.clone(), shown, opened, current: RwSignal::new(0) };
    let waiting = move || {
        let words = is_reading.get().then(|| waiting(shown.get(), arrived.get())).flatten();
        words.map(|words| {
            view! { <button class="btn waiting" on:click=move |_| go_on()><Icon name="play" />{words}</button> }
        })
    };
    let about = about(discover, histogram, shown);
    let scrolled = move |_| {
        let top = scroller.get_untracked().map_or(0, |scroller| scroller.scroll_top());
        set_if_other(is_scrolled, top > 4);
    };
    let body = view! {
        <div class="rows" node_ref=scroller on:scroll=scrolled>
            {grid(&table, resting(is_pointed))}
        </div>
    };
    let state = context.state.clone();
    let download = {
        let table = table.clone();
        move |_| table.download()
    };
    view! {
        <section class="panel rec" data-panel-id="records" data-state=move || state.with(State::word) aria-label="Records">
            <header>
                {modes(discover, is_sorted)}
                <span class="sub">{live_text(about)}</span>
                <span class="grow"></span>
                {live(waiting)}
                <button class="btn quiet csv" title="The rows shown, as CSV" on:click=download><Icon name="download" />"CSV"</button>
                <Chip context=context.clone() />
            </header>
            {unframed(&context, Some(body.into_any()))}
        </section>
    }
    .into_any()
}

/// A field that nobody knew of: the stream is asked for its fields again, once for each set of new ones.
fn ask_again(discover: &Discover, arrived: RwSignal<Option<Seen>>, again: Callback<()>) {
    let stream = discover.stream;
    Effect::new(move |asked: Option<Vec<String>>| {
        let unknown: Vec<String> = arrived.with(|seen| {
            let columns = seen.iter().flat_map(|seen| &seen.0.columns);
            let known = stream.get_untracked();
            let is_new = |name: &&String| !name.starts_with('_') && known.field(name).is_none();
            columns.filter(is_new).cloned().collect()
        });
        if !unknown.is_empty() && asked.as_ref() != Some(&unknown) {
            again.run(());
        }
        unknown
    });
}

/// Live tail or sorted.
fn modes(discover: &Discover, is_sorted: bool) -> impl IntoView + use<> {
    let mode = |name: &'static str, is_on: bool, sort: Option<Sort>| {
        let address = discover.address;
        let choose = move |_| {
            if !is_on {
                address.choose_sort(sort.as_ref());
            }
        };
        view! { <button class:on=is_on aria-pressed=is_on.to_string() on:click=choose>{name}</button> }
    };
    let first = discover.stream.with_untracked(|stream| {
        let numbers = || stream.fields.iter().filter(|field| field.is_number());
        let columns = discover.columns.get_untracked();
        let shown = numbers().find(|field| columns.contains(&field.name));
        shown.or(stream.fields.first()).map(|field| field.name.clone())
    });
    let by = first.map(|field| Sort { field, direction: Direction::Descending });
    view! {
        <span class="seg" role="group" aria-label="Order of the rows">
            {mode("Live tail", !is_sorted, None)}{mode("Sorted", is_sorted, by)}
        </span>
    }
}

/// `newest first · 11 records/s`, or which rows are in which order.
fn about(
    discover: &Discover,
    histogram: Option<PanelContext>,
    shown: Memo<Option<Seen>>,
) -> impl Fn() -> String + Send + 'static {
    let sort = discover.sort;
    move || match sort.get() {
        Some(sort) => {
            let (count, total) = shown.with(|seen| {
                seen.as_ref().map_or((0, 0), |seen| (seen.0.rows.len() as u64, seen.0.total))
            });
            let order = match sort.direction {
                Direction::Descending => "the most first",
                Direction::Ascending => "the least first",
            };
            format!(
                "newest {} of {} by {}, {order}",
                count_words(count),
                count_words(total),
                sort.field
            )
        }
        None => {
            let rate = histogram.as_ref().and_then(histogram::rate);
            let rate = rate.map(|rate| {
                let decimals = usize::from(rate < 10.0);
                format!(" · {rate:.decimals$} records/s")
            });
            format!("newest first{}", rate.unwrap_or_default())
        }
    }
}

/// Somebody moves the pointer over the rows, until it rests for a while.
fn resting(is_pointed: RwSignal<bool>) -> impl Fn() + Clone + Send + 'static {
    let timer = StoredValue::new_local(None);
    move || {
        set_if_other(is_pointed, true);
        timer.set_value(dom::Timeout::new(RESTING_MS, move || {
            is_pointed.try_set(false);
        }));
    }
}

fn set_if_other(signal: RwSignal<bool>, value: bool) {
    if signal.get_untracked() != value {
        signal.set(value);
    }
}

fn grid(table: &Table, moved: impl Fn() + Clone + Send + 'static) -> AnyView {
    let head = {
        let table = table.clone();
        move || table.head()
    };
    let rows = {
        let table = table.clone();
        move || table.rows()
    };
    let (clicked, keyed) = (table.clone(), table.clone());
    let last = StoredValue::new((0, 0));
    let pointed = move |event: web_sys::PointerEvent| {
        // Rows that move under a pointer at rest are no movement of the pointer.
        let at = (event.client_x(), event.client_y());
        if last.get_value() != at {
            last.set_value(at);
            moved();
        }
    };
    view! {
        <table class="rt">
            <thead>{live(head)}</thead>
            <tbody
                on:click=move |event: web_sys::MouseEvent| clicked.click(&event)
                on:keydown=move |event: KeyboardEvent| keyed.key(&event)
                on:pointermove=pointed
            >{live(rows)}</tbody>
        </table>
    }
    .into_any()
}

/// What stands in a row.
struct Line {
    number: usize,
    place: Place,
    time: String,
    /// Words, and whether they are a number.
    cells: Vec<(String, bool)>,
    record: Option<AnyView>,
}

impl Table {
    fn head(&self) -> AnyView {
        let stream = self.discover.stream.get();
        let sort = self.discover.sort.get();
        let column = |name: String| {
            let field = stream.field(&name);
            let is_number = field.is_some_and(StreamField::is_number);
            let unit = field.map(|field| field.unit.as_str()).filter(|unit| !unit.is_empty());
            let words = unit.map_or_else(|| name.clone(), |unit| format!("{name}, {unit}"));
            sorting(self.discover.address, sort.as_ref(), name, words, is_number)
        };
        let time = if stream.time_field.is_empty() { "_timestamp" } else { &stream.time_field };
        let time = column(time.to_owned());
        let columns = self.discover.columns.get().into_iter().map(column).collect_view();
        view! {
            <tr>
                <th class="ex"><span class="sr">"Open"</span></th>
                {time}{columns}<th class="num">"partition"</th><th class="num">"offset"</th>
            </tr>
        }
        .into_any()
    }

    fn rows(&self) -> AnyView {
        let Some(seen) = self.shown.get() else { return ().into_any() };
        let columns = self.discover.columns.get();
        let span = columns.len() + 4;
        let lines = self.lines(&seen, &columns);
        let count = lines.len();
        let current = self.current.get().min(count.saturating_sub(1));
        let row = |line: Line| row(line, current, span);
        lines.into_iter().map(row).collect_view().into_any()
    }

    fn lines(&self, seen: &Seen, columns: &[String]) -> Vec<Line> {
        let stream = self.discover.stream.get();
        let result = &seen.0;
        let column = |name: &String| {
            let place = result.columns.iter().position(|column| column == name);
            (place, stream.field(name).cloned().unwrap_or_default())
        };
        let places: Vec<(Option<usize>, StreamField)> = columns.iter().map(column).collect();
        let opened = self.opened.get();
        let line = |(number, row): (usize, &Row)| {
            let cell = |(place, field): &(Option<usize>, StreamField)| {
                let value = place.and_then(|place| row.get(place)).unwrap_or(&Value::Null);
                let words =
                    if value.is_null() { "–".to_owned() } else { words(&field.kind, value) };
                (words, field.is_number())
            };
            let place = Place::of(row);
            let time = event_ms(&stream, &result.columns, row);
            let is_open = opened.as_ref() == Some(&place);
            Line {
                number,
                time: time.map(|at_ms| words("date", &Value::Int(at_ms))).unwrap_or_default(),
                cells: places.iter().map(cell).collect(),
                record: is_open.then(|| record(&self.discover, result, row).into_any()),
                place,
            }
        };
        self.ordered(seen).into_iter().enumerate().map(line).collect()
    }

    /// The rows as they are shown.
    fn ordered<'a>(&self, seen: &'a Seen) -> Vec<&'a Row> {
        let result = &seen.0;
        let Some(sort) = self.discover.sort.get() else { return result.rows.iter().collect() };
        // A field that no record has puts them in no order.
        let column = result.columns.iter().position(|column| *column == sort.field);
        let places = sort.places(&result.rows, column.unwrap_or(usize::MAX));
        places.into_iter().filter_map(|place| result.rows.get(place)).collect()
    }

    /// A click on a row opens its record, another closes it. Words that were selected are no click.
    fn click(&self, event: &web_sys::MouseEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let within = |selector: &str| {
            target.as_ref().and_then(|target| target.closest(selector).ok().flatten())
        };
        if within("tr.det").is_some() || has_selection() {
            return;
        }
        let number =
            within("tr[data-row]").and_then(|row| row.get_attribute("data-row")?.parse().ok());
        if let Some(number) = number {
            self.toggle(number);
        }
    }

    fn toggle(&self, number: usize) {
        let place = untrack(|| {
            let seen = self.shown.get()?;
            self.ordered(&seen).get(number).map(|row| Place::of(row))
        });
        self.current.set(number);
        self.opened.update(|opened| *opened = if *opened == place { None } else { place });
    }

    /// ↑ and ↓ go from row to row, Escape closes.
    fn key(&self, event: &KeyboardEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let in_record =
            target.is_some_and(|target| target.closest("tr.det").ok().flatten().is_some());
        let count =
            self.shown.with_untracked(|seen| seen.as_ref().map_or(0, |seen| seen.0.rows.len()));
        let at = self.current.get_untracked();
        let next = match event.key().as_str() {
            "Escape" if self.opened.with_untracked(Option::is_some) => {
                self.opened.set(None);
                at
            }
            _ if in_record => return,
            "ArrowDown" => (at + 1).min(count.saturating_sub(1)),
            "ArrowUp" => at.saturating_sub(1),
            "Home" => 0,
            "End" => count.saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        self.current.set(next);
        let button = dom::document()
            .and_then(|document| {
                document.query_selector(&format!("tr[data-row='{next}'] button")).ok().flatten()
            })
            .and_then(|button| button.dyn_into::<HtmlElement>().ok());
        if let Some(button) = button {
            let _unfocused = button.focus();
        }
    }

    /// The rows as they are shown, as a file.
    fn download(&self) {
        untrack(|| {
            if let Some(seen) = self.shown.get() {
                let (stream, columns) = (self.discover.stream.get(), self.discover.columns.get());
                download(&stream, &seen, &columns, &self.ordered(&seen));
            }
        });
    }
}

fn has_selection() -> bool {
    let selection = dom::window().and_then(|window| window.get_selection().ok().flatten());
    selection.is_some_and(|selection| !selection.is_collapsed())
}

fn row(line: Line, current: usize, span: usize) -> impl IntoView {
    let is_open = line.record.is_some();
    let label = format!(
        "Record at {}, partition {}, offset {}",
        line.time, line.place.partition, line.place.offset
    );
    let tab = if line.number == current { "0" } else { "-1" };
    let cell = |(words, is_number): (String, bool)| view! { <td class:num=is_number>{words}</td> };
    let cells = line.cells.into_iter().map(cell).collect_view();
    let detail = line
        .record
        .map(|record| view! { <tr class="det"><td colspan=span.to_string()>{record}</td></tr> });
    view! {
        <tr class:open=is_open data-row=line.number.to_string()>
            <td class="ex">
                <button aria-expanded=is_open.to_string() aria-label=label tabindex=tab><Icon name="chev" /></button>
            </td>
            <td class="time">{line.time}</td>
            {cells}
            <td class="num">{line.place.partition}</td>
            <td class="num">{count_words(line.place.offset.unsigned_abs())}</td>
        </tr>
        {detail}
    }
}

/// The heading of a column: a click puts the rows in its order.
fn sorting(
    address: super::address::DiscoverAddress,
    sort: Option<&Sort>,
    name: String,
    words: String,
    is_number: bool,
) -> AnyView {
    let own = sort.filter(|sort| sort.field == name).map(|sort| sort.direction);
    let (order, mark) = match own {
        Some(Direction::Descending) => ("descending", "▼"),
        Some(Direction::Ascending) => ("ascending", "▲"),
        None => ("none", ""),
    };
    let next = Sort::clicked(sort, &name);
    let title = format!("Sort by {name}");
    view! {
        <th class:num=is_number aria-sort=order>
            <button title=title on:click=move |_| address.choose_sort(next.as_ref())>{words}<small>{mark}</small></button>
        </th>
    }
    .into_any()
}
