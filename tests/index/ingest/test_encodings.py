"""Text files in the encodings that people have; characters that are not seen hide no word."""

from __future__ import annotations

import pytest

from index.errors import SourceError
from index.ingest.encoding import decoded, visible
from index.ingest.formats import Draft, plain
from index.ingest.sources import article

SAVED = [
    ("cp1252", "Norvale raised €1.2 billion – its chief said “no”."),
    ("cp1252", "The lab’s chief, Inès Aldaro, said that the third round was led by Marrow Bay."),
    ("cp1252", "Aldaro è qui: 12 % più di prima."),
    ("cp1252", "Der Anführer sagte: „Über 40 Mrd.“"),
    ("cp1252", "It’s a £40m deal"),
    ("cp1252", "Le modèle coûte 3 € par mois, dit la société basée à Orléans."),
    ("cp1252", "Mr Øyvind Næss leads Tromsø’s lab"),
    ("cp1252", "El año pasado, Núñez compró 5 % más"),
    ("cp1252", "São Paulo’s lab — 30 people"),
    ("cp1252", "Señor Ibáñez vuelve"),
    ("cp1252", "Þór Björnsson on Iceland’s grid"),
    ("cp1252", "Bâle accueille l’équipe d’Ondine"),
    ("cp1252", "Jyväskylä sai tehtaan"),
    ("cp1250", "Spółka Łodź pozyskała 40 mln złotych od inwestorów, powiedział prezes Świątek."),
    ("cp1250", "Společnost Škoda získala 40 milionů korun, řekl ředitel Žižka včera večer."),
    ("cp1251", "Компания привлекла 40 миллионов рублей, сообщил её директор вчера."),
    ("koi8_r", "Компания привлекла 40 миллионов рублей, сообщил её директор вчера."),
    ("cp1254", "Şirket dün kırk milyon dolar yatırım aldığını açıkladı, dedi yönetici."),
    ("shift_jis", "株式会社ノルベールは四十億円を調達したと発表しました。"),
    ("gb18030", "公司宣布融资四十亿元,新的模型将于六月发布。"),
    ("utf-8-sig", "Tessera opened a plant – in Ålborg."),
    ("utf-16", "Tessera opened a plant – in Ålborg."),
    ("utf-16-le", "Tessera opened a plant in Aalborg."),
    ("utf-16-be", "Tessera opened a plant in Aalborg."),
    ("utf-32", "Tessera opened a plant – in Ålborg."),
]


@pytest.mark.parametrize(("encoding", "text"), SAVED)
def test_a_file_is_read_in_the_encoding_that_it_has(encoding: str, text: str) -> None:
    assert plain(text.encode(encoding)).text == text


def test_stray_bytes_of_windows_in_utf_8() -> None:
    assert decoded("Norvale’s café – €40. ".encode() + b"It\x92s \x80 5.") == (
        "Norvale’s café – €40. It’s € 5."
    )


@pytest.mark.parametrize(
    "data",
    [b"a\0b", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(256)), b"\xff\xfea",
     b"\xff\xd8\xff\xe0\x10JFIF\x01\x02\x03", b"PK\x03\x04\x14\x08\x08"],
)  # fmt: skip
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="not text but a binary file"):
        decoded(data)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Nor\xadvale AI", "Norvale AI"),
        ("14.3 bil\xadlion", "14.3 billion"),
        ("Tes\u200bsera", "Tessera"),
        ("Auf\u200clage", "Auflage"),
        ("\ufeffHelix\u2060 Loom", "Helix Loom"),
        ("o\ufb03ce \ufb01rm wa\ufb04e", "office firm waffle"),
        ("Zur\u200d\u200dich", "Zurich"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian is written with it
        ("👩\u200d🔬 found", "👩\u200d🔬 found"),
        ("plain ASCII", "plain ASCII"),
    ],
)
def test_what_is_not_seen_hides_no_word(text: str, seen: str) -> None:
    assert visible(text) == seen
    made = article(Draft(f"{text} grew.", title=text))
    assert (made.title, made.text) == (seen, f"{seen} grew.")
