"""Personal data: check digits, telephones, labels; measured against a labeled set when at hand."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptops.lint import RULES
from promptops.lint.parsing import parse_text
from promptops.lint.personal import checks
from promptops.lint.personal.national import NATIONAL_NUMBERS, national_numbers
from promptops.lint.personal.network import is_base58check, is_segwit, public_addresses
from promptops.lint.personal.phones import phone_numbers
from promptops.lint.prefilter import Prefilter
from promptops.lint.text import lower

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("PROMPTOPS_DATA", ROOT.parent / "shared" / "data"))
LABELED = DATA / "intel/pii/presidio_synth_dataset_v2.json"
PERSONAL = [rule for code, rule in RULES.items() if code.startswith("PRI")]
CODES = {
    "EMAIL_ADDRESS": "PRI004", "PHONE_NUMBER": "PRI004", "CREDIT_CARD": "PRI002",
    "IBAN_CODE": "PRI003", "US_SSN": "PRI003", "IP_ADDRESS": "PRI008",
    "US_DRIVER_LICENSE": "PRI009",
}  # fmt: skip

VALID = {
    "a British health number (NHS)": "NHS number 943 476 5919",
    "a British insurance number (NINO)": "National Insurance number AB 12 34 56 C",
    "a German tax number": "Steuer-ID 86 095 742 719",
    "a French social security number": "2 55 08 14 168 025 38",
    "a Spanish identity number": "DNI 54362315K",
    "an Italian tax code": "RSSMRA85T10A562S",
    "an Indian identity number (Aadhaar)": "Aadhaar 2341 2341 2346",
    "a Brazilian tax number (CPF)": "CPF 529.982.247-25",
    "a Canadian insurance number (SIN)": "SIN 130 692 544",
    "an Australian tax number (TFN)": "TFN 876 543 210",
    "a Polish identity number (PESEL)": "PESEL 44051401359",
    "a Swedish identity number": "personnummer 811218-9876",
    "a Dutch citizen number (BSN)": "BSN 111222333",
    "a Belgian register number": "rijksregisternummer 85.07.30-033.28",
    "a Swiss social security number (AHV)": "756.9217.0769.85",
    "a Portuguese tax number (NIF)": "contribuinte 501964843",
    "a Finnish identity code": "131052-308T",
    "a Turkish identity number": "TC kimlik 10000000146",
    "a Chinese identity number": "11010519491231002X",
    "a Singaporean identity number (NRIC)": "NRIC S1234567D",
    "a South African identity number": "South African ID number 8001015009087",
    "an Irish service number (PPSN)": "PPSN 1234567FA",
    "a provider number (NPI)": "NPI 1234567893",
    "a tax number (ITIN)": "ITIN 912-71-1234",
}


@pytest.mark.parametrize(("name", "text"), VALID.items(), ids=VALID)
def test_a_national_number_is_found_and_its_neighbor_is_not(name, text):
    assert name in [found for *_, found in national_numbers(text, text.lower())]
    if "NINO" in name or "ITIN" in name:  # these two have no check digit
        return
    place = max(i for i, char in enumerate(text) if char.isdigit())
    wrong = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
    assert name not in [found for *_, found in national_numbers(wrong, wrong.lower())]


def test_numbers_are_named_once_and_most_need_a_word():
    names = [kind.name for kind in NATIONAL_NUMBERS]
    assert len(set(names)) == len(names) >= 25
    bare = "The order 9434765919 and 86095742719, 529.982.247-25, 876 543 210 and 44051401359."
    assert list(national_numbers(bare, bare.lower())) == []


CHECKED = {
    "Verhoeff": (checks.verhoeff, "234123412346", "234123412345"),
    "a vehicle": (checks.is_vin, "1M8GDM9AXKP042788", "1M8GDM9A1KP042788"),
    "a wallet": (is_base58check, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
                 "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3"),
    "a witness program": (is_segwit, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                          "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"),
}  # fmt: skip


@pytest.mark.parametrize(("check", "good", "bad"), CHECKED.values(), ids=CHECKED)
def test_a_check_sum_holds_or_does_not(check, good, bad):
    assert check(good)
    assert not check(bad)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("ring +44 20 7946 0958 at noon", "+44 20 7946 0958"),
        ("Desk: +41 (0)96 471 07 95", "+41 (0)96 471 07 95"),
        ("(602)272-9781 is busy", "(602)272-9781"),
        ("001-518-640-0854 mobile", "001-518-640-0854"),
        ("They are not answering at 99 668472", "99 668472"),
        ("Fax: 9498777106", "9498777106"),
        ("Mobile: 03.93.92.16.85", "03.93.92.16.85"),
        ("21 253 109 8211-Office", "21 253 109 8211"),
    ],
)
def test_a_telephone_number_is_found_whole(text, number):
    assert [text[a:b] for a, b in phone_numbers(text, lower(text))] == [number]


@pytest.mark.parametrize(
    "text",
    [
        "call 536-22-8741", "Contact: 2024-05-17", "IP 86.121.97.248 called",
        "ISBN 978-3-16-148410-0",
        "phone number: 555-0143", "tel: 123-456-7890", "between 1999-2004 and 2010-2020",
        "call f(1, 2, 3, 4, 5, 6, 7)", "The message 20250314-0012345 was sent", "0.123 456 789 012",
        "text 1,234,567 characters", "ring 12:34:56.789012", "$0200 300 4000",
    ],
)  # fmt: skip
def test_other_numbers_are_no_telephones(text):
    assert list(phone_numbers(text, lower(text))) == []


def test_addresses_of_documents_and_private_networks_are_nobodys():
    text = "203.0.113.7 198.51.100.1 192.0.2.4 10.1.2.3 127.0.0.1 2001:db8::1 ::1 8.8.8.8 224.0.0.5"
    assert list(public_addresses(text, text)) == []


@given(st.text(max_size=200))
def test_any_text_is_read(text):
    prompt = parse_text(text, path="a.md")
    for rule in PERSONAL:
        list(rule().check(prompt))


def test_values_are_never_repeated():
    text = (
        "SSN 536-22-8741, card 4539148803436467, maria.keller@contoso-retail.com, +49 30 90182 4410"
    )
    prompt = parse_text(text, path="a.md")
    shown = " ".join(f.excerpt + f.message for rule in PERSONAL for f in rule().check(prompt))
    assert not [part for part in ("22-8741", "0343646", "keller", "90182") if part in shown]


def test_a_labeled_set_is_found_better_than_by_presidio_patterns():
    if not LABELED.exists():
        pytest.skip(f"needs outside data: set PROMPTOPS_DATA ({LABELED} is not there)")
    rows = json.loads(LABELED.read_text(encoding="utf-8"))
    gate = Prefilter(PERSONAL)
    hit: Counter[str] = Counter()
    total: Counter[str] = Counter()
    false: Counter[str] = Counter()
    for row in rows:
        prompt = parse_text(row["full_text"], path="a.md")
        lines = [0]
        for line in row["full_text"].split("\n"):
            lines.append(lines[-1] + len(line) + 1)
        found = [
            (f.code, lines[f.line - 1] + f.column - 1, lines[f.end_line - 1] + f.end_column - 1)
            for place in gate.candidates(prompt.haystack)
            for f in PERSONAL[place]().check(prompt)
        ]
        labels = [
            (CODES.get(span["entity_type"], ""), span["start_position"], span["end_position"],
             span["entity_type"])
            for span in row["spans"]
        ]  # fmt: skip
        for code, start, end, kind in labels:
            if code:
                total[kind] += 1
                near = [f for f in found if f[0] == code]
                hit[kind] += any(abs(a - start) < 2 and abs(b - end) < 2 for _, a, b in near)
        for code, start, end in found:
            if code in CODES.values():
                false[code] += not any(c == code and a < end and start < b for c, a, b, _ in labels)
    assert sum(false.values()) == 0, false
    assert {kind: hit[kind] / total[kind] for kind in total} == dict.fromkeys(total, 1.0)
