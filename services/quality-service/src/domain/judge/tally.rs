//! What the caller's turns tell of a need, counted and weighed with how the call went on (R76).
//!
//! A need told in the words of its trade needs nothing else; the agent's conduct counts only where
//! the caller's words leave it open.

use super::course::Course;
use super::folded::Folded;
use super::lexicon::Hit;
use super::need::{Sign, Trade, finder};
use super::reading::Reading;
use super::verdict::Class;

/// A sign with the place where it stands.
type Seen = (usize, Hit<Sign>);

/// So many unknown words are no wish yet ("ugh?").
const MUTTERED: usize = 1;

/// What the caller's turns tell.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    symptoms: Vec<Seen>,
    /// Things of the trade, wanted or only named.
    things: Vec<Seen>,
    wanted: usize,
    vague: Vec<Seen>,
    others: Vec<Seen>,
    others_weight: usize,
    wrong: Vec<Seen>,
    jobs: Vec<Seen>,
    pitch: Vec<Seen>,
    pitch_weight: usize,
    /// The first turn in which anything is told.
    pub told: Option<usize>,
    /// Words that are neither known nor politeness.
    content: usize,
    /// Something, and a wish or a question, in such words.
    stated: bool,
    wished: bool,
}

impl Tally {
    pub(crate) fn add(&mut self, call: &Reading<'_>, at: usize) {
        let turn = call.folded(at);
        let mut hits = finder().find(turn);
        // What stands in brackets is noise or music, told by whoever wrote it down.
        hits.retain(|hit| !turn.tokens[hit.first].aside);
        let lures = hits.iter().filter(|h| h.concept == Sign::Lure).count();
        let sells = lures > 2 || hits.iter().any(|h| h.concept == Sign::Pitch);
        let told = |hit: &Hit<Sign>| {
            !matches!(
                hit.concept,
                Sign::Filler | Sign::Want | Sign::Mine | Sign::Not | Sign::Yes
            )
        };
        for (index, hit) in hits.iter().enumerate().filter(|(_, hit)| told(hit)) {
            // A phrase that stands in several lists, or in two ways, counts once.
            let again = |h: &Hit<Sign>| h.concept == hit.concept && h.first == hit.first;
            if !hits[..index].iter().any(again) {
                self.add_hit(call, at, &hits, hit, sells);
            }
        }
        let known = |token: usize| hits.iter().any(|h| h.first <= token && token <= h.last);
        let counts = |&token: &usize| {
            let word = turn.tokens[token];
            !known(token) && !word.digits && !word.aside
        };
        let content = (0..turn.tokens.len()).filter(counts).count();
        // A turn with noises told in brackets may be said to somebody else.
        let overheard = turn.tokens.iter().any(|token| token.aside);
        for sentence in &turn.sentences {
            let within = sentence.first..sentence.end;
            let unknown = within.clone().filter(counts).count();
            let wants = |h: &Hit<Sign>| h.concept == Sign::Want && within.contains(&h.first);
            let wants = hits.iter().any(wants);
            let wished = wants && unknown > MUTTERED + 1;
            let asked = sentence.asks && unknown > MUTTERED;
            self.wished |= (wished || asked) && !overheard;
            self.stated |= (unknown > MUTTERED || wants && unknown > 0) && !overheard;
        }
        self.content += content;
        if content > 0 && self.told.is_none() {
            self.told = Some(at);
        }
    }

    fn add_hit(
        &mut self,
        call: &Reading<'_>,
        at: usize,
        hits: &[Hit<Sign>],
        hit: &Hit<Sign>,
        sells: bool,
    ) {
        let turn = call.folded(at);
        let seen = (at, *hit);
        let sentence = turn.sentence(hit.first);
        let within = |h: &&Hit<Sign>| h.first >= sentence.first && h.last < sentence.end;
        let has = |sign: Sign| hits.iter().filter(within).any(|h| h.concept == sign);
        let wants = has(Sign::Want);
        if matches!(hit.concept, Sign::Symptom(_) | Sign::Thing(_)) && is_echo(call, at, hit) {
            return;
        }
        let ours =
            |trade: Trade| call.facts.trades.is_empty() || call.facts.trades.contains(&trade);
        let appliance = has(Sign::Appliance) && !ours(Trade::Plumbing);
        let of_another = |trade: Trade| match trade {
            Trade::Dental => has(Sign::Animal),
            Trade::Cooling => has(Sign::Vehicle),
            _ => false,
        };
        let taken_up = hits
            .iter()
            .any(|h| h.concept == Sign::Other && h.first < hit.first && hit.last <= h.last);
        let elsewhere = has(Sign::Other) || appliance;
        match hit.concept {
            Sign::Symptom(_) | Sign::Thing(_) | Sign::Other if is_denied(turn, hits, hit) => {}
            // Weighed with what the agent made of it: somebody's dog may be the matter, or its bite.
            Sign::Symptom(trade) if ours(trade) && of_another(trade) => self.vague.push(seen),
            Sign::Thing(trade) if ours(trade) && of_another(trade) => self.things.push(seen),
            // "to buy a racket"
            Sign::Thing(_) if taken_up => {}
            // A seller speaks of leaks too, but of nobody's own.
            Sign::Symptom(trade) if ours(trade) => match sells && !wants && !has(Sign::Mine) {
                true => self.vague.push(seen),
                false => self.symptoms.push(seen),
            },
            Sign::Thing(trade) if ours(trade) => {
                let only_asks_who = has(Sign::Identity) && sentence.asks && !wants;
                if !sells && (!only_asks_who || has(Sign::Mine)) {
                    let opens = self.told.is_none();
                    let wanted = wants || has(Sign::Mine) || sentence.asks || opens;
                    self.wanted += usize::from(wanted);
                    self.things.push(seen);
                }
            }
            // "surf lessons" are no lessons of ours.
            Sign::Vague(trade) if ours(trade) && !sells && !elsewhere => {
                let wanted = wants || has(Sign::Mine) || sentence.asks || self.told.is_none();
                self.wanted += usize::from(wanted);
                self.vague.push(seen);
            }
            Sign::Symptom(_) => self.other(seen, 3),
            Sign::Thing(_) | Sign::Other => {
                self.other(seen, if wants || sentence.asks { 3 } else { 1 });
            }
            Sign::Appliance if ours(Trade::Plumbing) => self.vague.push(seen),
            Sign::Appliance => self.other(seen, 3),
            Sign::Animal if ours(Trade::Dental) => self.other(seen, 6),
            Sign::Vehicle if ours(Trade::Cooling) => self.other(seen, 6),
            Sign::Wrong => self.wrong.push(seen),
            Sign::Job => self.jobs.push(seen),
            Sign::Pitch => self.pitched(seen, 3),
            Sign::Lure => self.pitched(seen, 1),
            _ => {}
        }
    }

