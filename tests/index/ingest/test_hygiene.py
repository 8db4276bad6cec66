"""Pages that show something else in place of an article are refused; news about such things is not."""

from __future__ import annotations

import pytest

from index.errors import SourceError
from index.ingest.hygiene.boilerplate import kind_of
from index.ingest.pages import webpage

NEWS = (
    "<p>Kestrel Compute will build a second hall at Varde, the Danish company said on Tuesday. The "
    "hall costs 2.1 billion kroner and is to open in the autumn of 2026.</p><p>It will hold 48,000 "
    "of Brightmoor's B7 chips. The first hall draws 240 megawatts; the second adds 180.</p>"
)


def page(body: str, title: str = "Varde", head: str = "") -> bytes:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


CONSENT, CHECK = "it asks for consent", "it checks for a browser"
ERROR, SIGNUP = "it is an error page", "it asks to sign up"
PAYWALL, LINKS = "only its beginning is shown", "it is a list of links"
SHELL = "it is an empty shell"
REFUSED = [
    (CONSENT, "<div class='w'><h1>Your privacy matters to us</h1><p>To give you the best experience"
     " we and selected partners use technologies such as cookies to store or read information on"
     " your device. Agreeing to this lets us process data such as browsing behaviour.</p>"
     "<button>Agree</button><button>Decline</button></div>"),
    (CONSENT, "<main><h2>Cookies on this site</h2><p>We would like to set additional cookies to"
     " understand how you use our pages and to show you relevant advertising. You can change your"
     " cookie settings at any time.</p><p>Accept additional cookies. Reject additional cookies."
     "</p></main>"),
    (CONSENT, "<article><h1>Varde grows</h1><p>With your consent, our 211 vendors may use precise"
     " location data and store personal information on your device for personalised ads.</p><p>You"
     " may withdraw consent in the privacy settings whenever you like.</p></article>"),
    (CONSENT, "<div><p>Wir nutzen Cookies, um Inhalte und Anzeigen zu personalisieren. Ihre"
     " Zustimmung können Sie jederzeit in den Einstellungen widerrufen. Alle akzeptieren."
     " Weitere Informationen in der Datenschutzerklärung.</p></div>"),
    (CHECK, "<h1>One moment, please</h1><p>Your request is being verified. Please enable JavaScript"
     " and cookies in your browser, then reload this page to continue.</p>"),
    (CHECK, "<div><h2>Are you a robot?</h2><p>We detected unusual activity from your network. Please"
     " check the box below to confirm that you are human and continue to the site.</p></div>"),
    (CHECK, "<main><h1>Access to this page has been denied</h1><p>because we believe you are using"
     " automation tools to browse the website. Please make sure that JavaScript and cookies are"
     " enabled on your browser and that you are not blocking them.</p></main>"),
    (ERROR, "<main><h1>We can't find that page</h1><p>Sorry, the page you requested may have been"
     " removed or the link is broken. Please check the address, or go back to our homepage and"
     " search for it.</p></main>"),
    (ERROR, "<div><h1>Something went wrong</h1><p>The server encountered an internal error and was"
     " unable to complete your request. Please try again later or contact support.</p></div>"),
    (ERROR, "<article><p>The story you are looking for is no longer available or has been moved."
     " Return to the home page.</p></article>"),
    (SIGNUP, "<section><h2>Get our daily newsletter</h2><p>Enter your email address to subscribe and"
     " receive the top technology stories in your inbox every weekday. You can unsubscribe at any"
     " time.</p><form><input type='email'><button>Sign up</button></form></section>"),
    (PAYWALL, "<article><h1>Varde grows</h1><p>Kestrel Compute will build a second hall at Varde.</p>"
     "<p>Subscribe to continue reading this article. Unlimited digital access for one dollar a"
     " month, cancel anytime. Already a subscriber? Log in.</p></article>"),
    (PAYWALL, "<script type='application/ld+json'>{\"@type\": \"NewsArticle\","
     " \"isAccessibleForFree\": false}</script><article><h1>Varde grows</h1><p>Kestrel Compute will"
     " build a second hall at Varde, the Danish company said on Tuesday in a statement to the"
     " stock exchange in Copenhagen.</p></article>"),
    (LINKS, "<main>" + "".join(f"<p><a href='/{n}'>Kestrel builds hall number {n} at Varde in the"
     f" west of Denmark this year</a></p>" for n in range(12)) + "</main>"),
    (SHELL, "<div id='root'></div><noscript>This page needs scripts.</noscript><script src='/a.js'>"
     "</script>"),
    ("no article found", "<nav><a href='/'>Home</a></nav>"),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "body"), REFUSED)
