//! Fallback URLs: what is wrong with one, and the documents that must stand there.

use super::*;

const LINE: &str = "fallback_url = \"https://fallback.bord.example/geneva-plumbing.xml\"\n";

#[test]
fn a_fallback_url_is_https_and_a_site_without_one_is_a_warning() {
    breaks(GENEVA, "https://fallback", "http://fallback", "url");
    breaks(GENEVA, LINE, "fallback_url = 7\n", "format");
    breaks_at(GENEVA, LINE, "", "url", "# Plombiers");
    let without = change(Folder::sample(), GENEVA, LINE, "");
    let catalog = Catalog::from_folder(&without).unwrap();
    assert_eq!(catalog.warnings.len(), 1, "{}", render(&catalog.warnings));
    assert_eq!(fallback_documents(&catalog).len(), 8);
    // What a broken file lost is not missing.
    let broken = change(Folder::sample(), GENEVA, LINE, "fallback_url =\n");
    assert!(
        breaches(&broken)
            .iter()
            .all(|breach| breach.rule == "format")
    );
}

#[test]
fn each_fallback_document_speaks_the_language_of_its_site_and_hangs_up() {
    let catalog = Catalog::sample().unwrap();
    let documents = fallback_documents(&catalog);
    assert_eq!(documents.len(), catalog.sites.len());
    for (document, site) in documents.iter().zip(&catalog.sites) {
        assert_eq!(document.sites, [site.id.as_str()]);
        assert_eq!(Some(document.url), site.fallback_url.as_deref());
        // The carrier refuses a document that does not begin with its declaration.
        assert!(document.text.starts_with("<?xml "), "{}", document.url);
        let spoken = format!("<Say language=\"{}-", site.language);
        assert!(document.text.contains(&spoken), "{}", document.text);
        assert_eq!(document.text.matches("<Say ").count(), 1);
        assert!(
            document
                .text
                .ends_with("</Say>\n  <Hangup/>\n</Response>\n")
        );
    }
    let bahasa = documents.iter().find(|d| d.sites == ["jakarta-ac"]);
    let voice = "language=\"id-ID\" voice=\"Google.id-ID-Standard-A\"";
    assert!(bahasa.unwrap().text.contains(voice), "a pair that exists");
}

#[test]
fn sites_that_share_a_fallback_url_share_a_document_in_each_of_their_languages() {
    let mut folder = Folder::sample();
    for (file, own) in [
        (GENEVA, "geneva-plumbing"),
        (DENTAL, "geneva-dental"),
        (TENNIS, "bali-tennis"),
    ] {
        folder = change(folder, file, &format!("{own}.xml"), "voice.xml");
    }
    let folder = change(
        folder,
        "site-zurich-sanitaer.toml",
        "fallback_url = \"https://fallback.bord.example/zurich-sanitaer.xml\"\n",
        "",
    );
    let catalog = Catalog::from_folder(&folder).unwrap();
    assert_eq!(catalog.warnings.len(), 1, "{}", render(&catalog.warnings));
    let documents = fallback_documents(&catalog);
    let shared: Vec<_> = documents.iter().filter(|d| d.sites.len() > 1).collect();
    assert_eq!((documents.len(), shared.len()), (6, 1));
    assert_eq!(
        shared[0].sites,
        ["bali-tennis", "geneva-dental", "geneva-plumbing"]
    );
    let said: Vec<_> = ["en-GB", "fr-FR"]
        .iter()
        .map(|l| shared[0].text.matches(l).count())
        .collect();
    assert_eq!(said, [1, 1]);
}
