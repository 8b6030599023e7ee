//! The Indonesian words by which a call's class is read.

use super::super::super::need::{Conduct, Sign, Trade};

pub(super) const CONDUCT: &[(Conduct, &str)] = &[
    (
        Conduct::Field,
        "atas nama, nama {ibu|bapak|anda|kakak|pak|bu|kak|mas|mbak|lengkap*}, namanya, nama \
        siapa, siapa nama*, dengan siapa, dengan {bapak|ibu} siapa, nomor berapa, nomor \
        telepon*, nomornya, nomor yang, nomor hp, dihubungi, daerah mana, di mana, dimana, \
        lokasinya, alamat*, nomor {ibu|bapak|anda|kakak}, nama dan",
    ),
    (
        Conduct::WrongNumber,
        "salah sambung, salah nomor, nomor lain",
    ),
    (
        Conduct::Redirect,
        "kami {hanya|khusus|cuma}, di sini {les|servis}, ibu {perlu|butuh} {tukang|dokter}, tidak {bisa|dapat} .. {bantu|membantu|melayani|menerima|memproses}, {nggak|gak} bisa \
        .. bantu, {tidak|nggak|gak|bukan} \
        {melayani|menangani|menyediakan|mengurus|menerima|menjual|memperbaiki|terima}, hanya \
        {melayani|untuk|menangani|menerima|mengurus|servis|khusus|ac|urus|bisa}, khusus \
        {untuk|servis|ac|pelanggan|service}, {nomor|layanan|saluran|jalur|telepon} ini \
        {khusus|hanya|untuk|adalah|buat}, ini {layanan|servis|dokter|tempat|bukan|nomor|jasa}, \
        di sini {hanya|khusus|cuma|servis}, cuma {ac|servis|urus|melayani}, di luar \
        {layanan|bidang|topik}, bukan {bidang|layanan|tempat|di \
        sini|kami|bagian|toko|restoran|nomor}, salah sambung, tidak tertarik, tidak berminat, \
        kami servis, \
        ini bukan, hanya manusia, untuk pelanggan, bukan untuk, kami cuma, tidak ada yang namanya, mungkin tanya, coba tanya, sebaiknya ke, tidak menerima penawaran",
    ),
];

