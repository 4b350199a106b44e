"""The columns of the effect notebook: heading, style and meaning."""

from cxlib.analyses.columns import Column, hidden
from cxlib.analyses.units import Unit

CAME, COURSE, RETURNS, BATTLES, CELEBRATE, NEEDED = ("what_came",), ("course",), ("returns",), ("battles",), ("celebrate",), ("needed",)
ALL = CAME + COURSE + RETURNS

# fmt: off
COLUMNS = (
    Column("initiative", "Initiative", "text", "What was begun.", of=ALL + CELEBRATE),
    Column("battle", "Battle", "text", "The must-win battle that the initiative belongs to.", of=CAME + BATTLES),
    Column("how", "How it was begun", "term", "How those that have it were picked, which decides what can be said.", of=CAME),
    Column("units", "With it", "count", "Units that have it; of customers drawn at random, customers.", of=CAME + COURSE),
    Column("others", "Without it", "count", "Units, or customers, that they are compared with.", of=CAME),
    Column("raw", "Plain improvement", "change", "Improvement of those with it from the period before its start to the periods after: no effect, for others have changed, too.", of=CAME),
    Column("estimate", "Measured effect", "change", "By how much more those with it have improved than those without it.", of=ALL),
    Column("interval", "{level:general}% interval of the effect", "interval", "The range that holds the true effect in {level:general} of 100 such cases.", of=ALL),
    Column("seen", "Would have been seen", "points", "The smallest effect that would have been seen in 80 of 100 cases.", of=CAME),
    Column("until", "Can be told from", "date", "The day from which the smallest effect that matters can be told, if it stays in the same units.", of=CAME),
    *hidden("before", "after", "tone", of=CAME),
    Column("since", "Periods since the start", "general", "0 is the first period with it; below 0 before it.", of=COURSE),
    Column("planned_interval", "Planned range", "interval", "The lowest and the highest effect that the plan counts on.", of=RETURNS),
    Column("planned_mode", "Planned, most likely", "index", "Most likely effect that the plan counts on.", of=RETURNS),
    Column("plan", "Against the plan", "term", "Whether what came is above, as or below what was planned.", of=RETURNS),
    Column("cost", "Cost", Unit.MONEY, "Present value of the cost.", of=RETURNS + BATTLES),
    Column("planned", "Net as planned", Unit.MONEY, "Present value of the benefit less the cost with the planned effect, on average.", of=RETURNS),
    Column("net", "Net as found", Unit.MONEY, "Present value of the benefit less the cost with the effect that was found, on average.", of=RETURNS),
    Column("p10", "Low (P10)", Unit.MONEY, "Below this in one of ten draws.", of=RETURNS + BATTLES),
    Column("p90", "High (P90)", Unit.MONEY, "Above this in one of ten draws.", of=RETURNS + BATTLES),
    Column("chance", "Chance that it pays", "percent", "Share of the draws in which more comes back than it costs.", of=RETURNS + BATTLES),
    Column("decision", "Next", "term", "To everybody, to more units, stop or keep learning, by the chance that it pays and whether the effect is clear.", of=RETURNS),
    *hidden("initiatives", "judged", of=BATTLES),
    Column("gain", "Benefit", Unit.MONEY, "Present value of what the battle brings, on average.", of=BATTLES),
    Column("value", "Benefit to cost", "mean", "Benefit for each unit of cost.", of=BATTLES),
    Column("invested", "Invested", "term", "Whether more or less should be invested, by the chance that it pays.", of=BATTLES),
    Column("gap", "Gained more", "change", "Points gained more than units without it, once the return to the mean is out.", of=CELEBRATE),
    Column("gap_interval", "{level:general}% interval", "interval", "The range that holds what the unit has gained in {level:general} of 100 such cases.", of=CELEBRATE),
    Column("units", "Units", "count", "Units in all, half of them with it, drawn at random.", of=NEEDED),
    Column("after", "Periods since the start", "count", "Periods that are waited for.", of=NEEDED),
    Column("seen", "Smallest effect seen", "points", "The smallest effect that would be seen in 80 of 100 cases.", of=NEEDED),
)
# fmt: on
