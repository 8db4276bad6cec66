"""Retractions, corrections and notes of editors are known; news that tells of some is none."""

from __future__ import annotations

import pytest

from index.ingest.hygiene.boilerplate import trimmed
from index.ingest.hygiene.notices import notices
from index.types import Article

NEWS = (
    "Brevik Labs raised 30 million euros on Tuesday.\n\nThe round was led by a fund in Malmo.\n\n"
    "Its robots sort parcels in nine depots.\n\nA tenth is planned for May.\n\n"
    "The firm has 140 employees.\n\nIt was founded in 2019 by two sisters.\n\n"
    "Its rivals sit in Lyon and Turin."
)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("retraction", "RETRACTED: Parcel robots injured forty workers, documents show"),
        ("retraction", "This article has been retracted. The documents it cites are forged."),
        ("retraction", "Editor's note: We have retracted this story because its source lied."),
        ("retraction", "The Malmo Post has withdrawn this article."),
        ("correction", "Correction: Brevik Labs has 140 employees, not 1,400."),
        ("correction", "Correction, 9 March: the fund is based in Malmo, not in Lund."),
        ("correction", "An earlier version of this article misstated the number of depots."),
        ("correction", "(Corrects number of depots in paragraph 3)"),
        ("correction", "This story was corrected on 2 May to give the right name of the fund."),
        ("correction", "CORRECTED: Parcel robot maker raises 30 million euros"),
        ("note", "Editor's note: This story has been updated with a reply from the union."),
        ("note", "Clarification: This article has been changed to make clear who led the round."),
    ],
)
def test_notices_are_known_wherever_they_stand(kind: str, text: str) -> None:
    head = Article("a", NEWS, text)
    first, last = Article("b", f"{text}\n\n{NEWS}"), Article("c", f"{NEWS}\n\n{text}")
    for article in (head, first, last):
        (found,) = notices(article)
        assert (found.kind, found.quote) == (kind, text)


@pytest.mark.parametrize(
    "text",
    [
        "A journal retracted the trial of the parcel robot last week.",
        "Journal retracts trial of parcel robots",
        "The fund withdrew its offer for the robot maker on Monday.",
        "Brevik Labs corrected its forecast: it will open nine depots, not twelve.",
        "An earlier version of the robot dropped one parcel in fifty.",
        "A correction in robot shares has begun, analysts say.",
        "Error correction codes keep the robot's radio link alive.",
        "This article of the labour code covers machines.",
        "The story of the two sisters began in a barn.",
        "Update: Brevik's robots learn to climb",
        "The minister clarified that the subsidy ends in May.",
        "Editors at the Malmo Post went on strike.",
        "Corrected for inflation, wages in depots fell by 3 percent.",
        "The robot's arm is retracted when a person comes near.",
    ],
)
def test_news_of_retractions_and_corrections_is_no_notice(text: str) -> None:
    assert notices(Article("a", f"{text}\n\n{NEWS}\n\n{text}", text)) == ()
    assert notices(Article("b", NEWS)) == ()


def test_a_notice_stays_in_the_text_of_its_page() -> None:
    told = ["We no longer stand by this article.", "This article has been retracted."]
    news = NEWS.split("\n\n")
    for text in told:
        assert trimmed([text, *news, text]) == ([], [text, *news, text], [])
