"""The columns of the journey notebook: heading, style and meaning."""

from cxlib.analyses.columns import Column, hidden
from cxlib.analyses.units import Unit

FOLLOW_UP = ("follow_up_clock", "effect_of_contact", "speed_of_contact", "call_list")

# fmt: off
COLUMNS = (
    Column("n", "Customers", "count", "Customers that the row rests on.", of=FOLLOW_UP),
    Column("event", "What", "term", "What is counted: that the customer was contacted, or that the case was closed.", of=FOLLOW_UP),
    Column("open", "Still waiting", "count", "Customers for whom it has not been done yet.", of=FOLLOW_UP),
    Column("share", "In time", "percent", "Share for whom it is done within the days promised.", of=("follow_up_clock",)),
    Column("share", "Still waiting", "percent", "Share who still wait after so many days.", of=("follow_up_clock.course",)),
    Column("days", "Days until half are reached", "points", "Days after which it has been done for half of the customers.", of=FOLLOW_UP),
    Column("days_interval", "{level:general}% interval of the days", "interval", "The range that holds the true number of days in {level:general} of 100 samples.", of=FOLLOW_UP),
    Column("day", "Days", "points", "Days since the answer.", of=FOLLOW_UP),
    Column("owner", "Department", "text", "The department that answers for it.", of=FOLLOW_UP),
    Column("outcome", "What is compared", "term", "The outcome of the comparison.", of=FOLLOW_UP),
    Column("compared", "Compared with", "term", "Whom contacted customers are compared with.", of=FOLLOW_UP),
    Column("others", "The others", "count", "Customers on the other side of the comparison.", of=FOLLOW_UP),
    Column("estimate", "Difference", "fine", "What contacted customers lie above the others, in the unit of the row.", by_row="value", of=("effect_of_contact", "speed_of_contact")),
    Column("what", "Part", "term", "Part of the rise.", of=("effect_of_contact",)),
    Column("rule", "List ordered by", "term", "What decides who is listed first.", of=("call_list",)),
    Column("share", "Of what is lost", "percent", "Share of the value lost later that stands in the first tenth of the list.", of=("call_list",)),
    Column("tenth", "Tenth", "count", "Tenth of the customers by their chance of leaving, 1 being the lowest.", of=("call_list",)),
    Column("said", "Forecast", Unit.PERCENT, "Mean chance of leaving by the forecast.", of=("call_list",)),
    Column("happened", "Left", Unit.PERCENT, "Share who left.", of=("call_list",)),
    Column("happened_interval", "{level:general}% interval of those who left", "interval", "The range that holds the true share in {level:general} of 100 samples.", of=("call_list",)),
    Column("listed", "On the list", "percent", "Share of the group that stands in the first tenth of the list.", of=("call_list",)),
    *hidden("gain", "gain_low", "gain_high", of=("call_list",)),
)
# fmt: on
