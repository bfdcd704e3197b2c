//! What the legend shows and hides: every vehicle belongs to one class, and a person looks at all of them or at some.

/// What a vehicle counts as. The counts of all classes add up to the fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Heard of lately, with the status of this index.
    Status(usize),
    /// Not heard of for too long, whatever its status was.
    Silent,
}

/// The classes a person looks at alone; all of them while none is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Isolation {
    only: Vec<Class>,
}

impl Isolation {
    /// Whether a class is to be seen.
    #[must_use]
    pub fn shows(&self, class: Class) -> bool {
        self.only.is_empty() || self.only.contains(&class)
    }

    /// Whether anything may be hidden.
    #[must_use]
    pub fn is_active(&self) -> bool {
        !self.only.is_empty()
    }

    /// Shows one class alone, or all where it is alone already.
    pub fn isolate(&mut self, class: Class) {
        if self.only == [class] {
            self.only.clear();
        } else {
            self.only.clear();
            self.only.push(class);
        }
    }

    /// Adds a class to those shown, or takes it away; taking the last shows all.
    pub fn add_or_remove(&mut self, class: Class) {
        match self.only.iter().position(|shown| *shown == class) {
            Some(place) => drop(self.only.remove(place)),
            None => self.only.push(class),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HIRED: Class = Class::Status(0);
    const FREE: Class = Class::Status(1);

    #[test]
    fn a_click_isolates_and_a_second_one_shows_all() {
        let mut isolation = Isolation::default();
        isolation.isolate(HIRED);
        assert!(isolation.shows(HIRED) && !isolation.shows(FREE) && isolation.is_active());
        isolation.isolate(FREE);
        assert!(isolation.shows(FREE) && !isolation.shows(HIRED));
        isolation.isolate(FREE);
        assert!(isolation.shows(HIRED) && !isolation.is_active());
    }

    #[test]
    fn with_ctrl_classes_come_and_go() {
        let mut isolation = Isolation::default();
        isolation.isolate(HIRED);
        isolation.add_or_remove(Class::Silent);
        assert!(isolation.shows(HIRED) && isolation.shows(Class::Silent) && !isolation.shows(FREE));
        isolation.add_or_remove(HIRED);
        isolation.add_or_remove(Class::Silent);
        assert!(isolation.shows(FREE));
    }
}
