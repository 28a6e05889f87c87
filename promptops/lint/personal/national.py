"""National identity, tax and health numbers: form, check digits and the words around them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from promptops.lint.personal import checks
from promptops.lint.phrases import lazy
from promptops.lint.validators import luhn


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalNumber:
    """One kind of number.

    Attributes:
        name: As a finding calls it.
        form: Over the text in upper case; separators allowed.
        check: Told the bare digits and letters.
        words: Of which one must stand up to 60 characters before the number (or, in "number
            (NHS)", up to 12 behind it); empty for a form and check that hit by chance less than
            once in ten thousand numbers.
    """

    name: str
    form: re.Pattern[str]
    check: Callable[[str], bool]
    words: re.Pattern[str] | None


def _kind(name: str, form: str, check: Callable[[str], bool], words: str = "") -> NationalNumber:
    return NationalNumber(
        name=name,
        form=lazy(rf"(?<![A-Z0-9.+-]){form}(?![A-Z0-9]|[.,-][0-9])"),
        check=check,
        words=lazy(rf"(?<![a-z])(?:{words})(?![a-z])") if words else None,
    )


def _personnummer(digits: str) -> bool:
    return luhn(digits[-10:]) and checks.has_birth_date(digits[-10:])


_D3 = r"[0-9]{3}"
NATIONAL_NUMBERS = (
    _kind(
        "a British health number (NHS)", rf"{_D3}[ -]?{_D3}[ -]?[0-9]{{4}}", checks.is_nhs, r"nhs"
    ),
    _kind(
        "a British insurance number (NINO)",
        r"[ABCEGHJ-PRSTW-Z][ABCEGHJ-NPRSTW-Z](?: ?[0-9"
        r"]{2}){3} ?[A-D]",
        lambda text: text[:2] not in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"},
        r"national insurance|nino|ni (?:number|no)|insurance number",
    ),
    _kind(
        "a German tax number",
        rf"[0-9]{{2}} ?{_D3} ?{_D3} ?{_D3}",
        checks.is_steuer_id,
        r"steuer-?id(?:entifikationsnummer|nr)?|idnr|steuernummer|steuerliche|tax (?:id"
        r"|number|identification)|tin",
    ),
    _kind(
        "a French social security number",
        rf"[12378] ?[0-9]{{2}} ?[0-9]{{2}} ?(?:[0-9]{{2}}|2[AB]) ?{_D3} ?{_D3} ?[0-9]{{2}}",
        checks.is_insee,
    ),
    _kind(
        "a Spanish identity number",
        r"(?:[0-9]{8}|[XYZ]-?[0-9]{7})-?[A-HJ-NP-TV-Z]",
        checks.is_dni,
        r"dni|nie|nif|identidad|documento|spanish|identity|id",
    ),
    _kind(
        "an Italian tax code",
        r"[A-Z]{3} ?[A-Z]{3} ?[0-9]{2}[ABCDEHLMPRST][0-9]{2} ?[A-Z][0-9]{3}[A-Z]",
        checks.is_codice_fiscale,
    ),
    _kind(
        "an Indian identity number (Aadhaar)",
        r"[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}",
        checks.verhoeff,
        r"aadh?aar|uidai|uid",
    ),
    _kind(
        "an Indian tax number (PAN)",
        r"[A-Z]{3}[ABCFGHLJPT][A-Z][0-9]{4}[A-Z]",
        lambda _: True,
        r"pan|permanent account|income tax",
    ),
    _kind(
        "a Brazilian tax number (CPF)",
        rf"{_D3}\.?{_D3}\.?{_D3}-?[0-9]{{2}}",
        checks.is_cpf,
        r"cpf|cadastro",
    ),
    _kind(
        "a Canadian insurance number (SIN)",
        rf"[1-79][0-9]{{2}}[ -]?{_D3}[ -]?{_D3}",
        luhn,
        r"sin|social insurance|nas",
    ),
    _kind(
        "an Australian tax number (TFN)", rf"{_D3} ?{_D3} ?{_D3}", checks.is_tfn, r"tfn|tax file"
    ),
    _kind("a Polish identity number (PESEL)", r"[0-9]{11}", checks.is_pesel, r"pesel"),
    _kind(
        "a Swedish identity number",
        r"(?:19|20)?[0-9]{6}[-+]?[0-9]{4}",
        _personnummer,
        r"personnummer|personal identity|personal number|samordningsnummer|swedish",
    ),
    _kind(
        "a Dutch citizen number (BSN)",
        rf"{_D3}[. ]?{_D3}[. ]?{_D3}",
        checks.is_bsn,
        r"bsn|burgerservicenummer|sofinummer|citizen service",
    ),
    _kind(
        "a Belgian register number",
        rf"[0-9]{{2}}\.?[0-9]{{2}}\.?[0-9]{{2}}-?{_D3}\.?[0-9"
        rf"]{{2}}",
        checks.is_belgian,
        r"rijksregister(?:nummer)?|registre national|national register|niss|insz|belgian",
    ),
    _kind(
        "a Swiss social security number (AHV)",
        r"756\.?[0-9]{4}\.?[0-9]{4}\.?[0-9]{2}",
        checks.is_ahv,
    ),
    _kind(
        "a Portuguese tax number (NIF)",
        rf"[1235689][0-9]{{2}} ?{_D3} ?{_D3}",
        checks.is_nif,
        r"nif|contribuinte|número de identificação fiscal|portuguese",
    ),
    _kind("a Finnish identity code", r"[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Y]", checks.is_hetu),
    _kind(
        "a Norwegian identity number",
        r"[0-9]{6} ?[0-9]{5}",
        checks.is_norwegian,
        r"fødselsnummer|fodselsnummer|personnummer|norwegian|national identity",
    ),
    _kind(
        "a Turkish identity number",
        r"[1-9][0-9]{10}",
        checks.is_turkish,
        r"t\.?c\.? ?kimlik|kimlik|tckn|turkish",
    ),
    _kind("a Chinese identity number", r"[1-8][0-9]{5}(?:19|20)[0-9]{9}[0-9X]", checks.is_chinese),
    _kind(
        "a Singaporean identity number (NRIC)",
        r"[STFG][0-9]{7}[A-Z]",
        checks.is_nric,
        r"nric|fin|singapore(?:an)?|identity",
    ),
    _kind(
        "a South African identity number",
        r"[0-9]{13}",
        lambda digits: luhn(digits) and checks.has_birth_date(digits),
        r"south african?|rsa id|id number|identity number|sa id",
    ),
    _kind(
        "an Irish service number (PPSN)",
        r"[0-9]{7}[A-W][A-IW]?",
        checks.is_ppsn,
        r"ppsn?|personal public service",
    ),
    _kind(
        "a tax number (ITIN)",
        r"9[0-9]{2}[ -]?(?:5[0-9]|6[0-5]|7[0-9]|8[0-8]"
        r"|9[0-24-9])[ -]?[0-9]{4}",
        lambda _: True,
        r"itin|taxpayer identification|tax id",
    ),
    _kind("a provider number (NPI)", r"[12][0-9]{9}", checks.is_npi, r"npi|national provider"),
    _kind(
        "a prescriber number (DEA)", r"[ABCDEFGHJKLMPRSTUX][A-Z9][0-9]{7}", checks.is_dea, r"dea"
    ),
)

_WORDED = tuple(kind for kind in NATIONAL_NUMBERS if kind.words is not None)
_PLAIN = tuple(kind for kind in NATIONAL_NUMBERS if kind.words is None)
_ANY_WORD = lazy("|".join(kind.words.pattern for kind in _WORDED if kind.words))
_NUMBERISH = lazy(
    r"[0-9](?:(?:[ .+-]?[0-9]){5}|[0-9]{3}[A-Za-z]|[0-9][A-Ta-t][0-9]{2} ?[A-Za-z][0-9]{3}[A-Za-z])"
)
_BEFORE, _BEHIND = 60, 16
_LETTER = lazy(r"[^\W\d_]")
_BARE = lazy(r"[ .+-]")

GATES = (
    r"[0-9](?:[ .+-]?[0-9]){5}",
    r"[a-z]{2}[0-9]{4}[a-z]",
    r"[0-9]{2}[a-t][0-9]{2} ?[a-z][0-9]{3}[a-z]",
)
"""What every number above implies, over lower-case text."""


def national_numbers(text: str, lower: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and name of every national number in ``text`` (``lower`` is its lower case)."""
    upper = lower.upper() if lower.isascii() else text
    for number in _NUMBERISH.finditer(text):
        start, end = number.span()
        stretch = max(0, start - 12), end + 16
        for kind in _PLAIN:
            yield from _checked(kind, upper, *stretch)
        before = max(0, start - _BEFORE), start
        behind = end, end + _BEHIND
        if not _LETTER.search(lower, before[0], behind[1]):
            continue
        if not _ANY_WORD.search(lower, *before) and not _ANY_WORD.search(lower, *behind):
            continue
        for kind in _WORDED:
            said = kind.words
            if said and (said.search(lower, *before) or said.search(lower, *behind)):
                yield from _checked(kind, upper, *stretch)


def _checked(
    kind: NationalNumber, upper: str, begin: int, end: int
) -> Iterator[tuple[int, int, str]]:
    for match in kind.form.finditer(upper, begin, end):
        bare = match.group() if kind.check is checks.is_hetu else _BARE.sub("", match.group())
        if kind.check(bare):
            yield *match.span(), kind.name
