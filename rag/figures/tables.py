"""Tables of words: number words, scales, currency codes, durations, units of measure."""

from __future__ import annotations

import re

WEEKDAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri"
    " sat sun".split()
)
UNITS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen".split()
    )
}
TENS = {
    word: 10 * number
    for number, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), 2
    )
}
LONG_SCALES = {
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "bn": 10**9,
    "mrd": 10**9,
    "mn": 10**6,
    "mln": 10**6,
    "mio": 10**6,
    "tn": 10**12,
    "trn": 10**12,
}
LETTER_SCALES = {"k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}
HYPHENS = frozenset("-\u2010\u2011")
DASHES = HYPHENS | frozenset("\u2012\u2013\u2212")
CODES = {
    code: code
    for code in (
        "USD EUR GBP CNY JPY INR KRW CHF AUD CAD HKD SGD TWD AED SAR SEK NOK DKK PLN BRL MXN NZD"
        " ILS TRY ZAR"
    ).split()
} | {"RMB": "CNY", "Rs": "INR"}
# Form -> the unit it is given in, and how many of that unit it is: a decade is 10 years.
DURATIONS = {
    form: (unit, factor)
    for forms, unit, factor in (
        ("second seconds secs sec", "second", 1),
        ("minute minutes mins", "minute", 1),
        ("hour hours hr hrs", "hour", 1),
        ("day days", "day", 1),
        ("week weeks wk wks", "week", 1),
        ("month months", "month", 1),
        ("year years yr yrs", "year", 1),
        ("decade decades", "year", 10),
        ("century centuries", "year", 100),
    )
    for form in forms.split()
}
MEASURES = {
    "gb": "gigabyte",
    "tb": "terabyte",
    "mb": "megabyte",
    "mw": "megawatt",
    "gw": "gigawatt",
    "kw": "kilowatt",
    "kwh": "kilowatt-hour",
    "mwh": "megawatt-hour",
    "gwh": "gigawatt-hour",
    "twh": "terawatt-hour",
    "hz": "hertz",
    "mhz": "megahertz",
    "ghz": "gigahertz",
    "km": "kilometre",
    "kg": "kilogram",
    "nm": "nanometre",
    "x": "time",
}
PREFIXES = ("milli", "", "kilo", "mega", "giga", "tera", "peta", "exa", "zetta")  # 1,000 apart
METRIC = re.compile(
    rf"({'|'.join(PREFIXES)})(watts?|bytes?|bits?|hertz|flops?|tonnes?|tons?|grams?|met(?:re|er)s?)"
)
