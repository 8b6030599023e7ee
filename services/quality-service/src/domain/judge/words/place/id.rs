//! The Indonesian words of places and numbers.

use super::super::super::address::Place;

pub(in super::super) const ADDRESS: &[(Place, &str)] = &[
    (
        Place::Street,
        "jalan, jl, jln, gang, gg, komplek, kompleks, perumahan, ruko, jalan raya, \
        lorong, apartemen, blok",
    ),
    (
        Place::WeakStreet,
        "gedung, menara, plaza, mall, cluster, villa",
    ),
    (
        Place::Label,
        "nomor, nomer, no, kav, kavling, blok, lantai, nomornya, rt, rw",
    ),
    (
        Place::Unit,
        "jam, menit, detik, hari, minggu, bulan, tahun, rupiah, ribu, juta, persen, meter, \
        kilometer, km, kilo, orang, kali, unit, pk, liter, lantai, januari, februari, maret, april, mei, \
        juni, juli, agustus, september, oktober, november, desember, teknisi, pelanggan, pagi, siang, \
        sore, malam, wib, wita, derajat, watt, tempat, lapangan, pelatih, cabang, digit, angka",
    ),
    (
        Place::NoName,
        "senin, selasa, rabu, kamis, jumat, sabtu, minggu, kaki, tol, keluar, terus, lurus, \
        pintas, pulang, telepon, whatsapp, sms, wa, kode pos, harga, biaya, tarif, gang buntu, apa, mana, \
        berapa, nya, tengah, lain, masuk, dan, atau, \
        zona, wilayah, area, gerbang, rute",
    ),
    (
        Place::Yours,
        "{bapak|ibu|anda|kakak|mas|mbak|pak|bu|kak} {|ada |berada |tinggal |lokasinya |posisinya }{di|tinggal|berada}, \
        alamat {bapak|ibu|anda|kakak|mas|mbak|pak|bu|kak|rumah}, rumah {bapak|ibu|anda|kakak|mas|pak|bu|kak}, \
        tempat {bapak|ibu|anda|kakak}, tinggal di, tadi {bilang|sebut|disebutkan}, saya catat, \
        saya ulangi, lokasi {bapak|ibu|anda|kakak}, ke rumah, dicatat, alamatnya tadi, menginap di, \
        alamatnya sudah saya, saya konfirmasi, jadi alamatnya, unit di, ke tempat {bapak|ibu|anda}",
    ),
    (
        Place::Ours,
        "alamat {kami|klinik|kantor|bengkel|teknisi*|toko|dokter*|pelatih*|tempat*}, \
        kantor kami, klinik kami, bengkel kami, toko kami, tempat kami, \
        kami {berada|berlokasi|ada|beralamat|terletak} di, silakan {|langsung }{datang|ke|mampir|menuju|kunjungi}, \
        {bisa|boleh} {|langsung }{datang|ke|mampir|menuju} {|langsung }{ke|di}, lokasi {kami|klinik|bengkel|kantor|lapangan*|kliniknya}, \
        {lokasinya|tempatnya|kantornya|kliniknya|bengkelnya|tokonya|lapangannya} {|ada |berada |itu }{di|ada}, \
        ini alamatnya, alamatnya {di|ada|adalah|yaitu}, datang {saja |langsung |}ke",
    ),
    (
        Place::Provider,
        "klinik*, dokter*, kantor*, bengkel*, teknisi*, toko*, tukang*, pelatih*, lapangan*, \
        pusat, perusahaan*, mitra*, rekanan*, penyedia*, cabang*, akademi*, klub*, praktik*, \
        praktek*, workshop*, servis*, alamatnya, rumah sakit, puskesmas, coach*, gudang*, depo, \
        gerai*, tim",
    ),
    (
        Place::Located,
        "berada di, ada di, terletak di, beralamat*, berlokasi, lokasinya, tempatnya, \
        praktik di, praktek di, buka di, di jalan, di jl, di jln, berkantor, mengajar di, melatih di, \
        letaknya, adanya di, di gedung, di ruko",
    ),
    (Place::Example, "misalnya, contohnya, seperti, umpamanya"),
    (
        Place::Near,
        "dekat, sekitar, daerah, kawasan, seberang, belakang, samping, sebelah, arah, menuju",
    ),
    (
        Place::Town,
        "jakarta, jakarta selatan, jakarta utara, jakarta pusat, jakarta timur, jakarta barat, \
        denpasar, badung, gianyar, ubud, sanur, canggu, kuta, seminyak, tebet, kelapa gading, kemang, \
        depok, bekasi, tangerang, tangerang selatan, bogor, bandung, surabaya, bali, menteng, cilandak, \
        tibubeneng, kerobokan, jimbaran, kuta utara, kuta selatan, pondok indah",
    ),
];

pub(in super::super) const NUMBERS: &str = "nol 0, kosong 0, satu 1, dua 2, tiga 3, empat 4, lima 5, enam 6, tujuh 7, delapan 8, \
    sembilan 9, sepuluh 10, sebelas 11, seratus 100, seribu 1000, belas +10, puluh x10, ratus x100, ribu x1000";
