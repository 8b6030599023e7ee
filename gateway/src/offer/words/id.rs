//! The page in Indonesian.

use super::{
    EndWords, FaultWords, JobWords, NumberWords, OfferWords, ResultWords, Said, TimeWords,
    TroubleWords, Words,
};

pub(super) static WORDS: Words = Words {
    tag: "id",
    offer: OfferWords {
        heading: "Permintaan baru",
        need: "Kebutuhan",
        place: "Lokasi",
        urgency: "Seberapa mendesak",
        emergency: "Darurat – bantuan dibutuhkan sekarang juga",
        soon: "Segera – dalam beberapa hari ke depan",
        flexible: "Fleksibel – tidak terburu-buru",
        received: "Diterima",
        deadline: "Mohon dijawab sebelum",
        reference: "Nomor referensi",
        accept_hint: "Setelah Anda menerima, nama dan nomor telepon pelanggan akan ditampilkan.",
        accept: "Saya terima",
        decline_heading: "Tidak bisa menerimanya?",
        decline_reason: "Alasan (boleh dikosongkan)",
        decline: "Saya tidak bisa menerima",
    },
    job: JobWords {
        heading: "Permintaan ini menjadi milik Anda",
        text: "Mohon hubungi pelanggan sesegera mungkin.",
        call: "Telepon pelanggan",
        name: "Nama",
        phone: "Telepon",
        language: "Bahasa pelanggan",
        recording: "Pesan suara",
        listen: "Dengarkan pesan",
    },
    result: ResultWords {
        heading: "Bagaimana hasilnya?",
        text: "Jika pekerjaan sudah selesai, atau tidak jadi dikerjakan, mohon kembali ke halaman ini dan beri tahu kami.",
        won: "Pekerjaan sudah dikerjakan",
        amount: "Jumlah yang ditagihkan",
        amount_hint: "Contohnya 450, 450,50 atau 1.200.000",
        currency: "Mata uang",
        report_won: "Laporkan jumlahnya",
        lost: "Tidak jadi dikerjakan",
        why: "Apa alasannya?",
        report_lost: "Laporkan bahwa tidak jadi dikerjakan",
    },
    ends: EndWords {
        declined: Said {
            heading: "Anda telah menolak permintaan ini",
            text: "Terima kasih sudah memberi tahu kami. Permintaan ini kami teruskan kepada yang lain; Anda tidak perlu melakukan apa-apa lagi.",
        },
        over: Said {
            heading: "Permintaan ini tidak lagi terbuka untuk Anda",
            text: "Batas waktu menjawab sudah lewat atau permintaan ini ditarik kembali, sehingga diteruskan kepada yang lain. Mohon tidak menghubungi pelanggan mengenai hal ini. Permintaan berikutnya dengan senang hati kami tawarkan lagi kepada Anda.",
        },
        cancelled: Said {
            heading: "Permintaan ini dibatalkan",
            text: "Mohon tidak mendatangi pelanggan. Anda tidak perlu melakukan apa-apa lagi.",
        },
        won: Said {
            heading: "Terima kasih, hasilnya sudah dicatat",
            text: "Anda melaporkan bahwa pekerjaan sudah dikerjakan, sebesar:",
        },
        lost: Said {
            heading: "Terima kasih, hasilnya sudah dicatat",
            text: "Anda melaporkan bahwa pekerjaan tidak jadi dikerjakan. Alasan Anda:",
        },
        correction: "Jika ini tidak benar, silakan balas pesan kami dan kami akan memperbaikinya.",
    },
    faults: FaultWords {
        prefix: "Kesalahan",
        summary: "Mohon periksa isian Anda",
        amount_missing: "Isi jumlah yang Anda tagihkan.",
        amount_unreadable: "Jumlahnya tidak dapat kami baca. Tulis misalnya 450, 450,50 atau 1.200.000.",
        amount_zero: "Jumlahnya harus lebih dari 0.",
        amount_too_large: "Jumlah ini terlalu besar. Mohon periksa banyaknya angka.",
        currency: "Pilih mata uang dari daftar.",
        reason_missing: "Beri tahu kami alasannya secara singkat.",
        reason_too_long: "Paling banyak 500 karakter.",
        action: "Mohon gunakan salah satu tombol di halaman ini.",
        changed: "Jawaban Anda tidak dapat dicatat: keadaannya sudah berubah. Inilah status permintaan saat ini.",
    },
    trouble: TroubleWords {
        unknown: Said {
            heading: "Tautan ini tidak membuka apa pun",
            text: "Mungkin tautannya terpotong saat disalin. Mohon buka sekali lagi langsung dari pesan kami.",
        },
        expired: Said {
            heading: "Tautan ini sudah kedaluwarsa",
            text: "Jika Anda masih memerlukannya, silakan balas pesan kami.",
        },
        unusable: Said {
            heading: "Isian Anda tidak dapat kami baca",
            text: "Tidak ada yang berubah. Mohon buka kembali halaman ini dan ulangi isian Anda.",
        },
        unavailable: Said {
            heading: "Saat ini kami tidak dapat dihubungi",
            text: "Tidak ada yang hilang. Mohon coba lagi sebentar lagi.",
        },
        again: "Coba lagi",
    },
    time: TimeWords {
        pattern: "{weekday}, {day} {month} {year} pukul {hour}.{minute}",
        weekdays: [
            "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu",
        ],
        months: [
            "Januari",
            "Februari",
            "Maret",
            "April",
            "Mei",
            "Juni",
            "Juli",
            "Agustus",
            "September",
            "Oktober",
            "November",
            "Desember",
        ],
    },
    languages: [
        "Prancis",
        "Jerman",
        "Italia",
        "Inggris",
        "Indonesia",
        "Spanyol",
    ],
    number: NumberWords {
        group: '.',
        decimal: ',',
        currency_first: true,
    },
};
