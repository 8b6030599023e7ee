//! The English words by which a call's class is read.

use super::super::super::need::{Conduct, Sign, Trade};

pub(super) const CONDUCT: &[(Conduct, &str)] = &[
    (
        Conduct::Field,
        "your name, what name, which name, a name, name please, who am i speaking, your number, \
        phone number, which number, best number, what number, reach you, contact number, \
        number for, the number, where are you, whereabouts, which area, what area, which part, \
        your location, where do you, where is it, where s it, what s the name, name and, where \
        you re, who is this",
    ),
    (
        Conduct::WrongNumber,
        "wrong number, different number, another number, misdialled",
    ),
    (
        Conduct::Redirect,
        "we {only|just}, we re {just|only}, you need {a|an}, {can t|cannot|unable to|not able to|couldn t} .. {help|assist|do that|arrange|book}, \
        we {don t|do not} \
        {do|offer|handle|provide|deliver|sell|rent|repair|hire|take|have|cover|work}, i {don \
        t|do not} {do|handle|have|deal}, only \
        {do|handle|for|help|arrange|pass|take|cover|deal|look \
        after|fix|serve|tennis|plumbing|teeth|doors|locks}, this {line|service} is, this number is {for|only|not}, not \
        something we, outside of what, not our, nothing to do with, wrong {number|place|line}, \
        this is {a|the|only} {tennis|plumb*|dental|dentist*|lock*|service}, just \
        {tennis|plumbing|locks|teeth|dental}, is for \
        {customers|patients|people|tennis|plumbing|clients}, not interested, remove {us|this}, \
        you d need {a|an}, you ve reached a, isn t {a|the|our}, we re {not|only|just} {a|an}, \
        we are {not|only|just}, \
        only {humans|people|patients|customers}, i arrange {tennis|plumb*|dent*}, i only, this isn t, nobody called, there s no one, no one here, better {ask|call|try} a, you should {ask|call|try} a, can t forecast, i can t {tell|say|answer} that",
    ),
];

