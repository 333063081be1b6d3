"""Values on both sides of each rule's edge, and just upon it."""

from datetime import datetime, timedelta

from tests.policy.building import NOW

DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
NAMES = (
    *(
        "Los Angeles CA PD",
        "lapd",
        "Pasadena CA PD",
        "Pasadena Police Department",
        "Pasadena CA PD Detectives",
    ),
    *("Burbank CA PD", "Los Angeles CA SO", "LASD CA - San Dimas Station", "Antioch IL PD", "FBI", "ICE"),
    *("Federal Bureau of Investigation", "Stanford University CA PD", "Cloud Host Inc", "NCRIC"),
    *("California Highway Patrol", "Orange County (CA) DA Office", "Valley Task Force", "Mixed Task Force"),
    *(
        "Nested Task Force",
        "Decommissioned Org",
        "Nowhere CA PD",
        "Statewide Lookup",
        "all agencies",
        "*",
        "",
        "\u00a0",
    ),
    *(
        "pasadena ca pd",
        " Pasadena CA PD\u200b",
        "Pasadena\u00a0CA PD",
        "\uff30asadena CA PD",
        "P\u0430sadena CA PD",
    ),
)
IDS = ("lapd", "pasadena-pd", "burbank-pd", "lasd", "chp", "fbi", "ghost", "", None)
TEXTS = (
    *(
        "stolen vehicle",
        "police notice",
        "ice",
        "I.C.E.",
        "ICE-hold",
        "i\u0441e",
        "íce",
        "border patrol",
        "border  patrol",
    ),
    *(
        "border",
        "bor\u00adder patrol",
        "customs and border protection",
        "seen near an abortion clinic",
        "gender-affirming",
    ),
    *(
        "demonstration",
        "investigation",
        "Inv.",
        "inv bolo",
        "INV, BOLO",
        "n/a",
        "to be determined",
        "to be seen",
    ),
    *("investigation of a theft", "---", "...", "", "\u00a0", "\u200b", "\u2800", "x", "24-1"),
    *(
        "assist FBI",
        "assist with the FBI",
        "for Burbank CA PD",
        "on behalf of Federal Bureau of Investigation",
    ),
    *(
        "for the Pasadena CA PD",
        "per ICE",
        "for fbi",
        "F.B.I. asked, for F.B.I.",
        "looking for nobody",
        "for LAPD",
    ),
    *("help for Los Angeles CA SO", "for Cloud Host Inc", "assisting Antioch IL PD", "forthe FBI"),
    *("robbery ".ljust(10_000, "x"), "robbery ".ljust(10_001, "x"), "robbery ".ljust(10_001, "x") + " ice"),
)
# What free texts are put together from: screened and placeholder words, names, and what leads up to a name.
PIECES = (
    *(
        "ice",
        "ICE",
        "police",
        "border",
        "patrol",
        "border patrol",
        "customs",
        "abortion",
        "gender",
        "affirming",
    ),
    *(
        "investigation",
        "inv",
        "bolo",
        "Patrol",
        "n",
        "a",
        "to be",
        "determined",
        "theft",
        "of",
        "the",
        "24",
        "é",
    ),
    *(
        "for",
        "assist",
        "assist with",
        "on behalf of",
        "per",
        "FBI",
        "Burbank",
        "CA PD",
        "Pasadena CA PD",
        "LASD CA",
    ),
    *("San Dimas Station", "Los Angeles CA SO", "Federal Bureau of Investigation", "NCRIC", "Antioch IL PD"),
)
PLACEHOLDERS = (
    "investigation",
    "Inv",
    "BOLO",
    "b.o.l.o",
    "patrol",
    "n/a",
    "n.a",
    "to be determined",
    "theft",
)
LEADS = (
    "for",
    "per",
    "assist",
    "assisting the",
    "on behalf of",
    "assistance to",
    "with",
    "therefor",
    "FOR THE",
)
LOOK_ALIKES = str.maketrans("aeopcAEOPC", "\u0430\u0435\u043e\u0440\u0441\u0410\u0415\u041e\u0420\u0421")
BETWEEN = (" ", " ", " ", " ", ".", ". ", "-", ", ", "/", "", "\u00ad", "\u200b", "\u00a0", "\n", "_")
OFFENCES = (
    *(
        None,
        "",
        "211PC",
        "0301",
        "0399",
        "0300",
        "0400",
        "NCIC 0301",
        "30A",
        "30E",
        "NIBRS 30B",
        "8 USC 1325",
    ),
    *(
        "8 U.S.C. § 1325",
        "18 USC 1325",
        "Title 8 CFR 214",
        "8USC",
        "1401",
        "1499",
        "1500",
        "UOC 1405",
        "14011",
    ),
)


def around(instant: datetime) -> tuple[datetime, ...]:
    """Return the instant, the one before and the one after."""
    return (instant - MICROSECOND, instant, instant + MICROSECOND)


def years_back(years: int) -> datetime:
    """Return the same wall clock of Los Angeles, years ago; none of these days is a change of summer time."""
    return NOW.replace(year=NOW.year - years)


STARTS = (
    *around(years_back(1)),
    *around(years_back(2)),
    *around(years_back(5)),
    *around(years_back(5) - DAY - timedelta(minutes=1)),
    *around(NOW - 30 * DAY),
    *(NOW - 2 * DAY, NOW + DAY, NOW, NOW - 400 * DAY, NOW - 4000 * DAY),
)
ENDS = (
    *around(NOW),
    *around(NOW + timedelta(minutes=5)),
    *(NOW - DAY, NOW + DAY, NOW - 30 * DAY, NOW - 700 * DAY, NOW - 1800 * DAY),
)
ASKED = (
    *around(NOW),
    *around(NOW + timedelta(minutes=5)),
    *around(NOW - 7 * DAY),
    *(None, NOW + DAY, NOW - 30 * DAY, NOW - 600 * DAY),
)
PLATES = (
    None,
    "",
    "8AB",
    "8ABC",
    "8A C-",
    "8A-BC",
    "8ABC1?",
    "8ABC*",
    "%",
    "8ÄBC",
    "8AB_C",
    "\uff21\uff22\uff23\uff24",
)
READ_IDS = ((), ("r-1",), ("r*",), ("",), ("\u00a0",), ("r_1.a#",), ("r\uff0a",))
MANY_IDS = tuple(tuple(f"r-{number}" for number in range(count)) for count in (999, 1000, 1001))
