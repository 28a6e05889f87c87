"""Words that name nothing, words that prompts are full of, and the stems of words."""

import re
from functools import lru_cache

_STOP = """
a about above across after again against ahead all along already also although am among an and any
anyone anything anyway are around as at away be because been before behind being below beside
besides between beyond both but by can can't cannot could couldn't did didn't do does doesn't doing
don't done down due during each either else etc even ever every everyone everything except far for
from further had hardly has hasn't have haven't having he he'd he'll he's hence her here hers him
his how how's however i i'd i'll i'm i've if ill im in inside instead into is isn't it it'll it's
its itself ive just let let's may maybe me might mine more most much must my myself near never no
none nor not nothing now of off oh okay on once one only onto or other others otherwise our ours out
outside over own per perhaps please quite rather really s shall she should shouldn't since so some
somebody someone something somewhere still such sure t than that that's the their theirs them
themselves then there there's these they they're thing things this those though through thus to too
toward towards under unless until up upon us very via was wasn't we we'd we'll we're we've were
weren't what what's when where where's whether which while who who's whole whom whose why will with
within without won't would wouldn't yes yet you you'd you'll you're you've your yours yourself
act expert role assistant example examples system
"""
_GENERIC = """
able according actually after allow almost always amount appear ask asking available back bad became
become began begin best better bit bring brought came cause certain come comes coming create created
creates creating currently day days different early easily end enough ensure especially exactly
extra feel few find finding first five follow following four full gave get gets getting give given
gives giving go goes going gone good got great guess happen happened happening hard help helpful hey
hour hours immediately important include including kind knew know knows large last later latest
least leave less like likely little long longer look looking lot made main make makes making many
matter mean means minute minutes month months move necessary need needed needs new next number oft
often old ones originally part particular people person place possible problem properly provide
provided put quick quickly real reason recent recently regarding related right said same saw say
saying says second see seem seems seen sent set several show showing shows simply single soon sorry
specific start started stay stays stop stopped take taken takes taking ten tell think thought three
time times today together told tomorrow tonight took tried tries true try trying turn two understand
unable use used useful using usual usually various want wanted wanting wants way ways week weeks
well went wish wondering work working works year years yesterday zero
"""
_OTHER_LANGUAGES = """
aber als am an auch auf aus bei bin bis das dass dem den der des die doch du durch ein eine einem
einen einer eines er es für haben hat ich ihr ihre im ist kann mein meine mich mir mit muss nach
nicht noch nur oder sein sich sie sind so über um und uns unter vom von vor war was wenn wer werden
wie wir wird wurde zu zum zur bitte
al algo como con cuando de del desde donde el ella en entre era eres es esta está este esto estos
fue ha hay la las le les lo los más me mi mis muy nos para pero por porque puede que qué quien se
ser si sí sin sobre solo son su sus también te tengo tiene todo tu tus un una unas uno unos usted y
ya yo
au aux avec ce ces cette dans de des donc du elle en est et être faire il ils je la le les leur lui
ma mais mes moi mon ne nous on ont ou où par pas plus pour quand que qui sa sans se ses son sont sur
ta te tes toi ton tous tout toute très tu un une vos votre vous
che ci come con cosa da dei del della delle di è gli ha hanno il io la le lo loro mi mia mio nei
nel nella non per perché più quando questa questo se sei si sia sono su sua suo tra tu tuo uno
ao aos as com como da das de do dos e ela ele em essa esse esta este eu foi isso já mais mas meu
minha muito na nas não no nos nós o os ou para pela pelo por quando quem se sem seu sua também tem
um uma você
aan als bij dan dat de deze die dit door een en er haar heb hebben heeft het hij hoe ik in is je kan
maar met mij mijn naar niet nog of om ook op over te uit van voor waar was wat we wel wordt zal ze
zich zijn
bir bu çok daha de da gibi için ile ne olan olarak ve veya ya bana ben sen
и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по от из о для это или
мы мне ваш вас при
"""
STOP_WORDS = frozenset((_STOP + _OTHER_LANGUAGES).split())
"""Words that a phrase neither begins nor ends with."""


_VOWEL = re.compile(r"[aeiouy]")
_DOUBLE = re.compile(r"([bdfgmnprt])\1$")


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """What the forms of an English word have in common, roughly; others mostly stay as they are.

    Method: after the first steps of Porter 1980, "An algorithm for suffix stripping".
    """
    word = re.sub(r"['’].*$", "", word) or word
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-3] + "y" if word.endswith("ies") and len(word) > 4 else word[:-1]
        word = word[:-1] if word.endswith(("sse", "xe", "che", "she")) else word
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 2 and _VOWEL.search(rest):
            word = _DOUBLE.sub(r"\1", rest)
            break
    word = word[:-1] if len(word) > 3 and word.endswith("e") else word
    return word[:-1] + "i" if len(word) > 2 and word.endswith("y") else word


_RARE = 0.01
_COMMON = {
    0.20: """task question answer text input output context instruction write""",
    0.10: """sentence base design detail focus analyze identify step style structure
generate data content goal understand request name information read language message
response reply user describe description explain list format section option review prompt""",
    0.05: """code light feature high clear maintain realistic experience key analysis image
background specialize deep implement tone develop build extract professional natural add project
suggest point document level set application tool comprehensive senior performance preserve
correct concise
highlight type subject topic engineer file skill quality practice specialist plan support
explanation requirement markdown process technical result guide capture idea article pattern title
product strategy summary choice engage current model element source reference potential require line
passage word concept issue test change standard clarity complete perform field offer achieve choose
produce enhance insight short complex update solution agent original expression suggestion knowledge
depth character version target recommendation technology integrate present objective framework
group simple audience optimize item platform improve view evaluate number business""",
}
_GENERIC_STEMS = frozenset(map(stem, _GENERIC.split()))
_SHARE = {
    **dict.fromkeys(_GENERIC_STEMS, 0.25),
    **{stem(word): share for share, words in _COMMON.items() for word in words.split()},
}


def common(phrase: tuple[str, ...]) -> float:
    """The share of prompts, of any collection, that hold a phrase, roughly.

    Rounded from the document frequencies of words in the openings of 3,158 prompts of awesome,
    fabric and promptsource; a phrase is half as common as its rarest word, and so on.

    Args:
        phrase: The stems of its words.
    """
    return min(_SHARE.get(word, _RARE) for word in phrase) * 0.5 ** (len(phrase) - 1)


def is_usual(phrase: tuple[str, ...]) -> bool:
    """Whether prompts are full of each word of a phrase."""
    return all(word in _SHARE for word in phrase)


def is_generic(phrase: tuple[str, ...]) -> bool:
    """Whether no word of a phrase names anything by itself, as "find" or "create"."""
    return _GENERIC_STEMS.issuperset(phrase)


def weight(phrase: tuple[str, ...]) -> float:
    """How much the words of a phrase tell on the mean, 0 to 1: those of every prompt little."""
    return sum(_weight(word) for word in phrase) / len(phrase)


def _weight(word: str) -> float:
    if word in _GENERIC_STEMS:
        return 0.5
    return 1.0 - 2.0 * _SHARE.get(word, 0.0)
