"""Random keys of forms that no rule was written from, in four settings each.

The forms are those of services that PRI001's own tables do not hold. Alphabets and lengths come
from one stretch of the list of detectors of trufflehog 3 as secrets-patterns-db (M. Zeineldin, CC
BY 4.0) keeps it, chosen by its place in the file; PRI001 was finished before the stretch was read.
Account names, hosts, numbers and addresses are left out.

    python benchmarks/lint_key_forms.py
"""

import random
import string
from collections.abc import Iterator

_DIGITS = string.digits
ALPHABETS = {
    "h": _DIGITS + "abcdef",
    "l": _DIGITS + string.ascii_lowercase,
    "u": _DIGITS + string.ascii_uppercase,
    "w": _DIGITS + string.ascii_letters,
    "g": _DIGITS + string.ascii_letters + "_-",
    "b": _DIGITS + string.ascii_letters + "+/",
}
"""Hexadecimal, lower case, upper case, letters of both, with "_" and "-", base64."""

FORMS = """
peopledatalabs l64; storyblok w22 'tt; ethplorer w22; glassnode w27; insightly uuid; opengraphr w80
surveybot w80; neutrinoapi w48; selectpdf uuid; karmacrm w20; onwater w20; cloudimage l30
abstract l32; gocanvas b43 '=; screenshotlayer w32; paymongo w32; klipfolio h40; worldweather l31
wepay w62; currencyscoop l32; upwave l32; geckoboard w44; eagleeyenetworks w15; bannerbear w22 'tt
copper l32; appfollow w20; saucelabs uuid; refiner uuid; kickbox w64; crowdin w80; tiingo l40
column 'live_ w27; tru w26; mite l16; 8x8 w43; feedier w32; iexcloud l35; sportsmonk w60
ipinfodb l64; keenio u64; everhour h4 '- h4 '- h6 '- h6 '- h8; html2pdf w64
clockify w48; teamwork 'tkn.v1_ w71 '=; scraperbox u32; newscatcher w43; api2cart h32; maxmind w16
luno g43; geoipifi w32; satismeter w16; elasticemail g96; veriphone u32; appcues uuid; gyazo g43
stockdata w40; allsports l64; todoist l40; twelvedata l32; metaapi h64; simvoly l33; restpack w48
bugherd l22; pipedrive w40; loginradius uuid; stytch g47 '=; customerio w20; calorieninja w40
cicero l40; travelpayouts l32; happyscribe w24; getemails l26; alconost l32; weatherbit l32
audd l32; baremetrics w25; closecrm 'api_ w45
"""
"""A service and the parts of its key: an alphabet and a length, or a fixed text behind "'"."""

SETTINGS = {
    "setting": "{upper}_API_KEY={key}",
    "sentence": "The {name} API key is {key}, use it for every request.",
    "JSON": '{{"{name}": {{"token": "{key}"}}}}',
    "no word for it": 'client = {name}.connect("{key}")',
}


def texts() -> Iterator[tuple[str, str, str]]:
    """Service, setting and a text with one random key; the same on every run."""
    for form in FORMS.strip().replace("\n", ";").split(";"):
        name, *parts = form.split()
        for setting, text in SETTINGS.items():
            dice = random.Random(f"{name}/{setting}")
            key = "".join(_part(part, dice) for part in parts)
            yield name, setting, text.format(name=name, upper=name.upper(), key=key)


def _part(part: str, dice: random.Random) -> str:
    if part.startswith("'"):
        return part[1:]
    if part == "uuid":
        return "-".join(_part(f"h{length}", dice) for length in (8, 4, 4, 4, 12))
    return "".join(dice.choice(ALPHABETS[part[0]]) for _ in range(int(part[1:])))


if __name__ == "__main__":
    for row in texts():
        print(*row, sep="\t")
