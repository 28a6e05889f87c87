"""Keys of known providers, as facts: what they begin with, of which characters, how long.

Read off the providers' own documents and announcements; checked on 2026-11-22. A provider that
changes its keys needs one line here and no code.
"""

import re

CHECKED = "2026-11-22"
"""The day on which the two tables were last gone through."""

CLASSES = {
    "w": "A-Za-z0-9", "h": "0-9a-f", "x": "0-9a-fA-F", "d": "0-9", "l": "a-z0-9", "u": "A-Z0-9",
    "a": "A-Za-z", "b": "A-Za-z0-9_-", "s": "A-Za-z0-9+/", "e": "A-Za-z0-9+/=", "q": "A-Z2-7",
    "t": "A-Za-z0-9_.~-", "c": "A-Za-z0-9_", "g": "A-Za-z0-9_=-", "z": "A-Za-z0-9+/=_.-",
    "v": "A-Z", "n": "a-z0-9-", "m": "A-Za-z0-9_,.-", "p": "A-Za-z0-9%+/=_-",
}  # fmt: skip
"""One letter for each alphabet that a key is made of."""

_TELLING = """
1Password             | ops_eyJ<e200-1400>
1Password             | A3-<u6>-(<u11>|<u6>-<u5>)-<u5>-<u5>-<u5>
Adafruit              | aio_<w28>
Adobe                 | p8e-<w32>
Age                   | AGE-SECRET-KEY-1<u58>
Aikido                | AIK_(CI|API|CLIENT|SECRET)_<w24-64>
Airtable              | pat<w14>.<h64>
Alibaba Cloud         | LTAI<w12-30>
Anthropic             | sk-ant-(api|admin|oat)<d2>-<b80-120>
Apify                 | apify_api_<w36>
Artifactory           | AKCp<w60-80>
Artifactory           | cmVmd<w59>
Asaas                 | aact_(prod|hmlg)_<z24-250>
Asana                 | <d1>/<d15-17>:<h32>
Atlassian             | AT(ATT|CTT|BB)3<z20-220>
Authress              | (sc|ext|scauth|authress)_<l5-30>.<l4-6>.acc(_|-)<n10-32>.<z30-120>
AWS                   | (AKIA|ASIA|ABIA|ACCA)<q16>
AWS                   | A3T<u1><q16>
AWS Bedrock           | ABSK<e109-269>
AWS Bedrock           | bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t<e0-400>
Axiom                 | xa(at|pt)-<x8>-<x4>-<x4>-<x4>-<x12>
Azure                 | <t3>(0|1|2|3|4|5|6|7|8|9)Q~<t31-34>
Azure                 | <w52>JQQJ99<w26>
Beamer                | b_<g44>
Braintree             | access_token$(production|sandbox)$<l16>$<h32>
Brevo                 | xkeysib-<h64>-<w16>
Browserbase           | bb_(live|test)_<b24-40>
Buildkite             | bk(ua|ct|at)_<w40>
Cartesia              | sk_car_<b20-30>
Checkly               | cu_<h32>
CircleCI              | CCI(PAT|PRJ)_<w22>_<h40>
ClickHouse            | 4b1d<w38>
ClickUp               | pk_<d6-10>_<u32>
Clojars               | CLOJARS_<l60>
Cloudflare            | v1.0-<h24>-<h146>
Cloudflare            | cf(ut|at|k)_<w40><h8>
Cloudinary            | cloudinary://<d12-18>:<b24-30>@<n2-60>
Cloudsmith            | csa_<w36-40>
CockroachDB           | CCDB1_<w22>_<w40>
Contentful            | CFPAT-<b43>
Context7              | ctx7sk-<x8>-<x4>-<x4>-<x4>-<x12>
crates.io             | cio<w32>
Databricks            | dapi<h32>
DataStax              | AstraCS:<w24>(:<h64>| )
dbt                   | dbt(c|u|s)_<b40-90>
Defined Networking    | dnkey-<g26>-<g52>
Devin                 | apk_user_<b60-250>
Devin                 | cog_<l52>
DigitalOcean          | do(o|p|r)_v1_<h64>
Discord               | discord(app| ).com/api/webhooks/<d17-20>/<b60-80>
Discord               | (M|N|O)<b22-27>.<b6>.<b27-40>
Docker                | dckr_(pat|oat)_<b27-40>
Docker                | SWMTKN-1-<l50>-<l25>
Docker                | SWMKEY-1-<s40-44>
Doppler               | dp.(pt|st|ct|scim|audit|said|sa).(<w40-48>|<w2-35>.<w40-48>)
Dropbox               | sl.<g130-1400>
Duffel                | duffel_(test|live)_<g43>
Dynatrace             | dt0c01.<u24>.<u64>
E2B                   | e2b_<h40>
EasyPost              | EZ(A|T)K<w54>
ElevenLabs            | sk_<h48>
Endor Labs            | endr+<w16>
Facebook              | EAA(M|C|A|B|D|E|F|G|H)<w40-400>
Facebook              | <d15-17>¦<b27>
Figma                 | fig(d|o|u)_<b38-60>
Firecrawl             | fc-<h32>
Fireworks             | fw_<w22-40>
Flutterwave           | FLW(PUB|SEC)K(_TEST|_LIVE| )-<w32>-X
Flutterwave           | FLWSECK_TEST-<x32>-X
Flutterwave           | FLWSECK_TEST<x12>
Fly.io                | fo1_<b43>
Fly.io                | fm1(a|r)_<e60-400>
Fly.io                | fm2_<e60-400>
Frame.io              | fio-u-<g64>
Freemius              | sk_<z29>
GitHub                | gh(p|o|u|s|r)_<w36-255>
GitHub                | github_pat_<c82>
GitLab                | gl(pat|dt|rt|ptt|ft|agent|oas|soat|cbt|imt|rtr|ffct)-<z20-300>
GitLab                | _gitlab_session=<h32>
GitLab                | GR1348941<b20>
GoCardless            | live_<g40>
Google                | AIza<b35>
Google                | GOCSPX-<b28>
Google                | ya29.<b40-400>
Google                | 1//0<b40-110>
Grafana               | eyJrIjoi<e40-400>
Grafana               | glc_<e32-400>
Grafana               | glsa_<w32>_<x8>
Groq                  | gsk_<w48-56>
Harness               | (pat|sat).<b22>.<x24>.<w20>
Heroku                | HRKU-AA<b58>
Honeycomb             | hc(a|b|x)(i|l|m)k_<l58>
HubSpot               | pat-(na|eu)<d1>-<x8>-<x4>-<x4>-<x4>-<x12>
Hugging Face          | (hf|api_org)_<a34>
Hugging Face          | hf_<w34-40>
Infracost             | ico-<w32>
Inngest               | signkey-(prod|test|branch)-<h64>
Intra42               | s-s4t2(ud|af)-<h64>
Ionic                 | ion_<w42>
Jina                  | jina_<b50-70>
Langfuse              | (sk|pk)-lf-<x8>-<x4>-<x4>-<x4>-<x12>
LangSmith             | lsv2_(pt|sk)_<x32>_<x10>
LaunchDarkly          | (sdk|api|mob)-<x8>-<x4>-<x4>-<x4>-<x12>
Linear                | lin_(api|oauth)_<w40-64>
Lob                   | (live|test)_(pub_| )<h31-35>
Mailchimp             | <h32>-us<d1-2>
MailerSend            | mlsn.<w36-64>
Mailgun               | (key|pubkey)-<h32>
Mailgun               | <h32>-<h8>-<h8>
Mapbox                | (pk|sk|tk).<b60-100>.<b22>
MaxMind               | <w6>_<w29>_mmk
Mergify               | mergify_application_key_<b40-80>
Microsoft Teams       | webhook.office.com/webhookb2/<n36>@<n36>/IncomingWebhook/<w32>/<n36>
Mollie                | (live|test)_<w30>
MongoDB Atlas         | mdb_sa_(sk|id)_<b40>
Neon                  | napi_<w60-70>
Netlify               | nfp_<w36-44>
New Relic             | NR(AK|JS|II|RA|BR|IQ)-<b19-42>
Notion                | ntn_<d11><w35>
npm                   | npm_<w36>
NuGet                 | oy2<l43>
NVIDIA                | nvapi-<b60-72>
Octopus Deploy        | API-<u26>
OneSignal             | os_v2_(app|org)_<l80-110>
Onfido                | api_(live|sandbox)(_us|_ca|_eu| ).<z20-60>
OpenAI                | sk-(proj|svcacct|admin|None)-<b40-200>
OpenAI                | sk-<b20-120>T3BlbkFJ<b20-120>
OpenAI                | sk-<w48>
OpenAI                | sess-<w40>
OpenRouter            | sk-or-v1-<h64>
OpenShift             | sha256~<b43>
Packagist             | packagist_<a3>_<h60-100>
Paddle                | pdl_(live|sdbx)_apikey_<l26>_<w22>_<w3>
Perplexity            | pplx-<w48>
Persona               | persona_(production|sandbox)_<b24-50>
Pinecone              | pcsk_<c60-75>
Pinterest             | pina_<w24-300>
Plaid                 | access-(sandbox|development|production)-<x8>-<x4>-<x4>-<x4>-<x12>
PlanetScale           | pscale_(tkn|oauth|pw)_<z32-64>
Polar                 | polar_(at|oat|pat|rt|ort|cs|ci)_(u_|o_| )<b24-50>
PostHog               | ph(x|c|r)_<b40-50>
Postman               | PMAK-<x24>-<x34>
Prefect               | pn(u|b)_<w36>
Pulumi                | pul-<h40>
PyPI                  | pypi-AgE<b50-1000>
RapidAPI              | <h10>msh<h15>p1<h6>jsn<h12>
Razorpay              | rzp_(live|test)_<w14-24>
ReadMe                | rdme_<l70>
Render                | rnd_<w28-36>
Replicate             | r8_<b37-40>
Resend                | re_<w8>_<w24>
Rootly                | rootly_<h64>
RubyGems              | rubygems_<h48>
Runpod                | rpa_<w40-50>
Salesforce            | 00D<w12-15>!<z80-130>
Scalingo              | tk-us-<b48>
SendGrid              | SG.<g16-32>.<b32-64>
Sentry                | sntryu_<h64>
Sentry                | sntrys_<z80-400>
SettleMint            | sm_(pat|aat|sat)_<w16>
Shippo                | shippo_(live|test)_<x40>
Shopify               | shp(at|ca|pa|ss|tka|ua)_<x32>
Slack                 | xox(b|p|o|a|r|s|e|c)-(<d1>-|<d2>-| )<d7-14>-<w1-60>-<b10-200>
Slack                 | xox(b|p|o|a|r|s|e)-(<d1>-|<d2>-| )<d7-14>-<w14-64>
Slack                 | xox(e|e.xoxb|e.xoxp|b|p|o|a|r|s)-<d1-3>-<w36-250>
Slack                 | xox(o|s|a|r)-<d1-14>-<b10-200>
Slack                 | xox(a|r)-<w8-60>
Slack                 | xapp-<d1>-<w8-14>-<d8-16>-<w32-80>
Slack                 | hooks.slack.com/services/T<w6-14>/B<w6-14>/<w18-30>
Slack                 | hooks.slack.com/(workflows|triggers)/<w8-14>/<w8-20>/<d12-24>/<w18-30>
Slack                 | xoxd-<p60-400>
Snyk                  | snyk_(uat|sat|oat).<h8>.<z40-120>
SonarQube             | sq(u|p|a)_<h40>
Sourcegraph           | sgp_(local_|<x16>_| )<x40>
Sourcegraph           | slk_<h64>
Square                | (EAAA|EAAAE)<b56-60>
Square                | sq0(atp|csp|idb|idp)-<g22-43>
Stripe                | (sk|rk|pk)_(live|prod|test)_<w10-120>
Stripe                | whsec_<e32-64>
Supabase              | sb(p_(v0_| )<h40>|_secret_<b31-45>)
Tailscale             | tskey-(auth|api|client|scim|webhook)-<w12-20>-<w32-40>
Tavily                | tvly-(dev-| )<w24-40>
Telegram              | <d5-16>:A<b34>
Telnyx                | KEY<w32>_<w22>
Terraform             | <w14>.atlasv1.<g60-70>
Thunderstore          | tss_<b24-40>
Together              | tgp_v1_<b40-50>
Trello                | ATTA<x64><w8>
Turnstile             | 0x4AAAAAA<b22-30>
Twilio                | (SK|AC)<h32>
Twitter               | AAAAAAAAAAAAAAAAAAAAAA<p60-110>
Typeform              | tfp_<g44><z15>
Vault                 | hv(s|r).<b20-130>
Vault                 | hvb.<b90-300>
Vault                 | (s|b|r).<w24>
Vercel                | (vcp|vci|vca|vcr|vck)_<w24-60>
Vercel                | vercel_blob_rw_<w16>_<w30-40>
Voyage AI             | pa-<b43>
Voyage AI             | al-<b43>
WakaTime              | waka_<x8>-<x4>-<x4>-<x4>-<x12>
WakaTime              | waka_<w44>
Weights and Biases    | wandb_v1_<c60-100>
WooCommerce           | (ck|cs)_<h40>
Workato               | wrk(aus|anj|eus|eeu|jp|sg|au)-<z60-1200>
xAI                   | xai-<w70-84>
Xata                  | xau_<w28-40>
Yandex Cloud          | AQVN<b35-38>
Yandex Cloud          | t1.<b1-400>.<b60-90>
Yandex Cloud          | YC<b38>
Z.ai                  | <x32>.<w16>
Zuplo                 | zpka_<w32>_<h8>
"""