def test_a_page_without_an_article_is_refused_for_what_it_is(reason: str, body: str) -> None:
    with pytest.raises(SourceError) as error:
        webpage(page(body))
    assert str(error.value).startswith(reason)


# Around an article the same is cut out, wherever it stands
AROUND = [
    "<div class='x'>{}</div><div class='cmp'><p>We and our partners store and access information on"
    " your device, such as cookies, to personalise ads and content.</p><p>Accept all. Reject all."
    " Manage your choices.</p></div>",
    "<div role='dialog'><p>This site uses cookies. By continuing you agree to our policy.</p></div>"
    "<article>{}</article>",
    "<article>{}<p>Sign up for our newsletter to get more stories like this in your inbox.</p>"
    "</article>",
    "<main>{}<form><p>Stay informed: enter your email below.</p><input type='email'></form></main>",
    "<aside class='main'>{}</aside>",
    "<article><p>You have two free articles left this month. Subscribe for full access.</p>{}"
    "</article>",
    "<article>{}</article><section><h3>Follow us</h3><p>Subscribe to our channel and share this"
    " article with your friends on Facebook and LinkedIn.</p></section>",
]


@pytest.mark.parametrize("around", AROUND)
def test_around_an_article_it_is_cut_out(around: str) -> None:
    long = NEWS + NEWS.replace("second", "third").replace("Tuesday", "Friday") + (
        "<p>Neighbours had asked for trees along the road, which the council made a condition for"
        " the permit that it granted in May. The company did not say who its customers are.</p>"
    )  # fmt: skip
    text = webpage(page(around.format(long))).text
    assert text.startswith("Kestrel Compute will build a second hall")
    assert text.endswith("did not say who its customers are.")


# News about the same things: written for this test, in no data that the classifier learned from
KEPT = [
    "Google said on Monday that Chrome will go on accepting third-party cookies, after regulators in"
    " London had objected to its plan to replace them with a tool of its own.",
    "The publisher put its whole archive behind a paywall in January; by June 41,000 readers had"
    " subscribed, twice as many as it had hoped for, its chief executive Ida Holm said.",
    "Cloudflare counted 416 billion requests by AI bots that it blocked since July, and wants the"
    " regulator to make Google split its crawler in two.",
    "An error in a configuration file took the network of the bank down for four hours on Friday;"
    " customers saw a page that said the service was unavailable.",
    "France's data protection authority fined the retailer 150 million euros because its site set"
    " advertising cookies before visitors had given consent.",
    "The newsletter company Beehiiv bought Typedream and now has 20,000 paying publishers who send"
    " 1.6 billion letters a month, it told investors.",
    "OpenAI asked the court to reject the request for 20 million chats, saying that handing them"
    " over would breach the privacy of users who had nothing to do with the case.",
    "Researchers from Zurich trained a model that passes the picture puzzles of reCAPTCHA every"
    " time; people manage it in seven of ten cases.",
    "Members of the guild may log in to vote until Thursday; the union's leaders recommend the"
    " contract, which limits how studios may use digital doubles.",
    "The Times and Amazon agreed on 20 to 25 million dollars a year for the use of its articles,"
    " recipes included, in training and in Alexa's answers.",
]


@pytest.mark.parametrize("text", KEPT)
def test_news_about_such_things_is_news(text: str) -> None:
    assert kind_of(text)[1] < 0.9
    assert webpage(page(f"<article><h1>News</h1><p>{text}</p></article>", "News")).text == text
