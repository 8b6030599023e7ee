//! The English words of births, ages and partings.

use super::super::birth::Notion;
use super::super::closing::Parting;
use super::Words;
use super::place::en as place;

pub(super) const WORDS: Words = Words {
    birth: BIRTH,
    closing: CLOSING,
    address: place::ADDRESS,
    numbers: place::NUMBERS,
};

const BIRTH: &[(Notion, &str)] = &[
    (
        Notion::Date,
        "{date|dates|day|month|year|place|time} of birth, {date|month|day} and year of birth, \
        birthdate, birth date, birth dates, birthdates, birth year, birthyear, year of your birth, \
        date of your birth, dob, d o b, birth month",
    ),
    (
        Notion::Day,
        "birthday, birthdays, birth day, bday, b day, bdate, turn {18|21|30|40|50|60}, \
        blow out .. candles",
    ),
    (
        Notion::Born,
        "born, came into {the|this} world, come into {the|this} world, saw the light",
    ),
    (Notion::BornOn, "born on, born in the year"),
    (
        Notion::Age,
        "{their|the|what|exact|my|current|s} age, {age|ages} {of|is|are|please|group|bracket|range}, ages, age, \
        generation are",
    ),
    (
        Notion::AgeYou,
        "{your|his|her|child s|patient s|son s|daughter s|player s|kid s|kids} {age|ages}, \
        {age|ages} of {the|your} {child|children|patient|kid|kids|son|daughter|player|players|student|students|person}",
    ),
    (
        Notion::HowOld,
        "how old, what age, which age, how many {birthdays|summers|winters|springs|candles}, how \
        many years young",
    ),
    (
        Notion::HowOldYou,
        "how old {are|is} {you|he|she|they|the patient|the child|the kid|\
        the little one|the student|the player}, how old {you|he|she|they} {are|is}, how old s {he|she}, \
        how old {are|is} {the|your} {child|children|kid|kids|son|daughter|patient|boy|girl|student|\
        students|little one|husband|wife|mother|father|players}, what age {are|is} {you|he|she|they|\
        your|the child}, you re how old, you are how old, age are {you|they|your|the kids|the children}, \
        which year are you from, how young are, \
        how old would {you|he|she|they} be",
    ),
    (
        Notion::HowOldIt,
        "how old {is|was} {it|that|this|this one|that one}, how old s it, how old {it|that} is, \
        how old would {it|that} be",
    ),
    (
        Notion::OfAge,
        "are you {|already }{of age|an adult|a minor|underage|over 18|over eighteen|under 18|\
        at least 18|over 21}, {over|under|above|below} {18|eighteen|21|twenty one|16|sixteen}, \
        of legal age, older than 18",
    ),
    (
        Notion::Years,
        "{are you|you are|you re|is he|is she|he is|she is} .. {years|years old}, \
        {are you|is he|is she} {over|under|above|below|older than|younger than}, {|are |you |re |is }years old, years of age",
    ),
    (
        Notion::When,
        "when, year, day, month, date, what year, decade, which year",
    ),
    (
        Notion::Asking,
        "when, what, which, how, whats, may i, can i, could i",
    ),
    (
        Notion::Request,
        "{can|could|may|might|would|will} {you|i|we}, give me, tell me, let me have, \
        let me know, need, needs, please, i d like, i would like, i ll need, provide, confirm, share, \
        require, required, missing, want to know, like to know, have your, get your, take your, \
        grab your, ask, state, spell, also, and, just, still, first, mind telling, mind giving, \
        remind me, verify, note down, for the record, for our records",
    ),
    (
        Notion::Whose,
        "your, his, her, their, child s, patient s, son s, daughter s, kid s",
    ),
    (
        Notion::Not,
        "not, don t, dont, won t, wont, never, no, doesn t, isn t, aren t, can t, cannot, needn \
        t, shouldn t, neither, nor, none, nothing, no need, didn t, \
        nobody, no one",
    ),
    (
        Notion::Needing,
        "need*, ask*, requir*, necessary, must, have to, want, allowed, supposed, matter*, \
        relevant, important, collect*, permitted, record*, tell me, give me, interested, able to, \
        use for, bother, store, request*, take, mandatory, obligat*, going to",
    ),
    (
        Notion::Refusal,
        "{don t|do not|needn t} have to, needn t {tell|say|give}, no need, not needed, unnecessary, irrelevant, doesn t matter, does not matter, not \
        necessary, not required, no matter, keep your, keep that, keep it to yourself, no {date \
        of birth|birthday|birthdate|age|dob|birth date}, none of my business, skip, leave out, \
        rather not, optional, beside the point, nor your, neither, regardless of, do without, we \
        don t need, i don t need, confidential",
    ),
    (
        Notion::Unable,
        "can t, cannot, can not, unable, impossible, won t be able, not able",
    ),
    (Notion::Without, "without"),
    (
        Notion::Only,
        "not only, don t forget, do not forget, not just, no problem, no worries, not a problem, \
        only thing, nothing but, don t have, do not have, didn t get, didn t catch, haven t got, \
        don t seem to have, don t mind, if not, why not",
    ),
    (
        Notion::Noted,
        "noted, got it, thank you, thanks, written down, i have, received, recorded, \
        you gave, you told, you ve given, you mentioned, you said, on file, have that",
    ),
    (
        Notion::Elsewhere,
        "will need, will take, will want, at the clinic, at the practice, on site, when you get there, when you arrive, with the dentist, with the clinic, directly with, tell the dentist, the coach will, will sort, they may, they will",
    ),
    (
        Notion::Later,
        "will ask, may ask, might ask, asks for, they ll ask, could ask, can ask",
    ),
    (
        Notion::Party,
        "birthday {present|gift|party|surprise|treat|voucher|celebration|cake}, present, gift, \
        party, surprise, happy, celebrate, celebration, for a birthday, warranty",
    ),
    (
        Notion::AnyAge,
        "all ages, any age, every age, age group we, at any age, ages welcome, of any age, \
        of all ages, certain age, ages are welcome, no matter how old, ages and levels, however old, \
        from age, regardless of, old or young, matter how old, ages from",
    ),
    (
        Notion::Person,
        "child, children, kid, kids, daughter, sons, daughters, baby, boy, girl, patient, \
        patients, person, husband, wife, mother, father, mom, mum, dad, student*, adult*, teen*, \
        player*, beginner*, participant*, who, sir, madam, ma am, client, tenant, grandma, \
        grandpa, toddler*, juniors, \
        {your|his|her|the|my|their} son",
    ),
    (
        Notion::Thing,
        "boiler*, heater*, installation*, pipe, pipes, piping, plumbing, tap, taps, faucet*, \
        toilet*, wc, sink*, bath, bathtub, shower*, building*, house, home, flat, apartment*, appliance*, \
        device*, equipment, pump*, radiator*, heating, door*, lock, locks, cylinder*, key, keys, ac, acs, \
        aircon*, air con, air conditioner*, air conditioning, unit*, crown*, filling*, implant*, denture*, \
        bridge, veneer*, tooth, teeth, racket*, racquet*, machine*, washer, washing machine, tank*, \
        system*, model*, siphon, valve*, compressor*, roof, villa, car, toothbrush, problem, leak*, damage, \
        contract, remote, fridge, furnace, drain*, cistern, warranty, shoes, court*, academy, \
        dog, dogs, cat, cats, pet, pets, puppy",
    ),
];

