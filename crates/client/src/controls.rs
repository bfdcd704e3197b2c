//! The controls of a panel: what is chosen in them and not yet in force, and how it becomes pills of the board.

use hailstream_protocol::visualization::{Control, ControlKind, ControlsParams};
use serde_json::{Value as Json, json};

use crate::filters::{Filters, Pill, Test};

/// What is chosen in a panel's controls beside what is in force. Of a list the values, of a range its two ends, empty where open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    staged: Vec<(String, Vec<String>)>,
}

impl Form {
    /// What a control shows: what was chosen, else what is in force.
    #[must_use]
    pub fn shown(&self, control: &Control, filters: &Filters) -> Vec<String> {
        let staged = self.staged.iter().find(|(id, _)| *id == control.id);
        match staged {
            Some((_, values)) => values.clone(),
            None => pill_of(control, filters).map(|pill| pill.values.clone()).unwrap_or_default(),
        }
    }

    /// Chooses.
    pub fn stage(&mut self, control: &Control, values: Vec<String>) {
        self.staged.retain(|(id, _)| *id != control.id);
        self.staged.push((control.id.clone(), values));
    }

    /// Gives up what is not in force yet.
    pub fn cancel(&mut self) {
        self.staged.clear();
    }

    /// Empties all controls.
    pub fn clear(&mut self, params: &ControlsParams) {
        self.staged =
            params.controls.iter().map(|control| (control.id.clone(), Vec::new())).collect();
    }

    /// Whether something is chosen that is not in force.
    #[must_use]
    pub fn is_changed(&self, params: &ControlsParams, filters: &Filters) -> bool {
        let none = Self::default();
        params
            .controls
            .iter()
            .any(|control| self.shown(control, filters) != none.shown(control, filters))
    }

    /// Whether anything is chosen at all.
    #[must_use]
    pub fn is_empty(&self, params: &ControlsParams, filters: &Filters) -> bool {
        params.controls.iter().all(|control| !is_set(&self.shown(control, filters)))
    }

    /// The first control above this one in which nothing is chosen: until then it offers nothing.
    #[must_use]
    pub fn awaited<'a>(
        &self,
        params: &'a ControlsParams,
        control: &Control,
        filters: &Filters,
    ) -> Option<&'a Control> {
        ancestors(params, control).into_iter().find(|above| !is_set(&self.shown(above, filters)))
    }

    /// What narrows the offer of a control: the pills of those above it, as chosen.
    #[must_use]
    pub fn above(&self, params: &ControlsParams, control: &Control, filters: &Filters) -> Filters {
        let above = ancestors(params, control).into_iter();
        Filters::of_pills(
            above.filter_map(|above| pill(above, self.shown(above, filters))).collect(),
        )
    }

    /// Puts what is chosen in force: a pill per control in which something is chosen, in place of the one it had. A control below
    /// one without a choice has none.
    pub fn apply(&mut self, params: &ControlsParams, filters: &mut Filters) {
        let chosen: Vec<Vec<String>> = params
            .controls
            .iter()
            .map(|control| match self.awaited(params, control, filters) {
                Some(_) => Vec::new(),
                None => self.shown(control, filters),
            })
            .collect();
        for (control, values) in params.controls.iter().zip(chosen) {
            let known = filters.pills.iter().position(|pill| is_of(pill, control));
            if known.is_some_and(|at| filters.pills[at].values == values) {
                continue;
            }
            let mut made = pill(control, values);
            if let Some(made) = &mut made {
                made.pinned = params.pin_filters;
            }
            match (known, made) {
                (Some(at), Some(made)) => filters.pills[at] = made,
                (Some(at), None) => drop(filters.pills.remove(at)),
                (None, Some(made)) => filters.pills.push(made),
                (None, None) => {}
            }
        }
        self.staged.clear();
    }
}

fn is_set(values: &[String]) -> bool {
    values.iter().any(|value| !value.is_empty())
}

/// The pill that a control stands for: one of its kind on its field, in force and not turned round.
fn is_of(pill: &Pill, control: &Control) -> bool {
    let test = match control.kind {
        ControlKind::List => Test::OneOf,
        ControlKind::Range => Test::Between,
    };
    pill.field == control.field && pill.test == test && !pill.negate && !pill.disabled
}

fn pill_of<'a>(control: &Control, filters: &'a Filters) -> Option<&'a Pill> {
    filters.pills.iter().find(|pill| is_of(pill, control))
}

/// The pill of a choice; none where nothing is chosen. Both ends of a range are inside, as OSD has them.
fn pill(control: &Control, values: Vec<String>) -> Option<Pill> {
    if !is_set(&values) {
        return None;
    }
    if control.kind == ControlKind::List {
        return Some(Pill::one_of(&control.field, values));
    }
    let mut range = json!({ "field": control.field });
    for (end, value) in ["gte", "lte"].into_iter().zip(&values) {
        // A number as it was written: 10 stays 10.
        if let Some(number) = serde_json::from_str(value).ok().filter(Json::is_number) {
            range[end] = number;
        }
    }
    let mut pill = Pill::of_saved(&json!({ "range": range }));
    pill.values = values;
    Some(pill)
}

