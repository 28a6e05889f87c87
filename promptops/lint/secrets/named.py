"""Keys that only their name gives away: a provider's name in front, and a value of the right form.

``adafruit_key = "…"`` with 32 letters and digits behind it is Adafruit's. Alphabets and lengths
are the providers'; checked on the day that `kinds.CHECKED` states.
"""

import re
from functools import cache

from promptops.lint.secrets.kinds import CLASSES

_NAMED = """
Adafruit        | adafruit                  | b32
Adobe           | adobe                     | x32
Airtable        | airtable                  | w17
Akamai          | akamai akab               | n30-60
Algolia         | algolia                   | l32
Alibaba Cloud   | alibaba aliyun            | w30
Amplitude       | amplitude                 | h32
Asana           | asana                     | w32 d16
Atlassian       | atlassian confluence jira | w24
AWS             | aws amazon                | s40
Azure           | azure                     | e86-88 l32
Bitbucket       | bitbucket                 | w32 g64
Bitly           | bitly                     | h40
Bittrex         | bittrex                   | w32
Braze           | braze                     | x36
Cisco Meraki    | meraki                    | h40
Cloudflare      | cloudflare                | b40 h37
Codecov         | codecov                   | w32
Cohere          | cohere                    | w40
Coinbase        | coinbase                  | b64 w16
Confluent       | confluent                 | w16 w64
Contentful      | contentful                | g43
Datadog         | datadog dd                | w40 h32
Deepgram        | deepgram                  | h40
DeepL           | deepl                     | l36-39
Discord         | discord                   | h64 d17-19 g32
Drone CI        | droneci drone             | w32
Dropbox         | dropbox                   | w15 w11
Etsy            | etsy                      | l24
Facebook        | facebook fb               | h32
Fastly          | fastly                    | g32
Finicity        | finicity                  | h32 w20
Finnhub         | finnhub                   | l20
Flickr          | flickr                    | l32
FreshBooks      | freshbooks                | h64
Gitter          | gitter                    | b40
Heroku          | heroku                    | U
HubSpot         | hubspot                   | U
Infura          | infura                    | h32
Intercom        | intercom                  | g60
JFrog           | jfrog artifactory bintray xray | w73 w64
Kraken          | kraken                    | e80-90
KuCoin          | kucoin                    | h24 U
LaunchDarkly    | launchdarkly              | g40
Linear          | linear                    | h32
LinkedIn        | linkedin                  | w14 w16
Lob             | lob                       | h35
Looker          | looker                    | l20 l24
Mailchimp       | mailchimp                 | h32
Mailgun         | mailgun                   | h32
Mapbox          | mapbox                    | b60
Mattermost      | mattermost                | l26
MessageBird     | messagebird               | l25 U
Mistral         | mistral                   | w32
Mixpanel        | mixpanel                  | h32
Monday          | monday                    | z100-300
Mux             | mux                       | z75 U
Netlify         | netlify                   | g40-46
New Relic       | newrelic                  | w64 w20-32
New York Times  | nytimes newyorktimes      | g32
Notion          | notion                    | w43
npm             | npm                       | U
Okta            | okta                      | g42
OpenWeather     | openweather openweathermap| h32
Opsgenie        | opsgenie                  | U
PagerDuty       | pagerduty                 | b20
PayPal          | paypal                    | b80
Pinecone        | pinecone                  | U
Plaid           | plaid                     | w24 w30
Postmark        | postmark                  | U
Private AI      | privateai private_ai      | l32
Pusher          | pusher                    | h20
RapidAPI        | rapidapi                  | b50
Salesforce      | salesforce sfdc           | z60-120
Scaleway        | scaleway                  | U
Segment         | segment                   | w32
Sendbird        | sendbird                  | h40 U
Sentry          | sentry                    | h64 h32
SerpApi         | serpapi                   | h64
Shodan          | shodan                    | w32
Sidekiq         | sidekiq gems enterprise contribsys | K
Snyk            | snyk                      | U
SonarQube       | sonar sonarqube sonarcloud | g40
Sourcegraph     | sourcegraph               | x40
Splunk          | splunk                    | U
Squarespace     | squarespace               | U
Sumo Logic      | sumo sumologic            | w14 w64
Together        | together                  | h64
Travis CI       | travis travisci           | w22
Twilio          | twilio                    | h32
Twitch          | twitch                    | l30
Twitter         | twitter                   | w25 w45 w50
Vercel          | vercel                    | w24
Weights and Biases | wandb                  | h40
Yandex          | yandex                    | w32
Zendesk         | zendesk                   | w40
Zoom            | zoom                      | w32
"""

_SPECIAL = {
    "U": "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}",
    "K": "[0-9a-f]{8}:[0-9a-f]{8}",
}
"""U: a universally unique identifier; K: two hexadecimal halves."""


@cache
def named() -> dict[str, tuple[str, re.Pattern[str]]]:
    """For every provider's word: the provider, and what a whole value must look like."""
    found = {}
    for line in _NAMED.strip().splitlines():
        provider, words, forms = (part.strip() for part in line.split("|"))
        pattern = re.compile("|".join(f"(?:{_form(form)})" for form in forms.split()))
        found.update(dict.fromkeys(words.split(), (provider, pattern)))
    return found


def _form(form: str) -> str:
    if form in _SPECIAL:
        return _SPECIAL[form]
    least, _, most = form[1:].partition("-")
    alphabet = CLASSES["x" if form[0] == "h" else form[0]]
    return f"[{alphabet}]{{{least},{most or least}}}"