def telling() -> list[tuple[str, str, str]]:
    """First character ("" where a class stands first), provider and pattern of each such key."""
    found = []
    for line in _TELLING.strip().splitlines():
        provider, template = (part.strip() for part in line.split("|", 1))
        for branch in _branches(template):
            lead = "" if branch[0] == "<" else branch[0]
            found.append((lead, provider, shape(branch)))
    return found


def _branches(template: str) -> list[str]:
    """A template that begins with a choice, written out."""
    if not template.startswith("("):
        return [template]
    choice, _, rest = template[1:].partition(")")
    return [branch.strip() + rest for branch in choice.split("|")]


def beginnings() -> dict[str, str]:
    """What keys begin with before anything in them varies, and whose they are.

    Only what is long enough to be told from a word: three characters up to a mark, or four.
    """
    found: dict[str, str] = {}
    for line in _TELLING.strip().splitlines():
        provider, template = (part.strip() for part in line.split("|", 1))
        for literal in _written_out(template.partition("<")[0]):
            # Without the one letter that all of them go on with.
            goes_on = len(literal) > 8 and literal[-1].isalnum() and not literal[-2].isalnum()
            written = literal[:-1] if goes_on else literal
            if len(written) >= (4 if written[-1:].isalnum() else 3):
                found.setdefault(written, provider)
    return found


