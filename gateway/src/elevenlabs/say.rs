//! What the agent says when the gateway itself must answer a tool call: one sentence, in the
//! caller's language, that neither promises anything nor ends the call.

use crate::language::Language;

/// Why nothing was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// A service did not answer; the same call again may succeed.
    TryAgain,
    /// The tool call cannot be read; said in other words it may.
    NotUnderstood,
    /// A test of the agent reached the real tool.
    Test,
}

/// The sentence for `trouble`.
#[must_use]
pub fn sentence(trouble: Trouble, language: Language) -> &'static str {
    match (trouble, language) {
        (Trouble::TryAgain, Language::French) => {
            "Un petit instant, votre demande n'est pas encore enregistrée ; j'essaie tout de suite \
             une nouvelle fois."
        }
        (Trouble::TryAgain, Language::German) => {
            "Einen kleinen Moment bitte, Ihre Anfrage ist noch nicht gespeichert; ich versuche es \
             gleich noch einmal."
        }
        (Trouble::TryAgain, Language::Italian) => {
            "Un attimo, la sua richiesta non è ancora registrata; ci riprovo subito."
        }
        (Trouble::TryAgain, Language::English) => {
            "One moment please, your request is not saved yet; I will try once more right away."
        }
        (Trouble::TryAgain, Language::Indonesian) => {
            "Mohon tunggu sebentar, permintaan Anda belum tersimpan; saya coba sekali lagi sekarang."
        }
        (Trouble::TryAgain, Language::Spanish) => {
            "Un momento, por favor, su solicitud todavía no está guardada; lo intento de nuevo \
             ahora mismo."
        }
        (Trouble::NotUnderstood, Language::French) => {
            "Pardon, je n'ai pas pu le noter. Pouvez-vous me redire votre nom, votre numéro et ce \
             dont vous avez besoin ?"
        }
        (Trouble::NotUnderstood, Language::German) => {
            "Entschuldigung, das konnte ich nicht notieren. Sagen Sie mir bitte noch einmal Ihren \
             Namen, Ihre Nummer und Ihr Anliegen?"
        }
        (Trouble::NotUnderstood, Language::Italian) => {
            "Mi scusi, non sono riuscito a prenderne nota. Può ripetermi il suo nome, il suo numero \
             e di che cosa ha bisogno?"
        }
        (Trouble::NotUnderstood, Language::English) => {
            "Sorry, I could not note that. Could you tell me your name, your number and what you \
             need once more?"
        }
        (Trouble::NotUnderstood, Language::Indonesian) => {
            "Maaf, saya belum bisa mencatatnya. Boleh sebutkan sekali lagi nama, nomor, dan \
             kebutuhan Anda?"
        }
        (Trouble::NotUnderstood, Language::Spanish) => {
            "Perdone, no he podido anotarlo. ¿Puede repetirme su nombre, su número y lo que \
             necesita?"
        }
        (Trouble::Test, Language::French) => "Ceci est un appel d'essai ; rien n'a été enregistré.",
        (Trouble::Test, Language::German) => "Das ist ein Testanruf; es wurde nichts gespeichert.",
        (Trouble::Test, Language::Italian) => {
            "Questa è una chiamata di prova; non è stato registrato nulla."
        }
        (Trouble::Test, Language::English) => "This is a test call; nothing was saved.",
        (Trouble::Test, Language::Indonesian) => "Ini panggilan uji coba; tidak ada yang disimpan.",
        (Trouble::Test, Language::Spanish) => {
            "Esta es una llamada de prueba; no se ha guardado nada."
        }
    }
}