    fn other(&mut self, seen: Seen, weight: usize) {
        self.others.push(seen);
        self.others_weight += weight;
    }

    fn pitched(&mut self, seen: Seen, weight: usize) {
        self.pitch.push(seen);
        self.pitch_weight += weight;
    }

    /// Weighs what was told. A need told in the words of its trade needs nothing else; what is not
    /// plain is weighed with how the call went on.
    pub(crate) fn class(self, call: &Reading<'_>) -> (Class, Vec<Seen>, &'static str) {
        let elsewhere = self.others_weight > 0 || !self.wrong.is_empty() || !self.jobs.is_empty();
        if !self.symptoms.is_empty() && !elsewhere && self.pitch_weight == 0 {
            return (Class::Real, self.symptoms, "class/symptom");
        }
        let course = Course::of(call);
        let symptom = if self.symptoms.is_empty() { 0 } else { 5 };
        let told = symptom
            + self.wanted.min(2) * 3
            + (self.things.len().min(2) + self.vague.len().min(1)) * 2;
        let went_on = course.fields.min(2)
            + if course.phone { 4 } else { 0 }
            + if course.dispatched { 3 } else { 0 }
            + if course.confirmed { 3 } else { 0 };
        let redirected = match course.redirects {
            0 => 0,
            1 => 4,
            _ => 6,
        };
        let elsewhere = self.others_weight.min(9)
            + self.wrong.len().min(1) * 5
            + self.jobs.len().min(2) * 6
            + if self.content > 0 { redirected } else { 0 }
            + if course.wrong_number { 5 } else { 0 };
        // Somebody may be taken down who plainly wants something else.
        let most = if told == 0 && self.others_weight >= 3 {
            4
        } else {
            usize::MAX
        };
        let real = told + went_on.min(most);
        let sold = self.pitch_weight + redirected / 2;
        if !self.jobs.is_empty() && symptom == 0 && 6 * self.jobs.len() >= sold {
            return (Class::OffTopic, self.jobs, "class/work_sought");
        }
        if (self.pitch_weight >= 3 || (sold >= 4 && self.pitch_weight >= 2 && elsewhere < 9))
            && sold >= told
        {
            return (Class::Spam, self.pitch, "class/offer");
        }
        if real >= 2 && real >= elsewhere {
            let seen = [self.symptoms, self.things, self.vague].concat();
            let rule = if symptom > 0 {
                "class/symptom"
            } else {
                "class/trade"
            };
            let rule = if seen.is_empty() {
                "class/carried_on"
            } else {
                rule
            };
            return (Class::Real, seen, rule);
        }
        if elsewhere > 0 {
            let seen = [self.jobs, self.wrong, self.others].concat();
            return (Class::OffTopic, seen, "class/other_wish");
        }
        // Told in words that no list knows: an agent who goes on with it heard a need.
        if self.stated && course.fields > 0 && course.redirects == 0 {
            return (Class::Real, Vec::new(), "class/carried_on");
        }
        if self.pitch_weight > 0 {
            return (Class::Spam, self.pitch, "class/offer");
        }
        if self.wished {
            return (Class::OffTopic, Vec::new(), "class/other_wish");
        }
        (Class::HangUp, Vec::new(), "class/nothing_told")
    }
}

/// "Tennis? No.": the agent's own word, repeated.
fn is_echo(call: &Reading<'_>, at: usize, hit: &Hit<Sign>) -> bool {
    let turn = call.folded(at);
    let sentence = turn.sentence(hit.first);
    let before = at.checked_sub(1).map(|before| call.folded(before));
    let word = turn.word(hit.last);
    let said = |before: &Folded| (0..before.tokens.len()).any(|token| before.word(token) == word);
    at > 1 && sentence.end - sentence.first <= 3 && before.is_some_and(said)
}

/// "no plumber"
fn is_denied(turn: &Folded, hits: &[Hit<Sign>], hit: &Hit<Sign>) -> bool {
    let same = |h: &&Hit<Sign>| turn.tokens[h.first].clause == turn.tokens[hit.first].clause;
    let mut denials = hits.iter().filter(|h| h.concept == Sign::Not).filter(same);
    denials.any(|not| not.last < hit.first && hit.first - not.last <= 2)
}