/// The controls above one, nearest first; a circle ends where it began.
fn ancestors<'a>(params: &'a ControlsParams, control: &Control) -> Vec<&'a Control> {
    let mut above: Vec<&Control> = Vec::new();
    let mut parent = control.parent.as_str();
    while let Some(found) =
        params.controls.iter().find(|other| other.id == parent && !parent.is_empty())
    {
        if found.id == control.id || above.iter().any(|known| known.id == found.id) {
            break;
        }
        above.push(found);
        parent = &found.parent;
    }
    above
}

/// The regular expression of the values that have this text in them, large letters and small ones alike; in Lucene's dialect, as
/// `include` of a `terms` bucket takes it.
#[must_use]
pub fn containing(text: &str) -> String {
    let mut pattern = ".*".to_owned();
    for c in text.chars() {
        let other = other_case(c);
        if other != c {
            pattern.extend(['[', c, other, ']']);
        } else {
            if c.is_ascii() && !c.is_ascii_alphanumeric() {
                pattern.push('\\');
            }
            pattern.push(c);
        }
    }
    pattern + ".*"
}

/// The same letter, large where it is small; itself where there is none, or more than one.
fn other_case(c: char) -> char {
    fn only(mut letters: impl Iterator<Item = char>) -> Option<char> {
        letters.next().filter(|_| letters.next().is_none())
    }
    let other = if c.is_lowercase() { only(c.to_uppercase()) } else { only(c.to_lowercase()) };
    other.unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(id: &str, parent: &str) -> Control {
        Control {
            id: id.to_owned(),
            field: id.to_owned(),
            parent: parent.to_owned(),
            ..Control::default()
        }
    }

    fn params() -> ControlsParams {
        let price = Control { kind: ControlKind::Range, ..list("price", "") };
        let controls = vec![list("country", ""), list("city", "country"), price];
        ControlsParams { controls, pin_filters: false, ..ControlsParams::default() }
    }

    fn words(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    fn addresses(filters: &Filters) -> Vec<String> {
        filters.pills.iter().map(Pill::address).collect()
    }

    #[test]
    fn a_choice_becomes_a_pill_when_it_is_applied() {
        let (params, mut form) = (params(), Form::default());
        let mut filters =
            Filters::of_pills(vec![Pill::of("country", "CZ"), Pill::parse("-city:Brno").unwrap()]);
        assert_eq!(form.shown(&params.controls[0], &filters), ["CZ"], "the board's pill is shown");
        form.stage(&params.controls[0], words(&["CZ", "AT"]));
        form.stage(&params.controls[2], words(&["10", ""]));
        assert!(form.is_changed(&params, &filters));
        form.apply(&params, &mut filters);
        assert_eq!(
            addresses(&filters),
            ["country:CZ|AT", "-city:Brno", r#"{"range":{"field":"price","gte":10}}"#]
        );
        assert!(!form.is_changed(&params, &filters));
        assert_eq!(form.shown(&params.controls[2], &filters), ["10", ""]);
        form.clear(&params);
        form.apply(&params, &mut filters);
        assert_eq!(addresses(&filters), ["-city:Brno"]);
        assert!(form.is_empty(&params, &filters));
    }

    #[test]
    fn a_child_waits_for_its_parent_and_goes_with_it() {
        let (params, mut form) = (params(), Form::default());
        let mut filters = Filters::default();
        let city = &params.controls[1];
        assert_eq!(form.awaited(&params, city, &filters).map(|of| of.id.as_str()), Some("country"));
        form.stage(&params.controls[0], words(&["CZ"]));
        assert_eq!(
            form.awaited(&params, city, &filters),
            None,
            "what is chosen counts before it is applied"
        );
        assert_eq!(addresses(&form.above(&params, city, &filters)), ["country:CZ"]);
        form.stage(city, words(&["Brno"]));
        form.apply(&params, &mut filters);
        assert_eq!(addresses(&filters), ["country:CZ", "city:Brno"]);
        form.stage(&params.controls[0], Vec::new());
        form.apply(&params, &mut filters);
        assert_eq!(addresses(&filters), [""; 0]);
    }

    #[test]
    fn circles_of_parents_end() {
        let controls = vec![list("a", "b"), list("b", "a"), list("c", "c")];
        let params = ControlsParams { controls, ..ControlsParams::default() };
        let form = Form::default();
        assert_eq!(
            form.awaited(&params, &params.controls[0], &Filters::default()).unwrap().id,
            "b"
        );
        assert_eq!(form.awaited(&params, &params.controls[2], &Filters::default()), None);
    }

    #[test]
    fn searches_take_letters_as_they_are_meant() {
        assert_eq!(containing("aB.1"), r".*[aA][Bb]\.1.*");
        assert_eq!(containing("é @"), r".*[éÉ]\ \@.*");
    }
}