pub(super) const NEED: &[(Sign, &str)] = &[
    (
        Sign::Symptom(Trade::Plumbing),
        "{pipa|keran|kran|wastafel|wc|toilet|saluran|selang|kloset|talang|tangki} .. \
        {bocor|mampet|tersumbat|pecah|rusak|buntu|patah|netes|menetes|meluap|rembes}, mampet, tersumbat, \
        air .. {mati|meluap|menggenang|rembes|keluar|nggak mengalir|tidak mengalir|tidak keluar}, banjir, \
        {pompa|sanyo} air .. {mati|rusak}, pasang {keran|wastafel|wc|kloset|pipa}, rembesan",
    ),
    (
        Sign::Thing(Trade::Plumbing),
        "tukang {ledeng|pipa|air}, ledeng*, pipa*, keran*, kran, krannya, wastafel*, wc, \
        kloset*, toilet*, saluran*, pemanas air, water heater, pompa air, kamar mandi, shower, septic*",
    ),
    (
        Sign::Vague(Trade::Plumbing),
        "bocor*, netes, menetes, rembes, air",
    ),
    (
        Sign::Symptom(Trade::Dental),
        "sakit gigi, gigi* .. {sakit|patah|berlubang|ngilu|goyang|copot|lepas|bengkak|\
        nyeri|dicabut|cabut|tanggal|retak|senut*|cenut*|berdarah}, gusi* .. {bengkak|berdarah|sakit}, \
        {cabut|tambal|bersihkan|scaling|pasang|periksa|kontrol} gigi, tambalan* .. {lepas|copot|jatuh}, \
        mahkota .. {lepas|copot}, pipi .. bengkak, karang gigi, scaling, behel, gigi bungsu, pemutihan gigi",
    ),
    (
        Sign::Thing(Trade::Dental),
        "gigi*, dokter gigi, gusi*, tambalan*, rahang, geraham",
    ),
    (
        Sign::Symptom(Trade::Tennis),
        "{les|kursus|pelatih|latihan|belajar|main|kelas|guru|coach|privat} .. {tenis|tennis}, \
        tenis untuk, {tenis|tennis} .. {anak|pemula|privat|lesson*}",
    ),
    (Sign::Thing(Trade::Tennis), "tenis, tennis, raket"),
    (
        Sign::Vague(Trade::Tennis),
        "kursus, privat, pelatih*, latihan, belajar main, les privat, les buat, les untuk, \
        belajar, mengajar, kelas, ngajar",
    ),
    (
        Sign::Symptom(Trade::Locksmith),
        "terkunci, kunci* .. {hilang|patah|rusak|ketinggalan|tertinggal|macet|\
        dicuri|nyangkut|dalam}, pintu* .. {terkunci|macet|bisa dibuka|kebuka|rusak}, duplikat kunci, \
        {ganti|buka|perbaiki} .. {kunci|gembok|pintu}, kekunci, {hilang|ketinggalan|patah} .. kunci",
    ),
    (
        Sign::Thing(Trade::Locksmith),
        "brankas, gembok*, tukang kunci, ahli kunci, kunci*, gembok*, silinder",
    ),
    (
        Sign::Symptom(Trade::Cooling),
        "ac* .. {dingin|mati|bocor|rusak|netes|menetes|berisik|bunyi|bau|nyala|\
        menyala|panas|error|kotor|bermasalah|air|dicuci|diservis|diservice|dipindah*|dibongkar|dibersihkan|dipasang|hidup|keluar|freon|kedip*|trip}, \
        {cuci|servis|service|pasang|bongkar|isi|perbaiki|benerin|betulin|pindah|bersihkan|perawatan|maintenance|reparasi|perbaikan|\
        cek|instalasi|memperbaiki|memasang|mencuci|membersihkan|membetulkan|ngecek|tukang|teknisi|nyuci} .. {ac|freon|acnya}, freon* .. {habis|bocor|kurang|isi}, \
        pendingin* .. {rusak|dingin|mati|bocor|bunyi}",
    ),
    (
        Sign::Thing(Trade::Cooling),
        "ac, acnya, freon, pendingin ruangan, kompresor*, air conditioner, outdoor, indoor",
    ),
    (
        Sign::Vague(Trade::Cooling),
        "tidak dingin, nggak dingin, gak dingin, kurang dingin, bocor, netes, panas",
    ),
    (
        Sign::Other,
        "tukang keramik, kacamata, tagihan {air|listrik|pdam}, beli .. raket {|tenis}, pizza*, restoran*, pesan {makanan|pizza|nasi|ayam|taksi|hotel|tiket|kamar|gofood}, \
        taksi, ojek, apotek*, potong rambut, pengacara, cuaca, ramalan, hotel .. \
        {pesan|booking}, tiket*, dokter hewan, bengkel {mobil|motor}, wifi, internet mati, hp \
        saya, paspor, pajak, sushi, martabak, nasi goreng, ayam goreng, bakso, tukang kayu, \
        tukang kebun, yoga, pijat*, spa, bioskop, konser, lotre, dokter mata, kacamata, \
        fisioterapi*, kandungan, dokter kulit, vaksin*, lelucon, toko roti, \
        {sewa|menyewa|beli|jual} .. {villa|rumah|apartemen|mobil|motor|skuter|papan|kos}, \
        surfing, selancar, golf, sepak bola, futsal, padel, renang, piano, genteng, horoskop, \
        zodiak, dokter umum, dokter anak, pesawat, bandara, jam berapa sekarang, badminton, bulu \
        tangkis, rental, kursus {inggris|bahasa|mobil|menyetir|musik|masak*}, laundry, cat \
        rumah, gas elpiji, galon, motor saya, cctv, bpjs, kurir, kiriman, paspor, izin tinggal, \
        ktp, jasa pindahan, info wisata, wisata, penjahit, tukang jahit, sepatu, mati lampu, \
        mcb, stop kontak, lampu, gym, rambut, kuku, sewa, rental, mebel, ojol, gojek, \
        {akan|bakal|apakah} hujan, hujan {besok|nggak|tidak|ya}, \
        {laptop|komputer|hp} saya",
    ),
    (Sign::Vehicle, "mobil, truk, angkot"),
    (
        Sign::Animal,
        "anjing*, kucing*, kelinci, hewan*, dokter hewan",
    ),
    (
        Sign::Wrong,
        "salah sambung, salah nomor, salah pencet, salah orang, nomor salah, keliru nomor, \
        salah telepon, salah tekan",
    ),
    (
        Sign::Job,
        "{cari|mencari|butuh|melamar|lamar} .. {kerja|pekerjaan|kerjaan|magang|lowongan}, lowongan*, \
        melamar, lamaran, cv saya, kirim cv, terima karyawan, menerima karyawan, bekerja di sini, \
        {jadi|sebagai} {teknisi|pelatih|karyawan} .. {di|lowongan|kerja}, magang, gajinya, rekrut*, saya {teknisi|tukang|pelatih} {ac|tenis|ledeng}, pengalaman kerja, butuh {teknisi|pelatih|tenaga|karyawan} {baru|lagi|tambahan}",
    ),
    (
        Sign::Pitch,
        "survei*, survey*, riset pasar, pesan {otomatis|rekaman|promosi}, rekaman, tekan \
        {1|2|3|9|satu|dua|angka|nol}, panel surya, seo, halaman pertama, peringkat google, \
        {website|situs|toko online|bisnis|usaha} {anda|bapak|ibu}, anda \
        {memenangkan|terpilih|mendapatkan|mendapat}, selamat anda, selamat nomor, undian, \
        pemenang, kripto*, bitcoin, investasi*, {penawaran|promo} \
        {khusus|spesial|terbatas|eksklusif|menarik}, pelanggan baru, lebih banyak pelanggan, \
        {kami|saya} {menawarkan|ingin menawarkan|mau menawarkan|tawarkan}, pinjaman*, kartu \
        kredit, kta, dana tunai, beberapa pertanyaan, asuransi*, telemarketing, saya dari \
        {bank|perusahaan|pt|asuransi|agen*}, bunga rendah, cicilan, saham, deposito, kavling, \
        menawarkan, pulsa gratis, syarat dan ketentuan, hubungi sekarang, per bulan, promo \
        gajian, jangan lewatkan, segera dapatkan, dapatkan segera, tetap di telepon, mohon \
        tunggu, internet rumah, cashback, buruan, direktori bisnis, jackpot, paket data, paket \
        internet, hadiah, nawarin, tawarin, kita jual, kami jual, kami \
        {menjual|menyuplai|mendistribusikan}, distributor*, grosir*, supplier, pemasok, \
        katalog*, sampel, {pelanggan|tagihan|pesaing} {anda|bapak|ibu}, bayar terlalu mahal, \
        bandingkan, agen {asuransi|properti|resmi}, harga khusus, harga pabrik, brosur*, \
        dari sales, bagian sales, sales {ac|dari|sparepart}",
    ),
    (
        Sign::Lure,
        "perusahaan {anda|bapak|ibu}, promo*, gratis, diskon*, hemat, tanpa \
        {ikatan|biaya|agunan|jaminan}, langganan, demo, perangkat lunak, aplikasi, pemilik*, \
        manajer, pimpinan, penanggung jawab, kami dari, perusahaan kami, kerja sama, kerjasama, \
        solusi, pemasaran, iklan, keuntungan, bonus, penghasilan, modal, persen, program, \
        kesempatan, layanan kami",
    ),
    (
        Sign::Want,
        "butuh, mau, ingin, perlu, cari, mencari, minta, tolong, bisa, pengen, pingin, \
        kepingin, berapa, biaya, harga, tarif, pesan, booking, pasang, perbaiki, betulin, \
        benerin, panggil, daftar",
    ),
    (
        Sign::Mine,
        "saya punya, punya saya, rumah saya, di rumah, kamar saya, kantor saya, saya, masalah, \
        rusak, darurat, segera, kami punya, gua, gue, aku, anak saya",
    ),
    (
        Sign::Appliance,
        "kulkas*, mesin cuci*, dispenser*, kompor*, oven, setrika",
    ),
    (
        Sign::Identity,
        "apa benar, apakah ini, ini dengan, benar ini, dengan siapa, ini tukang, ini servis, ini benar, \
        betul ini, dengan servis",
    ),
    (Sign::Not, "tidak, bukan, nggak, gak, jangan, tanpa, enggak"),
    (Sign::Yes, "ya, iya, betul, benar, yoi, iyah"),
    (
        Sign::Filler,
        "halo, hallo, ya, iya, tidak, nggak, selamat, pagi, siang, sore, malam, terima, kasih, maaf, permisi, \
        eh, oh, ah, hm, baik, oke, ok, pak, bu, bapak, ibu, mas, mbak, kak, saya, aku, anda, ini, itu, siapa, apa, yang, \
        dan, di, ke, dari, dengan, untuk, ada, sudah, belum, dulu, tunggu, sebentar, kok, sih, deh, dong, lho, nih, \
        kedengaran, dengar, suara, suaranya, hening, bisa, tolong, jadi, kalau, juga, saja, aja, lagi, bicara, \
        sekarang, gimana, bagaimana, musik, berisik, benar, nah, gak, ga, bukan, mau, tadi, makasih, cuma, hanya",
    ),
    (
        Sign::Leave,
        "telepon lagi, telpon lagi, hubungi lagi, nanti lagi, nanti saja, nanti aja, lain kali, robot, mesin, \
        orang asli, manusia, kecerdasan buatan, lupakan, tidak jadi, nggak jadi, gak jadi, ga jadi, tidak ada waktu, \
        buru buru, putus putus, tidak kedengaran, nggak kedengaran, gak kedengaran, lagi nyetir, tutup dulu, \
        saya tutup, sibuk, sinyal, harus pergi, \
        komputer, suara mesin",
    ),
];
