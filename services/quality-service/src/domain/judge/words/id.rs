//! The Indonesian words of births, ages and partings.

use super::super::birth::Notion;
use super::super::closing::Parting;
use super::Words;
use super::place::id as place;

pub(super) const WORDS: Words = Words {
    birth: BIRTH,
    closing: CLOSING,
    address: place::ADDRESS,
    numbers: place::NUMBERS,
};

const BIRTH: &[(Notion, &str)] = &[
    (
        Notion::Date,
        "{tanggal|tgl|tahun|bulan|hari|tempat} {lahir|lahirnya|kelahiran|kelahirannya}, \
        tempat tanggal lahir, tempat dan tanggal lahir, ttl, tanggal bulan tahun lahir, \
        tanggal berapa lahir, kelahiran tahun, kelahiran berapa, kelahiran tanggal, tanggal dan tahun lahir, hari jadi, \
        {tanggal|tahun} berapa {bapak|ibu|anda|kakak|mas|mbak|pak|bu|kak|dia|anaknya|beliau} {|di}lahir*",
    ),
    (
        Notion::Day,
        "ulang tahun, ulang tahunnya, ultah, ultahnya, hari ulang tahun, berulang tahun, milad",
    ),
    (
        Notion::Born,
        "lahir, lahirnya, dilahirkan, terlahir, kelahiran, kelahirannya, melihat dunia",
    ),
    (
        Notion::BornOn,
        "lahir tanggal, lahir tahun, lahir pada tanggal, lahir pada, lahir di tahun, \
        lahirnya tanggal, lahirnya tahun, kelahiran tahun",
    ),
    (
        Notion::Age,
        "umur, umurnya, usia, usianya, berumur, berusia, kelompok umur, kelompok usia, \
        rentang usia, rentang umur",
    ),
    (
        Notion::AgeYou,
        "{umur|usia} {anda|bapak|ibu|kakak|mas|mbak|pak|bu|kak|saudara|kamu|adik}, \
        {umur|usia} {|si }{anak|anaknya|pasien|putra|putri|istri|suami|pemain|peserta|murid}, \
        {anda|bapak|ibu|kakak|mas|mbak|pak|bu|kak} {umur|usia|umurnya|usianya|berumur|berusia}",
    ),
    (
        Notion::HowOld,
        "{umur|umurnya|usia|usianya|berumur|berusia} .. berapa, berapa {umur|usia|umurnya|\
        usianya}, berapa .. {umur|usia|umurnya|usianya}, seberapa tua, sudah berapa tahun umur, \
        berapa tahun umur*, berapa tahun usia*, kepala berapa, \
        {keluaran|lahiran|produksi|angkatan} tahun berapa",
    ),
    (
        Notion::HowOldYou,
        "{umur|usia} {anda|bapak|ibu|kakak|mas|mbak|kamu|saudara} .. berapa, \
        {anda|bapak|ibu|kakak|mas|mbak|anaknya|pasiennya} .. {umur|umurnya|usia|usianya} berapa, \
        berapa {umur|usia} {anda|bapak|ibu|kakak|mas|mbak|kamu|saudara|anak*|putra*|putri*|pasien*|\
        pak|bu|kak|adik}, berapa tahun {umur|usia} {anda|bapak|ibu|anak*}, \
        {anaknya|putranya|putrinya} {|sudah }{umur|usia|umurnya|usianya} berapa, \
        {umur|usia} berapa {anak*|putra*|putri*|pasien*|bapak|ibu|anda}, \
        {bapak|ibu|anda|kakak} {|ini }{angkatan|generasi} tahun",
    ),
    (
        Notion::OfAge,
        "sudah {dewasa|cukup umur|17 tahun|18 tahun}, di {bawah|atas} umur, \
        di {bawah|atas} {17|18|tujuh belas|delapan belas}, sudah punya ktp, \
        {sudah|udah} {17|18|21|tujuh belas|delapan belas} tahun",
    ),
    (
        Notion::When,
        "kapan, tanggal, tahun, bulan, hari, tgl, dekade",
    ),
    (
        Notion::Asking,
        "kapan, berapa, apa, apakah, siapa, kapankah, berapakah, gimana, bagaimana",
    ),
    (
        Notion::Request,
        "bisa, boleh, bolehkah, bisakah, mohon, tolong, minta, sebutkan, beritahu, \
        beri tahu, berikan, kasih tahu, perlu, butuh, membutuhkan, memerlukan, dibutuhkan, diperlukan, \
        harap, silakan, disebutkan, menyebutkan, infokan, informasikan, konfirmasi, ingin tahu, \
        mau tahu, saya catat, dicatat, mencatat, dibantu, bantu, menanyakan, tanya, bertanya, kurang, \
        tinggal, masih, dulu, lengkapi, data",
    ),
    (
        Notion::Whose,
        "anda, bapak, ibu, kakak, mas, mbak, pak, bu, kak, kamu, anaknya, pasiennya, \
        putranya, putrinya, nya",
    ),
    (
        Notion::Not,
        "tidak, nggak, enggak, gak, ga, tak, bukan, jangan, belum, tanpa, ndak, tdk, usah, \
        tidak ada, siapa pun",
    ),
    (
        Notion::Needing,
        "perlu*, butuh*, dibutuhkan, diperlukan, memerlukan, membutuhkan, menanya*, tanya*, \
        ditanya*, bertanya, minta, meminta, diminta, wajib, harus, penting, usah, boleh, berpengaruh, \
        relevan, mencatat, dicatat, masalah, pakai, ingin, mau, bisa, akan, kumpulkan, menyimpan, \
        mengumpulkan, sebut*, menyebut*, disebut*, syarat",
    ),
    (
        Notion::Refusal,
        "{tidak|nggak|enggak|gak|ga|tak|ndak} \
        {perlu|usah|butuh|penting|wajib|diperlukan|dibutuhkan|harus|masalah|relevan}, tidak akan \
        {menanyakan|bertanya|tanya|minta|meminta}, simpan saja, jangan {sebut*|beri*|kasih}, \
        tidak menanyakan, tidak meminta, tidak kami {perlukan|butuhkan|minta|tanyakan}, tidak \
        boleh {menanya*|tanya|bertanya|minta}, lewati saja, tidak apa apa tanpa, rahasia, \
        dilarang, opsional, belum perlu",
    ),
    (Notion::Unable, "{tidak|nggak|gak|tak} {bisa|dapat}"),
    (Notion::Without, "tanpa, selain"),
    (
        Notion::Only,
        "tidak hanya, bukan hanya, bukan cuma, jangan lupa, tidak lupa, tidak masalah, \
        tidak apa apa, nggak apa apa, gak apa apa, hanya kurang, kalau tidak keberatan, \
        jika tidak keberatan, kalau boleh, apabila tidak keberatan",
    ),
    (
        Notion::Noted,
        "sudah saya catat, sudah dicatat, dicatat ya, terima kasih, terimakasih, tercatat, \
        sudah saya terima, tadi disebutkan, sudah disebutkan, makasih, sudah ada, saya catat",
    ),
    (
        Notion::Elsewhere,
        "di klinik, di tempat, oleh dokter, pelatihnya akan, dokternya akan, pihak klinik, langsung ke",
    ),
    (
        Notion::Later,
        "akan {menanyakan|ditanyakan|bertanya|ditanya|meminta|diminta}, nanti \
        {ditanya*|dokter*|pelatih*|klinik*}, mungkin menanyakan, \
        {dokternya|kliniknya|pelatihnya|dokter|klinik|teknisinya} yang {akan |nanti |}{menanyakan|tanya|minta|bertanya}",
    ),
    (
        Notion::Party,
        "hadiah, kado, pesta, kejutan, selamat ulang tahun, rayakan, merayakan, untuk ulang tahun, \
        acara, garansi",
    ),
    (
        Notion::AnyAge,
        "semua umur, semua usia, segala umur, segala usia, berapa pun, berapapun, \
        usia berapa saja, umur berapa saja, usia berapa pun, usia dini, dari usia, mulai usia, mulai umur, \
        umur pakai, usia pakai, mulai dari",
    ),
    (
        Notion::Person,
        "anak, anaknya, anak anak, bayi, putra, putri, putranya, putrinya, pasien, pasiennya, \
        orang, orangnya, suami, istri, suaminya, istrinya, adik, adiknya, murid, peserta, \
        pesertanya, pemain, dewasa, remaja, pemula, yang mau, yang akan, yang sakit, si kecil, \
        bapaknya, ibunya, cucu*, penyewa",
    ),
    (
        Notion::Thing,
        "ac, acnya, unit, unitnya, mesin*, alat*, barang*, boiler, pemanas*, pipa*, keran*, \
        wastafel*, toilet*, wc, bak, kamar mandi, gedung*, rumah, rumahnya, bangunan*, \
        apartemen*, pompa*, pintu*, kunci*, gembok*, kompresor*, freon, kulkas*, remote*, \
        indoor*, outdoor*, gigi, giginya, tambalan*, mahkota*, implan*, raket*, instalasi*, \
        tangki*, tandon*, sistem, model, tipe, atap, villa, evaporator*, perangkat*, pendingin*, \
        kipas*, sikat, pemakaian, masalah, bocor*, kontrak, garansi, sejak dipasang, dipasang, \
        terpasang, anjing*, kucing*, hewan*, \
        mobil, mobilnya, kran, krannya",
    ),
];

