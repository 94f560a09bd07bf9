"""What is compared, with settings that validation chose."""

from typing import Any

GROUPDIR = "groupdir_balanced"
# Names for people, in the order of the report.
TITLES = {
    "vanilla": "Plain regression",
    "sqinv_lds": "Density weights",
    GROUPDIR: "Group-DIR",
}
# Defaults. Density weights are of two tries by the few-shot validation error of
# other seeds than the report's, 10 and 11.
SETTINGS: dict[str, dict[str, Any]] = {
    "vanilla": {},
    "sqinv_lds": {},
    GROUPDIR: {},
}