def _written_out(text: str) -> list[str]:
    """A literal with choices as literals; a choice that a field cuts off ends them."""
    head, opened, rest = text.partition("(")
    choice, closed, tail = rest.partition(")")
    if not opened or not closed:
        return [head.replace("¦", "|")]
    tails = _written_out(tail)
    return [head + branch.strip() + end for branch in choice.split("|") for end in tails]


_FIELD = re.compile(r"<([a-z])([0-9]{1,4})(?:-([0-9]{1,4}))?>")


def shape(template: str) -> str:
    """The pattern of a template: ``<w36>`` is 36 characters of class w, ``(a|b)`` a choice."""
    parts, done = [], 0
    for field in _FIELD.finditer(template):
        parts.append(_literal(template[done : field.start()]))
        least, most = field[2], field[3] or field[2]
        parts.append(f"[{CLASSES[field[1]]}]{{{least},{most}}}")
        done = field.end()
    parts.append(_literal(template[done:]))
    return "".join(parts)


def _literal(text: str) -> str:
    """Escaped, but for the marks of a choice; a blank is an empty branch, ``¦`` a real bar."""
    marks = {"(": "(?:", ")": ")", "|": "|", " ": "", "¦": r"\|"}
    return "".join(marks.get(char) or ("" if char == " " else re.escape(char)) for char in text)
