"""Newsletters, mailboxes, saved pages and PDF files to articles."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import SourceError
from index.ingest.mail import letter, saved_page
from index.ingest.pdf import pdf
from index.ingest.sources import read
from index.types import Article, Rejected

HEAD = (
    "From: The Varde Letter <letter@example.org>\r\nSubject: =?utf-8?q?A_hall_for_=E2=82=AC2?=\r\n"
    "Date: Tue, 10 Jun 2025 09:30:00 +0200\r\nMessage-ID: <77@example.org>\r\n"
)
HTML = (
    "<html><head><style>p {color: red}</style></head><body><table><tr><td><p>Kestrel builds a second"
    " hall at Varde for 2.1 billion kroner.</p><p>It opens in 2026 &amp; draws 180 megawatts.</p>"
    "<div style='display:none'>Preview text</div></td></tr></table><p>You are receiving this email"
    " because you subscribed to our newsletter. Unsubscribe.</p></body></html>"
)
TEXT = (
    "Kestrel builds a second hall at Varde for 2.1 billion kroner.\n\n"
    "It opens in 2026 & draws 180 megawatts."
)


def mail(body: str, kind: str = "text/html; charset=utf-8") -> bytes:
    return f"{HEAD}MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n{body}".encode()


def test_a_newsletter() -> None:
    draft = letter(mail(HTML))
    assert (draft.title, draft.publisher) == ("A hall for €2", "The Varde Letter")
    assert (draft.published, draft.known_by) == (
        "Tue, 10 Jun 2025 09:30:00 +0200",
        "<77@example.org>",
    )
    assert draft.text == TEXT


def test_of_two_forms_the_one_with_markup_is_read() -> None:
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nRead this online.\r\n--b\r\nContent-Type: text/html\r\n"
        f"\r\n{HTML}\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n"
        "Content-Disposition: attachment; filename=a.pdf\r\n\r\nnone\r\n--b--\r\n"
    )
    assert letter(mail(body, "multipart/mixed; boundary=b")).text == TEXT


def test_plain_letters_and_their_encodings() -> None:
    text = "Kestrel bygger en hal.\n\nDen koster 2,1 mia. kr.\n"
    assert letter(mail(text, "text/plain")).text == text.strip()
    coded = mail(
        "", "text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable"
    )
    assert letter(coded + b"Br=F8nderslev f=E5r en hal.").text == "Brønderslev får en hal."
    assert letter(mail("A hall.", "text/plain; charset=nonsense")).text == "A hall."


@pytest.mark.parametrize("data", [b"", b"\0", b"no headers here", b"Subject: x\n\n", HEAD.encode()])
def test_a_letter_without_text_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError):
        letter(data)


def test_a_mailbox(tmp_path: Path) -> None:
    path = tmp_path / "news.mbox"
    letters = [mail(HTML), mail("", "text/plain"), mail("Another.", "text/plain")]
    letters[2] = letters[2].replace(b"<77@", b"<78@")
    path.write_bytes(b"".join(b"From x Tue Jun 10 09:30:00 2025\n" + m + b"\n\n" for m in letters))
    one, empty, other = read(str(path))
    assert isinstance(one, Article) and one.published == "2025-06-10T07:30:00Z"
    assert empty == Rejected(f"{path}:2", "it holds no text")
    assert isinstance(other, Article) and (other.text, other.id == one.id) == ("Another.", False)
    path.write_bytes(b"not a mailbox")
    assert list(read(str(path))) == [
        Rejected(str(path), "it holds no letters: is it a mailbox (mbox)?")
    ]
    (tmp_path / "copy.eml").write_bytes(letters[0])
    (copy,) = read(str(tmp_path / "copy.eml"))
    assert isinstance(copy, Article) and copy.id == one.id


PAGE = (
    "<html><head><title>A hall</title><link rel='canonical' href='https://example.org/a'></head><body>"
    "<article><p>Kestrel Compute will build a second hall at Varde, the Danish company said on"
    " Tuesday. The hall costs 2.1 billion kroner and opens in 2026.</p></article></body></html>"
)


def test_a_page_that_a_browser_saved(tmp_path: Path) -> None:
    mhtml = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://www.example.org/a?utm_source=x\r\n"
        "Subject: A hall\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        f"Content-Location: https://www.example.org/a\r\n\r\n{PAGE.replace('=', '=3D')}\r\n"
        "--b\r\nContent-Type: image/png\r\n\r\nxx\r\n--b--\r\n"
    )
    (tmp_path / "a.mhtml").write_text(mhtml)
    (tmp_path / "b.html").write_text(PAGE)
    (one,), (other,) = read(str(tmp_path / "a.mhtml")), read(str(tmp_path / "b.html"))
    assert isinstance(one, Article) and isinstance(other, Article)
    assert one.text.startswith("Kestrel Compute will build") and one.url == "https://example.org/a"
    assert one.id == other.id  # one page, saved twice under two names
    with pytest.raises(SourceError):
        saved_page(b"Subject: x\n\nno page")


def made(*lines: str, title: str = "") -> bytes:
    """A PDF file of one page with these lines."""
    shown = "".join(f"({line}) Tj T* " for line in lines)
    stream = f"BT /F1 12 Tf 14 TL 72 720 Td {shown}ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Title(%s)/CreationDate(D:20250610093000)>>" % title.encode(),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 7\n0000000000 65535 f \n%strailer<</Size 7/Root 1 0 R/Info 6 0 R>>\n" % (table)
        + b"startxref\n%d\n%%%%EOF" % len(out)
    )


def test_a_pdf_is_read_without_a_date() -> None:
    lines = (
        "A report on halls",
        "Kestrel will build a second hall at Varde, which holds 48,000 chips and is to o-",
        "pen in the autumn of next year, as the company has told the exchange on Tuesday.",
        "It draws 180 megawatts.",
    )
    draft = pdf(made(*lines))
    assert draft.text == (
        "A report on halls\n\nKestrel will build a second hall at Varde, which holds 48,000 chips and"
        " is to open in the autumn of next year, as the company has told the exchange on Tuesday. It"
        " draws 180 megawatts."
    )
    assert (draft.title, draft.published) == ("A report on halls", None)
    assert pdf(made(*lines, title="Halls of 2025")).title == "Halls of 2025"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.4\nno more", "cannot read this PDF ("),
        (made(), "it holds no text, only pictures"),
        (made("x")[:300], "cannot read this PDF ("),
    ],
)
def test_a_pdf_without_text_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(SourceError) as error:
        pdf(data)
    assert str(error.value).startswith(reason)


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 600), st.integers(0, 40))
def test_any_damage_gives_text_or_a_reason(noise: bytes, place: int, cut: int) -> None:
    for reader, whole in ((letter, mail(HTML)), (saved_page, mail(HTML)), (pdf, made("A hall."))):
        for data in (noise, whole[:place] + noise + whole[place + cut :]):
            try:
                assert reader(data).text.strip()
            except SourceError as error:
                assert str(error) and "\n" not in str(error)