const CLOSING: &[(Parting, &str)] = &[
    (
        Parting::Bye,
        "goodbye, good bye, goodbyes, bye, bye bye, byebye, farewell, see you {soon|later|around|then}, \
        see ya, catch you later, so long, until next time, cheerio, ta ra, toodles, laters, safe travels, toodle oo, ta ta, signing off, have a good one, that is all from me, sleep well",
    ),
    (
        Parting::Wish,
        "{nice|good|great|lovely|wonderful|pleasant|beautiful|fantastic|fine|relaxing|super|\
        splendid|safe|amazing|awesome|blessed|fabulous|brilliant} {day ahead|evening ahead|rest of}, \
        {have|enjoy|wish you} {a|an|the} {|very |really |truly }{nice|good|great|lovely|wonderful|pleasant|beautiful|\
        fantastic|fine|relaxing|super|splendid|safe|amazing|awesome|blessed|fabulous|brilliant|peaceful} \
        {day|evening|afternoon|weekend|night|morning|week|holiday|trip|one|stay|time}, \
        enjoy {your|the rest of|the} {day|evening|afternoon|weekend|holiday|stay|night|rest|your|sunshine}, \
        rest of {your|the} {day|evening|afternoon|weekend|stay|week}, \
        {wish|wishing} you {a|all}, {nice|good|lovely|great} day {to you|now|then|sir|madam}, \
        have yourself a, stay safe, look after yourself, be well, take it easy",
    ),
    (Parting::Care, "take care, take good care"),
    (
        Parting::Bare,
        "talk {soon|to you soon|to you later|later}, see you tomorrow, see you, speak soon, speak to you soon, speak later, cheers, \
        all the best, best wishes, kind regards, until then, until tomorrow, you too, likewise, best of luck, good day, so long then, regards",
    ),
    (
        Parting::Soft,
        "good night, goodnight, ciao, aloha, good evening to you, cheers mate",
    ),
    (
        Parting::Thanks,
        "{thanks|thank you} {|very much |so much |again }for {calling|your call|ringing|phoning|\
        reaching out|contacting|your trust|getting in touch|the call|giving us a call}",
    ),
    (
        Parting::Comfort,
        "get well soon, feel better soon, good luck, hang in there, speedy recovery, \
        hope you feel better",
    ),
    (
        Parting::Greeting,
        "by the bye, good evening to you how, bye law",
    ),
    (
        Parting::Filler,
        "ok, okay, well, then, thanks, thank, you, very, much, so, alright, all, right, great, \
        good, perfect, sir, madam, mr, mrs, ms, and, now, yes, again, lovely, wonderful, there, for, now, \
        a, day, have, sure, right, nice, to, that, is, all, everything",
    ),
    (Parting::Before, "before, until i, until we"),
    (
        Parting::Not,
        "not, don t, dont, never, no, won t, without, can t, cannot",
    ),
    (
        Parting::Say,
        "say*, said, hang, hanging, tell, wish, go, leave, quote",
    ),
    (
        Parting::Hope,
        "hope you are having, hope you re having, hope you have been, hope you ve had, \
        are you having, did you have, hope your day, having a, hope you had",
    ),
];
