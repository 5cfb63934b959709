"""Built-in tax tables, in basis points: a starting point that the operator must check. A tax plug-in replaces them.

Written from general knowledge as of late 2025 and compared with no official table. Rates change, some goods have
reduced ones, and whether a seller owes tax at all is for them and their adviser to know: sellers choose their
`tax_mode` in the selling policy, and one that collects no tax never meets these tables.
"""

from collections.abc import Mapping

# Standard rates of value added tax (goods and services tax in AU, NZ, SG, IN). Prices shown to shoppers in these
# countries contain it.
INCLUSIVE_RATES: Mapping[str, int] = {
    "AT": 2000, "BE": 2100, "BG": 2000, "CY": 1900, "CZ": 2100, "DE": 1900, "DK": 2500, "EE": 2400, "ES": 2100,
    "FI": 2550, "FR": 2000, "GR": 2400, "HR": 2500, "HU": 2700, "IE": 2300, "IT": 2200, "LT": 2100, "LU": 1700,
    "LV": 2100, "MT": 1800, "NL": 2100, "PL": 2300, "PT": 2300, "RO": 2100, "SE": 2500, "SI": 2200, "SK": 2300,
    "GB": 2000, "CH": 810, "NO": 2500, "CN": 1300, "JP": 1000, "KR": 1000, "AU": 1000, "NZ": 1500, "SG": 900,
    "TW": 500, "IN": 1800,
}  # fmt: skip

EUROPEAN_UNION = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())

# State-wide sales tax of the United States, as unchecked as the table above. Counties and cities add their own, which
# needs a plug-in.
STATE_RATES: Mapping[str, int] = {
    "AL": 400, "AK": 0, "AZ": 560, "AR": 650, "CA": 725, "CO": 290, "CT": 635, "DE": 0, "DC": 600, "FL": 600,
    "GA": 400, "HI": 400, "ID": 600, "IL": 625, "IN": 700, "IA": 600, "KS": 650, "KY": 600, "LA": 500, "ME": 550,
    "MD": 600, "MA": 625, "MI": 600, "MN": 688, "MS": 700, "MO": 423, "MT": 0, "NE": 550, "NV": 685, "NH": 0,
    "NJ": 663, "NM": 488, "NY": 400, "NC": 475, "ND": 500, "OH": 575, "OK": 450, "OR": 0, "PA": 600, "RI": 700,
    "SC": 600, "SD": 420, "TN": 700, "TX": 625, "UT": 485, "VT": 600, "VA": 530, "WA": 650, "WV": 600, "WI": 500,
    "WY": 400,
}  # fmt: skip

_STATE_NAMES: Mapping[str, str] = {
    "ALABAMA": "AL", "ALASKA": "AK", "ARIZONA": "AZ", "ARKANSAS": "AR", "CALIFORNIA": "CA", "COLORADO": "CO",
    "CONNECTICUT": "CT", "DELAWARE": "DE", "DISTRICT OF COLUMBIA": "DC", "FLORIDA": "FL", "GEORGIA": "GA",
    "HAWAII": "HI", "IDAHO": "ID", "ILLINOIS": "IL", "INDIANA": "IN", "IOWA": "IA", "KANSAS": "KS", "KENTUCKY": "KY",
    "LOUISIANA": "LA", "MAINE": "ME", "MARYLAND": "MD", "MASSACHUSETTS": "MA", "MICHIGAN": "MI", "MINNESOTA": "MN",
    "MISSISSIPPI": "MS", "MISSOURI": "MO", "MONTANA": "MT", "NEBRASKA": "NE", "NEVADA": "NV", "NEW HAMPSHIRE": "NH",
    "NEW JERSEY": "NJ", "NEW MEXICO": "NM", "NEW YORK": "NY", "NORTH CAROLINA": "NC", "NORTH DAKOTA": "ND",
    "OHIO": "OH", "OKLAHOMA": "OK", "OREGON": "OR", "PENNSYLVANIA": "PA", "RHODE ISLAND": "RI",
    "SOUTH CAROLINA": "SC", "SOUTH DAKOTA": "SD", "TENNESSEE": "TN", "TEXAS": "TX", "UTAH": "UT", "VERMONT": "VT",
    "VIRGINIA": "VA", "WASHINGTON": "WA", "WEST VIRGINIA": "WV", "WISCONSIN": "WI", "WYOMING": "WY",
}  # fmt: skip


def state_code(region: str) -> str | None:
    """ "California", "CA" or "us-ca" is "CA"; None for what is no state."""
    text = region.strip().upper().removeprefix("US-").rstrip(".")
    return text if text in STATE_RATES else _STATE_NAMES.get(text)
