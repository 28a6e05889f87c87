"""Words that say where something stands, or in which order it comes.

Moving a part makes such a sentence untrue. The lists are wide on purpose: "first" may mean much,
but a part that stays where its author put it is never wrong.
"""

ENGLISH = (
    r"\b(?:follow(?:s|ed|ing)?|preced(?:e|es|ed|ing)|previous(?:ly)?|earlier|later|next"
    r"|here (?:is|are|comes?)|first(?:ly)?|last(?:ly)?|end(?:s|ing)?|beg[iu]n(?:s|ning)?"
    r"|start(?:s|ing)?|top|bottom|before|after(?:wards?)?|behind|beneath|underneath|under the"
    r"|(?:just|already|you) (?:read|seen?)|have (?:read|seen)|comes?|came|final(?:ly)?|so far"
    r"|upper|lower|in (?:this|that|the) order)\b"
)
"""Places and order in English, besides "above" and "below"."""

_GERMAN = (
    r"\b(?:oben|unten|obige\w*|(?:unten|oben|nach|vor|voran)(?:stehend|gehend)\w*|folg(?:t|en)\w*"
    r"|nachfolgend\w*|vorig\w*|vorher\w*|vorhin|zuvor|zuerst|zuletzt|zunächst|danach|anschließend"
    r"|darunter|darüber|dahinter|davor|nächste\w*|letzte\w*|erste[mnrs]?|weiter (?:vorn|hinten)"
    r"|eben|(?:vor|nach|hinter|über|unter) de[mnr]|am (?:ende|anfang|schluss))\b"
)
_FRENCH = (
    r"\b(?:ci-(?:dessus|dessous|après|avant)|au-(?:dessus|dessous)|dessus|dessous|suiv(?:ant\w*|ent)"
    r"|suit|précéd\w+|plus (?:haut|bas)|en (?:haut|bas)|après|avant|voici|ensuite|d['’]abord"
    r"|premi(?:er|ère)s?|derni(?:er|ère)s?|(?:à la|en) fin|au début)\b"
)
_SPANISH_PORTUGUESE = (
    r"\b(?:arriba|abajo|a continuación|siguientes?|anterior\w*|antes|después|luego|debajo|encima"
    r"|primer[oa]?s?|últim[oa]s?|preced\w+|previ[oa]s?"
    r"|(?:al|no|ao) (?:final|principio|inicio|início)"
    r"|aquí|acima|abaixo|a seguir|seguintes?|depois|após|embaixo|em cima|primeir[oa]s?|próxim[oa]s?"
    r"|aqui)\b"
)
_ITALIAN = (
    r"\b(?:sopra|sotto|seguent[ei]|seguito|segue|seguono|precedent[ei]|prim[aoie]|dopo|ecco"
    r"|ultim[aoie]|successiv[aoie]|poi|sopracitat[aoie]|sottostant[ei]|soprastant[ei]"
    r"|(?:alla|in) fine|all['’]inizio)\b"
)
_DUTCH = (
    r"\b(?:boven\w*|onder(?:aan|staande?)?|hier(?:onder|boven|na|voor)|volg(?:t|en|ende?)|vorige"
    r"|voorgaande?|voorafgaande?|eerste?|laatste?|daarna|daarvoor|vervolgens|eerder|einde|eind"
    r"|(?:na|voor|achter) (?:de|het))\b"
)
_CHINESE_JAPANESE = (
    r"[以之][上下前后後]|上述|前述|后述|後述|下述|上[面方文边邊]|下[面方文边邊列]|如[上下]|前[面文]|[后後][面文]"
    r"|接下[来來]|首先|最[后後初]|末尾|[开開][头頭]|[冒先]頭|[随隨][后後]|然[后後]|上記|下記|[上下次前後][のに]"
    r"|先[ほ程]|続[いく]|まず"
)

ELSEWHERE = f"{_GERMAN}|{_FRENCH}|{_SPANISH_PORTUGUESE}|{_ITALIAN}|{_DUTCH}|{_CHINESE_JAPANESE}"
"""Places and order in other languages."""

POINTS = rf"\b(?:above|below)\b|{ENGLISH}|{ELSEWHERE}"
"""Places and order in any of them."""