const CLOSING: &[(Parting, &str)] = &[
    (
        Parting::Bye,
        "sampai jumpa, sampai ketemu, sampai bertemu, sampai berjumpa, selamat tinggal, \
        selamat jalan, sampai {lain|kesempatan|berikutnya|kita} {waktu|kali|lain|hari|bertemu|jumpa|ketemu|berikutnya}, dadah, daah, dah, dadaah, babai, bye, bye bye, wassalam*, pamit, mohon diri, \
        sampai di sini {|dulu }{|ya |percakapan |perbincangan }, sampai jumpa lagi, hati hati di jalan, \
        jaga diri, jaga kesehatan, sehat selalu, sehat sehat, saya akhiri, saya tutup {|dulu |teleponnya |ya |panggilan}, \
        kami akhiri, permisi dulu",
    ),
    (
        Parting::Wish,
        "semoga {hari|harinya|malam|sore|siang|akhir} .. {menyenangkan|indah|baik|lancar|cerah}, \
        semoga harimu .. {menyenangkan|indah|baik}, {hari|malam|sore} yang {menyenangkan|indah|baik|cerah}, \
        selamat {beraktivitas|beristirahat|istirahat|berakhir pekan|menikmati|berlibur|liburan|\
        melanjutkan|berakhir|bekerja|berakhir minggu|tidur}, akhir pekan yang, \
        semoga hari {anda|bapak|ibu|kakak}, selamat menikmati .. hari, semoga harinya",
    ),
    (
        Parting::Bare,
        "sampai nanti, sampai besok, sampai {senin|selasa|rabu|kamis|jumat|sabtu|minggu}, \
        sampai ketemu besok, salam, sekian, sekian dan terima kasih",
    ),
    (
        Parting::Soft,
        "ciao, dag, selamat {malam|siang|sore|pagi}, met {malam|malem|siang|sore|pagi},  selamat malam dan terima kasih, selamat siang dan terima kasih, \
        terima kasih dan selamat {siang|sore|malam|pagi}, terima kasih selamat {siang|sore|malam|pagi}",
    ),
    (
        Parting::Thanks,
        "{terima kasih|terimakasih|makasih} {|banyak |ya |pak |bu |kak |bapak |ibu }{sudah|telah|atas} \
        {menelepon|menelpon|menghubungi|teleponnya|telepon|panggilannya|panggilan|kepercayaan*|waktunya|\
        telponnya|telpon|hubungi|berbicara}, {terima kasih|terimakasih|makasih} .. {sudah|telah} \
        {menelepon|menelpon|menghubungi|telepon|telpon}",
    ),
    (
        Parting::Comfort,
        "semoga {lekas|cepat|segera} sembuh, lekas sembuh, cepat sembuh, semoga lekas pulih, \
        semoga cepat pulih",
    ),
    (Parting::Greeting, "dah lama, dah siap, dah ya pak"),
    (
        Parting::Filler,
        "baik, ya, terima, kasih, pak, bu, bapak, ibu, kak, oke, ok, kalau, begitu, dan, mas, \
        mbak, iya, siap, lagi, nah, jadi, baiklah, kakak, sampai, dari, kami, saya, untuk, hari, ini, dulu, deh",
    ),
    (
        Parting::Before,
        "sebelum, sebelumnya, sebelum saya, sebelum kita",
    ),
    (Parting::Not, "jangan, belum, tidak, nggak, tanpa, gak"),
    (
        Parting::Say,
        "bilang, mengucapkan, ucap*, berkata, katakan, tutup*, menutup, akhiri, mengakhiri, pamit*",
    ),
    (Parting::Hope, "bagaimana hari, semoga hari ini .. sedang"),
];
