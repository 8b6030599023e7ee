//! The English words of places and numbers.

use super::super::super::address::Place;

pub(in super::super) const ADDRESS: &[(Place, &str)] = &[
    (
        Place::StreetLast,
        "street, road, avenue, boulevard, lane, crescent, rd, ave, blvd, highway",
    ),
    (
        Place::WeakLast,
        "st, drive, dr, square, terrace, way, close, gardens, row, place, court, alley, \
        parade, mews, walk, ln, sq, hill, grove",
    ),
    (
        Place::Label,
        "number, no, unit number, house number, at number, suite, unit",
    ),
    (
        Place::Unit,
        "am, pm, o clock, oclock, hour, hours, hr, hrs, minute, minutes, min, mins, dollar, \
        dollars, usd, franc, francs, euro, euros, percent, km, kilometers, kilometres, mile, miles, meter, \
        meters, metres, metre, day, days, week, weeks, month, months, year, years, times, people, persons, \
        liters, litres, floor, rooms, january, february, march, april, may, june, july, august, \
        september, october, november, december, plumbers, dentists, clients, players, courts, lessons, \
        seconds, digits, rupiah, per, coaches, calls, slots",
    ),
    (
        Place::NoName,
        "monday, tuesday, wednesday, thursday, friday, saturday, sunday, tennis, center, centre, \
        one way, main, phone, telephone, number, sms, whatsapp, postal, option, level, food, clay, grass, \
        hard, indoor, outdoor, basketball, badminton, first, second, third, best, high, long, right, \
        same, by the, gate, price, around, \
        district, zone, area, ward, line, bus, terminal, court, group, grade, class",
    ),
    (
        Place::Yours,
        "you are, you re, you live, your {address|place|home|house|flat|villa|apartment|hotel|\
        building}, at your, you said, you told, you mentioned, you gave, to you, i have you, i ve got you, \
        are you {at|on|in|staying}, do you live, you stay, you re staying, staying at, you are staying, \
        i have noted, noted, let me confirm, to confirm, so that s, just to confirm, pick you up, \
        you wrote, standing, you stand, where you, you ve given, you booked",
    ),
    (
        Place::Ours,
        "our {address|office|clinic|practice|workshop|surgery|shop|location|place}, \
        we are {located|at|on|in|based|right}, we re {located|at|on|in|based|right}, \
        {its|their|his|her|the} address is, the address {is|of|for|s}, here is the address, here s the address, \
        {go|come|head|walk|drive|drop} {|over |down |straight |right |directly |by }{to|at|by|in to}, find {us|them|him|her|it} \
        {at|on|in|right}, find the {clinic|practice|office|club|dentist}, address is, visit {them|us|him|her} {at|on|in}",
    ),
    (
        Place::Provider,
        "clinic, dentist*, plumber*, doctor, dr, office, surgery, practice, workshop, shop, \
        locksmith*, technician*, company, firm, coach*, club, academy, court, courts, studio, \
        centre, center, partner*, provider, contractor, business, store, hospital, instructor, \
        pro, school, depot, warehouse, showroom, team, van, address",
    ),
    (
        Place::Located,
        "is {at|on|in|located|situated|based|right|just}, located, situated, based {at|in|on}, \
        are {at|on|in|located|based}, works {at|from|out|on}, practices at, teaches at, sits at, you ll find, you will find, \
        s {at|on|in|located|right}, runs out of, operates from, waiting at, expects you, lessons are at",
    ),
    (
        Place::Example,
        "for example, for instance, such as, e g, something like",
    ),
    (
        Place::Near,
        "near, next to, close to, behind, opposite, across from, around, towards, by the, nearby, \
        not far from, off",
    ),
    (
        Place::Town,
        "geneva, zurich, munich, milan, jakarta, bali, denpasar, canggu, seminyak, sanur, ubud, \
        kuta, nusa dua, london, new york, lugano, madrid, singapore, sydney",
    ),
];

pub(in super::super) const NUMBERS: &str = "zero 0, oh 0, one 1, two 2, three 3, four 4, five 5, six 6, seven 7, eight 8, nine 9, \
    ten 10, eleven 11, twelve 12, thirteen 13, fourteen 14, fifteen 15, sixteen 16, seventeen 17, \
    eighteen 18, nineteen 19, twenty 20, thirty 30, forty 40, fifty 50, sixty 60, seventy 70, eighty 80, \
    ninety 90, hundred x100, thousand x1000, and &";