pub(super) const NEED: &[(Sign, &str)] = &[
    (
        Sign::Symptom(Trade::Plumbing),
        "leak, leaks, leaky, leaking, leaked, burst, clogged, clog, \
        {blocked|backed up|overflow*|flooded|flooding|dripping|broken} .. {toilet|sink|drain|pipe|tap|\
        shower|bathroom|basement|kitchen|faucet|boiler}, {toilet|sink|drain|pipe|tap|shower|bathroom|\
        faucet|boiler|heater|basement|kitchen} .. {blocked|clogged|leak*|overflow*|flood*|drip*|burst|\
        broken|flush*|drain|working|backed}, no hot water, no water, water {everywhere|coming|running|leak|\
        pouring|dripping|on the floor}, unblock*, water damage",
    ),
    (
        Sign::Thing(Trade::Plumbing),
        "water softener*, plughole*, sump, plumber*, plumbing, tap, taps, faucet*, sink*, toilet*, drain*, pipe, \
        pipes, shower*, bathtub, boiler*, water heater*, radiator*, bathroom*, cistern, sewage, heating, \
        septic, hot water",
    ),
    (
        Sign::Vague(Trade::Plumbing),
        "drip*, water, damp, wet, flood*",
    ),
    (
        Sign::Symptom(Trade::Dental),
        "toothache*, tooth ache, {tooth|teeth|molar} .. {pain*|hurt*|broke*|chipped|\
        ache|loose|fell|knocked|out|extract*|kill*|sensitive|cracked|throb*|pulled|cleaning|cleaned}, \
        {pain|ache} .. {tooth|teeth|jaw|gum}, {broke|broken|chipped|cracked|lost} .. tooth, abscess, cavity, \
        cavities, {crown|filling|bridge|veneer} .. {fell|come|came|lost|loose|off|out|broke*}, \
        gum* .. {bleed*|swollen|hurt*}, swollen {cheek|jaw|gum*}, teeth cleaning, whitening, root canal, \
        wisdom {tooth|teeth}, dental {appointment|check*|emergency|cleaning|exam}, braces",
    ),
    (
        Sign::Thing(Trade::Dental),
        "dentist*, dental, tooth, teeth, crown, filling, implant*, gum, gums, molar, \
        orthodont*, denture*, veneer*, hygienist*, jaw",
    ),
    (
        Sign::Symptom(Trade::Tennis),
        "tennis {lesson*|coach*|class*|clinic*|training|camp|instructor|trainer|\
        course*|teacher|session*|pro}, {lesson*|class*|coach*|session*|training} .. tennis, hitting partner, \
        {learn|play|playing|start|try|improve|practice} .. tennis, kids tennis, private lesson*, \
        {my|better} {backhand|forehand|serve}",
    ),
    (
        Sign::Thing(Trade::Tennis),
        "tennis, backhand, forehand, racket*, hitting session, doubles, singles",
    ),
    (
        Sign::Vague(Trade::Tennis),
        "lesson*, coaching, coach, private session, beginner*, hour with, kids class, \
        class, classes, teach, private session*, clinic",
    ),
    (
        Sign::Symptom(Trade::Locksmith),
        "locked {out|myself|ourselves|himself|herself|themselves|itself}, {lost|broke|broken|forgot|left|stolen|lose} .. \
        {key|keys}, {key|keys} .. {broke*|stuck|inside|lost|snapped|stolen|jammed|turn}, door .. {shut|slammed|locked|\
        stuck|open|jammed|closed}, lock .. {broken|stuck|changed|replaced|jammed|change|replace}, \
        {change|replace|fix|open|repair|install} .. {lock|locks|door|cylinder}, break in, burglar*, \
        can t get {in|into}",
    ),
    (
        Sign::Thing(Trade::Locksmith),
        "safe, padlock*, deadbolt*, locksmith*, lock, locks, key, keys, door lock, front door",
    ),
    (
        Sign::Symptom(Trade::Cooling),
        "{ac|a c|aircon|air con|air conditioner|air conditioning|unit} .. {broken|cold|cool|\
        cooling|leak*|work*|noise|noisy|dead|drip*|smell*|clean*|serviced|service|repair*|install*|blowing|fixed|stopped}, \
        {repair|fix|service|clean|install|move|maintain} .. {ac|aircon|air con|air conditioner|air conditioning}, \
        refill freon, ac {service|repair|cleaning|maintenance|installation}",
    ),
    (
        Sign::Thing(Trade::Cooling),
        "cooling unit*, cooling system, ac, acs, aircon*, air con, air conditioner*, air conditioning, freon, \
        refrigerant, split unit",
    ),
    (
        Sign::Vague(Trade::Cooling),
        "not cold, not cooling, warm air, hot air, leak*, drip*",
    ),
    (
        Sign::Other,
        "tiler*, glasses, {water|gas|electricity|utility} {bill|bills}, buy .. {racket*|racquet*|balls}, pizza*, pepperoni, restaurant*, a table for, taxi*, pharmacy, hairdress*, haircut, \
        barber*, lawyer*, attorney*, electrician*, power outage, weather, forecast, \
        {book|reserve} .. {hotel|room|table|flight|villa}, ticket*, veterinar*, mechanic*, \
        tyres, tires, wifi, internet connection, iphone, bank account, passport*, taxes, \
        accountant, sushi, burger*, flowers, florist, carpenter, gardener*, moving company, \
        yoga, massage*, cinema, concert*, lottery, eye doctor, optician, physio*, gynec*, \
        dermatolog*, vaccin*, a joke, bakery, {rent|buy|sell} .. \
        {villa|house|apartment|car|scooter|motorbike|bike|board}, surf*, scooter*, motorbike*, \
        scuba, diving, snorkel*, golf, football, soccer, padel, pickleball, swimming, \
        piano, dishwasher, television, tv, roofer, glazier, window pane, horoscope, recipe*, \
        general practitioner, pediatric*, train to, airport transfer, airport, what time is it, \
        driving license, order some, badminton, squash, babysit*, nanny, cleaning lady, pest*, \
        courier, delivery, pallet, residence permit, id card, movers, removal company, going to \
        rain, gonna rain, tourist info*, timetable, tailor, shoe repair, electricity, power cut, \
        fuse, breaker, socket, light bulb, gym, haircut, nails, book a hotel, furniture, \
        homework, directions to, \
        my {computer|laptop|phone screen|printer}",
    ),
    (Sign::Vehicle, "car, cars, truck, van, vehicle"),
    (
        Sign::Animal,
        "dog, dogs, puppy, cat, cats, kitten, rabbit, pet, pets, vet, veterinar*, horse",
    ),
    (
        Sign::Wrong,
        "wrong number, wrong person, misdial*, dialed the wrong, dialled the wrong, \
        called the wrong, wrong place, wrong line",
    ),
    (
        Sign::Job,
        "{looking for|want|need|apply for|applying for|find} {a \
        |}{job|work|position|internship|employment}, job \
        {opening*|vacanc*|offer*|application|opportunit*}, are you hiring, you hiring, vacanc*, \
        my {resume|cv}, {send|sent|submit} .. {cv|resume}, apprenticeship, work for you, \
        {coaching|open|teaching} position*, hire me, i m a \
        {plumber|coach|locksmith|dentist|technician|tennis coach}, need any \
        {coaches|plumbers|staff|help}",
    ),
    (
        Sign::Pitch,
        "survey, market research, recorded message, automated message, this is a recording, \
        press {1|2|3|9|one|two|zero|the}, solar panel*, search engine, seo, google ranking, first page, page one, \
        top of google, your {website|google listing|online presence|web page|electricity bill|energy bill|\
        warranty|car s extended}, extended warranty, you have won, you ve won, you have been selected, \
        you ve been selected, congratulations, crypto*, bitcoin*, invest*, {exclusive|special|limited|one time} offer, \
        limited time, more {customers|leads|clients}, new {customers|clients}, business loan, lead generation, \
        {we|i} {offer|are offering|provide|specialize|specialise|help businesses}, free quote on your, \
        few quick questions,  credit card {rate*|debt}, telemarket*, boost your, \
        grow your, act now, do not hang up, stay on the line, your call is important, per month, unlimited, next available, terms and conditions, hurry, only today, this week only, business directory, your listing, switch now, switch today, sign up now, don t miss, call now, business register, cheap, timeshare, lower your, \
        {re|m|are|be} offering, offer you, sell you, we {supply|sell|distribute|manufacture|export}, wholesale*, supplier, distributor, catalog*, brochure*, sample*, your {customers|competitors|premiums|bills|rates}, {paying|pay} too much, compare your, an advisor, sales rep*, representative of, bulk discount, lower price*, special price*, i m with the sales",
    ),
    (
        Sign::Lure,
        "your {business|company|firm}, promotion*, free, discount*, save, savings, no obligation, \
        subscription*, demo, software, owner, manager, decision maker, person in charge, our \
        {company|agency|platform|product*|solution*|service*}, partnership*, solution*, \
        insurance, marketing, advertis*, deal, percent, businesses, on behalf of, calling from, \
        sponsor*, platform, opportunity, \
        offer, offers",
    ),
    (
        Sign::Want,
        "need, i d like, i would like, i d love, we d like, looking for, want, wanted, can you, \
        could you, do you, appointment, repair, fix, price*, how much, cost, quote, install, \
        replace, book, send, interested in, calling about, ask for",
    ),
    (
        Sign::Mine,
        "my, our, i have, i ve got, we have, we ve got, urgent*, emergency, problem*, broken, \
        issue",
    ),
    (
        Sign::Appliance,
        "fridge*, refrigerator*, washing machine*, dishwasher*, freezer*, oven, stove, dryer",
    ),
    (
        Sign::Identity,
        "is this, is that, am i speaking, have i reached, did i reach, are you a, are you the, \
        this the",
    ),
    (
        Sign::Not,
        "not, no, don t, dont, isn t, without, never, doesn t",
    ),
    (
        Sign::Yes,
        "yes, yeah, yep, correct, exactly, that s right, right, sure",
    ),
    (
        Sign::Filler,
        "hello, hi, hey, yes, no, yeah, okay, ok, please, thanks, thank, you, bye, goodbye, uh, um, \
        er, oh, ah, hm, hmm, well, so, good, morning, afternoon, evening, sir, madam, i, we, he, she, it, they, \
        is, are, am, the, a, an, and, or, but, of, to, in, on, at, for, with, from, this, that, there, here, who, \
        what, where, how, can, hear, me, my, sorry, excuse, hold, wait, moment, second, one, s, m, t, ll, re, \
        not, don, do, did, does, be, was, just, very, much, speaking, speak, talk, silence, static, noise, \
        music, inaudible, anyone, anybody, someone, line, sure, have, really, know, think, nice, up, now, if",
    ),
    (
        Sign::Leave,
        "call back, call again, call you back, later, robot, a machine, bot, answering machine, \
        real person, human, ai, artificial intelligence, never mind, nevermind, forget it, no time, no thanks, \
        no thank you, hang up, got to go, have to go, another time, breaking up, can t hear, cannot hear, \
        bad connection, driving, gotta run, changed my mind, voicemail, \
        a computer, automated",
    ),
];
